/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the patchbay was told and remembers beside connections: the mode and
 * the scene, in state/patchbay/settings. `dir` is state/patchbay.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_PATCHBAY_SETTINGS_H
#define STAGE_PATCHBAY_SETTINGS_H

#include "base/atomic_file.h"
#include "base/attr.h"
#include "base/err.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_SCENE_NAME_MAX 256 // bytes, with the zero

struct stage_patch_settings {
	enum stage_patch_mode mode;
	enum stage_patch_mode unlocked;        // what ends a LOCK; never one
	char song[STAGE_PATCH_SCENE_NAME_MAX]; // "": none
	char set[STAGE_PATCH_SCENE_NAME_MAX];  // "": none
};

/** Those of a first start: mode LEARN, no scene. */
struct stage_patch_settings stage_patch_settings_default(void);

/** Reads them, or the newest good generation; *found (may be NULL) says which,
 * and why the newer ones were no good. A file that is not there leaves the
 * defaults.
 *
 * Errors: with a sentence, when there is no good one; *out has the defaults
 * then too. Nothing is written.
 */
STAGE_NODISCARD enum stage_status stage_patch_settings_load(const char *dir,
	struct stage_patch_settings *out, struct stage_atomic_found *found,
	struct stage_err *err);

/** Writes them, with two older generations; makes the directory. Errors: those
 * of stage_io_make_dirs and stage_atomic_save; STAGE_BAD_INPUT for a name that
 * no configuration file can hold. */
STAGE_NODISCARD enum stage_status stage_patch_settings_save(const char *dir,
	const struct stage_patch_settings *settings, struct stage_err *err);

#endif
