/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

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

#define LEFT_MAX 64
#define HERTZ 1000
#define STEP 1e-3F
#define PI 3.14159265358979

// What hangs in there is in use: who looks for leaks is to see that.
static struct stage_rack *left[LEFT_MAX];
static size_t left_count;

static void
on_news(void *user)
{
	(void)user;
}

int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	struct stage_err err = STAGE_ERR_INIT;

	setenv("LV2_PATH", TEST_PLUGINS, 1);
	scratch_init(&world->scratch);
	snprintf(world->directory, SCRATCH_PATH_MAX, "%s", world->scratch.dir);
	snprintf(world->pages, SCRATCH_PATH_MAX, "%s",
		scratch_path(&world->scratch, "pages"));
	snprintf(world->memories, SCRATCH_PATH_MAX, "%s",
		scratch_path(&world->scratch, "memories"));
	scratch_write(&world->scratch, "rack", "out 1\nin 1\n");
	sem_init(&world->wire.work, 0, 0);
	stage_rack_sides_init(&world->wire.sides);
	*state = world;
	return stage_rack_worker_create(&world->wire, on_news, NULL,
		       &world->worker, &err) == STAGE_OK &&
			       stage_rack_watchdog_create(&world->wire.rescue,
				       &world->watchdog, &err) == STAGE_OK
		       ? 0
		       : -1;
}

void
start(struct world *world)
{
	const struct stage_rack_places places = {
		world->directory, world->pages, world->memories};
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_config_load(world->directory, &config, &err) !=
			STAGE_OK ||
		stage_rack_create(&places, &config, &world->wire, &world->rack,
			&err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

void
set_rate(struct world *world, uint32_t rate_hz)
{
	atomic_store(&world->wire.rate_hz, rate_hz);
	stage_rack_set_rate(world->rack, rate_hz, FRAMES);
}

void
stop(struct world *world)
{
	if (!stage_rack_destroy(world->rack) && left_count < LEFT_MAX) {
		left[left_count++] = world->rack;
	}
	world->rack = NULL;
}

int
tear_down(void **state)
{
	struct world *world = *state;

	stop(world);
	stage_rack_watchdog_destroy(world->watchdog);
	stage_rack_worker_destroy(world->worker);
	stage_rack_sides_finish(&world->wire.sides);
	sem_destroy(&world->wire.work);
	scratch_finish(&world->scratch);
	free(world);
	return 0;
}

struct stage_rack_plan *
begin_cycle(struct world *world)
{
	struct stage_rack_plan *plan;

	stage_rack_rescue_introduce(&world->wire.rescue);
	stage_rack_wire_take(&world->wire);
	plan = world->wire.current;
	assert_non_null(plan);
	memset(plan->bus[0], 0, FRAMES * sizeof(float));
	stage_rack_events_clear(&plan->midi, plan->urids);
	return plan;
}

float
cycle(struct world *world)
{
	struct stage_rack_plan *plan = begin_cycle(world);

	stage_rack_chain_run(plan, FRAMES);
	return plan->bus[0][FRAMES - 1];
}

float
cycles(struct world *world)
{
	float last = 0;

	for (int i = 0; i < MANY; i++) {
		last = cycle(world);
		stage_rack_tidy(world->rack);
	}
	return last;
}

void
meter_feed(struct meter *meter, float *samples)
{
	for (int i = 0; i < FRAMES; i++) {
		samples[i] = (float)sin(
			2 * PI * HERTZ * (double)meter->at++ / RATE_HZ);
	}
}

void
meter_hear(struct meter *meter, const float *samples)
{
	for (int i = 0; i < FRAMES; i++) {
		meter->step =
			fmaxf(meter->step, fabsf(samples[i] - meter->last));
		meter->peak = fmaxf(meter->peak, fabsf(samples[i]));
		meter->last = samples[i];
	}
}

void
meter_check(struct meter *meter, float peak)
{
	float allowed = (2 * (float)PI * HERTZ / RATE_HZ + STEP) * peak;

	if (meter->step > allowed) {
		fail_msg("a step of %g, not %g", (double)meter->step,
			(double)allowed);
	}
	meter->step = 0;
}

struct stage_rack_slot *
slot_of(struct world *world, const char *id)
{
	struct stage_rack_slot *slot = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_find(world->rack, id, &slot, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return slot;
}

void
set(struct world *world, const char *id, const char *symbol, double value)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_set(slot_of(world, id), symbol, value, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

bool
is_near(float a, float b)
{
	return fabsf(a - b) < 1e-5F;
}

float
largest_step(struct world *world, float last)
{
	float step = 0;

	for (int i = 0; i < MANY; i++) {
		const float *bus;
		(void)cycle(world);
		stage_rack_tidy(world->rack);
		bus = world->wire.current->bus[0];
		for (int k = 0; k < FRAMES; k++) {
			step = fmaxf(step, fabsf(bus[k] - last));
			last = bus[k];
		}
	}
	return step;
}
