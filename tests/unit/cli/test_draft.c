/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/draft.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "world.h"

static const char *
parent(const struct world *world)
{
	return world_path(world, "rig/services");
}

static void
appears_whole(void **state)
{
	struct world *world = *state;
	struct stage_draft draft;
	struct stat st;

	world_write(world, "from/env/A", 0644, "a\n");
	assert_int_equal(
		stage_draft_begin(&draft, parent(world), "synth", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_draft_file(&draft, "run", 0755, "#!/bin/sh\n", NULL),
		STAGE_OK);
	assert_int_equal(stage_draft_directory(&draft, "log", NULL), STAGE_OK);
	assert_int_equal(
		stage_draft_file(&draft, "log/run", 0755, "", NULL), STAGE_OK);
	assert_int_equal(
		stage_draft_link(&draft, "check", "/bin/true", NULL), STAGE_OK);
	assert_int_equal(stage_draft_copy(&draft, "env",
				 world_path(world, "from/env"), NULL),
		STAGE_OK);
	assert_false(world_has(world, "rig/services/synth"));
	assert_int_equal(stage_draft_commit(&draft, NULL), STAGE_OK);
	assert_true(
		world_holds(world, "rig/services/synth/run", "#!/bin/sh\n"));
	assert_true(world_holds(world, "rig/services/synth/env/A", "a\n"));
	assert_int_equal(
		lstat(world_path(world, "rig/services/synth/check"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	stage_draft_abort(&draft); // after a commit it does nothing
	assert_true(world_has(world, "rig/services/synth/run"));
}

// services/ holds so many names.
static size_t
count(const struct world *world)
{
	struct stage_strv names = {0};
	size_t n;

	assert_int_equal(
		stage_io_list_dir(parent(world), &names, NULL), STAGE_OK);
	n = names.count;
	stage_strv_finish(&names);
	return n;
}

static void
never_overwrites(void **state)
{
	struct world *world = *state;
	struct stage_draft draft;
	struct stage_draft other;
	struct stage_err err = STAGE_ERR_INIT;

	world_write(world, "rig/services/file", 0644, "mine");
	assert_int_equal(stage_draft_begin(&draft, parent(world), "file", &err),
		STAGE_EXISTS);
	assert_non_null(strstr(err.text, "is there already"));
	stage_draft_abort(&draft);
	assert_int_equal(
		stage_draft_begin(&draft, parent(world), "synth", NULL),
		STAGE_OK);
	// The same process twice at once is as bad as two processes.
	assert_int_equal(
		stage_draft_begin(&other, parent(world), "synth", NULL),
		STAGE_EXISTS);
	stage_draft_abort(&other);
	// Somebody is faster.
	world_write(world, "rig/services/synth/run", 0755, "theirs");
	assert_int_equal(stage_draft_commit(&draft, &err), STAGE_EXISTS);
	assert_true(world_holds(world, "rig/services/synth/run", "theirs"));
	assert_int_equal(count(world), 2);
}

static void
refused(void **state)
{
	struct world *world = *state;
	struct stage_draft draft;
	struct stage_err err = STAGE_ERR_INIT;
	char name[STAGE_PATH_MAX + 10];

	assert_int_equal(stage_draft_begin(&draft, world_path(world, "nowhere"),
				 "x", &err),
		STAGE_NOT_FOUND);
	assert_true(strlen(err.text) > 0);
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(stage_draft_begin(&draft, parent(world), name, &err),
		STAGE_TOO_LONG);
	// Just so short that only the hidden name is too long.
	name[STAGE_PATH_MAX - 2 - strlen(parent(world))] = '\0';
	assert_int_not_equal(
		stage_draft_begin(&draft, parent(world), name, &err), STAGE_OK);
	stage_draft_abort(&draft);
	assert_int_equal(
		stage_draft_begin(&draft, parent(world), "x", &err), STAGE_OK);
	assert_int_not_equal(
		stage_draft_file(&draft, "no/file", 0644, "", &err), STAGE_OK);
	assert_int_not_equal(
		stage_draft_link(&draft, "no/link", "x", &err), STAGE_OK);
	assert_int_not_equal(
		stage_draft_copy(&draft, "y", "/nowhere", &err), STAGE_OK);
	stage_draft_abort(&draft);
	stage_draft_abort(&draft);
	assert_int_equal(count(world), 0);
}

static void
parent_is_gone(void **state)
{
	struct world *world = *state;
	struct stage_draft draft;
	struct stage_err err = STAGE_ERR_INIT;

	world_write(world, "other/x", 0644, "");
	assert_int_equal(stage_draft_begin(
				 &draft, world_path(world, "other"), "y", &err),
		STAGE_OK);
	assert_int_equal(stage_io_remove_tree(world_path(world, "other"), NULL),
		STAGE_OK);
	assert_int_equal(stage_draft_commit(&draft, &err), STAGE_NOT_FOUND);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(appears_whole),
		TEST(never_overwrites),
		TEST(refused),
		TEST(parent_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
