/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rack with real plug-ins and without JACK: the test runs the cycles. */

#ifndef TESTS_UNIT_RACK_OFFLINE_H
#define TESTS_UNIT_RACK_OFFLINE_H

#include "rack/command.h"
#include "rack/rack.h"
#include "rack/watchdog.h"
#include "rack/worker.h"
#include "scratch.h"

#define TEST "plugin http://stagecraft.example/test#"
#define RATE_HZ 48000
#define FRAMES 256
#define MANY 10 // cycles, longer than a fade

struct world {
	struct scratch scratch;
	struct stage_rack_wire wire;
	struct stage_rack_worker *worker;
	struct stage_rack_watchdog *watchdog;
	struct stage_rack *rack;
	char directory[SCRATCH_PATH_MAX];
	char pages[SCRATCH_PATH_MAX];
	char memories[SCRATCH_PATH_MAX];
};

int set_up(void **state);
int tear_down(void **state);

/** Starts a rack of what is in world->scratch; ends it as SIGTERM does, but for
 * saving. */
void start(struct world *world);
void stop(struct world *world);

/** Says what a server would. */
void set_rate(struct world *world, uint32_t rate_hz);

/** How a cycle begins: the plan that it runs, with silence and no MIDI. */
struct stage_rack_plan *begin_cycle(struct world *world);

/** A cycle as the process callback has it; the last sample. */
float cycle(struct world *world);

/** Some cycles, with the loop's part behind each; likewise. */
float cycles(struct world *world);

/** The largest step from one sample to the next in some cycles, the first one
 * being from `last`. */
float largest_step(struct world *world, float last);

/** A sine of 1 kHz goes in, and the test hears what comes out. */
struct meter {
	struct world *world;
	unsigned long at; // of the sine
	float last;
	float step; // the largest one since it was checked
	float peak; // of what was heard since it was set to 0
};

/** Writes the sine's next FRAMES samples; hears as many. */
void meter_feed(struct meter *meter, float *samples);
void meter_hear(struct meter *meter, const float *samples);

/** Fails when two samples were further apart than those of a sine of that peak
 * and a thousandth: a step of -60 dB. Begins anew. */
void meter_check(struct meter *meter, float peak);

/** A slot; sets a value of one. They fail the test where they cannot. */
struct stage_rack_slot *slot_of(struct world *world, const char *id);
void set(struct world *world, const char *id, const char *symbol, double value);

bool is_near(float a, float b);

#endif
