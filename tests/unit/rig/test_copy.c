/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/copy.h"

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
#include "rig/run_file.h"
#include "world.h"

static enum stage_status
copy(struct world *world, const char *from, const char *to,
	struct stage_err *err)
{
	return stage_copy_tree(world_path(world, "%s", from),
		world_path(world, "%s", to), err);
}

static mode_t
mode_of(struct world *world, const char *path)
{
	struct stat st;

	assert_int_equal(lstat(world_path(world, "%s", path), &st), 0);
	return st.st_mode & 0777;
}

static void
files_modes_and_links(void **state)
{
	struct world *world = *state;
	char target[64] = "";
	struct stage_err err = STAGE_ERR_INIT;

	world_write(world, "from/a/run", 0755, "#!/bin/sh\n");
	world_write(world, "from/a/.hidden", 0400, "x");
	world_write(world, "from/empty", 0644, "");
	assert_int_equal(
		symlink("../nowhere", world_path(world, "from/link")), 0);
	assert_int_equal(mkfifo(world_path(world, "from/pipe"), 0644), 0);
	assert_int_equal(chmod(world_path(world, "from/a"), 0555), 0);
	assert_int_equal(copy(world, "from", "x/y/to", &err), STAGE_OK);
	assert_true(world_holds(world, "x/y/to/a/run", "#!/bin/sh\n"));
	assert_int_equal(mode_of(world, "x/y/to/a/run"), 0755);
	assert_int_equal(mode_of(world, "x/y/to/a/.hidden"), 0600);
	assert_true(world_has(world, "x/y/to/empty"));
	assert_false(world_has(world, "x/y/to/pipe"));
	assert_int_equal(readlink(world_path(world, "x/y/to/link"), target,
				 sizeof(target) - 1),
		10);
	assert_string_equal(target, "../nowhere");
	assert_int_equal(copy(world, "from", "x/y/to", &err), STAGE_EXISTS);
	assert_int_equal(copy(world, "from/link", "other", &err), STAGE_OK);
	assert_int_equal(chmod(world_path(world, "from/a"), 0755), 0);
}

static size_t
count_in(struct world *world, const char *path)
{
	struct stage_strv names = {0};
	size_t count;

	assert_int_equal(
		stage_io_list_dir(world_path(world, "%s", path), &names, NULL),
		STAGE_OK);
	count = names.count;
	stage_strv_finish(&names);
	return count;
}

static void
a_failure_leaves_nothing(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char deep[512] = "deep";

	assert_int_equal(copy(world, "none", "out/to", &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "/none"));
	for (int i = 0; i < 40; i++) {
		strcat(deep, "/d");
	}
	world_write(world, "deep/first", 0644, "");
	assert_int_equal(
		stage_io_make_dirs(world_path(world, "%s", deep), NULL),
		STAGE_OK);
	assert_int_equal(copy(world, "deep", "out/to", &err), STAGE_TOO_LONG);
	// Into itself: ends, and leaves nothing either.
	assert_int_not_equal(
		copy(world, "rig", "rig/services/me", &err), STAGE_OK);
	assert_int_equal(count_in(world, "rig/services"), 0);
	assert_int_equal(count_in(world, "out"), 0);
	world_write(world, "file", 0644, "");
	assert_int_equal(copy(world, "rig", "file/to", &err), STAGE_EXISTS);
	if (geteuid() != 0) {
		world_write(world, "from/secret", 0000, "");
		assert_int_equal(
			copy(world, "from", "out/to", &err), STAGE_DENIED);
		assert_int_equal(count_in(world, "out"), 0);
	}
	{
		char path[STAGE_PATH_MAX + 100];
		memset(path, 'a', sizeof(path) - 1);
		path[0] = '/';
		path[sizeof(path) - 1] = '\0';
		assert_int_equal(
			stage_copy_tree(world_path(world, "rig"), path, &err),
			STAGE_TOO_LONG);
	}
}

static enum stage_status
copy_once(void *user)
{
	struct world *world = user;
	enum stage_status status = copy(world, "from", "to", NULL);

	if (world_has(world, "to")) {
		assert_int_equal(rename(world_path(world, "to"),
					 world_path(world, "done")),
			0);
		unlink(world_path(world, "done/file"));
		rmdir(world_path(world, "done/d"));
		rmdir(world_path(world, "done"));
	}
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;

	world_write(world, "from/file", 0644, "x");
	assert_int_equal(mkdir(world_path(world, "from/d"), 0755), 0);
	assert_true(failing_alloc_sweep(copy_once, world) > 3);
}

static void
a_run_file_is_replaced_whole(void **state)
{
	struct world *world = *state;
	char path[STAGE_PATH_MAX];
	size_t before = count_in(world, "run");

	snprintf(path, sizeof(path), "%s", world_path(world, "run/x"));
	assert_int_equal(
		stage_run_file_replace(path, "one", 3, 0644), STAGE_OK);
	assert_int_equal(
		stage_run_file_replace(path, "a\0b", 3, 0755), STAGE_OK);
	assert_int_equal(mode_of(world, "run/x"), 0755);
	assert_int_equal(
		stage_run_file_replace(path, "two", 3, 0600), STAGE_OK);
	assert_true(world_holds(world, "run/x", "two"));
	assert_int_equal(count_in(world, "run"), before + 1);
	// Where it cannot be put, the old one and no other stays.
	assert_int_equal(mkdir(world_path(world, "run/dir"), 0755), 0);
	world_write(world, "run/dir/y", 0644, "");
	snprintf(path, sizeof(path), "%s", world_path(world, "run/dir"));
	assert_int_not_equal(
		stage_run_file_replace(path, "x", 1, 0644), STAGE_OK);
	assert_int_equal(count_in(world, "run"), before + 2);
	snprintf(path, sizeof(path), "%s", world_path(world, "none/x"));
	assert_int_equal(
		stage_run_file_replace(path, "x", 1, 0644), STAGE_NOT_FOUND);
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(
		stage_run_file_replace(path, "x", 1, 0644), STAGE_TOO_LONG);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(files_modes_and_links),
		IN_A_WORLD(a_failure_leaves_nothing),
		IN_A_WORLD(every_allocation_may_fail),
		IN_A_WORLD(a_run_file_is_replaced_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
