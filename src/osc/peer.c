/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/peer.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "base/num.h"
#include "base/str.h"

#define PORT_MAX 65535

// An address may stand anywhere; it is looked at where it is at home.

static struct sockaddr_in
get4(const struct stage_osc_peer *self)
{
	struct sockaddr_in address;

	memcpy(&address, &self->address, sizeof(address));
	return address;
}

static struct sockaddr_in6
get6(const struct stage_osc_peer *self)
{
	struct sockaddr_in6 address;

	memcpy(&address, &self->address, sizeof(address));
	return address;
}

enum stage_status
stage_osc_peer_init(struct stage_osc_peer *out, const char *host, int port,
	struct stage_err *err)
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	memset(out, 0, sizeof(*out));
	if (port < 0 || port > PORT_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a port is 0 to %d, not %d", PORT_MAX, port);
	}
	if (uv_ip4_addr(host, port, &four) == 0) {
		memcpy(&out->address, &four, sizeof(four));
		return STAGE_OK;
	}
	if (uv_ip6_addr(host, port, &six) == 0) {
		memcpy(&out->address, &six, sizeof(six));
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" is no numeric internet address", host);
}

// Takes the port off the text, and the brackets off what is before it.
static bool
split(char *text, const char **host, const char **port)
{
	char *colon = strrchr(text, ':');
	size_t len;

	if (colon == NULL) {
		return false;
	}
	*colon = '\0';
	*host = text;
	*port = colon + 1;
	len = strlen(text);
	if (text[0] == '[' && text[len - 1] == ']') {
		text[len - 1] = '\0';
		*host = text + 1;
		return true;
	}
	return strchr(text, ':') == NULL;
}

enum stage_status
stage_osc_peer_parse(
	struct stage_osc_peer *out, const char *text, struct stage_err *err)
{
	char copy[STAGE_OSC_PEER_TEXT_MAX];
	const char *host = NULL;
	const char *port = NULL;
	int64_t number = 0;

	memset(out, 0, sizeof(*out));
	if (stage_format(copy, sizeof(copy), "%s", text) != STAGE_OK ||
		!split(copy, &host, &port) ||
		stage_num_parse(port, 1, PORT_MAX, &number, NULL) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no numeric address with a port, such as "
			"10.0.0.5:9000",
			text);
	}
	return stage_osc_peer_init(out, host, (int)number, err);
}

void
stage_osc_peer_set_port(struct stage_osc_peer *self, int port)
{
	struct sockaddr_in four = get4(self);
	struct sockaddr_in6 six = get6(self);

	if (self->address.ss_family == AF_INET) {
		four.sin_port = htons((uint16_t)port);
		memcpy(&self->address, &four, sizeof(four));
	} else if (self->address.ss_family == AF_INET6) {
		six.sin6_port = htons((uint16_t)port);
		memcpy(&self->address, &six, sizeof(six));
	}
}

void
stage_osc_peer_copy(struct stage_osc_peer *out, const struct sockaddr *address)
{
	memset(out, 0, sizeof(*out));
	if (address->sa_family == AF_INET) {
		memcpy(&out->address, address, sizeof(struct sockaddr_in));
	} else if (address->sa_family == AF_INET6) {
		memcpy(&out->address, address, sizeof(struct sockaddr_in6));
	}
}

int
stage_osc_peer_port(const struct stage_osc_peer *self)
{
	switch (self->address.ss_family) {
	case AF_INET:
		return ntohs(get4(self).sin_port);
	case AF_INET6:
		return ntohs(get6(self).sin6_port);
	default:
		return 0;
	}
}

static bool
is_same4(const struct sockaddr_in *a, const struct sockaddr_in *b)
{
	return a->sin_port == b->sin_port &&
	       a->sin_addr.s_addr == b->sin_addr.s_addr;
}

static bool
is_same6(const struct sockaddr_in6 *a, const struct sockaddr_in6 *b)
{
	return a->sin6_port == b->sin6_port &&
	       a->sin6_scope_id == b->sin6_scope_id &&
	       memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
}

bool
stage_osc_peer_is_same(
	const struct stage_osc_peer *a, const struct stage_osc_peer *b)
{
	if (a->address.ss_family != b->address.ss_family) {
		return false;
	}
	if (a->address.ss_family == AF_INET) {
		struct sockaddr_in a4 = get4(a);
		struct sockaddr_in b4 = get4(b);
		return is_same4(&a4, &b4);
	}
	if (a->address.ss_family == AF_INET6) {
		struct sockaddr_in6 a6 = get6(a);
		struct sockaddr_in6 b6 = get6(b);
		return is_same6(&a6, &b6);
	}
	return false;
}

bool
stage_osc_peer_is_same_host(
	const struct stage_osc_peer *a, const struct stage_osc_peer *b)
{
	struct stage_osc_peer copy = *b;

	stage_osc_peer_set_port(&copy, stage_osc_peer_port(a));
	return stage_osc_peer_is_same(a, &copy);
}

bool
stage_osc_peer_is_loopback(const struct stage_osc_peer *self)
{
	struct sockaddr_in four = get4(self);
	struct sockaddr_in6 six = get6(self);

	if (self->address.ss_family == AF_INET) {
		return ntohl(four.sin_addr.s_addr) >> 24U == IN_LOOPBACKNET;
	}
	return self->address.ss_family == AF_INET6 &&
	       IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
}

void
stage_osc_peer_text(const struct stage_osc_peer *self, char *out, size_t size)
{
	struct sockaddr_in four = get4(self);
	struct sockaddr_in6 six = get6(self);
	char name[INET6_ADDRSTRLEN] = "";

	if (self->address.ss_family == AF_INET) {
		(void)uv_ip4_name(&four, name, sizeof(name));
		snprintf(out, size, "%s:%d", name, ntohs(four.sin_port));
	} else if (self->address.ss_family != AF_INET6) {
		snprintf(out, size, "nobody");
	} else if (uv_ip6_name(&six, name, sizeof(name)) == 0 &&
		   six.sin6_scope_id != 0) {
		snprintf(out, size, "[%s%%%u]:%d", name,
			(unsigned)six.sin6_scope_id, ntohs(six.sin6_port));
	} else {
		snprintf(out, size, "[%s]:%d", name, ntohs(six.sin6_port));
	}
}
