/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* A program that speaks OSC by TCP as liblo does, for which there is no tool.
 *
 *     osc-liblo sized|slip PORT COUNT ADDRESS [TEXT]...
 *
 * Sends that message COUNT times to 127.0.0.1 by one connection. Sized, it
 * waits for an answer each time and prints it, its types and texts, a line
 * each; liblo 0.31 understands no other answers in a connection that it made
 * itself. */

#include <lo/lo.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIMEOUT_MS 60000
#define PARTS_MAX 1000

// Bytes that are no letters as \xNN.
static void
print_text(const char *text)
{
	printf(" \"");
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;
		if (byte < ' ' || byte > '~') {
			printf("\\x%02x", byte);
		} else {
			putchar(byte);
		}
	}
	printf("\"");
}

static int
on_message(const char *path, const char *types, lo_arg **argv, int argc,
	lo_message message, void *user)
{
	int *answers = user;

	(void)message;
	(*answers)++;
	printf("%s ,%s", path, types);
	for (int i = 0; i < argc; i++) {
		if (types[i] == LO_STRING) {
			print_text(&argv[i]->s);
		}
	}
	printf("\n");
	return 0;
}

static void
on_error(int number, const char *text, const char *where)
{
	fprintf(stderr, "osc-liblo: error: %d %s %s\n", number, text,
		where != NULL ? where : "");
}

// An answer may come in many parts, after each of which liblo returns.
static bool
await(lo_server own, const int *answers, int wanted)
{
	for (int parts = 0; *answers < wanted && parts < PARTS_MAX; parts++) {
		(void)lo_server_recv_noblock(own, TIMEOUT_MS);
	}
	return *answers >= wanted;
}

int
main(int argc, char **argv)
{
	lo_server own = lo_server_new_with_proto(NULL, LO_TCP, on_error);
	lo_address to;
	lo_message message = lo_message_new();
	int answers = 0;
	bool is_slip;
	int count;

	if (argc < 5 || own == NULL) {
		return 1;
	}
	is_slip = strcmp(argv[1], "slip") == 0;
	count = atoi(argv[3]);
	to = lo_address_new_with_proto(LO_TCP, "127.0.0.1", argv[2]);
	lo_address_set_stream_slip(to, is_slip);
	lo_server_add_method(own, NULL, NULL, on_message, &answers);
	lo_server_max_msg_size(own, -1); // as long as one may be
	for (int i = 5; i < argc; i++) {
		lo_message_add_string(message, argv[i]);
	}
	for (int i = 0; i < count; i++) {
		if (lo_send_message_from(to, own, argv[4], message) < 0 ||
			(!is_slip && !await(own, &answers, i + 1))) {
			fprintf(stderr, "osc-liblo: error: no answer\n");
			return 1;
		}
	}
	lo_message_free(message);
	lo_address_free(to);
	lo_server_free(own);
	return 0;
}
