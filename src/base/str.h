/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A growing byte string, and a list of strings.
 *
 * A zeroed struct is an empty, valid one. After a failed append the content is
 * unchanged. `data` is always terminated by a zero byte once anything was
 * appended, and NULL before.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_BASE_STR_H
#define STAGE_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"

struct stage_str {
	char *data; // owned; NULL while nothing was appended
	size_t len; // bytes before the terminating zero
	size_t cap; // bytes allocated
};

/** The text, or "" for an empty one. Ownership: borrowed until the next call.
 */
const char *stage_str_text(const struct stage_str *self);

/** Appends bytes (zero bytes allowed), which must not lie in self. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_str_append(
	struct stage_str *self, const void *bytes, size_t len);

/** Appends a zero-terminated text. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_str_add(
	struct stage_str *self, const char *text);

/** Appends a formatted text; no argument may lie in self. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_str_addf(
	struct stage_str *self, const char *format, ...) STAGE_PRINTF(2, 3);
STAGE_NODISCARD enum stage_status stage_str_vaddf(struct stage_str *self,
	const char *format, va_list args) STAGE_PRINTF(2, 0);

/** Removes the first `len` bytes (all, if there are fewer). */
void stage_str_consume(struct stage_str *self, size_t len);

/** Takes off what is behind the first `len` bytes. */
void stage_str_cut(struct stage_str *self, size_t len);

/** Makes it empty without giving the memory back. */
void stage_str_clear(struct stage_str *self);

/** Frees the memory and leaves a valid empty string. self may be NULL. */
void stage_str_finish(struct stage_str *self);

/** Gives the text away and leaves a valid empty string.
 *
 * Ownership: the caller frees it with free(). NULL when out of memory (an empty
 * string is given as "").
 */
char *stage_str_take(struct stage_str *self);

/** A list of owned strings, in order; zeroed is empty and valid. */
struct stage_strv {
	char **items; // owned array of owned strings
	size_t count;
	size_t cap;
};

/** Appends a copy of `text`. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_strv_add(
	struct stage_strv *self, const char *text);

/** True when an item equals `text`. */
bool stage_strv_has(const struct stage_strv *self, const char *text);

/** Sorts by byte value, as strcmp does. */
void stage_strv_sort(struct stage_strv *self);

/** Frees all and leaves a valid empty list. self may be NULL. */
void stage_strv_finish(struct stage_strv *self);

/** True when `text` begins with / ends with the given part. */
bool stage_starts_with(const char *text, const char *prefix);
bool stage_ends_with(const char *text, const char *suffix);

/** Makes the letters A to Z of a text small, in its place; as names of
 * computers are compared. */
void stage_lower(char *text);

/** Formats into a fixed buffer. Errors: STAGE_TOO_LONG when it does not fit
 * (the buffer then holds ""). */
STAGE_NODISCARD enum stage_status stage_format(
	char *buffer, size_t size, const char *format, ...) STAGE_PRINTF(3, 4);

#endif
