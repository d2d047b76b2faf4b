/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "world.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/log.h"
#include "rig/install.h"
#include "web/drop.h"
#include "web/sandbox.h"

#define PATIENCE_MS 30000
#define LOOK_MS 2
#define READ_BYTES 65536

static const char *data_directory;

// In place of those of the program.

void
stage_web_sandbox(const char *run, const char *state)
{
	assert_non_null(run);
	assert_non_null(state);
}

enum stage_status
stage_web_drop(const char *run, const char *state, bool binds_low,
	struct stage_err *err)
{
	(void)err;
	assert_false(binds_low);
	assert_non_null(run);
	assert_non_null(state);
	return STAGE_OK;
}

enum stage_status
stage_install_bin(char *out, struct stage_err *err)
{
	(void)err;
	return stage_format(out, STAGE_PATH_MAX, "%s", data_directory);
}

enum stage_status
stage_install_data(char *out, struct stage_err *err)
{
	(void)err;
	return stage_format(out, STAGE_PATH_MAX, "%s", data_directory);
}

// The loop.

static void
on_late(uv_timer_t *timer)
{
	*(bool *)timer->data = true;
}

static void
on_look(uv_timer_t *timer)
{
	(void)timer; // it has the loop turn
}

void
world_turn_until(struct world *self, bool (*done)(void *user), void *user)
{
	uv_timer_t late;
	uv_timer_t look;
	bool is_late = false;

	uv_timer_init(&self->loop, &late);
	uv_timer_init(&self->loop, &look);
	late.data = &is_late;
	uv_update_time(&self->loop);
	uv_timer_start(&late, on_late, PATIENCE_MS, 0);
	uv_timer_start(&look, on_look, LOOK_MS, LOOK_MS);
	while (!done(user) && !is_late) {
		(void)uv_run(&self->loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&late, NULL);
	uv_close((uv_handle_t *)&look, NULL);
	(void)uv_run(&self->loop, UV_RUN_NOWAIT);
	assert_false(is_late);
}

// The show.

static json_t *
show_state(void *ctx)
{
	const struct world *self = ctx;
	json_t *state = json_pack("{s:{s:s}}", "song", "name", self->song);

	if (self->big != NULL) {
		(void)json_object_set_new(state, "big", json_string(self->big));
	}
	return state;
}

static enum stage_status
run_next(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct world *self = ctx;

	(void)call;
	(void)args;
	(void)err;
	self->plays++;
	(void)snprintf(self->song, sizeof(self->song), "song %u", self->plays);
	*result = json_pack("{s:i}", "plays", (int)self->plays);
	return STAGE_OK;
}

static enum stage_status
run_say(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	*result = json_incref(args);
	return STAGE_OK;
}

static enum stage_status
run_fail(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)result;
	return stage_err_set(err,
		(enum stage_status)stage_args_integer(args, "status", 0),
		"as told");
}

static enum stage_status
run_slow(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	struct world *self = ctx;

	(void)args;
	(void)result;
	return stage_rpc_call_defer(call, &self->later, err);
}

static const struct stage_verb_arg say_args[] = {
	{"number", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "a number"},
	{"what", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "a word"},
	STAGE_ARGS_END,
};
static const struct stage_verb_arg fail_args[] = {
	{"status", STAGE_ARG_INTEGER, STAGE_ARG_REQUIRED, "which"},
	STAGE_ARGS_END,
};
static const struct stage_verb verbs[] = {
	{"next", NULL, "Plays the next", run_next, STAGE_DEED_PLAYS},
	{"play", say_args, "Says it", run_say, STAGE_DEED_PLAYS},
	{"transport", say_args, "Says it", run_say, STAGE_DEED_PLAYS},
	{"list", NULL, "Says it", run_say, STAGE_DEED_LOOKS},
	{"tempo", say_args, "Says it", run_say, STAGE_DEED_TURNS},
	{"save", NULL, "Says it", run_say, STAGE_DEED_CHANGES},
	{"fail", fail_args, "Fails", run_fail, STAGE_DEED_LOOKS},
	{"slow", NULL, "Answers later", run_slow, STAGE_DEED_LOOKS},
};
static const struct stage_verb *const verb_table[] = {&verbs[0], &verbs[1],
	&verbs[2], &verbs[3], &verbs[4], &verbs[5], &verbs[6], &verbs[7], NULL};

static bool
knows_show(void *user)
{
	const struct world *self = user;
	const struct stage_rpc_follow *show =
		stage_web_daemon_find(self->web, "show");

	return (stage_rpc_follow_snapshot(show) != NULL) ==
	       (self->show != NULL);
}

void
world_start_show(struct world *self)
{
	const struct stage_rpc_config config = {.name = "show",
		.verbs = verb_table,
		.state = show_state,
		.ctx = self};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(&self->rig, path, "show.sock");
	self->show = stage_rpc_server_create(&self->loop, path, &config, &err);
	assert_string_equal(err.text, "");
	world_turn_until(self, knows_show, self);
}

void
world_end_show(struct world *self)
{
	stage_rpc_server_destroy(self->show);
	self->show = NULL;
	if (self->web != NULL) {
		world_turn_until(self, knows_show, self);
	}
}

// The world.

void
world_start_web(struct world *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_web_daemon_create(
		&self->loop, &self->rig, &self->web, &err);

	assert_string_equal(err.text, "");
	assert_int_equal(status, STAGE_OK);
}

void
world_end_web(struct world *self)
{
	stage_web_daemon_destroy(self->web);
	self->web = NULL;
	for (int i = 0; i < 4; i++) {
		(void)uv_run(&self->loop, UV_RUN_NOWAIT);
	}
}

static void
make_directory(struct world *self, const char *name, char *out)
{
	assert_int_equal(stage_format(out, STAGE_PATH_MAX, "%s",
				 scratch_path(&self->scratch, name)),
		STAGE_OK);
	assert_int_equal(mkdir(out, 0755), 0);
}

void
world_init(struct world *self, const char *conf)
{
	char site[STAGE_PATH_MAX];

	memset(self, 0, sizeof(*self));
	stage_log_init("test", STAGE_LOG_ERROR);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	scratch_init(&self->scratch);
	data_directory = self->scratch.dir;
	make_directory(self, "rig", self->rig.rig);
	make_directory(self, "run", self->rig.run);
	make_directory(self, "web", site);
	(void)scratch_write(&self->scratch, "web/index.html", "<html>page\n");
	(void)scratch_write(&self->scratch, "web/page.js", "let a\n");
	(void)scratch_write(&self->scratch, "secret", "secret\n");
	(void)scratch_write(&self->scratch, "rig/rig.conf", conf);
	world_start_web(self);
}

void
world_finish(struct world *self)
{
	world_end_web(self);
	stage_rpc_reply_ok(self->later, NULL);
	world_end_show(self);
	assert_int_equal(uv_run(&self->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	scratch_finish(&self->scratch);
}

// Callers.

void
caller_init(struct caller *self, struct world *world)
{
	struct sockaddr_in place = {.sin_family = AF_INET,
		.sin_port = htons(world->web->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	*self = (struct caller){.world = world, .size = READ_BYTES};
	self->bytes = calloc(1, self->size + 1);
	assert_non_null(self->bytes);
	self->fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_true(self->fd >= 0);
	assert_int_equal(
		connect(self->fd, (struct sockaddr *)&place, sizeof(place)), 0);
	assert_int_equal(fcntl(self->fd, F_SETFL, O_NONBLOCK), 0);
}

void
caller_finish(struct caller *self)
{
	close(self->fd);
	free(self->bytes);
}

struct saying {
	struct caller *caller;
	const char *bytes;
	size_t len;
};

static bool
has_said(void *user)
{
	struct saying *saying = user;
	ssize_t sent = send(
		saying->caller->fd, saying->bytes, saying->len, MSG_NOSIGNAL);

	if (sent > 0) {
		saying->bytes += sent;
		saying->len -= (size_t)sent;
	}
	return saying->len == 0 || (sent < 0 && errno != EAGAIN);
}

void
caller_say_bytes(struct caller *self, const char *bytes, size_t len)
{
	struct saying saying = {self, bytes, len};

	world_turn_until(self->world, has_said, &saying);
}

void
caller_say(struct caller *self, const char *text)
{
	caller_say_bytes(self, text, strlen(text));
}

static void
read_some(struct caller *self)
{
	ssize_t got;

	if (self->size - self->len < READ_BYTES) {
		self->size *= 2;
		self->bytes = realloc(self->bytes, self->size + 1);
		assert_non_null(self->bytes);
	}
	got = recv(self->fd, self->bytes + self->len, READ_BYTES, 0);
	self->has_ended = got == 0 || (got < 0 && errno != EAGAIN);
	self->len += got > 0 ? (size_t)got : 0;
	self->bytes[self->len] = '\0';
}

struct awaited {
	struct caller *caller;
	const char *text;
};

static bool
has_come(void *user)
{
	struct awaited *awaited = user;

	read_some(awaited->caller);
	return awaited->caller->has_ended ||
	       strstr(awaited->caller->bytes, awaited->text) != NULL;
}

void
caller_await(struct caller *self, const char *text)
{
	struct awaited awaited = {self, text};

	world_turn_until(self->world, has_come, &awaited);
	if (strstr(self->bytes, text) == NULL) {
		fail_msg("it ended before \"%s\": %s", text, self->bytes);
	}
}

static bool
has_ended(void *user)
{
	struct caller *self = user;

	read_some(self);
	return self->has_ended;
}

void
caller_await_end(struct caller *self)
{
	world_turn_until(self->world, has_ended, self);
}

static size_t
length_in(const char *head)
{
	const char *line = strstr(head, "Content-Length: ");

	return line != NULL ? strtoul(line + 16, NULL, 10) : 0;
}

static bool
has_body(void *user)
{
	struct awaited *awaited = user;

	read_some(awaited->caller);
	return awaited->caller->has_ended ||
	       strlen(awaited->caller->bytes) >= strlen(awaited->text);
}

unsigned
caller_answer(struct caller *self, char **head, char **body)
{
	char *end;
	size_t head_len;
	size_t len;
	unsigned code;

	caller_await(self, "\r\n\r\n");
	end = strstr(self->bytes, "\r\n\r\n");
	head_len = (size_t)(end - self->bytes) + 4;
	code = (unsigned)strtoul(self->bytes + 9, NULL, 10);
	end[2] = '\0';
	len = code == 304 ? 0 : length_in(self->bytes);
	if (head != NULL) {
		*head = strdup(self->bytes);
	}
	end[2] = '\r';
	if (self->len < head_len + len) {
		char *all = calloc(1, head_len + len + 1);
		struct awaited awaited = {self, all};
		assert_non_null(all);
		memset(all, 'x', head_len + len);
		world_turn_until(self->world, has_body, &awaited);
		free(all);
	}
	if (body != NULL) {
		*body = strndup(self->bytes + head_len, len);
	}
	self->len -= head_len + len;
	memmove(self->bytes, self->bytes + head_len + len, self->len + 1);
	return code;
}

void
caller_ask(struct caller *self, const struct asked *what)
{
	struct stage_str text = {0};
	const char *method = what->method != NULL ? what->method : "GET";

	assert_int_equal(
		stage_str_addf(&text, "%s %s HTTP/1.1\r\n", method, what->path),
		STAGE_OK);
	if (what->headers == NULL || strstr(what->headers, "Host:") == NULL) {
		(void)!stage_str_addf(&text, "Host: localhost:%u\r\n",
			(unsigned)self->world->web->port);
	}
	if (what->token != NULL) {
		(void)!stage_str_addf(
			&text, "Authorization: Bearer %s\r\n", what->token);
	}
	if (what->body != NULL) {
		(void)!stage_str_addf(&text,
			"Content-Type: application/json\r\n"
			"Content-Length: %zu\r\n",
			strlen(what->body));
	} else if (strcmp(method, "POST") == 0) {
		(void)!stage_str_add(&text, "Content-Length: 0\r\n");
	}
	(void)!stage_str_addf(&text, "%s\r\n%s",
		what->headers != NULL ? what->headers : "",
		what->body != NULL ? what->body : "");
	caller_say_bytes(self, text.data, text.len);
	stage_str_finish(&text);
}

unsigned
world_ask(struct world *self, const struct asked *what, char **body)
{
	struct caller caller;
	unsigned code;

	caller_init(&caller, self);
	caller_ask(&caller, what);
	code = caller_answer(&caller, NULL, body);
	caller_finish(&caller);
	return code;
}

unsigned
world_code(struct world *self, const char *method, const char *path,
	const char *token)
{
	return world_ask(self,
		&(struct asked){.method = method, .path = path, .token = token},
		NULL);
}

void
world_expect(struct world *self, const struct asked *what, unsigned code,
	const char *part)
{
	char *body = NULL;
	unsigned got = world_ask(self, what, &body);

	if (got != code || strstr(body, part) == NULL) {
		fail_msg("%s: %u, not %u with \"%s\": %s", what->path, got,
			code, part, body);
	}
	free(body);
}

void
world_pair(struct world *self, enum stage_web_role role, char token[TOKEN_MAX])
{
	char body[128];
	char origin[64];
	struct asked asked = {.method = "POST",
		.path = "/api/pair",
		.headers = origin,
		.body = body};
	char *text = NULL;
	json_t *answer;

	stage_web_pairing_begin(
		&self->web->pairing, role, 123456, stage_clock_now_ns());
	(void)snprintf(body, sizeof(body),
		"{\"code\":\"%s\",\"name\":\"phone\",\"token\":true}",
		self->web->pairing.code);
	(void)snprintf(origin, sizeof(origin),
		"Origin: http://localhost:%u\r\n", (unsigned)self->web->port);
	assert_int_equal(world_ask(self, &asked, &text), 200);
	answer = json_loads(text, 0, NULL);
	free(text);
	(void)snprintf(token, TOKEN_MAX, "%s",
		json_string_value(json_object_get(answer, "token")));
	assert_int_equal(strlen(token), TOKEN_MAX - 1);
	json_decref(answer);
}
