/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fake_seq.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct stage_seq {
	struct fake_seq *fake;
};

static struct fake_seq the_seq;
static struct stage_seq the_handle = {&the_seq};
static const char *the_path;
static const char *the_sys;

// The pipe holds a byte while there is something to read.
static void
wake(void)
{
	assert_int_equal(write(the_seq.pipe[1], "x", 1), 1);
}

void
fake_seq_announce(const struct stage_seq_event *event)
{
	if (!the_seq.is_open || the_seq.is_deaf) {
		return;
	}
	assert_true(the_seq.event_count < FAKE_SEQ_MAX);
	the_seq.events[the_seq.event_count] = *event;
	the_seq.event_count++;
	wake();
}

static void
announce(enum stage_seq_event_kind kind, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	fake_seq_announce(&(struct stage_seq_event){kind, from, to});
}

void
fake_seq_overflow(void)
{
	the_seq.event_count = 0;
	the_seq.read_error = ENOSPC;
	wake();
}

static bool
is_same(struct stage_seq_addr a, struct stage_seq_addr b)
{
	return a.client == b.client && a.port == b.port;
}

static struct stage_seq_client *
find_client(int client)
{
	for (size_t i = 0; i < the_seq.client_count; i++) {
		if (the_seq.clients[i].client == client) {
			return &the_seq.clients[i];
		}
	}
	return NULL;
}

static struct stage_seq_port *
find_port(struct stage_seq_addr addr)
{
	for (size_t i = 0; i < the_seq.port_count; i++) {
		if (is_same(the_seq.ports[i].addr, addr)) {
			return &the_seq.ports[i];
		}
	}
	return NULL;
}

static size_t
find_link(struct stage_seq_addr from, struct stage_seq_addr to)
{
	size_t i = 0;

	while (i < the_seq.link_count &&
		(!is_same(the_seq.links[i].from, from) ||
			!is_same(the_seq.links[i].to, to))) {
		i++;
	}
	return i;
}

static void
copy_name(char *out, const char *name)
{
	assert_true(strlen(name) < STAGE_SEQ_NAME_MAX);
	strcpy(out, name);
}

void
fake_seq_client(int number, const char *name, int card)
{
	struct stage_seq_client *client = find_client(number);

	if (client == NULL) {
		assert_true(the_seq.client_count < FAKE_SEQ_MAX);
		client = &the_seq.clients[the_seq.client_count];
		the_seq.client_count++;
	}
	client->client = number;
	client->card = card;
	copy_name(client->name, name);
	announce(STAGE_SEQ_CLIENT_CHANGED, (struct stage_seq_addr){number, 0},
		(struct stage_seq_addr){0});
}

void
fake_seq_port(int client, int number, const char *name, const char *ways)
{
	struct stage_seq_addr addr = {client, number};
	struct stage_seq_port *port = find_port(addr);

	if (port == NULL) {
		assert_true(the_seq.port_count < FAKE_SEQ_MAX);
		port = &the_seq.ports[the_seq.port_count];
		the_seq.port_count++;
	}
	port->addr = addr;
	port->is_output = strchr(ways, 'r') != NULL;
	port->is_input = strchr(ways, 'w') != NULL;
	port->is_physical = client < 128;
	copy_name(port->name, name);
	announce(STAGE_SEQ_PORT_CHANGED, addr, (struct stage_seq_addr){0});
}

static void
drop_links(struct stage_seq_addr addr)
{
	for (size_t i = the_seq.link_count; i > 0; i--) {
		struct fake_seq_link *link = &the_seq.links[i - 1];
		if (is_same(link->from, addr) || is_same(link->to, addr)) {
			the_seq.link_count--;
			*link = the_seq.links[the_seq.link_count];
		}
	}
}

void
fake_seq_remove_port(int client, int number)
{
	struct stage_seq_addr addr = {client, number};
	struct stage_seq_port *port = find_port(addr);

	assert_non_null(port);
	drop_links(addr);
	the_seq.port_count--;
	*port = the_seq.ports[the_seq.port_count];
	announce(STAGE_SEQ_PORT_GONE, addr, (struct stage_seq_addr){0});
}

void
fake_seq_remove_client(int number)
{
	struct stage_seq_client *client = find_client(number);

	assert_non_null(client);
	for (size_t i = the_seq.port_count; i > 0; i--) {
		if (the_seq.ports[i - 1].addr.client == number) {
			drop_links(the_seq.ports[i - 1].addr);
			the_seq.port_count--;
			the_seq.ports[i - 1] =
				the_seq.ports[the_seq.port_count];
		}
	}
	the_seq.client_count--;
	*client = the_seq.clients[the_seq.client_count];
	announce(STAGE_SEQ_CLIENT_GONE, (struct stage_seq_addr){number, 0},
		(struct stage_seq_addr){0});
}

static bool
is_exclusive(struct stage_seq_addr from, struct stage_seq_addr to, bool is_any)
{
	for (size_t i = 0; i < the_seq.link_count; i++) {
		const struct fake_seq_link *link = &the_seq.links[i];
		if ((is_same(link->from, from) || is_same(link->to, to)) &&
			(is_any || link->how.is_exclusive)) {
			return true;
		}
	}
	return false;
}

static int
add_link(struct stage_seq_addr from, struct stage_seq_addr to,
	const struct stage_patch_how *how)
{
	const struct stage_seq_port *output = find_port(from);
	const struct stage_seq_port *input = find_port(to);

	if (output == NULL || input == NULL) {
		return -ENOENT;
	}
	if (!output->is_output || !input->is_input) {
		return -EPERM;
	}
	if (find_link(from, to) < the_seq.link_count ||
		is_exclusive(from, to, how->is_exclusive)) {
		return -EBUSY;
	}
	assert_true(the_seq.link_count < FAKE_SEQ_MAX);
	the_seq.links[the_seq.link_count] =
		(struct fake_seq_link){from, to, *how};
	the_seq.link_count++;
	announce(STAGE_SEQ_CONNECTED, from, to);
	return 0;
}

static int
remove_link(struct stage_seq_addr from, struct stage_seq_addr to)
{
	size_t at = find_link(from, to);

	if (at == the_seq.link_count) {
		return -ENOENT;
	}
	the_seq.link_count--;
	the_seq.links[at] = the_seq.links[the_seq.link_count];
	announce(STAGE_SEQ_DISCONNECTED, from, to);
	return 0;
}

void
fake_seq_connect(int from_client, int from_port, int to_client, int to_port,
	const struct stage_patch_how *how)
{
	static const struct stage_patch_how plainly;

	assert_int_equal(
		add_link((struct stage_seq_addr){from_client, from_port},
			(struct stage_seq_addr){to_client, to_port},
			how != NULL ? how : &plainly),
		0);
}

void
fake_seq_disconnect(int from_client, int from_port, int to_client, int to_port)
{
	assert_int_equal(
		remove_link((struct stage_seq_addr){from_client, from_port},
			(struct stage_seq_addr){to_client, to_port}),
		0);
}

const struct fake_seq_link *
fake_seq_find(int from_client, int from_port, int to_client, int to_port)
{
	size_t at = find_link((struct stage_seq_addr){from_client, from_port},
		(struct stage_seq_addr){to_client, to_port});

	return at < the_seq.link_count ? &the_seq.links[at] : NULL;
}

// The ops.

static int
open_it(struct stage_seq **out)
{
	if (the_seq.open_error != 0) {
		return -the_seq.open_error;
	}
	assert_false(the_seq.is_open);
	the_seq.is_open = true;
	the_seq.event_count = 0;
	*out = &the_handle;
	return 0;
}

static void
close_it(struct stage_seq *self)
{
	assert_true(self->fake->is_open);
	self->fake->is_open = false;
}

static int
fd(const struct stage_seq *self)
{
	return self->fake->pipe[0];
}

static int
read_one(struct stage_seq *self, struct stage_seq_event *out)
{
	struct fake_seq *fake = self->fake;
	char byte;
	int error = fake->read_error;

	fake->read_error = 0;
	if (error != 0) {
		return -error;
	}
	if (fake->event_count == 0) {
		while (read(fake->pipe[0], &byte, 1) == 1) {
		}
		return -EAGAIN;
	}
	*out = fake->events[0];
	fake->event_count--;
	memmove(fake->events, fake->events + 1,
		fake->event_count * sizeof(*fake->events));
	return 0;
}

static int
get_client(struct stage_seq *self, int number, struct stage_seq_client *out)
{
	const struct stage_seq_client *client = find_client(number);

	(void)self;
	if (client == NULL) {
		return -ENOENT;
	}
	*out = *client;
	return 0;
}

static int
get_port(struct stage_seq *self, struct stage_seq_addr addr,
	struct stage_seq_port *out)
{
	const struct stage_seq_port *port = find_port(addr);

	(void)self;
	if (port == NULL) {
		return -ENOENT;
	}
	*out = *port;
	return 0;
}

static int
get_how(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to, struct stage_patch_how *out)
{
	size_t at = find_link(from, to);

	(void)self;
	if (at == the_seq.link_count) {
		return -ENOENT;
	}
	*out = the_seq.links[at].how;
	return 0;
}

static int
next_client(struct stage_seq *self, struct stage_seq_client *out)
{
	const struct stage_seq_client *next = NULL;

	self->fake->lists += out->client < 0;
	for (size_t i = 0; i < the_seq.client_count; i++) {
		const struct stage_seq_client *client = &the_seq.clients[i];
		if (client->client > out->client &&
			(next == NULL || client->client < next->client)) {
			next = client;
		}
	}
	if (next == NULL) {
		return -ENOENT;
	}
	*out = *next;
	return 0;
}

static int
next_port(struct stage_seq *self, struct stage_seq_port *out)
{
	const struct stage_seq_port *next = NULL;

	(void)self;
	for (size_t i = 0; i < the_seq.port_count; i++) {
		const struct stage_seq_port *port = &the_seq.ports[i];
		if (port->addr.client == out->addr.client &&
			port->addr.port > out->addr.port &&
			(next == NULL || port->addr.port < next->addr.port)) {
			next = port;
		}
	}
	if (next == NULL) {
		return -ENOENT;
	}
	*out = *next;
	return 0;
}

static int
next_connection(struct stage_seq *self, struct stage_seq_addr from,
	unsigned index, struct stage_seq_addr *to, struct stage_patch_how *how)
{
	(void)self;
	for (size_t i = 0; i < the_seq.link_count; i++) {
		if (!is_same(the_seq.links[i].from, from)) {
			continue;
		}
		if (index == 0) {
			*to = the_seq.links[i].to;
			*how = the_seq.links[i].how;
			return 0;
		}
		index--;
	}
	return -ENOENT;
}

static int
connect_ports(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to, const struct stage_patch_how *how)
{
	int result = add_link(from, to, how);

	self->fake->connects += result == 0;
	return result;
}

static int
disconnect_ports(struct stage_seq *self, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	(void)self;
	return remove_link(from, to);
}

const struct stage_seq_ops *
stage_seq_ops(void)
{
	static struct stage_seq_ops ops = {
		.open = open_it,
		.close = close_it,
		.fd = fd,
		.read = read_one,
		.client = get_client,
		.port = get_port,
		.how = get_how,
		.next_client = next_client,
		.next_port = next_port,
		.next_connection = next_connection,
		.connect = connect_ports,
		.disconnect = disconnect_ports,
	};

	ops.path = the_path;
	ops.sys = the_sys;
	return &ops;
}

struct fake_seq *
fake_seq_init(const char *path, const char *sys)
{
	the_seq = (struct fake_seq){0};
	the_path = path;
	the_sys = sys;
	assert_int_equal(pipe(the_seq.pipe), 0);
	assert_int_equal(fcntl(the_seq.pipe[0], F_SETFL, O_NONBLOCK), 0);
	return &the_seq;
}

void
fake_seq_finish(void)
{
	close(the_seq.pipe[0]);
	close(the_seq.pipe[1]);
}
