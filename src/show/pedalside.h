/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What comes in by MIDI, done: RIG/show.midi says what means what, a song is
 * found by its program, and what came last is kept for people.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_PEDALSIDE_H
#define STAGE_SHOW_PEDALSIDE_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/remote.h"

struct stage_show_pedalside;

/** Reads show.midi, and again whenever it changes. path: of the file; daemon:
 * who is asked. Both are borrowed until destroy. Errors: STAGE_NO_MEMORY,
 * STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_show_pedalside_create(uv_loop_t *loop,
	const char *path, struct stage_show_daemon *daemon,
	struct stage_show_pedalside **out, struct stage_err *err);

/** Nothing is done any more. NULL is fine. */
void stage_show_pedalside_destroy(struct stage_show_pedalside *self);

/** A message has come. */
void stage_show_pedalside_hear(struct stage_show_pedalside *self,
	const uint8_t *bytes, size_t len, int64_t at_ns);

/** When the message came that is being done; 0: none is. */
int64_t stage_show_pedalside_now_ns(const struct stage_show_pedalside *self);

/** The next note, controller or program within half a minute is what asks that
 * from then on, and is written to show.midi. Errors: STAGE_BAD_INPUT, it takes
 * a number, or none. */
STAGE_NODISCARD enum stage_status stage_show_pedalside_learn(
	struct stage_show_pedalside *self, enum stage_show_act act, long number,
	struct stage_err *err);
void stage_show_pedalside_stop_learning(struct stage_show_pedalside *self);

/** Takes the lines of an act out of show.midi; *count: how many. Errors: that
 * of reading the file; STAGE_NOT_FOUND: there are none. */
STAGE_NODISCARD enum stage_status stage_show_pedalside_forget(
	struct stage_show_pedalside *self, enum stage_show_act act, long number,
	size_t *count, struct stage_err *err);

/** {heard: [{text, did, count, ago_ms}], maps, complaints, learning}.
 * Ownership: the caller's. */
json_t *stage_show_pedalside_view(const struct stage_show_pedalside *self);

#endif
