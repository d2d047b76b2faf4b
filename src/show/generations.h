/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Older states of songs, which can be put back: RIG/state/show/generations.
 *
 * A generation is a whole copy of a song's directory with a number of its own.
 * Files that have not changed since the one before are further names of that
 * one's copies, so that it costs what has changed; nobody writes into them. A
 * song that has not changed at all gets no new one.
 *
 *     generations/KEY/NUMBER/info     when and why
 *     generations/KEY/NUMBER/files/   the song; KEY is its name, "/" made ":"
 *
 * Like all of the store (show/store.h), generations are there whole or not at
 * all. Thread: any but the real-time one; all of it waits for the disk.
 */

#ifndef STAGE_SHOW_GENERATIONS_H
#define STAGE_SHOW_GENERATIONS_H

#include <stddef.h>
#include <stdint.h>

#include "show/store.h"

#define STAGE_SHOW_GENERATIONS_DEFAULT 20
#define STAGE_SHOW_GENERATIONS_MAX 1000
#define STAGE_SHOW_WHY_MAX 100 // bytes with the zero

struct stage_show_generation {
	uint64_t number;  // from 1; never used again
	int64_t taken_ns; // wall clock; 0 when it cannot be read
	char why[STAGE_SHOW_WHY_MAX];
};

/** Oldest first. Zeroed is empty and valid. */
struct stage_show_generations {
	struct stage_show_generation *items; // [count], owned
	size_t count;
};

/** Keeps a song as it is now, and of all its generations the last `keep`, 1 to
 * STAGE_SHOW_GENERATIONS_MAX. why is a word or two for people. *number, unless
 * it is NULL, gets the number of the generation that is like the song.
 *
 * The song's programs should not be saving meanwhile. Errors: as
 * stage_show_store_path; STAGE_BUSY; of the disk: no new generation is then
 * there, and the old ones still are.
 */
STAGE_NODISCARD enum stage_status stage_show_generations_keep(
	const struct stage_show_store *store, const char *name, const char *why,
	unsigned keep, uint64_t *number, struct stage_err *err);

/** Lists the generations of a song in place of what is in out. Ownership: the
 * caller calls stage_show_generations_finish. Errors: as opendir(3), but that
 * there are none is none; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_generations_list(
	const struct stage_show_store *store, const char *name,
	struct stage_show_generations *out, struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_show_generations_finish(struct stage_show_generations *self);

/** Makes a song what it was in a generation. What it is now is kept as one more
 * before; the `keep` last ones stay, and the one that was put back.
 *
 * The song has another directory of the same name then: whoever had the old one
 * open has the old one. Errors: STAGE_NOT_FOUND; as
 * stage_show_generations_keep; the song is then as it was.
 */
STAGE_NODISCARD enum stage_status stage_show_generations_revert(
	const struct stage_show_store *store, const char *name, uint64_t number,
	unsigned keep, struct stage_err *err);

#endif
