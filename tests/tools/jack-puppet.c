/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A JACK client that does what it is told, for tests of what others see of it.
 *
 *   jack-puppet
 *
 * Reads commands from standard input, a line each, words apart by a TAB; in a
 * word \xNN is that byte. Answers each with a line, "ok" or "no"; ends with its
 * input, without closing its client; by TERM it closes that.
 *
 *   open NAME              on $JACK_DEFAULT_SERVER
 *   enter NAME             likewise; where there is one of that name already
 *                          JACK gives it another
 *   port in|out TYPE NAME  registers a port; TYPE is audio or midi
 *   ports in|out COUNT     registers in_1 ... or out_1 ..., audio
 *   unport NAME            NAME without the client
 *   rename NAME NEW
 *   alias NAME ALIAS
 *   level VALUE            all audio outputs play that from now on, 16 at most
 *   activate, deactivate, close
 *   connect FROM TO, disconnect FROM TO
 *   reuse COUNT            registers and unregisters r_1 ... r_COUNT in turn
 *   bulk A B COUNT         connects A:out_1 to B:in_1 and so on, in a loop;
 *                          answers "ok MICROSECONDS"
 *   unbulk A B COUNT       disconnects them
 *   graph                  writes "P NAME" for each port, "L FROM TAB TO"
 *                          for each connection, and then the answer
 */

#include <jack/jack.h>
#include <jack/midiport.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/clock.h"

#define WORDS_MAX 4
#define LINE_ROOM 8192
#define PORT_PATIENCE_S 5 // until a port of another client is known
#define OUTS_MAX 16       // that play a level

static jack_client_t *client;
static sem_t port_news;
static volatile sig_atomic_t is_told_to_end;
static jack_port_t *outs[OUTS_MAX];
static atomic_size_t outs_count;
static _Atomic float level;

static void
be_quiet(const char *message)
{
	(void)message;
}

static int
process(jack_nframes_t frames, void *arg)
{
	float value = atomic_load(&level);
	(void)arg;

	for (size_t at = 0; at < atomic_load(&outs_count); at++) {
		float *out = jack_port_get_buffer(outs[at], frames);
		for (jack_nframes_t i = 0; i < frames; i++) {
			out[i] = value;
		}
	}
	return 0;
}

static void
write_name(const char *name)
{
	for (const char *at = name; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;
		if (byte < 0x20 || byte >= 0x7f || byte == '\\') {
			printf("\\x%02x", byte);
		} else {
			putchar(byte);
		}
	}
}

static void
read_word(char *word)
{
	char *to = word;
	unsigned byte;

	for (const char *at = word; *at != '\0'; at++) {
		if (at[0] == '\\' && at[1] == 'x' &&
			sscanf(at + 2, "%2x", &byte) == 1) {
			*to = (char)byte;
			at += 3;
		} else {
			*to = *at;
		}
		to++;
	}
	*to = '\0';
}

static jack_port_t *
port_of(const char *name)
{
	char full[2048];

	snprintf(full, sizeof(full), "%s:%s", jack_get_client_name(client),
		name);
	return jack_port_by_name(client, full);
}

static void
on_port(jack_port_id_t id, int is_registered, void *arg)
{
	(void)id;
	(void)is_registered;
	(void)arg;
	sem_post(&port_news);
}

// PipeWire tells each client of its own accord what the others have.
static void
await_port(const char *name)
{
	struct timespec deadline;

	clock_gettime(CLOCK_REALTIME, &deadline);
	deadline.tv_sec += PORT_PATIENCE_S;
	while (jack_port_by_name(client, name) == NULL &&
		sem_timedwait(&port_news, &deadline) == 0) {
	}
}

static bool
open_client(const char *name, jack_options_t options)
{
	client = jack_client_open(name, JackNoStartServer | options, NULL);
	if (client == NULL) {
		return false;
	}
	jack_set_process_callback(client, process, NULL);
	jack_set_port_registration_callback(client, on_port, NULL);
	return true;
}

static bool
do_open(char **words)
{
	return open_client(words[1], JackUseExactName);
}

static bool
do_enter(char **words)
{
	return open_client(words[1], JackNullOption);
}

static bool
add_port(const char *direction, const char *type, const char *name)
{
	return jack_port_register(client, name,
		       strcmp(type, "midi") == 0 ? JACK_DEFAULT_MIDI_TYPE
						 : JACK_DEFAULT_AUDIO_TYPE,
		       strcmp(direction, "in") == 0 ? JackPortIsInput
						    : JackPortIsOutput,
		       0) != NULL;
}

static bool
do_port(char **words)
{
	return add_port(words[1], words[2], words[3]);
}

static bool
do_ports(char **words)
{
	int count = atoi(words[2]);
	char name[32];

	for (int i = 1; i <= count; i++) {
		snprintf(name, sizeof(name), "%s_%d", words[1], i);
		if (!add_port(words[1], "audio", name)) {
			return false;
		}
	}
	return true;
}

static bool
do_unport(char **words)
{
	jack_port_t *port = port_of(words[1]);

	return port != NULL && jack_port_unregister(client, port) == 0;
}

static bool
do_rename(char **words)
{
	jack_port_t *port = port_of(words[1]);

	return port != NULL && jack_port_rename(client, port, words[2]) == 0;
}

static bool
do_alias(char **words)
{
	jack_port_t *port = port_of(words[1]);

	return port != NULL && jack_port_set_alias(port, words[2]) == 0;
}

static bool
do_level(char **words)
{
	const char **names = jack_get_ports(
		client, NULL, JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput);
	size_t count = 0;

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		jack_port_t *port = jack_port_by_name(client, names[i]);
		if (count < OUTS_MAX && jack_port_is_mine(client, port)) {
			outs[count++] = port;
		}
	}
	jack_free(names);
	atomic_store(&level, (float)atof(words[1]));
	atomic_store(&outs_count, count);
	return count > 0;
}

static bool
do_activate(char **words)
{
	(void)words;
	return jack_activate(client) == 0;
}

static bool
do_deactivate(char **words)
{
	(void)words;
	return jack_deactivate(client) == 0;
}

static bool
do_close(char **words)
{
	jack_client_t *closed = client;
	(void)words;

	client = NULL;
	return jack_client_close(closed) == 0;
}

static bool
do_connect(char **words)
{
	await_port(words[1]);
	await_port(words[2]);
	return jack_connect(client, words[1], words[2]) == 0;
}

static bool
do_disconnect(char **words)
{
	return jack_disconnect(client, words[1], words[2]) == 0;
}

static bool
do_reuse(char **words)
{
	int count = atoi(words[1]);
	char name[32];

	for (int i = 1; i <= count; i++) {
		snprintf(name, sizeof(name), "r_%d", i);
		jack_port_t *port = jack_port_register(client, name,
			JACK_DEFAULT_AUDIO_TYPE, JackPortIsOutput, 0);
		if (port == NULL || jack_port_unregister(client, port) != 0) {
			return false;
		}
	}
	return true;
}

static bool
change_many(char **words,
	int (*change)(jack_client_t *handle, const char *from, const char *to))
{
	int64_t began_ns = stage_clock_now_ns();
	int count = atoi(words[3]);
	int done = 0;
	char from[1024];
	char to[1024];

	for (int i = 1; i <= count; i++) {
		snprintf(from, sizeof(from), "%s:out_%d", words[1], i);
		snprintf(to, sizeof(to), "%s:in_%d", words[2], i);
		done += change(client, from, to) == 0;
	}
	if (done == count) {
		printf("ok %lld\n",
			(long long)((stage_clock_now_ns() - began_ns) / 1000));
	}
	return done == count;
}

static bool
do_bulk(char **words)
{
	return change_many(words, jack_connect);
}

static bool
do_unbulk(char **words)
{
	return change_many(words, jack_disconnect);
}

static void
write_links(const char *name)
{
	const char **others = jack_port_get_all_connections(
		client, jack_port_by_name(client, name));

	for (size_t i = 0; others != NULL && others[i] != NULL; i++) {
		printf("L ");
		write_name(name);
		printf("\t");
		write_name(others[i]);
		printf("\n");
	}
	jack_free(others);
}

static bool
do_graph(char **words)
{
	const char **names = jack_get_ports(client, NULL, NULL, 0);
	(void)words;

	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		printf("P ");
		write_name(names[i]);
		printf("\n");
	}
	jack_free(names);
	names = jack_get_ports(client, NULL, NULL, JackPortIsOutput);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		write_links(names[i]);
	}
	jack_free(names);
	return true;
}

static const struct {
	const char *name;
	int words; // with its own
	bool answers;
	bool (*run)(char **words);
} commands[] = {
	{"open", 2, false, do_open},
	{"enter", 2, false, do_enter},
	{"port", 4, false, do_port},
	{"ports", 3, false, do_ports},
	{"unport", 2, false, do_unport},
	{"rename", 3, false, do_rename},
	{"alias", 3, false, do_alias},
	{"level", 2, false, do_level},
	{"activate", 1, false, do_activate},
	{"deactivate", 1, false, do_deactivate},
	{"close", 1, false, do_close},
	{"connect", 3, false, do_connect},
	{"disconnect", 3, false, do_disconnect},
	{"reuse", 2, false, do_reuse},
	{"bulk", 4, true, do_bulk},
	{"unbulk", 4, true, do_unbulk},
	{"graph", 1, false, do_graph},
};

static void
run_line(char *line)
{
	char *words[WORDS_MAX] = {NULL};
	int count = 0;
	bool is_done;

	for (char *word = strtok(line, "\t\n");
		word != NULL && count < WORDS_MAX;
		word = strtok(NULL, "\t\n")) {
		words[count] = word;
		count++;
	}
	for (int i = 0; i < count; i++) {
		read_word(words[i]);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(commands); i++) {
		if (count != commands[i].words ||
			strcmp(words[0], commands[i].name) != 0) {
			continue;
		}
		is_done = commands[i].run(words);
		if (!is_done || !commands[i].answers) {
			printf("%s\n", is_done ? "ok" : "no");
		}
		return;
	}
	printf("no such command\n");
}

static void
on_term(int signum)
{
	(void)signum;
	is_told_to_end = 1;
}

int
main(void)
{
	static char line[LINE_ROOM];
	struct sigaction action = {.sa_handler = on_term};

	sigaction(SIGTERM, &action, NULL); // it interrupts the reading
	sem_init(&port_news, 0, 0);
	jack_set_error_function(be_quiet);
	jack_set_info_function(be_quiet);
	while (fgets(line, sizeof(line), stdin) != NULL) {
		run_line(line);
		fflush(stdout);
	}
	if (is_told_to_end && client != NULL) {
		jack_client_close(client);
	}
	_exit(0); // else it may deadlock; the server sees the end
}
