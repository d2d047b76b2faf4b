/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A history in a scratch directory, whose lists are given and asked for as
 * text. Failures fail the cmocka test. Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_HISTORY_WORLD_H
#define STAGE_TESTS_HISTORY_WORLD_H

#include <stdint.h>

#include "patchbay/history.h"
#include "scratch.h"

#define WORLD_FILE "patchbay/learned.patch"
#define WORLD_STATE "state/patchbay"
#define WORLD_TIME_S 1795851202 // 2026-11-28T07:33:22Z, the first moment

struct world {
	struct scratch scratch;
	struct stage_history *history; // NULL: closed
	int64_t now_s;                 // one second later with each call
	enum stage_history_found found;
	struct stage_err err; // of the last call
	char text[4096];      // what is in force, as lines
};

void world_init(struct world *self);
void world_finish(struct world *self);

/** Makes a history, as a process that has just started, and loads. */
void world_open(struct world *self);

/** Forgets it, as a process that was killed. */
void world_close(struct world *self);

/** Closes and opens. */
void world_reopen(struct world *self);

/** The calls of the header; text is what they were given or gave. */
enum stage_status world_load(struct world *self);
enum stage_status world_save(
	struct world *self, const char *text, const char *reason);
enum stage_status world_undo(struct world *self);
enum stage_status world_redo(struct world *self);
enum stage_status world_go(struct world *self, uint64_t number);

/** A generation as lines; "?" when it cannot be read. Ownership: borrowed until
 * the next call. */
const char *world_generation(struct world *self, uint64_t number);

/** True when a generation's file is there. */
bool world_has_generation(struct world *self, uint64_t number);

/** Writes, appends to, or cuts learned.patch by hand. */
void world_edit(struct world *self, const char *text);
void world_append(struct world *self, const char *text);
void world_cut(struct world *self, size_t len);

/** All bytes of a file. Ownership: the caller frees them. */
char *world_bytes(struct world *self, const char *name, size_t *len);

#endif
