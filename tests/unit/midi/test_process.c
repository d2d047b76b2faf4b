/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// JACK's cycle, with ports that are not JACK's.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jack/jack.h>
#include <jack/midiport.h>

#include "base/clock.h"
#include "fake_libjack.h"
#include "midi/threads.h"

#define FRAMES 256
#define ADDRESS (20 << 8 | 1)
#define MAX 64

struct world {
	struct stage_midi_wire wire;
	struct stage_midi_way *capture, *playback;
	struct stage_midi_held held[2];
};

static struct stage_midi_way *
add_way(struct world *world, enum stage_midi_direction direction,
	const char *name)
{
	struct stage_midi_way *way =
		stage_midi_wire_add(&world->wire, direction);

	assert_non_null(way);
	assert_int_equal(stage_midi_way_make_rings(way), STAGE_OK);
	atomic_store(&way->has_rings, true);
	atomic_store(&way->held, &world->held[direction]);
	atomic_store(&way->address, ADDRESS);
	atomic_store(&way->is_connected, true);
	atomic_store(&way->is_asap, true);
	atomic_store(&way->port,
		jack_port_register(NULL, name, JACK_DEFAULT_MIDI_TYPE,
			direction == STAGE_MIDI_CAPTURE ? JackPortIsOutput
							: JackPortIsInput,
			0));
	return way;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	fake_libjack_reset();
	assert_int_equal(stage_midi_wire_init(&world->wire), STAGE_OK);
	world->capture = add_way(world, STAGE_MIDI_CAPTURE, "in");
	world->playback = add_way(world, STAGE_MIDI_PLAYBACK, "out");
	atomic_store(&world->wire.routes[ADDRESS],
		(uint16_t)(world->capture->index + 1));
	atomic_store(&world->wire.rate_hz, 48000);
	atomic_store(&world->wire.client, world); // it is not looked into
	jack_set_process_callback(NULL, stage_midi_process, &world->wire);
	jack_set_xrun_callback(NULL, stage_midi_on_xrun, &world->wire);
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	fake_libjack_reset();
	stage_midi_wire_finish(&world->wire);
	free(world);
	return 0;
}

// The device plays; after_ns: so much later than now.
static void
play(struct world *world, int64_t after_ns, unsigned status, unsigned first,
	unsigned second)
{
	const struct stage_midi_input input = {
		.kind = STAGE_MIDI_INPUT_MESSAGES,
		.from = {20, 1},
		.at_ns = stage_clock_now_ns() + after_ns,
		.messages = {{(uint8_t)status, (uint8_t)first,
			(uint8_t)second}},
		.lens = {stage_midi_message_bytes((uint8_t)status)},
		.count = 1};

	stage_midi_take_input(&world->wire, &input);
}

// Checks that a cycle gives these messages of three bytes, in hexadecimal.
static void
check_cycle(const char *expected)
{
	struct fake_event events[MAX];
	char text[MAX * 7 + 1] = "";
	size_t count;
	uint32_t last = 0;

	fake_libjack_cycle(FRAMES);
	count = fake_libjack_events("in", events, MAX);
	for (size_t i = 0; i < count; i++) {
		assert_true(events[i].time >= last && events[i].time < FRAMES);
		last = events[i].time;
		snprintf(text + strlen(text), 8, "%s%02x%02x%02x",
			i > 0 ? " " : "", events[i].bytes[0],
			events[i].bytes[1], events[i].bytes[2]);
	}
	assert_string_equal(text, expected);
}

static void
what_a_device_plays_comes_out_of_its_port(void **state)
{
	struct world *world = *state;

	play(world, 0, 0x90, 60, 100);
	play(world, 0, 0xb0, 7, 1);
	check_cycle("903c64 b00701");
	assert_int_equal(stage_midi_held_count(&world->held[0]), 1);
	assert_int_equal(atomic_load(&world->capture->passed), 2);
	play(world, 0, 0x80, 60, 64);
	check_cycle("803c40");
	assert_int_equal(stage_midi_held_count(&world->held[0]), 0);
	check_cycle("");
}

// Half a second is still to come, and a minute cannot be.
static void
what_is_to_come_waits(void **state)
{
	struct world *world = *state;

	struct fake_event event;
	int64_t before_ns;

	do { // this machine may have been away for that long
		before_ns = stage_clock_now_ns();
		atomic_store(&world->capture->is_asap, true);
		fake_libjack_cycle(FRAMES);
		atomic_store(&world->capture->is_asap, false);
		play(world, STAGE_NS_PER_S / 2, 0x90, 60, 100);
		fake_libjack_cycle(FRAMES);
	} while (stage_clock_now_ns() - before_ns > STAGE_NS_PER_S / 3);
	assert_int_equal(fake_libjack_events("in", &event, 1), 0);
	atomic_store(&world->capture->is_asap, true);
	check_cycle("903c64");
	atomic_store(&world->capture->is_asap, false);
	play(world, 60 * STAGE_NS_PER_S, 0x80, 60, 100);
	check_cycle("803c64");
}

static void
what_finds_no_room_comes_in_the_next_cycle(void **state)
{
	struct world *world = *state;

	fake_libjack_set_buffer_bytes(6);
	for (unsigned i = 0; i < 5; i++) {
		play(world, 0, 0x90, 60 + i, 100);
	}
	check_cycle("903c64 903d64");
	check_cycle("903e64 903f64");
	check_cycle("904064");
	assert_int_equal(atomic_load(&world->capture->lost), 0);
}

static void
what_never_fits_is_dropped(void **state)
{
	struct world *world = *state;
	const uint8_t sysex[] = {0xf0, 1, 2, 3, 4, 5, 0xf7};
	const struct stage_midi_input input = {.kind = STAGE_MIDI_INPUT_SYSEX,
		.from = {20, 1},
		.at_ns = stage_clock_now_ns(),
		.sysex = sysex,
		.sysex_len = sizeof(sysex)};

	fake_libjack_set_buffer_bytes(6);
	stage_midi_take_input(&world->wire, &input);
	play(world, 0, 0x90, 60, 100);
	check_cycle("903c64");
	assert_int_equal(atomic_load(&world->capture->lost), 1);
}

static void
what_is_held_ends_when_asked(void **state)
{
	struct world *world = *state;

	play(world, 0, 0x90, 60, 100);
	play(world, 0, 0xb1, 64, 127);
	play(world, 0, 0xe2, 0, 0);
	check_cycle("903c64 b1407f e20000");
	atomic_store(&world->capture->must_release, true);
	play(world, 0, 0x90, 61, 100); // what is on its way comes first
	fake_libjack_set_buffer_bytes(6);
	check_cycle("903d64 803c40");
	assert_true(atomic_load(&world->capture->must_release));
	check_cycle("803d40 b14000");
	check_cycle("e20040");
	assert_false(atomic_load(&world->capture->must_release));
	assert_true(atomic_load(&world->wire.has_released));
	assert_int_equal(sem_trywait(&world->wire.work), 0); // [main] waits
	check_cycle("");
}

static void
a_panic_ends_all_channels(void **state)
{
	struct world *world = *state;
	struct fake_event events[MAX];

	atomic_store(&world->capture->must_panic, true);
	atomic_store(&world->capture->must_release, true);
	fake_libjack_cycle(FRAMES);
	assert_int_equal(fake_libjack_events("in", events, MAX), 32);
	assert_memory_equal(events[0].bytes, "\xb0\x78\x00", 3);
	assert_memory_equal(events[31].bytes, "\xbf\x7b\x00", 3);
	check_cycle("");
}

// What was on its way when the last connection went would be played when the
// next one comes, and nobody would end it.
static void
silence_leaves_nothing_behind(void **state)
{
	struct world *world = *state;

	play(world, 0, 0x90, 60, 100);
	check_cycle("903c64");
	play(world, 0, 0x90, 61, 100);
	atomic_store(&world->capture->is_connected, false);
	check_cycle("");
	atomic_store(&world->capture->is_connected, true);
	play(world, 0, 0x90, 62, 100); // [reader] saw it a moment too early
	atomic_store(&world->capture->is_connected, false);
	check_cycle("");
	atomic_store(&world->capture->is_connected, true);
	check_cycle("");
	play(world, 0, 0x90, 63, 100);
	check_cycle("903f64");
}

static void
take_back(void *user)
{
	struct world *world = user;

	stage_midi_wire_remove(&world->wire, world->capture);
	stage_midi_wire_remove(&world->wire, world->playback);
}

// A cycle that has begun knows nothing of it.
static void
a_way_may_go_within_a_cycle(void **state)
{
	struct world *world = *state;

	play(world, 0, 0x90, 60, 100);
	fake_libjack_put("out", 0, (const uint8_t *)"\x90\x3c\x64", 3);
	atomic_store(&world->capture->must_release, true);
	fake_libjack_on_buffer(take_back, world);
	fake_libjack_cycle(FRAMES);
	assert_int_equal(stage_midi_held_count(&world->held[0]), 0);
	assert_int_equal(stage_midi_held_count(&world->held[1]), 0);
}

// From JACK to the device.

static size_t
count_messages(struct stage_ring *ring, struct stage_midi_out_header *first)
{
	static uint8_t bytes[STAGE_MIDI_OUT_BYTES_MAX];
	struct stage_ring_header header;
	size_t count = 0;

	while (stage_ring_read(ring, &header, bytes, sizeof(bytes)) ==
		STAGE_OK) {
		if (count == 0 && first != NULL) {
			memcpy(first, bytes, sizeof(*first));
		}
		count++;
	}
	return count;
}

static void
each_message_has_its_lane(void **state)
{
	struct world *world = *state;
	static const struct {
		const char *bytes;
		size_t size;
		enum stage_midi_lane lane;
	} cases[] = {
		{"\xf8", 1, STAGE_MIDI_LANE_REALTIME},
		{"\x90\x3c\x64", 3, STAGE_MIDI_LANE_SHORT},
		{"\xf0\x01\xf7", 3, STAGE_MIDI_LANE_BULK},
		{"\x01\x02", 2, STAGE_MIDI_LANE_BULK}, // goes on with one
		{"\xf7", 1, STAGE_MIDI_LANE_BULK},
		{"\xff", 1, STAGE_MIDI_LANE_REALTIME},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_libjack_empty("out");
		fake_libjack_put("out", 0, (const uint8_t *)cases[i].bytes,
			cases[i].size);
		fake_libjack_cycle(FRAMES);
		assert_true(atomic_exchange(&world->playback->has_news, false));
		for (int k = 0; k < STAGE_MIDI_LANES; k++) {
			assert_int_equal(
				count_messages(world->playback->rings[k], NULL),
				k == (int)cases[i].lane);
		}
	}
}

static void
messages_have_their_time(void **state)
{
	struct world *world = *state;
	struct stage_midi_out_header first;
	struct stage_midi_out_header second;
	struct stage_ring *ring = world->playback->rings[STAGE_MIDI_LANE_SHORT];

	fake_libjack_put("out", 0, (const uint8_t *)"\x90\x3c\x64", 3);
	fake_libjack_cycle(FRAMES);
	assert_int_equal(count_messages(ring, &first), 1);
	fake_libjack_empty("out");
	fake_libjack_put("out", 48, (const uint8_t *)"\x80\x3c\x64", 3);
	fake_libjack_xrun(); // the count of frames says nothing any more
	fake_libjack_cycle(FRAMES);
	assert_int_equal(count_messages(ring, &second), 1);
	assert_true(second.deadline_ns >= first.deadline_ns);
	assert_int_equal(second.order, first.order + 1);
	assert_int_equal(world->wire.timing.seed_count, 2);
	assert_false(atomic_load(&world->wire.is_late));
}

static void
nothing_is_given_to_a_device_that_is_away(void **state)
{
	struct world *world = *state;

	fake_libjack_put("out", 0, (const uint8_t *)"\x90\x3c\x64", 3);
	atomic_store(&world->playback->address, STAGE_MIDI_AWAY);
	fake_libjack_cycle(FRAMES);
	assert_false(atomic_load(&world->playback->has_news));
	atomic_store(&world->playback->address, ADDRESS);
	atomic_store(&world->playback->is_connected, false);
	fake_libjack_cycle(FRAMES);
	assert_false(atomic_load(&world->playback->has_news));
	assert_int_equal(atomic_load(&world->playback->lost), 0);
}

static void
what_a_device_never_takes_is_counted(void **state)
{
	struct world *world = *state;
	static const uint8_t long_one[STAGE_MIDI_OUT_BYTES_MAX] = {0xf0};

	fake_libjack_set_buffer_bytes(1 << 20);
	fake_libjack_put("out", 0, long_one, sizeof(long_one));
	fake_libjack_put("out", 0, long_one, 0);
	fake_libjack_cycle(FRAMES);
	assert_int_equal(atomic_load(&world->playback->lost), 1);
	fake_libjack_empty("out");
	fake_libjack_put("out", 0, long_one, 30000);
	for (int i = 0; i < 12; i++) { // nobody reads them
		fake_libjack_cycle(FRAMES);
	}
	assert_true(atomic_load(&world->playback->lost) > 1);
	assert_true(
		stage_ring_check(world->playback->rings[STAGE_MIDI_LANE_BULK]));
}

// Of a thousand notes that find no room none has begun; an end is missed.
static void
an_end_that_finds_no_room_is_made_up_for(void **state)
{
	struct world *world = *state;
	struct stage_midi_way *way = world->playback;
	static const struct {
		const char *bytes;
		bool is_end;
	} cases[] = {
		{"\x90\x3c\x64", false},
		{"\xd0\x3c\x00", false},
		{"\x80\x3c\x40", true},
		{"\x91\x3c\x00", true},
		{"\xb0\x40\x00", true},
		{"\xe2\x00\x40", true},
	};

	fake_libjack_put("out", 0, (const uint8_t *)"\x90\x3c\x64", 3);
	while (atomic_load(&way->lost) == 0) { // nobody reads them
		fake_libjack_cycle(FRAMES);
	}
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fake_libjack_empty("out");
		fake_libjack_put("out", 0, (const uint8_t *)cases[i].bytes, 3);
		fake_libjack_cycle(FRAMES);
		assert_int_equal(atomic_load(&way->lost), i + 2);
		assert_int_equal(atomic_exchange(&way->must_release, false),
			cases[i].is_end);
	}
}

static void
without_a_client_or_frames_there_is_no_cycle(void **state)
{
	struct world *world = *state;

	play(world, 0, 0x90, 60, 100);
	fake_libjack_cycle(0);
	assert_int_equal(atomic_load(&world->wire.cycles), 0);
	atomic_store(&world->wire.client, NULL);
	fake_libjack_cycle(FRAMES);
	assert_int_equal(atomic_load(&world->wire.cycles), 0);
	atomic_store(&world->wire.client, world);
	check_cycle("903c64");
	assert_int_equal(atomic_load(&world->wire.cycles), 1);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(what_a_device_plays_comes_out_of_its_port),
		TEST(what_is_to_come_waits),
		TEST(what_finds_no_room_comes_in_the_next_cycle),
		TEST(what_never_fits_is_dropped),
		TEST(what_is_held_ends_when_asked),
		TEST(a_panic_ends_all_channels),
		TEST(silence_leaves_nothing_behind),
		TEST(a_way_may_go_within_a_cycle),
		TEST(each_message_has_its_lane),
		TEST(messages_have_their_time),
		TEST(nothing_is_given_to_a_device_that_is_away),
		TEST(what_a_device_never_takes_is_counted),
		TEST(an_end_that_finds_no_room_is_made_up_for),
		TEST(without_a_client_or_frames_there_is_no_cycle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
