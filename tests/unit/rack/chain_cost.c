/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Measures what a rack costs besides its plug-ins, for benches: the process
 * callback of a rack with these plug-ins in series, and beside it the least
 * that a host can do, a loop that calls run() of another instance of each, with
 * each output connected to the next input. Both hear the same noise in blocks
 * of 128 frames, or as many as FRAMES says, in turn, and what comes out is
 * compared.
 *
 *   chain_cost [-p FRAMES] ROUNDS PLUGIN...        music alone
 *   chain_cost [-p FRAMES] -s WHO ROUNDS PLUGIN... then as many of silence
 *
 * FRAMES is a power of two, 1024 at most. WHO is for whom there is silence:
 * "rack"; "loop"; or "bare", the loop with the processor as a program finds it:
 * numbers too small to be heard are not zero. For the other one music goes on,
 * by which a computer is seen that has become slower meanwhile.
 *
 * The plug-ins have one audio input and output, or two and two. Prints one line
 * of JSON: nanoseconds of the thread's own time of each round, "rack" and
 * "bare", and how far apart what came out was ("apart"), at most, when both had
 * heard the same for a while.
 */

#include "offline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "fake_jack.h"
#include "rack/fpu.h"
#include "rack/link.h"

#define BLOCK 128
#define BLOCK_MAX 1024
#define NOISE_FRAMES 8192
#define ROUND_FRAMES 32768
#define WARM_ROUNDS 20 // until fades have ended
#define CHANNELS 2
#define UNITS_MAX (CHANNELS * STAGE_RACK_SLOTS_MAX)
#define ROUNDS_MAX 4096
#define NS_PER_S 1000000000LL

#if defined(__SSE__)
#	define FLUSH_OFF() _mm_setcsr(_mm_getcsr() & ~STAGE_FPU_FLUSH_BITS)
#else
#	define FLUSH_OFF() (void)0
#endif

static struct {
	struct world *world;
	float noise[CHANNELS][NOISE_FRAMES];
	float silence[BLOCK_MAX];
	float out[CHANNELS][BLOCK_MAX]; // of the rack
	float in[CHANNELS][BLOCK_MAX];  // of the loop
	float *bus[CHANNELS];           // what comes out of the loop
	struct stage_rack_instance *units[UNITS_MAX];
	size_t unit_count;
	uint32_t block; // frames
	unsigned at;    // frame
	bool is_quiet_rack;
	bool is_quiet_loop;
	bool keeps_small; // in the loop
	double apart;
	int64_t rack_ns[ROUNDS_MAX];
	int64_t bare_ns[ROUNDS_MAX];
} cost;

static const struct silence {
	const char *who;
	bool is_for_rack; // for the loop, if not
	bool keeps_small;
} silences[] = {
	{"rack", true, false},
	{"loop", false, false},
	{"bare", false, true},
};

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

// The loop.

static void
wire_port(struct stage_rack_instance *unit, enum stage_rack_port_kind kind,
	uint32_t number, float *buffer)
{
	for (uint32_t i = 0; i < unit->plugin->port_count; i++) {
		if (unit->plugin->ports[i].kind == kind && number-- == 0) {
			lilv_instance_connect_port(unit->lilv, i, buffer);
			return;
		}
	}
}

// A twin of one of the rack's instances, with the same values, run as long.
static struct stage_rack_instance *
make_twin(struct world *world, const struct stage_rack_instance *of)
{
	struct stage_rack_instance *twin = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_instance_create(&world->rack->shop.host, of->plugin,
		    "twin", &twin, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	memcpy(twin->unit.cells, of->unit.cells,
		of->plugin->port_count * sizeof(float));
	stage_rack_instance_start(twin, cost.block);
	return twin;
}

static void
add_link(struct world *world, const struct stage_rack_link *link)
{
	for (uint32_t i = 0; i < link->unit_count; i++) {
		struct stage_rack_instance *twin = make_twin(world,
			(const struct stage_rack_instance *)link->units[i]);
		for (uint32_t k = 0; k < twin->unit.in_count; k++) {
			wire_port(twin, STAGE_RACK_AUDIO_IN, k,
				cost.bus[(i + k) % CHANNELS]);
		}
		cost.units[cost.unit_count++] = twin;
	}
	for (uint32_t i = 0; i < CHANNELS; i++) {
		struct stage_rack_instance *last =
			cost.units[cost.unit_count - link->unit_count +
				   (link->unit_count > 1 ? i : 0)];
		cost.bus[i] = last->unit.outs[link->unit_count > 1 ? 0 : i];
	}
}

static void
make_loop(struct world *world)
{
	cost.bus[0] = cost.in[0];
	cost.bus[1] = cost.in[1];
	for (size_t i = 0; i < world->rack->count; i++) {
		const struct stage_rack_slot *slot = world->rack->slots[i];
		if (slot->link == NULL) {
			fail_msg("%s", slot->fault);
		}
		add_link(world, slot->link);
	}
}

static const float *
sound(bool is_quiet, uint32_t channel, unsigned at)
{
	return is_quiet ? cost.silence
			: cost.noise[channel] + at % NOISE_FRAMES;
}

static int64_t
run_loop(void)
{
	int64_t began_ns;

	if (cost.keeps_small) {
		FLUSH_OFF();
	} else {
		stage_fpu_flush();
	}
	began_ns = now_ns();
	for (unsigned at = 0; at < ROUND_FRAMES; at += cost.block) {
		for (uint32_t c = 0; c < CHANNELS; c++) {
			memcpy(cost.in[c],
				sound(cost.is_quiet_loop, c, cost.at + at),
				cost.block * sizeof(float));
		}
		for (size_t i = 0; i < cost.unit_count; i++) {
			lilv_instance_run(cost.units[i]->lilv, cost.block);
		}
	}
	return now_ns() - began_ns;
}

// The rack.

static int64_t
run_rack(void)
{
	struct world *world = cost.world;
	int64_t began_ns = now_ns();

	for (unsigned at = 0; at < ROUND_FRAMES; at += cost.block) {
		for (uint32_t c = 0; c < CHANNELS; c++) {
			world->wire.ins[c] = (void *)(uintptr_t)sound(
				cost.is_quiet_rack, c, cost.at + at);
		}
		(void)stage_rack_process(cost.block, &world->wire);
	}
	return now_ns() - began_ns;
}

static void
compare(void)
{
	for (uint32_t c = 0; c < CHANNELS; c++) {
		for (uint32_t i = 0; i < cost.block; i++) {
			cost.apart = fmax(
				cost.apart, fabs((double)(cost.out[c][i] -
							  cost.bus[c][i])));
		}
	}
}

static void
run_round(int round)
{
	cost.rack_ns[round] = run_rack();
	stage_rack_tidy(cost.world->rack);
	cost.bare_ns[round] = run_loop();
	cost.at += ROUND_FRAMES;
}

// The start.

static void
make_noise(void)
{
	uint32_t seed = 1;

	for (size_t c = 0; c < CHANNELS; c++) {
		for (size_t i = 0; i < NOISE_FRAMES; i++) {
			seed = seed * 1664525U + 1013904223U;
			cost.noise[c][i] =
				(float)(int32_t)seed / (float)(1U << 31) / 4;
		}
	}
}

static void
start_rack(int count, char **plugins)
{
	struct world *world = cost.world;

	setenv("LV2_PATH", "/usr/lib/lv2", 1);
	scratch_write(&world->scratch, "rack", "in 2\nout 2\n");
	for (int i = 0; i < count; i++) {
		char name[32];
		char text[512];
		snprintf(name, sizeof(name), "%02d-slot%d.slot", i, i);
		snprintf(text, sizeof(text), "plugin %s\n", plugins[i]);
		scratch_write(&world->scratch, name, text);
	}
	start(world);
	for (uint32_t c = 0; c < CHANNELS; c++) {
		world->wire.outs[c] = cost.out[c];
	}
	world->wire.in_count = CHANNELS;
	world->wire.out_count = CHANNELS;
	atomic_store(&world->wire.rate_hz, RATE_HZ);
	stage_rack_set_rate(world->rack, RATE_HZ, cost.block);
}

static void
tell(const char *name, const int64_t *rounds, int count)
{
	printf("\"%s\": [", name);
	for (int i = 0; i < count; i++) {
		printf("%s%lld", i > 0 ? ", " : "", (long long)rounds[i]);
	}
	printf("], ");
}

// False when it is not one.
static bool
take_block(const char *word)
{
	cost.block = (uint32_t)strtoul(word, NULL, 10);
	return cost.block > 0 && cost.block <= BLOCK_MAX &&
	       (cost.block & (cost.block - 1)) == 0;
}

// Rounds of music, and then of silence, where it is known for whom.
static int
run_rounds(int rounds, const struct silence *silence)
{
	cost.keeps_small = silence != NULL && silence->keeps_small;
	for (int i = 0; i < rounds; i++) {
		run_round(i);
	}
	if (silence == NULL) {
		return rounds;
	}
	cost.is_quiet_rack = silence->is_for_rack;
	cost.is_quiet_loop = !silence->is_for_rack;
	for (int i = 0; i < rounds; i++) {
		run_round(rounds + i);
	}
	return 2 * rounds;
}

static const struct silence *
find_silence(const char *who)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(silences); i++) {
		if (strcmp(silences[i].who, who) == 0) {
			return &silences[i];
		}
	}
	return NULL;
}

int
main(int argc, char **argv)
{
	const struct silence *silence = NULL;
	int rounds = 0;
	int option;

	cost.block = BLOCK;
	while ((option = getopt(argc, argv, "+p:s:")) != -1) {
		silence = option == 's' ? find_silence(optarg) : silence;
		if (option == 's' ? silence == NULL
				  : option != 'p' || !take_block(optarg)) {
			return 100;
		}
	}
	if (optind < argc) {
		rounds = (int)strtol(argv[optind], NULL, 10);
	}
	if (rounds < 1 || rounds > ROUNDS_MAX / 2 ||
		argc - optind - 1 > STAGE_RACK_SLOTS_MAX ||
		set_up((void **)&cost.world) != 0) {
		return 100;
	}
	make_noise();
	start_rack(argc - optind - 1, argv + optind + 1);
	make_loop(cost.world);
	for (int i = 0; i < WARM_ROUNDS; i++) {
		run_round(0);
	}
	compare();
	rounds = run_rounds(rounds, silence);
	printf("{");
	tell("rack", cost.rack_ns, rounds);
	tell("bare", cost.bare_ns, rounds);
	printf("\"apart\": %g}\n", cost.apart);
	fflush(stdout);
	for (size_t i = 0; i < cost.unit_count; i++) {
		stage_rack_instance_destroy(cost.units[i]);
	}
	return tear_down((void **)&cost.world);
}
