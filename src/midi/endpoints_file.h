/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The file of the endpoints, state/midi/endpoints in the rig: one line each,
 * saved whole with older generations beside it (base/atomic_file.h).
 *
 *     endpoint ID DEVICE KIND VID:PID SERIAL PLACE NAME ORDINAL \
 *         PORT PORT-NAME TWIN DIRECTIONS LABEL
 *
 * KIND is usb, card or virtual; DIRECTIONS any of c (capture) and p (playback).
 *
 * A file that is damaged loses nothing: its last whole generation is read, and
 * from the damaged ones each line that is whole and not known yet.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_MIDI_ENDPOINTS_FILE_H
#define STAGE_MIDI_ENDPOINTS_FILE_H

#include "midi/endpoints.h"

#define STAGE_MIDI_ENDPOINTS_KEEP 5 // older generations

/** Appends all endpoints that are kept, as the text of a file. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_write(
	const struct stage_midi_endpoints *self, struct stage_str *out);

/** Adds the endpoints of text[len]. With is_strict the first bad line is the
 * end; else bad lines are passed over, and so are endpoints that are there.
 *
 * Errors: STAGE_BAD_INPUT, with the place; STAGE_NO_MEMORY, STAGE_FULL.
 */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_read(
	struct stage_midi_endpoints *self, const char *text, size_t len,
	const char *name, bool is_strict, struct stage_err *err);

/** Saves them. Errors: those of stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_save(
	const struct stage_midi_endpoints *self, const char *path,
	struct stage_err *err);

/** Reads them into an empty table. No file is no endpoint, and fine.
 *
 * *is_damaged says that the newest file was no good, and `err` then why.
 * Errors: what cannot be read at all; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_midi_endpoints_load(
	struct stage_midi_endpoints *self, const char *path, bool *is_damaged,
	struct stage_err *err);

#endif
