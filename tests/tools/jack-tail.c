/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Rings an effect and says what it makes of that, sample for sample: sends a
 * CHUNK of noise to the port TO every BEAT frames, and prints a line with a
 * hash of each CHUNK frames that come from FROM, beginning with the first one
 * that is not silence. The noise begins half a BEAT after both ports are
 * connected, when nothing fades in any more. Ends after COUNT chunks, 0:
 * never, or by SIGTERM. Two runs of the same effect print the same lines,
 * unless something was lost or came in between.
 *
 *   jack-tail TO FROM COUNT
 *
 * Exits with 111 when there is no server, or it goes; 1 when a port
 * is not there.
 */

#include <jack/jack.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 4096
#define BEAT (10 * CHUNK)
#define CHUNKS_MAX 65536
#define NOISE_TIMES 1664525 // Numerical Recipes, 7.1: "quick and dirty"
#define NOISE_PLUS 1013904223
#define FNV_START 0xcbf29ce484222325U
#define FNV_TIMES 0x100000001b3U

struct tail {
	jack_port_t *in, *out;
	uint64_t sent; // frames, since it is connected
	uint32_t noise;
	uint64_t heard; // frames, from the first sound on
	uint64_t hash;
	uint64_t hashes[CHUNKS_MAX];
	_Atomic uint32_t count; // of hashes
	_Atomic bool is_connected;
	_Atomic bool has_ended;
	_Atomic bool is_told; // to end
	sem_t news;
};

static void
hear(struct tail *self, float sample)
{
	unsigned char bytes[sizeof(sample)];
	uint32_t count = atomic_load(&self->count);

	if (self->heard == 0 && sample == 0) {
		return;
	}
	memcpy(bytes, &sample, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		self->hash = (self->hash ^ bytes[i]) * FNV_TIMES;
	}
	if (++self->heard % CHUNK == 0 && count < CHUNKS_MAX) {
		self->hashes[count] = self->hash;
		self->hash = FNV_START;
		atomic_store(&self->count, count + 1);
		sem_post(&self->news);
	}
}

/** The next sample of all that is sent. */
static float
next(struct tail *self)
{
	uint64_t place = self->sent++ % BEAT;

	if (place < BEAT / 2 || place >= BEAT / 2 + CHUNK) {
		self->noise = 1; // the same again
		return 0;
	}
	self->noise = self->noise * NOISE_TIMES + NOISE_PLUS;
	return (float)((double)self->noise / UINT32_MAX - 0.5);
}

static int
process(jack_nframes_t frames, void *arg)
{
	struct tail *self = arg;
	const float *in = jack_port_get_buffer(self->in, frames);
	float *out = jack_port_get_buffer(self->out, frames);
	bool is_connected = atomic_load(&self->is_connected);

	for (jack_nframes_t i = 0; i < frames; i++) {
		out[i] = is_connected ? next(self) : 0;
		hear(self, in[i]);
	}
	return 0;
}

static void
on_shutdown(void *arg)
{
	struct tail *self = arg;

	atomic_store(&self->has_ended, true);
	sem_post(&self->news);
}

static struct tail *signalled; // for the handler

static void
on_signal(int signum)
{
	(void)signum;
	atomic_store(&signalled->is_told, true);
	sem_post(&signalled->news);
}

static int
print(struct tail *self, unsigned long count)
{
	for (unsigned long i = 0; count == 0 || i < count; i++) {
		while (atomic_load(&self->count) <= i) {
			if (atomic_load(&self->has_ended)) {
				return 111;
			}
			if (atomic_load(&self->is_told)) {
				return 0;
			}
			sem_wait(&self->news);
		}
		printf("%016llx\n", (unsigned long long)self->hashes[i]);
		fflush(stdout);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	static struct tail tail = {.hash = FNV_START};
	jack_client_t *client =
		jack_client_open("tail", JackNoStartServer, NULL);
	int code = 1;

	if (argc != 4) {
		return 100;
	}
	if (client == NULL) {
		return 111;
	}
	sem_init(&tail.news, 0, 0);
	signalled = &tail;
	signal(SIGTERM, on_signal);
	tail.in = jack_port_register(
		client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	tail.out = jack_port_register(
		client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
	jack_set_process_callback(client, process, &tail);
	jack_on_shutdown(client, on_shutdown, &tail);
	if (tail.in != NULL && tail.out != NULL && jack_activate(client) == 0 &&
		jack_connect(client, argv[2], "tail:in") == 0 &&
		jack_connect(client, "tail:out", argv[1]) == 0) {
		atomic_store(&tail.is_connected, true);
		code = print(&tail, strtoul(argv[3], NULL, 10));
	}
	jack_client_close(client);
	return code;
}
