/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells the patchbay which song's connections are in force, over its socket.
 * It remembers which song; all else it is told again when it was started anew.
 * While it is not there, what is to be told waits for it, and the latest wins.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_SCENE_H
#define STAGE_SHOW_SCENE_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

struct stage_show_scene;

/** path: the patchbay's socket. made, which may be NULL, is called when what
 * was wanted last, and is_again, is connected, or cannot be. Errors:
 * STAGE_NO_MEMORY, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_show_scene_create(uv_loop_t *loop,
	const char *path, void (*made)(void *user), void *user,
	struct stage_show_scene **out, struct stage_err *err);

/** What was not told yet is forgotten. NULL is fine. */
void stage_show_scene_destroy(struct stage_show_scene *self);

/** What the patchbay is to have connected. Texts are borrowed. */
struct stage_show_wiring {
	const char *song;                 // "": of none; NULL: as it has it
	const struct stage_strv *ringing; // songs that sound on beside it
	const struct stage_strv *waiting; // clients before their turn: ids, and
					  // names in JACK with a colon
	const json_t *called; // as in jack_names.h; NULL: as it has it
	bool is_again; // also when it was told so last, and `made` is to tell
};

/** Says so. */
void stage_show_scene_set(
	struct stage_show_scene *self, const struct stage_show_wiring *wiring);

/** Has it know the setlist in force; NULL: none. With an object of its own: one
 * that is not there must not cost a song its connections. */
void stage_show_scene_use(struct stage_show_scene *self, const char *set);

#endif
