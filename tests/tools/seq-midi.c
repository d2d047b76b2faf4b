/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A client NAME of the ALSA sequencer with one port, which is never late: it
 * runs at real-time priority with its memory locked, and prints a line
 * for each event that comes in, when and what ("123456 90 3c 40", microseconds
 * of CLOCK_MONOTONIC), "123456 lost" where events were lost after all, and does
 * what lines in a named pipe say:
 *
 *   hear CLIENT:PORT     take what that sends; prints "hears CLIENT:PORT"
 *   play CLIENT:PORT     send there, from now on; prints "plays CLIENT:PORT"
 *   send 90 3c 40        one message
 *   burst COUNT          that many note-ons, as fast as a program of normal
 *                        priority can
 *   notes COUNT GAP      that many, one each GAP microseconds; prints for each
 *                        when it was sent, "out 123456 90 3c 40"
 *   sysex BYTES          a dump of that length, in events of 256 bytes
 *
 * Nobody else may connect the port, unless a number of ports is given, all but
 * the first of which do nothing.
 *
 *   seq-midi NAME PIPE [PORTS]
 */

#define _GNU_SOURCE // what alsa-lib's headers use

#include <alsa/asoundlib.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "midi-notes.h"

#define POOL 2000 // the kernel's most
#define CHUNK 256 // of SysEx, as hardware has it
#define EVENT_MAX 65536
#define EAR_PRIORITY 85 // above jackd's threads and its clients'
#define HAND_PRIORITY 84
#define NS_PER_S 1000000000LL
#define NS_PER_US 1000

struct tool {
	snd_seq_t *seq;
	int port;
	const char *pipe;
	snd_midi_event_t *encoder, *decoder;
	unsigned char bytes[EVENT_MAX]; // of what is heard
};

static long long
now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec * NS_PER_S + now.tv_nsec) / NS_PER_US;
}

static void
print_line(const char *what, long long at_us, const uint8_t *bytes, size_t len)
{
	flockfile(stdout);
	printf("%s%lld", what, at_us);
	for (size_t i = 0; i < len; i++) {
		printf(" %02x", bytes[i]);
	}
	putchar('\n');
	funlockfile(stdout);
}

static void
take(struct tool *self, int result, snd_seq_event_t *event)
{
	long long at_us = now_us();
	long len;

	if (result == -ENOSPC) {
		printf("%lld lost\n", at_us);
		return;
	}
	if (result < 0 || event == NULL) {
		return;
	}
	len = snd_midi_event_decode(
		self->decoder, self->bytes, sizeof(self->bytes), event);
	if (len > 0) {
		print_line("", at_us, self->bytes, (size_t)len);
	}
}

static void *
hear(void *arg)
{
	struct tool *self = arg;

	for (;;) {
		snd_seq_event_t *event = NULL;
		int result = snd_seq_event_input(self->seq, &event);
		if (result == -ENODEV || result == -EBADFD) {
			exit(111);
		}
		take(self, result, event);
		if (snd_seq_event_input_pending(self->seq, 0) <= 0) {
			fflush(stdout);
		}
	}
}

// To whoever has subscribed.
static void
speak(struct tool *self, const uint8_t *bytes, size_t len)
{
	while (len > 0) {
		snd_seq_event_t event;
		long taken;
		snd_seq_ev_clear(&event);
		taken = snd_midi_event_encode(
			self->encoder, bytes, (long)len, &event);
		if (taken <= 0) {
			return;
		}
		bytes += taken;
		len -= (size_t)taken;
		if (event.type != SND_SEQ_EVENT_NONE) {
			snd_seq_ev_set_source(&event, self->port);
			snd_seq_ev_set_subs(&event);
			snd_seq_ev_set_direct(&event);
			snd_seq_event_output_direct(self->seq, &event);
		}
	}
}

// As well as we may; 0 is normal.
static void
hurry(pthread_t thread, int priority)
{
	const struct sched_param param = {.sched_priority = priority};

	pthread_setschedparam(
		thread, priority > 0 ? SCHED_FIFO : SCHED_OTHER, &param);
}

static void
burst(struct tool *self, unsigned long count)
{
	hurry(pthread_self(), 0);
	for (unsigned long i = 0; i < count; i++) {
		uint8_t note[NOTE_BYTES];
		midi_note(i, note);
		speak(self, note, sizeof(note));
	}
	hurry(pthread_self(), HAND_PRIORITY);
}

static void
send_notes(struct tool *self, unsigned long count, long gap_us)
{
	const struct timespec gap = {.tv_sec = gap_us * NS_PER_US / NS_PER_S,
		.tv_nsec = gap_us * NS_PER_US % NS_PER_S};
	const struct itimerspec every = {gap, gap};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

	timerfd_settime(timer, 0, &every, NULL);
	for (unsigned long i = 0; i < count; i++) {
		uint64_t expired;
		uint8_t note[NOTE_BYTES];
		long long at_us;
		if (read(timer, &expired, sizeof(expired)) < 0) {
			break;
		}
		midi_note(i, note);
		at_us = now_us();
		speak(self, note, sizeof(note));
		print_line("out ", at_us, note, sizeof(note));
	}
	close(timer);
}

static void
send_sysex(struct tool *self, size_t size)
{
	uint8_t *dump = midi_dump(size);

	if (dump != NULL) {
		speak(self, dump, size);
	}
	free(dump);
}

static void
subscribe(struct tool *self, const char *verb, const char *where)
{
	int client, port, result;

	if (sscanf(where, "%d:%d", &client, &port) != 2) {
		return;
	}
	result = verb[0] == 'h' ? snd_seq_connect_from(
					  self->seq, self->port, client, port)
				: snd_seq_connect_to(
					  self->seq, self->port, client, port);
	if (result < 0) {
		printf("cannot %s %s: %s\n", verb, where, snd_strerror(result));
	} else {
		printf("%ss %s\n", verb, where);
	}
}

static void
obey(struct tool *self, char *line)
{
	char *rest = strchr(line, ' ');
	uint8_t bytes[HEX_MAX];

	if (rest == NULL) {
		return;
	}
	*rest++ = '\0';
	if (strcmp(line, "send") == 0) {
		size_t len = midi_from_hex(rest, bytes);
		speak(self, bytes, len);
	} else if (strcmp(line, "burst") == 0) {
		burst(self, strtoul(rest, NULL, 10));
	} else if (strcmp(line, "notes") == 0) {
		unsigned long count = strtoul(rest, &rest, 10);
		send_notes(self, count, strtol(rest, NULL, 10));
	} else if (strcmp(line, "sysex") == 0) {
		send_sysex(self, strtoul(rest, NULL, 10));
	} else {
		subscribe(self, line, rest);
	}
	fflush(stdout);
}

static void
listen_to_pipe(struct tool *self)
{
	char line[1024];
	FILE *file = fdopen(open(self->pipe, O_RDWR | O_CLOEXEC), "r");

	while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		obey(self, line);
	}
}

static int
make_ports(struct tool *self, int count)
{
	unsigned may = SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_WRITE;

	may |= count > 0 ? SND_SEQ_PORT_CAP_SUBS_READ |
				   SND_SEQ_PORT_CAP_SUBS_WRITE
			 : SND_SEQ_PORT_CAP_NO_EXPORT;
	for (int i = 0; i == 0 || i < count; i++) {
		char name[32];
		int port;
		snprintf(name, sizeof(name), "port %d", i);
		port = snd_seq_create_simple_port(self->seq, name, may,
			SND_SEQ_PORT_TYPE_MIDI_GENERIC |
				SND_SEQ_PORT_TYPE_APPLICATION);
		if (port < 0) {
			return port;
		}
		self->port = i == 0 ? port : self->port;
	}
	return 0;
}

static int
set_up(struct tool *self, const char *name, int ports)
{
	if (snd_seq_open(&self->seq, "default", SND_SEQ_OPEN_DUPLEX, 0) < 0 ||
		snd_midi_event_new(CHUNK, &self->encoder) < 0 ||
		snd_midi_event_new(CHUNK, &self->decoder) < 0) {
		return -1;
	}
	snd_midi_event_no_status(self->encoder, 1);
	snd_midi_event_no_status(self->decoder, 1);
	snd_seq_set_client_name(self->seq, name);
	snd_seq_set_client_pool_input(self->seq, POOL);
	return make_ports(self, ports);
}

int
main(int argc, char **argv)
{
	static struct tool self;
	pthread_t ear;

	if (argc < 3) {
		return 100;
	}
	self.pipe = argv[2];
	mlockall(MCL_CURRENT | MCL_FUTURE);
	if (set_up(&self, argv[1], argc > 3 ? atoi(argv[3]) : 0) < 0 ||
		pthread_create(&ear, NULL, hear, &self) != 0) {
		return 111;
	}
	hurry(ear, EAR_PRIORITY);
	hurry(pthread_self(), HAND_PRIORITY);
	printf("ready %s\n", argv[1]);
	fflush(stdout);
	listen_to_pipe(&self);
	return 111;
}
