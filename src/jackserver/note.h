/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Says in `stagecraft status` that the server plays on another device than it
 * was asked to.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_NOTE_H
#define STAGE_JACKSERVER_NOTE_H

#include <stddef.h>

#include "jackserver/plan.h"

/** Writes the note for a server that runs with `used`, "" when there is nothing
 * to say. why: what the first choice failed with, when it is not that. service:
 * to be started again. Pure. */
void stage_note_words(const struct stage_plan *plan,
	const struct stage_control_want *used, const char *why,
	const char *service, char *out, size_t size);

/** Sets it as STAGE_MARK_NOTE of the service that this process is by
 * $STAGECRAFT_RUN and $STAGECRAFT_SERVICE; without these it does nothing. */
void stage_note_set(const struct stage_plan *plan,
	const struct stage_control_want *used, const char *why);

#endif
