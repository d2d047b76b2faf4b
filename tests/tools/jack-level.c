/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Says what samples come out of ports: listens to each PORT for FRAMES frames,
 * all from the same one on, and prints a line of JSON for each: the lowest and
 * the highest sample, the largest step from one to the next, and how many were
 * no numbers, and the longest time in milliseconds from one cycle with sound to
 * the next, from where it began to where it ended. Exits with 111 when there is
 * no server, or it goes meanwhile; 1 when a port is not there; 112 when JACK
 * calls everybody but this client: where clients come and go at that moment
 * JACK2 may forget a new one.
 *
 *   jack-level FRAMES PORT...
 *
 * What a rack begins to play to whom it is connected to fades in: that tenth of
 * a second is not listened to.
 *
 * With -w LEVEL it waits, for a minute at most, until the last sample of all
 * ports is that, to a ten thousandth, and listens from the next cycle on; exits
 * with 1 when that never comes.
 */

#include <getopt.h>
#include <jack/jack.h>
#include <math.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define PORTS_MAX 16
#define WAIT_S 60
#define LOOK_S 3
#define FORGOTTEN 112
#define NEAR 1e-4F
#define SETTLE_S 0.1

static struct {
	jack_port_t *ports[PORTS_MAX];
	size_t count;
	float lowest[PORTS_MAX];
	float highest[PORTS_MAX];
	float step[PORTS_MAX];
	float last[PORTS_MAX];
	unsigned bad[PORTS_MAX];
	int64_t sound_ns[PORTS_MAX]; // the last cycle with some; 0: none yet
	int64_t gap_ns[PORTS_MAX];
	_Atomic long left; // frames to listen to
	long settles;      // frames before that
	long heard;
	float wanted;       // NaN: none
	_Atomic float seen; // the last sample of the first port
	_Atomic unsigned cycles;
	_Atomic bool has_gone;
	sem_t done;
} tool = {.wanted = NAN};

static bool
is_awaited(jack_nframes_t frames)
{
	for (size_t i = 0; i < tool.count; i++) {
		const float *in = jack_port_get_buffer(tool.ports[i], frames);
		if (!(fabsf(in[frames - 1] - tool.wanted) < NEAR)) {
			return true;
		}
	}
	return false;
}

static void
listen_to(size_t at, const float *in, jack_nframes_t frames)
{
	for (jack_nframes_t i = 0; i < frames; i++) {
		bool is_first = tool.heard == 0 && i == 0;
		if (!isfinite(in[i])) {
			tool.bad[at]++;
			continue;
		}
		if (is_first || in[i] < tool.lowest[at]) {
			tool.lowest[at] = in[i];
		}
		if (is_first || in[i] > tool.highest[at]) {
			tool.highest[at] = in[i];
		}
		if (!is_first && fabsf(in[i] - tool.last[at]) > tool.step[at]) {
			tool.step[at] = fabsf(in[i] - tool.last[at]);
		}
		tool.last[at] = in[i];
	}
}

static void
look_for_gap(size_t at, const float *in, jack_nframes_t frames)
{
	int64_t now_ns = stage_clock_now_ns();

	if (fabsf(in[frames - 1]) < NEAR) {
		return;
	}
	if (tool.sound_ns[at] > 0 &&
		now_ns - tool.sound_ns[at] > tool.gap_ns[at]) {
		tool.gap_ns[at] = now_ns - tool.sound_ns[at];
	}
	tool.sound_ns[at] = now_ns;
}

static int
on_process(jack_nframes_t frames, void *arg)
{
	long left = atomic_load(&tool.left);

	(void)arg;
	atomic_fetch_add(&tool.cycles, 1);
	atomic_store(&tool.seen, ((const float *)jack_port_get_buffer(
					 tool.ports[0], frames))[frames - 1]);
	if (left <= 0) {
		return 0;
	}
	if (tool.settles > 0) {
		tool.settles -= (long)frames;
		return 0;
	}
	if (!isnan(tool.wanted)) {
		if (!is_awaited(frames)) {
			tool.wanted = NAN; // a fade ended in this cycle
		}
		return 0;
	}
	for (size_t i = 0; i < tool.count; i++) {
		const float *in = jack_port_get_buffer(tool.ports[i], frames);
		listen_to(i, in, frames);
		look_for_gap(i, in, frames);
	}
	tool.heard += frames;
	atomic_store(&tool.left, left - (long)frames);
	if (left <= (long)frames) {
		sem_post(&tool.done);
	}
	return 0;
}

static void
on_shutdown(void *arg)
{
	(void)arg;
	atomic_store(&tool.has_gone, true);
	sem_post(&tool.done);
}

// False when it takes longer.
static bool
await_done(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LOOK_S;
	return sem_timedwait(&tool.done, &until) == 0;
}

static int
listen_now(jack_client_t *client, char **names, long frames)
{
	for (size_t i = 0; i < tool.count; i++) {
		if (jack_connect(client, names[i],
			    jack_port_name(tool.ports[i])) != 0) {
			fprintf(stderr, "no port %s\n", names[i]);
			return 1;
		}
	}
	atomic_store(&tool.left, frames);
	for (int i = 0; i < WAIT_S / LOOK_S; i++) {
		unsigned before = atomic_load(&tool.cycles);
		if (await_done()) {
			return atomic_load(&tool.has_gone) ? 111 : 0;
		}
		if (atomic_load(&tool.cycles) == before) {
			return FORGOTTEN;
		}
	}
	fprintf(stderr, "it is %g after %u cycles, not what is waited for\n",
		(double)atomic_load(&tool.seen), atomic_load(&tool.cycles));
	return 1;
}

int
main(int argc, char **argv)
{
	char own[32];
	jack_client_t *client;
	int result;
	int option;

	while ((option = getopt(argc, argv, "+w:")) == 'w') {
		tool.wanted = strtof(optarg, NULL);
	}
	if (option != -1 || argc - optind < 2 ||
		argc - optind > PORTS_MAX + 1) {
		return 100;
	}
	sem_init(&tool.done, 0, 0);
	// A name of its own: the one before may not be forgotten yet.
	snprintf(own, sizeof(own), "level-%ld", (long)getpid());
	client = jack_client_open(own, JackNoStartServer, NULL);
	if (client == NULL) {
		return 111;
	}
	tool.count = (size_t)(argc - optind - 1);
	tool.settles = (long)(SETTLE_S * jack_get_sample_rate(client));
	for (size_t i = 0; i < tool.count; i++) {
		char name[32];
		snprintf(name, sizeof(name), "in_%zu", i + 1);
		tool.ports[i] = jack_port_register(client, name,
			JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	}
	jack_set_process_callback(client, on_process, NULL);
	jack_on_shutdown(client, on_shutdown, NULL);
	if (jack_activate(client) != 0) {
		return 111;
	}
	result = listen_now(
		client, argv + optind + 1, strtol(argv[optind], NULL, 10));
	for (size_t i = 0; result == 0 && i < tool.count; i++) {
		printf("{\"lowest\": %.9g, \"highest\": %.9g, \"step\": %.9g, "
		       "\"bad\": %u, \"gap_ms\": %.1f}\n",
			(double)tool.lowest[i], (double)tool.highest[i],
			(double)tool.step[i], tool.bad[i],
			(double)tool.gap_ns[i] / 1e6);
	}
	fflush(stdout);
	if (!atomic_load(&tool.has_gone) && result != FORGOTTEN) {
		jack_client_close(client);
	}
	return result;
}
