/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** OSC by TCP: a listener in a libuv loop, and its connections ("links"). Each
 * has the framing that its first byte tells (frames.h), and is answered in it.
 *
 * Nobody can make it wait, or grow beyond its limits. A link ends when the
 * other side ends it, when what comes is no stream of OSC or a packet is too
 * long, and when more waits to be sent than may wait, for its other side does
 * not read. A packet that is no OSC, in a stream that is one, is passed over.
 * When there are as many links as there may be, one that has said nothing yet
 * gives way to a new one; is there none, the new one is ended at once.
 *
 * Sockets are close-on-exec; SIGPIPE never arises. Thread: the loop's.
 */

#ifndef STAGE_OSC_TCP_H
#define STAGE_OSC_TCP_H

#include <stddef.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "osc/message.h"
#include "osc/peer.h"

struct stage_osc_tcp;
struct stage_osc_link;

struct stage_osc_tcp_config {
	const char *host; // numeric
	int port;         // 0: any
	// Limits; 0: as many as stands here.
	size_t links_max;        // 32
	size_t packet_max_bytes; // STAGE_OSC_BYTES_MAX, and no more
	size_t queue_max_bytes;  // 1 MiB; what waits for one link
};

/** What is told. All is borrowed for the call. In each, links may be sent to
 * and ended, and the listener be destroyed: then it was the last call. */
struct stage_osc_tcp_ops {
	void (*message)(void *user, struct stage_osc_link *from,
		const struct stage_osc_message *message);
	/** The link has ended, whoever ended it, and is freed after this call,
	 * which comes from the loop only. NULL: nobody wants to know. Not
	 * called for what ends with the listener. */
	void (*gone)(void *user, struct stage_osc_link *link);
};

/** Listens. config is copied but for host; ops is copied.
 *
 * Ownership: *out goes with destroy, user is borrowed until then. Errors, with
 * a sentence: STAGE_BAD_INPUT for an address or port that is none, STAGE_BUSY
 * when the port is taken, STAGE_NO_MEMORY, others as the system says. *out is
 * then NULL.
 */
STAGE_NODISCARD enum stage_status stage_osc_tcp_create(uv_loop_t *loop,
	const struct stage_osc_tcp_config *config,
	const struct stage_osc_tcp_ops *ops, void *user,
	struct stage_osc_tcp **out, struct stage_err *err);

/** The port that it has. */
int stage_osc_tcp_port(const struct stage_osc_tcp *self);

/** Ends all links and stops listening; no more calls. What waits to be sent is
 * lost. The memory goes when the loop has run on. NULL is fine. */
void stage_osc_tcp_destroy(struct stage_osc_tcp *self);

// Links. They are the listener's, and valid until gone() or destroy.

/** Who it is. Ownership: borrowed as the link is. */
const struct stage_osc_peer *stage_osc_link_peer(
	const struct stage_osc_link *self);

/** Sends one packet, in order, and never waits: what the other side does not
 * take yet is queued, and the link ends when that becomes too much. A link that
 * has ended sends nothing. */
void stage_osc_link_send(
	struct stage_osc_link *self, const void *packet, size_t len);

/** Ends it; gone() follows. */
void stage_osc_link_close(struct stage_osc_link *self);

#endif
