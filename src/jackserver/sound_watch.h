/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells when sound devices come and go, and when somebody closes one: the
 * kernel's nodes in /dev/snd, which go at once, even while they are held open.
 *
 * Neither the directory nor its parents but the first need be there. What the
 * system does not tell, no watches left for one, is not told; a warning says so
 * once.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_JACKSERVER_SOUND_WATCH_H
#define STAGE_JACKSERVER_SOUND_WATCH_H

#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_SOUND_DIR "/dev/snd"

struct stage_sound_watch_ops {
	/** Nodes have come or gone, or may be opened by others now. */
	void (*changed)(void *user);
	/** A PCM was closed. */
	void (*closed)(void *user);
};

struct stage_sound_watch;

/** Watches dir. Ownership: ops and user are borrowed. Errors: STAGE_NO_MEMORY,
 * STAGE_FULL, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_sound_watch_create(uv_loop_t *loop,
	const char *dir, const struct stage_sound_watch_ops *ops, void *user,
	struct stage_sound_watch **out, struct stage_err *err);

/** Forgets what was closed until now: it was us. Nodes that have come or gone
 * meanwhile are still told. */
void stage_sound_watch_settle(struct stage_sound_watch *self);

/** The memory goes with the loop's next turn. NULL is fine. */
void stage_sound_watch_destroy(struct stage_sound_watch *self);

#endif
