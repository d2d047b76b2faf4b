/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A JACK client NAME with ports in and out for MIDI. Prints a line for each
 * event that comes in, its frame and its bytes ("123456 90 3c 40", of long ones
 * the first 16 and a sum), and does what lines in a named pipe say:
 *
 *   send 90 3c 40     one event
 *   burst COUNT       that many note-ons, as many in a cycle as it holds
 *   notes COUNT GAP   that many, one each GAP frames; prints for each where it
 *                     was put, "out 123456 90 3c 40"
 *   sysex BYTES       a dump of that length, as one event when it is at most
 *                     24576 bytes long, else in fragments
 *   show us           microseconds of CLOCK_MONOTONIC instead of frames
 *   burn PERCENT      computes for that part of each cycle
 *   stall MS          holds up one cycle for so long, idly
 *   connect FROM TO   (with tabs between) and
 *   disconnect FROM TO
 *
 *   jack-midi NAME PIPE
 */

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/ringbuffer.h>
#include <jack/thread.h>

#include "midi-notes.h"

#define RING_BYTES (1U << 22)
#define EVENT_MAX 65536
#define FRAGMENT 24576
#define SHOWN 16
#define LOOK_S 3
#define NOW 0      // a frame: as soon as there is room
#define AHEAD 8192 // frames from a command to the first note
#define PERCENT 100
#define MS_PER_S 1000
#define US_PER_S 1000000
#define NS_PER_MS 1000000
#define NS_PER_US 1000

struct head {
	uint32_t frame;
	uint32_t size;
	int64_t at_us;
	bool is_out;
};

struct tool {
	jack_client_t *jack;
	jack_port_t *in, *out;
	jack_ringbuffer_t *heard, *wanted;
	sem_t news;
	sem_t called;
	bool is_called; // of the process callback
	int timer;
	atomic_int burn_percent, stall_ms;
	atomic_bool shows_us;
	uint8_t event[EVENT_MAX]; // of the process callback
};

/* When a frame of this cycle is. JACK's own conversion goes through its loop,
 * which is off for long after each xrun, and its clock is another one. */
static int64_t
time_of(const struct tool *self, uint32_t offset)
{
	jack_nframes_t rate = jack_get_sample_rate(self->jack);
	int64_t after =
		(int64_t)offset - jack_frames_since_cycle_start(self->jack);
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * US_PER_S + now.tv_nsec / NS_PER_US +
	       after * US_PER_S / (int64_t)rate;
}

static void
put(jack_ringbuffer_t *ring, struct head head, const void *bytes)
{
	if (jack_ringbuffer_write_space(ring) >= sizeof(head) + head.size) {
		jack_ringbuffer_write(ring, (const char *)&head, sizeof(head));
		jack_ringbuffer_write(ring, bytes, head.size);
	}
}

static void
want(struct tool *self, uint32_t frame, const uint8_t *bytes, size_t size)
{
	const struct head head = {.frame = frame, .size = (uint32_t)size};

	put(self->wanted, head, bytes);
}

static void
hear(struct tool *self, jack_nframes_t frames)
{
	void *buffer = jack_port_get_buffer(self->in, frames);
	uint32_t count = jack_midi_get_event_count(buffer);
	uint32_t start = jack_last_frame_time(self->jack);

	for (uint32_t i = 0; i < count; i++) {
		jack_midi_event_t event;
		jack_midi_event_get(&event, buffer, i);
		const struct head head = {.frame = start + event.time,
			.size = (uint32_t)event.size,
			.at_us = time_of(self, event.time)};
		put(self->heard, head, event.buffer);
	}
	if (count > 0) {
		sem_post(&self->news);
	}
}

// Where in this cycle an event is to be put; -1: in a later one.
static int
offset_of(const struct tool *self, const struct head *head, uint32_t frames)
{
	int32_t offset =
		(int32_t)(head->frame - jack_last_frame_time(self->jack));

	if (head->frame == NOW || offset < 0) {
		return 0;
	}
	return offset < (int32_t)frames ? offset : -1;
}

// Returns false when there is no room in this cycle, or it is too early.
static bool
speak_one(struct tool *self, void *buffer, uint32_t frames, struct head head)
{
	int offset = offset_of(self, &head, frames);
	jack_midi_data_t *room = NULL;

	if (offset >= 0 && jack_midi_max_event_size(buffer) >= head.size) {
		room = jack_midi_event_reserve(
			buffer, (uint32_t)offset, head.size);
	}
	if (room == NULL) {
		return false;
	}
	jack_ringbuffer_read_advance(self->wanted, sizeof(head));
	jack_ringbuffer_read(self->wanted, (char *)room, head.size);
	if (head.frame != NOW) {
		head.frame =
			jack_last_frame_time(self->jack) + (uint32_t)offset;
		head.at_us = time_of(self, (uint32_t)offset);
		head.is_out = true;
		put(self->heard, head, room);
		sem_post(&self->news);
	}
	return true;
}

static void
speak(struct tool *self, jack_nframes_t frames)
{
	void *buffer = jack_port_get_buffer(self->out, frames);
	struct head head;

	jack_midi_clear_buffer(buffer);
	while (jack_ringbuffer_peek(self->wanted, (char *)&head,
		       sizeof(head)) == sizeof(head) &&
		jack_ringbuffer_read_space(self->wanted) >=
			sizeof(head) + head.size &&
		speak_one(self, buffer, frames, head)) {
		continue;
	}
}

static void
burn(struct tool *self, jack_nframes_t frames)
{
	uint32_t until = frames * (uint32_t)self->burn_percent / PERCENT;

	while (jack_frames_since_cycle_start(self->jack) < until) {
		continue;
	}
}

static void
stall(struct tool *self, int ms)
{
	const struct itimerspec once = {
		.it_value = {.tv_sec = ms / MS_PER_S,
			.tv_nsec = ms % MS_PER_S * NS_PER_MS}};
	uint64_t expired;

	timerfd_settime(self->timer, 0, &once, NULL);
	if (read(self->timer, &expired, sizeof(expired)) < 0) {
		abort();
	}
}

static int
process(jack_nframes_t frames, void *arg)
{
	struct tool *self = arg;
	int stall_ms = atomic_exchange(&self->stall_ms, 0);

	if (!self->is_called) {
		self->is_called = true;
		sem_post(&self->called);
	}
	hear(self, frames);
	speak(self, frames);
	burn(self, frames);
	if (stall_ms > 0) {
		stall(self, stall_ms);
	}
	return 0;
}

static void
send_notes(struct tool *self, unsigned long count, unsigned long gap)
{
	uint32_t frame = jack_last_frame_time(self->jack) + AHEAD;

	for (unsigned long i = 0; i < count; i++) {
		uint8_t note[NOTE_BYTES];
		midi_note(i, note);
		want(self, frame == NOW ? 1 : frame, note, sizeof(note));
		frame += (uint32_t)gap;
	}
}

static void
send_hex(struct tool *self, char *text)
{
	uint8_t bytes[HEX_MAX];
	size_t count = midi_from_hex(text, bytes);

	want(self, NOW, bytes, count);
}

static void
send_burst(struct tool *self, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		uint8_t note[NOTE_BYTES];
		midi_note(i, note);
		want(self, NOW, note, sizeof(note));
	}
}

static void
send_sysex(struct tool *self, size_t size)
{
	uint8_t *dump = midi_dump(size);

	for (size_t at = 0; dump != NULL && at < size; at += FRAGMENT) {
		size_t part = size - at < FRAGMENT ? size - at : FRAGMENT;
		want(self, NOW, dump + at, part);
	}
	free(dump);
}

static void
relink(struct tool *self, const char *verb, char *from)
{
	char *to = strchr(from, '\t');

	if (to == NULL) {
		return;
	}
	*to++ = '\0';
	if (verb[0] == 'c') {
		jack_connect(self->jack, from, to);
	} else {
		jack_disconnect(self->jack, from, to);
	}
}

static void
obey(struct tool *self, char *line)
{
	char *rest = strchr(line, ' ');
	unsigned long number;

	if (rest == NULL) {
		return;
	}
	*rest++ = '\0';
	number = strtoul(rest, NULL, 10);
	if (strcmp(line, "send") == 0) {
		send_hex(self, rest);
	} else if (strcmp(line, "burst") == 0) {
		send_burst(self, number);
	} else if (strcmp(line, "notes") == 0) {
		rest += strcspn(rest, " ");
		send_notes(self, number, strtoul(rest, NULL, 10));
	} else if (strcmp(line, "sysex") == 0) {
		send_sysex(self, number);
	} else if (strcmp(line, "show") == 0) {
		atomic_store(&self->shows_us, true);
	} else if (strcmp(line, "burn") == 0) {
		atomic_store(&self->burn_percent, (int)number);
	} else if (strcmp(line, "stall") == 0) {
		atomic_store(&self->stall_ms, (int)number);
	} else {
		relink(self, line, rest);
	}
}

static void
print_when(struct tool *self, const struct head *head)
{
	if (head->is_out) {
		printf("out ");
	}
	if (atomic_load(&self->shows_us)) {
		printf("%lld", (long long)head->at_us);
	} else {
		printf("%u", head->frame);
	}
}

static void
print_heard(struct tool *self)
{
	static uint8_t bytes[EVENT_MAX];
	struct head head;

	while (jack_ringbuffer_read_space(self->heard) >= sizeof(head)) {
		jack_ringbuffer_read(self->heard, (char *)&head, sizeof(head));
		jack_ringbuffer_read(self->heard, (char *)bytes, head.size);
		uint32_t sum = 0;
		print_when(self, &head);
		for (uint32_t i = 0; i < head.size; i++) {
			sum = sum * 31 + bytes[i];
			if (i < SHOWN) {
				printf(" %02x", bytes[i]);
			}
		}
		if (head.size > SHOWN) {
			printf(" ... %u bytes, sum %08x", head.size, sum);
		}
		printf("\n");
	}
	fflush(stdout);
}

static void *
listen_to_pipe(void *arg)
{
	struct tool *self = arg;
	char line[1024];
	FILE *file = fdopen(open(getenv("JACK_MIDI_PIPE"), O_RDWR), "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		obey(self, line);
	}
	return NULL;
}

static bool
open_client(struct tool *self, const char *name)
{
	self->jack = jack_client_open(name, JackNoStartServer, NULL);
	if (self->jack == NULL) {
		return false;
	}
	self->in = jack_port_register(
		self->jack, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
	self->out = jack_port_register(
		self->jack, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
	jack_set_process_callback(self->jack, process, self);
	if (jack_activate(self->jack) != 0) {
		jack_client_close(self->jack);
		self->jack = NULL;
	}
	return self->jack != NULL;
}

/* False when JACK calls others but not this client: where clients come and go
 * at that moment JACK2 may forget a new one. */
static bool
await_call(struct tool *self)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LOOK_S;
	while (sem_timedwait(&self->called, &until) != 0) {
		if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

int
main(int argc, char **argv)
{
	static struct tool self;
	jack_native_thread_t thread;

	if (argc != 3) {
		return 100;
	}
	setenv("JACK_MIDI_PIPE", argv[2], 1);
	mlockall(MCL_CURRENT | MCL_FUTURE);
	self.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	sem_init(&self.news, 0, 0);
	self.heard = jack_ringbuffer_create(RING_BYTES);
	self.wanted = jack_ringbuffer_create(RING_BYTES);
	sem_init(&self.called, 0, 0);
	while (open_client(&self, argv[1]) && !await_call(&self)) {
		jack_client_close(self.jack);
	}
	if (self.jack == NULL || jack_client_create_thread(self.jack, &thread,
					 0, 0, listen_to_pipe, &self) != 0) {
		return 111;
	}
	printf("ready %s\n", argv[1]);
	fflush(stdout);
	for (;;) {
		if (sem_wait(&self.news) == 0 || errno == EINTR) {
			print_heard(&self);
		}
	}
}
