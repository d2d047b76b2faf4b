/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Programs that change connections by themselves, as we do: beside one of them
 * each undoes what the other does.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_RIVALS_H
#define STAGE_PATCHBAY_RIVALS_H

#include <stdbool.h>
#include <stddef.h>

#define STAGE_PATCH_RIVALS_MAX 8

/** Their client names, ended by NULL. */
extern const char *const stage_patch_rivals[];

/** Which of them are there. Zeroed memory: none. */
struct stage_patch_rivals_seen {
	bool is_there[STAGE_PATCH_RIVALS_MAX];
};

/** Notes that a client is there or has gone. Returns true when it is a rival
 * that was not there before. A number that a server has put behind the name
 * ("jackpatch-01") does not matter. */
bool stage_patch_rivals_note(struct stage_patch_rivals_seen *self,
	const char *client, bool is_there);

#endif
