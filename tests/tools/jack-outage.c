/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Measures how long nothing is heard when the JACK server is replaced: waits
 * for the socket of a server that comes from now on, opens a client at once,
 * connects each PORT to an input of its own as soon as it can be, and hears
 * when the first sample that is no silence comes. Prints "waiting", then, when
 * all are heard, one line of JSON with times of the monotonic clock, in
 * nanoseconds: when the socket was there, when jack_client_open came back, when
 * the server called this client first, when each port was connected, and when
 * each was heard (the begin of that cycle).
 *
 *   jack-outage PORT...
 *
 * Until it is called it is the least that any client must do: a new process
 * with nothing to close, that waits by event. What is called later than this
 * one had more to do; the server itself is no sooner.
 *
 * Exits with 111 when the server goes again, or there is none within a minute.
 */

#include <errno.h>
#include <jack/jack.h>
#include <poll.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/io.h"
#include "jack/clean.h"
#include "jack/names.h"
#include "jack/watch.h"

#define PORTS_MAX 8
#define PATIENCE_NS (60 * STAGE_NS_PER_S)

struct ear {
	const char *from;
	jack_port_t *port;
	int64_t connected_ns; // 0: not yet
	_Atomic int64_t heard_ns;
};

static struct {
	jack_client_t *client;
	struct ear ears[PORTS_MAX];
	size_t count;
	int64_t deadline_ns;
	int64_t socket_ns;
	int64_t opened_ns;
	_Atomic int64_t called_ns;
	_Atomic bool has_gone;
	sem_t news;
} tool;

static bool
is_sound(const float *in, jack_nframes_t frames)
{
	for (jack_nframes_t i = 0; i < frames; i++) {
		if (in[i] != 0) {
			return true;
		}
	}
	return false;
}

static int
process(jack_nframes_t frames, void *arg)
{
	int64_t now_ns = stage_clock_now_ns();

	(void)arg;
	if (atomic_load(&tool.called_ns) == 0) {
		atomic_store(&tool.called_ns, now_ns);
	}
	for (size_t i = 0; i < tool.count; i++) {
		struct ear *ear = &tool.ears[i];
		if (atomic_load(&ear->heard_ns) == 0 &&
			is_sound(jack_port_get_buffer(ear->port, frames),
				frames)) {
			atomic_store(&ear->heard_ns, now_ns);
			sem_post(&tool.news);
		}
	}
	return 0;
}

static void
on_port(jack_port_id_t port, int has_appeared, void *arg)
{
	(void)port;
	(void)has_appeared;
	(void)arg;
	sem_post(&tool.news);
}

static void
on_shutdown(void *arg)
{
	(void)arg;
	atomic_store(&tool.has_gone, true);
	sem_post(&tool.news);
}

static void
be_quiet(const char *message)
{
	(void)message;
}

// Any change in the directory: the socket is there a moment before it answers,
// and what the server makes next comes behind that.
static bool
await_change(int fd, const char *socket)
{
	_Alignas(struct inotify_event) char buffer[4096];
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	ssize_t len;

	if (poll(&poll_fd, 1, stage_clock_until_ms(tool.deadline_ns)) <= 0) {
		return false;
	}
	len = read(fd, buffer, sizeof(buffer));
	for (ssize_t at = 0; at < len;) {
		const struct inotify_event *event = (const void *)(buffer + at);
		if (event->len > 0 && strcmp(event->name, socket) == 0) {
			tool.socket_ns = stage_clock_now_ns();
		}
		at += (ssize_t)(sizeof(*event) + event->len);
	}
	return true;
}

static bool
open_client(void)
{
	struct stage_jack_watch watches[STAGE_JACK_WATCH_MAX];
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	(void)stage_jack_watch_list(STAGE_JACK_SHM_DIR,
		stage_jack_server_name("default"), getuid(), watches);
	if (inotify_add_watch(fd, watches[0].dir, IN_CREATE) < 0) {
		return false;
	}
	printf("waiting\n");
	fflush(stdout);
	tool.deadline_ns = stage_clock_now_ns() + PATIENCE_NS;
	while (tool.client == NULL && await_change(fd, watches[0].name)) {
		if (tool.socket_ns != 0) {
			tool.client = jack_client_open(
				"outage", JackNoStartServer, NULL);
		}
	}
	tool.opened_ns = stage_clock_now_ns();
	close(fd);
	return tool.client != NULL;
}

static bool
start(void)
{
	for (size_t i = 0; i < tool.count; i++) {
		char name[32];
		snprintf(name, sizeof(name), "in_%zu", i + 1);
		tool.ears[i].port = jack_port_register(tool.client, name,
			JACK_DEFAULT_AUDIO_TYPE, JackPortIsInput, 0);
		if (tool.ears[i].port == NULL) {
			return false;
		}
	}
	jack_set_process_callback(tool.client, process, NULL);
	jack_set_port_registration_callback(tool.client, on_port, NULL);
	jack_on_shutdown(tool.client, on_shutdown, NULL);
	return jack_activate(tool.client) == 0;
}

static void
connect_all(void)
{
	for (size_t i = 0; i < tool.count; i++) {
		struct ear *ear = &tool.ears[i];
		if (ear->connected_ns == 0 &&
			jack_port_by_name(tool.client, ear->from) != NULL &&
			jack_connect(tool.client, ear->from,
				jack_port_name(ear->port)) == 0) {
			ear->connected_ns = stage_clock_now_ns();
		}
	}
}

static bool
are_heard(void)
{
	for (size_t i = 0; i < tool.count; i++) {
		if (atomic_load(&tool.ears[i].heard_ns) == 0) {
			return false;
		}
	}
	return true;
}

static bool
listen_to_all(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_NS / STAGE_NS_PER_S;
	connect_all();
	while (!are_heard()) {
		if (sem_timedwait(&tool.news, &until) != 0 && errno != EINTR) {
			return false;
		}
		if (atomic_load(&tool.has_gone)) {
			return false;
		}
		connect_all();
	}
	return true;
}

static void
tell(void)
{
	printf("{\"socket_ns\": %lld, \"opened_ns\": %lld, \"called_ns\": "
	       "%lld, \"ports\": [",
		(long long)tool.socket_ns, (long long)tool.opened_ns,
		(long long)atomic_load(&tool.called_ns));
	for (size_t i = 0; i < tool.count; i++) {
		printf("%s{\"connected_ns\": %lld, \"heard_ns\": %lld}",
			i > 0 ? ", " : "", (long long)tool.ears[i].connected_ns,
			(long long)atomic_load(&tool.ears[i].heard_ns));
	}
	printf("]}\n");
	fflush(stdout);
}

int
main(int argc, char **argv)
{
	if (argc < 2 || argc > PORTS_MAX + 1) {
		fprintf(stderr, "usage: jack-outage PORT...\n");
		return STAGE_EXIT_PERMANENT;
	}
	tool.count = (size_t)(argc - 1);
	for (size_t i = 0; i < tool.count; i++) {
		tool.ears[i].from = argv[i + 1];
	}
	sem_init(&tool.news, 0, 0);
	jack_set_error_function(be_quiet);
	jack_set_info_function(be_quiet);
	if (!open_client() || !start() || !listen_to_all()) {
		return STAGE_EXIT_TEMPORARY;
	}
	tell();
	_exit(STAGE_EXIT_OK); // jack_client_close may deadlock
}
