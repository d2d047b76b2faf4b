/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A rack whose disk is full, read-only or broken when it saves. What a kill in
 * the middle leaves is in tests/unit/base/test_atomic_kill.c. */

#include "offline.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "failing_calls.h"

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

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_old_checkpoint_stays_and_the_new_one_follows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
