/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/net.h"

#include <netinet/in.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"

#define ADDRESS_MAX 16 // bytes

// The bytes of an address; their number, 0 for what is none.
static size_t
bytes_of(const struct stage_osc_peer *peer, unsigned char out[ADDRESS_MAX])
{
	struct sockaddr_in four;
	struct sockaddr_in6 six;

	if (peer->address.ss_family == AF_INET) {
		memcpy(&four, &peer->address, sizeof(four));
		memcpy(out, &four.sin_addr, sizeof(four.sin_addr));
		return sizeof(four.sin_addr);
	}
	if (peer->address.ss_family == AF_INET6) {
		memcpy(&six, &peer->address, sizeof(six));
		memcpy(out, &six.sin6_addr, sizeof(six.sin6_addr));
		return sizeof(six.sin6_addr);
	}
	return 0;
}

enum stage_status
stage_osc_net_parse(
	struct stage_osc_net *out, const char *text, struct stage_err *err)
{
	unsigned char bytes[ADDRESS_MAX];
	char host[STAGE_OSC_PEER_TEXT_MAX];
	char *slash;
	int64_t bits = 0;
	int64_t bits_max;
	enum stage_status status;

	if (stage_format(host, sizeof(host), "%s", text) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no numeric internet address", text);
	}
	slash = strchr(host, '/');
	if (slash != NULL) {
		*slash = '\0';
	}
	status = stage_osc_peer_init(&out->base, host, 0, err);
	if (status != STAGE_OK) {
		return status;
	}
	bits_max = (int64_t)bytes_of(&out->base, bytes) * 8;
	if (slash == NULL) {
		bits = bits_max;
	} else if (stage_num_parse(slash + 1, 0, bits_max, &bits, NULL) !=
		   STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no network: behind the slash stands how "
			"many bits count, 0 to %d",
			text, (int)bits_max);
	}
	out->bits = (unsigned)bits;
	return STAGE_OK;
}

bool
stage_osc_net_has(
	const struct stage_osc_net *self, const struct stage_osc_peer *peer)
{
	unsigned char own[ADDRESS_MAX];
	unsigned char theirs[ADDRESS_MAX];
	size_t len = bytes_of(&self->base, own);
	size_t whole = self->bits / 8;
	unsigned rest = self->bits % 8;

	if (len == 0 || bytes_of(peer, theirs) != len ||
		memcmp(own, theirs, whole) != 0) {
		return false;
	}
	return rest == 0 || (own[whole] ^ theirs[whole]) >> (8 - rest) == 0;
}
