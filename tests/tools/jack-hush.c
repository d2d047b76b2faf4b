/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Hears when a connection falls silent: plays a level at NAME-source:out, and
 * says whenever sound begins or ends at NAME:in, with the time of the monotonic
 * clock when the cycle ran, in nanoseconds:
 *
 *   sound 123456789
 *   silence 123456999
 *
 *   jack-hush NAME
 *
 * Two clients, so that they are no loop. Ends with the server, or by a signal.
 */

#include <jack/jack.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LEVEL 0.5F
#define QUIET 1e-4F
#define EVENTS 1024
#define NS_PER_S INT64_C(1000000000)

static struct {
	jack_port_t *out;
	jack_port_t *in;
	struct {
		bool is_sound;
		int64_t at_ns;
	} events[EVENTS];
	_Atomic unsigned count;
	bool is_sound;
	sem_t news;
	atomic_bool has_gone;
} ear;

static int64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static int
play(jack_nframes_t frames, void *arg)
{
	float *out = jack_port_get_buffer(ear.out, frames);

	(void)arg;
	for (jack_nframes_t i = 0; i < frames; i++) {
		out[i] = LEVEL;
	}
	return 0;
}

static int
hear(jack_nframes_t frames, void *arg)
{
	const float *in = jack_port_get_buffer(ear.in, frames);
	unsigned at = atomic_load(&ear.count);
	bool is_sound = false;

	(void)arg;
	for (jack_nframes_t i = 0; i < frames && !is_sound; i++) {
		is_sound = in[i] > QUIET || in[i] < -QUIET;
	}
	if (is_sound != ear.is_sound && at < EVENTS) {
		ear.is_sound = is_sound;
		ear.events[at].is_sound = is_sound;
		ear.events[at].at_ns = now_ns();
		atomic_store(&ear.count, at + 1);
		sem_post(&ear.news);
	}
	return 0;
}

static void
on_shutdown(void *arg)
{
	(void)arg;
	atomic_store(&ear.has_gone, true);
	sem_post(&ear.news);
}

static jack_client_t *
open_client(const char *name, const char *port, unsigned long flags,
	JackProcessCallback process, jack_port_t **out)
{
	jack_client_t *client = jack_client_open(name, JackNoStartServer, NULL);

	if (client == NULL) {
		fprintf(stderr, "jack-hush: error: no server\n");
		exit(111);
	}
	*out = jack_port_register(
		client, port, JACK_DEFAULT_AUDIO_TYPE, flags, 0);
	jack_set_process_callback(client, process, NULL);
	jack_on_shutdown(client, on_shutdown, NULL);
	if (*out == NULL || jack_activate(client) != 0) {
		fprintf(stderr, "jack-hush: error: unable to play\n");
		exit(111);
	}
	return client;
}

int
main(int argc, char **argv)
{
	char source[64];
	unsigned told = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: jack-hush NAME\n");
		return 100;
	}
	snprintf(source, sizeof(source), "%s-source", argv[1]);
	sem_init(&ear.news, 0, 0);
	open_client(source, "out", JackPortIsOutput, play, &ear.out);
	open_client(argv[1], "in", JackPortIsInput, hear, &ear.in);
	printf("ready\n");
	fflush(stdout);
	while (!atomic_load(&ear.has_gone)) {
		sem_wait(&ear.news);
		for (; told < atomic_load(&ear.count); told++) {
			printf("%s %lld\n",
				ear.events[told].is_sound ? "sound" : "silence",
				(long long)ear.events[told].at_ns);
			fflush(stdout);
		}
	}
	return 111;
}
