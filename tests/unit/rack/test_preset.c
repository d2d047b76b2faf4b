/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Presets that slot files name, without JACK. */

#include "rack/preset_line.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "offline.h"
#include "rack/value.h"

#define GAIN TEST "middle\n"
#define WORK TEST "worker\n"
#define HALF "preset \"Half as loud\"\n"
#define TWICE "preset http://stagecraft.example/test#twice\n"
#define FIVE "preset \"five ANSWERS\"\n"
#define TRIES 1000000

static void
write_slot(struct world *world, const char *text)
{
	scratch_write(&world->scratch, "10-a.slot", text);
}

// Another process, which finds what is remembered and what the file says now.
static void
start_with(struct world *world, const char *text)
{
	if (world->rack != NULL) {
		stop(world);
	}
	write_slot(world, text);
	start(world);
	set_rate(world, RATE_HZ);
}

static float
gain(struct world *world)
{
	return stage_rack_page_get(&slot_of(world, "a")->page, 0);
}

static void
save_all(struct world *world)
{
	for (int i = 0; i < TRIES && !stage_rack_save(world->rack); i++) {
		cycle(world);
	}
	assert_false(stage_rack_is_dirty(world->rack));
}

// Cycles until what is heard is this: a worker is another thread.
static void
await(struct world *world, float level)
{
	float heard = NAN;

	for (int i = 0; i < TRIES; i++) {
		heard = cycle(world);
		stage_rack_tidy(world->rack);
		if (is_near(heard, level)) {
			return;
		}
	}
	fail_msg("%g was wanted, %g is heard", (double)level, (double)heard);
}

static void
its_values_stand_under_those_that_are_set(void **state)
{
	struct world *world = *state;

	start_with(world, GAIN HALF);
	assert_true(gain(world) == 0.5F);
	start_with(world, GAIN HALF "set gain 0.25\n");
	assert_true(gain(world) == 0.25F);
	start_with(world, GAIN HALF); // the line has gone, not the preset
	assert_true(gain(world) == 0.5F);
	assert_string_equal(slot_of(world, "a")->note, "");
}

static void
what_was_remembered_wins_until_the_file_is_changed(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	start_with(world, GAIN HALF);
	set(world, "a", "gain", 3);
	save_all(world);
	start_with(world, GAIN HALF);
	assert_true(gain(world) == 3);
	assert_int_equal(
		stage_rack_revert(world->rack, slot_of(world, "a"), 0, &err),
		STAGE_OK);
	assert_true(gain(world) == 0.5F);
	set(world, "a", "gain", 3);
	start_with(world, GAIN TWICE);
	assert_true(gain(world) == 2);

	// What the file sets is as it was there.
	start_with(world, GAIN TWICE "set gain 1.5\n");
	set(world, "a", "gain", 3);
	start_with(world, GAIN HALF "set gain 1.5\n");
	assert_true(gain(world) == 3);
}

static void
a_line_that_is_changed_is_heard_at_once(void **state)
{
	struct world *world = *state;
	const struct stage_rack_link *link;

	start_with(world, GAIN HALF);
	link = slot_of(world, "a")->link;
	write_slot(world, GAIN TWICE);
	stage_rack_reload(world->rack);
	assert_true(gain(world) == 2);
	set(world, "a", "gain", 3);
	stage_rack_reload(world->rack);
	assert_true(gain(world) == 3);
	assert_ptr_equal(slot_of(world, "a")->link, link);
}

static void
its_state_is_what_a_plugin_begins_with(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	start_with(world, WORK FIVE);
	assert_true(stage_rack_is_dirty(world->rack));
	await(world, 0.05F);
	save_all(world);
	set(world, "a", "ask", 1); // it answers
	await(world, 0.06F);
	save_all(world);
	set(world, "a", "ask", 0);
	await(world, 0.07F);
	save_all(world);
	start_with(world, WORK FIVE);
	await(world, 0.07F);
	assert_false(stage_rack_is_dirty(world->rack));

	// An older one is not put under it again; what the file says is.
	assert_int_equal(
		stage_rack_revert(world->rack, slot_of(world, "a"), 2, &err),
		STAGE_OK);
	await(world, 0.05F);
	set(world, "a", "ask", 1);
	await(world, 0.06F);
	save_all(world);
	assert_int_equal(
		stage_rack_revert(world->rack, slot_of(world, "a"), 0, &err),
		STAGE_OK);
	await(world, 0.05F);

	// Another line, also while it plays; it answers to what is set.
	set(world, "a", "ask", 1);
	await(world, 0.06F);
	save_all(world);
	start_with(world, WORK "preset http://stagecraft.example/test#five\n");
	await(world, 0.06F);
	save_all(world);
	set(world, "a", "ask", 0);
	await(world, 0.07F);
	write_slot(world, WORK FIVE);
	stage_rack_reload(world->rack);
	await(world, 0.05F);
}

static void
what_was_before_it_can_be_gone_back_to(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	start_with(world, WORK);
	set(world, "a", "ask", 1);
	await(world, 0.01F);
	set(world, "a", "ask", 0);
	await(world, 0.02F);
	save_all(world);
	start_with(world, WORK FIVE);
	await(world, 0.05F);
	save_all(world);
	assert_int_equal(
		stage_rack_revert(world->rack, slot_of(world, "a"), 1, &err),
		STAGE_OK);
	await(world, 0.02F);
}

static void
one_that_is_not_there_passes_the_sound_through(void **state)
{
	struct world *world = *state;
	static const char sentence[] =
		"/10-a.slot:2:8: slot a has no preset \"Half as lout\"; did "
		"you mean \"Half as loud\"?";

	start_with(world, GAIN "preset \"Half as lout\"\n");
	assert_null(slot_of(world, "a")->link);
	assert_non_null(strstr(slot_of(world, "a")->fault, sentence));
	write_slot(world, GAIN HALF);
	stage_rack_reload(world->rack);
	assert_non_null(slot_of(world, "a")->link);
	assert_true(gain(world) == 0.5F);
	set(world, "a", "gain", 3);

	write_slot(world, GAIN "preset \"Half as lout\"\n");
	stage_rack_reload(world->rack);
	assert_non_null(strstr(slot_of(world, "a")->fault, sentence));
	write_slot(world, GAIN HALF);
	stage_rack_reload(world->rack);
	assert_true(gain(world) == 3); // it was remembered
}

static void
builtin_plugins_have_none(void **state)
{
	struct world *world = *state;

	start_with(world, "plugin builtin:gain\npreset x\n");
	assert_non_null(strstr(slot_of(world, "a")->fault,
		"10-a.slot:2:8: slot a has no preset \"x\"; it has 0 others"));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_values_stand_under_those_that_are_set),
		TEST(what_was_remembered_wins_until_the_file_is_changed),
		TEST(a_line_that_is_changed_is_heard_at_once),
		TEST(its_state_is_what_a_plugin_begins_with),
		TEST(what_was_before_it_can_be_gone_back_to),
		TEST(one_that_is_not_there_passes_the_sound_through),
		TEST(builtin_plugins_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
