/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells the patchbay which song's connections are in force, over its socket.
 * It remembers what it was told; while it is not there, what is to be told
 * waits for it, and the latest wins.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_SCENE_H
#define STAGE_SHOW_SCENE_H

#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_show_scene;

/** path: the patchbay's socket. Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_show_scene_create(uv_loop_t *loop,
	const char *path, struct stage_show_scene **out, struct stage_err *err);

/** What was not told yet is forgotten. NULL is fine. */
void stage_show_scene_destroy(struct stage_show_scene *self);

/** Selects a song; NULL: none. */
void stage_show_scene_select(struct stage_show_scene *self, const char *song);

#endif
