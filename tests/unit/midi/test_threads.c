/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/threads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "midi/rules.h"

#define DEADLINE_NS (20 * STAGE_NS_PER_S)
#define SENT_MAX 64
#define ADDRESS (20 << 8 | 1)

// A sequencer that notes down what is sent to it and has nothing to read.
struct stage_midi_seq {
	sem_t woken;
	sem_t was_sent;
	struct {
		struct stage_midi_address to;
		uint8_t bytes[3];
		size_t len;
	} sent[SENT_MAX];
	atomic_size_t count;
};

static void
fake_read(struct stage_midi_seq *self, struct stage_midi_input *out)
{
	out->kind = STAGE_MIDI_INPUT_WOKEN;
	while (sem_wait(&self->woken) != 0) {
		continue;
	}
}

static void
fake_wake(struct stage_midi_seq *self)
{
	sem_post(&self->woken);
}

static enum stage_status
fake_send(struct stage_midi_seq *self, struct stage_midi_address to,
	const uint8_t *bytes, size_t len)
{
	size_t at = atomic_load(&self->count);

	if (at < SENT_MAX && len <= 3) {
		self->sent[at].to = to;
		self->sent[at].len = len;
		memcpy(self->sent[at].bytes, bytes, len);
		atomic_store(&self->count, at + 1);
	}
	sem_post(&self->was_sent);
	return STAGE_OK;
}

static const struct stage_midi_seq_class fake_class = {
	.read = fake_read, .wake = fake_wake, .send = fake_send};

struct world {
	struct stage_midi_wire wire;
	struct stage_midi_seq seq;
	struct stage_midi_threads *threads;
	struct stage_midi_way *capture, *playback;
	struct stage_midi_held held[2];
	sem_t notified;
};

static void
on_notify(void *user)
{
	struct world *world = user;

	sem_post(&world->notified);
}

static struct stage_midi_way *
add_way(struct world *world, enum stage_midi_direction direction)
{
	struct stage_midi_way *way =
		stage_midi_wire_add(&world->wire, direction);

	assert_non_null(way);
	atomic_store(&way->held, &world->held[direction]);
	assert_int_equal(stage_midi_way_make_rings(way), STAGE_OK);
	if (direction == STAGE_MIDI_PLAYBACK) {
		assert_int_equal(
			stage_midi_threads_add_device(world->threads, way),
			STAGE_OK);
	}
	atomic_store(&way->has_rings, true);
	atomic_store(&way->address, ADDRESS);
	atomic_store(&way->is_connected, true);
	return way;
}

static int
set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));
	const struct stage_midi_threads_config config = {.wire = &world->wire,
		.seq_class = &fake_class,
		.seq = &world->seq,
		.notify = on_notify,
		.user = world};

	assert_non_null(world);
	sem_init(&world->seq.woken, 0, 0);
	sem_init(&world->seq.was_sent, 0, 0);
	sem_init(&world->notified, 0, 0);
	assert_int_equal(stage_midi_wire_init(&world->wire), STAGE_OK);
	assert_int_equal(
		stage_midi_threads_create(&config, &world->threads, NULL),
		STAGE_OK);
	world->capture = add_way(world, STAGE_MIDI_CAPTURE);
	world->playback = add_way(world, STAGE_MIDI_PLAYBACK);
	atomic_store(&world->wire.routes[ADDRESS],
		(uint16_t)(world->capture->index + 1));
	*state = world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	stage_midi_threads_destroy(world->threads);
	stage_midi_wire_finish(&world->wire);
	free(world);
	return 0;
}

static void
await(sem_t *semaphore)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += DEADLINE_NS / STAGE_NS_PER_S;
	assert_int_equal(sem_timedwait(semaphore, &until), 0);
}

// As the process callback does it.
static void
give(struct world *world, int64_t in_ns, unsigned status, unsigned note,
	unsigned velocity)
{
	const struct stage_midi_out_header header = {
		.deadline_ns = stage_clock_now_ns() + in_ns,
		.order = world->wire.order++};
	const uint8_t bytes[] = {
		(uint8_t)status, (uint8_t)note, (uint8_t)velocity};
	uint8_t message[sizeof(header) + 3];

	memcpy(message, &header, sizeof(header));
	memcpy(message + sizeof(header), bytes, 3);
	assert_int_equal(
		stage_ring_write(world->playback->rings[STAGE_MIDI_LANE_SHORT],
			0, message, sizeof(message)),
		STAGE_OK);
	atomic_store(&world->playback->has_news, true);
	sem_post(&world->wire.work);
}

static void
check_sent(const struct world *world, size_t at, unsigned status, unsigned note)
{
	assert_true(atomic_load(&world->seq.count) > at);
	assert_int_equal(world->seq.sent[at].to.client, 20);
	assert_int_equal(world->seq.sent[at].to.port, 1);
	assert_int_equal(world->seq.sent[at].bytes[0], status);
	assert_int_equal(world->seq.sent[at].bytes[1], note);
}

static void
what_is_given_is_sent_not_before_its_time(void **state)
{
	struct world *world = *state;
	int64_t before_ns = stage_clock_now_ns();

	give(world, 30 * STAGE_NS_PER_MS, 0x90, 60, 100);
	await(&world->seq.was_sent);
	assert_true(stage_clock_now_ns() - before_ns >= 30 * STAGE_NS_PER_MS);
	check_sent(world, 0, 0x90, 60);
	assert_int_equal(stage_midi_held_count(&world->held[1]), 1);
}

static void
what_a_device_holds_is_ended_when_asked(void **state)
{
	struct world *world = *state;

	give(world, 0, 0x90, 60, 100);
	await(&world->seq.was_sent);
	give(world, 60 * STAGE_NS_PER_S, 0x90, 61, 100); // and what waits
	atomic_store(&world->playback->must_release, true);
	sem_post(&world->wire.work);
	await(&world->seq.was_sent);
	await(&world->notified);
	check_sent(world, 1, 0x80, 60);
	assert_false(atomic_load(&world->playback->must_release));
	assert_int_equal(atomic_load(&world->seq.count), 2);
	assert_true(stage_midi_held_is_empty(&world->held[1]));
}

static void
a_panic_ends_what_nobody_knows_of(void **state)
{
	struct world *world = *state;

	atomic_store(&world->playback->must_panic, true);
	atomic_store(&world->playback->must_release, true);
	sem_post(&world->wire.work);
	for (int i = 0; i < 2 * STAGE_MIDI_CHANNELS; i++) {
		await(&world->seq.was_sent);
	}
	check_sent(world, 0, 0xb0, 120);
	check_sent(world, 31, 0xbf, 123);
}

static void
what_a_device_that_went_held_is_forgotten(void **state)
{
	struct world *world = *state;

	give(world, 0, 0x90, 60, 100);
	await(&world->seq.was_sent);
	atomic_store(&world->playback->address, STAGE_MIDI_AWAY);
	atomic_store(&world->playback->must_release, true);
	sem_post(&world->wire.work);
	await(&world->notified);
	assert_true(stage_midi_held_is_empty(&world->held[1]));
	assert_int_equal(atomic_load(&world->seq.count), 1);
}

static void
the_end_ends_what_is_held(void **state)
{
	struct world *world = *state;

	give(world, 0, 0x95, 62, 100);
	await(&world->seq.was_sent);
	stage_midi_threads_destroy(world->threads);
	world->threads = NULL;
	check_sent(world, 1, 0x85, 62);
}

// [reader]

static void
take(struct world *world, int client, unsigned status, unsigned first,
	unsigned second)
{
	const struct stage_midi_input input = {
		.kind = STAGE_MIDI_INPUT_MESSAGES,
		.from = {client, 1},
		.at_ns = stage_clock_now_ns(),
		.messages = {{(uint8_t)status, (uint8_t)first,
			(uint8_t)second}},
		.lens = {stage_midi_message_bytes((uint8_t)status)},
		.count = 1};

	stage_midi_take_input(&world->wire, &input);
}

static void
take_sysex(struct world *world, const char *bytes, size_t len)
{
	const struct stage_midi_input input = {.kind = STAGE_MIDI_INPUT_SYSEX,
		.from = {20, 1},
		.at_ns = stage_clock_now_ns(),
		.sysex = (const uint8_t *)bytes,
		.sysex_len = len};

	stage_midi_take_input(&world->wire, &input);
}

static void
check_came(struct world *world, const char *bytes, size_t len)
{
	struct stage_ring_header header;
	uint8_t got[64];

	assert_int_equal(stage_ring_read(world->capture->rings[0], &header, got,
				 sizeof(got)),
		STAGE_OK);
	assert_int_equal(header.size, len);
	assert_memory_equal(got, bytes, len);
}

static void
check_nothing_came(struct world *world)
{
	struct stage_ring_header header;

	assert_int_equal(stage_ring_peek(world->capture->rings[0], &header),
		STAGE_NOT_FOUND);
}

static void
what_comes_in_goes_to_its_way(void **state)
{
	struct world *world = *state;

	take(world, 21, 0x90, 60, 100); // from nobody's port
	check_nothing_came(world);
	take(world, 20, 0x90, 60, 100);
	check_came(world, "\x90\x3c\x64", 3);
	take(world, 20, 0x90, 60, 0);
	check_came(world, "\x80\x3c\x40", 3);
	atomic_store(&world->capture->passes_note0, true);
	take(world, 20, 0x90, 60, 0);
	check_came(world, "\x90\x3c\x00", 3);
}

static void
what_nobody_hears_is_not_kept(void **state)
{
	struct world *world = *state;

	atomic_store(&world->capture->is_connected, false);
	take(world, 20, 0x90, 60, 100);
	take_sysex(world, "\xf0\x01\xf7", 3);
	check_nothing_came(world);
	assert_int_equal(atomic_load(&world->capture->lost), 0);
}

static void
filters_keep_out(void **state)
{
	struct world *world = *state;

	atomic_store(&world->capture->filter,
		STAGE_MIDI_CLASS_SENSING | STAGE_MIDI_CLASS_SYSEX);
	take(world, 20, 0xfe, 0, 0);
	take_sysex(world, "\xf0\x01\xf7", 3);
	check_nothing_came(world);
	take_sysex(world, "\xf0\xf8\x01\xf7", 4);
	check_came(world, "\xf8", 1);
	check_nothing_came(world);
	atomic_store(&world->capture->filter, STAGE_MIDI_CLASS_CHANNEL << 1);
	take(world, 20, 0x91, 60, 100);
	take(world, 20, 0x91, 60, 0); // an end that was not one
	take(world, 20, 0xb1, 64, 127);
	check_nothing_came(world);
	take(world, 20, 0x90, 60, 100);
	take(world, 20, 0xf8, 0, 0);
	check_came(world, "\x90\x3c\x64", 3);
	check_came(world, "\xf8", 1);
}

static void
sysex_comes_whole_or_not_at_all(void **state)
{
	struct world *world = *state;

	take_sysex(world, "\xf0\x01", 2);
	take(world, 20, 0xf8, 0, 0); // clock may come between
	take_sysex(world, "\x02\xf7", 2);
	check_came(world, "\xf8", 1);
	check_came(world, "\xf0\x01\x02\xf7", 4);
	take_sysex(world, "\xf0\x01", 2);
	take(world, 20, 0x90, 60, 100); // a note may not
	take_sysex(world, "\x02\xf7", 2);
	check_came(world, "\x90\x3c\x64", 3);
	check_nothing_came(world);
}

static void
circles_are_cut(void **state)
{
	struct world *world = *state;
	const uint8_t note[] = {0x90, 60, 100};

	for (int i = 0; i < 2000; i++) {
		stage_midi_guard_out(
			&world->wire.guard, note, 3, stage_clock_now_ns());
		take(world, 20, 0x90, 60, 100);
	}
	assert_true(atomic_load(&world->capture->is_muted));
	assert_true(atomic_load(&world->capture->lost) > 900);
	// The end of a note may be among them.
	assert_true(atomic_load(&world->capture->must_release));
}

static void
rings_that_are_full_lose_the_rest_and_count_it(void **state)
{
	struct world *world = *state;

	for (int i = 0; i < 100000; i++) {
		take(world, 20, 0x90, 60, (unsigned)(1 + i % 127));
	}
	assert_true(atomic_load(&world->capture->lost) > 0);
	assert_true(atomic_load(&world->capture->must_release));
	assert_true(stage_ring_check(world->capture->rings[0]));
}

static void
ways_that_are_not_used_are_used_again(void **state)
{
	struct world *world = *state;
	struct stage_midi_way *way = world->capture;

	assert_true(stage_midi_wire_uses(&world->wire, way));
	stage_midi_wire_remove(&world->wire, way);
	assert_false(stage_midi_wire_uses(&world->wire, way));
	assert_ptr_equal(
		stage_midi_wire_add(&world->wire, STAGE_MIDI_CAPTURE), way);
	assert_int_equal(stage_midi_way_make_rings(way), STAGE_OK);
}

// Its device may be another one's way by then.
static void
what_waits_for_a_way_that_goes_is_dropped(void **state)
{
	struct world *world = *state;
	struct stage_midi_way *way = world->playback;

	atomic_store(&way->address, STAGE_MIDI_AWAY);
	give(world, 50 * STAGE_NS_PER_MS, 0x90, 60, 100);
	stage_midi_wire_remove(&world->wire, way);
	await(&world->notified);
	assert_false(atomic_load(&way->must_release));
	atomic_store(&way->held, &world->held[STAGE_MIDI_PLAYBACK]);
	atomic_store(&way->address, ADDRESS);
	give(world, 60 * STAGE_NS_PER_MS, 0x91, 61, 100);
	await(&world->seq.was_sent);
	check_sent(world, 0, 0x91, 61);
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_given_is_sent_not_before_its_time),
		TEST(what_a_device_holds_is_ended_when_asked),
		TEST(a_panic_ends_what_nobody_knows_of),
		TEST(what_a_device_that_went_held_is_forgotten),
		TEST(the_end_ends_what_is_held),
		TEST(what_comes_in_goes_to_its_way),
		TEST(what_nobody_hears_is_not_kept),
		TEST(filters_keep_out),
		TEST(sysex_comes_whole_or_not_at_all),
		TEST(circles_are_cut),
		TEST(rings_that_are_full_lose_the_rest_and_count_it),
		TEST(ways_that_are_not_used_are_used_again),
		TEST(what_waits_for_a_way_that_goes_is_dropped),
	};

	stage_midi_threads_destroy(NULL);
	return cmocka_run_group_tests_name("midi/threads", tests, NULL, NULL);
}
