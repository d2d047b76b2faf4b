/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the units of a link hear, and what of theirs goes to side ports.
 *
 * A main input hears a channel of the bus. A sidechain hears its side port, so
 * late as the bus is at that place, or, without one, what the plug-in hears
 * anyway: a gate whose key is silence would silence the rack.
 *
 * Thread: [rt]. The link is plan->links[plan->at].
 */

#ifndef STAGE_RACK_FEED_H
#define STAGE_RACK_FEED_H

#include "rack/chain.h"

/** Fills the inputs of its unit `at`, and says where it writes; that of the
 * first one comes first. */
STAGE_RT void stage_rack_feed(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t at, uint32_t frames);

/** Puts out what its units have made for side ports, on its way from its mix to
 * another one. */
STAGE_RT void stage_rack_give(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t frames, float target);

/** Breaks off what it puts out there, and puts out the rest of that. */
STAGE_RT void stage_rack_give_cut(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link);
STAGE_RT void stage_rack_give_rest(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t frames);

#endif
