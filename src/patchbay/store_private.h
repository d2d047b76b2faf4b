/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files store*.c share:
 *
 * - store.c: the files of the rig, what is desired by them, and the settings;
 * - store_learned.c: what was learned, its file and its history;
 * - store_scene.c: the song and the set.
 */

#ifndef STAGE_PATCHBAY_STORE_PRIVATE_H
#define STAGE_PATCHBAY_STORE_PRIVATE_H

#include "patchbay/store.h"

struct stage_patch_store {
	const struct stage_rig *rig; // borrowed
	stage_patch_complain complain;
	void *user;
	struct stage_patch_files files;
	struct stage_patch_file song; // empty while none is chosen
	struct stage_patch_file set;
	struct stage_patch_list ringing;    // wants of songs that fade away
	struct stage_patch_waiting waiting; // clients before their turn
	struct stage_patch_called called;   // clients of songs
	struct stage_patch_list learned;
	struct stage_patch_list saved; // what of it is on the disk
	bool is_saved;                 // whether both are the same
	bool has_edit; // the user's one is on the disk, and not read yet
	struct stage_history *history;
	struct stage_patch_settings settings;
	char state_dir[STAGE_PATH_MAX];
};

/** What may be the name of a song or a set, "" too. Errors: STAGE_BAD_INPUT
 * with a sentence. */
STAGE_NODISCARD enum stage_status stage_patch_scene_name_check(
	const char *what, const char *name, struct stage_err *err);

/** Tells a sentence, if it is not "". */
void stage_patch_store_complain(
	const struct stage_patch_store *self, const char *sentence);

/** Reads what was learned from the disk into `out`, and once more as what is
 * saved. Errors: nothing has changed. */
STAGE_NODISCARD enum stage_status stage_patch_store_load(
	struct stage_patch_store *self, struct stage_patch_list *out,
	struct stage_err *err);

/** Likewise, to be in force. What cannot be read leaves what is in memory in
 * force. Returns whether it has changed. */
bool stage_patch_store_load_learned(struct stage_patch_store *self);

#endif
