/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osc/sock.h"
#include "osc/tcp_private.h"

#define LINKS_MAX 32
#define QUEUE_MAX_BYTES 1048576
#define ACCEPT_BURST 16

// Connections.

// The oldest link that has said nothing yet, or NULL.
static struct stage_osc_link *
find_silent(const struct stage_osc_tcp *self)
{
	struct stage_osc_link *found = NULL;

	for (struct stage_osc_link *link = self->links; link != NULL;
		link = link->next) {
		found = link->has_spoken ? found : link;
	}
	return found;
}

static void
admit(struct stage_osc_tcp *self, int fd, const struct stage_osc_peer *peer)
{
	struct stage_osc_link *silent;

	if (self->link_count >= self->config.links_max) {
		silent = find_silent(self);
		if (silent == NULL) {
			close(fd);
			return;
		}
		stage_osc_link_close(silent);
	}
	stage_osc_link_create(self, fd, peer);
}

static int
open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

// Without a free descriptor the connection would stay in the backlog and wake
// the loop for ever.
static void
shed(struct stage_osc_tcp *self)
{
	struct stage_osc_peer peer;
	int fd;

	if (self->spare_fd >= 0) {
		close(self->spare_fd);
	}
	fd = stage_osc_sock_accept(self->fd, &peer);
	if (fd >= 0) {
		close(fd);
	}
	self->spare_fd = open_spare();
}

static void
on_connection(uv_poll_t *poll, int status, int events)
{
	struct stage_osc_tcp *self = poll->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_BURST; i++) {
		struct stage_osc_peer peer;
		int fd = stage_osc_sock_accept(self->fd, &peer);
		if (fd >= 0) {
			admit(self, fd, &peer);
		} else if (errno == EMFILE || errno == ENFILE) {
			shed(self);
		} else if (errno != ECONNABORTED) {
			return;
		}
	}
}

// Its start and end.

void
stage_osc_tcp_handle_closed(struct stage_osc_tcp *self)
{
	self->handles--;
	if (self->handles == 0) {
		free(self);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	stage_osc_tcp_handle_closed(handle->data);
}

void
stage_osc_tcp_destroy(struct stage_osc_tcp *self)
{
	if (self == NULL || self->fd < 0) {
		return;
	}
	while (self->links != NULL) {
		stage_osc_link_close(self->links);
	}
	uv_close((uv_handle_t *)&self->poll, on_closed);
	close(self->fd);
	self->fd = -1;
	if (self->spare_fd >= 0) {
		close(self->spare_fd);
	}
}

static size_t
limit(size_t wanted, size_t otherwise)
{
	return wanted != 0 ? wanted : otherwise;
}

static void
fill_config(struct stage_osc_tcp *self, const struct stage_osc_tcp_config *from)
{
	struct stage_osc_tcp_config *config = &self->config;

	config->links_max = limit(from->links_max, LINKS_MAX);
	config->queue_max_bytes = limit(from->queue_max_bytes, QUEUE_MAX_BYTES);
	config->packet_max_bytes =
		limit(from->packet_max_bytes, STAGE_OSC_BYTES_MAX);
	if (config->packet_max_bytes > STAGE_OSC_BYTES_MAX) {
		config->packet_max_bytes = STAGE_OSC_BYTES_MAX;
	}
}

static enum stage_status
listen_at(struct stage_osc_tcp *self, const struct stage_osc_tcp_config *config,
	struct stage_err *err)
{
	struct stage_osc_peer at;
	enum stage_status status =
		stage_osc_peer_init(&at, config->host, config->port, err);
	int result;

	if (status != STAGE_OK) {
		stage_err_prefix(err, "unable to listen for OSC: ");
		return status;
	}
	self->fd = stage_osc_sock_listen(&at);
	if (self->fd < 0) {
		return stage_err_set_errno(err, errno,
			"unable to listen for OSC by TCP at %s port %d",
			config->host, config->port);
	}
	result = uv_poll_init(self->loop, &self->poll, self->fd);
	if (result != 0) {
		close(self->fd);
		return stage_err_set_errno(err, -result,
			"unable to wait for OSC by TCP at %s port %d",
			config->host, config->port);
	}
	return STAGE_OK;
}

enum stage_status
stage_osc_tcp_create(uv_loop_t *loop, const struct stage_osc_tcp_config *config,
	const struct stage_osc_tcp_ops *ops, void *user,
	struct stage_osc_tcp **out, struct stage_err *err)
{
	struct stage_osc_tcp *self = calloc(1, sizeof(*self));
	enum stage_status status;

	*out = NULL;
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to listen for OSC: out of memory");
	}
	self->loop = loop;
	self->ops = *ops;
	self->user = user;
	fill_config(self, config);
	status = listen_at(self, config, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
	self->spare_fd = open_spare();
	self->poll.data = self;
	self->handles = 1;
	(void)uv_poll_start(&self->poll, UV_READABLE, on_connection);
	*out = self;
	return STAGE_OK;
}

int
stage_osc_tcp_port(const struct stage_osc_tcp *self)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);
	struct stage_osc_peer own;

	(void)getsockname(self->fd, (struct sockaddr *)&address, &len);
	stage_osc_peer_copy(&own, (const struct sockaddr *)&address);
	return stage_osc_peer_port(&own);
}
