/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The kernel's sequencer, by alsa-lib.

#define _DEFAULT_SOURCE // types of alsa-lib

#include <alsa/asoundlib.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "patchbay/seq_ops.h"
#include "seq/device.h"

#define CLIENT_NAME "stagecraft-patchbay"
#define POOL_EVENTS 2000 // the kernel's most; 200 are too few for a storm
#define FIRST_USABLE 1   // client 0 is the kernel's own

// What alsa-lib before 1.2.10 does not know: such ports of MIDI 2.0 devices are
// the whole of others, or not in use.
#ifndef SND_SEQ_PORT_CAP_INACTIVE
#	define SND_SEQ_PORT_CAP_INACTIVE (1U << 8)
#endif
#ifndef SND_SEQ_PORT_CAP_UMP_ENDPOINT
#	define SND_SEQ_PORT_CAP_UMP_ENDPOINT (1U << 9)
#endif
#define CAPS_HIDDEN                                                            \
	(SND_SEQ_PORT_CAP_NO_EXPORT | SND_SEQ_PORT_CAP_INACTIVE |              \
		SND_SEQ_PORT_CAP_UMP_ENDPOINT)
#define CAPS_OUTPUT (SND_SEQ_PORT_CAP_READ | SND_SEQ_PORT_CAP_SUBS_READ)
#define CAPS_INPUT (SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_SUBS_WRITE)

struct stage_seq {
	snd_seq_t *seq;
};

// alsa-lib tells on standard error what it thinks of errors that we handle.
static void
say_nothing(const char *file, int line, const char *function, int number,
	const char *format, ...)
{
	(void)file;
	(void)line;
	(void)function;
	(void)number;
	(void)format;
}

// Nobody else may connect to it; what is announced may come.
static int
listen_to_announcements(snd_seq_t *seq)
{
	int port = snd_seq_create_simple_port(seq, "announcements",
		SND_SEQ_PORT_CAP_WRITE | SND_SEQ_PORT_CAP_NO_EXPORT,
		SND_SEQ_PORT_TYPE_APPLICATION);

	return port < 0 ? port
			: snd_seq_connect_from(seq, port, SND_SEQ_CLIENT_SYSTEM,
				  SND_SEQ_PORT_SYSTEM_ANNOUNCE);
}

static int
open_seq(struct stage_seq **out)
{
	struct stage_seq *self = calloc(1, sizeof(*self));
	int result;

	if (self == NULL) {
		return -ENOMEM;
	}
	snd_lib_error_set_handler(say_nothing);
	result = snd_seq_open(
		&self->seq, "hw", SND_SEQ_OPEN_DUPLEX, SND_SEQ_NONBLOCK);
	if (result < 0) {
		free(self);
		return result;
	}
	result = snd_seq_set_client_name(self->seq, CLIENT_NAME);
	if (result >= 0) {
		(void)snd_seq_set_client_pool_input(self->seq, POOL_EVENTS);
		result = listen_to_announcements(self->seq);
	}
	if (result < 0) {
		snd_seq_close(self->seq);
		free(self);
		return result;
	}
	*out = self;
	return 0;
}

static void
close_seq(struct stage_seq *self)
{
	snd_seq_close(self->seq);
	free(self);
}

static int
fd(const struct stage_seq *self)
{
	struct pollfd pollfd = {.fd = -1};

	(void)snd_seq_poll_descriptors(self->seq, &pollfd, 1, POLLIN);
	return pollfd.fd;
}

static struct stage_seq_addr
addr_of(const snd_seq_addr_t *addr)
{
	return (struct stage_seq_addr){addr->client, addr->port};
}

// False for what is of no interest.
static bool
translate(const snd_seq_event_t *event, struct stage_seq_event *out)
{
	static const struct {
		snd_seq_event_type_t type;
		enum stage_seq_event_kind kind;
	} kinds[] = {
		{SND_SEQ_EVENT_CLIENT_START, STAGE_SEQ_CLIENT_CHANGED},
		{SND_SEQ_EVENT_CLIENT_CHANGE, STAGE_SEQ_CLIENT_CHANGED},
		{SND_SEQ_EVENT_CLIENT_EXIT, STAGE_SEQ_CLIENT_GONE},
		{SND_SEQ_EVENT_PORT_START, STAGE_SEQ_PORT_CHANGED},
		{SND_SEQ_EVENT_PORT_CHANGE, STAGE_SEQ_PORT_CHANGED},
		{SND_SEQ_EVENT_PORT_EXIT, STAGE_SEQ_PORT_GONE},
		{SND_SEQ_EVENT_PORT_SUBSCRIBED, STAGE_SEQ_CONNECTED},
		{SND_SEQ_EVENT_PORT_UNSUBSCRIBED, STAGE_SEQ_DISCONNECTED},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (kinds[i].type != event->type) {
			continue;
		}
		out->kind = kinds[i].kind;
		if (out->kind == STAGE_SEQ_CONNECTED ||
			out->kind == STAGE_SEQ_DISCONNECTED) {
			out->from = addr_of(&event->data.connect.sender);
			out->to = addr_of(&event->data.connect.dest);
		} else {
			out->from = addr_of(&event->data.addr);
		}
		return true;
	}
	return false;
}

static int
read_event(struct stage_seq *self, struct stage_seq_event *out)
{
	snd_seq_event_t *event;
	int result;

	do {
		event = NULL;
		result = snd_seq_event_input(self->seq, &event);
		if (result < 0) {
			return result;
		}
	} while (event == NULL || !translate(event, out));
	return 0;
}

static void
take_client(snd_seq_client_info_t *info, struct stage_seq_client *out)
{
	out->client = snd_seq_client_info_get_client(info);
	out->card = snd_seq_client_info_get_type(info) == SND_SEQ_KERNEL_CLIENT
			    ? snd_seq_client_info_get_card(info)
			    : -1;
	snprintf(out->name, sizeof(out->name), "%s",
		snd_seq_client_info_get_name(info));
}

static int
get_client(struct stage_seq *self, int client, struct stage_seq_client *out)
{
	snd_seq_client_info_t *info;
	int result;

	snd_seq_client_info_alloca(&info);
	result = snd_seq_get_any_client_info(self->seq, client, info);
	if (result >= 0) {
		take_client(info, out);
	}
	return result;
}

static int
next_client(struct stage_seq *self, struct stage_seq_client *out)
{
	snd_seq_client_info_t *info;
	int result;

	snd_seq_client_info_alloca(&info);
	snd_seq_client_info_set_client(info,
		out->client < FIRST_USABLE ? FIRST_USABLE - 1 : out->client);
	result = snd_seq_query_next_client(self->seq, info);
	if (result >= 0) {
		take_client(info, out);
	}
	return result;
}

static void
take_port(const snd_seq_port_info_t *info, struct stage_seq_port *out)
{
	unsigned caps = snd_seq_port_info_get_capability(info);
	bool is_open = (caps & CAPS_HIDDEN) == 0;

	out->addr = addr_of(snd_seq_port_info_get_addr(info));
	out->is_output = is_open && (caps & CAPS_OUTPUT) == CAPS_OUTPUT;
	out->is_input = is_open && (caps & CAPS_INPUT) == CAPS_INPUT;
	out->is_physical = (snd_seq_port_info_get_type(info) &
				   SND_SEQ_PORT_TYPE_HARDWARE) != 0;
	snprintf(out->name, sizeof(out->name), "%s",
		snd_seq_port_info_get_name(info));
}

static int
get_port(struct stage_seq *self, struct stage_seq_addr addr,
	struct stage_seq_port *out)
{
	snd_seq_port_info_t *info;
	int result;

	snd_seq_port_info_alloca(&info);
	result = snd_seq_get_any_port_info(
		self->seq, addr.client, addr.port, info);
	if (result >= 0) {
		take_port(info, out);
	}
	return result;
}

static int
next_port(struct stage_seq *self, struct stage_seq_port *out)
{
	snd_seq_port_info_t *info;
	int result;

	snd_seq_port_info_alloca(&info);
	snd_seq_port_info_set_client(info, out->addr.client);
	snd_seq_port_info_set_port(info, out->addr.port);
	result = snd_seq_query_next_port(self->seq, info);
	if (result >= 0) {
		take_port(info, out);
	}
	return result;
}

static struct stage_patch_how
how_of(bool is_exclusive, bool is_stamped, bool is_real, int queue)
{
	struct stage_patch_how how = {.is_exclusive = is_exclusive};

	if (is_stamped && queue >= 0 && queue < STAGE_PATCH_QUEUES) {
		how.stamp = is_real ? STAGE_PATCH_REAL : STAGE_PATCH_TICK;
		how.queue = (unsigned)queue;
	}
	return how;
}

static int
next_connection(struct stage_seq *self, struct stage_seq_addr from,
	unsigned index, struct stage_seq_addr *to, struct stage_patch_how *how)
{
	const snd_seq_addr_t root = {
		(unsigned char)from.client, (unsigned char)from.port};
	snd_seq_query_subscribe_t *query;
	int result;

	snd_seq_query_subscribe_alloca(&query);
	snd_seq_query_subscribe_set_root(query, &root);
	snd_seq_query_subscribe_set_type(query, SND_SEQ_QUERY_SUBS_READ);
	snd_seq_query_subscribe_set_index(query, (int)index);
	result = snd_seq_query_port_subscribers(self->seq, query);
	if (result < 0) {
		return result;
	}
	*to = addr_of(snd_seq_query_subscribe_get_addr(query));
	*how = how_of(snd_seq_query_subscribe_get_exclusive(query) != 0,
		snd_seq_query_subscribe_get_time_update(query) != 0,
		snd_seq_query_subscribe_get_time_real(query) != 0,
		snd_seq_query_subscribe_get_queue(query));
	return 0;
}

static void
set_ends(snd_seq_port_subscribe_t *subs, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	const snd_seq_addr_t sender = {
		(unsigned char)from.client, (unsigned char)from.port};
	const snd_seq_addr_t dest = {
		(unsigned char)to.client, (unsigned char)to.port};

	snd_seq_port_subscribe_set_sender(subs, &sender);
	snd_seq_port_subscribe_set_dest(subs, &dest);
}

static int
get_how(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to, struct stage_patch_how *out)
{
	snd_seq_port_subscribe_t *subs;
	int result;

	snd_seq_port_subscribe_alloca(&subs);
	set_ends(subs, from, to);
	result = snd_seq_get_port_subscription(self->seq, subs);
	if (result >= 0) {
		*out = how_of(snd_seq_port_subscribe_get_exclusive(subs) != 0,
			snd_seq_port_subscribe_get_time_update(subs) != 0,
			snd_seq_port_subscribe_get_time_real(subs) != 0,
			snd_seq_port_subscribe_get_queue(subs));
	}
	return result;
}

static int
connect_ports(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to, const struct stage_patch_how *how)
{
	snd_seq_port_subscribe_t *subs;

	snd_seq_port_subscribe_alloca(&subs);
	set_ends(subs, from, to);
	snd_seq_port_subscribe_set_exclusive(subs, how->is_exclusive);
	if (how->stamp != STAGE_PATCH_UNSTAMPED) {
		snd_seq_port_subscribe_set_time_update(subs, 1);
		snd_seq_port_subscribe_set_time_real(
			subs, how->stamp == STAGE_PATCH_REAL);
		snd_seq_port_subscribe_set_queue(subs, (int)how->queue);
	}
	return snd_seq_subscribe_port(self->seq, subs);
}

static int
disconnect_ports(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	snd_seq_port_subscribe_t *subs;

	snd_seq_port_subscribe_alloca(&subs);
	set_ends(subs, from, to);
	return snd_seq_unsubscribe_port(self->seq, subs);
}

const struct stage_seq_ops *
stage_seq_ops(void)
{
	static const struct stage_seq_ops ops = {
		.path = "/dev/snd/seq",
		.sys = STAGE_SEQ_SYS_DIR,
		.open = open_seq,
		.close = close_seq,
		.fd = fd,
		.read = read_event,
		.client = get_client,
		.port = get_port,
		.how = get_how,
		.next_client = next_client,
		.next_port = next_port,
		.next_connection = next_connection,
		.connect = connect_ports,
		.disconnect = disconnect_ports,
	};

	return &ops;
}
