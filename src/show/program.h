/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The song that a MIDI program calls: the one whose song.conf says so, a song
 * of the setlist before others; else, for program 0, the first of the setlist,
 * and so on, unless that has a program of its own.
 *
 * All song.conf are read for it, beside the loop.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_PROGRAM_H
#define STAGE_SHOW_PROGRAM_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/setlist.h"
#include "show/store.h"

struct stage_show_program_search;

/** Takes what was found, once: the number in the setlist, or 0 and the name of
 * a song that is not in it, or 0 and NULL. Borrowed for the call. */
typedef void stage_show_program_found(
	void *user, const char *song, size_t number);

/** Looks for it. Ownership: list and store are copied; *out is good until
 * `found`. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_program_find(uv_loop_t *loop,
	const struct stage_show_store *store,
	const struct stage_show_setlist *list, uint32_t program,
	stage_show_program_found *found, void *user,
	struct stage_show_program_search **out, struct stage_err *err);

/** Nobody wants to know any more. NULL is fine. */
void stage_show_program_drop(struct stage_show_program_search *self);

/** What it does, at once: for [worker], and tests. *number as above; returns a
 * copy of the name, of which the caller is the owner, or NULL. */
char *stage_show_program_look(const struct stage_show_store *store,
	const struct stage_show_setlist *list, uint32_t program,
	size_t *number);

#endif
