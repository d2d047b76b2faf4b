/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Eye on a network interface: there while it is up, has a carrier and an
// address. Events come by rtnetlink.

#define _GNU_SOURCE // IFF_RUNNING

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chain/eye.h"

struct net_eye {
	uv_poll_t poll;
	int fd;
	const char *interface;
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

// What the messages say does not matter: is_there looks for itself. A full
// socket buffer (ENOBUFS) is news as well.
static void
on_readable(uv_poll_t *poll, int status, int events)
{
	struct net_eye *self = poll->data;
	char bytes[8192];
	ssize_t got;

	(void)status;
	(void)events;
	do {
		got = recv(self->fd, bytes, sizeof(bytes), 0);
	} while (got > 0 || (got < 0 && (errno == EINTR || errno == ENOBUFS)));
	self->changed(self->user);
}

static enum stage_status
create(void **out, const struct stage_eye_config *config, struct stage_err *err)
{
	struct net_eye *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->interface = config->need->argument;
	self->changed = config->changed;
	self->user = config->user;
	self->fd = open_socket();
	if (self->fd < 0) {
		int errnum = errno;
		free(self);
		return stage_err_set_errno(err, errnum,
			"unable to watch network interface %s",
			config->need->argument);
	}
	uv_poll_init(config->loop, &self->poll, self->fd);
	self->poll.data = self;
	uv_poll_start(&self->poll, UV_READABLE, on_readable);
	*out = self;
	return STAGE_OK;
}

// A link-local address comes with the carrier, and no other host is reached by
// it without being told the interface.
static bool
is_of_use(const struct sockaddr *address)
{
	const struct sockaddr_in6 *ip6 = (const void *)address;

	return address->sa_family == AF_INET ||
	       (address->sa_family == AF_INET6 &&
		       !IN6_IS_ADDR_LINKLOCAL(&ip6->sin6_addr));
}

static bool
has_address(const struct ifaddrs *entry, const char *interface)
{
	return strcmp(entry->ifa_name, interface) == 0 &&
	       (entry->ifa_flags & IFF_UP) != 0 &&
	       (entry->ifa_flags & IFF_RUNNING) != 0 &&
	       entry->ifa_addr != NULL && is_of_use(entry->ifa_addr);
}

static bool
is_there(const void *eye)
{
	const struct net_eye *self = eye;
	struct ifaddrs *list = NULL;
	bool found = false;

	if (getifaddrs(&list) != 0) {
		return false;
	}
	for (const struct ifaddrs *e = list; e != NULL && !found;
		e = e->ifa_next) {
		found = has_address(e, self->interface);
	}
	freeifaddrs(list);
	return found;
}

static void
on_closed(uv_handle_t *handle)
{
	struct net_eye *self = handle->data;

	close(self->fd);
	free(self);
}

static void
destroy(void *eye)
{
	struct net_eye *self = eye;

	if (self != NULL) {
		uv_close((uv_handle_t *)&self->poll, on_closed);
	}
}

const struct stage_eye_ops stage_eye_net = {create, is_there, destroy};
