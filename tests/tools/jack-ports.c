/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Clients with ports of any names, and what is connected. Names are written as
 * hexadecimal digits, as they may hold any byte.
 *
 *   jack-ports FILE    makes the ports that FILE tells: lines "out CLIENT PORT"
 *                      or "in CLIENT PORT". Prints "ready", and stays until
 *                      TERM or INT
 *   jack-ports         prints "FROM TO" for each connection of the server, full
 *                      names, and ends
 *
 * Exits 0, 100 when FILE cannot be read, 111 when the server does not do it.
 */

#include <jack/jack.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exits.h"

#define CLIENTS_MAX 64
#define NAME_MAX_BYTES 512

struct tool {
	jack_client_t *clients[CLIENTS_MAX];
	size_t count;
};

static bool
read_hex(const char *digits, char *out)
{
	size_t len = strlen(digits) / 2;

	if (len >= NAME_MAX_BYTES) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		const char pair[] = {digits[2 * i], digits[2 * i + 1], '\0'};
		out[i] = (char)strtoul(pair, NULL, 16);
	}
	out[len] = '\0';
	return len > 0;
}

static void
print_hex(const char *name, char end)
{
	for (; *name != '\0'; name++) {
		printf("%02x", (unsigned)(unsigned char)*name);
	}
	putchar(end);
}

static jack_client_t *
open_client(const char *name)
{
	return jack_client_open(
		name, JackNoStartServer | JackUseExactName, NULL);
}

static jack_client_t *
find_client(struct tool *self, const char *name)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(jack_get_client_name(self->clients[i]), name) == 0) {
			return self->clients[i];
		}
	}
	if (self->count == CLIENTS_MAX) {
		return NULL;
	}
	self->clients[self->count] = open_client(name);
	if (self->clients[self->count] == NULL) {
		return NULL;
	}
	self->count++;
	return self->clients[self->count - 1];
}

static bool
add_port(struct tool *self, const char *kind, const char *client_digits,
	const char *port_digits)
{
	char client_name[NAME_MAX_BYTES];
	char port_name[NAME_MAX_BYTES];
	bool is_out = strcmp(kind, "out") == 0;
	jack_client_t *client;

	if (!read_hex(client_digits, client_name) ||
		!read_hex(port_digits, port_name)) {
		return false;
	}
	client = find_client(self, client_name);
	return client != NULL &&
	       jack_port_register(client, port_name, JACK_DEFAULT_AUDIO_TYPE,
		       is_out ? JackPortIsOutput : JackPortIsInput, 0) != NULL;
}

static bool
read_file(struct tool *self, FILE *file)
{
	char kind[4];
	char client[2 * NAME_MAX_BYTES];
	char port[2 * NAME_MAX_BYTES];

	while (fscanf(file, "%3s %1023s %1023s", kind, client, port) == 3) {
		if (!add_port(self, kind, client, port)) {
			fprintf(stderr, "jack-ports: error: no port %s %s\n",
				client, port);
			return false;
		}
	}
	for (size_t i = 0; i < self->count; i++) {
		if (jack_activate(self->clients[i]) != 0) {
			return false;
		}
	}
	return true;
}

static int
make_ports(const char *path)
{
	struct tool self = {0};
	FILE *file = fopen(path, "r");
	sigset_t signals;
	int signum;
	bool is_good;

	if (file == NULL) {
		perror(path);
		return STAGE_EXIT_PERMANENT;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	is_good = read_file(&self, file);
	fclose(file);
	if (!is_good) {
		return STAGE_EXIT_TEMPORARY;
	}
	printf("ready\n");
	fflush(stdout);
	sigwait(&signals, &signum);
	for (size_t i = 0; i < self.count; i++) {
		jack_client_close(self.clients[i]);
	}
	return STAGE_EXIT_OK;
}

static void
list_port(jack_client_t *client, const char *name)
{
	const char **others = jack_port_get_all_connections(
		client, jack_port_by_name(client, name));

	for (size_t i = 0; others != NULL && others[i] != NULL; i++) {
		print_hex(name, ' ');
		print_hex(others[i], '\n');
	}
	jack_free((void *)others);
}

static int
list_all(void)
{
	jack_client_t *client = open_client("jack-ports");
	const char **names;

	if (client == NULL) {
		return STAGE_EXIT_TEMPORARY;
	}
	names = jack_get_ports(client, NULL, NULL, JackPortIsOutput);
	for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
		list_port(client, names[i]);
	}
	jack_free((void *)names);
	jack_client_close(client);
	return STAGE_EXIT_OK;
}

int
main(int argc, char **argv)
{
	if (argc > 2) {
		fprintf(stderr, "usage: jack-ports [FILE]\n");
		return STAGE_EXIT_PERMANENT;
	}
	return argc == 2 ? make_ports(argv[1]) : list_all();
}
