/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** OSC by UDP: one socket, bound to one address, in a libuv loop. Messages come
 * in with who sent them, bytes go out to whoever they are for; all from the one
 * port, which is what many clients know their server by.
 *
 * Nothing that a datagram holds does more than to be refused. An empty one is
 * none. The socket is close-on-exec and nobody else can bind its port.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_OSC_UDP_H
#define STAGE_OSC_UDP_H

#include <stddef.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "osc/message.h"
#include "osc/peer.h"

#define STAGE_OSC_DATAGRAM_MAX 65507 // bytes

/** Takes one message. All is borrowed for the call. The socket may be sent by,
 * and may be destroyed, in it: then it was the last call. */
typedef void stage_osc_udp_handler(void *user,
	const struct stage_osc_peer *from,
	const struct stage_osc_message *message);

struct stage_osc_udp;

/** Listens at host, a numeric address, and port; 0 takes any.
 *
 * Ownership: *out goes with destroy, user is borrowed until then. Errors, with
 * a sentence: STAGE_BAD_INPUT for an address or port that is none, STAGE_BUSY
 * when the port is taken, STAGE_NO_MEMORY, others as the system says. *out is
 * then NULL.
 */
STAGE_NODISCARD enum stage_status stage_osc_udp_create(uv_loop_t *loop,
	const char *host, int port, stage_osc_udp_handler *handler, void *user,
	struct stage_osc_udp **out, struct stage_err *err);

/** Has somebody told when a peer refuses what it is sent: nobody listens there
 * (ICMP, "port unreachable"). user as of the handler. Where the system does not
 * say so, nobody is told. */
void stage_osc_udp_watch_refusals(struct stage_osc_udp *self,
	void (*refused)(void *user, const struct stage_osc_peer *by));

/** From now on, what two sockets hear is handled in the order of its arrival,
 * as far as the system notes when that was; otherwise a socket that has much to
 * read comes with all of it, and the other one after it. Any number may be in
 * one order; each leaves it when it is destroyed. Its handler may be called
 * while another one's loop reads. */
void stage_osc_udp_order(
	struct stage_osc_udp *self, struct stage_osc_udp *beside);

/** The port that it has. */
int stage_osc_udp_port(const struct stage_osc_udp *self);

/** Sends one datagram, which is copied. What the system does not take at once
 * waits until it does; what finds too much waiting, is longer than
 * STAGE_OSC_DATAGRAM_MAX, or goes where nothing can be sent is lost, as UDP has
 * it. */
void stage_osc_udp_send(struct stage_osc_udp *self,
	const struct stage_osc_peer *to, const void *bytes, size_t len);

/** Stops listening; no more calls. The memory goes when the loop has run on.
 * NULL is fine. */
void stage_osc_udp_destroy(struct stage_osc_udp *self);

#endif
