/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What somebody says about connections: the lines of a patch file, and what
 * an importer makes of another program's file.
 *
 * Names are bytes, not text: any name that JACK takes comes back as it was. A
 * list of statements owns everything in it.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_STATEMENT_H
#define STAGE_PATCHBAY_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_PATCH_CAPTURES_MAX 9 // \1 to \9

/** Whose ports. */
enum stage_patch_system {
	STAGE_PATCH_JACK,
	STAGE_PATCH_ALSA, // the ALSA sequencer
	STAGE_PATCH_SYSTEM_COUNT,
};

enum stage_patch_policy {
	STAGE_PATCH_WANT,   // connected whenever both are there
	STAGE_PATCH_NOT,    // not wanted, whatever lower layers say
	STAGE_PATCH_FORBID, // removed as soon as it is seen
	STAGE_PATCH_ALSO,   // what is connected to `from` is so to `to` as well
	STAGE_PATCH_ONLY,   // wanted, and nothing else may feed `to`
	STAGE_PATCH_POLICY_COUNT,
};

enum stage_patch_match {
	STAGE_PATCH_LITERAL, // text is a full name, byte for byte, always
	STAGE_PATCH_GLOB,    // `*`, `?` and backslash, as in pattern_glob.h
	STAGE_PATCH_REGEX,   // a POSIX extended one, over the whole name
	STAGE_PATCH_MATCH_COUNT,
};

/** One end of a statement: a port's full name "CLIENT:PORT", or a pattern over
 * such names. In a glob or regular expression that is the `to` of a statement
 * whose `from` is a pattern, \1 to \9 stand for what the wildcards (or groups)
 * of `from` matched; a `to` without wildcards that refers to captures is a
 * glob. */
struct stage_patch_end {
	char *text; // owned
	enum stage_patch_match match;
};

enum stage_patch_mode {
	STAGE_PATCH_MODE_OFF,       // only look and tell
	STAGE_PATCH_MODE_LEARN,     // take over what the user does by hand
	STAGE_PATCH_MODE_ENFORCE,   // make again what was lost
	STAGE_PATCH_MODE_EXCLUSIVE, // and remove what nobody wants
	STAGE_PATCH_MODE_LOCK,      // for the show: nothing is learned
	STAGE_PATCH_MODE_COUNT,
};

enum stage_patch_stamp {
	STAGE_PATCH_UNSTAMPED,
	STAGE_PATCH_TICK, // events bear the queue's time in ticks
	STAGE_PATCH_REAL, // in seconds
	STAGE_PATCH_STAMP_COUNT,
};

#define STAGE_PATCH_QUEUES 32 // of the ALSA sequencer

/** How two ports of the ALSA sequencer are connected. Zeroed: plainly, as ports
 * of JACK always are. */
struct stage_patch_how {
	bool is_exclusive; // nothing else may be connected to these ports
	enum stage_patch_stamp stamp;
	unsigned queue; // whose time is stamped; 0 when it is unstamped
};

struct stage_patch_statement {
	enum stage_patch_policy policy;
	enum stage_patch_system system;
	struct stage_patch_how how;
	struct stage_patch_end from;   // feeds; the output, the source
	struct stage_patch_end to;     // is fed; the input, the destination
	struct stage_patch_end except; // FORBID: but not from these; text NULL:
				       // there are no exceptions
	int64_t since_s; // when it was learned, seconds since 1970; 0: unknown
	unsigned line;   // where it stands in its file, from 1; 0: nowhere
};

/** "mode MODE", or "mode MODE for PATTERN" with the clients that it is for. */
struct stage_patch_mode_line {
	enum stage_patch_mode mode;
	char *client; // owned; a glob over client names, NULL: all of the file
	unsigned line;
};

struct stage_patch_list {
	struct stage_patch_statement *items; // owned array
	size_t count;
	size_t cap;
	struct stage_patch_mode_line *modes; // owned array
	size_t mode_count;
	size_t mode_cap;
};

/** Appends a statement; everything in it is copied.
 *
 * Errors: STAGE_NO_MEMORY; the list is then as it was.
 */
STAGE_NODISCARD enum stage_status stage_patch_list_add(
	struct stage_patch_list *self,
	const struct stage_patch_statement *statement);

/** Appends a want between two literal names, on a system. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_patch_list_want(
	struct stage_patch_list *self, enum stage_patch_system system,
	const char *from, const char *to);

/** Appends a mode line; client may be NULL and is copied. Errors: as above. */
STAGE_NODISCARD enum stage_status stage_patch_list_add_mode(
	struct stage_patch_list *self, enum stage_patch_mode mode,
	const char *client, unsigned line);

/** Appends all of `list` to `out`. Errors: STAGE_NO_MEMORY; out is then empty.
 */
STAGE_NODISCARD enum stage_status stage_patch_list_copy(
	const struct stage_patch_list *list, struct stage_patch_list *out);

/** Removes the mode lines of those clients; NULL: those of all of the file. */
void stage_patch_list_remove_mode(
	struct stage_patch_list *self, const char *client);

/** Removes the statement at an index; those behind it move up. */
void stage_patch_list_remove(struct stage_patch_list *self, size_t index);

/** The index of a statement of the same policy, system and ends (except too),
 * however it connects, or SIZE_MAX. Time: the list's length. */
size_t stage_patch_list_find(const struct stage_patch_list *self,
	const struct stage_patch_statement *statement);

/** Frees everything; the list is empty then. Zeroed memory is an empty one. */
void stage_patch_list_finish(struct stage_patch_list *self);

/** True when two lists say the same, in the same lines. */
bool stage_patch_list_is_same(
	const struct stage_patch_list *a, const struct stage_patch_list *b);

/** True when both ends are names, and no patterns. */
bool stage_patch_statement_is_pair(
	const struct stage_patch_statement *statement);

/** Appends a text that only this pair of names has, as a key for maps. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patch_pair_key(struct stage_str *out,
	enum stage_patch_system system, const char *from, const char *to);

bool stage_patch_how_is_same(
	const struct stage_patch_how *a, const struct stage_patch_how *b);

/** True when both have the same text and kind. */
bool stage_patch_end_is_same(
	const struct stage_patch_end *a, const struct stage_patch_end *b);

/** True when a connection of that policy should be there. */
bool stage_patch_policy_is_wanted(enum stage_patch_policy policy);

/** Says a policy / mode / system in one lower-case word. Never NULL. */
const char *stage_patch_policy_name(enum stage_patch_policy policy);
const char *stage_patch_mode_name(enum stage_patch_mode mode);
const char *stage_patch_system_name(enum stage_patch_system system);

/** Reads a mode's word. Errors: STAGE_BAD_INPUT, with a sentence that names
 * those there are. */
STAGE_NODISCARD enum stage_status stage_patch_mode_parse(
	const char *word, enum stage_patch_mode *out, struct stage_err *err);

#endif
