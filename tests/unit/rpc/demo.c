/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "demo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "rpc/proto.h"

#define RAW_TIMEOUT_S 20

static json_t *
make_state(void *ctx)
{
	struct demo *self = ctx;

	return self->is_out_of_memory ? NULL : json_pack("{s:s}", "demo", "on");
}

static enum stage_status
run_echo(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	*result = json_incref(args);
	return STAGE_OK;
}

// Fails as asked; without a text, without a sentence.
static enum stage_status
run_fail(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *text = stage_args_text(args, "text", NULL);
	enum stage_status status =
		stage_rpc_status_from_word(stage_args_text(args, "status", ""));

	(void)ctx;
	(void)call;
	*result = json_string("thrown away");
	if (text != NULL) {
		return stage_err_set(err, status, "%s", text);
	}
	return status;
}

static enum stage_status
run_nothing(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)args;
	(void)result;
	(void)err;
	return STAGE_OK;
}

static json_t *
make_text(size_t bytes)
{
	char *text = malloc(bytes);
	json_t *json = NULL;

	if (text != NULL) {
		memset(text, 'x', bytes);
		json = json_stringn(text, bytes);
	}
	free(text);
	return json;
}

static enum stage_status
run_big(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	*result = make_text((size_t)stage_args_integer(args, "bytes", 1));
	if (*result == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return STAGE_OK;
}

static void
count_gone(void *ctx)
{
	struct demo *self = ctx;

	self->gone_count++;
	if (self->victim != NULL) {
		stage_rpc_server_destroy(*self->victim);
		*self->victim = NULL;
	}
}

static enum stage_status
run_later(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct demo *self = ctx;
	struct stage_rpc_reply *reply;
	enum stage_status status = stage_rpc_call_defer(call, &reply, err);

	(void)args;
	(void)result;
	if (status != STAGE_OK) {
		return status;
	}
	assert_true(self->reply_count < DEMO_REPLIES_MAX);
	stage_rpc_reply_on_gone(reply, count_gone, self);
	self->replies[self->reply_count++] = reply;
	return STAGE_OK;
}

// Completes all that wait: how = ok, big, fail, null; returns how many of them
// were wanted.
static enum stage_status
run_complete(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct demo *self = ctx;
	const char *how = stage_args_text(args, "how", "ok");
	struct stage_err error = {STAGE_TIMEOUT, "it never came"};
	int wanted = 0;

	(void)call;
	(void)err;
	for (size_t i = 0; i < self->reply_count; i++) {
		struct stage_rpc_reply *reply = self->replies[i];
		wanted += stage_rpc_reply_is_wanted(reply) ? 1 : 0;
		if (strcmp(how, "fail") == 0) {
			stage_rpc_reply_fail(reply, &error);
		} else if (strcmp(how, "null") == 0) {
			stage_rpc_reply_ok(reply, NULL);
		} else if (strcmp(how, "big") == 0) {
			stage_rpc_reply_ok(reply, make_text(100000));
		} else {
			stage_rpc_reply_ok(reply, json_integer((int)i));
		}
	}
	self->reply_count = 0;
	*result = json_integer(wanted);
	return STAGE_OK;
}

// Defers and then, as `how` says: fails, completes at once, completes at once
// and fails, defers a second time.
static enum stage_status
run_defer(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	const char *how = stage_args_text(args, "how", "");
	struct stage_rpc_reply *reply;
	enum stage_status status = stage_rpc_call_defer(call, &reply, err);

	(void)ctx;
	*result = json_string("ignored");
	if (status != STAGE_OK) {
		return status;
	}
	if (strcmp(how, "fail") == 0) {
		return stage_err_set(err, STAGE_BUSY, "changed my mind");
	}
	if (strcmp(how, "again") == 0) {
		return stage_rpc_call_defer(call, &reply, err);
	}
	stage_rpc_reply_ok(reply, json_string("at once"));
	return strcmp(how, "both") == 0 ? STAGE_BUSY : STAGE_OK;
}

static enum stage_status
run_publish(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct demo *self = ctx;
	int64_t count = stage_args_integer(args, "count", 1);
	int64_t bytes = stage_args_integer(args, "bytes", 1);
	const char *topic = stage_args_text(args, "topic", NULL);

	(void)call;
	(void)result;
	(void)err;
	for (int64_t i = 0; i < count; i++) {
		stage_rpc_server_publish(
			self->server, topic, make_text((size_t)bytes));
	}
	return STAGE_OK;
}

static enum stage_status
run_publish_nothing(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct demo *self = ctx;

	(void)call;
	(void)args;
	(void)result;
	(void)err;
	stage_rpc_server_publish(self->server, "a", NULL);
	return STAGE_OK;
}

static enum stage_status
run_stats(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct demo *self = ctx;
	const struct stage_rpc_peer *peer = stage_rpc_call_peer(call);

	(void)args;
	(void)err;
	*result =
		json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
			(json_int_t)stage_rpc_server_connections(self->server),
			"subscribers",
			(json_int_t)stage_rpc_server_subscribers(self->server),
			"queued",
			(json_int_t)stage_rpc_server_queued_bytes(self->server),
			"gone", (json_int_t)self->gone_count, "waiting",
			(json_int_t)self->reply_count, "pid",
			(json_int_t)peer->pid, "uid", (json_int_t)peer->uid);
	return STAGE_OK;
}

static enum stage_status
run_lose_memory(void *ctx, struct stage_rpc_call *call, json_t *args,
	json_t **result, struct stage_err *err)
{
	struct demo *self = ctx;

	(void)call;
	(void)args;
	(void)result;
	(void)err;
	self->is_out_of_memory = true;
	return STAGE_OK;
}

static enum stage_status
run_quit(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct demo *self = ctx;

	(void)call;
	(void)args;
	(void)result;
	(void)err;
	stage_rpc_server_destroy(self->server);
	self->server = NULL;
	return STAGE_OK;
}

static enum stage_status
run_doom(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct demo *self = ctx;

	(void)call;
	(void)args;
	(void)result;
	(void)err;
	self->victim = &self->server;
	return STAGE_OK;
}

static const struct stage_verb_arg fail_args[] = {
	{"status", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the word"},
	{"text", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "the sentence"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg echo_args[] = {
	{"text", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "anything"},
	{"count", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "a number"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg bytes_args[] = {
	{"bytes", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED, "how many"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg how_args[] = {
	{"how", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "what to do"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg publish_args[] = {
	{"topic", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the topic"},
	{"count", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "how many events"},
	{"bytes", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "bytes in each"},
	STAGE_ARGS_END,
};

static const struct stage_verb verbs[] = {
	{"echo", echo_args, "Says it again", run_echo, STAGE_DEED_CHANGES},
	{"fail", fail_args, "Fails as told", run_fail, STAGE_DEED_CHANGES},
	{"nothing", NULL, "Says null", run_nothing, STAGE_DEED_CHANGES},
	{"big", bytes_args, "Says much", run_big, STAGE_DEED_CHANGES},
	{"later", NULL, "Answers when complete is called", run_later,
		STAGE_DEED_CHANGES},
	{"complete", how_args, "Completes all later ones", run_complete,
		STAGE_DEED_CHANGES},
	{"defer", how_args, "Defers in odd ways", run_defer,
		STAGE_DEED_CHANGES},
	{"publish", publish_args, "Publishes events", run_publish,
		STAGE_DEED_CHANGES},
	{"publish_nothing", NULL, "Fails to publish", run_publish_nothing,
		STAGE_DEED_CHANGES},
	{"stats", NULL, "Counts", run_stats, STAGE_DEED_CHANGES},
	{"lose_memory", NULL, "Has no state any more", run_lose_memory,
		STAGE_DEED_CHANGES},
	{"quit", NULL, "Ends the server", run_quit, STAGE_DEED_CHANGES},
	{"doom", NULL, "Ends the server when a client goes", run_doom,
		STAGE_DEED_CHANGES},
};

static const struct stage_verb *const verb_table[] = {&verbs[0], &verbs[1],
	&verbs[2], &verbs[3], &verbs[4], &verbs[5], &verbs[6], &verbs[7],
	&verbs[8], &verbs[9], &verbs[10], &verbs[11], &verbs[12], NULL};

void
demo_init(struct demo *self)
{
	*self = (struct demo){0};
	scratch_init(&self->scratch);
	assert_int_equal(stage_format(self->path, sizeof(self->path), "%s",
				 scratch_path(&self->scratch, "demo.sock")),
		STAGE_OK);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	self->config = (struct stage_rpc_config){
		.name = "demo",
		.verbs = verb_table,
		.state = make_state,
		.ctx = self,
	};
}

void
demo_listen(struct demo *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	self->server = stage_rpc_server_create(
		&self->loop, self->path, &self->config, &err);
	assert_string_equal(err.text, "");
	assert_non_null(self->server);
}

void
demo_complete_all(struct demo *self)
{
	for (size_t i = 0; i < self->reply_count; i++) {
		stage_rpc_reply_ok(self->replies[i], json_true());
	}
	self->reply_count = 0;
}

// In the thread of the loop. The replies left open are completed only after
// the server has gone.
static void
on_stop(uv_async_t *handle)
{
	struct demo *self = handle->data;

	stage_rpc_server_destroy(self->server);
	self->server = NULL;
	demo_complete_all(self);
	uv_close((uv_handle_t *)handle, NULL);
}

static void
run_loop(void *data)
{
	struct demo *self = data;

	uv_run(&self->loop, UV_RUN_DEFAULT);
}

void
demo_start(struct demo *self)
{
	demo_listen(self);
	assert_int_equal(uv_async_init(&self->loop, &self->stop, on_stop), 0);
	self->stop.data = self;
	assert_int_equal(uv_thread_create(&self->thread, run_loop, self), 0);
	self->has_thread = true;
}

void
demo_finish(struct demo *self)
{
	if (self->has_thread) {
		assert_int_equal(uv_async_send(&self->stop), 0);
		assert_int_equal(uv_thread_join(&self->thread), 0);
	} else {
		stage_rpc_server_destroy(self->server);
		demo_complete_all(self);
		assert_int_equal(uv_run(&self->loop, UV_RUN_DEFAULT), 0);
	}
	assert_int_equal(uv_loop_close(&self->loop), 0);
	assert_false(scratch_has(&self->scratch, "demo.sock.lock"));
	scratch_finish(&self->scratch);
}

struct stage_rpc_client *
demo_client(struct demo *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client =
		stage_rpc_client_create(self->path, DEMO_TIMEOUT_NS, &err);

	assert_string_equal(err.text, "");
	assert_non_null(client);
	return client;
}

json_t *
demo_call(struct stage_rpc_client *client, const char *method, json_t *params)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *result = NULL;
	enum stage_status status = stage_rpc_client_call(
		client, method, params, DEMO_TIMEOUT_NS, &result, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, STAGE_OK);
	assert_non_null(result);
	return result;
}

void
demo_do(struct stage_rpc_client *client, const char *method, json_t *params)
{
	json_decref(demo_call(client, method, params));
}

int64_t
demo_stat(struct stage_rpc_client *client, const char *name)
{
	json_t *stats = demo_call(client, "stats", NULL);
	int64_t value = json_integer_value(json_object_get(stats, name));

	json_decref(stats);
	return value;
}

void
demo_await(struct stage_rpc_client *client, const char *name, int64_t wanted)
{
	int64_t deadline_ns = stage_clock_now_ns() + DEMO_TIMEOUT_NS;
	int64_t value;

	do {
		value = demo_stat(client, name);
	} while (value != wanted && stage_clock_now_ns() < deadline_ns);
	assert_int_equal(value, wanted);
}

int
demo_socket(struct demo *self)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct timeval limit = {RAW_TIMEOUT_S, 0};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	assert_int_equal(stage_format(address.sun_path,
				 sizeof(address.sun_path), "%s", self->path),
		STAGE_OK);
	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)),
		0);
	assert_int_equal(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

// The other end may hang up in between; that is for raw_read to see.
void
raw_send_bytes(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
		if (sent < 0) {
			assert_true(errno == EPIPE || errno == ECONNRESET);
			return;
		}
		at += sent;
		len -= (size_t)sent;
	}
}

void
raw_send(int fd, const char *text)
{
	raw_send_bytes(fd, text, strlen(text));
}

// Takes what is there of a line, with its end. False when there is no more.
static bool
read_more(int fd, struct stage_str *line)
{
	char chunk[65536];
	ssize_t got = recv(fd, chunk, sizeof(chunk), MSG_PEEK);
	const char *end;

	if (got <= 0) {
		assert_true(got == 0 || errno == ECONNRESET);
		return false;
	}
	end = memchr(chunk, '\n', (size_t)got);
	if (end != NULL) {
		got = end + 1 - chunk;
	}
	assert_int_equal(recv(fd, chunk, (size_t)got, 0), got);
	assert_int_equal(stage_str_append(line, chunk, (size_t)got), STAGE_OK);
	return true;
}

json_t *
raw_read(int fd)
{
	struct stage_str line = {0};
	json_t *json;

	do {
		if (!read_more(fd, &line)) {
			assert_int_equal(line.len, 0);
			return NULL;
		}
	} while (line.data[line.len - 1] != '\n');
	json = json_loads(line.data, 0, NULL);
	assert_non_null(json);
	stage_str_finish(&line);
	return json;
}

void
raw_drain(int fd)
{
	char chunk[65536];
	ssize_t got;

	do {
		got = recv(fd, chunk, sizeof(chunk), 0);
	} while (got > 0);
	assert_true(got == 0 || errno == ECONNRESET);
}
