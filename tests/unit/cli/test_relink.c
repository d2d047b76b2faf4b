/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "cli/relink.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "world.h"

#define OLD "/old/share/stagecraft/services/"

static void
make_templates(const struct world *world)
{
	world_write(world, "new/bin/x", 0755, "");
	world_write(world, "new/share/stagecraft/services/synth/run", 0755, "");
	world_write(
		world, "new/share/stagecraft/services/synth/log/run", 0755, "");
}

static const char *
data(const struct world *world)
{
	return world_path(world, "new/bin/../share/stagecraft");
}

static void
make_link(const struct world *world, const char *path, const char *target)
{
	char directory[STAGE_PATH_MAX];

	snprintf(directory, sizeof(directory), "%s", path);
	*strrchr(directory, '/') = '\0';
	mkdir(world_path(world, "rig/services/%s", directory), 0755);
	assert_int_equal(
		symlink(target, world_path(world, "rig/services/%s", path)), 0);
}

static void
expect_link(const struct world *world, const char *path, const char *target)
{
	char got[STAGE_PATH_MAX];
	ssize_t len = readlink(world_path(world, "rig/services/%s", path), got,
		sizeof(got) - 1);

	assert_true(len > 0);
	got[len] = '\0';
	assert_string_equal(got, target);
}

static void
relink(const struct world *world, const char *mended, const char *left)
{
	struct stage_relinked done;

	assert_int_equal(
		stage_relink(data(world), &world->rig, &done, NULL), STAGE_OK);
	assert_int_equal(done.mended.count, mended != NULL ? 1 : 0);
	assert_int_equal(done.left.count, left != NULL ? 1 : 0);
	if (mended != NULL) {
		assert_string_equal(done.mended.items[0], mended);
	}
	if (left != NULL) {
		assert_string_equal(done.left.items[0], left);
	}
	stage_relinked_finish(&done);
}

static void
what_dangles_leads_to_the_present_templates(void **state)
{
	static const char *const parts[] = {"run", "log"};
	struct world *world = *state;
	char *real;

	make_templates(world);
	real = realpath(data(world), NULL);
	assert_non_null(real);
	make_link(world, "lead.DISABLED/run", OLD "synth/run");
	make_link(world, "lead.DISABLED/log", OLD "synth/log");
	relink(world, "lead.DISABLED", NULL);
	for (size_t i = 0; i < STAGE_COUNT_OF(parts); i++) {
		char path[64];
		char target[STAGE_PATH_MAX];
		snprintf(path, sizeof(path), "lead.DISABLED/%s", parts[i]);
		snprintf(target, sizeof(target), "%s/services/synth/%s", real,
			parts[i]);
		expect_link(world, path, target);
	}
	assert_false(world_has(world, "rig/services/lead.DISABLED/.relinked"));
	free(real);
	relink(world, NULL, NULL);
}

static void
other_links_stay(void **state)
{
	static const struct {
		const char *path, *target;
	} links[] = {
		{"a/run", "/old/services/synth/run"},
		{"b/run", OLD "synth"},
		{"c/run", OLD "synth/log/run"},
		{"d/run", OLD "other/run"},
		{"e/finish", OLD "synth/run"},
		{"f/finish", OLD "synth/finish"},
		{"g/run", OLD "../synth/run"},
		{"h/run", OLD "run"},
		{"i/run", OLD},
	};
	struct world *world = *state;

	make_templates(world);
	for (size_t i = 0; i < STAGE_COUNT_OF(links); i++) {
		make_link(world, links[i].path, links[i].target);
	}
	world_write(
		world, "there/share/stagecraft/services/synth/run", 0755, "");
	make_link(world, "j/run",
		world_path(world, "there/share/stagecraft/services/synth/run"));
	world_service(world, "plain");
	relink(world, NULL, NULL);
	for (size_t i = 0; i < STAGE_COUNT_OF(links); i++) {
		expect_link(world, links[i].path, links[i].target);
	}
}

static void
what_cannot_be_written_stays(void **state)
{
	struct world *world = *state;

	make_templates(world);
	make_link(world, "lead/run", OLD "synth/run");
	// Also for root: a directory in the place of the new link.
	world_write(world, "rig/services/lead/.relinked/x", 0644, "");
	relink(world, NULL, "lead");
	expect_link(world, "lead/run", OLD "synth/run");
	assert_true(world_has(world, "rig/services/lead/.relinked/x"));
}

static enum stage_status
relink_once(void *user)
{
	struct world *world = user;
	const char *link = world_path(world, "rig/services/lead/run");
	struct stage_relinked done;
	enum stage_status status;

	unlink(link); // the run before has mended it
	assert_int_equal(symlink(OLD "synth/run", link), 0);
	status = stage_relink(data(world), &world->rig, &done, NULL);
	stage_relinked_finish(&done);
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;

	make_templates(world);
	make_link(world, "lead/run", OLD "synth/run");
	assert_true(failing_alloc_sweep_tolerant(relink_once, world) > 0);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(what_dangles_leads_to_the_present_templates),
		IN_A_WORLD(other_links_stay),
		IN_A_WORLD(what_cannot_be_written_stays),
		IN_A_WORLD(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
