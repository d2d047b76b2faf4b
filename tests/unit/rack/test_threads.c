/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The audio thread, the loop, errands and work, all at once: for the thread
 * sanitizer above all. */

#include "offline.h"

#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#define ROUNDS 60
#define PERIOD_NS (FRAMES * STAGE_NS_PER_S / RATE_HZ)

struct audio {
	struct world *world;
	_Atomic bool is_ending;
	_Atomic unsigned cycles;
};

// As the process callback has it, with notes and controllers that come in.
static void
play(struct world *world, unsigned number)
{
	const unsigned char note[] = {
		(unsigned char)(number % 2 == 0 ? 0x90 : 0x80), 60, 100};
	const unsigned char control[] = {
		0xB0, 7, (unsigned char)(number % 128)};
	struct stage_rack_plan *plan;

	stage_rack_wire_take(&world->wire);
	plan = world->wire.current;
	if (plan == NULL) {
		return;
	}
	memset(plan->bus[0], 0, FRAMES * sizeof(float));
	stage_rack_events_clear(&plan->midi, plan->urids);
	plan->must_panic = atomic_exchange(&world->wire.must_panic, false);
	(void)stage_rack_events_add(
		&plan->midi, plan->urids, 0, note, sizeof(note));
	(void)stage_rack_events_add(
		&plan->midi, plan->urids, 9, control, sizeof(control));
	if (stage_rack_chain_run(plan, FRAMES)) {
		stage_rack_wire_tell(&world->wire);
	}
}

static void *
run_audio(void *arg)
{
	struct audio *audio = arg;

	stage_rack_rescue_introduce(&audio->world->wire.rescue);
	while (!atomic_load(&audio->is_ending)) {
		play(audio->world, atomic_fetch_add(&audio->cycles, 1));
		sched_yield();
	}
	return NULL;
}

static void
await_cycles(struct audio *audio, unsigned count)
{
	unsigned goal = atomic_load(&audio->cycles) + count;

	while (atomic_load(&audio->cycles) < goal) {
		stage_rack_tidy(audio->world->rack);
		sched_yield();
	}
}

// What a person may do, in any order, and what the loop does by itself.
static void
do_round(struct audio *audio, int number)
{
	struct world *world = audio->world;
	struct stage_err err = STAGE_ERR_INIT;

	set(world, "work", "ask", number + 1);
	set(world, "gain", "gain", number % 2 == 0 ? 1 : 0.5);
	set(world, "late", "frames", number * 7 % 512);
	assert_int_equal(stage_rack_bypass(
				 slot_of(world, "gain"), number % 3 == 0, &err),
		STAGE_OK);
	(void)stage_rack_save(world->rack); // not while it works
	json_decref(stage_rack_describe(world->rack));
	if (number % 10 == 5) {
		scratch_write(&world->scratch, "15-more.slot",
			TEST "worker\nset ask 3\n");
		stage_rack_reload(world->rack);
	} else if (number % 10 == 9) {
		unlink(scratch_path(&world->scratch, "15-more.slot"));
		stage_rack_reload(world->rack);
		stage_rack_panic(world->rack);
	}
	await_cycles(audio, 2);
}

static void
all_threads_get_on_with_each_other(void **state)
{
	struct world *world = *state;
	struct audio audio = {.world = world};
	pthread_t thread;

	scratch_write(&world->scratch, "10-work.slot", TEST "worker\n");
	scratch_write(&world->scratch, "20-gain.slot", TEST "middle\n");
	scratch_write(&world->scratch, "30-late.slot", TEST "late\n");
	start(world);
	stage_rack_watchdog_watch(world->watchdog, PERIOD_NS);
	set_rate(world, RATE_HZ);
	assert_int_equal(pthread_create(&thread, NULL, run_audio, &audio), 0);
	for (int i = 0; i < ROUNDS; i++) {
		do_round(&audio, i);
	}
	await_cycles(&audio, MANY);
	atomic_store(&audio.is_ending, true);
	pthread_join(thread, NULL);
	assert_int_equal(world->rack->count, 3);
	assert_int_equal(world->wire.current->count, 3);
	for (size_t i = 0; i < world->rack->count; i++) {
		const struct stage_rack_link *link =
			world->rack->slots[i]->link;
		assert_false(atomic_load(&link->is_hung));
		assert_int_equal(atomic_load(&link->strikes), 0);
	}
	assert_true(stage_rack_page_get(&slot_of(world, "work")->page, 0) ==
		    ROUNDS);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_threads_get_on_with_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
