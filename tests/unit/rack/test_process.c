/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The process callback with ports that are the test's: a sine comes in, and
 * what goes out does not click when the gain jumps, when it is muted, when
 * servers change, when it is connected and at the end. MIDI comes through as it
 * is, and no more of it than there is room for. */

#include "offline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "fake_jack.h"

#define QUIET 1e-3F // -60 dB
#define END_MS 50

#define BURST 4000 // events in a period: more than there is room for

static float in[FRAMES];
static float out[FRAMES];
static struct fake_jack_midi midi_in;
static struct fake_jack_midi midi_out;

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
	stage_rack_wire_mute(&world->wire); // as setup does
	atomic_store(&world->wire.rate_hz, 44100);
	meter.last = 0; // the silence between them
	play(&meter);
	assert_true(meter.peak == 0); // until there is a plan for that rate
	set_rate(world, 44100);
	check(&meter, 1, 1);
}

// Who connects an output does not hear the middle of a sound begin.
static void
a_connection_is_faded_into(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\n");

	world->wire.knows_wires = true;
	fake_jack_unconnected = out;
	check(&meter, 1, 0);
	fake_jack_unconnected = NULL;
	check(&meter, 1, 1);
	fake_jack_unconnected = out;
	play(&meter);
	assert_true(meter.peak == 0);
	meter.last = meter.step = 0;
	fake_jack_unconnected = NULL;
	check(&meter, 1, 1);
	fake_jack_unconnected = out; // nobody waits for a fade then
	atomic_store(&world->wire.must_fade_out, true);
	play(&meter);
	play(&meter);
	assert_true(atomic_load(&world->wire.is_silent));
	fake_jack_unconnected = NULL;
}

// Neither does the second of two that connect it one after the other.
static void
the_last_of_some_connections_is_waited_for(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\n");

	world->wire.knows_wires = true;
	fake_jack_unconnected = out;
	check(&meter, 1, 0);
	fake_jack_unconnected = NULL;
	for (fake_jack_wires = 1; fake_jack_wires < MANY; fake_jack_wires++) {
		play(&meter);
		play(&meter);
		assert_true(meter.peak == 0);
	}
	atomic_store(&world->wire.is_wiring, true);
	check(&meter, 1, 0);
	atomic_store(&world->wire.is_wiring, false);
	check(&meter, 1, 1);
	atomic_store(&world->wire.is_wiring, true); // it plays, whoever comes
	fake_jack_wires = 1;
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

// Behind the slot, and behind the rack's own gain.
static void
peaks_are_seen_while_somebody_looks(void **state)
{
	struct world *world = *state;
	struct meter meter = start_with(world, TEST "middle\n");
	struct stage_rack_peaks *behind = &world->rack->slots[0]->link->peaks;

	set_level(&meter, 0.5F);
	check(&meter, 1, 0.5F);
	assert_true(stage_rack_peaks_take(behind, 0) == 0);
	assert_true(stage_rack_peaks_take(&world->wire.peaks, 0) == 0);
	atomic_store(&world->wire.is_metered, true);
	check(&meter, 1, 0.5F);
	assert_true(is_near(stage_rack_peaks_take(behind, 0), 1));
	assert_true(
		is_near(stage_rack_peaks_take(&world->wire.peaks, 0), 0.5F));
}

// MIDI.

static void
send(uint32_t frame, unsigned char first, size_t size)
{
	static unsigned char bytes[40000];

	memset(bytes, 0x11, sizeof(bytes));
	bytes[0] = first;
	bytes[size - 1] = first == 0xf0 ? 0xf7 : bytes[size - 1];
	assert_int_equal(
		jack_midi_event_write(&midi_in, frame, bytes, size), 0);
}

static uint32_t
play_midi(struct meter *meter)
{
	struct stage_rack_wire *wire = &meter->world->wire;

	atomic_store(&wire->lost_midi, 0);
	play(meter);
	return atomic_load(&wire->lost_midi);
}

// So many events came out as they came in.
static void
check_midi(uint32_t count)
{
	assert_int_equal(midi_out.count, count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(
			midi_out.events[i].frame, midi_in.events[i].frame);
		assert_int_equal(
			midi_out.events[i].size, midi_in.events[i].size);
	}
	assert_memory_equal(midi_out.bytes, midi_in.bytes, midi_out.used);
	jack_midi_clear_buffer(&midi_in);
}

static struct meter
start_midi(struct world *world)
{
	struct meter meter = start_with(world, "plugin builtin:midi-through\n");

	jack_midi_clear_buffer(&midi_in);
	world->wire.midi_in = &midi_in;
	world->wire.midi_out = &midi_out;
	for (int i = 0; i < MANY; i++) {
		play(&meter);
	}
	return meter;
}

static void
midi_comes_through_from_the_first_frame_to_the_last(void **state)
{
	struct meter meter = start_midi(*state);

	send(0, 0x90, 3);
	send(0, 0xc0, 2);
	send(100, 0xf0, 5000); // a message of a device
	send(FRAMES - 1, 0x80, 3);
	send(FRAMES - 1, 0xf8, 1);
	assert_int_equal(play_midi(&meter), 0);
	check_midi(5);
	assert_int_equal(play_midi(&meter), 0);
	check_midi(0);
}

// What has no room is counted, and all is well again with the next period.
static void
more_midi_than_there_is_room_for_is_left_out(void **state)
{
	struct meter meter = start_midi(*state);
	uint32_t lost;

	for (uint32_t i = 0; i < BURST; i++) {
		send(i * FRAMES / BURST, 0xb0, 3);
	}
	lost = play_midi(&meter);
	assert_true(lost > 0 && lost < BURST);
	check_midi(BURST - lost);
	send(10, 0x90, 3);
	send(20, 0xf0, 40000); // more than a period has
	assert_int_equal(play_midi(&meter), 1);
	check_midi(1);
	send(30, 0x80, 3);
	assert_int_equal(play_midi(&meter), 0);
	check_midi(1);
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
		TEST(a_connection_is_faded_into),
		TEST(the_last_of_some_connections_is_waited_for),
		TEST(what_is_rescued_is_faded_into),
		TEST(peaks_are_seen_while_somebody_looks),
		TEST(midi_comes_through_from_the_first_frame_to_the_last),
		TEST(more_midi_than_there_is_room_for_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
