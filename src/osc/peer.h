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

/** The peer that a text names: "127.0.0.1:4000" or "[::1]:4000", as
 * stage_osc_peer_text writes it. Errors: as above; port 0 is none. */
STAGE_NODISCARD enum stage_status stage_osc_peer_parse(
	struct stage_osc_peer *out, const char *text, struct stage_err *err);

/** Copies what the system calls an address; what is none of the internet gives
 * a peer that is the same as no other. */
void stage_osc_peer_copy(
	struct stage_osc_peer *out, const struct sockaddr *address);

/** Its port, 0 when it has none. */
int stage_osc_peer_port(const struct stage_osc_peer *self);

/** Gives it another port, 0 to 65535. */
void stage_osc_peer_set_port(struct stage_osc_peer *self, int port);

/** True when address and port are the same. */
bool stage_osc_peer_is_same(
	const struct stage_osc_peer *a, const struct stage_osc_peer *b);

/** True when the address is the same, whatever the ports. */
bool stage_osc_peer_is_same_host(
	const struct stage_osc_peer *a, const struct stage_osc_peer *b);

/** True for an address of this computer that no other can have: 127.0.0.0/8,
 * ::1. */
bool stage_osc_peer_is_loopback(const struct stage_osc_peer *self);

/** Writes "127.0.0.1:4000" or "[::1]:4000", cut where it does not fit. */
void stage_osc_peer_text(
	const struct stage_osc_peer *self, char *out, size_t size);

#endif
