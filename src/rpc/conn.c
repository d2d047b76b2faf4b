/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/server_private.h"
#include "rpc/sock.h"

#define CHUNK_BYTES 16384 // read at a time
#define SEND_LINES 64     // sent at a time
#define EAGER_BYTES 65536 // queued more than this: send before the loop turns

// While this many bytes of answers wait, no further request is looked at.
static bool
is_paused(const struct stage_rpc_conn *self)
{
	return self->output.answer_bytes > self->output.max_bytes / 2;
}

static bool
is_done(const struct stage_rpc_conn *self)
{
	if (self->is_broken) {
		return true;
	}
	if (self->output.first != NULL) {
		return false;
	}
	return self->is_ending ||
	       (self->is_eof && !self->is_subscribed && self->reply_count == 0);
}

// UV_PRIORITIZED stands for "nothing but the end of it": such data is never
// sent here, but without any bit libuv would not tell of a hang-up.
static int
wanted_events(const struct stage_rpc_conn *self)
{
	int events = 0;

	if (is_done(self)) {
		return UV_READABLE | UV_WRITABLE; // on_poll is to close it
	}
	if (!self->is_eof && !self->is_ending && !is_paused(self)) {
		events |= UV_READABLE;
	}
	if (self->output.first != NULL ||
		stage_rpc_queue_needs_resync(&self->output)) {
		events |= UV_WRITABLE;
	}
	return events != 0 ? events : UV_PRIORITIZED;
}

static void on_poll(uv_poll_t *handle, int status, int events);

void
stage_rpc_conn_wake(struct stage_rpc_conn *self)
{
	int events = wanted_events(self);

	if (!self->is_closed && events != self->poll_for) {
		self->poll_for = events;
		(void)uv_poll_start(&self->poll, events, on_poll);
	}
}

// The shutdown makes the socket ready, so that on_poll comes and closes it.
static void
break_off(struct stage_rpc_conn *self)
{
	if (!self->is_closed && !self->is_broken) {
		self->is_broken = true;
		(void)shutdown(self->fd, SHUT_RDWR);
		stage_rpc_queue_finish(&self->output);
		stage_rpc_conn_wake(self);
	}
}

void
stage_rpc_conn_flush(struct stage_rpc_conn *self)
{
	while (!self->is_broken && self->output.first != NULL) {
		struct iovec iov[SEND_LINES];
		size_t count =
			stage_rpc_queue_peek(&self->output, iov, SEND_LINES);
		ssize_t sent = stage_rpc_sock_send(self->fd, iov, count);
		if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			return;
		}
		if (sent < 0) {
			break_off(self);
			return;
		}
		stage_rpc_queue_consume(&self->output, (size_t)sent);
	}
}

static void
after_push(struct stage_rpc_conn *self)
{
	if (self->output.bytes > EAGER_BYTES) {
		stage_rpc_conn_flush(self);
	}
	stage_rpc_conn_wake(self);
}

// Queues a line that must arrive, and empties `text`.
static void
push_answer(struct stage_rpc_conn *self, struct stage_str *text)
{
	struct stage_rpc_line *line =
		stage_rpc_line_create(text->data, text->len);

	stage_str_finish(text);
	if (line == NULL ||
		stage_rpc_queue_push_answer(&self->output, line) != STAGE_OK) {
		break_off(self);
	}
	stage_rpc_line_destroy(line);
	after_push(self);
}

void
stage_rpc_conn_answer_error(struct stage_rpc_conn *self, json_t *id, int code,
	const struct stage_err *error)
{
	struct stage_str text = {0};

	if (self->is_closed || self->is_broken) {
		return;
	}
	if (stage_rpc_write_error(&text, id, code, error) != STAGE_OK) {
		stage_str_finish(&text);
		break_off(self);
		return;
	}
	push_answer(self, &text);
}

static void
answer_status(struct stage_rpc_conn *self, json_t *id, enum stage_status status,
	const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_err_set(&err, status, "%s", why);
	stage_rpc_conn_answer_error(
		self, id, stage_rpc_code_from_status(status), &err);
}

void
stage_rpc_conn_answer_result(
	struct stage_rpc_conn *self, json_t *id, json_t *result)
{
	struct stage_str text = {0};

	if (self->is_closed || self->is_broken) {
		return;
	}
	if (stage_rpc_write_result(&text, id, result) != STAGE_OK) {
		stage_str_finish(&text);
		answer_status(self, id, STAGE_NO_MEMORY,
			"unable to write the answer: out of memory");
		return;
	}
	if (text.len > self->output.max_bytes / 2) {
		stage_str_finish(&text);
		answer_status(self, id, STAGE_TOO_LONG,
			"the answer is longer than this server may send");
		return;
	}
	push_answer(self, &text);
}

static enum stage_status
write_resync(struct stage_str *out, const struct stage_rpc_conn *self,
	json_int_t lost)
{
	const struct stage_rpc_server *server = self->server;
	json_t *params = json_pack("{s:s, s:I, s:I}", "epoch", server->epoch,
		"seq", (json_int_t)server->seq, "dropped", lost);
	enum stage_status status = STAGE_NO_MEMORY;

	if (params != NULL) {
		status = stage_rpc_write_notification(out, "resync", params);
	}
	json_decref(params);
	return status;
}

// Only while the socket takes bytes, so that a client that does not read has
// one resync before it and not one for each time that the queue was full. A
// resync that cannot be made ends the connection: the client, coming back, gets
// the state anew.
static void
resync(struct stage_rpc_conn *self)
{
	struct stage_str text = {0};
	uint64_t lost;

	if (self->is_broken || !stage_rpc_queue_needs_resync(&self->output)) {
		return;
	}
	lost = stage_rpc_queue_resume(&self->output);
	if (write_resync(&text, self, (json_int_t)lost) != STAGE_OK) {
		stage_str_finish(&text);
		break_off(self);
		return;
	}
	push_answer(self, &text);
}

void
stage_rpc_conn_send_event(
	struct stage_rpc_conn *self, struct stage_rpc_line *line)
{
	bool was_empty;

	if (self->is_closed || self->is_broken) {
		return;
	}
	was_empty = self->output.first == NULL &&
		    !stage_rpc_queue_needs_resync(&self->output);
	stage_rpc_queue_push_event(&self->output, line);
	// A queue that was full tells when the client reads again; one that was
	// empty will not be written from, so it has to tell now.
	if (was_empty) {
		resync(self);
	}
	after_push(self);
}

static void
read_some(struct stage_rpc_conn *self)
{
	char chunk[CHUNK_BYTES];
	ssize_t got;

	do {
		got = recv(self->fd, chunk, sizeof(chunk), 0);
	} while (got < 0 && errno == EINTR);
	if (got == 0) {
		self->is_eof = true;
	} else if (got > 0) {
		if (stage_rpc_frame_feed(&self->input, chunk, (size_t)got) !=
			STAGE_OK) {
			break_off(self);
		}
	} else if (errno != EAGAIN && errno != EWOULDBLOCK) {
		break_off(self);
	}
}

static bool
is_blank(const char *line)
{
	return line[strspn(line, " \t\r")] == '\0';
}

// Handles what has arrived. True when it stopped because answers pile up.
static bool
handle_lines(struct stage_rpc_conn *self)
{
	const char *line;
	size_t len;

	while (!self->is_closed && !self->is_broken && !self->is_ending) {
		enum stage_status status;
		if (is_paused(self)) {
			return true;
		}
		status = stage_rpc_frame_next(&self->input, &line, &len);
		if (status == STAGE_NOT_FOUND) {
			return false;
		}
		if (status != STAGE_OK) {
			self->is_ending = true;
			answer_status(self, NULL, status,
				"a line is longer than this server reads");
		} else if (len != strlen(line) || !is_blank(line)) {
			stage_rpc_server_handle_line(self, line, len);
		}
	}
	return false;
}

static void
on_poll(uv_poll_t *handle, int status, int events)
{
	struct stage_rpc_conn *self = handle->data;
	bool is_stopped;

	if (status < 0 || (events & UV_PRIORITIZED) != 0) {
		break_off(self);
	}
	if ((events & UV_WRITABLE) != 0) {
		stage_rpc_conn_flush(self);
	}
	if ((events & UV_READABLE) != 0 && !self->is_broken) {
		read_some(self);
	}
	do {
		is_stopped = handle_lines(self);
		if (self->is_closed) {
			return; // a handler destroyed the server
		}
		stage_rpc_conn_flush(self);
	} while (is_stopped && !self->is_broken && !is_paused(self));
	if ((events & UV_WRITABLE) != 0) {
		resync(self);
	}
	if (is_done(self)) {
		stage_rpc_conn_close(self);
	} else {
		stage_rpc_conn_wake(self);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_rpc_conn *self = handle->data;
	struct stage_rpc_server *server = self->server;

	stage_rpc_frame_finish(&self->input);
	free(self);
	stage_rpc_server_handle_closed(server);
}

static void
unlink_conn(struct stage_rpc_conn *self)
{
	if (self->prev != NULL) {
		self->prev->next = self->next;
	} else {
		self->server->conns = self->next;
	}
	if (self->next != NULL) {
		self->next->prev = self->prev;
	}
	self->server->conn_count--;
}

void
stage_rpc_conn_close(struct stage_rpc_conn *self)
{
	self->is_closed = true;
	unlink_conn(self);
	uv_close((uv_handle_t *)&self->poll, on_closed);
	close(self->fd);
	self->fd = -1;
	stage_rpc_queue_finish(&self->output);
	stage_strv_finish(&self->topics);
	self->is_subscribed = false;
	stage_rpc_reply_all_gone(self);
}

enum stage_status
stage_rpc_conn_create(struct stage_rpc_server *server, int fd,
	const struct stage_rpc_peer *peer)
{
	struct stage_rpc_conn *self = calloc(1, sizeof(*self));

	if (self == NULL || uv_poll_init(server->loop, &self->poll, fd) != 0) {
		free(self);
		close(fd);
		return STAGE_NO_MEMORY;
	}
	self->server = server;
	self->fd = fd;
	self->peer = *peer;
	self->poll.data = self;
	self->input.max_bytes = server->config.line_max_bytes;
	self->output.max_bytes = server->config.output_max_bytes;
	self->next = server->conns;
	if (self->next != NULL) {
		self->next->prev = self;
	}
	server->conns = self;
	server->conn_count++;
	server->handles++;
	stage_rpc_conn_wake(self);
	return STAGE_OK;
}
