/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "actor.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/sock.h"
#include "base/str.h"
#include "rpc/sock.h"

#define BACKLOG 4
#define PATIENCE_MS 30000
#define LOOK_MS 2 // at the other end, while the loop turns

void
actor_init(struct actor *self)
{
	self->listen_fd = -1;
	self->fd = -1;
	self->len = 0;
	assert_int_equal(uv_loop_init(&self->loop), 0);
	scratch_init(&self->scratch);
	assert_int_equal(stage_format(self->path, sizeof(self->path), "%s",
				 scratch_path(&self->scratch, "a.sock")),
		STAGE_OK);
}

void
actor_finish(struct actor *self)
{
	actor_hang_up(self);
	if (self->listen_fd >= 0) {
		close(self->listen_fd);
	}
	assert_int_equal(uv_run(&self->loop, UV_RUN_DEFAULT), 0);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	scratch_finish(&self->scratch);
}

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

static void
end_timer(struct actor *self, uv_timer_t *timer)
{
	uv_close((uv_handle_t *)timer, NULL);
	(void)uv_run(&self->loop, UV_RUN_NOWAIT);
}

void
actor_turn_until(struct actor *self, bool (*done)(void *user), void *user)
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
	end_timer(self, &look);
	end_timer(self, &late);
	assert_false(is_late);
}

static bool
is_set(void *user)
{
	return *(const volatile bool *)user;
}

void
actor_turn_until_set(struct actor *self, const bool *flag)
{
	union {
		const bool *in;
		void *out;
	} both = {.in = flag};

	actor_turn_until(self, is_set, both.out);
}

void
actor_appear(struct actor *self)
{
	struct sockaddr_un address;
	const char *fresh = scratch_path(&self->scratch, "fresh");

	actor_die(self);
	assert_int_equal(
		stage_rpc_sock_address(&address, fresh, NULL), STAGE_OK);
	self->listen_fd = stage_sock_open(AF_UNIX);
	assert_int_equal(bind(self->listen_fd, (struct sockaddr *)&address,
				 sizeof(address)),
		0);
	assert_int_equal(listen(self->listen_fd, BACKLOG), 0);
	assert_int_equal(rename(fresh, self->path), 0);
}

void
actor_die(struct actor *self)
{
	actor_hang_up(self);
	if (self->listen_fd >= 0) {
		close(self->listen_fd);
		self->listen_fd = -1;
	}
}

static bool
has_accepted(void *user)
{
	struct actor *self = user;

	self->fd = stage_sock_accept(self->listen_fd, NULL);
	return self->fd >= 0;
}

void
actor_accept(struct actor *self)
{
	actor_hang_up(self);
	actor_turn_until(self, has_accepted, self);
}

void
actor_hang_up(struct actor *self)
{
	if (self->fd >= 0) {
		close(self->fd);
	}
	self->fd = -1;
	self->len = 0;
}

struct saying {
	struct actor *actor;
	const char *bytes;
	size_t len;
};

static bool
has_said(void *user)
{
	struct saying *saying = user;
	struct iovec iov = {.iov_base = (void *)(uintptr_t)saying->bytes,
		.iov_len = saying->len};
	ssize_t sent = stage_rpc_sock_send(saying->actor->fd, &iov, 1);

	if (sent >= 0) {
		saying->bytes += sent;
		saying->len -= (size_t)sent;
	}
	return saying->len == 0 || (sent < 0 && errno != EAGAIN);
}

void
actor_say_bytes(struct actor *self, const char *bytes, size_t len)
{
	struct saying saying = {self, bytes, len};

	actor_turn_until(self, has_said, &saying);
}

void
actor_say(struct actor *self, const char *text)
{
	actor_say_bytes(self, text, strlen(text));
}

static bool
has_line(void *user)
{
	struct actor *self = user;
	ssize_t got;

	if (memchr(self->bytes, '\n', self->len) != NULL) {
		return true;
	}
	assert_true(self->len < sizeof(self->bytes));
	got = recv(self->fd, self->bytes + self->len,
		sizeof(self->bytes) - self->len, MSG_DONTWAIT);
	assert_int_not_equal(got, 0); // it hung up
	self->len += got > 0 ? (size_t)got : 0;
	return got > 0 && memchr(self->bytes, '\n', self->len) != NULL;
}

int
actor_take(struct actor *self, const char *method)
{
	const char *end;
	json_t *message;
	int id;

	actor_turn_until(self, has_line, self);
	end = memchr(self->bytes, '\n', self->len);
	assert_non_null(end);
	message = json_loadb(self->bytes, (size_t)(end - self->bytes), 0, NULL);
	assert_non_null(message);
	assert_string_equal(
		json_string_value(json_object_get(message, "method")), method);
	id = (int)json_integer_value(json_object_get(message, "id"));
	json_decref(message);
	self->len -= (size_t)(end + 1 - self->bytes);
	memmove(self->bytes, end + 1, self->len);
	return id;
}

static bool
has_ended(void *user)
{
	struct actor *self = user;
	ssize_t got =
		recv(self->fd, self->bytes, sizeof(self->bytes), MSG_DONTWAIT);

	return got == 0 || (got < 0 && errno != EAGAIN);
}

void
actor_await_end(struct actor *self)
{
	actor_turn_until(self, has_ended, self);
}

void
actor_answer(struct actor *self, int id)
{
	char line[96];

	(void)snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"n\":%d}}\n", id,
		id);
	actor_say(self, line);
}
