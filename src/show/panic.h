/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Panic: all that hangs ends, and the song is silent, at once, until somebody
 * goes on. No client is touched.
 *
 * All that takes MIDI is told to end its notes, by JACK, and racks and the MIDI
 * bridge by a verb of theirs. The patchbay withholds the audio of the song; in
 * the second step also all that goes to the sound card. While a patchbay is not
 * there, what it is to be told waits for it, and it is told again when another
 * one comes.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_PANIC_H
#define STAGE_SHOW_PANIC_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/paths.h"
#include "show/engine.h"
#include "show/jack_names.h"
#include "show/jackside.h"

struct stage_show_panic;

enum stage_show_panic_level {
	STAGE_SHOW_CALM,
	STAGE_SHOW_PANIC_SONG,
	STAGE_SHOW_PANIC_ALL,
};

/** Makes one. level: that of the one before, which holds. rig, jack (NULL:
 * there is none), engine and names are borrowed until destroy. changed: the
 * level, or whether all know of it, is another one. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_panic_create(uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_show_jack *jack,
	const struct stage_show_engine *engine,
	const struct stage_show_jack_names *names,
	enum stage_show_panic_level level, void (*changed)(void *user),
	void *user, struct stage_show_panic **out, struct stage_err *err);

/** What is silent stays so. NULL is fine. */
void stage_show_panic_destroy(struct stage_show_panic *self);

/** There is panic: SONG or ALL. */
void stage_show_panic_raise(
	struct stage_show_panic *self, enum stage_show_panic_level level);

/** It is over. */
void stage_show_panic_lift(struct stage_show_panic *self);

enum stage_show_panic_level stage_show_panic_level(
	const struct stage_show_panic *self);

/** Why the patchbay silences nothing; "": it does what it should. */
const char *stage_show_panic_why(const struct stage_show_panic *self);

#endif
