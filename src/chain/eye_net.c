/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Eye on a network interface: there while it is up, has a carrier and an
// address. Events come by rtnetlink.

#define _GNU_SOURCE // IFF_RUNNING

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "chain/eye.h"
#include "rig/net_watch.h"

struct net_eye {
	struct stage_net_watch *watch;
	const char *interface;
};

static enum stage_status
create(void **out, const struct stage_eye_config *config, struct stage_err *err)
{
	struct net_eye *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->interface = config->need->argument;
	status = stage_net_watch_create(
		config->loop, config->changed, config->user, &self->watch, err);
	if (status != STAGE_OK) {
		free(self);
		return status;
	}
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
destroy(void *eye)
{
	struct net_eye *self = eye;

	if (self != NULL) {
		stage_net_watch_destroy(self->watch);
		free(self);
	}
}

const struct stage_eye_ops stage_eye_net = {create, is_there, destroy};
