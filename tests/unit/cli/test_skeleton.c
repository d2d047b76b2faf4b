/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/skeleton.h"

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
#include "world.h"

static char program[] = "/usr/bin/jalv.console";
static char blanks[] = "http://x/#it's a plugin";
static char dash[] = "-n";
static char *const command[] = {program, dash, blanks};

static void
run_script(void **state)
{
	struct stage_str out = {0};

	(void)state;
	assert_int_equal(
		stage_skeleton_run(&out, "my synth\n", command, 3), STAGE_OK);
	assert_string_equal(out.data,
		"#!/bin/sh\n"
		"# my synth?: jalv.console, kept running. \"exec\" makes this "
		"script become the program.\n"
		"exec 2>&1\n"
		"exec /usr/bin/jalv.console -n \"http://x/#it's a "
		"plugin\"\n");
	stage_str_finish(&out);
}

static void
makes_all(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	const char *services = world_path(world, "rig/services");

	assert_int_equal(
		stage_skeleton_make(services, "fx", command, 3, "jack\n", &err),
		STAGE_OK);
	assert_int_equal(
		access(world_path(world, "rig/services/fx/run"), X_OK), 0);
	assert_int_equal(
		access(world_path(world, "rig/services/fx/finish"), X_OK), 0);
	assert_int_equal(
		access(world_path(world, "rig/services/fx/log/run"), X_OK), 0);
	assert_true(world_holds(world, "rig/services/fx/needs", "jack\n"));
	assert_int_equal(
		stage_skeleton_make(services, "fx", command, 3, NULL, &err),
		STAGE_EXISTS);
	assert_int_equal(
		stage_skeleton_make(services, "bare", command, 1, NULL, &err),
		STAGE_OK);
	assert_false(world_has(world, "rig/services/bare/needs"));
	assert_int_equal(
		stage_skeleton_make("/nowhere", "x", command, 1, NULL, &err),
		STAGE_NOT_FOUND);
}

static enum stage_status
make_once(void *user)
{
	const struct world *world = user;
	const char *made = world_path(world, "rig/services/fx");
	enum stage_status status =
		stage_skeleton_make(world_path(world, "rig/services"), "fx",
			command, 3, "jack\n", NULL);

	// The removal may be what fails; it works the next time.
	if (stage_io_remove_tree(made, NULL) != STAGE_OK) {
		status = STAGE_NO_MEMORY;
		assert_int_equal(stage_io_remove_tree(made, NULL), STAGE_OK);
	}
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;
	struct stage_strv left = {0};

	assert_true(failing_alloc_sweep(make_once, world) > 0);
	assert_int_equal(stage_io_list_dir(world_path(world, "rig/services"),
				 &left, NULL),
		STAGE_OK);
	assert_int_equal(left.count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run_script),
		TEST(makes_all),
		TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
