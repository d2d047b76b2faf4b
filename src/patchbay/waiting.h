/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Clients of JACK that are there before their turn, those of a song that is
 * loaded ahead: nothing of theirs is connected, whoever wants it, until they
 * wait no longer. What they had connected themselves meanwhile is then made
 * again, for a program that does so does it once.
 *
 * A client is named by an id that its name contains, with no letter or digit
 * before or behind it: nABCD is zyn.nABCD, nABCD, and zyn.nABCD/part1-01. One
 * that goes by another name is named by that, with a colon: "ams-01:".
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_WAITING_H
#define STAGE_PATCHBAY_WAITING_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_WAITING_MAX 256 // ids, and connections that are kept

/** Zeroed is one without any and valid. */
struct stage_patch_waiting {
	struct stage_strv ids;
	struct stage_patch_list list;  // what keeps them apart; borrow it
	struct stage_patch_list apart; // what had been connected, as wants
};

/** These wait, and no others. Errors: STAGE_BAD_INPUT for what is no id,
 * STAGE_TOO_LONG for too many, STAGE_NO_MEMORY; those before wait still. */
STAGE_NODISCARD enum stage_status stage_patch_waiting_set(
	struct stage_patch_waiting *self, const struct stage_strv *ids,
	struct stage_err *err);

void stage_patch_waiting_finish(struct stage_patch_waiting *self);

/** True for a port of one that waits. */
bool stage_patch_waiting_has(
	const struct stage_patch_waiting *self, const char *port);

/** Keeps in mind what was connected, and is cut because an end waits. One that
 * is too many, or finds no memory, is forgotten. */
void stage_patch_waiting_keep(
	struct stage_patch_waiting *self, const char *from, const char *to);

/** Calls `visit` with each of those of which no end waits any longer, and
 * forgets them. */
void stage_patch_waiting_release(struct stage_patch_waiting *self,
	void (*visit)(void *user, const char *from, const char *to),
	void *user);

#endif
