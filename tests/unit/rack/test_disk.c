/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A rack whose disk is full, read-only or broken when it saves. What a kill in
 * the middle leaves is in tests/unit/base/test_atomic_kill.c. */

#include "offline.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/io.h"
#include "failing_calls.h"
#include "rack/edit.h"

#define FOR_EVER 1000000

static const struct {
	enum failing_call call;
	int error;
} troubles[] = {
	{FAILING_WRITE, ENOSPC},
	{FAILING_WRITE, EIO},
	{FAILING_FSYNC, ENOSPC},
	{FAILING_FSYNC, EROFS},
	{FAILING_RENAME, EROFS},
	{FAILING_RENAME, ENOSPC},
};

// What the next rack after a power cut finds.
static float
kept(struct world *world)
{
	float value;

	stop(world);
	unlink(scratch_path(&world->scratch, "pages/gain.page"));
	start(world);
	value = stage_rack_page_get(&slot_of(world, "gain")->page, 0);
	return value;
}

static void
the_old_checkpoint_stays_and_the_new_one_follows(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-gain.slot", TEST "middle\n");
	start(world);
	for (size_t i = 0; i < STAGE_COUNT_OF(troubles); i++) {
		set(world, "gain", "gain", 1);
		assert_true(stage_rack_save(world->rack));
		set(world, "gain", "gain", 2);
		failing_calls_arm(
			troubles[i].call, 1, FOR_EVER, troubles[i].error);
		assert_false(stage_rack_save(world->rack));
		assert_string_not_equal(world->rack->complaint, "");
		failing_calls_disarm();
		assert_true(stage_rack_is_dirty(world->rack));
		assert_true(kept(world) == 1);
		set(world, "gain", "gain", 2);
		assert_true(stage_rack_save(world->rack));
		assert_string_equal(world->rack->complaint, "");
		assert_true(kept(world) == 2);
	}
}

// What another one holds that saves the same file.
static int
hold(struct world *world, const char *file)
{
	int fd = open(scratch_path(&world->scratch, file),
		O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void
what_went_wrong_is_told_beside_what_is_busy(void **state)
{
	struct world *world = *state;
	int fd;

	scratch_write(&world->scratch, "10-first.slot", TEST "middle\n");
	scratch_write(&world->scratch, "20-second.slot", TEST "middle\n");
	start(world);
	set(world, "first", "gain", 1);
	set(world, "second", "gain", 1);
	assert_true(stage_rack_save(world->rack));
	fd = hold(world, "memories/.second.new");
	set(world, "first", "gain", 2);
	set(world, "second", "gain", 2);
	failing_calls_arm(FAILING_RENAME, 1, 1, EROFS);
	assert_false(stage_rack_save(world->rack));
	failing_calls_disarm();
	assert_non_null(strstr(world->rack->complaint, "memories/first"));

	// Only the second one is left, which nothing is wrong with.
	assert_false(stage_rack_save(world->rack));
	assert_string_equal(world->rack->complaint, "");
	close(fd);
	assert_true(stage_rack_save(world->rack));
}

static enum stage_status
commit(struct world *world, double gain, size_t *count)
{
	struct stage_err err = STAGE_ERR_INIT;

	set(world, "gain", "gain", gain);
	return stage_rack_edit_commit(world->rack, NULL, count, &err);
}

static void
assert_file(struct world *world, const char *expected)
{
	struct stage_str text = {0};

	assert_int_equal(stage_io_read_file(
				 scratch_path(&world->scratch, "10-gain.slot"),
				 1000, &text, NULL),
		STAGE_OK);
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
}

static void
undo(struct world *world)
{
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;

	if (stage_rack_edit_undo(world->rack, &count, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(count, 1);
}

#define FIRST TEST "middle\nset gain 1\n"

static void
a_commit_that_fails_leaves_the_way_back(void **state)
{
	struct world *world = *state;
	size_t count = 0;
	unsigned failed = 0;
	unsigned calls;
	unsigned nth = 0;

	scratch_write(&world->scratch, "10-gain.slot", FIRST);
	start(world);
	do {
		enum stage_status status;
		assert_int_equal(commit(world, 2, &count), STAGE_OK);
		assert_file(world, TEST "middle\nset gain 2\n");
		failing_calls_arm_any(++nth, ENOSPC);
		status = commit(world, 3, &count);
		calls = failing_calls_disarm();
		failed += status != STAGE_OK;
		undo(world);
		if (status == STAGE_OK) {
			assert_file(world, TEST "middle\nset gain 2\n");
			scratch_write(&world->scratch, "10-gain.slot", FIRST);
			stage_rack_reload(world->rack);
		}
		assert_file(world, FIRST);
	} while (calls >= nth);
	assert_true(failed > 5);
}

static void
a_commit_of_nothing_leaves_the_way_back(void **state)
{
	struct world *world = *state;
	size_t count = 0;

	scratch_write(&world->scratch, "10-gain.slot", FIRST);
	start(world);
	assert_int_equal(commit(world, 2, &count), STAGE_OK);
	assert_int_equal(count, 1);
	assert_int_equal(commit(world, 2, &count), STAGE_OK);
	assert_int_equal(count, 0);
	undo(world);
	assert_file(world, FIRST);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_old_checkpoint_stays_and_the_new_one_follows),
		TEST(what_went_wrong_is_told_beside_what_is_busy),
		TEST(a_commit_that_fails_leaves_the_way_back),
		TEST(a_commit_of_nothing_leaves_the_way_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
