/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // SOCK_CLOEXEC

#include "rig/net_watch.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

struct stage_net_watch {
	uv_poll_t poll;
	int fd;
	void (*changed)(void *user);
	void *user;
};

static int
open_socket(void)
{
	struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups =
			RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
		NETLINK_ROUTE);

	if (fd >= 0 &&
		bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		int errnum = errno;
		close(fd);
		errno = errnum;
		return -1;
	}
	return fd;
}

// What the messages say does not matter: the caller looks for itself. A full
// socket buffer (ENOBUFS) is news as well.
static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct stage_net_watch *self = poll->data;
	char bytes[8192];
	ssize_t got;

	(void)status;
	(void)events;
	do {
		got = recv(self->fd, bytes, sizeof(bytes), 0);
	} while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
	self->changed(self->user);
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_net_watch *self = handle->data;

	close(self->fd);
	free(self);
}

void
stage_net_watch_destroy(struct stage_net_watch *self)
{
	if (self != NULL) {
		uv_close((uv_handle_t *)&self->poll, on_closed);
	}
}

enum stage_status
stage_net_watch_create(uv_loop_t *loop, void (*changed)(void *user), void *user,
	struct stage_net_watch **out, struct stage_err *err)
{
	struct stage_net_watch *self = calloc(1, sizeof(*self));

	*out = NULL;
	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->changed = changed;
	self->user = user;
	self->fd = open_socket();
	if (self->fd < 0) {
		int errnum = errno;
		free(self);
		return stage_err_set_errno(
			err, errnum, "unable to watch the network");
	}
	uv_poll_init(loop, &self->poll, self->fd);
	self->poll.data = self;
	uv_poll_start(&self->poll, UV_READABLE, on_readable);
	*out = self;
	return STAGE_OK;
}
