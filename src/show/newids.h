/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** New ids for the clients of a song that is copied, and what has to follow
 * them: session.nsm, song.conf, the names of files, and texts that name ports.
 *
 * Pure, but for the random numbers. Thread: any, one object by one thread at a
 * time.
 */

#ifndef STAGE_SHOW_NEWIDS_H
#define STAGE_SHOW_NEWIDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/map.h"
#include "base/str.h"
#include "show/names.h"
#include "show/session.h"

struct stage_show_newid {
	char *name; // of the client; owned
	char id[STAGE_SHOW_ID_MAX];
	char fresh[STAGE_SHOW_ID_MAX];
};

/** Zeroed is empty and valid. */
struct stage_show_newids {
	struct stage_show_newid *items; // [count], owned
	size_t count;
};

/** Gives all clients of a session ids that are not among the keys of `taken`,
 * and adds these. Lines that were bad for having the id of another client get
 * one of their own.
 *
 * Ownership: the caller calls stage_show_newids_finish, also after an error.
 * Errors: STAGE_NO_MEMORY, STAGE_FULL; the session is then undefined, but can
 * be finished.
 */
STAGE_NODISCARD enum stage_status stage_show_newids_make(
	struct stage_show_newids *self, struct stage_show_session *session,
	struct stage_map *taken, struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_show_newids_finish(struct stage_show_newids *self);

/** Writes the name that a client's file or directory gets into out[256]: of
 * one that begins with NAME.ID. False for all others. */
bool stage_show_newids_rename(
	const struct stage_show_newids *self, const char *name, char *out);

/** Appends text[len] with the new ids in place of the old ones: where NAME.ID
 * stands, and for ids of the usual kind, "n" and four capitals, wherever such a
 * word stands. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_newids_rewrite(
	const struct stage_show_newids *self, const char *text, size_t len,
	struct stage_str *out);

/** Appends the text of a song.conf with the new ids in its client lines.
 * Errors: STAGE_NO_MEMORY; out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_newids_rewrite_conf(
	const struct stage_show_newids *self, const char *text, size_t len,
	struct stage_str *out);

#endif
