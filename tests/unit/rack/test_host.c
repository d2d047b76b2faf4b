/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What a rack offers its plug-ins, with plug-ins that use it, without JACK. */

#include "rack/host.h"

#include <math.h>
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

#include "offline.h"

#define HOST "plugin http://stagecraft.example/host#"
#define FILE_LINE "file http://stagecraft.example/host#file "
#define TRIES 1000000

static void
play(struct world *world)
{
	start(world);
	set_rate(world, RATE_HZ);
}

// A cycle at a moment, with a note in it.
static float
cycle_at(struct world *world, const struct stage_rack_moment *now)
{
	struct stage_rack_plan *plan;

	stage_rack_transport_move(&world->wire.transport, now, FRAMES);
	plan = begin_cycle(world);
	assert_true(stage_rack_events_add(
		&plan->midi, plan->urids, 3, "\x90\x3c\x40", 3));
	stage_rack_chain_run(plan, FRAMES);
	stage_rack_tidy(world->rack);
	return plan->bus[0][FRAMES - 1];
}

// Cycles until what is heard is this, as a worker is another thread.
static void
await(struct world *world, float level)
{
	const struct stage_rack_moment now = {0};
	float heard = 0;

	for (int i = 0; i < TRIES; i++) {
		heard = cycle_at(world, &now);
		if (fabsf(heard - level) < 1e-5F) {
			return;
		}
	}
	fail_msg("%g was wanted, %g is heard", (double)level, (double)heard);
}

static void
test_time_is_told_when_it_is_another_one(void **state)
{
	struct world *world = *state;
	struct stage_rack_moment now = {.frame = 0};

	scratch_write(&world->scratch, "10-clock.slot", HOST "clock\n");
	play(world);
	await(world, 0.01F); // once, at its first cycle
	now.is_rolling = true;
	for (int i = 0; i < 8; i++) {
		assert_true(fabsf(cycle_at(world, &now) - 0.02F) < 1e-6F);
		now.frame += FRAMES;
	}
	now.has_bars = true;
	now.beats_per_minute = 125;
	assert_true(fabsf(cycle_at(world, &now) - 0.125F) < 1e-6F);
}

static void
save(struct world *world)
{
	const struct stage_rack_moment now = {0};

	for (int i = 0; i < TRIES && !stage_rack_save(world->rack); i++) {
		cycle_at(world, &now);
	}
	assert_false(stage_rack_is_dirty(world->rack));
}

static void
test_a_file_is_taken_and_remembered(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "three", "abc");
	scratch_write(&world->scratch, "five", "abcde");
	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\n" FILE_LINE "three\n");
	play(world);
	await(world, 0.03F);
	save(world);
	stop(world);

	// What it took is in its own state by now; it is not asked again.
	scratch_write(&world->scratch, "three", "abcdefg");
	play(world);
	await(world, 0.07F);
	assert_false(slot_of(world, "taker")->is_dirty);

	// The user names another one, and then none.
	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\n" FILE_LINE "five\n");
	stage_rack_reload(world->rack);
	await(world, 0.05F);
	assert_true(slot_of(world, "taker")->is_dirty);
	save(world);
	scratch_write(&world->scratch, "10-taker.slot", HOST "taker\n");
	stage_rack_reload(world->rack);
	save(world);
	stop(world);
	play(world);
	await(world, 0.05F);
}

static void
test_a_file_named_while_it_was_down_wins(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "three", "abc");
	scratch_write(&world->scratch, "five", "abcde");
	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\n" FILE_LINE "three\n");
	play(world);
	await(world, 0.03F);
	save(world);
	stop(world);
	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\n" FILE_LINE "five\n");
	play(world);
	await(world, 0.05F);
}

static void
test_a_file_that_is_not_there_is_told(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\n" FILE_LINE "three\n");
	play(world);
	assert_non_null(strstr(slot_of(world, "taker")->note,
		"/three: No such file or directory"));
	scratch_write(&world->scratch, "three", "abc");
	stage_rack_reload(world->rack);
	assert_string_equal(slot_of(world, "taker")->note, "");
	await(world, 0.03F);
	scratch_write(&world->scratch, "10-taker.slot",
		HOST "taker\nfile http://nobody/x three\n");
	stage_rack_reload(world->rack);
	assert_string_equal(slot_of(world, "taker")->note,
		"its plug-in has no file http://nobody/x; it has "
		"http://stagecraft.example/host#file");
}

static void
live_in(struct world *world, const char *directory)
{
	char state[64];

	snprintf(state, sizeof(state), "%s/state", directory);
	snprintf(world->directory, SCRATCH_PATH_MAX, "%s",
		scratch_path(&world->scratch, directory));
	snprintf(world->memories, SCRATCH_PATH_MAX, "%s",
		scratch_path(&world->scratch, state));
}

static void
test_a_rack_that_was_moved_has_its_own_files(void **state)
{
	struct world *world = *state;
	char before[SCRATCH_PATH_MAX];

	live_in(world, "one");
	assert_int_equal(mkdir(world->directory, 0777), 0);
	scratch_write(&world->scratch, "one/rack", "out 1\nin 1\n");
	scratch_write(&world->scratch, "one/sample", "abc");
	scratch_write(&world->scratch, "one/10-taker.slot",
		HOST "taker\n" FILE_LINE "sample\n");
	play(world);
	await(world, 0.03F);
	save(world);
	stop(world);
	memcpy(before, world->directory, sizeof(before));
	live_in(world, "two");
	assert_int_equal(rename(before, world->directory), 0);
	assert_int_equal(mkdir(before, 0777), 0);
	scratch_write(&world->scratch, "one/sample", "abcdefg");
	play(world);
	await(world, 0.03F);
	assert_false(slot_of(world, "taker")->is_dirty);
}

static void
test_a_state_that_changes_by_itself_is_saved(void **state)
{
	struct world *world = *state;
	struct stage_rack_instance *instance;

	scratch_write(&world->scratch, "three", "abc");
	scratch_write(&world->scratch, "10-taker.slot", HOST "taker\n");
	play(world);
	await(world, 0);
	save(world);
	assert_int_equal(
		stage_rack_instance_ask(
			(struct stage_rack_instance *)slot_of(world, "taker")
				->link->units[0],
			"http://stagecraft.example/host#file",
			scratch_path(&world->scratch, "three")),
		STAGE_OK);
	await(world, 0.03F);
	await(world, 0.03F); // it tells in the cycle behind
	assert_true(slot_of(world, "taker")->is_dirty);
	save(world);

	// Who looks after the rack hears of it, once.
	instance = (struct stage_rack_instance *)slot_of(world, "taker")
			   ->link->units[0];
	atomic_store(&instance->has_changed, true);
	assert_true(stage_rack_tidy(world->rack));
	atomic_store(&instance->has_changed, true);
	assert_false(stage_rack_tidy(world->rack));
	assert_true(slot_of(world, "taker")->is_dirty);
}

static void
test_a_plugin_is_told_when_time_is_free(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-it.slot", TEST "free\n");
	play(world);
	(void)cycles(world);
	assert_true(is_near(cycle(world), 0));
	atomic_store(&world->wire.rescue.is_freewheeling, true);
	assert_true(is_near(cycle(world), 1));
	atomic_store(&world->wire.rescue.is_freewheeling, false);
	assert_true(is_near(cycle(world), 0));
	assert_int_equal(slot_of(world, "it")->count, 0); // nobody sets it
}

static void
test_a_plugin_without_messages_takes_no_file(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-taker.slot",
		"plugin http://stagecraft.example/test#middle\n" FILE_LINE
		"x\n");
	play(world);
	await(world, 0); // a warning, and it plays
	assert_non_null(slot_of(world, "taker")->link);
}

static void
test_builtin_plugins_are_plugins(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-source.slot",
		"plugin http://stagecraft.example/test#source\nset level 1\n");
	scratch_write(&world->scratch, "20-gain.slot",
		"plugin builtin:gain\nset gain 0.25\n");
	scratch_write(&world->scratch, "30-midi.slot",
		"plugin builtin:midi-transpose\nset octaves 1\n");
	scratch_write(&world->scratch, "40-no.slot", "plugin builtin:gian\n");
	play(world);
	await(world, 0.25F);
	for (int i = 0; i < 2; i++) { // the transposed one comes through
		struct stage_rack_plan *plan = world->wire.current;
		const LV2_Atom_Event *event =
			stage_rack_events_next(&plan->midi, plan->urids, NULL);
		assert_non_null(event);
		assert_memory_equal(event + 1, "\x90\x48\x40", 3);
		save(world);
	}
	assert_non_null(strstr(
		world->rack->slots[3]->fault, "did you mean builtin:gain?"));
}

// Some have no more room, whatever else they were told.
static void
test_no_plugin_runs_more_than_it_was_made_for(void **state)
{
	struct world *world = *state;
	struct stage_rack_plan *plan;

	scratch_write(&world->scratch, "10-narrow.slot", HOST "narrow\n");
	play(world);
	await(world, 0);
	assert_int_equal(world->wire.current->frames_max, FRAMES);
	stage_rack_set_rate(world->rack, RATE_HZ, 4 * FRAMES);
	scratch_write(&world->scratch, "20-other.slot", HOST "narrow\n");
	stage_rack_reload(world->rack);
	await(world, 0);
	plan = world->wire.current;
	assert_int_equal(plan->count, 2);
	assert_int_equal(plan->frames_max, FRAMES);
	unlink(scratch_path(&world->scratch, "10-narrow.slot"));
	stage_rack_reload(world->rack);
	for (int i = 0; i < TRIES && world->wire.current->count > 1; i++) {
		await(world, 0); // it fades
	}
	assert_int_equal(world->wire.current->frames_max, 4 * FRAMES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_time_is_told_when_it_is_another_one, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_file_is_taken_and_remembered, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_file_that_is_not_there_is_told, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_rack_that_was_moved_has_its_own_files, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_file_named_while_it_was_down_wins, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_state_that_changes_by_itself_is_saved, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_plugin_is_told_when_time_is_free, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_a_plugin_without_messages_takes_no_file, set_up,
			tear_down),
		cmocka_unit_test_setup_teardown(
			test_builtin_plugins_are_plugins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(
			test_no_plugin_runs_more_than_it_was_made_for, set_up,
			tear_down),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
