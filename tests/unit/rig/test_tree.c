/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "failing_alloc.h"
#include "runit/scan.h"
#include "world.h"

static void
sync_and_expect(struct world *world, size_t added, size_t removed)
{
	struct stage_tree_change change;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_tree_sync(&world->rig, &change, &err), STAGE_OK);
	assert_int_equal(change.added.count, added);
	assert_int_equal(change.removed.count, removed);
	stage_tree_change_finish(&change);
}

// The names in run/tree that begin so.
static size_t
count_entries(struct world *world, const char *prefix)
{
	struct stage_strv names = {0};
	size_t count = 0;

	assert_int_equal(
		stage_io_list_dir(world_path(world, "run/tree"), &names, NULL),
		STAGE_OK);
	for (size_t i = 0; i < names.count; i++) {
		count += stage_starts_with(names.items[i], prefix);
	}
	stage_strv_finish(&names);
	return count;
}

static void
services_come_and_go(void **state)
{
	struct world *world = *state;
	struct stat st;

	sync_and_expect(world, 1, 0); // the watcher's own
	sync_and_expect(world, 0, 0);
	world_service(world, "a");
	world_service(world, "b");
	world_service(world, "c.DISABLED");
	world_service(world, ".d");
	world_write(world, "rig/services/file", 0644, "");
	sync_and_expect(world, 2, 0);
	sync_and_expect(world, 0, 0);
	assert_true(world_has(world, "run/tree/a/log/run"));
	assert_true(world_has(world, "run/svc/a"));
	assert_int_equal(stat(world_path(world, "run/tree/a/finish"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0755);
	assert_int_equal(
		stage_io_remove_tree(world_path(world, "rig/services/a"), NULL),
		STAGE_OK);
	assert_int_equal(rename(world_path(world, "rig/services/b"),
				 world_path(world, "rig/services/b.DISABLED")),
		0);
	sync_and_expect(world, 0, 2);
	assert_false(world_has(world, "run/tree/a"));
	assert_int_equal(count_entries(world, ".gone-"), 2);
	assert_true(world_holds(
		world, "run/svc/a/asked", "the removal of its directory\n"));
	assert_int_equal(stage_tree_clean(&world->rig, NULL), 0);
	assert_int_equal(count_entries(world, ".gone-"), 0);
	world_service(world, "a");
	sync_and_expect(world, 1, 0);
}

static void
what_still_ends_is_left(void **state)
{
	struct world *world = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	struct stage_strv ending = {0};

	world_service(world, "a");
	sync_and_expect(world, 2, 0);
	world_supervise(world, "a", &status);
	assert_int_equal(stage_tree_replace(&world->rig, "a", NULL), STAGE_OK);
	assert_true(world_has(world, "run/tree/a/run"));
	assert_false(world_has(world, "run/tree/a/supervise"));
	assert_int_equal(stage_tree_clean(&world->rig, &ending), 1);
	assert_int_equal(ending.count, 1);
	assert_true(world_has(world, "run/tree/a"));
	assert_non_null(strstr(ending.items[0], "/run/tree/.gone-"));
	stage_strv_finish(&ending);
	for (; world->fd_count > 0; world->fd_count--) {
		close(world->fds[world->fd_count - 1]);
	}
	assert_int_equal(stage_tree_clean(&world->rig, NULL), 0);
	assert_int_equal(count_entries(world, ".gone-"), 0);
}

static void
a_missing_run(void **state)
{
	struct world *world = *state;

	sync_and_expect(world, 1, 0);
	// Being copied: not yet.
	assert_int_equal(mkdir(world_path(world, "rig/services/a"), 0755), 0);
	sync_and_expect(world, 0, 0);
	world_service(world, "a");
	sync_and_expect(world, 1, 0);
	// Being saved by an editor: it stays.
	assert_int_equal(unlink(world_path(world, "rig/services/a/run")), 0);
	sync_and_expect(world, 0, 0);
	assert_true(world_has(world, "run/tree/a"));
}

static void
a_rig_that_has_gone_changes_nothing(void **state)
{
	struct world *world = *state;
	struct stage_tree_change change;
	struct stage_err err = STAGE_ERR_INIT;

	world_service(world, "a");
	sync_and_expect(world, 2, 0);
	assert_int_equal(
		rename(world_path(world, "rig"), world_path(world, "pulled")),
		0);
	assert_int_equal(
		stage_tree_sync(&world->rig, &change, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "services"));
	assert_int_equal(change.removed.count, 0);
	stage_tree_change_finish(&change);
	assert_true(world_has(world, "run/tree/a"));
	stage_tree_change_finish(NULL);
	assert_int_equal(
		stage_tree_replace(&world->rig, "none", &err), STAGE_NOT_FOUND);
}

static void
names_are_quoted_for_the_shell(void **state)
{
	struct world *world = *state;
	struct stage_str text = {0};

	world_service(world, "it's $HOME `x` \"y\"");
	sync_and_expect(world, 2, 0);
	assert_int_equal(stage_io_read_file(world_path(world, "run/tree/%s/run",
						    "it's $HOME `x` \"y\""),
				 4096, &text, NULL),
		STAGE_OK);
	assert_true(stage_starts_with(text.data, "#!/bin/sh\nexec /"));
	assert_non_null(strstr(text.data,
		"/stagecraft-service run \"it's \\$HOME \\`x\\` \\\"y\\\"\" "
		"\"$@\"\n"));
	stage_str_finish(&text);
}

// Says that the tree's "a" was made for that directory.
static void
write_origin(struct world *world, const struct stat *st, int64_t birth_ns,
	const int add[3])
{
	char text[128];

	snprintf(text, sizeof(text), "%llu %llu %lld\n",
		(unsigned long long)st->st_dev + (unsigned)add[0],
		(unsigned long long)st->st_ino + (unsigned)add[1],
		(long long)birth_ns + add[2]);
	world_write(world, "run/tree/a/origin", 0644, text);
}

static void
a_replaced_directory_is_known(void **state)
{
	static const struct {
		int add[3]; // to device, number and birth
		bool is_replaced;
	} cases[] = {
		{{0, 0, 0}, false}, {{0, 1, 0}, true},
		{{0, 0, 1}, true},  // its number was given away again
		{{1, 1, 1}, false}, // a stick that was put in again
	};
	struct world *world = *state;
	const char *path = world_path(world, "rig/services/a");
	int64_t birth_ns;
	struct stat st;

	world_service(world, "a");
	assert_false(stage_tree_has(&world->rig, "a"));
	assert_false(stage_tree_is_replaced(&world->rig, "a"));
	sync_and_expect(world, 2, 0);
	assert_true(stage_tree_has(&world->rig, "a"));
	assert_false(stage_tree_is_replaced(&world->rig, "a"));
	birth_ns = stage_runit_scan_birth_ns(path);
	assert_int_equal(stat(path, &st), 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		bool is_replaced = cases[i].is_replaced &&
				   (cases[i].add[2] == 0 || birth_ns != 0);
		write_origin(world, &st, birth_ns, cases[i].add);
		assert_int_equal(
			stage_tree_is_replaced(&world->rig, "a"), is_replaced);
	}
	write_origin(world, &st, 0, (const int[3]){0, 0, 0}); // unknown
	assert_false(stage_tree_is_replaced(&world->rig, "a"));
	world_write(world, "run/tree/a/origin", 0644, "1\n");
	assert_false(stage_tree_is_replaced(&world->rig, "a"));
}

static enum stage_status
sync_once(void *user)
{
	struct world *world = user;
	struct stage_tree_change change;
	enum stage_status status = stage_tree_sync(&world->rig, &change, NULL);

	stage_tree_change_finish(&change);
	// The allocation that fails may be one of these; never two do.
	if (stage_io_remove_tree(world_path(world, "run/tree"), NULL) !=
		STAGE_OK) {
		status = stage_io_remove_tree(world_path(world, "run/tree"),
				 NULL) == STAGE_OK
				 ? STAGE_NO_MEMORY
				 : STAGE_IO;
	}
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;

	world_service(world, "a");
	assert_true(failing_alloc_sweep(sync_once, world) > 5);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(services_come_and_go),
		IN_A_WORLD(what_still_ends_is_left),
		IN_A_WORLD(a_missing_run),
		IN_A_WORLD(a_rig_that_has_gone_changes_nothing),
		IN_A_WORLD(names_are_quoted_for_the_shell),
		IN_A_WORLD(a_replaced_directory_is_known),
		IN_A_WORLD(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
