/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/setlist.h"

#include <stdlib.h>
#include <string.h>

#include "show/lines.h"
#include "show/names.h"

#define BREAK "break"

static void
finish_line(struct stage_show_set_line *line)
{
	free(line->name);
	free(line->text);
}

void
stage_show_setlist_finish(struct stage_show_setlist *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		finish_line(&self->lines[i]);
	}
	free(self->lines);
	*self = (struct stage_show_setlist){0};
}

// Gives all lines their numbers.
static void
count_songs(struct stage_show_setlist *self)
{
	self->songs = 0;
	self->bad = 0;
	for (size_t i = 0; i < self->count; i++) {
		struct stage_show_set_line *line = &self->lines[i];
		bool is_bad = line->kind == STAGE_SHOW_SET_BAD;
		bool is_counted = is_bad || line->kind == STAGE_SHOW_SET_SONG;
		self->songs += is_counted ? 1 : 0;
		self->bad += is_bad ? 1 : 0;
		line->number = is_counted ? self->songs : 0;
	}
}

static bool
make_room(struct stage_show_setlist *self)
{
	void *more = stage_show_line_room(
		self->lines, self->count, &self->cap, sizeof(self->lines[0]));

	if (more == NULL) {
		return false;
	}
	self->lines = more;
	return true;
}

static void
insert(struct stage_show_setlist *self, size_t at,
	const struct stage_show_set_line *line)
{
	memmove(&self->lines[at + 1], &self->lines[at],
		(self->count - at) * sizeof(*line));
	self->lines[at] = *line;
	self->count++;
}

static struct stage_show_set_line
take_out(struct stage_show_setlist *self, size_t at)
{
	struct stage_show_set_line line = self->lines[at];

	self->count--;
	memmove(&self->lines[at], &self->lines[at + 1],
		(self->count - at) * sizeof(line));
	return line;
}

/* Reading. */

// Takes "break" off the start of a line, where it stands there as a word.
static bool
take_break(const char **text, size_t *len)
{
	size_t bytes = strlen(BREAK);

	if (*len < bytes || memcmp(*text, BREAK, bytes) != 0 ||
		(*len > bytes && !stage_show_line_is_blank((*text)[bytes]))) {
		return false;
	}
	*text += bytes;
	*len -= bytes;
	stage_show_line_trim(text, len);
	return true;
}

static bool
is_break_text(const char *text, size_t len)
{
	return len <= STAGE_SHOW_BREAK_MAX &&
	       stage_show_line_is_text(text, len);
}

static bool
set_name(struct stage_show_set_line *line, const char *name, size_t len)
{
	line->name = strndup(name, len);
	return line->name != NULL;
}

static enum stage_status
read_song(struct stage_show_set_line *line, bool is_skipped, const char *text,
	size_t len)
{
	if (len >= 2 && text[0] == '"' && text[len - 1] == '"') {
		text++;
		len -= 2;
	}
	line->kind = STAGE_SHOW_SET_BAD;
	if (!stage_show_line_is_text(text, len)) {
		return STAGE_OK;
	}
	if (!set_name(line, text, len)) {
		return STAGE_NO_MEMORY;
	}
	if (stage_show_song_name_check(line->name, NULL) == STAGE_OK) {
		line->kind = STAGE_SHOW_SET_SONG;
		line->is_skipped = is_skipped;
	} else {
		free(line->name);
		line->name = NULL;
	}
	return STAGE_OK;
}

// Finds out what a line is, of which text[len] is all that counts. Errors:
// STAGE_NO_MEMORY.
static enum stage_status
read_line(struct stage_show_set_line *line, const char *text, size_t len)
{
	bool is_skipped;

	stage_show_line_trim(&text, &len);
	if (len == 0 || text[0] == '#' || stage_show_line_is_mark(text, len)) {
		return STAGE_OK;
	}
	if (take_break(&text, &len)) {
		if (!is_break_text(text, len)) {
			return STAGE_OK;
		}
		line->kind = STAGE_SHOW_SET_BREAK;
		return set_name(line, text, len) ? STAGE_OK : STAGE_NO_MEMORY;
	}
	is_skipped =
		len >= 2 && text[0] == '-' && stage_show_line_is_blank(text[1]);
	if (is_skipped) {
		text++;
		len--;
		stage_show_line_trim(&text, &len);
	}
	return read_song(line, is_skipped, text, len);
}

// text[len] is one line with its end.
static enum stage_status
parse_line(struct stage_show_setlist *self, const char *text, size_t len)
{
	struct stage_show_set_line line = {
		.text = stage_show_line_copy(text, len), .len = len};

	if (line.text == NULL || !make_room(self) ||
		(self->songs < STAGE_SHOW_SETLIST_SONGS_MAX &&
			read_line(&line, text, len) != STAGE_OK)) {
		finish_line(&line);
		return STAGE_NO_MEMORY;
	}
	self->songs += line.kind == STAGE_SHOW_SET_SONG ||
		       line.kind == STAGE_SHOW_SET_BAD;
	insert(self, self->count, &line);
	return STAGE_OK;
}

enum stage_status
stage_show_setlist_parse(
	struct stage_show_setlist *out, const char *text, size_t len)
{
	enum stage_status status = STAGE_OK;

	*out = (struct stage_show_setlist){0};
	while (len > 0 && status == STAGE_OK) {
		size_t bytes =
			stage_show_line_bytes(text, len, out->count == 0);
		status = parse_line(out, text, bytes);
		text += bytes;
		len -= bytes;
	}
	if (status != STAGE_OK) {
		stage_show_setlist_finish(out);
		return status;
	}
	count_songs(out);
	return STAGE_OK;
}

enum stage_status
stage_show_setlist_write(
	const struct stage_show_setlist *self, struct stage_str *out)
{
	size_t before = out->len;
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->count && status == STAGE_OK; i++) {
		status = stage_str_append(
			out, self->lines[i].text, self->lines[i].len);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}

const struct stage_show_set_line *
stage_show_setlist_song(const struct stage_show_setlist *self, size_t number)
{
	for (size_t i = 0; number > 0 && i < self->count; i++) {
		if (self->lines[i].number == number) {
			return &self->lines[i];
		}
	}
	return NULL;
}

/* Editing. */

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY,
		"not enough memory for the lines of a setlist");
}

static enum stage_status
not_found(const struct stage_show_setlist *self, size_t number,
	struct stage_err *err)
{
	return stage_err_set(err, STAGE_NOT_FOUND,
		"the setlist has %zu songs and none with the number %zu",
		self->songs, number);
}

// The index of the line with a number; `count` when there is none.
static size_t
index_of(const struct stage_show_setlist *self, size_t number)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(self, number);

	return line != NULL ? (size_t)(line - self->lines) : self->count;
}

// What new lines end with.
static const char *
own_end(const struct stage_show_setlist *self)
{
	for (size_t i = 0; i < self->count; i++) {
		const char *end = stage_show_line_end(
			self->lines[i].text, self->lines[i].len);
		if (*end != '\0') {
			return end;
		}
	}
	return "\n";
}

// Ends the last line, which needed no end before another one follows.
static bool
end_last(struct stage_show_setlist *self, const char *end)
{
	size_t last = self->count - 1;

	return self->count == 0 ||
	       stage_show_line_close(&self->lines[last].text,
		       &self->lines[last].len, last == 0, end);
}

static bool
needs_quotes(const char *name)
{
	size_t len = strlen(name);

	return name[0] == '#' || take_break(&name, &len) ||
	       (name[0] == '"' && name[len - 1] == '"');
}

// Makes the line of a song or a break out of copies.
static enum stage_status
make_line(struct stage_show_set_line *out, enum stage_show_set_kind kind,
	const char *name, bool is_skipped, const char *end)
{
	struct stage_show_set_line line = {
		.kind = kind, .is_skipped = is_skipped};
	struct stage_str text = {0};
	const char *mark = is_skipped ? "- " : "";
	const char *quote = needs_quotes(name) ? "\"" : "";
	enum stage_status status;

	if (kind == STAGE_SHOW_SET_BREAK) {
		status = stage_str_addf(&text, BREAK "%s%s%s",
			name[0] != '\0' ? " " : "", name, end);
	} else {
		status = stage_str_addf(
			&text, "%s%s%s%s%s", mark, quote, name, quote, end);
	}
	if (status == STAGE_OK && set_name(&line, name, strlen(name))) {
		line.len = text.len;
		line.text = stage_str_take(&text);
		*out = line;
		return STAGE_OK;
	}
	stage_str_finish(&text);
	return STAGE_NO_MEMORY;
}

// Puts a line before the song `at`, or at the end.
static enum stage_status
add_line(struct stage_show_setlist *self, size_t at,
	enum stage_show_set_kind kind, const char *name, struct stage_err *err)
{
	struct stage_show_set_line line = {0};
	size_t index = index_of(self, at);

	if (at > self->songs + 1) {
		return not_found(self, at, err);
	}
	if (self->count >= STAGE_SHOW_SETLIST_BYTES_MAX / 4 ||
		self->songs == STAGE_SHOW_SETLIST_SONGS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"a setlist has %d songs at most",
			STAGE_SHOW_SETLIST_SONGS_MAX);
	}
	if (!make_room(self) || make_line(&line, kind, name, false,
					own_end(self)) != STAGE_OK) {
		return no_memory(err);
	}
	if (index == self->count && !end_last(self, own_end(self))) {
		finish_line(&line);
		return no_memory(err);
	}
	insert(self, index, &line);
	count_songs(self);
	return STAGE_OK;
}

enum stage_status
stage_show_setlist_add(struct stage_show_setlist *self, size_t at,
	const char *name, struct stage_err *err)
{
	enum stage_status status = stage_show_song_name_check(name, err);

	return status == STAGE_OK
		       ? add_line(self, at, STAGE_SHOW_SET_SONG, name, err)
		       : status;
}

enum stage_status
stage_show_setlist_of(struct stage_show_setlist *out,
	const struct stage_strv *names, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	*out = (struct stage_show_setlist){0};
	for (size_t i = 0; i < names->count && status == STAGE_OK &&
			   i < STAGE_SHOW_SETLIST_SONGS_MAX;
		i++) {
		status = stage_show_setlist_add(out, 0, names->items[i], err);
	}
	if (status != STAGE_OK) {
		stage_show_setlist_finish(out);
	}
	return status;
}

enum stage_status
stage_show_setlist_add_break(struct stage_show_setlist *self, size_t at,
	const char *text, struct stage_err *err)
{
	size_t len = strlen(text);

	if (len > STAGE_SHOW_BREAK_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"the text of a break has %d bytes at most",
			STAGE_SHOW_BREAK_MAX);
	}
	if (!stage_show_line_is_text(text, len) ||
		(len > 0 && (stage_show_line_is_blank(text[0]) ||
				    stage_show_line_is_blank(text[len - 1])))) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the text of a break is one line without blanks at "
			"its ends");
	}
	return add_line(self, at, STAGE_SHOW_SET_BREAK, text, err);
}

enum stage_status
stage_show_setlist_remove(
	struct stage_show_setlist *self, size_t number, struct stage_err *err)
{
	size_t at = index_of(self, number);
	struct stage_show_set_line line;

	if (at == self->count) {
		return not_found(self, number, err);
	}
	line = take_out(self, at);
	finish_line(&line);
	count_songs(self);
	return STAGE_OK;
}

enum stage_status
stage_show_setlist_remove_break(
	struct stage_show_setlist *self, size_t at, struct stage_err *err)
{
	size_t end = index_of(self, at);
	bool is_removed = false;

	if (at > self->songs + 1) {
		return not_found(self, at, err);
	}
	while (end > 0 && self->lines[end - 1].number == 0) {
		end--;
		if (self->lines[end].kind == STAGE_SHOW_SET_BREAK) {
			struct stage_show_set_line line = take_out(self, end);
			finish_line(&line);
			is_removed = true;
		}
	}
	return is_removed ? STAGE_OK
			  : stage_err_set(err, STAGE_NOT_FOUND,
				    "there is no break before number %zu", at);
}

enum stage_status
stage_show_setlist_move(struct stage_show_setlist *self, size_t number,
	size_t to, struct stage_err *err)
{
	size_t from = index_of(self, number);
	size_t place = index_of(self, to);
	struct stage_show_set_line line;

	if (from == self->count || place == self->count) {
		return not_found(self, from == self->count ? number : to, err);
	}
	if ((from + 1 == self->count || place + 1 == self->count) &&
		!end_last(self, own_end(self))) {
		return no_memory(err);
	}
	// It goes where the other one is, which makes way towards its place.
	line = take_out(self, from);
	insert(self, place, &line);
	count_songs(self);
	return STAGE_OK;
}

static enum stage_status
replace(struct stage_show_setlist *self, size_t at, const char *name,
	bool is_skipped, struct stage_err *err)
{
	struct stage_show_set_line *line = &self->lines[at];
	struct stage_show_set_line fresh = {0};

	if (make_line(&fresh, STAGE_SHOW_SET_SONG, name, is_skipped,
		    stage_show_line_end(line->text, line->len)) != STAGE_OK) {
		return no_memory(err);
	}
	fresh.number = line->number;
	finish_line(line);
	*line = fresh;
	return STAGE_OK;
}

enum stage_status
stage_show_setlist_skip(struct stage_show_setlist *self, size_t number,
	bool is_skipped, struct stage_err *err)
{
	size_t at = index_of(self, number);

	if (at == self->count) {
		return not_found(self, number, err);
	}
	if (self->lines[at].kind != STAGE_SHOW_SET_SONG) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"number %zu of the setlist can be no song", number);
	}
	return self->lines[at].is_skipped == is_skipped
		       ? STAGE_OK
		       : replace(self, at, self->lines[at].name, is_skipped,
				 err);
}

enum stage_status
stage_show_setlist_rename_song(struct stage_show_setlist *self,
	const char *name, const char *fresh, bool *changed,
	struct stage_err *err)
{
	enum stage_status status = stage_show_song_name_check(fresh, err);

	*changed = false;
	for (size_t i = 0; i < self->count && status == STAGE_OK; i++) {
		const struct stage_show_set_line *line = &self->lines[i];
		if (line->kind == STAGE_SHOW_SET_SONG &&
			strcmp(line->name, name) == 0) {
			status = replace(self, i, fresh, line->is_skipped, err);
			*changed = *changed || status == STAGE_OK;
		}
	}
	return status;
}
