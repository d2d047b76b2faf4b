/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A JACK client NAME with ports in and out for MIDI. Prints a line for each
 * event that comes in, its frame and its bytes ("123456 90 3c 40", of long ones
 * the first 16 and a sum), and does what lines in a named pipe say:
 *
 *   send 90 3c 40     one event
 *   burst COUNT       that many note-ons, as many in a cycle as it holds
 *   sysex BYTES       a dump of that length, as one event when it is at most
 *                     24576 bytes long, else in fragments
 *   connect FROM TO   (with tabs between) and
 *   disconnect FROM TO
 *
 *   jack-midi NAME PIPE
 */

#include <errno.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jack/jack.h>
#include <jack/midiport.h>
#include <jack/ringbuffer.h>
#include <jack/thread.h>

#define RING_BYTES (1U << 22)
#define EVENT_MAX 65536
#define FRAGMENT 24576
#define SHOWN 16

struct head {
	uint32_t frame;
	uint32_t size;
};

struct tool {
	jack_client_t *jack;
	jack_port_t *in, *out;
	jack_ringbuffer_t *heard, *wanted;
	sem_t news;
	uint8_t event[EVENT_MAX]; // of the process callback
};

static void
put(jack_ringbuffer_t *ring, uint32_t frame, const void *bytes, size_t size)
{
	const struct head head = {frame, (uint32_t)size};

	if (jack_ringbuffer_write_space(ring) >= sizeof(head) + size) {
		jack_ringbuffer_write(ring, (const char *)&head, sizeof(head));
		jack_ringbuffer_write(ring, bytes, size);
	}
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
		put(self->heard, start + event.time, event.buffer, event.size);
	}
	if (count > 0) {
		sem_post(&self->news);
	}
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
			sizeof(head) + head.size) {
		jack_midi_data_t *room;
		if (jack_midi_max_event_size(buffer) < head.size) {
			return;
		}
		room = jack_midi_event_reserve(buffer, 0, head.size);
		if (room == NULL) {
			return;
		}
		jack_ringbuffer_read_advance(self->wanted, sizeof(head));
		jack_ringbuffer_read(self->wanted, (char *)room, head.size);
	}
}

static int
process(jack_nframes_t frames, void *arg)
{
	hear(arg, frames);
	speak(arg, frames);
	return 0;
}

static void
send_hex(struct tool *self, char *text)
{
	uint8_t bytes[256];
	size_t count = 0;

	for (char *word = strtok(text, " "); word != NULL && count < 256;
		word = strtok(NULL, " ")) {
		bytes[count++] = (uint8_t)strtoul(word, NULL, 16);
	}
	put(self->wanted, 0, bytes, count);
}

static void
send_burst(struct tool *self, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		const uint8_t note[] = {
			0x90, (uint8_t)(i / 127 % 128), (uint8_t)(1 + i % 127)};
		put(self->wanted, 0, note, sizeof(note));
	}
}

static void
send_sysex(struct tool *self, size_t size)
{
	uint8_t *dump = malloc(size);

	if (dump == NULL || size < 2) {
		free(dump);
		return;
	}
	for (size_t i = 0; i < size; i++) {
		dump[i] = (uint8_t)(i * 7 % 128);
	}
	dump[0] = 0xf0;
	dump[size - 1] = 0xf7;
	for (size_t at = 0; at < size; at += FRAGMENT) {
		size_t part = size - at < FRAGMENT ? size - at : FRAGMENT;
		put(self->wanted, 0, dump + at, part);
	}
	free(dump);
}

static void
obey(struct tool *self, char *line)
{
	char *rest = strchr(line, ' ');

	if (rest == NULL) {
		return;
	}
	*rest++ = '\0';
	if (strcmp(line, "send") == 0) {
		send_hex(self, rest);
	} else if (strcmp(line, "burst") == 0) {
		send_burst(self, strtoul(rest, NULL, 10));
	} else if (strcmp(line, "sysex") == 0) {
		send_sysex(self, strtoul(rest, NULL, 10));
	} else {
		char *to = strchr(rest, '\t');
		if (to != NULL) {
			*to++ = '\0';
			if (line[0] == 'c') {
				jack_connect(self->jack, rest, to);
			} else {
				jack_disconnect(self->jack, rest, to);
			}
		}
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
		printf("%u", head.frame);
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

int
main(int argc, char **argv)
{
	static struct tool self;
	jack_native_thread_t thread;

	if (argc != 3) {
		return 100;
	}
	setenv("JACK_MIDI_PIPE", argv[2], 1);
	sem_init(&self.news, 0, 0);
	self.heard = jack_ringbuffer_create(RING_BYTES);
	self.wanted = jack_ringbuffer_create(RING_BYTES);
	self.jack = jack_client_open(argv[1], JackNoStartServer, NULL);
	if (self.jack == NULL) {
		return 111;
	}
	self.in = jack_port_register(
		self.jack, "in", JACK_DEFAULT_MIDI_TYPE, JackPortIsInput, 0);
	self.out = jack_port_register(
		self.jack, "out", JACK_DEFAULT_MIDI_TYPE, JackPortIsOutput, 0);
	jack_set_process_callback(self.jack, process, &self);
	if (jack_activate(self.jack) != 0 ||
		jack_client_create_thread(
			self.jack, &thread, 0, 0, listen_to_pipe, &self) != 0) {
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
