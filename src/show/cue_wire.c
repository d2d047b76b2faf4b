/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_wire.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READ_BYTES 8192
#define WHY_MAX 200
#define KEEPALIVE_S 10 // of silence until it is asked whether it is there

struct stage_show_wire {
	uv_loop_t *loop;
	const struct stage_show_wire_ops *ops; // NULL: destroyed
	void *user;
	char *host;
	uint16_t port;
	struct stage_show_book *book;
	struct stage_show_lookup *lookup;
	struct stage_osc_peer peers[STAGE_SHOW_ADDRESSES_MAX];
	size_t peer_count, peer_at;
	uv_timer_t starter; // so that nothing is told in create
	uv_connect_t connecting;
	uv_tcp_t tcp;
	bool has_tcp; // and it is not closed
	bool is_open;
	unsigned handles; // that are not closed yet
	unsigned writes;  // that are not done yet
	char bytes[READ_BYTES];
};

struct writing {
	uv_write_t request;
	struct stage_show_wire *wire;
	char bytes[];
};

static void try_next(struct stage_show_wire *self, const char *why);

static void
free_when_done(struct stage_show_wire *self)
{
	if (self->ops == NULL && self->handles == 0 && self->writes == 0) {
		free(self->host);
		free(self);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_show_wire *self = handle->data;

	self->handles--;
	free_when_done(self);
}

static void
end(struct stage_show_wire *self, bool is_eof, const char *why)
{
	self->is_open = false;
	if (self->ops != NULL) {
		self->ops->ended(self->user, is_eof, why);
	}
}

static void
end_with(struct stage_show_wire *self, const char *what, int status)
{
	char why[WHY_MAX];

	snprintf(why, sizeof(why), "%s: %s", what, uv_strerror(status));
	end(self, false, why);
}

// Bytes.

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_show_wire *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->bytes, sizeof(self->bytes));
}

static void
on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buffer)
{
	struct stage_show_wire *self = stream->data;

	if (self->ops == NULL || got == 0) {
		return;
	}
	if (got > 0) {
		self->ops->got(self->user, buffer->base, (size_t)got);
	} else if (got == UV_EOF) {
		end(self, true, "it has ended the connection");
	} else {
		end_with(self, "the connection has ended", (int)got);
	}
}

static void
on_written(uv_write_t *request, int status)
{
	struct writing *writing = request->data;
	struct stage_show_wire *self = writing->wire;

	free(writing);
	self->writes--;
	if (self->ops == NULL) {
		free_when_done(self);
	} else if (status < 0) {
		end_with(self, "the connection has ended", status);
	} else if (self->writes == 0) {
		self->ops->written(self->user);
	}
}

enum stage_status
stage_show_wire_write(
	struct stage_show_wire *self, const void *bytes, size_t len)
{
	struct writing *writing;
	uv_buf_t buffer;

	if (!self->is_open) {
		return STAGE_GONE;
	}
	writing = malloc(sizeof(*writing) + len);
	if (writing == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(writing->bytes, bytes, len);
	writing->wire = self;
	writing->request.data = writing;
	buffer = uv_buf_init(writing->bytes, (unsigned)len);
	if (uv_write(&writing->request, (uv_stream_t *)&self->tcp, &buffer, 1,
		    on_written) != 0) {
		free(writing);
		return STAGE_GONE;
	}
	self->writes++;
	return STAGE_OK;
}

// The connection.

static void
close_tcp(struct stage_show_wire *self)
{
	if (self->has_tcp) {
		self->has_tcp = false;
		uv_close((uv_handle_t *)&self->tcp, on_closed);
	}
}

// The handle of an address that did not answer has gone: the next address.
static void
on_tried(uv_handle_t *handle)
{
	struct stage_show_wire *self = handle->data;

	self->handles--;
	if (self->ops == NULL) {
		free_when_done(self);
		return;
	}
	self->peer_at++;
	try_next(self, NULL);
}

static void
give_up_peer(struct stage_show_wire *self, int status)
{
	if (self->has_tcp && self->peer_at + 1 < self->peer_count) {
		self->has_tcp = false;
		uv_close((uv_handle_t *)&self->tcp, on_tried);
	} else {
		end_with(self, "there is no connection", status);
	}
}

static void
on_connected(uv_connect_t *request, int status)
{
	struct stage_show_wire *self = request->data;

	if (self->ops == NULL || status == UV_ECANCELED) {
		return;
	}
	if (status < 0) {
		give_up_peer(self, status);
		return;
	}
	self->is_open = true;
	(void)uv_tcp_nodelay(&self->tcp, 1);
	(void)uv_tcp_keepalive(&self->tcp, 1, KEEPALIVE_S);
	uv_read_start((uv_stream_t *)&self->tcp, on_alloc, on_read);
	self->ops->opened(self->user);
}

static void
try_next(struct stage_show_wire *self, const char *why)
{
	int status;

	if (self->peer_at == self->peer_count) {
		end(self, false, why);
		return;
	}
	status = uv_tcp_init(self->loop, &self->tcp);
	if (status == 0) {
		self->has_tcp = true;
		self->handles++;
		status = uv_tcp_connect(&self->connecting, &self->tcp,
			(const struct sockaddr *)&self->peers[self->peer_at]
				.address,
			on_connected);
	}
	if (status != 0) {
		give_up_peer(self, status);
	}
}

static void
on_found(void *user, const struct stage_osc_peer *peers, size_t count,
	const char *why)
{
	struct stage_show_wire *self = user;

	self->lookup = NULL;
	memcpy(self->peers, peers, count * sizeof(*peers));
	self->peer_count = count;
	try_next(self, why);
}

static void
on_start(uv_timer_t *timer)
{
	struct stage_show_wire *self = timer->data;
	struct stage_show_lookup *lookup = stage_show_lookup_start(self->book,
		self->host, self->port, SOCK_STREAM, on_found, self);

	if (lookup != NULL) {
		self->lookup = lookup;
	}
}

struct stage_show_wire *
stage_show_wire_create(uv_loop_t *loop, struct stage_show_book *book,
	const char *host, uint16_t port, const struct stage_show_wire_ops *ops,
	void *user)
{
	struct stage_show_wire *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->host = strdup(host);
	if (self->host == NULL) {
		free(self);
		return NULL;
	}
	self->loop = loop;
	self->book = book;
	self->port = port;
	self->ops = ops;
	self->user = user;
	self->tcp.data = self;
	self->starter.data = self;
	self->connecting.data = self;
	uv_timer_init(loop, &self->starter);
	self->handles = 1;
	uv_timer_start(&self->starter, on_start, 0, 0);
	return self;
}

void
stage_show_wire_destroy(struct stage_show_wire *self)
{
	if (self == NULL || self->ops == NULL) {
		return;
	}
	self->ops = NULL;
	self->is_open = false;
	stage_show_lookup_cancel(self->lookup);
	uv_close((uv_handle_t *)&self->starter, on_closed);
	close_tcp(self);
}
