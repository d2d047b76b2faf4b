/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "web/http_private.h"

#define BLOCK_BYTES 32768

struct stage_web_stream {
	struct stage_web_http *http;
	struct MHD_Connection *connection;
	struct stage_web_listener *listener;
	void (*closed)(void *user);
	void *user;
	bool is_suspended; // there is nothing to send
	bool is_over;
	struct stage_web_stream *next, *previous;
};

static void
wake(void *user)
{
	struct stage_web_stream *self = user;

	if (self->is_suspended) {
		self->is_suspended = false;
		MHD_resume_connection(self->connection);
		stage_web_http_run_soon(self->http);
	}
}

static ssize_t
read_events(void *cls, uint64_t pos, char *out, size_t max)
{
	struct stage_web_stream *self = cls;
	size_t got = 0;

	(void)pos;
	if (!self->is_over) {
		got = stage_web_hub_read(self->listener, out, max);
	}
	if (got > 0) {
		self->http->hasty_runs = 0; // there is something to do
		return (ssize_t)got;
	}
	if (self->is_over) {
		return MHD_CONTENT_READER_END_OF_STREAM;
	}
	self->is_suspended = true;
	MHD_suspend_connection(self->connection);
	return 0;
}

static void
free_stream(void *cls)
{
	struct stage_web_stream *self = cls;

	if (self->previous != NULL) {
		self->previous->next = self->next;
	} else {
		self->http->streams = self->next;
	}
	if (self->next != NULL) {
		self->next->previous = self->previous;
	}
	stage_web_hub_leave(self->listener);
	self->closed(self->user);
	free(self);
}

static void
add(struct stage_web_stream *self)
{
	self->next = self->http->streams;
	if (self->next != NULL) {
		self->next->previous = self;
	}
	self->http->streams = self;
}

struct stage_web_stream *
stage_web_exchange_stream(struct stage_web_exchange *exchange,
	struct stage_web_hub *hub, void (*closed)(void *user), void *user)
{
	struct MHD_Response *response;
	struct stage_web_stream *self = calloc(1, sizeof(*self));

	if (self == NULL || exchange->connection == NULL) {
		free(self);
		stage_web_exchange_give_up(exchange);
		return NULL;
	}
	self->http = exchange->http;
	self->connection = exchange->connection;
	self->closed = closed;
	self->user = user;
	self->listener = stage_web_hub_join(hub, wake, self);
	if (self->listener == NULL) {
		free(self);
		stage_web_exchange_give_up(exchange);
		return NULL;
	}
	add(self);
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, BLOCK_BYTES, read_events, self, free_stream);
	if (response == NULL) {
		free_stream(self);
		stage_web_exchange_give_up(exchange);
		return NULL;
	}
	(void)MHD_set_connection_option(
		self->connection, MHD_CONNECTION_OPTION_TIMEOUT, 0U);
	(void)MHD_add_response_header(
		response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/event-stream");
	stage_web_http_add_headers(response, false);
	stage_web_exchange_respond(exchange, MHD_HTTP_OK, response);
	return self;
}

struct stage_web_listener *
stage_web_stream_listener(const struct stage_web_stream *self)
{
	return self->listener;
}

void
stage_web_stream_end(struct stage_web_stream *self)
{
	self->is_over = true;
	wake(self);
}

void
stage_web_http_end_streams(struct stage_web_http *self)
{
	for (struct stage_web_stream *it = self->streams; it != NULL;
		it = it->next) {
		stage_web_stream_end(it);
	}
}
