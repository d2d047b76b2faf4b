/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "cli/width.h"

#define GAP 2
#define ELLIPSIS "\xe2\x80\xa6" // one column

// SGR sequences by tone.
static const char *const tones[] = {
	[STAGE_TONE_PLAIN] = "",
	[STAGE_TONE_GOOD] = "\033[32m",
	[STAGE_TONE_BUSY] = "\033[33m",
	[STAGE_TONE_BAD] = "\033[31m",
	[STAGE_TONE_DIM] = "\033[2m",
	[STAGE_TONE_STRONG] = "\033[1m",
};

static_assert(STAGE_COUNT_OF(tones) == STAGE_TONE_COUNT,
	"every tone has its sequence");

struct cell {
	char *text; // owned, clean
	enum stage_tone tone;
	bool is_note;
};

struct stage_table {
	const struct stage_table_column *columns; // borrowed
	size_t column_count;
	struct cell *cells; // owned; rows of column_count cells, notes between
	size_t count;
	size_t cap;
	bool is_out_of_memory;
};

// Which columns are shown, and how wide.
struct layout {
	size_t widths[STAGE_TABLE_COLUMNS_MAX];
	bool is_shown[STAGE_TABLE_COLUMNS_MAX];
	size_t last; // the last one shown
};

struct stage_table *
stage_table_create(const struct stage_table_column *columns, size_t count)
{
	struct stage_table *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->columns = columns;
		self->column_count = count;
	}
	return self;
}

static void
add(struct stage_table *self, const char *text, enum stage_tone tone,
	bool is_note)
{
	struct stage_str clean = {0};

	if (self->count == self->cap) {
		size_t cap = self->cap > 0 ? self->cap * 2 : 64;
		struct cell *cells = realloc(self->cells, cap * sizeof(*cells));
		if (cells == NULL) {
			self->is_out_of_memory = true;
			return;
		}
		self->cells = cells;
		self->cap = cap;
	}
	if (stage_width_clean(&clean, text, strlen(text)) != STAGE_OK) {
		self->is_out_of_memory = true;
	}
	self->cells[self->count] = (struct cell){
		.text = stage_str_take(&clean),
		.tone = tone,
		.is_note = is_note,
	};
	stage_str_finish(&clean);
	if (self->cells[self->count].text == NULL) {
		self->is_out_of_memory = true;
		return;
	}
	self->count++;
}

void
stage_table_cell(
	struct stage_table *self, const char *text, enum stage_tone tone)
{
	add(self, text[0] != '\0' ? text : "-", tone, false);
}

void
stage_table_note(
	struct stage_table *self, const char *text, enum stage_tone tone)
{
	if (text[0] != '\0') {
		add(self, text, tone, true);
	}
}

static size_t
next_column(const struct stage_table *self, size_t column)
{
	return column + 1 < self->column_count ? column + 1 : 0;
}

static void
measure(const struct stage_table *self, struct layout *layout)
{
	size_t column = 0;

	*layout = (struct layout){0};
	for (size_t i = 0; i < self->column_count; i++) {
		layout->widths[i] = stage_width_of(self->columns[i].title);
		layout->is_shown[i] = true;
	}
	for (size_t i = 0; i < self->count; i++) {
		if (self->cells[i].is_note) {
			continue;
		}
		size_t width = stage_width_of(self->cells[i].text);
		if (width > layout->widths[column]) {
			layout->widths[column] = width;
		}
		column = next_column(self, column);
	}
}

// How wide the table is; `cut`: with the columns that may be cut at their least
static size_t
total(const struct stage_table *self, const struct layout *layout, bool cut)
{
	size_t sum = 0;

	for (size_t i = 0; i < self->column_count; i++) {
		size_t width = layout->widths[i];
		if (!layout->is_shown[i]) {
			continue;
		}
		if (cut && self->columns[i].may_be_cut &&
			width > STAGE_TABLE_CUT_MIN) {
			width = STAGE_TABLE_CUT_MIN;
		}
		sum += width + (sum > 0 ? GAP : 0);
	}
	return sum;
}

// Takes out the column that goes next; false when all others must stay.
static bool
drop_one(const struct stage_table *self, struct layout *layout)
{
	size_t best = self->column_count;

	for (size_t i = 0; i < self->column_count; i++) {
		int drop = self->columns[i].drop;
		if (layout->is_shown[i] && drop > 0 &&
			(best == self->column_count ||
				drop < self->columns[best].drop)) {
			best = i;
		}
	}
	if (best == self->column_count) {
		return false;
	}
	layout->is_shown[best] = false;
	return true;
}

static void
cut_columns(const struct stage_table *self, struct layout *layout, size_t width)
{
	for (size_t i = self->column_count; i > 0; i--) {
		size_t now = total(self, layout, false);
		size_t *column = &layout->widths[i - 1];
		if (now <= width || !self->columns[i - 1].may_be_cut ||
			!layout->is_shown[i - 1] ||
			*column <= STAGE_TABLE_CUT_MIN) {
			continue;
		}
		*column -= now - width < *column - STAGE_TABLE_CUT_MIN
				   ? now - width
				   : *column - STAGE_TABLE_CUT_MIN;
	}
}

static void
fit(const struct stage_table *self, struct layout *layout, size_t width)
{
	if (width > 0) {
		while (total(self, layout, true) > width &&
			drop_one(self, layout)) {
		}
		cut_columns(self, layout, width);
	}
	for (size_t i = 0; i < self->column_count; i++) {
		if (layout->is_shown[i]) {
			layout->last = i;
		}
	}
}

static enum stage_status
add_toned(struct stage_str *out, const char *text, enum stage_tone tone,
	bool has_colour)
{
	if (!has_colour || tone == STAGE_TONE_PLAIN) {
		return stage_str_add(out, text);
	}
	return stage_str_addf(out, "%s%s\033[0m", tones[tone], text);
}

static enum stage_status
add_blanks(struct stage_str *out, size_t count)
{
	return count > 0 ? stage_str_addf(out, "%*s", (int)count, "")
			 : STAGE_OK;
}

static enum stage_status
cut_text(const char *text, size_t width, struct stage_str *out)
{
	enum stage_status status;

	if (stage_width_of(text) <= width) {
		return stage_str_add(out, text);
	}
	status = stage_str_append(out, text, stage_width_fit(text, width - 1));
	return status == STAGE_OK ? stage_str_add(out, ELLIPSIS) : status;
}

struct row {
	const struct stage_table *table;
	const struct layout *layout;
	bool has_colour;
	struct stage_str *out;
};

static enum stage_status
render_cell(const struct row *row, size_t column, const char *text,
	enum stage_tone tone)
{
	struct stage_str cut = {0};
	size_t width = row->layout->widths[column];
	bool is_right = row->table->columns[column].is_right;
	enum stage_status status = cut_text(text, width, &cut);
	size_t used = status == STAGE_OK ? stage_width_of(cut.data) : 0;

	if (status == STAGE_OK && is_right) {
		status = add_blanks(row->out, width - used);
	}
	if (status == STAGE_OK) {
		status = add_toned(row->out, cut.data, tone, row->has_colour);
	}
	if (status == STAGE_OK && column != row->layout->last) {
		status = add_blanks(
			row->out, GAP + (is_right ? 0 : width - used));
	}
	if (status == STAGE_OK && column == row->layout->last) {
		status = stage_str_add(row->out, "\n");
	}
	stage_str_finish(&cut);
	return status;
}

// Bytes of the next line of at most `width` columns; whole words if possible.
static size_t
line_bytes(const char *text, size_t width)
{
	size_t fits = stage_width_fit(text, width);
	size_t at = fits;

	if (text[fits] == '\0') {
		return fits;
	}
	while (at > 0 && text[at] != ' ') {
		at--;
	}
	while (at > 0 && text[at - 1] == ' ') {
		at--;
	}
	if (at > 0) {
		return at;
	}
	// One character at least, or it would never end.
	for (size_t more = width; fits == 0; more++) {
		fits = stage_width_fit(text, more + 1);
	}
	return fits;
}

enum stage_status
stage_table_wrap(struct stage_str *out, const char *text, size_t indent,
	size_t width, enum stage_tone tone, bool has_colour)
{
	enum stage_status status = STAGE_OK;

	if (width > 0 && indent * 2 > width) {
		indent = GAP < width ? GAP : 0;
	}
	while (*text != '\0' && status == STAGE_OK) {
		struct stage_str line = {0};
		size_t bytes = width > 0 ? line_bytes(text, width - indent)
					 : strlen(text);
		status = stage_str_append(&line, text, bytes);
		if (status == STAGE_OK) {
			status = add_blanks(out, indent);
		}
		if (status == STAGE_OK) {
			status = add_toned(out, line.data, tone, has_colour);
		}
		if (status == STAGE_OK) {
			status = stage_str_add(out, "\n");
		}
		stage_str_finish(&line);
		text += bytes;
		text += strspn(text, " ");
	}
	return status;
}

static enum stage_status
render_head(const struct row *row)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < row->table->column_count && status == STAGE_OK;
		i++) {
		if (row->layout->is_shown[i]) {
			status = render_cell(row, i,
				row->table->columns[i].title,
				STAGE_TONE_STRONG);
		}
	}
	return status;
}

enum stage_status
stage_table_render(const struct stage_table *self, size_t width,
	bool has_colour, struct stage_str *out)
{
	struct layout layout;
	struct row row = {self, &layout, has_colour, out};
	enum stage_status status;
	size_t column = 0;

	if (self->is_out_of_memory) {
		return STAGE_NO_MEMORY;
	}
	measure(self, &layout);
	fit(self, &layout, width);
	status = render_head(&row);
	for (size_t i = 0; i < self->count && status == STAGE_OK; i++) {
		const struct cell *cell = &self->cells[i];
		if (cell->is_note) {
			status = stage_table_wrap(out, cell->text,
				layout.widths[0] + GAP, width, cell->tone,
				has_colour);
			continue;
		}
		if (layout.is_shown[column]) {
			status = render_cell(
				&row, column, cell->text, cell->tone);
		}
		column = next_column(self, column);
	}
	return status;
}

void
stage_table_destroy(struct stage_table *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->cells[i].text);
	}
	free(self->cells);
	free(self);
}
