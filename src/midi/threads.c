/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // sem_clockwait

#include "midi/threads.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define MOST_AT_ONCE 256 // messages, before the rings are looked at again
#define PERIODS_MAX 2    // that a message may wait

struct stage_midi_threads {
	struct stage_midi_threads_config config;
	struct stage_midi_outbox *outbox;
	pthread_t reader, sender;
	atomic_bool is_broken;
	int64_t latency_ns; // [sender] that [main] knows of
};

// [reader]

static void *
run_reader(void *arg)
{
	struct stage_midi_threads *self = arg;
	struct stage_midi_wire *wire = self->config.wire;
	struct stage_midi_input input;

	while (!atomic_load(&wire->is_ending)) {
		self->config.seq_class->read(self->config.seq, &input);
		if (input.kind == STAGE_MIDI_INPUT_MESSAGES ||
			input.kind == STAGE_MIDI_INPUT_SYSEX) {
			stage_midi_take_input(wire, &input);
		} else if (input.kind == STAGE_MIDI_INPUT_LOST) {
			atomic_fetch_add(&wire->sequencer_losses, 1);
			self->config.notify(self->config.user);
		} else if (input.kind == STAGE_MIDI_INPUT_BROKEN) {
			atomic_store(&self->is_broken, true);
			self->config.notify(self->config.user);
			break;
		}
	}
	return NULL;
}

// [sender]

static void
send_bytes(struct stage_midi_threads *self, struct stage_midi_way *way,
	const uint8_t *bytes, size_t len)
{
	int address = atomic_load(&way->address);
	struct stage_midi_held *held = atomic_load(&way->held);
	const struct stage_midi_address to = {address >> 8, address & 0xff};

	if (address == STAGE_MIDI_AWAY) {
		return;
	}
	if (len <= 3) {
		stage_midi_held_note(held, bytes, len);
	}
	if (self->config.seq_class->send(self->config.seq, to, bytes, len) ==
		STAGE_OK) {
		atomic_fetch_add(&way->passed, 1);
	} else {
		atomic_fetch_add(&way->lost, 1);
	}
}

static void
on_send(void *user, size_t device, const uint8_t *bytes, size_t len)
{
	struct stage_midi_threads *self = user;
	struct stage_midi_way *way =
		atomic_load(&self->config.wire->ways[device]);

	stage_midi_guard_out(
		&self->config.wire->guard, bytes, len, stage_clock_now_ns());
	send_bytes(self, way, bytes, len);
}

static void
send_panic(struct stage_midi_threads *self, struct stage_midi_way *way)
{
	for (unsigned channel = 0; channel < STAGE_MIDI_CHANNELS; channel++) {
		const uint8_t bytes[] = {(uint8_t)(0xb0 | channel), 120, 0,
			(uint8_t)(0xb0 | channel), 123, 0};
		send_bytes(self, way, bytes, 3);
		send_bytes(self, way, bytes + 3, 3);
	}
}

// What waits is dropped: it may be a note that nobody would end.
static void
release(struct stage_midi_threads *self, struct stage_midi_way *way)
{
	static const uint8_t end = STAGE_MIDI_SYSEX_END;
	struct stage_midi_held *held = atomic_load(&way->held);
	uint8_t bytes[STAGE_MIDI_RELEASE_BYTES];

	if (stage_midi_outbox_drop(self->outbox, way->index)) {
		send_bytes(self, way, &end, 1);
	}
	if (atomic_load(&way->address) == STAGE_MIDI_AWAY) {
		// The device has gone, and with it what it played.
		stage_midi_held_clear(held);
		return;
	}
	while (stage_midi_held_release(held, bytes)) {
		send_bytes(self, way, bytes, sizeof(bytes));
	}
	if (atomic_exchange(&way->must_panic, false)) {
		send_panic(self, way);
	}
}

// Returns whether [main] should know of something.
static bool
look_at_way(struct stage_midi_threads *self, struct stage_midi_way *way,
	int64_t now_ns)
{
	if (way->direction != STAGE_MIDI_PLAYBACK ||
		!atomic_load(&way->has_rings)) {
		return false;
	}
	if (atomic_load(&way->must_release)) {
		release(self, way);
		atomic_store(&way->must_release, false);
		return true;
	}
	if (atomic_exchange(&way->has_news, false)) {
		stage_midi_outbox_set_pace(self->outbox, way->index,
			atomic_load(&way->pace_rate),
			atomic_load(&way->pace_burst));
		stage_midi_outbox_load(self->outbox, way->index, now_ns);
	}
	return false;
}

static void
look_at_ways(struct stage_midi_threads *self)
{
	struct stage_midi_wire *wire = self->config.wire;
	size_t count = atomic_load(&wire->way_count);
	int64_t now_ns = stage_clock_now_ns();
	int64_t period_ns = atomic_load(&wire->period_ns);
	int64_t latency_ns = atomic_load(&wire->latency_ns);
	bool has_news = atomic_exchange(&wire->has_released, false);

	if (period_ns > 0) {
		stage_midi_outbox_set_longest(
			self->outbox, PERIODS_MAX * period_ns);
	}
	for (size_t i = 0; i < count; i++) {
		has_news |=
			look_at_way(self, atomic_load(&wire->ways[i]), now_ns);
	}
	has_news |= latency_ns != self->latency_ns;
	self->latency_ns = latency_ns;
	if (has_news) {
		self->config.notify(self->config.user);
	}
}

// Until something is due or there is work; false for the first.
static void
wait_for_work(struct stage_midi_wire *wire, int64_t until_ns)
{
	struct timespec until = {
		.tv_sec = (time_t)(until_ns / STAGE_NS_PER_S),
		.tv_nsec = (long)(until_ns % STAGE_NS_PER_S),
	};
	int result;

	if (until_ns == STAGE_MIDI_NEVER) {
		result = sem_wait(&wire->work);
	} else {
		result = sem_clockwait(&wire->work, CLOCK_MONOTONIC, &until);
	}
	// One look is for all that was posted.
	while (result == 0 && sem_trywait(&wire->work) == 0) {
		continue;
	}
}

static void
release_all(struct stage_midi_threads *self)
{
	struct stage_midi_wire *wire = self->config.wire;
	size_t count = atomic_load(&wire->way_count);

	for (size_t i = 0; i < count; i++) {
		struct stage_midi_way *way = atomic_load(&wire->ways[i]);
		if (way->direction == STAGE_MIDI_PLAYBACK &&
			atomic_load(&way->has_rings)) {
			release(self, way);
		}
	}
}

static void *
run_sender(void *arg)
{
	struct stage_midi_threads *self = arg;
	struct stage_midi_wire *wire = self->config.wire;

	while (!atomic_load(&wire->is_ending)) {
		int64_t next_ns;
		look_at_ways(self);
		next_ns = stage_midi_outbox_run(self->outbox,
			stage_clock_now_ns(), MOST_AT_ONCE, on_send, self);
		wait_for_work(wire, next_ns);
	}
	release_all(self);
	return NULL;
}

// [main]

static enum stage_status
start(struct stage_midi_threads *self, struct stage_err *err)
{
	int error = pthread_create(&self->reader, NULL, run_reader, self);

	if (error != 0) {
		return stage_err_set_errno(
			err, error, "unable to start a thread");
	}
	error = pthread_create(&self->sender, NULL, run_sender, self);
	if (error != 0) {
		atomic_store(&self->config.wire->is_ending, true);
		self->config.seq_class->wake(self->config.seq);
		pthread_join(self->reader, NULL);
		return stage_err_set_errno(
			err, error, "unable to start a thread");
	}
	return STAGE_OK;
}

enum stage_status
stage_midi_threads_create(const struct stage_midi_threads_config *config,
	struct stage_midi_threads **out, struct stage_err *err)
{
	struct stage_midi_threads *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self != NULL) {
		self->outbox = stage_midi_outbox_create(STAGE_MIDI_WAYS_MAX);
	}
	if (self == NULL || self->outbox == NULL) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	atomic_store(&config->wire->is_ending, false);
	status = start(self, err);
	if (status != STAGE_OK) {
		stage_midi_outbox_destroy(self->outbox);
		free(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_midi_threads_destroy(struct stage_midi_threads *self)
{
	if (self == NULL) {
		return;
	}
	atomic_store(&self->config.wire->is_ending, true);
	sem_post(&self->config.wire->work);
	self->config.seq_class->wake(self->config.seq);
	pthread_join(self->sender, NULL);
	pthread_join(self->reader, NULL);
	stage_midi_outbox_destroy(self->outbox);
	free(self);
}

enum stage_status
stage_midi_threads_set_priority(
	struct stage_midi_threads *self, int priority, struct stage_err *err)
{
	const struct sched_param param = {.sched_priority = priority};
	int error = pthread_setschedparam(self->reader, SCHED_FIFO, &param);

	if (error == 0) {
		error = pthread_setschedparam(self->sender, SCHED_FIFO, &param);
	}
	return error == 0 ? STAGE_OK
			  : stage_err_set_errno(err, error,
				    "unable to run at priority %d", priority);
}

bool
stage_midi_threads_is_broken(const struct stage_midi_threads *self)
{
	return atomic_load(&self->is_broken);
}

enum stage_status
stage_midi_threads_add_device(
	struct stage_midi_threads *self, struct stage_midi_way *way)
{
	return stage_midi_outbox_set(self->outbox, way->index, way->rings);
}
