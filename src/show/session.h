/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** session.nsm: the clients of a song, as nsmd and other servers of NSM read
 * and write it.
 *
 * One line is one client, NAME:PROGRAM:ID. The format has no escapes and no
 * comments. Lines that are none of a client are bad; they are kept as they are,
 * in their place, and so is everything about a line that only its bytes say
 * (carriage returns, blanks around it, a last line without its end). So a file
 * that was read and is written with nothing edited has the same bytes, and
 * what one line is costs no other line.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_SESSION_H
#define STAGE_SHOW_SESSION_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_SHOW_SESSION_FILE "session.nsm"
#define STAGE_SHOW_SESSION_BYTES_MAX 1048576
#define STAGE_SHOW_CLIENTS_MAX 1000 // of one song; lines above it are bad

/** One line. Ownership: of the session. */
struct stage_show_line {
	char *name;      // NULL, as the next two, where it is no client
	char *program;   // what to launch: a name in $PATH, or a path
	char *id;        // of the song's clients it is the only one with it
	char *text;      // its bytes and those of its end, any there may be
	size_t len;      // of text
	const char *why; // static: what is wrong with it; NULL: nothing
};

/** Zeroed is an empty session and valid. */
struct stage_show_session {
	struct stage_show_line *lines; // [count], owned; in the file's order
	size_t count;
	size_t cap;
	size_t clients; // how many of the lines are clients
	size_t bad;     // how many have a `why`; blank lines are not bad
};

/** Reads text[len], whatever bytes these are, into `out`, in place of nothing:
 * it need not be initialised.
 *
 * Ownership: the caller calls stage_show_session_finish. Errors:
 * STAGE_NO_MEMORY, out is then empty.
 */
STAGE_NODISCARD enum stage_status stage_show_session_parse(
	struct stage_show_session *out, const char *text, size_t len);

/** Appends the whole file. Errors: STAGE_NO_MEMORY, out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_session_write(
	const struct stage_show_session *self, struct stage_str *out);

/** Frees all and leaves an empty session. NULL is fine. */
void stage_show_session_finish(struct stage_show_session *self);

/** The line of a client; NULL when there is none. Ownership: borrowed until
 * the session is changed. */
const struct stage_show_line *stage_show_session_find(
	const struct stage_show_session *self, const char *id);

/** Appends a client.
 *
 * Errors: STAGE_BAD_INPUT for what cannot stand in the file; STAGE_EXISTS for
 * an id that a client has; STAGE_FULL; STAGE_NO_MEMORY. Nothing is then
 * changed.
 */
STAGE_NODISCARD enum stage_status stage_show_session_add(
	struct stage_show_session *self, const char *name, const char *program,
	const char *id, struct stage_err *err);

/** Takes the line of a client out. One that was bad for having the same id is a
 * client when the file is read again. Errors: STAGE_NOT_FOUND. */
STAGE_NODISCARD enum stage_status stage_show_session_remove(
	struct stage_show_session *self, const char *id, struct stage_err *err);

/** Gives a client another name. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT,
 * STAGE_NO_MEMORY; nothing is then changed. */
STAGE_NODISCARD enum stage_status stage_show_session_set_name(
	struct stage_show_session *self, const char *id, const char *name,
	struct stage_err *err);

/** Gives a client another id. Errors: as above, and STAGE_EXISTS. */
STAGE_NODISCARD enum stage_status stage_show_session_set_id(
	struct stage_show_session *self, const char *id, const char *fresh,
	struct stage_err *err);

#endif
