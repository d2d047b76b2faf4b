/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_build.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "jack/names.h"
#include "patchbay/pattern.h"

#define NAME_SHOWN_MAX 200 // bytes of a name in a sentence

enum stage_status
stage_patch_build_init(struct stage_patch_build *self, const char *file,
	struct stage_patch_import *out)
{
	*self = (struct stage_patch_build){.file = file, .out = out};
	self->seen = stage_map_create(NULL);
	self->numbered = stage_map_create(NULL);
	return self->seen != NULL && self->numbered != NULL ? STAGE_OK
							    : STAGE_NO_MEMORY;
}

void
stage_patch_build_finish(struct stage_patch_build *self)
{
	stage_map_destroy(self->seen);
	stage_map_destroy(self->numbered);
	self->seen = NULL;
	self->numbered = NULL;
}

// A report also goes over the socket, where only UTF-8 may pass.
static void
make_text(char *text)
{
	size_t len = strlen(text);

	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(text + at, len - at);
		if (bytes == 0) {
			text[at] = '?';
			bytes = 1;
		}
		at += bytes;
	}
}

STAGE_PRINTF(3, 0)
static enum stage_status
add_sentence(struct stage_strv *report, const char *place, const char *format,
	va_list args)
{
	char text[STAGE_ERR_TEXT_MAX];
	struct stage_err sentence = STAGE_ERR_INIT;

	(void)vsnprintf(text, sizeof(text), format, args);
	make_text(text); // before control bytes are looked for: 0x80 to 0x9f
	(void)stage_err_set(&sentence, STAGE_OK, "%s%s", place, text);
	make_text(sentence.text); // the file's name, too
	return stage_strv_add(report, sentence.text);
}

enum stage_status
stage_patch_report_add(struct stage_strv *report, const char *format, ...)
{
	va_list args;
	enum stage_status status;

	va_start(args, format);
	status = add_sentence(report, "", format, args);
	va_end(args);
	return status;
}

enum stage_status
stage_patch_build_tell(struct stage_patch_build *self,
	struct stage_patch_spot spot, const char *format, ...)
{
	char place[STAGE_ERR_TEXT_MAX] = "";
	va_list args;
	enum stage_status status;

	if (self->out->report.count >= STAGE_PATCH_REPORT_MAX) {
		self->untold++;
		return STAGE_OK;
	}
	if (spot.line > 0) {
		(void)snprintf(place, sizeof(place), "%s:%u:%u: ", self->file,
			spot.line, spot.column);
	}
	va_start(args, format);
	status = add_sentence(&self->out->report, place, format, args);
	va_end(args);
	return status;
}

enum stage_status
stage_patch_build_refuse(struct stage_err *err, const char *file,
	struct stage_patch_spot spot, const char *format, ...)
{
	char text[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	make_text(text);
	return stage_err_set(err, STAGE_BAD_INPUT, "%s:%u:%u: %s", file,
		spot.line, spot.column, text);
}

// True for "... [128] (playback): ..." and the like: the number is the client's
// and another one after the next start.
static bool
is_numbered(const char *name)
{
	for (const char *at = strchr(name, '['); at != NULL;
		at = strchr(at + 1, '[')) {
		size_t digits = strspn(at + 1, "0123456789");
		const char *rest = at + 1 + digits;
		if (at > name && at[-1] == ' ' && digits > 0 &&
			(stage_starts_with(rest, "] (playback): ") ||
				stage_starts_with(rest, "] (capture): "))) {
			return true;
		}
	}
	return false;
}

static enum stage_status
note_number(struct stage_patch_build *self, enum stage_patch_system system,
	const char *name)
{
	return system == STAGE_PATCH_JACK && is_numbered(name)
		       ? stage_map_put(self->numbered, name, self)
		       : STAGE_OK;
}

enum stage_status
stage_patch_build_unconnected(struct stage_patch_build *self,
	enum stage_patch_system system, const char *name)
{
	struct stage_strv *list = &self->out->unconnected[system];

	if (list->count >= STAGE_PATCH_UNCONNECTED_MAX) {
		self->unlisted++;
		return STAGE_OK;
	}
	if (note_number(self, system, name) != STAGE_OK) {
		return STAGE_NO_MEMORY;
	}
	return stage_strv_add(list, name);
}

// Why a literal end cannot be a port's name, or NULL.
static const char *
fault_of_name(enum stage_patch_system system, const char *name)
{
	const char *port;
	size_t client_len;
	enum stage_status status =
		system == STAGE_PATCH_ALSA
			? stage_patch_alsa_split(name, &client_len, &port)
			: stage_jack_name_split(name, &client_len, &port);

	if (status != STAGE_OK) {
		return "is no full name of a port, CLIENT:PORT";
	}
	if (strlen(name) >= STAGE_JACK_PORT_NAME_MAX) {
		return "is longer than any port's name";
	}
	return NULL;
}

static enum stage_status
check_end(struct stage_patch_build *self, enum stage_patch_system system,
	const struct stage_patch_end *end, struct stage_patch_spot spot,
	bool *is_good)
{
	const char *fault = end->match == STAGE_PATCH_LITERAL
				    ? fault_of_name(system, end->text)
				    : NULL;

	*is_good = fault == NULL;
	return fault == NULL
		       ? STAGE_OK
		       : stage_patch_build_tell(self, spot,
				 "left out, as \"%.*s\" %s",
				 (int)stage_utf8_clip(end->text,
					 strlen(end->text), NAME_SHOWN_MAX),
				 end->text, fault);
}

// Compiling takes the cube of an expression's length: many long ones would
// take minutes.
static enum stage_status
count_long(struct stage_patch_build *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, struct stage_err *err)
{
	const struct stage_patch_end *ends[] = {
		&statement->from, &statement->to};

	for (size_t i = 0; i < STAGE_COUNT_OF(ends); i++) {
		size_t len = ends[i]->match == STAGE_PATCH_REGEX
				     ? strlen(ends[i]->text)
				     : 0;
		self->long_bytes += len > STAGE_PATCH_LONG_REGEX ? len : 0;
	}
	if (self->long_bytes > STAGE_PATCH_LONG_REGEX_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%s:%u:%u: there are more than %d bytes of regular "
			"expressions that have more than %d each",
			self->file, spot.line, spot.column,
			STAGE_PATCH_LONG_REGEX_MAX, STAGE_PATCH_LONG_REGEX);
	}
	return STAGE_OK;
}

// Patterns that cannot be kept in a patch file, for they say nothing that is
// possible or would cost too much, are told and left out.
static enum stage_status
check_patterns(struct stage_patch_build *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, bool *is_good)
{
	struct stage_err why = STAGE_ERR_INIT;
	struct stage_pattern *from = NULL;
	struct stage_pattern *to = NULL;
	const char *text = statement->from.text; // what is being looked at
	enum stage_status status =
		stage_pattern_create(&statement->from, NULL, &from, &why);

	if (status == STAGE_OK) {
		text = statement->to.text;
		status = stage_pattern_create(&statement->to, from, &to, &why);
	}
	stage_pattern_destroy(from);
	stage_pattern_destroy(to);
	*is_good = status == STAGE_OK;
	return status == STAGE_OK || status == STAGE_NO_MEMORY
		       ? status
		       : stage_patch_build_tell(self, spot,
				 "left out, as \"%.*s\" cannot be taken: %s",
				 (int)stage_utf8_clip(
					 text, strlen(text), NAME_SHOWN_MAX),
				 text, why.text);
}

// A key that no other statement has: the names may hold any byte.
static enum stage_status
make_key(const struct stage_patch_statement *statement, struct stage_str *key)
{
	return stage_str_addf(key, "%d %d %d %d %zu %s%s",
		(int)statement->policy, (int)statement->system,
		(int)statement->from.match, (int)statement->to.match,
		strlen(statement->from.text), statement->from.text,
		statement->to.text);
}

static enum stage_status
check_statement(struct stage_patch_build *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, bool *is_good, struct stage_err *err)
{
	enum stage_status status = check_end(
		self, statement->system, &statement->from, spot, is_good);

	if (status == STAGE_OK && *is_good) {
		status = check_end(
			self, statement->system, &statement->to, spot, is_good);
	}
	if (status == STAGE_OK && *is_good) {
		status = count_long(self, statement, spot, err);
	}
	if (status == STAGE_OK && *is_good) {
		status = check_patterns(self, statement, spot, is_good);
	}
	return status;
}

static enum stage_status
add_new(struct stage_patch_build *self, const char *key,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, struct stage_err *err)
{
	struct stage_patch_statement placed = *statement;
	bool is_good = false;
	enum stage_status status =
		check_statement(self, statement, spot, &is_good, err);

	if (status != STAGE_OK || !is_good) {
		return status;
	}
	if (self->out->list.count >= STAGE_PATCH_IMPORT_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%s:%u:%u: there are more than %d connections",
			self->file, spot.line, spot.column,
			STAGE_PATCH_IMPORT_MAX);
	}
	placed.line = spot.line;
	if (stage_map_put(self->seen, key, self) != STAGE_OK ||
		note_number(self, statement->system, statement->from.text) !=
			STAGE_OK ||
		note_number(self, statement->system, statement->to.text) !=
			STAGE_OK) {
		return STAGE_NO_MEMORY;
	}
	return stage_patch_list_add(&self->out->list, &placed);
}

enum stage_status
stage_patch_build_add(struct stage_patch_build *self,
	const struct stage_patch_statement *statement,
	struct stage_patch_spot spot, struct stage_err *err)
{
	struct stage_str key = {0};
	enum stage_status status = make_key(statement, &key);

	if (status == STAGE_OK && stage_map_has(self->seen, key.data)) {
		self->repeated++;
	} else if (status == STAGE_OK) {
		status = add_new(self, key.data, statement, spot, err);
	}
	stage_str_finish(&key);
	return status;
}

enum stage_status
stage_patch_build_want(struct stage_patch_build *self,
	enum stage_patch_system system, const char *from, const char *to,
	struct stage_patch_spot spot, struct stage_err *err)
{
	// Copied, not freed: nothing here is written to.
	struct stage_patch_statement want = {
		.policy = STAGE_PATCH_WANT,
		.system = system,
	};
	struct stage_str from_copy = {0};
	struct stage_str to_copy = {0};
	enum stage_status status = stage_str_add(&from_copy, from);

	if (status == STAGE_OK) {
		status = stage_str_add(&to_copy, to);
	}
	if (status == STAGE_OK) {
		want.from.text = from_copy.data;
		want.to.text = to_copy.data;
		status = stage_patch_build_add(self, &want, spot, err);
	}
	stage_str_finish(&from_copy);
	stage_str_finish(&to_copy);
	return status;
}

static enum stage_status
tell_count(struct stage_patch_build *self, size_t count, const char *one,
	const char *many)
{
	if (count == 0) {
		return STAGE_OK;
	}
	return stage_patch_report_add(
		&self->out->report, "%zu %s", count, count == 1 ? one : many);
}

enum stage_status
stage_patch_build_close(struct stage_patch_build *self)
{
	const struct stage_patch_import *out = self->out;
	const struct {
		size_t count;
		const char *one;
		const char *many;
	} told[] = {
		{self->untold, "more remark of this kind is not shown",
			"more remarks of this kind are not shown"},
		{self->repeated, "connection came twice and was taken once",
			"connections came again and were taken once"},
		{stage_map_count(self->numbered),
			"name of a2jmidid holds a client's number in brackets; "
			"the port is found whatever number it has",
			"names of a2jmidid hold a client's number in brackets; "
			"the ports are found whatever numbers they have"},
		{out->unconnected[STAGE_PATCH_JACK].count +
				out->unconnected[STAGE_PATCH_ALSA].count +
				self->unlisted,
			"port was there and not connected when this was saved",
			"ports were there and not connected when this was "
			"saved"},
	};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(told) && status == STAGE_OK;
		i++) {
		status = tell_count(
			self, told[i].count, told[i].one, told[i].many);
	}
	return status;
}

bool
stage_patch_lines_next(struct stage_patch_lines *self)
{
	const char *end;

	if (self->left == 0) {
		return false;
	}
	end = memchr(self->rest, '\n', self->left);
	self->text = self->rest;
	self->len = end != NULL ? (size_t)(end - self->rest) : self->left;
	self->number++;
	self->left -= self->len + (end != NULL);
	self->rest += self->len + (end != NULL);
	if (self->len > 0 && self->text[self->len - 1] == '\r') {
		self->len--;
	}
	return true;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

const char *
stage_patch_trim(const char *text, size_t *len)
{
	while (*len > 0 && is_blank(*text)) {
		text++;
		(*len)--;
	}
	while (*len > 0 && is_blank(text[*len - 1])) {
		(*len)--;
	}
	return text;
}

struct stage_patch_spot
stage_patch_spot_in_line(unsigned number, const char *text, size_t offset)
{
	struct stage_patch_spot spot = {.line = number, .column = 1};

	for (size_t at = 0; at < offset;) {
		size_t bytes = stage_utf8_char_bytes(text + at, offset - at);
		at += bytes > 0 ? bytes : 1;
		spot.column++;
	}
	return spot;
}

bool
stage_patch_holds(const char *text, size_t len, const char *part)
{
	size_t part_len = strlen(part);

	for (size_t i = 0; part_len <= len && i <= len - part_len; i++) {
		if (memcmp(text + i, part, part_len) == 0) {
			return true;
		}
	}
	return false;
}
