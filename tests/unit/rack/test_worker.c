/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Work that is answered when things have changed meanwhile: the plug-in is
 * bypassed, has got another state, or has gone; and more work than there is
 * room for. The work is held up by the mutex that work and save() share. */

#include "offline.h"

#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rack/instance.h"
#include "rack/preset.h"

#define TRIES 1000000
#define ANSWER 0.01F // what is heard of each
#define TOO_MANY (2 * STAGE_RACK_WORK_BYTES / 12)
#define ASKS 900 // different ones

static struct stage_rack_work *
work_of(struct world *world)
{
	struct stage_rack_link *link = slot_of(world, "w")->link;

	assert_non_null(link);
	return &((struct stage_rack_instance *)link->units[0])->work;
}

static void
play(struct world *world)
{
	scratch_write(&world->scratch, "10-w.slot", TEST "worker\n");
	start(world);
	set_rate(world, RATE_HZ);
	(void)cycles(world);
}

// Cycles until what is heard is this, as a worker is another thread.
static void
await(struct world *world, float level)
{
	float heard = 0;

	for (int i = 0; i < TRIES; i++) {
		heard = cycle(world);
		stage_rack_tidy(world->rack);
		if (is_near(heard, level)) {
			return;
		}
		sched_yield();
	}
	fail_msg("it is %g, not %g", (double)heard, (double)level);
}

// Has one piece of work wait for the mutex, which the caller gives back.
static struct stage_rack_work *
hold_up(struct world *world, double ask)
{
	struct stage_rack_work *work = work_of(world);

	pthread_mutex_lock(&work->busy);
	set(world, "w", "ask", ask);
	(void)cycle(world);
	return work;
}

static void
bypass(struct world *world, bool is_so)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_rack_bypass(slot_of(world, "w"), is_so, &err), STAGE_OK);
}

static void
an_answer_comes_also_to_who_is_bypassed(void **state)
{
	struct world *world = *state;
	struct stage_rack_work *work;
	struct stage_rack_instance *instance;

	play(world);
	work = hold_up(world, 7);
	instance = (struct stage_rack_instance *)slot_of(world, "w")
			   ->link->units[0];
	bypass(world, true);
	assert_true(is_near(cycles(world), 0));
	pthread_mutex_unlock(&work->busy);
	for (int i = 0; i < TRIES; i++) { // it is heard behind the bypass alone
		(void)cycle(world);
		if (is_near(instance->unit.outs[0][0], ANSWER)) {
			break;
		}
		sched_yield();
	}
	bypass(world, false);
	assert_true(is_near(cycles(world), ANSWER));
}

static void
an_answer_to_an_earlier_state_is_not_the_new_ones(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_work *work;

	play(world);
	work = hold_up(world, 7);
	// Another instance, with the state of a preset: five answers.
	assert_int_equal(stage_rack_preset_load(world->rack,
				 slot_of(world, "w"), "Five answers", &err),
		STAGE_OK);
	assert_ptr_not_equal(work, work_of(world));
	for (int i = 0; i < MANY; i++) { // the old one fades, and waits
		(void)cycle(world);
	}
	pthread_mutex_unlock(&work->busy);
	// The new one has worked for the 7, and for what the preset asks.
	await(world, 7 * ANSWER);
	assert_true(is_near(cycles(world), 7 * ANSWER));
	set(world, "w", "ask", 9);
	await(world, 8 * ANSWER);
}

static void
an_answer_to_who_has_gone_is_nobodys(void **state)
{
	struct world *world = *state;
	struct stage_rack_work *work;

	scratch_write(
		&world->scratch, "20-half.slot", TEST "middle\nset gain 0.5\n");
	play(world);
	work = hold_up(world, 7);
	unlink(scratch_path(&world->scratch, "10-w.slot"));
	stage_rack_reload(world->rack);
	for (int i = 0; i < MANY; i++) {
		(void)cycle(world);
	}
	pthread_mutex_unlock(&work->busy);
	assert_true(is_near(cycles(world), 0));
	assert_int_equal(world->rack->count, 1);
	assert_int_equal(world->rack->shop.left_count, 0);
	scratch_write(&world->scratch, "10-w.slot", TEST "worker\n");
	stage_rack_reload(world->rack);
	// It was saved while it worked: the 7 is there, and worked for anew.
	assert_true(is_near(cycles(world), 0.5F * ANSWER));
	set(world, "w", "ask", 3);
	await(world, ANSWER);
}

// What has no room is counted, and work goes on.
static void
more_work_than_there_is_room_for_is_left_out(void **state)
{
	struct world *world = *state;
	struct stage_rack_work *work;
	uint32_t room;
	uint32_t lost;
	float level;

	play(world);
	work = work_of(world);
	room = stage_ring_room(work->requests);
	(void)hold_up(world, 1);
	for (int i = 0; i < TOO_MANY; i++) {
		set(world, "w", "ask", 2 + i % ASKS);
		(void)cycle(world);
	}
	lost = atomic_load(&work->lost);
	assert_true(lost > 0 && lost < TOO_MANY);
	pthread_mutex_unlock(&work->busy);
	for (int i = 0; i < TRIES && stage_ring_room(work->requests) < room;
		i++) {
		(void)cycle(world);
		sched_yield();
	}
	(void)cycles(world); // takes the answers, so that there is room for one
	set(world, "w", "ask", ASKS + 2);
	level = cycle(world); // from now on no earlier answer counts
	await(world, level + ANSWER);
}

static void
who_works_at_the_end_is_saved_all_the_same(void **state)
{
	struct world *world = *state;
	struct stage_rack_work *work;

	play(world);
	work = hold_up(world, 7);
	assert_false(stage_rack_save(world->rack));
	stage_rack_hurry(world->rack);
	assert_true(stage_rack_save(world->rack));
	pthread_mutex_unlock(&work->busy);
	stop(world);
	unlink(scratch_path(&world->scratch, "pages/w.page"));
	start(world);
	assert_true(stage_rack_page_get(&slot_of(world, "w")->page, 0) == 7);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_also_to_who_is_bypassed),
		TEST(an_answer_to_an_earlier_state_is_not_the_new_ones),
		TEST(an_answer_to_who_has_gone_is_nobodys),
		TEST(more_work_than_there_is_room_for_is_left_out),
		TEST(who_works_at_the_end_is_saved_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
