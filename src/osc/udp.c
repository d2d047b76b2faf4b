/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/udp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "osc/sock.h"

#define BUFFER_BYTES 65536       // larger than any datagram
#define KERNEL_BYTES (1U << 20U) // asked for, to hold what comes in a burst
#define WAITING_MAX 1024         // datagrams
#define WAITING_BYTES_MAX (1U << 20U)
#define TRIES 4      // to send, when others have refused what they were sent
#define READS_MAX 64 // at once, behind a refusal or before what came later

struct stage_osc_udp {
	uv_udp_t socket;
	stage_osc_udp_handler *handler;
	void *user;
	void (*refused)(void *user, const struct stage_osc_peer *by);
	bool is_closed;
	struct stage_osc_udp *beside; // a ring of those in one order
	struct stage_osc_peer from;   // while it handles a packet
	char buffer[BUFFER_BYTES];
};

// Sending.

struct waiting {
	uv_udp_send_t request;
	char bytes[];
};

static void
on_sent(uv_udp_send_t *request, int status)
{
	(void)status;
	free(request->data);
}

static bool
is_room(const struct stage_osc_udp *self, size_t len)
{
	return uv_udp_get_send_queue_count(&self->socket) < WAITING_MAX &&
	       uv_udp_get_send_queue_size(&self->socket) + len <=
		       WAITING_BYTES_MAX;
}

static void
send_later(struct stage_osc_udp *self, const struct sockaddr *to,
	const void *bytes, size_t len)
{
	struct waiting *waiting = NULL;
	uv_buf_t buffer;

	if (is_room(self, len)) {
		waiting = malloc(sizeof(*waiting) + len);
	}
	if (waiting == NULL) {
		return;
	}
	memcpy(waiting->bytes, bytes, len);
	waiting->request.data = waiting;
	buffer = uv_buf_init(waiting->bytes, (unsigned)len);
	if (uv_udp_send(&waiting->request, &self->socket, &buffer, 1, to,
		    on_sent) != 0) {
		free(waiting);
	}
}

void
stage_osc_udp_send(struct stage_osc_udp *self, const struct stage_osc_peer *to,
	const void *bytes, size_t len)
{
	const struct sockaddr *address = (const struct sockaddr *)&to->address;
	uv_buf_t buffer = {.len = len};
	int result = UV_ECONNREFUSED;

	if (self->is_closed || len > STAGE_OSC_DATAGRAM_MAX) {
		return;
	}
	// The field is not const, though it is only read.
	memcpy(&buffer.base, &bytes, sizeof(bytes));
	// That somebody refused what was sent before may be said instead.
	for (int i = 0; i < TRIES && result == UV_ECONNREFUSED; i++) {
		result = uv_udp_try_send(&self->socket, &buffer, 1, address);
	}
	if (result == UV_EAGAIN) {
		send_later(self, address, bytes, len);
	}
}

// Receiving.

static void
on_message(void *user, const struct stage_osc_message *message)
{
	struct stage_osc_udp *self = user;

	if (!self->is_closed) {
		self->handler(self->user, &self->from, message);
	}
}

static void
take_refusals(struct stage_osc_udp *self)
{
	struct stage_osc_peer by;
	uv_os_fd_t fd;

	while (!self->is_closed && self->refused != NULL &&
		uv_fileno((uv_handle_t *)&self->socket, &fd) == 0 &&
		stage_osc_sock_refusal(fd, &by)) {
		self->refused(self->user, &by);
	}
}

void
stage_osc_udp_watch_refusals(struct stage_osc_udp *self,
	void (*refused)(void *user, const struct stage_osc_peer *by))
{
	uv_os_fd_t fd;

	self->refused = refused;
	if (uv_fileno((uv_handle_t *)&self->socket, &fd) == 0) {
		stage_osc_sock_keep_refusals(fd);
	}
}

// Order.

static void
take_one(struct stage_osc_udp *self, int fd)
{
	ssize_t len = stage_osc_sock_take(
		fd, self->buffer, sizeof(self->buffer), &self->from);

	if (len >= 0) {
		(void)stage_osc_read(
			self->buffer, (size_t)len, on_message, self);
	} else if (errno != EAGAIN && errno != EWOULDBLOCK) {
		take_refusals(self);
	}
}

// Of the others, who has heard something first, before then; NULL: nobody.
static struct stage_osc_udp *
find_first(const struct stage_osc_udp *self, int64_t before_ns, uv_os_fd_t *out)
{
	struct stage_osc_udp *first = NULL;

	for (struct stage_osc_udp *at = self->beside; at != self;
		at = at->beside) {
		uv_os_fd_t fd;
		int64_t at_ns = uv_fileno((uv_handle_t *)&at->socket, &fd) == 0
					? stage_osc_sock_waiting_ns(fd)
					: -1;

		if (at_ns >= 0 && at_ns < before_ns) {
			first = at;
			before_ns = at_ns;
			*out = fd;
		}
	}
	return first;
}

static void
let_others_first(struct stage_osc_udp *self)
{
	uv_os_fd_t fd;
	int64_t own_ns;

	if (self->beside == self ||
		uv_fileno((uv_handle_t *)&self->socket, &fd) != 0) {
		return;
	}
	own_ns = stage_osc_sock_taken_ns(fd);
	for (int i = 0; i < READS_MAX && !self->is_closed; i++) {
		struct stage_osc_udp *first = find_first(self, own_ns, &fd);

		if (first == NULL) {
			return;
		}
		take_one(first, fd);
	}
}

static void
handle(struct stage_osc_udp *self, const void *bytes, size_t len)
{
	let_others_first(self);
	(void)stage_osc_read(bytes, len, on_message, self);
}

static void
leave_order(struct stage_osc_udp *self)
{
	struct stage_osc_udp *before = self;

	while (before->beside != self) {
		before = before->beside;
	}
	before->beside = self->beside;
	self->beside = self;
}

void
stage_osc_udp_order(struct stage_osc_udp *self, struct stage_osc_udp *beside)
{
	uv_os_fd_t fd;

	leave_order(self);
	self->beside = beside->beside;
	beside->beside = self;
	if (uv_fileno((uv_handle_t *)&self->socket, &fd) == 0) {
		(void)stage_osc_sock_taken_ns(fd);
	}
	if (uv_fileno((uv_handle_t *)&beside->socket, &fd) == 0) {
		(void)stage_osc_sock_taken_ns(fd);
	}
}

/* libuv reads no further in this turn when it is told of a refusal, though more
 * may wait behind it: it would be heard after what others said later by another
 * socket, by a turn for each refusal. */
static void
read_on(struct stage_osc_udp *self)
{
	uv_os_fd_t fd;

	for (int i = 0; i < READS_MAX && !self->is_closed &&
			uv_fileno((uv_handle_t *)&self->socket, &fd) == 0;
		i++) {
		ssize_t len = stage_osc_sock_take(
			fd, self->buffer, sizeof(self->buffer), &self->from);

		if (len >= 0) {
			handle(self, self->buffer, (size_t)len);
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			return;
		} else {
			take_refusals(self);
		}
	}
}

static void
on_datagram(uv_udp_t *socket, ssize_t len, const uv_buf_t *buffer,
	const struct sockaddr *from, unsigned flags)
{
	struct stage_osc_udp *self = socket->data;

	if (from == NULL) {
		take_refusals(self); // or there is nothing more to read
	}
	if (len < 0) {
		read_on(self);
	}
	if (len <= 0 || from == NULL || (flags & UV_UDP_PARTIAL) != 0) {
		return;
	}
	stage_osc_peer_copy(&self->from, from);
	handle(self, buffer->base, (size_t)len);
}

static void
on_alloc(uv_handle_t *handle, size_t size, uv_buf_t *out)
{
	struct stage_osc_udp *self = handle->data;

	(void)size;
	*out = uv_buf_init(self->buffer, sizeof(self->buffer));
}

// Its start and end.

// The system may give less, and a show goes on with that.
static void
enlarge(struct stage_osc_udp *self)
{
	int size = KERNEL_BYTES;

	(void)uv_recv_buffer_size((uv_handle_t *)&self->socket, &size);
	size = KERNEL_BYTES;
	(void)uv_send_buffer_size((uv_handle_t *)&self->socket, &size);
}

static enum stage_status
listen_at(struct stage_osc_udp *self, const char *host, int port,
	struct stage_err *err)
{
	struct stage_osc_peer at;
	enum stage_status status = stage_osc_peer_init(&at, host, port, err);
	int result;

	if (status != STAGE_OK) {
		stage_err_prefix(err, "unable to listen for OSC: ");
		return status;
	}
	result = uv_udp_bind(
		&self->socket, (const struct sockaddr *)&at.address, 0);
	if (result == 0) {
		enlarge(self);
		result =
			uv_udp_recv_start(&self->socket, on_alloc, on_datagram);
	}
	return result == 0
		       ? STAGE_OK
		       : stage_err_set(err, stage_status_from_errno(-result),
				 "unable to listen for OSC at %s port %d: "
				 "%s",
				 host, port, uv_strerror(result));
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_osc_udp_destroy(struct stage_osc_udp *self)
{
	if (self != NULL && !self->is_closed) {
		self->is_closed = true;
		leave_order(self);
		uv_close((uv_handle_t *)&self->socket, on_closed);
	}
}

enum stage_status
stage_osc_udp_create(uv_loop_t *loop, const char *host, int port,
	stage_osc_udp_handler *handler, void *user, struct stage_osc_udp **out,
	struct stage_err *err)
{
	struct stage_osc_udp *self = calloc(1, sizeof(*self));
	enum stage_status status;

	*out = NULL;
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to listen for OSC: out of memory");
	}
	self->handler = handler;
	self->user = user;
	self->beside = self;
	(void)uv_udp_init(loop, &self->socket); // makes no socket yet
	self->socket.data = self;
	status = listen_at(self, host, port, err);
	if (status != STAGE_OK) {
		stage_osc_udp_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

int
stage_osc_udp_port(const struct stage_osc_udp *self)
{
	struct sockaddr_storage address = {0};
	int len = sizeof(address);
	struct stage_osc_peer own;

	(void)uv_udp_getsockname(
		&self->socket, (struct sockaddr *)&address, &len);
	stage_osc_peer_copy(&own, (const struct sockaddr *)&address);
	return stage_osc_peer_port(&own);
}
