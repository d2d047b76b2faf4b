/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** By which names a port is known besides its own.
 *
 * Programs and servers decorate names with numbers that differ from start to
 * start. A wanted name that is nowhere may then mean a port whose plain name is
 * the same:
 *
 * | class     | name                                 | plain                 |
 * |-----------|--------------------------------------|-----------------------|
 * | a2jmidid  | a2j:MT4 [128] (playback): MT4 MIDI 1 | without " [128]"      |
 * |           | a2j:MT4 [128] (playback): [0] MIDI 1 | and without "[0] "    |
 * | NSM       | Yoshimi.nABCD:left                   | Yoshimi:left          |
 * | PipeWire  | Yoshimi-38:left-52                   | Yoshimi:left          |
 * | JACK2     | Yoshimi-01:left, a second one        | Yoshimi:left          |
 *
 * The last two are weaker: what carries such a number may as well be another
 * instance, and is taken only while the name itself is free. What names of the
 * ALSA sequencer are like at each rank stands in alsa_name.h.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_IDENTITY_H
#define STAGE_PATCHBAY_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "patchbay/statement.h"

/** How well a port answers to a wanted name, the best first. */
enum stage_identity_rank {
	STAGE_IDENTITY_EXACT,    // its name
	STAGE_IDENTITY_ALIAS,    // one of its aliases
	STAGE_IDENTITY_PLAIN,    // without the numbers of a2jmidid and NSM, or
				 // the place of a device with a serial number
	STAGE_IDENTITY_INSTANCE, // and without those of an instance, or the
				 // place and the number of a port
	STAGE_IDENTITY_RANK_COUNT,
};

/** Writes a name as it is at a rank, without what that rank does not look at.
 * For EXACT and ALIAS it is the name itself.
 *
 * out[size]: room for the name is enough. is_pipewire: any number counts as an
 * instance's, not only JACK2's two digits. Errors: STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_identity_name(
	enum stage_patch_system system, const char *name,
	enum stage_identity_rank rank, bool is_pipewire, char *out,
	size_t size);

/** Says a rank in a few words, as in "bound by ...". Never NULL. */
const char *stage_identity_rank_name(enum stage_identity_rank rank);

#endif
