/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Hears whether every sample of a path arrives: plays numbers that count up and
 * looks whether they come back so.
 *
 *   jack-exact NAME
 *
 * Ports NAME:out and NAME:in; whoever calls it connects them by the path that
 * is to be heard. On USR1 and at its end by TERM it prints one line of JSON:
 * the frames that were heard since the first one arrived, the breaks among
 * them (a number that does not follow the one before), and the xruns since.
 */

#include <jack/jack.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#define NUMBERS (1U << 22) // each exact in a float, and none of them 0
#define SCALE (1.0F / (float)(1U << 23))

static struct {
	jack_port_t *out;
	jack_port_t *in;
	unsigned next; // to be played
	unsigned last; // heard; 0: nothing yet
	atomic_ulong frames;
	atomic_ulong breaks;
	atomic_ulong xruns;
	atomic_bool is_heard;
} tool;

static void
hear(float sample)
{
	unsigned number = (unsigned)(sample / SCALE);

	if (tool.last == 0 && number == 0) {
		return; // the path is not there yet
	}
	if (tool.last != 0 && number != tool.last % NUMBERS + 1) {
		atomic_fetch_add(&tool.breaks, 1);
	}
	tool.last = number == 0 ? tool.last % NUMBERS + 1 : number;
	atomic_store(&tool.is_heard, true);
	atomic_fetch_add(&tool.frames, 1);
}

static int
process(jack_nframes_t frames, void *arg)
{
	float *out = jack_port_get_buffer(tool.out, frames);
	const float *in = jack_port_get_buffer(tool.in, frames);

	(void)arg;
	for (jack_nframes_t i = 0; i < frames; i++) {
		hear(in[i]);
		tool.next = tool.next % NUMBERS + 1;
		out[i] = (float)tool.next * SCALE;
	}
	return 0;
}

static int
on_xrun(void *arg)
{
	(void)arg;
	if (atomic_load(&tool.is_heard)) {
		atomic_fetch_add(&tool.xruns, 1);
	}
	return 0;
}

static void
tell(void)
{
	printf("{\"frames\": %lu, \"breaks\": %lu, \"xruns\": %lu}\n",
		atomic_load(&tool.frames), atomic_load(&tool.breaks),
		atomic_load(&tool.xruns));
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	jack_client_t *client;
	sigset_t signals;
	int signum = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: jack-exact NAME\n");
		return 100;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	client = jack_client_open(argv[1], JackNoStartServer, NULL);
	if (client == NULL) {
		return 111;
	}
	tool.out = jack_port_register(
		client, "out", JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
	tool.in = jack_port_register(
		client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	jack_set_process_callback(client, process, NULL);
	jack_set_xrun_callback(client, on_xrun, NULL);
	if (tool.out == NULL || tool.in == NULL || jack_activate(client) != 0) {
		return 111;
	}
	while (signum != SIGTERM && sigwait(&signals, &signum) == 0) {
		tell();
	}
	jack_client_close(client);
	return 0;
}
