/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The sockets of show control: by UDP and TCP, at 127.0.0.1 and, where
 * rig.conf names an interface and says who may come in by it, at its addresses.
 *
 * A port that is taken, or an interface that has no address yet, is told of in
 * the log and tried again; so is an address that has changed. Nobody who does
 * not read keeps anything waiting: a TCP peer with too much before it is ended.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_OSC_CONTROL_LISTEN_H
#define STAGE_SHOW_OSC_CONTROL_LISTEN_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "osc/tcp.h"
#include "osc/udp.h"
#include "show/settings.h"

struct stage_show_listen;

/** What is told; all is borrowed for the call. link: NULL by UDP. */
struct stage_show_listen_ops {
	void (*message)(void *user, const struct stage_osc_peer *from,
		struct stage_osc_link *link,
		const struct stage_osc_message *message);
	void (*gone)(void *user, struct stage_osc_link *link);
	/** A port that was sent to by UDP refuses it. */
	void (*refused)(void *user, const struct stage_osc_peer *by);
};

/** Listens, now or as soon as it can. Ownership: *out goes with destroy; the
 * rest is borrowed until then. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_listen_create(uv_loop_t *loop,
	const struct stage_show_osc_settings *settings,
	const struct stage_show_listen_ops *ops, void *user,
	struct stage_show_listen **out, struct stage_err *err);

/** What comes by UDP, here and by that socket, is handled in the order of its
 * arrival. It must last as long as this. */
void stage_show_listen_order(
	struct stage_show_listen *self, struct stage_osc_udp *beside);

/** Ends all; no more calls. The memory goes when the loop has run on. NULL is
 * fine. */
void stage_show_listen_destroy(struct stage_show_listen *self);

/** Sends a datagram to who may be anywhere, from the port that it knows. */
void stage_show_listen_send(struct stage_show_listen *self,
	const struct stage_osc_peer *to, const void *bytes, size_t len);

#endif
