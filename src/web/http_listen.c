/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Where it listens, and who may come in.

#define _GNU_SOURCE // accept4

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/http_private.h"

#define BACKLOG 128
#define ACCEPT_MOST 64 // in one turn of the loop

struct stage_web_socket {
	struct stage_web_http *http;
	uv_poll_t poll;
	int fd;
	char address[STAGE_WEB_ADDRESS_MAX];
	struct stage_web_socket *next;
};

// Addresses.

static bool
is_loopback(const struct sockaddr *address)
{
	if (address->sa_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)address;
		return ntohl(in->sin_addr.s_addr) >> 24 == 127;
	}
	if (address->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)address;
		return IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr);
	}
	return false;
}

void
stage_web_http_write_address(
	const struct sockaddr_storage *address, char out[STAGE_WEB_ADDRESS_MAX])
{
	const void *bytes =
		address->ss_family == AF_INET
			? (const void *)&((const struct sockaddr_in *)address)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)address)
				  ->sin6_addr;

	if (inet_ntop(address->ss_family, bytes, out, STAGE_WEB_ADDRESS_MAX) ==
		NULL) {
		out[0] = '\0';
	}
}

static enum stage_status
read_address(const char *text, uint16_t port, struct sockaddr_storage *out,
	socklen_t *len)
{
	struct sockaddr_in *in = (void *)out;
	struct sockaddr_in6 *in6 = (void *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		*len = sizeof(*in);
		return STAGE_OK;
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		*len = sizeof(*in6);
		return STAGE_OK;
	}
	return STAGE_BAD_INPUT;
}

// Connections.

static size_t
count_of(const struct stage_web_http *self, const char *address)
{
	size_t count = 0;

	for (const struct stage_web_link *it = self->links; it != NULL;
		it = it->next) {
		count += strcmp(it->address, address) == 0;
	}
	return count;
}

static bool
may_come(const struct stage_web_http *self,
	const struct sockaddr_storage *address)
{
	char text[STAGE_WEB_ADDRESS_MAX];

	if (self->link_count >= self->config.connections) {
		return false;
	}
	if (is_loopback((const struct sockaddr *)address)) {
		return true;
	}
	stage_web_http_write_address(address, text);
	return count_of(self, text) < self->config.per_address;
}

static void
on_socket(uv_poll_t *poll, int status, int events)
{
	struct stage_web_socket *socket = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_MOST; i++) {
		struct sockaddr_storage address = {0};
		socklen_t len = sizeof(address);
		int fd = accept4(socket->fd, (struct sockaddr *)&address, &len,
			SOCK_NONBLOCK | SOCK_CLOEXEC);

		if (fd < 0) {
			break;
		}
		if (!may_come(socket->http, &address)) {
			close(fd);
			continue;
		}
		// It closes what it does not take.
		(void)MHD_add_connection(socket->http->mhd, fd,
			(struct sockaddr *)&address, len);
	}
	stage_web_http_run_soon(socket->http);
}

// Listening.

static int
open_socket(const struct sockaddr_storage *address, socklen_t len)
{
	int on = 1;
	int fd = socket(address->ss_family,
		SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0) {
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->ss_family == AF_INET6) {
		(void)setsockopt(
			fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	}
	if (bind(fd, (const struct sockaddr *)address, len) != 0 ||
		listen(fd, BACKLOG) != 0) {
		int errnum = errno;
		close(fd);
		errno = errnum;
		return -1;
	}
	return fd;
}

static uint16_t
port_of(int fd)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} own = {.in6 = {0}};
	socklen_t len = sizeof(own);

	if (getsockname(fd, &own.any, &len) != 0) {
		return 0;
	}
	return ntohs(own.any.sa_family == AF_INET ? own.in.sin_port
						  : own.in6.sin6_port);
}

enum stage_status
stage_web_http_listen(struct stage_web_http *self, const char *address,
	uint16_t *port, struct stage_err *err)
{
	struct stage_web_socket *socket;
	struct sockaddr_storage place;
	socklen_t len = 0;

	if (stage_strv_has(&self->addresses, address)) {
		return STAGE_OK;
	}
	if (read_address(address, *port, &place, &len) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s is no address to listen at", address);
	}
	socket = calloc(1, sizeof(*socket));
	if (socket == NULL ||
		stage_format(socket->address, sizeof(socket->address), "%s",
			address) != STAGE_OK ||
		stage_strv_add(&self->addresses, address) != STAGE_OK) {
		free(socket);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	socket->fd = open_socket(&place, len);
	if (socket->fd < 0) {
		int errnum = errno;
		free(socket);
		free(self->addresses.items[--self->addresses.count]);
		return stage_err_set_errno(err, errnum,
			"unable to listen at %s port %u", address,
			(unsigned)*port);
	}
	*port = port_of(socket->fd);
	socket->http = self;
	uv_poll_init(self->loop, &socket->poll, socket->fd);
	socket->poll.data = socket;
	uv_poll_start(&socket->poll, UV_READABLE, on_socket);
	socket->next = self->sockets;
	self->sockets = socket;
	return STAGE_OK;
}

static void
on_socket_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
close_socket(struct stage_web_socket *socket)
{
	uv_poll_stop(&socket->poll);
	close(socket->fd);
	uv_close((uv_handle_t *)&socket->poll, on_socket_closed);
}

static void
forget_address(struct stage_strv *list, const char *address)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], address) == 0) {
			free(list->items[i]);
			list->items[i] = list->items[--list->count];
			return;
		}
	}
}

void
stage_web_http_unlisten(struct stage_web_http *self, const char *address)
{
	for (struct stage_web_socket **at = &self->sockets; *at != NULL;
		at = &(*at)->next) {
		struct stage_web_socket *socket = *at;

		if (strcmp(socket->address, address) == 0) {
			*at = socket->next;
			close_socket(socket);
			forget_address(&self->addresses, address);
			return;
		}
	}
}

const struct stage_strv *
stage_web_http_addresses(const struct stage_web_http *self)
{
	return &self->addresses;
}

size_t
stage_web_http_connections(const struct stage_web_http *self)
{
	return self->link_count;
}

void
stage_web_http_close_sockets(struct stage_web_http *self)
{
	while (self->sockets != NULL) {
		struct stage_web_socket *socket = self->sockets;

		self->sockets = socket->next;
		close_socket(socket);
	}
}
