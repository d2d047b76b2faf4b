/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/server.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sock.h"
#include "base/suggest.h"
#include "rpc/server_private.h"
#include "rpc/sock.h"

#define ACCEPT_BURST 16 // connections taken before others get their turn

static size_t
or_default(size_t value, size_t fallback)
{
	return value != 0 ? value : fallback;
}

static void
fill_config(struct stage_rpc_server *self, const struct stage_rpc_config *given)
{
	struct stage_rpc_config *config = &self->config;

	*config = *given;
	config->connections_max =
		or_default(given->connections_max, STAGE_RPC_CONNECTIONS);
	config->output_max_bytes =
		or_default(given->output_max_bytes, STAGE_RPC_OUTPUT_BYTES);
	config->line_max_bytes =
		or_default(given->line_max_bytes, STAGE_RPC_REQUEST_MAX);
}

static enum stage_status
check_verbs(const struct stage_verb *const *verbs, struct stage_err *err)
{
	enum stage_status status = stage_verbs_check(verbs, err);

	if (status != STAGE_OK) {
		return status;
	}
	for (; verbs != NULL && *verbs != NULL; verbs++) {
		if (stage_verbs_find(stage_rpc_builtin_verbs, (*verbs)->name) !=
			NULL) {
			return stage_err_set(err, STAGE_BUG,
				"the verb \"%s\" is the server's own",
				(*verbs)->name);
		}
	}
	return STAGE_OK;
}

// Random, so that a client never takes a new instance for the old one.
static void
make_epoch(struct stage_rpc_server *self)
{
	uint64_t value;

	if (uv_random(NULL, NULL, &value, sizeof(value), 0, NULL) != 0) {
		value = (uint64_t)stage_clock_wall_ns() ^ (uint64_t)getpid()
								  << 48;
	}
	snprintf(self->epoch, sizeof(self->epoch), "%016" PRIx64, value);
}

static int
open_spare(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

// Says why in one line, if the socket takes it, and hangs up.
static void
turn_away(int fd, enum stage_status status, const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};

	stage_err_set(&err, status, "%s", why);
	if (stage_rpc_write_error(&text, NULL,
		    stage_rpc_code_from_status(status), &err) == STAGE_OK) {
		struct iovec iov = {text.data, text.len};
		(void)stage_rpc_sock_send(fd, &iov, 1);
	}
	stage_str_finish(&text);
	close(fd);
}

static void
admit(struct stage_rpc_server *self, int fd)
{
	struct stage_rpc_peer peer;

	if (stage_rpc_peer_read(fd, &peer, NULL) != STAGE_OK ||
		!stage_rpc_peer_is_allowed(
			&peer, geteuid(), self->listener.gid)) {
		turn_away(fd, STAGE_DENIED,
			"not permitted: be the user that runs this, root, or a "
			"member of the group of the socket");
	} else if (self->conn_count >= self->config.connections_max) {
		turn_away(fd, STAGE_BUSY,
			"too many clients are connected, end some of them");
	} else {
		// Without memory the client finds itself disconnected.
		(void)!stage_rpc_conn_create(self, fd, &peer);
	}
}

// Without a free descriptor the connection would stay in the backlog and wake
// the loop for ever.
static void
shed(struct stage_rpc_server *self)
{
	int fd;

	if (self->spare_fd >= 0) {
		close(self->spare_fd);
	}
	fd = stage_sock_accept(self->listener.fd, NULL);
	if (fd >= 0) {
		turn_away(fd, STAGE_FULL, "no file descriptor is left");
	}
	self->spare_fd = open_spare();
}

static void
on_connection(uv_poll_t *handle, int status, int events)
{
	struct stage_rpc_server *self = handle->data;

	(void)status;
	(void)events;
	for (int i = 0; i < ACCEPT_BURST; i++) {
		int fd = stage_sock_accept(self->listener.fd, NULL);
		if (fd >= 0) {
			admit(self, fd);
		} else if (errno == EMFILE || errno == ENFILE) {
			shed(self);
		} else if (errno != ECONNABORTED) {
			return;
		}
	}
}

void
stage_rpc_server_handle_closed(struct stage_rpc_server *self)
{
	self->handles--;
	if (self->handles == 0) {
		free(self);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	stage_rpc_server_handle_closed(handle->data);
}

static enum stage_status
start(struct stage_rpc_server *self, struct stage_err *err)
{
	int result = uv_poll_init(self->loop, &self->poll, self->listener.fd);

	if (result != 0) {
		return stage_err_set_errno(err, -result,
			"unable to wait for clients at %s",
			self->listener.path);
	}
	self->poll.data = self;
	self->handles = 1;
	(void)uv_poll_start(&self->poll, UV_READABLE, on_connection);
	return STAGE_OK;
}

static const char *
group_of(const struct stage_rpc_config *config)
{
	return config->group == NULL && geteuid() == 0 &&
			       getgrnam(STAGE_RPC_GROUP) != NULL
		       ? STAGE_RPC_GROUP
		       : config->group;
}

struct stage_rpc_server *
stage_rpc_server_create(struct uv_loop_s *loop, const char *path,
	const struct stage_rpc_config *config, struct stage_err *err)
{
	struct stage_rpc_server *self = NULL;

	if (check_verbs(config->verbs, err) != STAGE_OK) {
		return NULL;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		stage_err_set(err, STAGE_NO_MEMORY,
			"unable to serve at %s: out of memory", path);
		return NULL;
	}
	self->loop = loop;
	fill_config(self, config);
	make_epoch(self);
	if (stage_rpc_listener_init(
		    &self->listener, path, group_of(config), err) != STAGE_OK) {
		goto fail;
	}
	if (start(self, err) != STAGE_OK) {
		goto fail_listener;
	}
	self->spare_fd = open_spare();
	return self;

fail_listener:
	stage_rpc_listener_finish(&self->listener);
fail:
	free(self);
	return NULL;
}

void
stage_rpc_server_destroy(struct stage_rpc_server *self)
{
	if (self == NULL || self->is_destroyed) {
		return;
	}
	self->is_destroyed = true;
	uv_close((uv_handle_t *)&self->poll, on_closed);
	stage_rpc_listener_finish(&self->listener);
	if (self->spare_fd >= 0) {
		close(self->spare_fd);
	}
	while (self->conns != NULL) {
		stage_rpc_conn_flush(self->conns);
		stage_rpc_conn_close(self->conns);
	}
}

static void
answer_call(struct stage_rpc_call *call, enum stage_status status,
	json_t *result, struct stage_err *err)
{
	if (call->id == NULL) {
		return;
	}
	if (status == STAGE_OK) {
		stage_rpc_conn_answer_result(call->conn, call->id,
			result != NULL ? result : json_null());
		return;
	}
	err->status = status;
	stage_rpc_conn_answer_error(
		call->conn, call->id, stage_rpc_code_from_status(status), err);
}

// Runs a handler and answers, unless it deferred the call.
static void
run_verb(struct stage_rpc_conn *conn, const struct stage_verb *verb, json_t *id,
	json_t *args)
{
	struct stage_rpc_call call = {.conn = conn, .id = id};
	struct stage_err err = STAGE_ERR_INIT;
	json_t *result = NULL;
	enum stage_status status = verb->handler(
		conn->server->config.ctx, &call, args, &result, &err);
	bool was_answered = call.is_deferred && call.reply == NULL;

	if (call.reply != NULL && status != STAGE_OK) {
		stage_rpc_reply_drop(call.reply);
		call.is_deferred = false;
	}
	if (call.is_deferred) {
		stage_rpc_reply_call_over(call.reply);
	} else if (!was_answered) {
		answer_call(&call, status, result, &err);
	}
	json_decref(result);
}

static const struct stage_verb *
find_verb(const struct stage_rpc_server *self, const char *name)
{
	const struct stage_verb *verb =
		stage_verbs_find(stage_rpc_builtin_verbs, name);

	return verb != NULL ? verb : stage_verbs_find(self->config.verbs, name);
}

static void
offer_verbs(struct stage_suggest *near, const struct stage_verb *const *verbs)
{
	for (; verbs != NULL && *verbs != NULL; verbs++) {
		stage_suggest_offer(near, (*verbs)->name);
	}
}

static void
explain_unknown(const struct stage_rpc_server *self, const char *name,
	struct stage_err *err)
{
	struct stage_suggest near = STAGE_SUGGEST_INIT(name);

	offer_verbs(&near, stage_rpc_builtin_verbs);
	offer_verbs(&near, self->config.verbs);
	if (near.best != NULL) {
		stage_err_set(err, STAGE_UNSUPPORTED,
			"%s has no verb \"%s\", did you mean \"%s\"?",
			self->config.name, name, near.best);
	} else {
		stage_err_set(err, STAGE_UNSUPPORTED,
			"%s has no verb \"%s\", \"verbs\" lists them",
			self->config.name, name);
	}
}

// Errors of a notification are nobody's: it has no id to answer to.
static void
dispatch(struct stage_rpc_conn *conn, const struct stage_rpc_message *message)
{
	const struct stage_verb *verb =
		find_verb(conn->server, message->method);
	struct stage_rpc_call call = {.conn = conn, .id = message->id};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	json_t *args;

	if (verb == NULL) {
		if (message->id != NULL) {
			explain_unknown(conn->server, message->method, &err);
			stage_rpc_conn_answer_error(conn, message->id,
				STAGE_RPC_METHOD_NOT_FOUND, &err);
		}
		return;
	}
	status = stage_verb_bind(verb, message->params, &args, &err);
	if (status != STAGE_OK) {
		answer_call(&call, status, NULL, &err);
		return;
	}
	run_verb(conn, verb, message->id, args);
	json_decref(args);
}

void
stage_rpc_server_handle_line(
	struct stage_rpc_conn *conn, const char *line, size_t len)
{
	struct stage_rpc_message message;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rpc_message_parse(&message, line, len, &err) != STAGE_OK) {
		stage_rpc_conn_answer_error(
			conn, message.id, message.code, &err);
	} else if (message.method == NULL) {
		stage_err_set(&err, STAGE_BAD_INPUT,
			"not a request: nobody here waits for an answer");
		stage_rpc_conn_answer_error(
			conn, NULL, STAGE_RPC_INVALID_REQUEST, &err);
	} else {
		dispatch(conn, &message);
	}
	stage_rpc_message_finish(&message);
}

const struct stage_rpc_peer *
stage_rpc_call_peer(const struct stage_rpc_call *call)
{
	return &call->conn->peer;
}

// The line that goes to all subscribers; NULL when out of memory.
static struct stage_rpc_line *
make_event(const struct stage_rpc_server *self, const char *topic, json_t *data)
{
	struct stage_str text = {0};
	struct stage_rpc_line *line = NULL;
	json_t *params;

	if (data == NULL) {
		return NULL;
	}
	params = json_pack("{s:s, s:s, s:I, s:O}", "topic", topic, "epoch",
		self->epoch, "seq", (json_int_t)self->seq, "data", data);
	if (params != NULL && stage_rpc_write_notification(
				      &text, "event", params) == STAGE_OK) {
		line = stage_rpc_line_create(text.data, text.len);
	}
	json_decref(params);
	stage_str_finish(&text);
	return line;
}

static bool
wants(const struct stage_rpc_conn *conn, const char *topic)
{
	return conn->is_subscribed &&
	       (conn->topics.count == 0 ||
		       stage_strv_has(&conn->topics, topic));
}

void
stage_rpc_server_publish(
	struct stage_rpc_server *self, const char *topic, json_t *data)
{
	struct stage_rpc_line *line = NULL;
	bool was_made = false;

	self->seq++;
	for (struct stage_rpc_conn *conn = self->conns; conn != NULL;
		conn = conn->next) {
		if (!wants(conn, topic)) {
			continue;
		}
		if (!was_made) {
			line = make_event(self, topic, data);
			was_made = true;
		}
		stage_rpc_conn_send_event(conn, line);
	}
	stage_rpc_line_destroy(line);
	json_decref(data);
}

size_t
stage_rpc_server_connections(const struct stage_rpc_server *self)
{
	return self->conn_count;
}

size_t
stage_rpc_server_subscribers(const struct stage_rpc_server *self)
{
	size_t count = 0;

	for (const struct stage_rpc_conn *conn = self->conns; conn != NULL;
		conn = conn->next) {
		count += conn->is_subscribed ? 1 : 0;
	}
	return count;
}

size_t
stage_rpc_server_queued_bytes(const struct stage_rpc_server *self)
{
	size_t bytes = 0;

	for (const struct stage_rpc_conn *conn = self->conns; conn != NULL;
		conn = conn->next) {
		bytes += conn->output.bytes;
	}
	return bytes;
}
