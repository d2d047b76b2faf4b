/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** An aligned table that fits the terminal: columns are as wide as what is in
 * them, one may be cut, others go when there is no room. Notes stand below
 * their row and are wrapped, never cut.
 *
 * Calling sequence: create, for each row one cell for each column and notes if
 * any, render, destroy. Running out of memory is remembered and told by render.
 * Thread: any, one object by one thread at a time. Pure.
 */

#ifndef STAGE_CLI_TABLE_H
#define STAGE_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"

#define STAGE_TABLE_COLUMNS_MAX 12
#define STAGE_TABLE_CUT_MIN 8 // columns of a terminal that a cut cell keeps

enum stage_tone {
	STAGE_TONE_PLAIN,
	STAGE_TONE_GOOD, // green
	STAGE_TONE_BUSY, // yellow
	STAGE_TONE_BAD,  // red
	STAGE_TONE_DIM,
	STAGE_TONE_STRONG,
	STAGE_TONE_COUNT,
};

struct stage_table_column {
	const char *title; // borrowed for the life of the table
	bool is_right;     // numbers
	bool may_be_cut;   // ends in an ellipsis when there is no room
	int drop; // 0: always there; else 1 goes first when there is no room
};

struct stage_table;

/** Ownership: columns[count] are borrowed; free with stage_table_destroy. NULL
 * when out of memory. */
struct stage_table *stage_table_create(
	const struct stage_table_column *columns, size_t count);

/** Adds the next cell of the row, cleaned (width.h); "" shows as "-". */
void stage_table_cell(
	struct stage_table *self, const char *text, enum stage_tone tone);

/** Adds a note below the last row. "" adds nothing. */
void stage_table_note(
	struct stage_table *self, const char *text, enum stage_tone tone);

/** Appends the table with its head.
 *
 * width: columns of the terminal, 0 for no limit. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_table_render(
	const struct stage_table *self, size_t width, bool has_colour,
	struct stage_str *out);

/** Frees it; NULL is fine. */
void stage_table_destroy(struct stage_table *self);

/** Appends a clean text wrapped at blanks to lines of at most `width` columns,
 * each behind `indent` blanks. width 0: one line. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_table_wrap(struct stage_str *out,
	const char *text, size_t indent, size_t width, enum stage_tone tone,
	bool has_colour);

#endif
