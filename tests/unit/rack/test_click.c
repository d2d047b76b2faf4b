/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A sine goes through a rack, and whatever is done to it, no two samples are
 * further apart than those of a sine and a thousandth: a step of -60 dB. */

#include "offline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rack/preset.h"
#include "rack/snapshot.h"

#define MORPH_NS STAGE_NS_PER_S

// Some cycles of a sine, with the loop's part behind each.
static void
listen(struct meter *meter, int count)
{
	struct world *world = meter->world;

	meter->peak = 0;
	for (int i = 0; i < count; i++) {
		struct stage_rack_plan *plan = begin_cycle(world);
		meter_feed(meter, plan->bus[0]);
		stage_rack_chain_run(plan, FRAMES);
		meter_hear(meter, plan->bus[0]);
		stage_rack_tidy(world->rack);
	}
}

// Forgets the steps so far.
static void
begin(struct meter *meter)
{
	listen(meter, MANY);
	listen(meter, 1);
	meter->step = 0;
}

// No step was larger than those of a sine of that peak.
static void
check(struct meter *meter, float peak)
{
	listen(meter, MANY);
	meter_check(meter, peak);
}

static struct meter
start_with(struct world *world, const char *slot)
{
	struct meter meter = {.world = world};

	scratch_write(&world->scratch, "10-it.slot", slot);
	start(world);
	set_rate(world, RATE_HZ);
	return meter;
}

static void
bypass(struct world *world, bool is_so)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_rack_bypass(slot_of(world, "it"), is_so, &err), STAGE_OK);
}

static void
bypass_and_wet_do_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.25\n");

	begin(&meter);
	assert_true(is_near(meter.peak, 0.25F));
	for (int i = 0; i < 3; i++) {
		bypass(world, true);
		check(&meter, 1);
		assert_true(is_near(meter.peak, 1));
		bypass(world, false);
		check(&meter, 1);
	}
	set(world, "it", "wet", 0);
	check(&meter, 1);
	set(world, "it", "wet", 1);
	check(&meter, 1);
}

static void
slots_that_come_and_go_do_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.5\n");

	begin(&meter);
	scratch_write(
		&world->scratch, "20-new.slot", TEST "middle\nset gain 0\n");
	stage_rack_reload(world->rack);
	check(&meter, 0.5F);
	listen(&meter, 1);
	assert_true(is_near(meter.peak, 0));
	unlink(scratch_path(&world->scratch, "20-new.slot"));
	stage_rack_reload(world->rack);
	check(&meter, 0.5F);
	scratch_write(&world->scratch, "10-it.slot", TEST "nowhere\n");
	stage_rack_reload(world->rack);
	check(&meter, 1);
	scratch_write(
		&world->scratch, "10-it.slot", TEST "middle\nset gain 0.5\n");
	stage_rack_reload(world->rack);
	check(&meter, 1);
}

static void
what_is_cut_off_does_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.5\n");

	scratch_write(&world->scratch, "20-bad.slot", TEST "bad\n");
	scratch_write(
		&world->scratch, "15-gain.slot", TEST "middle\nset gain 2\n");
	stage_rack_reload(world->rack);
	begin(&meter);
	set(world, "bad", "bad", 1);
	check(&meter, 1); // cut off, passed by, started afresh
	for (int i = 0; i < 40 && slot_of(world, "bad")->link != NULL; i++) {
		check(&meter, 1);
	}
	assert_null(slot_of(world, "bad")->link);
	assert_true(is_near(meter.peak, 1));
}

static void
what_gets_too_loud_does_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 4\n");

	scratch_write(
		&world->scratch, "20-loud.slot", TEST "middle\nset gain 1.5\n");
	stage_rack_reload(world->rack);
	begin(&meter);
	assert_true(is_near(meter.peak, 6));
	set(world, "loud", "gain", 4);
	listen(&meter, 4); // louder by and by, then cut off at once
	set(world, "loud", "gain", 1.5);
	check(&meter, STAGE_RACK_LIMIT);
	assert_int_equal(
		atomic_load(&slot_of(world, "loud")->link->strikes), 1);
	listen(&meter, MANY);
	assert_true(is_near(meter.peak, 6));
}

// A delay of a half wave: where the dry part were not as late, they would
// cancel each other.
static void
the_dry_part_is_as_late_as_the_other(void **state)
{
	struct world *world = *state;
	struct meter meter =
		start_with(world, TEST "late\nset frames 24\nwet 0.5\n");

	begin(&meter);
	check(&meter, 1);
	listen(&meter, 1);
	assert_true(is_near(meter.peak, 1));
	assert_int_equal(stage_rack_latency(world->rack), 24);
	bypass(world, true);
	check(&meter, 1);
	assert_true(is_near(meter.peak, 1));
	assert_int_equal(stage_rack_latency(world->rack), 24);
	bypass(world, false);
	check(&meter, 1);
	assert_true(is_near(meter.peak, 1));
}

static void
a_new_latency_does_not_click_in_the_dry_part(void **state)
{
	struct world *world = *state;
	struct meter meter =
		start_with(world, TEST "late\nset frames 24\nbypass yes\n");

	begin(&meter);
	set(world, "it", "frames", 3000);
	check(&meter, 1);
	listen(&meter, MANY);
	assert_int_equal(stage_rack_latency(world->rack), 3000);
	check(&meter, 1);
	bypass(world, false);
	check(&meter, 1);
	assert_true(is_near(meter.peak, 1));
}

// What leaves leaves nothing late behind, and what comes is late once it has
// heard enough: neither cuts a piece out of the sound, or in.
static void
what_is_late_comes_and_goes_without_a_click(void **state)
{
	static const char *const lates[] = {
		"set frames 24", "set frames 700", "set frames 4000"};
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.5\n");

	begin(&meter);
	for (size_t i = 0; i < STAGE_COUNT_OF(lates); i++) {
		char slot[128];
		snprintf(slot, sizeof(slot), "%s%s\n", TEST "late\n", lates[i]);
		scratch_write(&world->scratch, "20-late.slot", slot);
		stage_rack_reload(world->rack);
		for (int k = 0; k < 3; k++) {
			check(&meter, 0.5F);
		}
		listen(&meter, 1);
		assert_true(is_near(meter.peak, 0.5F));
		assert_true(slot_of(world, "late")->link->mix >= 1);
		// In the other order: both fade, and come again.
		scratch_write(&world->scratch, "05-late.slot", slot);
		unlink(scratch_path(&world->scratch, "20-late.slot"));
		stage_rack_reload(world->rack);
		for (int k = 0; k < 3; k++) {
			check(&meter, 1);
		}
		listen(&meter, 1);
		assert_true(is_near(meter.peak, 0.5F));
		unlink(scratch_path(&world->scratch, "05-late.slot"));
		stage_rack_reload(world->rack);
		check(&meter, 1);
		check(&meter, 1);
		listen(&meter, 1);
		assert_true(is_near(meter.peak, 0.5F));
	}
}

static void
save_snapshot(struct world *world, const char *name)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_snapshot_save(world->rack, name, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

static void
load_snapshot(struct world *world, const char *name, int64_t morph_ns)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_snapshot_load(world->rack, name, morph_ns, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

// All that the rack itself turns; what a plug-in makes of a jump is its own.
static void
a_snapshot_does_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.5\n");

	begin(&meter);
	save_snapshot(world, "one");
	set(world, "it", ":gain", 6);
	set(world, "it", "wet", 0.5);
	save_snapshot(world, "two");
	bypass(world, true);
	save_snapshot(world, "three");
	for (int i = 0; i < 3; i++) {
		load_snapshot(world, "one", 0);
		check(&meter, 1);
		listen(&meter, 1);
		assert_true(is_near(meter.peak, 0.5F));
		load_snapshot(world, "two", 0);
		check(&meter, 1);
		load_snapshot(world, "three", 0);
		check(&meter, 1);
		listen(&meter, 1);
		assert_true(is_near(meter.peak, 1));
		load_snapshot(world, "two", 0);
		check(&meter, 1);
	}
}

// Within a second each step of a value is small, also where the plug-in takes
// it as it is.
static void
a_morph_does_not_click(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.25\n");

	begin(&meter);
	save_snapshot(world, "soft");
	set(world, "it", "gain", 1);
	listen(&meter, MANY);
	save_snapshot(world, "loud");
	begin(&meter);
	for (int i = 0; i < 2; i++) {
		bool is_soft = i == 0;
		load_snapshot(world, is_soft ? "soft" : "loud", MORPH_NS);
		for (int k = 0; k < RATE_HZ / FRAMES / MANY + 2; k++) {
			check(&meter, 1);
		}
		listen(&meter, 1);
		assert_true(is_near(meter.peak, is_soft ? 0.25F : 1));
	}
}

// To what the file says, and to an earlier checkpoint: another instance, where
// there is a state.
static void
going_back_does_not_click(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct meter meter =
		start_with(world, TEST "forgetful\nset gain 0.5\nwet 0.5\n");

	begin(&meter);
	set(world, "it", "wet", 1);
	assert_true(stage_rack_save(world->rack));
	check(&meter, 1);
	bypass(world, true);
	assert_true(stage_rack_save(world->rack));
	check(&meter, 1);
	for (unsigned generation = 0; generation < 2; generation++) {
		const struct stage_rack_link *before =
			slot_of(world, "it")->link;
		assert_int_equal(
			stage_rack_revert(world->rack, slot_of(world, "it"),
				generation, &err),
			STAGE_OK);
		assert_ptr_not_equal(slot_of(world, "it")->link, before);
		check(&meter, 1);
		check(&meter, 1);
		listen(&meter, 1);
		assert_true(
			is_near(meter.peak, generation == 0 ? 0.75F : 0.5F));
	}
}

static void
a_preset_with_a_state_does_not_click(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct meter meter = start_with(world, TEST "worker\nwet 0.5\n");

	begin(&meter);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			stage_rack_preset_load(world->rack,
				slot_of(world, "it"), "Five answers", &err),
			STAGE_OK);
		check(&meter, 1);
		check(&meter, 1);
	}
}

static void
edits_of_a_file_do_not_click(void **state)
{
	static const char *const edits[] = {
		TEST "middle\nset gain 0.5\nwet 0.25\n",
		TEST "middle\nset gain 0.5\nbypass yes\n",
		TEST "middle\nset gain 0.5\ngain -12\n",
		TEST "middle\nset gain 0.5\ngian -12\n",
		TEST "middle\nset gain 0.5\n",
	};
	struct world *world = *state;
	struct meter meter = start_with(world, edits[4]);

	begin(&meter);
	for (size_t i = 0; i < STAGE_COUNT_OF(edits); i++) {
		scratch_write(&world->scratch, "10-it.slot", edits[i]);
		stage_rack_reload(world->rack);
		check(&meter, 1);
		check(&meter, 1);
	}
	assert_true(is_near(meter.peak, 0.5F));
}

static void
smiting_and_reviving_do_not_click(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct meter meter = start_with(world, TEST "middle\nset gain 0.25\n");

	begin(&meter);
	assert_int_equal(
		stage_rack_smite(world->rack, slot_of(world, "it"), &err),
		STAGE_OK);
	check(&meter, 1);
	assert_true(is_near(meter.peak, 1));
	assert_int_equal(
		stage_rack_revive(world->rack, slot_of(world, "it"), &err),
		STAGE_OK);
	check(&meter, 1);
	listen(&meter, 1);
	assert_true(is_near(meter.peak, 0.25F));
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bypass_and_wet_do_not_click),
		TEST(slots_that_come_and_go_do_not_click),
		TEST(what_is_cut_off_does_not_click),
		TEST(what_gets_too_loud_does_not_click),
		TEST(the_dry_part_is_as_late_as_the_other),
		TEST(a_new_latency_does_not_click_in_the_dry_part),
		TEST(what_is_late_comes_and_goes_without_a_click),
		TEST(a_snapshot_does_not_click),
		TEST(a_morph_does_not_click),
		TEST(going_back_does_not_click),
		TEST(a_preset_with_a_state_does_not_click),
		TEST(edits_of_a_file_do_not_click),
		TEST(smiting_and_reviving_do_not_click),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
