/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A rack with real plug-ins and without JACK: the test runs the cycles. */

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

#include "rack/blame.h"
#include "rack/link.h"
#include "rack/preset.h"

static void
a_slot_that_stays_is_not_touched(void **state)
{
	struct world *world = *state;
	struct stage_rack_link *link;
	float level;

	scratch_write(&world->scratch, "10-sum.slot",
		TEST "integrator\nset add 0.0001\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	set(world, "sum", "add", 0);
	level = cycles(world);
	assert_true(level > 0.1F);
	link = slot_of(world, "sum")->link;

	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 0.5\n");
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), level / 2));
	assert_ptr_equal(slot_of(world, "sum")->link, link);

	unlink(scratch_path(&world->scratch, "20-gain.slot"));
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), level));
	assert_ptr_equal(slot_of(world, "sum")->link, link);
	assert_int_equal(world->rack->count, 1);
}

static void
what_is_removed_fades_before_it_goes(void **state)
{
	struct world *world = *state;
	float level;
	float last;

	scratch_write(&world->scratch, "10-sum.slot",
		TEST "integrator\nset add 0.0001\n");
	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 0\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	set(world, "sum", "add", 0);
	(void)cycles(world);
	level = world->rack->slots[0]->link->units[0]->outs[0][0];
	assert_true(level > 0.1F);
	last = cycle(world);
	assert_true(last == 0);

	unlink(scratch_path(&world->scratch, "20-gain.slot"));
	stage_rack_reload(world->rack);
	assert_true(largest_step(world, last) < 0.01F * level);
	last = cycle(world);
	assert_true(is_near(last, level));
	assert_int_equal(world->wire.current->count, 1);
}

static void
a_new_order_fades_and_keeps_the_plugins(void **state)
{
	struct world *world = *state;
	struct stage_rack_link *link;
	char path[SCRATCH_PATH_MAX];

	scratch_write(
		&world->scratch, "10-gain.slot", TEST "middle\nset gain 0.5\n");
	scratch_write(&world->scratch, "20-source.slot",
		TEST "source\nset level 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	assert_true(is_near(cycles(world), 0.5F));
	link = slot_of(world, "source")->link;
	snprintf(path, sizeof(path), "%s",
		scratch_path(&world->scratch, "20-source.slot"));
	assert_int_equal(
		rename(path, scratch_path(&world->scratch, "05-source.slot")),
		0);
	stage_rack_reload(world->rack);
	assert_true(largest_step(world, 0.5F) < 0.005F);
	assert_true(is_near(cycles(world), 0.25F));
	assert_ptr_equal(world->wire.current->links[0], link);
	assert_ptr_equal(slot_of(world, "source")->link, link);
	assert_false(atomic_load(&link->is_leaving));
}

static void
a_slip_lets_the_sound_pass_and_is_mended(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 2\n");
	start(world);
	set_rate(world, RATE_HZ);
	set(world, "gain", "gain", 3);
	assert_true(is_near(cycles(world), 1.5F));
	scratch_write(&world->scratch, "20-gain.slot",
		TEST "middle\nset gain 2\nwett 1\n");
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), 0.5F));
	assert_non_null(
		strstr(slot_of(world, "gain")->fault, "20-gain.slot:3:1: "));
	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 2\n");
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), 1.5F)); // as it was set
}

static void
what_the_file_says_now_is_set(void **state)
{
	struct world *world = *state;
	struct stage_rack_link *link;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	link = slot_of(world, "source")->link;
	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.25\n");
	stage_rack_reload(world->rack);
	assert_true(is_near(cycles(world), 0.25F));
	assert_ptr_equal(slot_of(world, "source")->link, link);
}

static void
plugins_that_cannot_run_say_why(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(&world->scratch, "10-a.slot", TEST "nowhere\n");
	scratch_write(&world->scratch, "20-b.slot", TEST "needy\n");
	scratch_write(&world->scratch, "30-source.slot",
		TEST "source\nset level 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	assert_true(is_near(cycles(world), 0.5F));
	assert_non_null(
		strstr(slot_of(world, "a")->fault, "there is no plug-in"));
	assert_non_null(strstr(slot_of(world, "b")->fault,
		"it needs http://stagecraft.example/test#nobody"));
	assert_int_equal(stage_rack_set(slot_of(world, "a"), "gain", 1, &err),
		STAGE_UNSUPPORTED);
}

static void
values_have_their_ranges(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_slot *slot;

	scratch_write(&world->scratch, "10-gain.slot",
		TEST "middle\nset gain 99\nset gian 1\n");
	start(world);
	slot = slot_of(world, "gain");
	assert_true(stage_rack_page_get(&slot->page, 0) == 4);
	assert_non_null(strstr(slot->note, "has no \"gian\""));
	assert_int_equal(
		stage_rack_set(slot, "gain", 4.5, &err), STAGE_BAD_INPUT);
	assert_int_equal(stage_rack_set(slot, "gain", (double)NAN, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		stage_rack_set(slot, "wet", -1, &err), STAGE_BAD_INPUT);
	assert_int_equal(
		stage_rack_set(slot, "gein", 1, &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "did you mean \"gain\"?"));
	assert_int_equal(stage_rack_find(world->rack, "gane", &slot, &err),
		STAGE_NOT_FOUND);
}

static void
a_worker_works_and_its_state_comes_back(void **state)
{
	struct world *world = *state;
	float level = 0;

	scratch_write(&world->scratch, "10-w.slot", TEST "worker\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	set(world, "w", "ask", 7);
	// The other thread answers when it comes to it.
	while (!is_near(level, 0.01F)) {
		level = cycle(world);
	}
	assert_true(stage_rack_save(world->rack));
	assert_false(stage_rack_is_dirty(world->rack));
	stop(world);
	start(world);
	set_rate(world, RATE_HZ);
	// Offline it has worked once more, for the 7 that it did not know.
	assert_true(is_near(cycles(world), 0.02F));
}

static void
the_newest_of_page_and_checkpoint_holds(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-gain.slot", TEST "middle\n");
	start(world);
	set(world, "gain", "gain", 2);
	assert_true(stage_rack_save(world->rack));
	set(world, "gain", "gain", 3);
	stop(world);
	start(world);
	assert_true(stage_rack_page_get(&slot_of(world, "gain")->page, 0) == 3);
	stop(world);
	unlink(scratch_path(&world->scratch, "pages/gain.page"));
	start(world);
	assert_true(stage_rack_page_get(&slot_of(world, "gain")->page, 0) == 2);
}

static void
a_broken_checkpoint_gives_way_to_the_one_before(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-gain.slot", TEST "middle\n");
	start(world);
	set(world, "gain", "gain", 2);
	assert_true(stage_rack_save(world->rack));
	set(world, "gain", "gain", 3);
	assert_true(stage_rack_save(world->rack));
	stop(world);
	scratch_write(&world->scratch, "memories/gain", "plugin a:");
	unlink(scratch_path(&world->scratch, "pages/gain.page"));
	start(world);
	assert_true(stage_rack_page_get(&slot_of(world, "gain")->page, 0) == 2);
}

static void
another_rate_makes_other_plugins_with_the_same_values(void **state)
{
	struct world *world = *state;
	struct stage_rack_link *link;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	set(world, "source", "level", 0.25);
	assert_true(is_near(cycles(world), 0.25F));
	link = slot_of(world, "source")->link;
	set_rate(world, RATE_HZ);
	assert_ptr_equal(slot_of(world, "source")->link, link);
	set_rate(world, 44100);
	assert_ptr_not_equal(slot_of(world, "source")->link, link);
	assert_true(is_near(cycles(world), 0.25F));
	assert_int_equal(world->wire.current->rate_hz, 44100);
}

static void
a_plugin_that_is_broken_starts_afresh_and_is_given_up(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_slot *slot;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	scratch_write(&world->scratch, "20-bad.slot", TEST "bad\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	slot = slot_of(world, "bad");
	set(world, "bad", "bad", 1);
	(void)cycle(world);
	set(world, "bad", "bad", 0);
	for (int i = 0; i < STAGE_RACK_BAD_MAX; i++) {
		assert_true(is_near(cycle(world), 0.5F));
	}
	assert_true(stage_rack_tidy(world->rack));
	assert_int_equal(slot->resets, 1);
	assert_true(is_near(cycles(world), 0.5F));
	assert_int_equal(atomic_load(&slot->link->guarded), 0);
	set(world, "bad", "bad", 1);
	for (int i = 0; i < 40 && slot->link != NULL; i++) {
		assert_true(is_near(cycles(world), 0.5F));
	}
	assert_null(slot->link);
	assert_non_null(strstr(slot->fault, "nothing that is a sound"));
	assert_true(is_near(cycles(world), 0.5F));

	// Another server does not bring it back, a person does.
	set(world, "bad", "bad", 0);
	set_rate(world, 44100);
	assert_null(slot->link);
	assert_non_null(strstr(slot->fault, "nothing that is a sound"));
	assert_int_equal(stage_rack_revive(world->rack, slot, &err), STAGE_OK);
	assert_non_null(slot->link);
	assert_string_equal(slot->fault, "");
	(void)cycles(world);
	assert_int_equal(world->wire.current->count, 2);
}

static void
what_could_not_be_made_is_heard_with_the_next_server(void **state)
{
	struct world *world = *state;
	struct stage_rack_slot *slot;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	slot = slot_of(world, "gain");
	stage_rack_link_unref(slot->link); // as without memory for it
	slot->link = NULL;
	stage_rack_publish(world->rack);
	assert_true(is_near(cycles(world), 0.5F));
	set_rate(world, RATE_HZ);
	assert_true(is_near(cycles(world), 0.25F));
}

static void
a_preset_of_what_is_left_out_is_given_back(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_slot *slot = NULL;

	scratch_write(&world->scratch, "10-gain.slot", TEST "middle\n");
	for (int crashes = 0; crashes < 3; crashes++) {
		start(world);
		set_rate(world, RATE_HZ);
		slot = slot_of(world, "gain");
		stage_rack_blame_note(slot->page.bytes);
		if (crashes < 2) {
			stop(world);
		}
	}
	assert_null(slot->link);
	for (int i = 0; i < 3; i++) { // who looks for leaks sees each
		assert_int_equal(stage_rack_preset_load(world->rack, slot,
					 "Half as loud", &err),
			STAGE_OK);
	}
	assert_true(stage_rack_page_get(&slot->page, 0) == 0.5F);
}

static void
one_that_is_too_loud_now_and_then_starts_afresh(void **state)
{
	struct world *world = *state;
	struct stage_rack_slot *slot;
	struct stage_rack_link *link;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	scratch_write(
		&world->scratch, "20-a.slot", TEST "middle\nset gain 4\n");
	scratch_write(
		&world->scratch, "30-b.slot", TEST "middle\nset gain 4\n");
	scratch_write(
		&world->scratch, "40-c.slot", TEST "middle\nset gain 1\n");
	start(world);
	set_rate(world, RATE_HZ);
	slot = slot_of(world, "c");
	link = slot->link;
	for (int i = 0; i < STAGE_RACK_STRIKES_MAX; i++) {
		assert_ptr_equal(slot->link, link);
		set(world, "c", "gain", 1);
		assert_true(is_near(cycles(world), 8));
		set(world, "c", "gain", 4);
		(void)cycle(world);
		set(world, "c", "gain", 1);
		(void)stage_rack_tidy(world->rack);
	}
	assert_ptr_not_equal(slot->link, link);
	assert_int_equal(slot->resets, 1);
	assert_true(is_near(cycles(world), 8));
}

static void
who_crashed_twice_is_left_out(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	scratch_write(
		&world->scratch, "20-gain.slot", TEST "middle\nset gain 0.5\n");
	for (int crashes = 0; crashes < 3; crashes++) {
		start(world);
		set_rate(world, RATE_HZ);
		assert_true(is_near(cycles(world), crashes < 2 ? 0.25F : 0.5F));
		stage_rack_blame_note(slot_of(world, "gain")->page.bytes);
		if (crashes < 2) {
			stop(world);
		}
	}
	assert_non_null(
		strstr(slot_of(world, "gain")->fault, "crashed or hung twice"));
	set(world, "gain", "gain", 0.75);
	assert_int_equal(
		stage_rack_revive(world->rack, slot_of(world, "gain"), &err),
		STAGE_OK);
	assert_true(is_near(cycles(world), 0.375F));
	assert_string_equal(slot_of(world, "gain")->fault, "");
	stop(world);
	start(world);
	set_rate(world, RATE_HZ);
	assert_true(is_near(cycles(world), 0.375F));
}

static void
plans_that_nobody_takes_are_replaced(void **state)
{
	struct world *world = *state;

	scratch_write(&world->scratch, "10-source.slot",
		TEST "source\nset level 0.5\n");
	start(world);
	set_rate(world, RATE_HZ);
	for (int i = 0; i < 5; i++) {
		stage_rack_reload(world->rack);
	}
	assert_true(is_near(cycles(world), 0.5F));
	for (int i = 0; i < 5; i++) {
		stage_rack_reload(world->rack);
	}
	assert_true(is_near(cycles(world), 0.5F));
}

static void
latency_is_the_sum(void **state)
{
	struct world *world = *state;

	scratch_write(
		&world->scratch, "10-a.slot", TEST "late\nset frames 100\n");
	scratch_write(
		&world->scratch, "20-b.slot", TEST "late\nset frames 20\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
	assert_int_equal(stage_rack_latency(world->rack), 120);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_slot_that_stays_is_not_touched),
		TEST(what_is_removed_fades_before_it_goes),
		TEST(a_new_order_fades_and_keeps_the_plugins),
		TEST(a_slip_lets_the_sound_pass_and_is_mended),
		TEST(what_the_file_says_now_is_set),
		TEST(plugins_that_cannot_run_say_why),
		TEST(values_have_their_ranges),
		TEST(a_worker_works_and_its_state_comes_back),
		TEST(the_newest_of_page_and_checkpoint_holds),
		TEST(a_broken_checkpoint_gives_way_to_the_one_before),
		TEST(another_rate_makes_other_plugins_with_the_same_values),
		TEST(a_plugin_that_is_broken_starts_afresh_and_is_given_up),
		TEST(what_could_not_be_made_is_heard_with_the_next_server),
		TEST(a_preset_of_what_is_left_out_is_given_back),
		TEST(one_that_is_too_loud_now_and_then_starts_afresh),
		TEST(who_crashed_twice_is_left_out),
		TEST(plans_that_nobody_takes_are_replaced),
		TEST(latency_is_the_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
