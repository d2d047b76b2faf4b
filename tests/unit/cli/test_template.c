/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/template.h"

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
#include "cli/rigdir.h"
#include "failing_alloc.h"
#include "world.h"

static const char *
data(const struct world *world)
{
	return world_path(world, "share/bin/../stagecraft");
}

static void
make_templates(const struct world *world)
{
	world_write(world, "share/bin/x", 0644, "");
	world_write(world, "share/stagecraft/services/synth/run", 0755,
		"#!/bin/sh\n"
		"# SPDX-License-Identifier: GPL-2.0-or-later\n"
		"#\n"
		"\n"
		"# A synthesizer\n"
		"exec synth\n");
	world_write(
		world, "share/stagecraft/services/synth/needs", 0644, "jack\n");
	world_write(world, "share/stagecraft/services/synth/log/run", 0755, "");
	world_write(world, "share/stagecraft/services/synth/env/FONT", 0444,
		"big.sf2\n");
	world_write(world, "share/stagecraft/services/synth/synth.conf", 0644,
		"gain 1\n");
	world_write(world, "share/stagecraft/services/bare/run", 0755,
		"#!/bin/sh\nexec bare # not this one\n# nor this\n");
	world_write(world, "share/stagecraft/services/README", 0644, "");
	world_write(world, "share/stagecraft/services/empty/x", 0644, "");
}

static void
listing(void **state)
{
	struct world *world = *state;
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;

	make_templates(world);
	assert_int_equal(
		stage_template_names(data(world), &names, &err), STAGE_OK);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[0], "bare");
	assert_string_equal(names.items[1], "synth");
	stage_strv_finish(&names);
	assert_int_equal(
		stage_template_names("/nowhere", &names, &err), STAGE_OK);
	assert_int_equal(names.count, 0);
	assert_true(stage_template_is(data(world), "synth"));
	assert_false(stage_template_is(data(world), "empty"));
	assert_false(stage_template_is(data(world), "README"));
	assert_false(stage_template_is(data(world), "../services/synth"));
	assert_false(stage_template_is(data(world), ""));
}

static void
describing(void **state)
{
	struct world *world = *state;
	char text[64];

	make_templates(world);
	stage_template_describe(
		world_path(world, "share/stagecraft/services/synth"), text,
		sizeof(text));
	assert_string_equal(text, "A synthesizer");
	stage_template_describe(
		world_path(world, "share/stagecraft/services/synth"), text, 6);
	assert_string_equal(text, "A syn");
	stage_template_describe(
		world_path(world, "share/stagecraft/services/bare"), text,
		sizeof(text));
	assert_string_equal(text, "");
	stage_template_describe("/nowhere", text, sizeof(text));
	assert_string_equal(text, "");
}

static bool
is_link(const struct world *world, const char *path)
{
	struct stat st;

	assert_int_equal(lstat(world_path(world, "%s", path), &st), 0);
	return S_ISLNK(st.st_mode);
}

static void
enabling(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char target[STAGE_PATH_MAX] = "";

	make_templates(world);
	assert_int_equal(
		stage_template_enable(data(world), "synth", &world->rig, &err),
		STAGE_OK);
	assert_true(is_link(world, "rig/services/synth/run"));
	assert_true(is_link(world, "rig/services/synth/needs"));
	assert_true(is_link(world, "rig/services/synth/log"));
	assert_false(is_link(world, "rig/services/synth/env"));
	assert_false(is_link(world, "rig/services/synth/synth.conf"));
	assert_true(
		world_holds(world, "rig/services/synth/env/FONT", "big.sf2\n"));
	// The link is absolute, and without "..".
	assert_true(readlink(world_path(world, "rig/services/synth/run"),
			    target, sizeof(target) - 1) > 0);
	assert_true(target[0] == '/');
	assert_null(strstr(target, ".."));
	// An installed file may be read-only; the user's copy is to be edited.
	assert_int_equal(
		access(world_path(world, "rig/services/synth/env/FONT"), W_OK),
		0);
	assert_int_equal(
		stage_template_enable(data(world), "synth", &world->rig, &err),
		STAGE_EXISTS);
	assert_int_equal(stage_template_enable(
				 data(world), "nothing", &world->rig, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_template_enable(data(world), "../services/synth",
				 &world->rig, &err),
		STAGE_NOT_FOUND);
}

static void
no_rig(void **state)
{
	struct world *world = *state;
	struct stage_rig rig = world->rig;
	struct stage_err err = STAGE_ERR_INIT;

	make_templates(world);
	snprintf(rig.rig, sizeof(rig.rig), "%s", world_path(world, "none"));
	assert_int_equal(
		stage_template_enable(data(world), "synth", &rig, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "there is no rig in"));
}

static void
rig_directory(void **state)
{
	struct world *world = *state;
	struct stage_rig other = world->rig;

	world_service(world, "on");
	world_service(world, "off.DISABLED");
	assert_true(stage_rigdir_has(&world->rig, "on", false));
	assert_false(stage_rigdir_has(&world->rig, "on", true));
	assert_true(stage_rigdir_has(&world->rig, "off", true));
	assert_false(stage_rig_is_up(&world->rig));
	world_write(world, "run/rig", 0644, world_path(world, "link\n"));
	assert_false(stage_rig_is_up(&world->rig));
	assert_int_equal(symlink("rig", world_path(world, "link")), 0);
	assert_true(stage_rig_is_up(&world->rig));
	snprintf(other.rig, sizeof(other.rig), "%s", world_path(world, "run"));
	assert_false(stage_rig_is_up(&other));
}

static enum stage_status
enable_once(void *user)
{
	const struct world *world = user;
	const char *made = world_path(world, "rig/services/synth");
	enum stage_status status =
		stage_template_enable(data(world), "synth", &world->rig, NULL);

	// The removal may be what fails; it works the next time.
	if (stage_io_remove_tree(made, NULL) != STAGE_OK) {
		status = STAGE_NO_MEMORY;
		assert_int_equal(stage_io_remove_tree(made, NULL), STAGE_OK);
	}
	return status;
}

static enum stage_status
list_once(void *user)
{
	struct stage_strv names = {0};
	char text[64];
	enum stage_status status =
		stage_template_names(data(user), &names, NULL);

	stage_template_describe(
		world_path(user, "share/stagecraft/services/synth"), text,
		sizeof(text));
	stage_strv_finish(&names);
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;
	struct stage_strv left = {0};

	make_templates(world);
	assert_true(failing_alloc_sweep(enable_once, world) > 0);
	assert_true(failing_alloc_sweep_tolerant(list_once, world) > 0);
	// A failure leaves no half of a service behind.
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
		TEST(listing),
		TEST(describing),
		TEST(enabling),
		TEST(no_rig),
		TEST(rig_directory),
		TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
