/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A show to be looked at: a setlist of four songs, of which the second plays
 * and the third is selected. Each failure is one of the test's. */

#ifndef STAGE_TESTS_SHOW_SIGHT_H
#define STAGE_TESTS_SHOW_SIGHT_H

#include "osc/message.h"
#include "show/osc_control.h"

struct seen {
	struct stage_show_setlist list;
	struct stage_show_place place;
	struct stage_show_sight sight;
};

void seen_init(struct seen *self);
void seen_finish(struct seen *self);

/** Packs a message: an address, and words as "i:3", "f:0.5", "s:text", "T",
 * "F", "N", "I", up to a NULL. Ownership: the caller frees out's memory. */
void seen_pack(struct stage_str *out, const char *address, ...);

#endif
