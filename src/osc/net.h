/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which peers belong to a network: an internet address and how many of its
 * bits count. Pure. Thread: any. */

#ifndef STAGE_OSC_NET_H
#define STAGE_OSC_NET_H

#include "osc/peer.h"

struct stage_osc_net {
	struct stage_osc_peer base;
	unsigned bits; // of its address, from the first, that must be the same
};

/** Reads "10.0.0.0/24", "fd00::/8", or an address for one peer alone. What
 * stands behind the bits that count is passed over. Errors: STAGE_BAD_INPUT,
 * with a sentence. */
STAGE_NODISCARD enum stage_status stage_osc_net_parse(
	struct stage_osc_net *out, const char *text, struct stage_err *err);

/** True when the peer is of that network, whatever its port. */
bool stage_osc_net_has(
	const struct stage_osc_net *self, const struct stage_osc_peer *peer);

#endif
