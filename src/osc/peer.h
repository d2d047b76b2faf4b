/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who is at the other end: an internet address and a port. Thread: any. */

#ifndef STAGE_OSC_PEER_H
#define STAGE_OSC_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_OSC_PEER_TEXT_MAX 80 // bytes with the zero

struct stage_osc_peer {
	struct sockaddr_storage address;
};

/** The peer at a numeric address ("127.0.0.1", "::1", "fe80::1%eth0"); no name
 * is looked up. Errors: STAGE_BAD_INPUT, with a sentence, for all else and for
 * a port that is not 0 to 65535. */
STAGE_NODISCARD enum stage_status stage_osc_peer_init(
	struct stage_osc_peer *out, const char *host, int port,
	struct stage_err *err);

/** Copies what the system calls an address; what is none of the internet gives
 * a peer that is the same as no other. */
void stage_osc_peer_copy(
	struct stage_osc_peer *out, const struct sockaddr *address);

/** Its port, 0 when it has none. */
int stage_osc_peer_port(const struct stage_osc_peer *self);

/** True when address and port are the same. */
bool stage_osc_peer_is_same(
	const struct stage_osc_peer *a, const struct stage_osc_peer *b);

/** Writes "127.0.0.1:4000" or "[::1]:4000", cut where it does not fit. */
void stage_osc_peer_text(
	const struct stage_osc_peer *self, char *out, size_t size);

#endif
