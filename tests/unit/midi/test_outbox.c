/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

#define DEVICES 8
#define MS INT64_C(1000000)
#define SENT_MAX 20000

struct sent {
	int64_t at_ns;
	size_t device;
	uint8_t first, second;
	size_t len;
};

struct world {
	struct stage_midi_outbox *outbox;
	struct stage_ring *rings[DEVICES][STAGE_MIDI_LANES];
	int64_t now_ns;
	uint32_t order;
	struct sent sent[SENT_MAX];
	size_t count;
};

static int
set_up(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	world.now_ns = 1000 * MS;
	world.order = UINT32_MAX - 5; // it wraps
	world.outbox = stage_midi_outbox_create(DEVICES);
	assert_non_null(world.outbox);
	for (size_t i = 0; i < DEVICES; i++) {
		for (int k = 0; k < STAGE_MIDI_LANES; k++) {
			world.rings[i][k] = stage_ring_create(1U << 18);
			assert_non_null(world.rings[i][k]);
		}
		assert_int_equal(
			stage_midi_outbox_set(world.outbox, i, world.rings[i]),
			STAGE_OK);
	}
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	stage_midi_outbox_destroy(world->outbox);
	for (size_t i = 0; i < DEVICES; i++) {
		for (int k = 0; k < STAGE_MIDI_LANES; k++) {
			stage_ring_destroy(world->rings[i][k]);
		}
	}
	return 0;
}

static void
give(struct world *world, size_t device, enum stage_midi_lane lane,
	int64_t deadline_ns, const void *bytes, size_t len)
{
	static uint8_t message[STAGE_MIDI_OUT_BYTES_MAX + 64];
	const struct stage_midi_out_header header = {
		.deadline_ns = deadline_ns, .order = world->order++};

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), bytes, len);
	assert_int_equal(stage_ring_write(world->rings[device][lane], 0,
				 message, (uint32_t)(sizeof(header) + len)),
		STAGE_OK);
}

static void
give_note(struct world *world, size_t device, int64_t in_ns, unsigned note)
{
	const uint8_t bytes[] = {0x90, (uint8_t)note, 100};

	give(world, device, STAGE_MIDI_LANE_SHORT, world->now_ns + in_ns, bytes,
		3);
}

static void
give_sysex(struct world *world, size_t device, size_t len, unsigned id)
{
	static uint8_t bytes[STAGE_MIDI_OUT_BYTES_MAX];

	memset(bytes, 5, len);
	bytes[0] = STAGE_MIDI_SYSEX;
	bytes[1] = (uint8_t)id;
	bytes[len - 1] = STAGE_MIDI_SYSEX_END;
	give(world, device, STAGE_MIDI_LANE_BULK, world->now_ns, bytes, len);
}

static void
on_send(void *user, size_t device, const uint8_t *bytes, size_t len)
{
	struct world *world = user;

	assert_true(world->count < SENT_MAX);
	world->sent[world->count++] = (struct sent){
		world->now_ns, device, bytes[0], len > 1 ? bytes[1] : 0, len};
}

static void
load_all(struct world *world)
{
	for (size_t i = 0; i < DEVICES; i++) {
		stage_midi_outbox_load(world->outbox, i, world->now_ns);
	}
}

// Lets time pass as the sender's thread does, until nothing waits any more or
// it is end_ns.
static void
run_until(struct world *world, int64_t end_ns)
{
	load_all(world);
	for (;;) {
		int64_t next_ns = stage_midi_outbox_run(
			world->outbox, world->now_ns, 1000, on_send, world);
		if (next_ns > end_ns) {
			world->now_ns = end_ns;
			return;
		}
		if (next_ns > world->now_ns) {
			world->now_ns = next_ns;
		}
	}
}

static void
nothing_is_sent_before_its_time(void **state)
{
	struct world *world = *state;
	int64_t start_ns = world->now_ns;

	give_note(world, 0, 3 * MS, 60);
	give_note(world, 1, 1 * MS, 61);
	load_all(world);
	assert_int_equal(stage_midi_outbox_run(world->outbox, world->now_ns,
				 100, on_send, world),
		start_ns + 1 * MS);
	assert_int_equal(world->count, 0);
	run_until(world, start_ns + 10 * MS);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->sent[0].device, 1);
	assert_int_equal(world->sent[0].at_ns, start_ns + 1 * MS);
	assert_int_equal(world->sent[1].at_ns, start_ns + 3 * MS);
	assert_int_equal(stage_midi_outbox_run(world->outbox, world->now_ns,
				 100, on_send, world),
		STAGE_MIDI_NEVER);
}

// By deadline, and what has the same one in the order of giving, over all
// devices, over the wrap of the count, and however late it is.
static void
order_never_inverts(void **state)
{
	struct world *world = *state;
	int64_t base_ns = world->now_ns;
	int64_t last[DEVICES] = {0};
	int64_t last_ns = 0;

	srand(11);
	for (int i = 0; i < 500; i++) {
		size_t device = (size_t)rand() % DEVICES;
		last[device] += rand() % 3;
		give_note(world, device, last[device] * MS, (unsigned)i % 128);
	}
	world->now_ns += 50 * MS; // we overslept
	run_until(world, base_ns + 2000 * MS);
	assert_int_equal(world->count, 500);
	memset(last, 0, sizeof(last));
	for (size_t i = 0; i < world->count; i++) {
		assert_true(world->sent[i].at_ns >= last_ns);
		last_ns = world->sent[i].at_ns;
	}
}

static void
equal_deadlines_keep_the_order_of_giving(void **state)
{
	struct world *world = *state;

	for (unsigned i = 0; i < 100; i++) {
		give_note(world, (i * 7) % DEVICES, 0, i);
	}
	run_until(world, world->now_ns + MS);
	for (unsigned i = 0; i < 100; i++) {
		assert_int_equal(world->sent[i].second, i);
	}
}

// A wrapped or broken clock must not silence a port for a day.
static void
nothing_waits_longer_than_it_may(void **state)
{
	struct world *world = *state;
	int64_t start_ns = world->now_ns;

	stage_midi_outbox_set_longest(world->outbox, 10 * MS);
	give_note(world, 0, INT64_C(86400000) * MS, 60);
	run_until(world, start_ns + 100 * MS);
	assert_int_equal(world->count, 1);
	assert_int_equal(world->sent[0].at_ns, start_ns + 10 * MS);
}

static void
sysex_goes_in_slices_and_others_do_not_wait(void **state)
{
	struct world *world = *state;
	int64_t start_ns = world->now_ns;
	size_t notes = 0;

	stage_midi_outbox_set_pace(world->outbox, 0, 3125, 512);
	give_sysex(world, 0, 3000, 1);
	for (int i = 0; i < 8; i++) {
		give_note(world, 1, i * 100 * MS, 60);
	}
	run_until(world, start_ns + 5000 * MS);
	for (size_t i = 0; i < world->count; i++) {
		assert_true(world->sent[i].len <= STAGE_MIDI_CHUNK_BYTES);
		if (world->sent[i].device == 1) {
			assert_int_equal(world->sent[i].at_ns,
				start_ns + (int64_t)notes * 100 * MS);
			notes++;
		}
	}
	assert_int_equal(notes, 8);
	// 3000 bytes, of which 512 go at once, at 3125 a second.
	assert_in_range(world->sent[world->count - 1].at_ns - start_ns,
		790 * MS, 800 * MS);
}

static size_t
find(const struct world *world, uint8_t first, uint8_t second)
{
	for (size_t i = 0; i < world->count; i++) {
		if (world->sent[i].first == first &&
			world->sent[i].second == second) {
			return i;
		}
	}
	fail_msg("%02x %02x was not sent", first, second);
	return 0;
}

static void
notes_pass_between_sysex_messages_and_clock_within(void **state)
{
	struct world *world = *state;
	int64_t start_ns = world->now_ns;
	size_t note;
	size_t clock;

	stage_midi_outbox_set_pace(world->outbox, 0, 3125, 256);
	give_sysex(world, 0, 1000, 1);
	give_sysex(world, 0, 1000, 2);
	give_note(world, 0, 50 * MS, 60);
	give(world, 0, STAGE_MIDI_LANE_REALTIME, start_ns + 60 * MS, "\xf8", 1);
	run_until(world, start_ns + 3000 * MS);
	note = find(world, 0x90, 60);
	clock = find(world, 0xf8, 0);
	assert_true(clock < note);
	assert_int_equal(world->sent[clock].at_ns, start_ns + 60 * MS);
	assert_true(note < find(world, 0xf0, 2));
	assert_int_equal(world->sent[note - 1].len, 1000 % 256);
}

// A client that died in the middle of a dump does not silence the device.
static void
a_sysex_that_does_not_go_on_is_given_up(void **state)
{
	struct world *world = *state;
	int64_t start_ns = world->now_ns;

	give(world, 0, STAGE_MIDI_LANE_BULK, start_ns, "\xf0\x01\x02", 3);
	give_note(world, 0, 1 * MS, 60);
	run_until(world, start_ns + 5000 * MS);
	assert_int_equal(world->count, 2);
	assert_int_equal(world->sent[1].at_ns, start_ns + 1000 * MS);
	give(world, 0, STAGE_MIDI_LANE_BULK, world->now_ns, "\x03\xf7", 2);
	run_until(world, world->now_ns + MS);
	assert_int_equal(world->count, 2);
	assert_int_equal(stage_midi_outbox_lost(world->outbox), 2);
}

static void
fragments_of_a_sysex_are_one(void **state)
{
	struct world *world = *state;

	give(world, 0, STAGE_MIDI_LANE_BULK, world->now_ns, "\xf0\x01", 2);
	give(world, 0, STAGE_MIDI_LANE_BULK, world->now_ns, "\x02\xf7", 2);
	give_note(world, 0, 0, 60);
	run_until(world, world->now_ns + MS);
	assert_int_equal(world->count, 3);
	assert_int_equal(world->sent[0].first, 0xf0);
	assert_int_equal(world->sent[1].first, 0x02);
	assert_int_equal(world->sent[2].first, 0x90);
}

static void
a_full_burst_is_sent_whole(void **state)
{
	struct world *world = *state;

	for (unsigned i = 0; i < 5000; i++) {
		give_note(world, 3, (int64_t)(i / 100) * 1000, i % 128);
	}
	run_until(world, world->now_ns + 100 * MS);
	assert_int_equal(world->count, 5000);
	for (unsigned i = 0; i < 5000; i++) {
		assert_int_equal(world->sent[i].second, i % 128);
	}
}

static void
what_waits_can_be_dropped(void **state)
{
	struct world *world = *state;

	give_note(world, 0, MS, 60);
	give_note(world, 0, MS, 61);
	give_note(world, 1, MS, 62);
	load_all(world);
	assert_false(stage_midi_outbox_drop(world->outbox, 0));
	run_until(world, world->now_ns + 10 * MS);
	assert_int_equal(world->count, 1);
	assert_int_equal(world->sent[0].second, 62);
	give(world, 0, STAGE_MIDI_LANE_BULK, world->now_ns, "\xf0\x01", 2);
	run_until(world, world->now_ns + MS);
	assert_true(stage_midi_outbox_drop(world->outbox, 0));
	assert_false(stage_midi_outbox_drop(world->outbox, 0));
}

static void
a_message_that_no_lane_can_hold_is_passed_over(void **state)
{
	static const uint8_t bytes[STAGE_MIDI_OUT_SHORT_MAX + 1] = {0x90};
	struct world *world = *state;

	give(world, 0, STAGE_MIDI_LANE_SHORT, world->now_ns, bytes,
		sizeof(bytes));
	give(world, 0, STAGE_MIDI_LANE_SHORT, world->now_ns, "", 0);
	give_note(world, 0, 0, 60);
	run_until(world, world->now_ns + MS);
	assert_int_equal(world->count, 1);
}

static void
the_bucket_gives_what_it_says(void **state)
{
	struct stage_midi_pace pace = {.rate = 1000, .burst = 100};
	int64_t now_ns = 5 * MS;
	(void)state;

	assert_true(stage_midi_pace_when(&pace, 100, now_ns) <= now_ns);
	stage_midi_pace_take(&pace, 100, now_ns);
	assert_int_equal(
		stage_midi_pace_when(&pace, 1, now_ns), now_ns + 1 * MS);
	assert_int_equal(
		stage_midi_pace_when(&pace, 100, now_ns), now_ns + 100 * MS);
	// More than it can ever hold goes when it is full.
	assert_int_equal(
		stage_midi_pace_when(&pace, 5000, now_ns), now_ns + 100 * MS);
	pace.rate = 0;
	assert_int_equal(stage_midi_pace_when(&pace, 5000, now_ns), now_ns);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_sent_before_its_time),
		TEST(order_never_inverts),
		TEST(equal_deadlines_keep_the_order_of_giving),
		TEST(nothing_waits_longer_than_it_may),
		TEST(sysex_goes_in_slices_and_others_do_not_wait),
		TEST(notes_pass_between_sysex_messages_and_clock_within),
		TEST(a_sysex_that_does_not_go_on_is_given_up),
		TEST(fragments_of_a_sysex_are_one),
		TEST(a_full_burst_is_sent_whole),
		TEST(what_waits_can_be_dropped),
		TEST(a_message_that_no_lane_can_hold_is_passed_over),
		TEST(the_bucket_gives_what_it_says),
	};

	return cmocka_run_group_tests_name("midi/outbox", tests, NULL, NULL);
}
