/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What JACK calls clients of songs where their patches call them otherwise. Of
 * two programs that want to be "ams", and belong to two songs, JACK makes "ams"
 * and "ams-01"; in the patch of either song it is "ams".
 *
 * Only whoever has started them knows which is whose (stagecraft-show). Pure.
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_CALLED_H
#define STAGE_PATCHBAY_CALLED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/statement.h"

#define STAGE_PATCH_CALLED_MAX 256

struct stage_patch_called_name {
	char *song;   // owned
	char *name;   // of a client, in the song's patch; owned
	char *called; // by JACK; owned
};

/** Zeroed is one without any and valid. */
struct stage_patch_called {
	struct stage_patch_called_name *items; // owned array
	size_t count;
};

/** Adds one. Errors: STAGE_BAD_INPUT for what is no name of a client,
 * STAGE_TOO_LONG for too many, STAGE_NO_MEMORY; it is as it was then. */
STAGE_NODISCARD enum stage_status stage_patch_called_add(
	struct stage_patch_called *self, const char *song, const char *name,
	const char *called, struct stage_err *err);

void stage_patch_called_finish(struct stage_patch_called *self);

/** True when some client of the song is called otherwise. */
bool stage_patch_called_has(
	const struct stage_patch_called *self, const char *song);

/** Puts into `list` what JACK calls the song's clients, where it names one in
 * full: "ams:out", and "ams:*" of patterns. Errors: STAGE_NO_MEMORY, with a
 * part of it done. */
STAGE_NODISCARD enum stage_status stage_patch_called_apply(
	const struct stage_patch_called *self, const char *song,
	struct stage_patch_list *list);

/** The other way, for a port "CLIENT:PORT": its name in the song's patch, from
 * malloc. *out is NULL when that is its own. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_called_back(
	const struct stage_patch_called *self, const char *song,
	const char *port, char **out);

#endif
