/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a rack finds of itself when it starts: the newest checkpoint that is
 * whole, and the page that the rack before it has left. What is not whole is
 * said in the log, and the rack starts without it.
 *
 * Thread: [main].
 */

#ifndef STAGE_RACK_KEPT_H
#define STAGE_RACK_KEPT_H

#include "rack/recall.h"

/** Reads the checkpoint at a path, or the newest older one that is whole.
 * Without one *out stays as it is; else it is to be finished by the caller. */
void stage_rack_kept_checkpoint(
	const char *path, struct stage_rack_memory *out);

/** The same for the page at a path. */
void stage_rack_kept_page(const char *path, struct stage_rack_memory *out);

#endif
