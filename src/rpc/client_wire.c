/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The client's connection: how it is made, and how whole lines go over it
// within a time.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sock.h"
#include "rpc/client_private.h"
#include "rpc/sock.h"

#define CHUNK_BYTES 65536
#define DAY_NS (86400 * STAGE_NS_PER_S)

struct stage_rpc_wait
stage_rpc_client_start_wait(const char *method, int64_t timeout_ns)
{
	int64_t bounded_ns = timeout_ns > 0 ? timeout_ns : 0;

	if (bounded_ns > 366 * DAY_NS) {
		bounded_ns = 366 * DAY_NS;
	}
	return (struct stage_rpc_wait){.method = method,
		.timeout_ns = bounded_ns,
		.deadline_ns = stage_clock_now_ns() + bounded_ns};
}

static enum stage_status
explain_connect(const char *path, int errnum, struct stage_err *err)
{
	enum stage_status status = stage_status_from_errno(errnum);

	if (status == STAGE_NOT_FOUND || errnum == ECONNREFUSED) {
		return stage_err_set_errno(err, errnum,
			"the rig is not running here: unable to connect to %s",
			path);
	}
	if (status == STAGE_DENIED) {
		return stage_err_set(err, status,
			"not permitted to connect to %s: be the user that runs "
			"it, root, or a member of the group of the socket",
			path);
	}
	if (errnum == EAGAIN) {
		return stage_err_set(err, STAGE_TIMEOUT,
			"the server at %s takes no connection, it may hang",
			path);
	}
	return stage_err_set_errno(
		err, errnum, "unable to connect to %s", path);
}

// Blocks in connect, while the server's backlog is full, until the time-out.
static int
connect_within(
	int fd, const struct sockaddr_un *address, struct stage_rpc_wait wait)
{
	int flags = fcntl(fd, F_GETFL);
	int result;

	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) != 0) {
		return -1;
	}
	do {
		int left_ms = stage_clock_until_ms(wait.deadline_ns);
		struct timeval left = {left_ms / 1000, left_ms % 1000 * 1000L};
		if (left_ms == 0) {
			left.tv_usec = 1; // 0 would be for ever
		}
		(void)setsockopt(
			fd, SOL_SOCKET, SO_SNDTIMEO, &left, sizeof(left));
		result = connect(
			fd, (const struct sockaddr *)address, sizeof(*address));
	} while (result != 0 && errno == EINTR);
	return result;
}

static enum stage_status
open_client(struct stage_rpc_client *self, const char *path, int64_t timeout_ns,
	struct stage_err *err)
{
	struct sockaddr_un address;
	enum stage_status status = stage_rpc_sock_address(&address, path, err);

	if (status != STAGE_OK) {
		return status;
	}
	self->path = strdup(path);
	self->events = json_array();
	if (self->path == NULL || self->events == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to connect to %s: out of memory", path);
	}
	self->input.max_bytes = STAGE_RPC_ANSWER_MAX;
	self->fd = stage_sock_open(AF_UNIX);
	if (self->fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to make a socket");
	}
	if (connect_within(self->fd, &address,
		    stage_rpc_client_start_wait(NULL, timeout_ns)) != 0) {
		return explain_connect(path, errno, err);
	}
	return STAGE_OK;
}

struct stage_rpc_client *
stage_rpc_client_create(
	const char *path, int64_t timeout_ns, struct stage_err *err)
{
	struct stage_rpc_client *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		stage_err_set(err, STAGE_NO_MEMORY,
			"unable to connect to %s: out of memory", path);
		return NULL;
	}
	self->fd = -1;
	if (open_client(self, path, timeout_ns, err) != STAGE_OK) {
		stage_rpc_client_destroy(self);
		return NULL;
	}
	return self;
}

struct stage_rpc_client *
stage_rpc_client_reach(const char *path, int64_t timeout_ns, const char *absent,
	struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_rpc_client *self =
		stage_rpc_client_create(path, timeout_ns, &why);

	if (self == NULL &&
		(why.status == STAGE_NOT_FOUND || why.status == STAGE_GONE)) {
		stage_err_set(err, STAGE_NOT_FOUND, "%s", absent);
	} else if (self == NULL) {
		stage_err_set(err, why.status, "%s", why.text);
	}
	return self;
}

void
stage_rpc_client_destroy(struct stage_rpc_client *self)
{
	if (self == NULL) {
		return;
	}
	if (self->fd >= 0) {
		close(self->fd);
	}
	stage_rpc_frame_finish(&self->input);
	json_decref(self->events);
	free(self->path);
	free(self);
}

int
stage_rpc_client_fd(const struct stage_rpc_client *self)
{
	return self->fd;
}

enum stage_status
stage_rpc_client_explain(struct stage_rpc_client *self,
	struct stage_rpc_wait wait, enum stage_status status,
	struct stage_err *err)
{
	char words[32];

	if (status == STAGE_TIMEOUT) {
		stage_clock_words(wait.timeout_ns, words, sizeof(words));
		return wait.method != NULL
			       ? stage_err_set(err, status,
					 "the server at %s did not answer "
					 "\"%s\" within %s, it may hang",
					 self->path, wait.method, words)
			       : stage_err_set(err, status,
					 "there was no event within %s", words);
	}
	if (status == STAGE_GONE) {
		stage_err_set(&self->broken, status, "the server at %s ended",
			self->path);
	} else if (status == STAGE_TOO_LONG) {
		stage_err_set(&self->broken, status,
			"the server at %s sent a line of more than %ld bytes",
			self->path, STAGE_RPC_ANSWER_MAX);
	} else {
		stage_err_set(&self->broken, status,
			"unable to talk to the server at %s: %s", self->path,
			stage_strerror(status));
	}
	return stage_err_set(err, status, "%s", self->broken.text);
}

// Takes what has arrived, without waiting.
static enum stage_status
receive(struct stage_rpc_client *self)
{
	char chunk[CHUNK_BYTES];
	ssize_t got = recv(self->fd, chunk, sizeof(chunk), MSG_DONTWAIT);

	if (got > 0) {
		return stage_rpc_frame_feed(&self->input, chunk, (size_t)got);
	}
	if (got == 0) {
		return STAGE_GONE;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
		return STAGE_OK;
	}
	return stage_status_from_errno(errno);
}

// Waits until the socket is ready; *events are what for and then what is.
static enum stage_status
wait_ready(const struct stage_rpc_client *self, struct stage_rpc_wait wait,
	short *events)
{
	struct pollfd ready = {.fd = self->fd, .events = *events};
	int count;

	do {
		count = poll(&ready, 1, stage_clock_until_ms(wait.deadline_ns));
	} while (count < 0 && errno == EINTR);
	if (count < 0) {
		return stage_status_from_errno(errno);
	}
	*events = ready.revents;
	return count > 0 ? STAGE_OK : STAGE_TIMEOUT;
}

// A server that is not read from stops reading, too.
enum stage_status
stage_rpc_client_send(struct stage_rpc_client *self, struct stage_str *line,
	struct stage_rpc_wait wait)
{
	while (line->len > 0) {
		struct iovec iov = {line->data, line->len};
		ssize_t sent = stage_rpc_sock_send(self->fd, &iov, 1);
		short events = POLLIN | POLLOUT;
		enum stage_status status;
		if (sent > 0) {
			stage_str_consume(line, (size_t)sent);
			continue;
		}
		if (errno == EPIPE || errno == ECONNRESET) {
			return STAGE_OK; // it may have said why
		}
		if (errno != EAGAIN && errno != EWOULDBLOCK) {
			return stage_status_from_errno(errno);
		}
		status = wait_ready(self, wait, &events);
		if (status == STAGE_OK && (events & POLLIN) != 0) {
			status = receive(self);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
	return STAGE_OK;
}

static enum stage_status
next_line(struct stage_rpc_client *self, struct stage_rpc_wait wait,
	const char **line, size_t *len)
{
	for (;;) {
		enum stage_status status =
			stage_rpc_frame_next(&self->input, line, len);
		short events = POLLIN;
		if (status != STAGE_NOT_FOUND) {
			return status;
		}
		if (wait.is_over) {
			return STAGE_TIMEOUT;
		}
		status = wait_ready(self, wait, &events);
		if (status == STAGE_OK) {
			status = receive(self);
		}
		if (status != STAGE_OK) {
			return status;
		}
	}
}

enum stage_status
stage_rpc_client_next_message(struct stage_rpc_client *self,
	struct stage_rpc_wait wait, struct stage_rpc_message *message,
	struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;
	const char *line;
	size_t len;

	if (self->broken.status != STAGE_OK) {
		return stage_err_set(
			err, self->broken.status, "%s", self->broken.text);
	}
	status = next_line(self, wait, &line, &len);
	if (status != STAGE_OK) {
		return stage_rpc_client_explain(self, wait, status, err);
	}
	status = stage_rpc_message_parse(message, line, len, &why);
	if (status != STAGE_OK) {
		stage_rpc_message_finish(message);
		stage_err_set(&self->broken, status,
			"unable to understand the server at %s: %s", self->path,
			why.text);
		return stage_err_set(err, status, "%s", self->broken.text);
	}
	return STAGE_OK;
}
