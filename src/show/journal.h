/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What an engine that comes after a crash must know: which song plays, and
 * which process plays what of it. Pure. Thread: the loop's.
 */

#ifndef STAGE_SHOW_JOURNAL_H
#define STAGE_SHOW_JOURNAL_H

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "show/engine.h"

/** As JSON. Ownership: the caller's. NULL: out of memory. */
json_t *stage_show_journal_write(const struct stage_show_engine *engine);

/** True when a process that it names lives. NULL is fine. */
bool stage_show_journal_knows_any(const json_t *journal);

/** What a process of the journal is now. */
enum stage_show_fate {
	STAGE_SHOW_GONE,     // it has ended, or its number is somebody else's
	STAGE_SHOW_THERE,    // it lives, and its port is still its own
	STAGE_SHOW_STRANGER, // it lives, but nobody can talk to it
};

struct stage_show_journal_ops {
	/** Looks at one of them. Where it has ended, and goes on in the
	 * process that spoke for it, that one is its process from now on. */
	enum stage_show_fate (*look)(
		void *user, struct stage_show_program *program);
	void *user;
};

/** Goes on where another engine ended: into an engine that has done nothing
 * yet. Clients that were ready are so still, and notice nothing, also those of
 * a song that rings; those that were starting are started again, those of songs
 * that were leaving are ended, and a song that was loading is loaded. What is
 * wrong with a journal is passed over. Errors: when its song cannot be read, as
 * stage_show_load; it plays on then, as the journal has it. */
STAGE_NODISCARD enum stage_status stage_show_journal_read(
	struct stage_show_engine *engine, const json_t *journal,
	const struct stage_show_journal_ops *ops, struct stage_err *err);

#endif
