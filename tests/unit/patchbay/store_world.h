/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A rig with a store of patches on it, whose content is given and asked for as
 * text. Failures fail the cmocka test. Thread: the one that runs the test.
 */

#ifndef STAGE_TESTS_STORE_WORLD_H
#define STAGE_TESTS_STORE_WORLD_H

#include "base/str.h"
#include "patchbay/store.h"
#include "world.h"

struct store_world {
	struct world world;
	struct stage_patch_store *store; // NULL: closed
	struct stage_str complaints;     // a line each
	struct stage_err err;            // of the last call
};

/** For cmocka: setup and teardown; the store is opened. */
int store_world_setup(void **state);
int store_world_teardown(void **state);

/** Makes the store, as a process that has just started; or forgets it, as one
 * that was killed. */
void store_world_open(struct store_world *self);
void store_world_close(struct store_world *self);
void store_world_reopen(struct store_world *self);

/** Writes rig/NAME. */
void store_world_write(
	struct store_world *self, const char *name, const char *text);

/** All bytes of rig/NAME. Ownership: the caller frees them. */
char *store_world_bytes(struct store_world *self, const char *name);

/** Learns each line of a text as if it was given by command. */
void store_world_learn(struct store_world *self, const char *text);

/** Saves, and gives whether an edit by hand came in. */
enum stage_status store_world_save(struct store_world *self, bool *has_changed);

/** Undoes or makes again. */
enum stage_status store_world_undo(
	struct store_world *self, bool is_redo, unsigned count, unsigned *done);

/** What one file says that is in force: "LINE; LINE; ". Ownership: borrowed
 * until the next call. */
const char *store_world_file(struct store_world *self, const char *name);
const char *store_world_learned(struct store_world *self);

/** There was a complaint with that part, which is taken; NULL: there was none.
 */
void store_world_complained(struct store_world *self, const char *part);

#endif
