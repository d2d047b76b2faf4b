/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A minimal JACK client with ports in_1, in_2, out_1, out_2 that passes audio
 * through, for benches and kill tests.
 *
 *   jack-client [OPTION]... NAME
 *     -a PORT       connect PORT to in_1 once active; may be given twice (in_2)
 *     -b PORT       connect out_1 to PORT; may be given twice (out_2)
 *     -t            sound a quiet tone instead of passing the input through
 *     -w SECONDS    wait that long at most for the server and for the ports to
 *                   connect to (default 0)
 *     -s SERVER     server name
 *
 * Prints "ready NAME" when it is active and connected, "lost" when the server
 * goes. Exits 0 on TERM or INT, 111 when the server is not there or has gone.
 * It waits for a server by looking for its socket's creation, never by time.
 */

#define _GNU_SOURCE // asprintf

#include <errno.h>
#include <getopt.h>
#include <jack/jack.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/num.h"
#include "jack/clean.h"
#include "jack/names.h"
#include "jack/watch.h"

#define CHANNELS 2
#define TONE_LEVEL 0.25F
#define TONE_FRAMES 96 // half a wave
#define STEP_MS 20     // between attempts while the socket is there

struct tool {
	jack_client_t *client;
	jack_port_t *in[CHANNELS];
	jack_port_t *out[CHANNELS];
	bool has_tone;
	jack_nframes_t at; // frames since the wave began
	int lost_fd;       // written when the server goes
	int graph_fds[2];  // written when a port appears
};

struct options {
	const char *name;
	const char *server;
	const char *from[CHANNELS];
	const char *to[CHANNELS];
	size_t from_count;
	size_t to_count;
	bool has_tone;
	int64_t wait_ns;
};

static int
process(jack_nframes_t frames, void *arg)
{
	struct tool *self = arg;

	for (int i = 0; i < CHANNELS; i++) {
		float *out = jack_port_get_buffer(self->out[i], frames);
		const float *in = jack_port_get_buffer(self->in[i], frames);
		for (jack_nframes_t f = 0; f < frames; f++) {
			bool is_up = (self->at + f) / TONE_FRAMES % 2 == 0;
			float tone = is_up ? TONE_LEVEL : -TONE_LEVEL;
			out[f] = self->has_tone ? tone : in[f];
		}
	}
	self->at = (self->at + frames) % (2 * TONE_FRAMES);
	return 0;
}

static void
on_shutdown(void *arg)
{
	struct tool *self = arg;

	if (write(self->lost_fd, "x", 1) != 1) {
		_exit(STAGE_EXIT_TEMPORARY);
	}
}

static void
be_quiet(const char *message)
{
	(void)message;
}

static jack_client_t *
try_open(const struct options *options)
{
	return jack_client_open(options->name,
		JackNoStartServer | JackServerName, NULL, options->server);
}

// Waits for a change among the sockets, a little at most once one is there: a
// server's socket exists a moment before it answers.
static void
wait_for_sign(int inotify_fd, int64_t deadline_ns)
{
	struct pollfd poll_fd = {.fd = inotify_fd, .events = POLLIN};
	int left_ms = stage_clock_until_ms(deadline_ns);
	char buffer[4096];

	if (left_ms > STEP_MS) {
		left_ms = STEP_MS;
	}
	if (poll(&poll_fd, 1, left_ms) > 0 &&
		read(inotify_fd, buffer, sizeof(buffer)) < 0) {
		perror("jack-client: read");
	}
}

static jack_client_t *
open_client(const struct options *options)
{
	int64_t deadline_ns = stage_clock_now_ns() + options->wait_ns;
	struct stage_jack_watch watches[STAGE_JACK_WATCH_MAX];
	size_t count = stage_jack_watch_list(
		STAGE_JACK_SHM_DIR, options->server, getuid(), watches);
	int inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	jack_client_t *client;

	for (size_t i = 0; i < count; i++) {
		inotify_add_watch(inotify_fd, watches[i].dir, IN_CREATE);
	}
	client = try_open(options);
	while (client == NULL && stage_clock_until_ms(deadline_ns) > 0) {
		wait_for_sign(inotify_fd, deadline_ns);
		client = try_open(options);
	}
	close(inotify_fd);
	return client;
}

static bool
register_ports(struct tool *self)
{
	for (int i = 0; i < CHANNELS; i++) {
		char name[16];
		snprintf(name, sizeof(name), "in_%d", i + 1);
		self->in[i] = jack_port_register(self->client, name,
			JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
		snprintf(name, sizeof(name), "out_%d", i + 1);
		self->out[i] = jack_port_register(self->client, name,
			JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
		if (self->in[i] == NULL || self->out[i] == NULL) {
			return false;
		}
	}
	return true;
}

static void
on_port(jack_port_id_t port, int has_appeared, void *arg)
{
	struct tool *self = arg;

	(void)port;
	if (has_appeared != 0 && write(self->graph_fds[1], "x", 1) != 1) {
		_exit(STAGE_EXIT_TEMPORARY);
	}
}

static bool
connect_one(struct tool *self, const char *from, const char *to)
{
	int result = jack_connect(self->client, from, to);

	return result == 0 || result == EEXIST;
}

static bool
try_connect(struct tool *self, const struct options *options)
{
	bool is_done = true;

	for (size_t i = 0; i < options->from_count; i++) {
		is_done &= connect_one(
			self, options->from[i], jack_port_name(self->in[i]));
	}
	for (size_t i = 0; i < options->to_count; i++) {
		is_done &= connect_one(
			self, jack_port_name(self->out[i]), options->to[i]);
	}
	return is_done;
}

static bool
connect_ports(struct tool *self, const struct options *options)
{
	struct pollfd fd = {.fd = self->graph_fds[0], .events = POLLIN};
	int64_t deadline_ns = stage_clock_now_ns() + options->wait_ns;
	char buffer[256];
	int left_ms;

	while (!try_connect(self, options)) {
		left_ms = stage_clock_until_ms(deadline_ns);
		if (left_ms == 0 || poll(&fd, 1, left_ms) <= 0 ||
			read(fd.fd, buffer, sizeof(buffer)) < 0) {
			return false;
		}
	}
	return true;
}

static bool
start(struct tool *self, const struct options *options)
{
	jack_set_process_callback(self->client, process, self);
	jack_set_port_registration_callback(self->client, on_port, self);
	jack_on_shutdown(self->client, on_shutdown, self);
	return pipe(self->graph_fds) == 0 && register_ports(self) &&
	       jack_activate(self->client) == 0 && connect_ports(self, options);
}

// Returns the exit code.
static int
run(int signal_fd, int lost_fd)
{
	struct pollfd fds[] = {{.fd = signal_fd, .events = POLLIN},
		{.fd = lost_fd, .events = POLLIN}};

	while (poll(fds, 2, -1) < 0 && errno == EINTR) {
		continue;
	}
	if (fds[1].revents != 0) {
		printf("lost\n");
		return STAGE_EXIT_TEMPORARY;
	}
	return STAGE_EXIT_OK;
}

static int
block_signals(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

static bool
add(const char **list, size_t *count, const char *text)
{
	if (*count == CHANNELS) {
		return false;
	}
	list[*count] = text;
	*count += 1;
	return true;
}

static bool
read_options(int argc, char **argv, struct options *out)
{
	bool is_good = true;

	for (int c = getopt(argc, argv, "a:b:tw:s:"); c != -1;
		c = getopt(argc, argv, "a:b:tw:s:")) {
		if (c == 'a') {
			is_good &= add(out->from, &out->from_count, optarg);
		} else if (c == 'b') {
			is_good &= add(out->to, &out->to_count, optarg);
		} else if (c == 't') {
			out->has_tone = true;
		} else if (c == 'w') {
			is_good &= stage_num_parse_duration(optarg,
					   &out->wait_ns, NULL) == STAGE_OK;
		} else if (c == 's') {
			out->server = optarg;
		} else {
			is_good = false;
		}
	}
	out->name = argv[optind];
	out->server = stage_jack_server_name(out->server);
	return is_good && optind == argc - 1;
}

int
main(int argc, char **argv)
{
	struct options options = {0};
	struct tool self = {0};
	int lost_fds[2];
	int signal_fd;
	int code;

	if (!read_options(argc, argv, &options) || pipe(lost_fds) != 0) {
		fprintf(stderr, "usage: jack-client [-a PORT] [-b PORT] [-t] "
				"[-w SECONDS] [-s SERVER] NAME\n");
		return STAGE_EXIT_PERMANENT;
	}
	self.lost_fd = lost_fds[1];
	self.has_tone = options.has_tone;
	signal_fd = block_signals();
	jack_set_error_function(be_quiet);
	jack_set_info_function(be_quiet);
	self.client = open_client(&options);
	if (self.client == NULL || !start(&self, &options)) {
		fprintf(stderr,
			"jack-client: error: unable to play as %s on "
			"JACK server %s\n",
			options.name, options.server);
		return STAGE_EXIT_TEMPORARY;
	}
	printf("ready %s\n", jack_get_client_name(self.client));
	fflush(stdout);
	code = run(signal_fd, lost_fds[0]);
	fflush(stdout);
	_exit(code); // jack_client_close may deadlock; the server sees the end
}
