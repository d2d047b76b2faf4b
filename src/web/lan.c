/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // IFF_UP

#include "web/lan.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

// The text of an address that can be reached from elsewhere.
static bool
write_address(const struct ifaddrs *entry, char out[INET6_ADDRSTRLEN])
{
	const struct sockaddr_in *in = (const void *)entry->ifa_addr;
	const struct sockaddr_in6 *in6 = (const void *)entry->ifa_addr;

	if (entry->ifa_addr == NULL || (entry->ifa_flags & IFF_UP) == 0) {
		return false;
	}
	if (in->sin_family == AF_INET) {
		return inet_ntop(AF_INET, &in->sin_addr, out,
			       INET6_ADDRSTRLEN) != NULL;
	}
	return in6->sin6_family == AF_INET6 &&
	       !IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) &&
	       inet_ntop(AF_INET6, &in6->sin6_addr, out, INET6_ADDRSTRLEN) !=
		       NULL;
}

static bool
is_loopback(const struct ifaddrs *entry)
{
	return (entry->ifa_flags & IFF_LOOPBACK) != 0;
}

enum stage_status
stage_web_lan_addresses(const char *interface, struct stage_strv *out)
{
	struct ifaddrs *list = NULL;
	enum stage_status status = STAGE_OK;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&list) != 0) {
		return STAGE_NO_MEMORY;
	}
	for (struct ifaddrs *it = list; it != NULL && status == STAGE_OK;
		it = it->ifa_next) {
		if (strcmp(it->ifa_name, interface) == 0 &&
			write_address(it, text)) {
			status = stage_strv_add(out, text);
		}
	}
	freeifaddrs(list);
	return status;
}

enum stage_status
stage_web_lan_interfaces(struct stage_strv *out)
{
	struct ifaddrs *list = NULL;
	enum stage_status status = STAGE_OK;
	char text[INET6_ADDRSTRLEN];

	if (getifaddrs(&list) != 0) {
		return STAGE_NO_MEMORY;
	}
	for (struct ifaddrs *it = list; it != NULL && status == STAGE_OK;
		it = it->ifa_next) {
		if (!is_loopback(it) && write_address(it, text) &&
			!stage_strv_has(out, it->ifa_name)) {
			status = stage_strv_add(out, it->ifa_name);
		}
	}
	freeifaddrs(list);
	return status;
}

void
stage_web_lan_interface_of(const char *address, char *out, size_t size)
{
	struct ifaddrs *list = NULL;
	char text[INET6_ADDRSTRLEN];

	(void)!stage_format(out, size, "-");
	if (getifaddrs(&list) != 0) {
		return;
	}
	for (struct ifaddrs *it = list; it != NULL; it = it->ifa_next) {
		if (!is_loopback(it) && write_address(it, text) &&
			strcmp(text, address) == 0) {
			(void)!stage_format(out, size, "%s", it->ifa_name);
		}
	}
	freeifaddrs(list);
}
