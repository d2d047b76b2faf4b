/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The MIDI of a cue, from words to bytes; for cue.c.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_CUE_MIDI_H
#define STAGE_SHOW_CUE_MIDI_H

#include "show/cue.h"

/** Reads what stands behind "cue WHEN midi", one word at least, into the bytes
 * of a cue. Channels are from 1, programs and all other numbers from 0, as in
 * MIDI. Errors: STAGE_BAD_INPUT with the place. */
STAGE_NODISCARD enum stage_status stage_show_cue_take_midi(
	struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err);

/** True for bytes[len] of a cue that may come again and change nothing: program
 * and control changes, and the GO of a numbered cue of MIDI Show Control; a GO
 * without a number is that of the next one. */
bool stage_show_cue_midi_is_state(const uint8_t *bytes, size_t len);

#endif
