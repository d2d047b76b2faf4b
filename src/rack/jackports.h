/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes side ports (side.h) in JACK and ends them, and says how late they are.
 *
 * Thread: as marked; [worker] is that of the client, [notify] libjack's.
 */

#ifndef STAGE_RACK_JACKPORTS_H
#define STAGE_RACK_JACKPORTS_H

#include <jack/types.h>

#include "rack/wire.h"

/** What is to be done with a port that has just been made. */
typedef void stage_rack_jackport_made(
	void *user, const char *name, jack_port_t *port);

/** A client has been opened: it gets all ports that are wanted, in the order of
 * the slots. Those of the one before are forgotten. Thread: [worker], before
 * the client is active. */
void stage_rack_jackports_open(struct stage_rack_wire *wire,
	jack_client_t *client, stage_rack_jackport_made *made, void *user);

/** Ends the ports that nobody wants any more, and makes those that are new, or
 * had no room before. Thread: [worker]. */
void stage_rack_jackports_tend(struct stage_rack_wire *wire,
	jack_client_t *client, stage_rack_jackport_made *made, void *user);

/** The client has been closed. Thread: [worker]. */
void stage_rack_jackports_close(struct stage_rack_wire *wire);

/** The server has gone: no cycle of it is waited for. Thread: any. */
void stage_rack_jackports_lose(struct stage_rack_wire *wire);

/** Whether there was no room for some port. Thread: any. */
bool stage_rack_jackports_are_refused(const struct stage_rack_wire *wire);

/** Takes what comes in at returns into account for the outputs of the rack, to
 * which nothing else comes: `all` is untouched when there are none. Thread:
 * [notify]. */
void stage_rack_jackports_add_returns(
	struct stage_rack_wire *wire, jack_latency_range_t *all);

/** Sees how long what comes in at returns has taken from the inputs of the
 * rack, which `all` says of, and a period more: what was sent round comes back
 * with the next one. Tells the loop of news. True when anything comes in there.
 * Thread: [notify]. */
bool stage_rack_jackports_see_returns(struct stage_rack_wire *wire,
	const jack_latency_range_t *all, uint32_t period_frames);

/** Tells how late the ports of one direction are: what comes in at those of the
 * rack is `all`. Thread: [notify]. */
void stage_rack_jackports_set_latency(struct stage_rack_wire *wire,
	jack_latency_callback_mode_t mode, const jack_latency_range_t *all);

#endif
