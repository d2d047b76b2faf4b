/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a song, a setlist, a client and a program may be called, and new ids
 * for clients.
 *
 * Names come from people, from files, and over the network; they end up in
 * paths, in session.nsm and in argument lists. What these functions let
 * through is harmless in all three.
 *
 * Pure, but for the random numbers. Thread: any.
 */

#ifndef STAGE_SHOW_NAMES_H
#define STAGE_SHOW_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_SHOW_NAME_MAX 200 // bytes, without the zero
#define STAGE_SHOW_DEPTH_MAX 4  // directories of a song's name
#define STAGE_SHOW_ID_MAX 32    // bytes, with the zero

/** Checks the name of a song: its path below songs/, as in "Set 1/Opener".
 *
 * It is UTF-8 of at most STAGE_SHOW_NAME_MAX bytes and STAGE_SHOW_DEPTH_MAX
 * parts, without control characters and colons. No part is empty, begins with
 * a dot or a dash, begins or ends with a blank, or is called session.nsm.
 *
 * Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG.
 */
STAGE_NODISCARD enum stage_status stage_show_song_name_check(
	const char *name, struct stage_err *err);

/** Checks the name of a setlist, which is that of a song in one part. Errors:
 * as stage_show_song_name_check. */
STAGE_NODISCARD enum stage_status stage_show_set_name_check(
	const char *name, struct stage_err *err);

/** Checks the name that a client announces: one that can stand in session.nsm,
 * and in the names of the client's files. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_show_client_name_check(
	const char *name, struct stage_err *err);

/** Checks the name of a program that is to be launched, which is looked for in
 * $PATH: no path, and no option. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_show_program_check(
	const char *name, struct stage_err *err);

/** True for the id of a client: letters, digits, "_" and "-". Those that we
 * make are "n" and four letters; other programs have made others. */
bool stage_show_id_ok(const char *id);

/** Writes an id that is_taken does not know, at random, into `out`.
 *
 * Errors: STAGE_FULL when all 390625 are taken.
 */
STAGE_NODISCARD enum stage_status stage_show_make_id(
	bool (*is_taken)(void *user, const char *id), void *user,
	char out[STAGE_SHOW_ID_MAX], struct stage_err *err);

#endif
