/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Lines of files that are kept byte for byte: session.nsm and setlists. A line
 * has the bytes text[len], its end among them, and a zero behind them.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_LINES_H
#define STAGE_SHOW_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"

/** How many bytes of text[len] are its first line, with its end. A byte order
 * mark, where the file begins, is a line without an end, so that it stays the
 * first. */
size_t stage_show_line_bytes(const char *text, size_t len, bool is_first);

/** True for such a mark, and nothing else. */
bool stage_show_line_is_mark(const char *text, size_t len);

/** A copy of text[len] with a zero behind it. Ownership: the caller's. NULL:
 * out of memory. */
char *stage_show_line_copy(const char *text, size_t len);

/** Takes blanks, tabs and ends off both sides. */
void stage_show_line_trim(const char **text, size_t *len);
bool stage_show_line_is_blank(char c);

/** True when it is UTF-8 without control characters. */
bool stage_show_line_is_text(const char *text, size_t len);

/** What a line ends with, as bytes of it: "\n", "\r\n" or "". */
const char *stage_show_line_end(const char *text, size_t len);

/** Gives the last line of a file an end, which it needs before another one
 * follows; one that has an end stays, and so does a byte order mark, where it
 * is the first. False: out of memory; nothing has changed. */
bool stage_show_line_close(
	char **text, size_t *len, bool is_first, const char *end);

/** Makes room for one more in an array of `count` things of `size` bytes each.
 * Ownership: lines is the caller's still when NULL is returned, for lack of
 * memory, and else what is returned in its place. */
void *stage_show_line_room(void *lines, size_t count, size_t *cap, size_t size);

#endif
