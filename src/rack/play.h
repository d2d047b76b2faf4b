/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Has the units of a link play, and looks at what they put out.
 *
 * Thread: [rt].
 */

#ifndef STAGE_RACK_PLAY_H
#define STAGE_RACK_PLAY_H

#include "rack/chain.h"

/** Runs the link at plan->at, whose units hear that MIDI: they are told where
 * to read and write when that has changed, or what they are to hear is made.
 * False when one of them has put out what nobody may hear. */
STAGE_RT bool stage_rack_play(struct stage_rack_plan *plan,
	struct stage_rack_link *link, const struct stage_rack_events *heard,
	uint32_t frames);

/** The same, of a link that reads and writes where it did. */
STAGE_RT bool stage_rack_play_on(struct stage_rack_plan *plan,
	struct stage_rack_link *link, uint32_t frames);

#endif
