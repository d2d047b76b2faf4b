/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files store*.c share. */

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

#endif
