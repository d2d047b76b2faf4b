/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The one reader of the project's configuration files: rig.conf, rack and slot
 * files, song.conf and their like.
 *
 * A file is UTF-8 text of lines; a line is a key and its values:
 *
 *     # a comment, on a line of its own or behind white space
 *     period   256
 *     device   "hw:USB,0"       # quotes keep blanks and number signs
 *     title    "He said \"go\"\n"
 *
 * Words are separated by blanks and tabs. A word that begins with a double
 * quote goes on to the next one and knows the escapes \" \\ \n \t; anywhere
 * else quotes, backslashes and number signs stand for themselves, except that a
 * quote inside a bare word is refused as the slip it most likely is. Lines end
 * with a newline or with carriage return and newline; the last one need not. A
 * byte order mark at the start is skipped. Refused: bytes that are no UTF-8,
 * control characters (the zero byte first of all), lines above
 * STAGE_CONF_LINE_MAX bytes or STAGE_CONF_WORDS_MAX values, files above
 * STAGE_CONF_FILE_MAX bytes.
 *
 * Errors read "FILE:LINE:COLUMN: sentence"; lines and columns count from 1,
 * columns in characters. Reading stops at the first error.
 *
 * There are two levels: stage_conf_parse and stage_conf_load give each line to
 * a handler; stage_conf_parse_keys and stage_conf_load_keys fill a struct by a
 * table of typed keys and refuse what the table does not know.
 *
 * stage_conf_add_word writes a word for all of them.
 *
 * Thread: any but the real-time one. Parsing a buffer allocates nothing.
 */

#ifndef STAGE_BASE_CONF_H
#define STAGE_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_CONF_LINE_MAX 4096    // bytes without the line end
#define STAGE_CONF_WORDS_MAX 512    // values of one line
#define STAGE_CONF_FILE_MAX 1048576 // bytes
#define STAGE_CONF_KEYS_MAX 64      // rows of a table

/** One line that is neither empty nor a comment.
 *
 * Ownership: everything is borrowed and valid inside the handler only.
 */
struct stage_conf_line {
	const char *file;         // the name given to the parser
	unsigned line;            // from 1
	const char *key;          // never empty
	unsigned key_column;      // in characters, from 1
	const char *const *words; // [count] the values, escapes resolved
	const unsigned *columns;  // [count] where each value begins
	size_t count;             // of values, 0 to STAGE_CONF_WORDS_MAX
	unsigned end_column;      // just behind the last word
};

/** Takes one line. Anything but STAGE_OK stops the reading and is returned; the
 * handler then fills err, best with stage_conf_fail. */
typedef enum stage_status (*stage_conf_handler)(
	const struct stage_conf_line *line, void *user, struct stage_err *err);

/** Reads text[len] and gives each line to the handler, in order.
 *
 * name stands for the file in sentences. Errors: STAGE_BAD_INPUT,
 * STAGE_TOO_LONG, and what the handler returns.
 */
STAGE_NODISCARD enum stage_status stage_conf_parse(const char *text, size_t len,
	const char *name, stage_conf_handler handler, void *user,
	struct stage_err *err);

/** The same of up to `max` bytes: for what a program writes itself. */
STAGE_NODISCARD enum stage_status stage_conf_parse_long(const char *text,
	size_t len, size_t max, const char *name, stage_conf_handler handler,
	void *user, struct stage_err *err);

/** Who is told of lines that are wrong, where the others are to be read all the
 * same. */
struct stage_conf_lenience {
	/** Gets the sentence about one line; false: stop there after all. */
	bool (*complain)(const struct stage_err *why, void *user);
	void *user;
};

/** As stage_conf_parse, but a line that is wrong costs no other one.
 *
 * Errors: STAGE_TOO_LONG for the text as a whole; STAGE_NO_MEMORY, also from
 * the handler; that of a line after which complain said to stop.
 */
STAGE_NODISCARD enum stage_status stage_conf_parse_all(const char *text,
	size_t len, const char *name, stage_conf_handler handler, void *user,
	const struct stage_conf_lenience *lenience, struct stage_err *err);

/** As stage_conf_parse, for a file. Errors: also those of stage_io_read_file.
 */
STAGE_NODISCARD enum stage_status stage_conf_load(const char *path,
	stage_conf_handler handler, void *user, struct stage_err *err);

/** Appends a word so that it is read back as it is: bare where that is
 * possible, else in quotes.
 *
 * Errors: STAGE_BAD_INPUT when no file can hold it (bytes that are no UTF-8,
 * control characters but newline and tab); out is then unchanged.
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_conf_add_word(
	struct stage_str *out, const char *word);

/** The key itself, as the `word` of stage_conf_fail. */
#define STAGE_CONF_KEY ((size_t)-1)

/** Fills err with "FILE:LINE:COLUMN: sentence" and returns STAGE_BAD_INPUT.
 *
 * The column is that of value number `word` from 0; with STAGE_CONF_KEY that of
 * the key; with line->count or more the place behind the last word, for
 * something that is missing.
 */
enum stage_status stage_conf_fail(const struct stage_conf_line *line,
	size_t word, struct stage_err *err, const char *format, ...)
	STAGE_PRINTF(4, 5);

/** Puts "FILE:LINE:COLUMN: " before the sentence that another function has just
 * put into err, and returns err's status (STAGE_BAD_INPUT when err is NULL). */
enum stage_status stage_conf_fail_with(
	const struct stage_conf_line *line, size_t word, struct stage_err *err);

/** Has take(user, line, at, err) look at each value; there is one at least.
 *
 * Errors: STAGE_BAD_INPUT when there is none, and what take returns, which ends
 * it.
 */
STAGE_NODISCARD enum stage_status stage_conf_each(
	const struct stage_conf_line *line,
	enum stage_status (*take)(void *user,
		const struct stage_conf_line *line, size_t at,
		struct stage_err *err),
	void *user, struct stage_err *err);

/** Checks the number of values: at least min, at most max.
 *
 * Errors: STAGE_BAD_INPUT, with a sentence that says what is missing or which
 * value is one too many.
 */
STAGE_NODISCARD enum stage_status stage_conf_check_count(
	const struct stage_conf_line *line, size_t min, size_t max,
	struct stage_err *err);

/** What a value is, and what it is stored as. */
enum stage_conf_type {
	STAGE_CONF_STRING,   // char[size]
	STAGE_CONF_INT,      // int64_t, from min to max
	STAGE_CONF_BOOL,     // bool, written yes or no
	STAGE_CONF_DURATION, // int64_t nanoseconds, from min to max
	STAGE_CONF_ENUM,     // int: the index into choices
	STAGE_CONF_CALL,     // whatever `call` makes of it; may be repeated
	STAGE_CONF_TYPE_COUNT,
};

/** One row of a table. Fields that its type does not name are ignored. */
struct stage_conf_key {
	const char *key;
	enum stage_conf_type type;
	bool is_required;
	size_t offset;    // of the member in the target struct
	size_t size;      // STRING: of the member, bytes with the zero
	int64_t min, max; // INT; DURATION (ns): both 0 for no other limit
	const char *const *choices; // ENUM: NULL at the end
	stage_conf_handler call;    // CALL: gets the target as its user
	const char *help;           // one line: what it is, unit, default
};

/** Fills in offset and size of a row from the struct's member. */
#define STAGE_CONF_MEMBER(struct_type, member)                                 \
	.offset = offsetof(struct_type, member),                               \
	.size = sizeof(((struct_type *)0)->member)

struct stage_conf_table {
	const struct stage_conf_key *keys; // borrowed
	size_t count;                      // 1 to STAGE_CONF_KEYS_MAX
	const char *prefix; // "jack.": skip other keys, which are somebody
			    // else's; NULL: there are no others
	/** The prefixes of those others, ended by NULL: keys with none of them
	 * are refused too. NULL: they may have any. */
	const char *const *other_prefixes;
};

/** Fills `target` from text[len] by the table.
 *
 * The caller puts the defaults into target first. The whole text is checked
 * before anything is stored: on failure target is untouched, unless a
 * STAGE_CONF_CALL row fails, which is called in the storing pass only.
 *
 * Errors: STAGE_BAD_INPUT for an unknown key (the nearest known one is
 * suggested), a key given twice (except CALL rows), a required key that is
 * missing, a value of the wrong kind; those of stage_conf_parse; STAGE_BUG for
 * a table that cannot be.
 */
STAGE_NODISCARD enum stage_status stage_conf_parse_keys(const char *text,
	size_t len, const char *name, const struct stage_conf_table *table,
	void *target, struct stage_err *err);

/** As stage_conf_parse_keys, for a file. Errors: also those of
 * stage_io_read_file. */
STAGE_NODISCARD enum stage_status stage_conf_load_keys(const char *path,
	const struct stage_conf_table *table, void *target,
	struct stage_err *err);

#endif
