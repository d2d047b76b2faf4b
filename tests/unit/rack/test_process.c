/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The process callback with ports that are the test's: a sine comes in, and
 * what goes out does not click when the gain jumps, when it is muted, when
 * servers change and at the end. */

#include "offline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define QUIET 1e-3F // -60 dB
#define END_MS 50
#define POSITION_BYTES 64 // of a jack_position_t, which has more

static float in[FRAMES];
static float out[FRAMES];

// JACK's, of what a port is here: its buffer. There is no MIDI.

void *jack_port_get_buffer(void *port, uint32_t frames);
uint32_t jack_midi_get_event_count(void *buffer);
int jack_midi_event_get(void *event, void *buffer, uint32_t at);
void jack_midi_clear_buffer(void *buffer);
size_t jack_midi_max_event_size(void *buffer);
int jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size);

void *
jack_port_get_buffer(void *port, uint32_t frames)
{
	assert_int_equal(frames, FRAMES);
	return port;
}

uint32_t
jack_midi_get_event_count(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_get(void *event, void *buffer, uint32_t at)
{
	(void)event;
	(void)buffer;
	(void)at;
	return -1;
}

void
jack_midi_clear_buffer(void *buffer)
{
	(void)buffer;
}

size_t
jack_midi_max_event_size(void *buffer)
{
	(void)buffer;
	return 0;
}

int
jack_midi_event_write(
	void *buffer, uint32_t frame, const unsigned char *bytes, size_t size)
{
	(void)buffer;
	(void)frame;
	(void)bytes;
	(void)size;
	return -1;
}

// Its time stands still, and is nobody's.
int jack_transport_query(const void *client, void *position);

int
jack_transport_query(const void *client, void *position)
{
	(void)client;
	memset(position, 0, POSITION_BYTES);
	return 0;
}

static void
play(struct meter *meter)
{
	struct world *world = meter->world;

	meter_feed(meter, in);
	assert_int_equal(stage_rack_process(FRAMES, &world->wire), 0);
	stage_rack_tidy(world->rack);
	meter->peak = 0; // of this cycle alone
	meter_hear(meter, out);
}

// No step was larger than those of a sine of that peak; it ends at `level`.
static void
check(struct meter *meter, float peak, float level)
{
	for (int i = 0; i < MANY; i++) {
		play(meter);
	}
	meter_check(meter, peak);
	if (!is_near(meter->peak, level)) {
		fail_msg(
			"it is %g, not %g", (double)meter->peak, (double)level);
	}
}

static struct meter
start_with(struct world *world, const char *slot)
{
	struct meter meter = {.world = world};

	scratch_write(&world->scratch, "10-it.slot", slot);
	start(world);
	world->wire.ins[0] = in;
	world->wire.outs[0] = out;
	world->wire.in_count = 1;
	world->wire.out_count = 1;
	world->wire.gain = 0;
	set_rate(world, RATE_HZ);
	return meter;
}

static void
set_level(struct meter *meter, float level)
{
	atomic_store(&meter->world->wire.level, level);
}

static void
gain_and_mute_do_not_click(void **state)
{
	struct meter meter = start_with(*state, TEST "middle\n");

	check(&meter, 1, 1); // the start
	set_level(&meter, 0.1F);
	check(&meter, 1, 0.1F);
	set_level(&meter, 8);
	check(&meter, 8, 8);
	set_level(&meter, 0);
	check(&meter, 8, 0);
	set_level(&meter, 1);
	check(&meter, 1, 1);
}

static void
the_end_is_a_fade_and_soon(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\n");
	int frames = 0;

	check(&meter, 1, 1);
	set_level(&meter, 8);
	check(&meter, 8, 8);
	atomic_store(&world->wire.must_fade_out, true);
	while (!atomic_load(&world->wire.is_silent)) {
		play(&meter);
		frames += FRAMES;
		assert_true(frames <= RATE_HZ * END_MS / 1000);
	}
	check(&meter, 8, 0);
}

static void
another_server_is_faded_into(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\n");

	check(&meter, 1, 1);
	world->wire.gain = world->wire.goal = 0; // as setup does
	atomic_store(&world->wire.rate_hz, 44100);
	meter.last = 0; // the silence between them
	play(&meter);
	assert_true(meter.peak == 0); // until there is a plan for that rate
	set_rate(world, 44100);
	check(&meter, 1, 1);
}

static void
what_is_rescued_is_faded_into(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "hang-run\n");

	check(&meter, 1, 1);
	stage_rack_watchdog_watch(
		world->watchdog, FRAMES * 1000000000LL / RATE_HZ);
	set(world, "it", "now", 2);
	meter.last = 0; // nothing was heard for a while
	assert_int_equal(stage_rack_process(FRAMES, &world->wire), 0);
	assert_true(world->wire.current->was_rescued);
	assert_true(fabsf(out[0]) < QUIET);
	set(world, "it", "now", 0);
	meter.last = out[FRAMES - 1];
	check(&meter, 1, 1);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gain_and_mute_do_not_click),
		TEST(the_end_is_a_fade_and_soon),
		TEST(another_server_is_faded_into),
		TEST(what_is_rescued_is_faded_into),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
