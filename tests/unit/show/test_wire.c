/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The audio thread's part of stagecraft-show, with a JACK of the test's own. */

#include "show/wire.h"

#include <jack/jack.h>
#include <jack/midiport.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

#define RATE 48000
#define PERIOD 1024
#define EVENTS 256

struct event {
	uint32_t time;
	size_t size;
	uint8_t bytes[600];
};

struct port {
	struct event events[EVENTS];
	uint32_t count;
	size_t used;
};

static struct {
	struct port in, out, panic;
	size_t room; // bytes of a buffer
	jack_transport_state_t state;
	uint32_t frame;
	int32_t bar, beat; // as the master says; 0: none does
	struct stage_show_wire wire;
} fake;

void *
jack_port_get_buffer(jack_port_t *port, jack_nframes_t frames)
{
	(void)frames;
	return port;
}

uint32_t
jack_midi_get_event_count(void *buffer)
{
	return ((struct port *)buffer)->count;
}

int
jack_midi_event_get(jack_midi_event_t *event, void *buffer, uint32_t index)
{
	struct port *port = buffer;

	event->time = port->events[index].time;
	event->size = port->events[index].size;
	event->buffer = port->events[index].bytes;
	return 0;
}

void
jack_midi_clear_buffer(void *buffer)
{
	struct port *port = buffer;

	port->count = 0;
	port->used = 0;
}

size_t
jack_midi_max_event_size(void *buffer)
{
	const struct port *port = buffer;

	return fake.room - port->used;
}

jack_midi_data_t *
jack_midi_event_reserve(void *buffer, jack_nframes_t time, size_t size)
{
	struct port *port = buffer;
	struct event *event = &port->events[port->count];

	assert_true(size <= fake.room - port->used);
	assert_true(port->count < EVENTS);
	port->count++;
	port->used += size;
	event->time = time;
	event->size = size;
	return event->bytes;
}

int
jack_midi_event_write(void *buffer, jack_nframes_t time,
	const jack_midi_data_t *data, size_t size)
{
	memcpy(jack_midi_event_reserve(buffer, time, size), data, size);
	return 0;
}

jack_nframes_t
jack_frames_since_cycle_start(const jack_client_t *client)
{
	(void)client;
	return 0;
}

jack_transport_state_t
jack_transport_query(const jack_client_t *client, jack_position_t *position)
{
	(void)client;
	position->frame = fake.frame;
	position->valid = fake.bar > 0 ? JackPositionBBT : 0;
	position->bar = fake.bar;
	position->beat = fake.beat;
	return fake.state;
}

// A cycle, and the timebase callback behind it, as a master has it.
static void
cycle(bool is_master)
{
	jack_position_t position = {.frame = fake.frame};

	assert_int_equal(stage_show_process(PERIOD, &fake.wire), 0);
	if (is_master) {
		stage_show_on_timebase(
			fake.state, PERIOD, &position, 0, &fake.wire);
	}
	if (fake.state == JackTransportRolling) {
		fake.frame += PERIOD;
	}
}

// What a port sent in the last cycle: "90 3c 40|80 3c 40".
static void
sent(const struct port *port, const char *expected)
{
	struct stage_str text = {0};

	for (uint32_t i = 0; i < port->count; i++) {
		assert_int_equal(
			stage_str_add(&text, i > 0 ? "|" : ""), STAGE_OK);
		for (size_t k = 0; k < port->events[i].size; k++) {
			assert_int_equal(stage_str_addf(&text, "%s%02x",
						 k > 0 ? " " : "",
						 port->events[i].bytes[k]),
				STAGE_OK);
		}
	}
	assert_string_equal(stage_str_text(&text), expected);
	stage_str_finish(&text);
}

static void
queue(const void *bytes, uint32_t len)
{
	assert_int_equal(
		stage_ring_write(fake.wire.out, 0, bytes, len), STAGE_OK);
}

static int
setup(void **state)
{
	const struct stage_show_tempo tempo = {120000000, 4, 4};

	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.room = 4096;
	fake.wire.client = &fake;
	fake.wire.midi_in = &fake.in;
	fake.wire.midi_out = &fake.out;
	fake.wire.panic = &fake.panic;
	fake.wire.rate_hz = RATE;
	fake.wire.in = stage_ring_create(1024);
	fake.wire.out = stage_ring_create(8192);
	fake.wire.orders = stage_ring_create(1024);
	sem_init(&fake.wire.work, 0, 0);
	stage_show_timebase_init(&fake.wire.timebase, RATE, &tempo);
	fake.wire.is_connected = true;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	stage_ring_destroy(fake.wire.in);
	stage_ring_destroy(fake.wire.out);
	stage_ring_destroy(fake.wire.orders);
	sem_destroy(&fake.wire.work);
	return 0;
}

static void
messages_go_out_whole_and_in_order(void **state)
{
	uint8_t dump[300] = {0xf0};

	(void)state;
	dump[sizeof(dump) - 1] = 0xf7;
	queue("\xb0\x00\x01", 3);
	queue("\xc0\x05", 2);
	cycle(false);
	sent(&fake.out, "b0 00 01|c0 05");
	// One that has no room left waits for the next cycle, as all behind it.
	fake.room = 301;
	queue("\xc0\x06", 2);
	queue(dump, sizeof(dump));
	queue("\xc0\x07", 2);
	cycle(false);
	sent(&fake.out, "c0 06");
	cycle(false);
	assert_int_equal(fake.out.count, 1);
	assert_int_equal(fake.out.events[0].size, sizeof(dump));
	assert_memory_equal(fake.out.events[0].bytes, dump, sizeof(dump));
	cycle(false);
	sent(&fake.out, "c0 07");
	// One that never fits is lost alone.
	fake.room = 200;
	queue(dump, sizeof(dump));
	queue("\xc0\x08", 2);
	cycle(false);
	sent(&fake.out, "c0 08");
	assert_int_equal(atomic_load(&fake.wire.lost), 1);
	assert_int_equal(atomic_load(&fake.wire.sent), 6);
}

static void
a_note_ends_by_itself(void **state)
{
	unsigned cycles = 0;

	(void)state;
	queue("\x92\x3c\x64", 3);
	queue("\x93\x3c\x64", 3);
	cycle(false);
	sent(&fake.out, "92 3c 64|93 3c 64");
	queue("\x83\x3c\x40", 3); // this one is ended by hand
	cycle(false);
	sent(&fake.out, "83 3c 40");
	do {
		cycle(false);
		cycles++;
	} while (fake.out.count == 0 && cycles < 100);
	sent(&fake.out, "82 3c 40");
	assert_in_range(cycles * PERIOD, RATE / 10 - 3 * PERIOD, RATE / 10);
	cycle(false);
	sent(&fake.out, "");
	assert_int_equal(fake.wire.note_count, 0);
}

static void
more_notes_than_can_be_kept_in_mind_wait(void **state)
{
	unsigned ended = 0;

	(void)state;
	for (unsigned i = 0; i < STAGE_SHOW_NOTES_MAX + 20; i++) {
		const uint8_t note[] = {
			(uint8_t)(0x90 | i / 128), (uint8_t)(i % 128), 1};
		queue(note, sizeof(note));
	}
	for (unsigned i = 0; i < 30; i++) {
		cycle(false);
		for (uint32_t k = 0; k < fake.out.count; k++) {
			ended += (fake.out.events[k].bytes[0] & 0xf0) == 0x80;
		}
	}
	assert_int_equal(ended, STAGE_SHOW_NOTES_MAX + 20);
	assert_int_equal(
		atomic_load(&fake.wire.sent), STAGE_SHOW_NOTES_MAX + 20);
}

static void
who_comes_with_a_server_is_waited_for(void **state)
{
	(void)state;
	fake.wire.is_connected = false;
	fake.wire.grace_frames = 3 * PERIOD;
	queue("\xc0\x01", 2);
	cycle(false);
	sent(&fake.out, "");
	fake.wire.is_connected = true;
	cycle(false);
	sent(&fake.out, "c0 01");
	// Nobody comes: then for nobody.
	fake.wire.is_connected = false;
	fake.wire.grace_frames = 3 * PERIOD;
	queue("\xc0\x02", 2);
	cycle(false);
	cycle(false);
	sent(&fake.out, "");
	cycle(false);
	sent(&fake.out, "c0 02");
}

static void
put_in(const void *bytes, size_t len)
{
	struct event *event = &fake.in.events[fake.in.count];

	fake.in.count++;
	event->size = len;
	memcpy(event->bytes, bytes, len);
}

static void
what_comes_in_is_passed_on(void **state)
{
	struct stage_ring_header header;
	uint8_t bytes[600];
	int posts = 0;

	(void)state;
	put_in("\xf8", 1); // clock
	put_in("\xfe", 1); // active sensing
	cycle(false);
	assert_int_equal(sem_getvalue(&fake.wire.work, &posts), 0);
	assert_int_equal(posts, 0);
	put_in("\x90\x3c\x40", 3);
	put_in(bytes, sizeof(bytes)); // more than there is room for
	cycle(false);
	assert_int_equal(atomic_load(&fake.wire.lost_in), 1);
	assert_int_equal(sem_getvalue(&fake.wire.work, &posts), 0);
	assert_int_equal(posts, 1);
	assert_int_equal(
		stage_ring_read(fake.wire.in, &header, bytes, sizeof(bytes)),
		STAGE_OK);
	assert_int_equal(header.size, sizeof(struct stage_show_in_header) + 3);
	assert_memory_equal(
		bytes + sizeof(struct stage_show_in_header), "\x90\x3c\x40", 3);
	assert_int_equal(
		stage_ring_peek(fake.wire.in, &header), STAGE_NOT_FOUND);
	// A flood that nobody reads is counted.
	for (int i = 0; i < 100; i++) {
		cycle(false);
	}
	assert_true(atomic_load(&fake.wire.lost_in) > 50);
	assert_true(stage_ring_check(fake.wire.in));
}

static void
a_panic_is_told_to_all_channels_once(void **state)
{
	(void)state;
	fake.wire.must_panic = true;
	cycle(false);
	assert_int_equal(fake.panic.count, 48);
	assert_memory_equal(fake.panic.events[0].bytes, "\xb0\x40\x00", 3);
	assert_memory_equal(fake.panic.events[46].bytes, "\xbf\x7b\x00", 3);
	assert_memory_equal(fake.panic.events[47].bytes, "\xbf\x78\x00", 3);
	assert_false(atomic_load(&fake.wire.has_panicked));
	for (int i = 0; i < STAGE_SHOW_PANIC_CYCLES; i++) {
		cycle(false);
		assert_int_equal(fake.panic.count, 0);
	}
	assert_true(atomic_load(&fake.wire.has_panicked));
}

static void
a_master_says_where_it_is_and_hears_when_it_is_none(void **state)
{
	const struct stage_show_order order = {
		{60000000, 3, 8}, STAGE_SHOW_TEMPO_SONG};
	jack_position_t position = {.frame = 4 * RATE};

	(void)state;
	assert_int_equal(
		stage_ring_write(fake.wire.orders, 0, &order, sizeof(order)),
		STAGE_OK);
	stage_show_on_timebase(
		JackTransportStopped, PERIOD, &position, 1, &fake.wire);
	assert_int_equal(position.valid, JackPositionBBT);
	assert_int_equal(position.bar, 2);
	assert_int_equal(position.beat, 2);
	assert_int_equal(position.tick, 0);
	assert_true(position.bar_start_tick == 3 * 1920.0);
	assert_true(position.beats_per_minute == 60);
	assert_true(position.beats_per_bar == 3);
	assert_true(position.beat_type == 8);

	fake.wire.is_master = true;
	fake.state = JackTransportStopped;
	for (int i = 0; i < 20; i++) {
		cycle(false); // nobody is asked while it stands
	}
	assert_true(atomic_load(&fake.wire.is_master));
	fake.state = JackTransportRolling;
	for (int i = 0; i < 20; i++) {
		cycle(true);
	}
	assert_true(atomic_load(&fake.wire.is_master));
	assert_true(atomic_load(&fake.wire.is_rolling));
	for (int i = 0; i < 20; i++) {
		cycle(false); // another one is asked
	}
	assert_false(atomic_load(&fake.wire.is_master));
}

// How often the loop was woken since it was asked last.
static unsigned
wakes(void)
{
	unsigned count = 0;

	while (sem_trywait(&fake.wire.work) == 0) {
		count++;
		atomic_store(&fake.wire.has_news, false);
	}
	return count;
}

static void
a_beat_is_told_when_it_begins_whoever_is_master(void **state)
{
	static const struct {
		jack_transport_state_t state;
		int32_t bar, beat;
		uint64_t told;
		unsigned wakes;
	} cycles[] = {
		{JackTransportStopped, 1, 1, 0, 0},
		{JackTransportRolling, 1, 1, STAGE_SHOW_BEAT(1, 1), 1},
		{JackTransportRolling, 1, 1, STAGE_SHOW_BEAT(1, 1), 0},
		{JackTransportRolling, 1, 2, STAGE_SHOW_BEAT(1, 2), 1},
		{JackTransportRolling, 70000, 3, STAGE_SHOW_BEAT(70000, 3), 1},
		{JackTransportRolling, 0, 0, 0, 1}, // nobody says
		{JackTransportRolling, 2, -1, 0, 0},
		{JackTransportRolling, 2, 1, STAGE_SHOW_BEAT(2, 1), 1},
		{JackTransportStopped, 2, 1, 0, 1},
	};

	(void)state;
	assert_int_equal(STAGE_SHOW_BEAT_BAR(STAGE_SHOW_BEAT(70000, 3)), 70000);
	assert_int_equal(STAGE_SHOW_BEAT_BEAT(STAGE_SHOW_BEAT(70000, 3)), 3);
	wakes();
	for (size_t i = 0; i < STAGE_COUNT_OF(cycles); i++) {
		fake.state = cycles[i].state;
		fake.bar = cycles[i].bar;
		fake.beat = cycles[i].beat;
		cycle(false);
		assert_true(atomic_load(&fake.wire.beat) == cycles[i].told);
		assert_int_equal(wakes(), cycles[i].wakes);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(messages_go_out_whole_and_in_order),
		TEST(a_note_ends_by_itself),
		TEST(more_notes_than_can_be_kept_in_mind_wait),
		TEST(who_comes_with_a_server_is_waited_for),
		TEST(what_comes_in_is_passed_on),
		TEST(a_panic_is_told_to_all_channels_once),
		TEST(a_beat_is_told_when_it_begins_whoever_is_master),
		TEST(a_master_says_where_it_is_and_hears_when_it_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
