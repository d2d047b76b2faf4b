/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Carries cues to one target: OSC by UDP and TCP, HTTP, QLC+. MIDI needs none.
 *
 * One cue at a time. Connections are made when there is something to send and
 * stay, but for those of HTTP; who has not answered after
 * STAGE_SHOW_CARRY_DEADLINE_MS is away. Thread: the loop's.
 */

#ifndef STAGE_SHOW_CUE_CARRY_H
#define STAGE_SHOW_CUE_CARRY_H

#include <stdbool.h>
#include <uv.h>

#include "show/cue_lookup.h"
#include "show/cue_out.h"

#define STAGE_SHOW_CARRY_DEADLINE_MS 3000

struct stage_show_carrier;
struct stage_show_qlc;

struct stage_show_carrier_ops {
	/** What became of what was sent or probed. Called once for each, in
	 * that call or later; the carrier may be used in it, and not be
	 * destroyed. */
	void (*done)(
		void *user, enum stage_show_cue_result result, const char *why);
	/** A connection has ended, or, is_back, a datagram came back, while
	 * nothing was being sent. */
	void (*lost)(void *user, bool is_back, const char *why);
};

/** target: kind, transport, host and port are looked at; borrowed, with all
 * else, until destroy. NULL: out of memory. */
struct stage_show_carrier *stage_show_carrier_create(uv_loop_t *loop,
	struct stage_show_book *book,
	const struct stage_show_cue_target *target,
	const struct stage_show_carrier_ops *ops, void *user);

/** Sends a cue of that target, which is borrowed until done. */
void stage_show_carrier_send(
	struct stage_show_carrier *self, const struct stage_show_cue *cue);

/** Goes as far as one can without telling it anything. */
void stage_show_carrier_probe(struct stage_show_carrier *self);

/** What functions QLC+ has, after it was probed. Ownership: borrowed. */
const struct stage_show_qlc *stage_show_carrier_functions(
	const struct stage_show_carrier *self);

/** Ends it; nothing is told any more. NULL is fine. */
void stage_show_carrier_destroy(struct stage_show_carrier *self);

#endif
