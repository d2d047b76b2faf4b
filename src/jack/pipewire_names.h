/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which ports PipeWire's libjack calls system:*, and whether it knows.
 *
 * With jack.default-as-system the ports of the default sink and source have
 * these names. The session manager says which they are by metadata, and
 * PipeWire 0.3 loses such a word for all clients but one when another client
 * binds the metadata, that is, opens, at that moment
 * (src/modules/module-metadata/metadata.c, `pending`). A client that has lost
 * it goes on with the old names until the next word, which may never come. One
 * that opens is told. So a client in doubt, for a while after ports have come
 * or gone, opens a second one and compares.
 */

#ifndef STAGE_JACK_PIPEWIRE_NAMES_H
#define STAGE_JACK_PIPEWIRE_NAMES_H

#include <jack/jack.h>
#include <stdatomic.h>
#include <stdbool.h>

/** A client's doubt. Zero for one that has just opened. */
struct stage_jack_doubt {
	atomic_bool is_new;
	unsigned calls; // of are_names_old since a port came or went
};

/** Tells that a port has come or gone. Thread: any, never waits. */
void stage_jack_doubt_names(struct stage_jack_doubt *self);

/** Says whether the names that a client has are wrong.
 *
 * To be called at regular intervals: really looks, for some 20 ms, at the 2nd,
 * 4th, 8th and 16th call after a port has come or gone, or after the open, when
 * the session manager may still be at it. False when no second client can be
 * opened. Thread: one, not libjack's; blocks.
 */
bool stage_jack_are_names_old(
	struct stage_jack_doubt *self, jack_client_t *client);

#endif
