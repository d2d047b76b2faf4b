/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The word "alsa" of a line in a patch file and what may stand behind it: how
 * two ports of the ALSA sequencer are connected, in the words of aconnect(1).
 *
 *     alsa A:0 -> B:0
 *     alsa(exclusive) A:0 -> B:0
 *     alsa(real=1) A:0 -> B:0
 *     alsa(exclusive, tick=0) A:0 -> B:0
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATCH_HOW_H
#define STAGE_PATCHBAY_PATCH_HOW_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/str.h"
#include "patchbay/patch_cursor.h"
#include "patchbay/statement.h"

/** Stands before the name of a port of the ALSA sequencer, where both worlds
 * may be named: "alsa:MT4:0". */
#define STAGE_PATCH_ALSA_PREFIX "alsa:"

/** True when the line goes on with "alsa" or "alsa(". */
bool stage_patch_at_alsa(const struct stage_patch_cursor *cursor);

/** Moves over "alsa", the parentheses and the blanks behind; *is_there: whether
 * it was there. Errors: STAGE_BAD_INPUT for what is in them. */
STAGE_NODISCARD enum stage_status stage_patch_take_alsa(
	struct stage_patch_cursor *cursor, bool *is_there,
	struct stage_patch_how *out);

/** Moves over "alsa:" at the start of a name; false when it is not there. */
bool stage_patch_take_prefix(struct stage_patch_cursor *cursor);

/** What is said when one end of a connection has the prefix and the other has
 * not. */
extern const char stage_patch_no_mix[];

/** Appends "(exclusive, real=1)", or nothing for a plain connection. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_how_write(
	const struct stage_patch_how *self, struct stage_str *out);

#endif
