/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What src/osc hears of other programs, and what it answers.
 *
 *     osc-peer
 *
 * Listens at 127.0.0.1 by UDP and by TCP; the first line has both ports. Then a
 * line for each message: "udp" or "tcp", its address, its types, and those
 * arguments that are texts or numbers. /echo is sent back as /echoed, with all
 * its arguments; /to HOST PORT ... is sent on by UDP as /on, with the rest of
 * them. It ends with its input. */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "osc/tcp.h"
#include "osc/udp.h"
#include "osc/write.h"

struct self {
	uv_loop_t loop;
	uv_poll_t input;
	struct stage_osc_udp *udp;
	struct stage_osc_tcp *tcp;
};

static void
print(const char *by, const struct stage_osc_message *message)
{
	printf("%s %s ,%s", by, message->address, message->types);
	for (size_t i = 0; i < message->count; i++) {
		const char *text = stage_osc_text(message, i);
		double number;
		if (text != NULL) {
			printf(" \"%s\"", text);
		} else if (stage_osc_number(message, i, &number)) {
			printf(" %.9g", number);
		}
	}
	printf("\n");
	fflush(stdout);
}

static void
send_on(struct self *self, const struct stage_osc_message *message)
{
	const char *host = stage_osc_text(message, 0);
	struct stage_osc_peer to;
	struct stage_str out = {0};
	int32_t port;

	if (host != NULL && stage_osc_int(message, 1, &port) &&
		stage_osc_peer_init(&to, host, port, NULL) == STAGE_OK &&
		stage_osc_write_rest(&out, "/on", message, 2) == STAGE_OK) {
		stage_osc_udp_send(self->udp, &to, out.data, out.len);
	}
	stage_str_finish(&out);
}

// True when it is to be sent back.
static bool
handle(struct self *self, const char *by,
	const struct stage_osc_message *message, struct stage_str *out)
{
	print(by, message);
	if (strcmp(message->address, "/to") == 0) {
		send_on(self, message);
	}
	return strcmp(message->address, "/echo") == 0 &&
	       stage_osc_write_rest(out, "/echoed", message, 0) == STAGE_OK;
}

static void
on_datagram(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct self *self = user;
	struct stage_str out = {0};

	if (handle(self, "udp", message, &out)) {
		stage_osc_udp_send(self->udp, from, out.data, out.len);
	}
	stage_str_finish(&out);
}

static void
on_message(void *user, struct stage_osc_link *from,
	const struct stage_osc_message *message)
{
	struct stage_str out = {0};

	if (handle(user, "tcp", message, &out)) {
		stage_osc_link_send(from, out.data, out.len);
	}
	stage_str_finish(&out);
}

static void
on_input(uv_poll_t *poll, int status, int events)
{
	struct self *self = poll->data;

	(void)status;
	(void)events;
	stage_osc_udp_destroy(self->udp);
	stage_osc_tcp_destroy(self->tcp);
	uv_close((uv_handle_t *)poll, NULL);
}

int
main(void)
{
	static struct self self;
	const struct stage_osc_tcp_config config = {.host = "127.0.0.1"};
	const struct stage_osc_tcp_ops ops = {.message = on_message};
	struct stage_err err = STAGE_ERR_INIT;

	uv_loop_init(&self.loop);
	if (stage_osc_udp_create(&self.loop, "127.0.0.1", 0, on_datagram, &self,
		    &self.udp, &err) != STAGE_OK ||
		stage_osc_tcp_create(&self.loop, &config, &ops, &self,
			&self.tcp, &err) != STAGE_OK) {
		fprintf(stderr, "osc-peer: error: %s\n", err.text);
		return 1;
	}
	printf("%d %d\n", stage_osc_udp_port(self.udp),
		stage_osc_tcp_port(self.tcp));
	fflush(stdout);
	uv_poll_init(&self.loop, &self.input, 0);
	self.input.data = &self;
	uv_poll_start(&self.input, UV_READABLE | UV_DISCONNECT, on_input);
	return uv_run(&self.loop, UV_RUN_DEFAULT);
}
