/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Ready when the program says so: by sd_notify(3), a datagram with the line
// READY=1 to $NOTIFY_SOCKET, or in the s6 manner, by a newline on the
// descriptor in $STAGECRAFT_READY_FD. Both are offered at once.

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"
#include "chain/ready.h"

struct notify_ready {
	struct stage_ready_config config;
	char socket_path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	uv_poll_t socket_poll;
	uv_poll_t pipe_poll;
	int socket_fd;
	int pipe_fds[2]; // [0] ours, [1] the program's
	int open_polls;
	bool is_seen;
};

static void
see(struct notify_ready *self)
{
	if (!self->is_seen) {
		self->is_seen = true;
		self->config.seen(self->config.user);
	}
}

static void
on_datagram(uv_poll_t *poll, int status, int events)
{
	struct notify_ready *self = poll->data;
	char text[4096];
	bool found = false;

	(void)status;
	(void)events;
	for (;;) {
		ssize_t got = recv(self->socket_fd, text, sizeof(text), 0);
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			break;
		}
		found = found || stage_notify_says_ready(text, (size_t)got);
	}
	if (found) {
		see(self);
	}
}

static void
on_pipe(uv_poll_t *poll, int status, int events)
{
	struct notify_ready *self = poll->data;
	char bytes[256];
	ssize_t got = read(self->pipe_fds[0], bytes, sizeof(bytes));

	(void)status;
	(void)events;
	if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
		return;
	}
	if (got <= 0) {
		uv_poll_stop(poll); // closed without a word
	} else if (memchr(bytes, '\n', (size_t)got) != NULL) {
		uv_poll_stop(poll);
		see(self);
	}
}

static enum stage_status
bind_socket(struct notify_ready *self, struct stage_err *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = self->config.socket_path;

	self->config.socket_path = NULL; // borrowed for create only
	if (strlen(path) >= sizeof(address.sun_path)) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"path is too long for a socket: %s", path);
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	memcpy(self->socket_path, path, strlen(path) + 1);
	unlink(path);
	self->socket_fd =
		socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (self->socket_fd < 0 ||
		bind(self->socket_fd, (struct sockaddr *)&address,
			sizeof(address)) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to bind %s", path);
	}
	setenv("NOTIFY_SOCKET", path, 1);
	return STAGE_OK;
}

static enum stage_status
open_pipe(struct notify_ready *self, struct stage_err *err)
{
	if (pipe(self->pipe_fds) != 0) {
		return stage_err_set_errno(err, errno, "unable to make a pipe");
	}
	for (int i = 0; i < 2; i++) {
		fcntl(self->pipe_fds[i], F_SETFD, FD_CLOEXEC);
	}
	fcntl(self->pipe_fds[0], F_SETFL, O_NONBLOCK);
	return STAGE_OK;
}

static void
watch(struct notify_ready *self, uv_poll_t *poll, int fd, uv_poll_cb callback)
{
	uv_poll_init(self->config.loop, poll, fd);
	poll->data = self;
	uv_poll_start(poll, UV_READABLE, callback);
	self->open_polls++;
}

static void
close_fds(struct notify_ready *self)
{
	int fds[] = {self->socket_fd, self->pipe_fds[0], self->pipe_fds[1]};

	for (size_t i = 0; i < STAGE_COUNT_OF(fds); i++) {
		if (fds[i] >= 0) {
			close(fds[i]);
		}
	}
}

static void
remove_socket(struct notify_ready *self)
{
	if (self->socket_path[0] != '\0') {
		unlink(self->socket_path);
		self->socket_path[0] = '\0';
	}
}

static enum stage_status
create(void **out, const struct stage_ready_config *config,
	struct stage_err *err)
{
	struct notify_ready *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->socket_fd = self->pipe_fds[0] = self->pipe_fds[1] = -1;
	status = open_pipe(self, err);
	if (status == STAGE_OK && config->socket_path != NULL) {
		status = bind_socket(self, err);
	}
	if (status != STAGE_OK) {
		remove_socket(self);
		close_fds(self);
		free(self);
		return status;
	}
	watch(self, &self->pipe_poll, self->pipe_fds[0], on_pipe);
	if (self->socket_fd >= 0) {
		watch(self, &self->socket_poll, self->socket_fd, on_datagram);
	}
	*out = self;
	return STAGE_OK;
}

// Our copy of the program's end goes, so that its exit is an end of file.
static void
started(void *data)
{
	struct notify_ready *self = data;

	close(self->pipe_fds[1]);
	self->pipe_fds[1] = -1;
}

static int
inherit_fd(const void *data)
{
	const struct notify_ready *self = data;

	return self->pipe_fds[1];
}

static void
on_closed(uv_handle_t *handle)
{
	struct notify_ready *self = handle->data;

	self->open_polls--;
	if (self->open_polls == 0) {
		close_fds(self);
		free(self);
	}
}

static void
destroy(void *data)
{
	struct notify_ready *self = data;

	if (self == NULL) {
		return;
	}
	// At once: when the handles are closed, the next one may be bound
	// there.
	remove_socket(self);
	uv_close((uv_handle_t *)&self->pipe_poll, on_closed);
	if (self->socket_fd >= 0) {
		uv_close((uv_handle_t *)&self->socket_poll, on_closed);
	}
}

const struct stage_ready_ops stage_ready_notify = {
	create, started, inherit_fd, destroy};
