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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
