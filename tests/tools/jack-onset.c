/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Says when what a port plays changes: prints a line "NANOSECONDS VALUE" for
 * each frame that is not what the frame before it was, to a thousandth: when it
 * was there to be heard, by the monotonic clock; and before these one line of
 * what it plays at first. For sources that play one value each, which add up.
 *
 *   jack-onset PORT
 *
 * It reads the buffer of the port itself, whoever feeds it: JACK2 shares these
 * with everybody. So nothing is to be connected, and nothing of it is measured;
 * whom the server calls after this client is seen a period late, never early.
 * Ends by TERM. Exits with 111 when there is no server, 1 when it has no such
 * port, 2 when more changed than could be written.
 */

#include <jack/jack.h>
#include <math.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/clock.h"

#define ROOM 1024 // changes that are not written yet
#define LEAST 1e-3F

struct change {
	int64_t time_ns;
	float value;
};

static struct {
	jack_client_t *client;
	jack_port_t *port;
	float last;
	bool has_last;
	struct change changes[ROOM];
	atomic_uint put;
	atomic_uint got;
	atomic_bool is_full;
	sem_t news;
} tool;

static void
on_signal(int signum)
{
	(void)signum;
	sem_post(&tool.news);
}

static void
note(float value)
{
	unsigned put = atomic_load(&tool.put);

	if (put - atomic_load(&tool.got) == ROOM) {
		atomic_store(&tool.is_full, true);
		return;
	}
	tool.changes[put % ROOM] = (struct change){stage_clock_now_ns(), value};
	atomic_store(&tool.put, put + 1);
	sem_post(&tool.news);
}

static int
process(jack_nframes_t frames, void *arg)
{
	const float *in = jack_port_get_buffer(tool.port, frames);

	(void)arg;
	for (jack_nframes_t i = 0; i < frames; i++) {
		if (!tool.has_last || fabsf(in[i] - tool.last) > LEAST) {
			tool.has_last = true;
			tool.last = in[i];
			note(in[i]);
		}
	}
	return 0;
}

static bool
write_one(void)
{
	unsigned got = atomic_load(&tool.got);

	if (got == atomic_load(&tool.put)) {
		return false;
	}
	printf("%lld %.4f\n", (long long)tool.changes[got % ROOM].time_ns,
		(double)tool.changes[got % ROOM].value);
	fflush(stdout);
	atomic_store(&tool.got, got + 1);
	return true;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: jack-onset PORT\n");
		return 100;
	}
	tool.client = jack_client_open("onset", JackNoStartServer, NULL);
	if (tool.client == NULL) {
		return 111;
	}
	tool.port = jack_port_by_name(tool.client, argv[1]);
	if (tool.port == NULL) {
		return 1;
	}
	sem_init(&tool.news, 0, 0);
	signal(SIGTERM, on_signal);
	jack_set_process_callback(tool.client, process, NULL);
	if (jack_activate(tool.client) != 0) {
		return 111;
	}
	do {
		while (sem_wait(&tool.news) != 0) {
		}
	} while (write_one());
	jack_client_close(tool.client);
	return atomic_load(&tool.is_full) ? 2 : 0;
}
