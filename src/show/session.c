/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/session.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "show/lines.h"
#include "show/names.h"

#define COLONS 2

static const char not_three[] =
	"this is no NAME:PROGRAM:ID, with two colons and no control characters";
static const char bad_name[] = "this cannot be the name of a client";
static const char bad_id[] = "this cannot be the id of a client";
static const char same_id[] = "another client has this id already";
static const char too_many[] = "there are too many clients in this file";

static void
finish_line(struct stage_show_line *line)
{
	free(line->name);
	free(line->program);
	free(line->id);
	free(line->text);
}

void
stage_show_session_finish(struct stage_show_session *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		finish_line(&self->lines[i]);
	}
	free(self->lines);
	*self = (struct stage_show_session){0};
}

static size_t
index_of(const struct stage_show_session *self, const char *id)
{
	size_t i = 0;

	while (i < self->count && (self->lines[i].id == NULL ||
					  strcmp(self->lines[i].id, id) != 0)) {
		i++;
	}
	return i;
}

const struct stage_show_line *
stage_show_session_find(const struct stage_show_session *self, const char *id)
{
	size_t i = index_of(self, id);

	return i < self->count ? &self->lines[i] : NULL;
}

static bool
make_room(struct stage_show_session *self)
{
	void *more = stage_show_line_room(
		self->lines, self->count, &self->cap, sizeof(self->lines[0]));

	if (more == NULL) {
		return false;
	}
	self->lines = more;
	return true;
}

// The fields of text[len]; false where these are not three.
static bool
find_fields(const char *text, size_t len, const char *starts[COLONS + 1],
	size_t lens[COLONS + 1])
{
	const char *end = text + len;

	for (int i = 0; i <= COLONS; i++) {
		const char *colon = memchr(text, ':', (size_t)(end - text));
		const char *stop = colon != NULL ? colon : end;
		if ((colon == NULL) != (i == COLONS) || stop == text) {
			return false;
		}
		starts[i] = text;
		lens[i] = (size_t)(stop - text);
		text = stop + 1;
	}
	return true;
}

static void
drop_fields(struct stage_show_line *line)
{
	free(line->name);
	free(line->program);
	free(line->id);
	line->name = NULL;
	line->program = NULL;
	line->id = NULL;
}

static const char *
judge(const struct stage_show_session *self, const struct stage_show_line *line)
{
	if (stage_show_client_name_check(line->name, NULL) != STAGE_OK) {
		return bad_name;
	}
	if (!stage_show_id_ok(line->id)) {
		return bad_id;
	}
	if (self->clients == STAGE_SHOW_CLIENTS_MAX) {
		return too_many;
	}
	return stage_show_session_find(self, line->id) != NULL ? same_id : NULL;
}

// Finds out what a line is. Errors: STAGE_NO_MEMORY.
static enum stage_status
read_line(const struct stage_show_session *self, struct stage_show_line *line)
{
	const char *text = line->text;
	size_t len = line->len;
	const char *starts[COLONS + 1];
	size_t lens[COLONS + 1];

	stage_show_line_trim(&text, &len);
	if (len == 0 || stage_show_line_is_mark(text, len)) {
		return STAGE_OK;
	}
	if (!stage_show_line_is_text(text, len) ||
		!find_fields(text, len, starts, lens)) {
		line->why = not_three;
		return STAGE_OK;
	}
	line->name = strndup(starts[0], lens[0]);
	line->program = strndup(starts[1], lens[1]);
	line->id = strndup(starts[2], lens[2]);
	if (line->name == NULL || line->program == NULL || line->id == NULL) {
		return STAGE_NO_MEMORY;
	}
	line->why = judge(self, line);
	if (line->why != NULL) {
		drop_fields(line);
	}
	return STAGE_OK;
}

static void
append(struct stage_show_session *self, const struct stage_show_line *line)
{
	self->lines[self->count++] = *line;
	self->clients += line->id != NULL ? 1 : 0;
	self->bad += line->why != NULL ? 1 : 0;
}

// text[len] is one line with its end.
static enum stage_status
parse_line(struct stage_show_session *self, const char *text, size_t len)
{
	struct stage_show_line line = {
		.text = stage_show_line_copy(text, len), .len = len};

	if (line.text == NULL || !make_room(self) ||
		read_line(self, &line) != STAGE_OK) {
		finish_line(&line);
		return STAGE_NO_MEMORY;
	}
	append(self, &line);
	return STAGE_OK;
}

enum stage_status
stage_show_session_parse(
	struct stage_show_session *out, const char *text, size_t len)
{
	enum stage_status status = STAGE_OK;

	*out = (struct stage_show_session){0};
	while (len > 0 && status == STAGE_OK) {
		size_t bytes =
			stage_show_line_bytes(text, len, out->count == 0);
		status = parse_line(out, text, bytes);
		text += bytes;
		len -= bytes;
	}
	if (status != STAGE_OK) {
		stage_show_session_finish(out);
	}
	return status;
}

enum stage_status
stage_show_session_write(
	const struct stage_show_session *self, struct stage_str *out)
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

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY,
		"not enough memory for the clients of a song");
}

static enum stage_status
check_fields(const char *name, const char *program, const char *id,
	struct stage_err *err)
{
	enum stage_status status = stage_show_client_name_check(name, err);

	if (status == STAGE_OK && !stage_show_id_ok(id)) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be the id of a client", id);
	}
	if (status == STAGE_OK &&
		(program[0] == '\0' || strchr(program, ':') != NULL ||
			!stage_show_line_is_text(program, strlen(program)))) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be the program of a client", program);
	}
	return status;
}

// What new lines end with.
static const char *
own_end(const struct stage_show_session *self)
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

// Makes the line of a client, out of copies.
static enum stage_status
make_line(struct stage_show_line *out, const char *name, const char *program,
	const char *id, const char *end)
{
	struct stage_show_line line = {.name = strdup(name),
		.program = strdup(program),
		.id = strdup(id)};
	struct stage_str text = {0};

	if (line.name != NULL && line.program != NULL && line.id != NULL &&
		stage_str_addf(&text, "%s:%s:%s%s", name, program, id, end) ==
			STAGE_OK) {
		line.len = text.len;
		line.text = stage_str_take(&text);
		*out = line;
		return STAGE_OK;
	}
	finish_line(&line);
	return STAGE_NO_MEMORY;
}

// Ends the last line, which needed no end before another one follows.
static bool
end_last(struct stage_show_session *self, const char *end)
{
	size_t last = self->count - 1;

	return self->count == 0 ||
	       stage_show_line_close(&self->lines[last].text,
		       &self->lines[last].len, last == 0, end);
}

enum stage_status
stage_show_session_add(struct stage_show_session *self, const char *name,
	const char *program, const char *id, struct stage_err *err)
{
	struct stage_show_line line = {0};
	const char *end = own_end(self);
	enum stage_status status = check_fields(name, program, id, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_show_session_find(self, id) != NULL) {
		return stage_err_set(err, STAGE_EXISTS,
			"a client has the id %s already", id);
	}
	if (self->clients == STAGE_SHOW_CLIENTS_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"a song has %d clients at most",
			STAGE_SHOW_CLIENTS_MAX);
	}
	if (!make_room(self) ||
		make_line(&line, name, program, id, end) != STAGE_OK) {
		return no_memory(err);
	}
	if (!end_last(self, end)) {
		finish_line(&line);
		return no_memory(err);
	}
	append(self, &line);
	return STAGE_OK;
}

static enum stage_status
not_found(const char *id, struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NOT_FOUND, "the song has no client %s", id);
}

enum stage_status
stage_show_session_remove(
	struct stage_show_session *self, const char *id, struct stage_err *err)
{
	size_t at = index_of(self, id);

	if (at == self->count) {
		return not_found(id, err);
	}
	finish_line(&self->lines[at]);
	self->count--;
	self->clients--;
	memmove(&self->lines[at], &self->lines[at + 1],
		(self->count - at) * sizeof(self->lines[0]));
	return STAGE_OK;
}

static enum stage_status
replace(struct stage_show_session *self, size_t at, const char *name,
	const char *id, struct stage_err *err)
{
	struct stage_show_line *line = &self->lines[at];
	struct stage_show_line fresh = {0};
	enum stage_status status = check_fields(name, line->program, id, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = make_line(&fresh, name, line->program, id,
		stage_show_line_end(line->text, line->len));
	if (status != STAGE_OK) {
		return no_memory(err);
	}
	finish_line(line);
	*line = fresh;
	return STAGE_OK;
}

enum stage_status
stage_show_session_set_name(struct stage_show_session *self, const char *id,
	const char *name, struct stage_err *err)
{
	size_t at = index_of(self, id);

	if (at == self->count) {
		return not_found(id, err);
	}
	return strcmp(self->lines[at].name, name) == 0
		       ? STAGE_OK
		       : replace(self, at, name, self->lines[at].id, err);
}

enum stage_status
stage_show_session_set_id(struct stage_show_session *self, const char *id,
	const char *fresh, struct stage_err *err)
{
	size_t at = index_of(self, id);
	const char *name;

	if (at == self->count) {
		return not_found(id, err);
	}
	name = self->lines[at].name;
	if (strcmp(id, fresh) == 0) {
		return STAGE_OK;
	}
	if (stage_show_session_find(self, fresh) != NULL) {
		return stage_err_set(err, STAGE_EXISTS,
			"a client has the id %s already", fresh);
	}
	return replace(self, at, name, fresh, err);
}
