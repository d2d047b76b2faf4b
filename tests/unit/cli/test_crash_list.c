/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/crash_list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "world.h"

static const char kept[] =
	"[{\"wall_ns\": 100, \"mono_ns\": 1, \"ran_ns\": 5, \"exit_code\": 3,"
	" \"signal\": 0, \"asked\": \"\", \"lines\": [\"first\", \"last\"]},"
	" \"garbage\", {\"wall_ns\": \"x\"},"
	" {\"wall_ns\": 50, \"mono_ns\": 2, \"ran_ns\": 6, \"exit_code\": -1,"
	" \"signal\": 11, \"asked\": \"\", \"lines\": 7}]";

static const char of_this_run[] =
	"{\"total\": 2, \"crashes\": 2}\n"
	"{\"wall_ns\": 50, \"mono_ns\": 2, \"ran_ns\": 6, \"exit_code\": -1,"
	" \"signal\": 11, \"asked\": \"\"}\n"
	"{\"wall_ns\": 70, \"mono_ns\": 9, \"ran_ns\": 6, \"exit_code\": 0,"
	" \"signal\": 0, \"asked\": \"down\"}\n";

static void
newest_first(void **state)
{
	struct world *world = *state;
	struct stage_crashes crashes;

	world_write(world, "rig/state/crashes/synth.json", 0644, kept);
	world_write(world, "run/svc/synth/deaths", 0644, of_this_run);
	assert_int_equal(
		stage_crashes_load(&world->rig, "synth", &crashes), STAGE_OK);
	// As they happened, whatever the wall clock did meanwhile.
	assert_int_equal(crashes.count, 3);
	assert_int_equal(crashes.items[0].death.mono_ns, 9);
	assert_int_equal(crashes.items[1].death.signal, 11);
	assert_null(crashes.items[1].lines);
	assert_int_equal(crashes.items[2].death.exit_code, 3);
	assert_int_equal(json_array_size(crashes.items[2].lines), 2);
	stage_crashes_finish(&crashes);
	stage_crashes_finish(NULL);
}

static void
nothing_known(void **state)
{
	static const char *const rows[] = {"", "{", "{}", "[1, 2]", "null"};
	struct world *world = *state;
	struct stage_crashes crashes;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		world_write(
			world, "rig/state/crashes/synth.json", 0644, rows[i]);
		assert_int_equal(
			stage_crashes_load(&world->rig, "synth", &crashes),
			STAGE_OK);
		assert_int_equal(crashes.count, 0);
		stage_crashes_finish(&crashes);
	}
}

static void
names(void **state)
{
	struct world *world = *state;
	struct stage_strv found = {0};

	assert_int_equal(
		stage_crashes_names(&world->rig, &found, NULL), STAGE_OK);
	assert_int_equal(found.count, 0);
	world_write(world, "rig/state/crashes/synth.json", 0644, "[]");
	world_write(world, "rig/state/crashes/synth.json.1", 0644, "[]");
	world_write(world, "rig/state/crashes/.jack.json.new", 0644, "");
	world_write(world, "run/svc/synth/deaths", 0644, "");
	world_write(world, "run/svc/fx/deaths", 0644, "");
	world_write(world, "run/svc/" STAGE_WATCH_SERVICE "/deaths", 0644, "");
	assert_int_equal(
		stage_crashes_names(&world->rig, &found, NULL), STAGE_OK);
	assert_int_equal(found.count, 3);
	assert_string_equal(found.items[0], "fx");
	assert_string_equal(found.items[1], STAGE_WATCH_SERVICE);
	assert_string_equal(found.items[2], "synth");
	stage_strv_finish(&found);
}

static void
as_json(void **state)
{
	struct world *world = *state;
	struct stage_crashes crashes;
	const char *words;
	json_t *json;

	world_write(world, "rig/state/crashes/synth.json", 0644, kept);
	assert_int_equal(
		stage_crashes_load(&world->rig, "synth", &crashes), STAGE_OK);
	json = stage_crashes_to_json("syn\xffth", &crashes);
	assert_non_null(json);
	assert_string_equal(
		json_string_value(json_object_get(json, "name")), "syn?th");
	json_t *deaths = json_object_get(json, "deaths");
	assert_int_equal(json_array_size(deaths), 2);
	words = json_string_value(
		json_object_get(json_array_get(deaths, 1), "words"));
	assert_string_equal(words, "failed: exit 3");
	assert_int_equal(json_array_size(json_object_get(
				 json_array_get(deaths, 0), "lines")),
		0);
	json_decref(json);
	stage_crashes_finish(&crashes);
}

static enum stage_status
names_once(void *user)
{
	const struct world *world = user;
	struct stage_strv found = {0};
	enum stage_status status =
		stage_crashes_names(&world->rig, &found, NULL);

	stage_strv_finish(&found);
	return status;
}

static void
no_memory(void **state)
{
	struct world *world = *state;

	world_write(world, "rig/state/crashes/synth.json", 0644, kept);
	world_write(world, "run/svc/fx/deaths", 0644, "");
	assert_true(failing_alloc_sweep_tolerant(names_once, world) > 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(newest_first),
		TEST(nothing_known),
		TEST(names),
		TEST(as_json),
		TEST(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
