/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Hears whether sound flows: listens to whatever is connected to an input port
 * (system:playback_1 and _2 unless others are given; an output port is listened
 * to itself) and exits 0 as soon as a peak is above the threshold, 1 when the
 * time is over, 111 when JACK is not there.
 *
 *   jack-listen [-t SECONDS] [-p PEAK] [-s SERVER] [PORT]...
 *     -t SECONDS    how long to listen at most (default 5)
 *     -p PEAK       threshold, 0 to 1 (default 0.001)
 *     -q            wait for silence instead: 0 when every peak in one whole
 *                   second is below the threshold
 *
 * Prints one line of JSON: the highest peak, and the seconds from the start
 * until it was decided. Connections that come later are followed. A server that
 * goes while it listens is waited for.
 */

#include <getopt.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include <jack/jack.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/num.h"
#include "jack/client.h"

#define TARGETS_MAX 16
#define QUIET_NS STAGE_NS_PER_S

struct tool {
	uv_loop_t *loop;
	uv_timer_t deadline;
	uv_async_t heard;  // the process callback decided
	uv_async_t rewire; // the graph has changed
	struct stage_jack_client *client;
	jack_client_t *jack; // set by setup, NULL when lost
	jack_port_t *in;
	const char *targets[TARGETS_MAX];
	size_t target_count;
	float threshold;
	bool wants_silence;
	bool was_open;
	_Atomic float peak; // the highest so far
	atomic_bool is_decided;
	_Atomic int64_t loud_ns; // when it was last loud (or began)
	int64_t started_ns;
	int64_t decided_ns;
	int code;
};

static int
process(jack_nframes_t frames, void *arg)
{
	struct tool *self = arg;
	const float *in = jack_port_get_buffer(self->in, frames);
	float peak = 0.0F;
	int64_t now_ns = stage_clock_now_ns();
	bool is_loud;

	if (in == NULL) { // a server that begins anew calls before it has ports
		return 0;
	}
	for (jack_nframes_t i = 0; i < frames; i++) {
		peak = fmaxf(peak, fabsf(in[i]));
	}
	is_loud = peak > self->threshold;
	if (peak > self->peak) {
		self->peak = peak;
	}
	if (is_loud || self->loud_ns == 0) {
		self->loud_ns = now_ns;
	}
	if (self->wants_silence ? now_ns - self->loud_ns >= QUIET_NS
				: is_loud) {
		if (!atomic_exchange(&self->is_decided, true)) {
			uv_async_send(&self->heard);
		}
	}
	return 0;
}

static void
on_graph(jack_port_id_t a, jack_port_id_t b, int is_connected, void *arg)
{
	struct tool *self = arg;

	(void)a;
	(void)b;
	(void)is_connected;
	uv_async_send(&self->rewire);
}

static enum stage_status
setup(void *user, jack_client_t *client, struct stage_err *err)
{
	struct tool *self = user;

	self->in = jack_port_register(
		client, "in", JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
	if (self->in == NULL) {
		return stage_err_set(err, STAGE_GONE, "no port could be had");
	}
	self->jack = client;
	jack_set_process_callback(client, process, self);
	jack_set_port_connect_callback(client, on_graph, self);
	return STAGE_OK;
}

static void
listen_to(struct tool *self, const char *source)
{
	if (!jack_port_connected_to(self->in, source)) {
		jack_connect(self->jack, source, jack_port_name(self->in));
	}
}

static void
listen_to_target(struct tool *self, const char *name)
{
	jack_port_t *port = jack_port_by_name(self->jack, name);
	const char **sources;

	if (port == NULL) {
		return;
	}
	if ((jack_port_flags(port) & JackPortIsOutput) != 0) {
		listen_to(self, name);
		return;
	}
	sources = jack_port_get_all_connections(self->jack, port);
	for (size_t i = 0; sources != NULL && sources[i] != NULL; i++) {
		listen_to(self, sources[i]);
	}
	jack_free(sources);
}

static void
wire(struct tool *self)
{
	for (size_t i = 0; i < self->target_count && self->jack != NULL; i++) {
		listen_to_target(self, self->targets[i]);
	}
}

static void
on_rewire(uv_async_t *async)
{
	wire(async->data);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct tool *self = user;

	(void)info;
	self->was_open = true;
	wire(self);
}

static void
on_lost(void *user, const char *reason)
{
	struct tool *self = user;

	(void)reason;
	self->jack = NULL;
}

static void
on_port(void *user, const struct stage_jack_port *port)
{
	(void)port;
	wire(user);
}

static void
finish(struct tool *self, int code)
{
	self->code = code;
	self->decided_ns = stage_clock_now_ns();
	stage_jack_client_destroy(self->client);
	uv_close((uv_handle_t *)&self->deadline, NULL);
	uv_close((uv_handle_t *)&self->heard, NULL);
	uv_close((uv_handle_t *)&self->rewire, NULL);
}

static void
on_heard(uv_async_t *async)
{
	finish(async->data, STAGE_EXIT_OK);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct tool *self = timer->data;

	finish(self, self->was_open ? STAGE_EXIT_NO : STAGE_EXIT_TEMPORARY);
}

static bool
read_options(int argc, char **argv, struct tool *self, const char **server,
	int64_t *time_ns)
{
	static const char *const playback[] = {
		"system:playback_1", "system:playback_2"};
	bool is_good = true;

	for (int c = getopt(argc, argv, "t:p:s:q"); c != -1;
		c = getopt(argc, argv, "t:p:s:q")) {
		if (c == 't') {
			is_good &= stage_num_parse_duration(
					   optarg, time_ns, NULL) == STAGE_OK;
		} else if (c == 'p') {
			self->threshold = strtof(optarg, NULL);
		} else if (c == 's') {
			*server = optarg;
		} else if (c == 'q') {
			self->wants_silence = true;
		} else {
			is_good = false;
		}
	}
	for (; optind < argc && self->target_count < TARGETS_MAX; optind++) {
		self->targets[self->target_count] = argv[optind];
		self->target_count++;
	}
	if (self->target_count == 0) {
		memcpy(self->targets, playback, sizeof(playback));
		self->target_count = STAGE_COUNT_OF(playback);
	}
	return is_good && optind == argc;
}

int
main(int argc, char **argv)
{
	static const struct stage_jack_client_ops ops = {
		.opened = on_opened,
		.lost = on_lost,
		.port_appeared = on_port,
		.setup = setup,
	};
	struct stage_jack_client_config config = {
		.name = "jack-listen", .may_rename = true};
	struct tool self = {.loop = uv_default_loop(), .threshold = 0.001F};
	int64_t time_ns = 5 * STAGE_NS_PER_S;
	struct stage_err err = STAGE_ERR_INIT;

	if (!read_options(argc, argv, &self, &config.server, &time_ns)) {
		fprintf(stderr, "usage: jack-listen [-t SECONDS] [-p PEAK] "
				"[-s SERVER] [-q] [PORT]...\n");
		return STAGE_EXIT_PERMANENT;
	}
	self.started_ns = stage_clock_now_ns();
	uv_timer_init(self.loop, &self.deadline);
	uv_async_init(self.loop, &self.heard, on_heard);
	uv_async_init(self.loop, &self.rewire, on_rewire);
	self.deadline.data = self.heard.data = self.rewire.data = &self;
	if (stage_jack_client_create(self.loop, &config, &ops, &self,
		    &self.client, &err) != STAGE_OK) {
		fprintf(stderr, "jack-listen: error: %s\n", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	uv_timer_start(&self.deadline, on_deadline,
		(uint64_t)(time_ns / STAGE_NS_PER_MS), 0);
	uv_run(self.loop, UV_RUN_DEFAULT);
	printf("{\"peak\":%.6f,\"seconds\":%.3f,\"heard\":%s}\n",
		(double)self.peak,
		(double)(self.decided_ns - self.started_ns) / STAGE_NS_PER_S,
		self.code == STAGE_EXIT_OK && !self.wants_silence ? "true"
								  : "false");
	return self.code;
}
