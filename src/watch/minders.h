/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A minder for each service of the tree (watch/minder.h). Thread: the loop's.
 */

#ifndef STAGE_WATCH_MINDERS_H
#define STAGE_WATCH_MINDERS_H

#include <stddef.h>

#include "watch/minder.h"

/** All zero but for the config: none. */
struct stage_minders {
	struct stage_minder_config config; // of each, but for the service
	struct stage_minder **items;       // owned array of owned
	size_t count;
};

/** Makes minders for services that have come, and destroys those of who has
 * gone; tells the config's `changed` of both. What fails is logged. */
void stage_minders_sync(struct stage_minders *self);

/** NULL when there is none of that service. Ownership: borrowed until the next
 * sync. */
struct stage_minder *stage_minders_find(
	const struct stage_minders *self, const char *service);

/** As stage_minder_lift_hold / stage_minder_look, of all. */
void stage_minders_lift_holds(struct stage_minders *self);
void stage_minders_look(struct stage_minders *self);

/** Destroys all. */
void stage_minders_finish(struct stage_minders *self);

#endif
