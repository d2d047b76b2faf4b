/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "osc/sock.h"
#include "osc/tcp_private.h"

#define KEEP_BYTES 65536 // memory kept while nothing waits

static bool
has_ended(const struct stage_osc_link *self)
{
	return self->fd < 0;
}

static size_t
waiting_bytes(const struct stage_osc_link *self)
{
	return self->output.len - self->sent;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void
watch(struct stage_osc_link *self)
{
	int events = UV_READABLE;

	if (waiting_bytes(self) > 0) {
		events |= UV_WRITABLE;
	}
	if (events != self->poll_for) {
		self->poll_for = events;
		(void)uv_poll_start(&self->poll, events, on_poll);
	}
}

// Sending.

static bool
would_wait(void)
{
	return errno == EAGAIN || errno == EWOULDBLOCK;
}

static void
forget_sent(struct stage_osc_link *self)
{
	if (waiting_bytes(self) > 0) {
		stage_str_consume(&self->output, self->sent);
	} else if (self->output.cap > KEEP_BYTES) {
		stage_str_finish(&self->output);
	} else {
		stage_str_clear(&self->output);
	}
	self->sent = 0;
}

static void
flush(struct stage_osc_link *self)
{
	while (waiting_bytes(self) > 0) {
		ssize_t sent = stage_osc_sock_send(self->fd,
			self->output.data + self->sent, waiting_bytes(self));
		if (sent >= 0) {
			self->sent += (size_t)sent;
		} else if (would_wait()) {
			return;
		} else {
			stage_osc_link_close(self);
			return;
		}
	}
	forget_sent(self);
}

void
stage_osc_link_send(struct stage_osc_link *self, const void *packet, size_t len)
{
	if (has_ended(self)) {
		return;
	}
	forget_sent(self);
	if (stage_osc_frames_write(&self->output, self->input.framing, packet,
		    len) != STAGE_OK) {
		stage_osc_link_close(self);
		return;
	}
	flush(self);
	if (has_ended(self)) {
		return;
	}
	if (waiting_bytes(self) > self->tcp->config.queue_max_bytes) {
		stage_osc_link_close(self);
	} else {
		watch(self);
	}
}

// Receiving.

static void
on_message(void *user, const struct stage_osc_message *message)
{
	struct stage_osc_link *self = user;

	if (!has_ended(self)) {
		self->has_spoken = true;
		self->tcp->ops.message(self->tcp->user, self, message);
	}
}

static void
handle_packets(struct stage_osc_link *self)
{
	const void *packet;
	size_t len;
	enum stage_status status = STAGE_OK;

	while (!has_ended(self) && status == STAGE_OK) {
		status = stage_osc_frames_next(&self->input, &packet, &len);
		if (status == STAGE_OK) {
			(void)stage_osc_read(packet, len, on_message, self);
		}
	}
	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_osc_link_close(self);
	}
}

static void
receive(struct stage_osc_link *self)
{
	char *chunk = self->tcp->chunk;
	ssize_t got =
		stage_osc_sock_receive(self->fd, chunk, STAGE_OSC_CHUNK_BYTES);

	if (got < 0 && would_wait()) {
		return;
	}
	if (got <= 0 || stage_osc_frames_feed(
				&self->input, chunk, (size_t)got) != STAGE_OK) {
		stage_osc_link_close(self);
		return;
	}
	handle_packets(self);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct stage_osc_link *self = poll->data;

	if (status < 0) {
		stage_osc_link_close(self);
		return;
	}
	if ((events & UV_WRITABLE) != 0) {
		flush(self);
	}
	if ((events & UV_READABLE) != 0 && !has_ended(self)) {
		receive(self);
	}
	if (!has_ended(self)) {
		watch(self);
	}
}

// Its start and end.

static void
on_closed(uv_handle_t *handle)
{
	struct stage_osc_link *self = handle->data;
	struct stage_osc_tcp *tcp = self->tcp;

	if (tcp->fd >= 0 && tcp->ops.gone != NULL) {
		tcp->ops.gone(tcp->user, self);
	}
	stage_osc_frames_finish(&self->input);
	stage_str_finish(&self->output);
	free(self);
	stage_osc_tcp_handle_closed(tcp);
}

static void
unlink_it(struct stage_osc_link *self)
{
	if (self->prev != NULL) {
		self->prev->next = self->next;
	} else {
		self->tcp->links = self->next;
	}
	if (self->next != NULL) {
		self->next->prev = self->prev;
	}
	self->tcp->link_count--;
}

void
stage_osc_link_close(struct stage_osc_link *self)
{
	if (has_ended(self)) {
		return;
	}
	unlink_it(self);
	uv_close((uv_handle_t *)&self->poll, on_closed);
	close(self->fd);
	self->fd = -1;
}

void
stage_osc_link_create(
	struct stage_osc_tcp *tcp, int fd, const struct stage_osc_peer *peer)
{
	struct stage_osc_link *self = calloc(1, sizeof(*self));

	if (self == NULL || uv_poll_init(tcp->loop, &self->poll, fd) != 0) {
		free(self);
		close(fd);
		return;
	}
	self->tcp = tcp;
	self->fd = fd;
	self->peer = *peer;
	self->poll.data = self;
	self->input.max_bytes = tcp->config.packet_max_bytes;
	self->next = tcp->links;
	if (self->next != NULL) {
		self->next->prev = self;
	}
	tcp->links = self;
	tcp->link_count++;
	tcp->handles++;
	watch(self);
}

const struct stage_osc_peer *
stage_osc_link_peer(const struct stage_osc_link *self)
{
	return &self->peer;
}
