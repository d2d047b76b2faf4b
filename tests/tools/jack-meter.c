/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A JACK client that notes when things happen, and one that they happen to, for
 * benches.
 *
 *   jack-meter
 *
 * Reads commands from standard input, a line each, words apart by a TAB.
 * Answers each with a line that begins with "ok" or "no"; ends with its input,
 * without closing its client. Times are nanoseconds of the monotonic clock.
 *
 *   watch NAME      opens a client without ports that notes what it is told
 *   await KIND COUNT MS
 *                   waits until that many of a kind were noted since the last
 *                   take
 *   take            writes "KIND TIME" for each note and forgets them. Kinds: P
 *                   p port appeared, gone; C c connected, disconnected; N n
 *                   client appeared, gone
 *   start NAME in|out COUNT inactive|active
 *                   opens a client with COUNT ports, in_1 ... or out_1 ...,
 * made before or after it is activated; answers the times "ok BEGAN OPENED
 * MIDDLE READY": MIDDLE is between ports and activation end             closes
 * the client connect FROM TO loop FROM TO COUNT connects FROM1 to TO1 and so on
 * in a bare loop; answers "ok BEGAN ENDED"
 */

#include <jack/jack.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"

#define WORDS_MAX 5
#define LINE_ROOM 1024
#define NAME_ROOM 400
#define NOTES_MAX 65536
#define KINDS 128 // by the letter

struct note {
	char kind;
	int64_t at_ns;
};

static struct {
	jack_client_t *client;
	pthread_mutex_t mutex; // guards all below
	pthread_cond_t has_note;
	struct note notes[NOTES_MAX];
	size_t count;
	size_t count_of[KINDS];
} meter = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void
be_quiet(const char *message)
{
	(void)message;
}

static int
process(jack_nframes_t frames, void *arg)
{
	(void)frames;
	(void)arg;
	return 0;
}

static void
add_note(char kind)
{
	int64_t at_ns = stage_clock_now_ns();

	pthread_mutex_lock(&meter.mutex);
	if (meter.count < NOTES_MAX) {
		meter.notes[meter.count] =
			(struct note){.kind = kind, .at_ns = at_ns};
		meter.count++;
		meter.count_of[(unsigned char)kind]++;
	}
	pthread_cond_signal(&meter.has_note);
	pthread_mutex_unlock(&meter.mutex);
}

static void
on_port(jack_port_id_t id, int has_appeared, void *arg)
{
	(void)id;
	(void)arg;
	add_note(has_appeared != 0 ? 'P' : 'p');
}

static void
on_connect(jack_port_id_t a, jack_port_id_t b, int is_connected, void *arg)
{
	(void)a;
	(void)b;
	(void)arg;
	add_note(is_connected != 0 ? 'C' : 'c');
}

static void
on_client(const char *name, int has_appeared, void *arg)
{
	(void)name;
	(void)arg;
	add_note(has_appeared != 0 ? 'N' : 'n');
}

static bool
open_client(const char *name)
{
	meter.client = jack_client_open(
		name, JackNoStartServer | JackUseExactName, NULL);
	return meter.client != NULL;
}

static bool
answer(bool is_done)
{
	printf("%s\n", is_done ? "ok" : "no");
	return is_done;
}

static bool
do_watch(char **words)
{
	if (!open_client(words[1])) {
		return answer(false);
	}
	jack_set_port_registration_callback(meter.client, on_port, NULL);
	jack_set_port_connect_callback(meter.client, on_connect, NULL);
	jack_set_client_registration_callback(meter.client, on_client, NULL);
	return answer(jack_activate(meter.client) == 0);
}

static bool
do_await(char **words)
{
	unsigned char kind = (unsigned char)words[1][0];
	size_t wanted = (size_t)atoi(words[2]);
	int64_t end_ns =
		stage_clock_now_ns() + atoi(words[3]) * STAGE_NS_PER_MS;
	struct timespec end = {.tv_sec = end_ns / STAGE_NS_PER_S,
		.tv_nsec = end_ns % STAGE_NS_PER_S};
	bool is_there;

	pthread_mutex_lock(&meter.mutex);
	while (meter.count_of[kind % KINDS] < wanted &&
		pthread_cond_timedwait(&meter.has_note, &meter.mutex, &end) ==
			0) {
		continue;
	}
	is_there = meter.count_of[kind % KINDS] >= wanted;
	pthread_mutex_unlock(&meter.mutex);
	return answer(is_there);
}

static bool
do_take(char **words)
{
	(void)words;
	pthread_mutex_lock(&meter.mutex);
	for (size_t i = 0; i < meter.count; i++) {
		printf("%c %lld\n", meter.notes[i].kind,
			(long long)meter.notes[i].at_ns);
	}
	meter.count = 0;
	memset(meter.count_of, 0, sizeof(meter.count_of));
	pthread_mutex_unlock(&meter.mutex);
	return answer(true);
}

static bool
make_ports(const char *direction, int count)
{
	unsigned long flags = strcmp(direction, "in") == 0 ? JackPortIsInput
							   : JackPortIsOutput;
	char name[NAME_ROOM];

	for (int i = 1; i <= count; i++) {
		snprintf(name, sizeof(name), "%s_%d", direction, i);
		if (jack_port_register(meter.client, name,
			    JACK_DEFAULT_AUDIO_TYPE, flags, 0) == NULL) {
			return false;
		}
	}
	return true;
}

static bool
make_active(void)
{
	return jack_activate(meter.client) == 0;
}

static bool
do_start(char **words)
{
	bool is_active_first = strcmp(words[4], "active") == 0;
	int count = atoi(words[3]);
	int64_t began_ns = stage_clock_now_ns();
	int64_t opened_ns;
	int64_t middle_ns;
	bool is_done;

	if (!open_client(words[1])) {
		return answer(false);
	}
	jack_set_process_callback(meter.client, process, NULL);
	opened_ns = stage_clock_now_ns();
	is_done = is_active_first ? make_active() : make_ports(words[2], count);
	middle_ns = stage_clock_now_ns();
	is_done = is_done && (is_active_first ? make_ports(words[2], count)
					      : make_active());
	if (!is_done) {
		return answer(false);
	}
	printf("ok %lld %lld %lld %lld\n", (long long)began_ns,
		(long long)opened_ns, (long long)middle_ns,
		(long long)stage_clock_now_ns());
	return true;
}

static bool
do_end(char **words)
{
	(void)words;
	return answer(jack_client_close(meter.client) == 0);
}

static bool
do_connect(char **words)
{
	return answer(jack_connect(meter.client, words[1], words[2]) == 0);
}

static bool
do_loop(char **words)
{
	int64_t began_ns = stage_clock_now_ns();
	int count = atoi(words[3]);
	char from[NAME_ROOM];
	char to[NAME_ROOM];

	for (int i = 1; i <= count; i++) {
		snprintf(from, sizeof(from), "%s%d", words[1], i);
		snprintf(to, sizeof(to), "%s%d", words[2], i);
		if (jack_connect(meter.client, from, to) != 0) {
			return answer(false);
		}
	}
	printf("ok %lld %lld\n", (long long)began_ns,
		(long long)stage_clock_now_ns());
	return true;
}

static const struct {
	const char *name;
	int words; // with its own
	bool (*run)(char **words);
} commands[] = {
	{"watch", 2, do_watch},
	{"await", 4, do_await},
	{"take", 1, do_take},
	{"start", 5, do_start},
	{"end", 1, do_end},
	{"connect", 3, do_connect},
	{"loop", 4, do_loop},
};

static void
run_line(char *line)
{
	char *words[WORDS_MAX] = {NULL};
	int count = 0;

	for (char *word = strtok(line, "\t\n");
		word != NULL && count < WORDS_MAX;
		word = strtok(NULL, "\t\n")) {
		words[count] = word;
		count++;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(commands); i++) {
		if (count == commands[i].words &&
			strcmp(words[0], commands[i].name) == 0) {
			(void)commands[i].run(words);
			return;
		}
	}
	printf("no such command\n");
}

static void
prepare(void)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&meter.has_note, &attributes);
	pthread_condattr_destroy(&attributes);
	jack_set_error_function(be_quiet);
	jack_set_info_function(be_quiet);
}

int
main(void)
{
	static char line[LINE_ROOM];

	prepare();
	while (fgets(line, sizeof(line), stdin) != NULL) {
		run_line(line);
		fflush(stdout);
	}
	_exit(0); // jack_client_close may deadlock; the server sees the end
}
