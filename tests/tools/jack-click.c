/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Hears clicks: plays a sine of 1 kHz and looks how far apart any two samples
 * are that follow upon each other in what comes back.
 *
 *   jack-click NAME
 *
 * Two clients, so that they are no loop: NAME:in, and NAME-sine:out. Prints
 * "ready NAME". Then, for each USR1, which begins anew, and at its end by TERM,
 * one line of JSON: the largest step, the largest one that a sine as loud as
 * the loudest sample would have had, and a thousandth of that sample, which is
 * -60 dB (`sine` and `allowed`), the loudest of the last period, how many
 * frames and xruns that was, and where the step is: the frame, and from which
 * sample to which. `loudest` and `allowed` are of all since the last line and
 * of the period before, whose sine the first step belongs to; not of what
 * sounded earlier: a click into silence is one, too.
 */

#include <jack/jack.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define HERTZ 1000.0
#define LEVEL 0.5
#define CLICK 1e-3 // -60 dB
#define TWO_PI 6.28318530717958648

struct heard {
	double step; // the largest
	unsigned long step_at;
	double from, to; // it
	double loudest;  // sample
	double now;      // the loudest of the last period
	unsigned long frames;
	unsigned long xruns;
};

static struct {
	jack_client_t *client; // who hears
	jack_client_t *source;
	jack_port_t *out;
	jack_port_t *in;
	double rate_hz;
	unsigned long at;
	double last;         // sample
	struct heard heard;  // of the process callback
	struct heard shared; // guarded
	pthread_mutex_t mutex;
	atomic_bool must_begin;
	atomic_ulong xruns;
} tool = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void
hear(const float *in, jack_nframes_t frames)
{
	struct heard *heard = &tool.heard;

	heard->now = 0;
	for (jack_nframes_t i = 0; i < frames; i++) {
		double sample = (double)in[i];
		if (fabs(sample - tool.last) > heard->step) {
			heard->step = fabs(sample - tool.last);
			heard->step_at = heard->frames + i;
			heard->from = tool.last;
			heard->to = sample;
		}
		heard->now = fmax(heard->now, fabs(sample));
		tool.last = sample;
	}
	heard->loudest = fmax(heard->loudest, heard->now);
	heard->frames += frames;
}

static int
process(jack_nframes_t frames, void *arg)
{
	(void)arg;
	if (atomic_exchange(&tool.must_begin, false)) {
		tool.heard = (struct heard){.loudest = tool.heard.now};
	}
	hear(jack_port_get_buffer(tool.in, frames), frames);
	if (pthread_mutex_trylock(&tool.mutex) == 0) {
		tool.shared = tool.heard;
		pthread_mutex_unlock(&tool.mutex);
	}
	return 0;
}

static int
play(jack_nframes_t frames, void *arg)
{
	float *out = jack_port_get_buffer(tool.out, frames);

	(void)arg;
	for (jack_nframes_t i = 0; i < frames; i++) {
		out[i] =
			(float)(LEVEL * sin(TWO_PI * HERTZ * (double)tool.at++ /
						tool.rate_hz));
	}
	return 0;
}

static int
on_xrun(void *arg)
{
	(void)arg;
	atomic_fetch_add(&tool.xruns, 1);
	return 0;
}

static void
tell(void)
{
	struct heard heard;
	double sine;

	pthread_mutex_lock(&tool.mutex);
	heard = tool.shared;
	pthread_mutex_unlock(&tool.mutex);
	sine = TWO_PI * HERTZ / tool.rate_hz * heard.loudest;
	printf("{\"step\": %.6f, \"sine\": %.6f, \"allowed\": %.6f, "
	       "\"loudest\": %.6f, \"now\": %.6f, \"frames\": %lu, "
	       "\"xruns\": %lu, \"at\": %lu, \"from\": %.6f, "
	       "\"to\": %.6f}\n",
		heard.step, sine, sine + CLICK * heard.loudest, heard.loudest,
		heard.now, heard.frames, atomic_exchange(&tool.xruns, 0),
		heard.step_at, heard.from, heard.to);
	fflush(stdout);
	atomic_store(&tool.must_begin, true);
}

static bool
start(const char *name)
{
	char source[64];

	snprintf(source, sizeof(source), "%s-sine", name);
	tool.client = jack_client_open(name, JackNoStartServer, NULL);
	tool.source = jack_client_open(source, JackNoStartServer, NULL);
	if (tool.client == NULL || tool.source == NULL) {
		return false;
	}
	tool.rate_hz = (double)jack_get_sample_rate(tool.client);
	tool.out = jack_port_register(tool.source, "out",
		JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
	tool.in = jack_port_register(
		tool.client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	jack_set_process_callback(tool.client, process, NULL);
	jack_set_process_callback(tool.source, play, NULL);
	jack_set_xrun_callback(tool.client, on_xrun, NULL);
	return tool.out != NULL && tool.in != NULL &&
	       jack_activate(tool.source) == 0 &&
	       jack_activate(tool.client) == 0;
}

int
main(int argc, char **argv)
{
	sigset_t signals;
	int signum = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: jack-click NAME\n");
		return 100;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	if (!start(argv[1])) {
		return 111;
	}
	printf("ready %s\n", argv[1]);
	fflush(stdout);
	while (signum != SIGTERM && sigwait(&signals, &signum) == 0) {
		tell();
	}
	jack_client_close(tool.source);
	jack_client_close(tool.client);
	return 0;
}
