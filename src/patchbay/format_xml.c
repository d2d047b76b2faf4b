/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "patchbay/format_xml_prepare.h"

// What all lies in for expat; no such element is in any file.
#define OUTER_START "<stagecraft-outer>"
#define OUTER_END "</stagecraft-outer>"

struct open_element {
	char *name; // owned
	struct stage_patch_spot spot;
};

struct reader {
	const struct stage_patch_input *input;
	const struct stage_patch_xml_handler *handler;
	struct stage_err *err;
	struct stage_patch_xml_prepared prepared;
	XML_Parser parser;
	enum stage_status status; // of the first failure, but for expat's own
	struct stage_str text;    // of the innermost element, so far
	struct open_element open[STAGE_PATCH_XML_DEPTH_MAX];
	size_t depth; // elements that are open, but for the outer one
	bool is_inside;
	size_t seen; // how far lines were counted: offset in the input
	struct stage_patch_spot seen_spot;
};

// Where the input's byte `offset` is. Mostly called with growing offsets.
static struct stage_patch_spot
spot_of(struct reader *self, size_t offset)
{
	const char *bytes = self->input->bytes;
	size_t limit = offset < self->input->len ? offset : self->input->len;

	if (self->seen_spot.line == 0 || limit < self->seen) {
		self->seen = 0;
		self->seen_spot = (struct stage_patch_spot){1, 1};
	}
	while (self->seen < limit) {
		size_t step = stage_utf8_char_bytes(
			bytes + self->seen, limit - self->seen);
		self->seen_spot.column++;
		if (bytes[self->seen] == '\n') {
			self->seen_spot.line++;
			self->seen_spot.column = 1;
		}
		self->seen += step > 0 ? step : 1;
	}
	return self->seen_spot;
}

// Where what expat is at stands in the input.
static struct stage_patch_spot
spot_now(struct reader *self)
{
	XML_Index index = XML_GetCurrentByteIndex(self->parser);
	size_t made = index > (XML_Index)strlen(OUTER_START)
			      ? (size_t)index - strlen(OUTER_START)
			      : 0;

	return spot_of(self, stage_patch_xml_given(&self->prepared, made));
}

static void
stop(struct reader *self, enum stage_status status)
{
	if (status != STAGE_OK && self->status == STAGE_OK) {
		self->status = status;
		(void)XML_StopParser(self->parser, XML_FALSE);
	}
}

// expat gives values as constant, but they are its copies for us; still, ours
// are changed.
static enum stage_status
copy_attrs(const char **from, struct stage_strv *out)
{
	for (; *from != NULL; from++) {
		if (stage_strv_add(out, *from) != STAGE_OK) {
			return STAGE_NO_MEMORY;
		}
		stage_patch_xml_plain(out->items[out->count - 1]);
	}
	return STAGE_OK;
}

static enum stage_status
call_start(struct reader *self, const char *name, const char **attrs)
{
	struct stage_strv copies = {0};
	struct stage_patch_xml_tag tag = {.name = name, .parent = ""};
	enum stage_status status = copy_attrs(attrs, &copies);

	tag.depth = self->depth;
	tag.spot = self->open[self->depth - 1].spot;
	if (self->depth > 1) {
		tag.parent = self->open[self->depth - 2].name;
	}
	tag.attrs = calloc(copies.count + 1, sizeof(*tag.attrs));
	if (tag.attrs == NULL) {
		status = STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < copies.count && status == STAGE_OK; i++) {
		tag.attrs[i] = copies.items[i];
	}
	if (status == STAGE_OK) {
		status = self->handler->start(self->handler->user, &tag);
	}
	free((void *)tag.attrs);
	stage_strv_finish(&copies);
	return status;
}

static enum stage_status
open_element(struct reader *self, const char *name)
{
	struct open_element *open = &self->open[self->depth];

	open->spot = spot_now(self);
	if (self->depth + 1 == STAGE_PATCH_XML_DEPTH_MAX) {
		return stage_patch_build_refuse(self->err, self->input->name,
			open->spot,
			"elements lie more than %d deep in each other",
			STAGE_PATCH_XML_DEPTH_MAX - 1);
	}
	open->name = strdup(name);
	if (open->name == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->depth++;
	return STAGE_OK;
}

static void
on_start(void *user, const char *name, const char **attrs)
{
	struct reader *self = user;
	enum stage_status status;

	if (!self->is_inside) {
		self->is_inside = true;
		return;
	}
	if (self->status != STAGE_OK) {
		return;
	}
	stage_str_clear(&self->text);
	status = open_element(self, name);
	if (status == STAGE_OK) {
		status = call_start(self, name, attrs);
	}
	stop(self, status);
}

static enum stage_status
call_end(struct reader *self, const char *name)
{
	char *text = stage_str_take(&self->text);
	enum stage_status status = STAGE_NO_MEMORY;

	if (text != NULL) {
		stage_patch_xml_plain(text);
		status = self->handler->end(
			self->handler->user, name, self->depth, text);
	}
	free(text);
	return status;
}

static void
on_end(void *user, const char *name)
{
	struct reader *self = user;

	if (self->depth == 0 || self->status != STAGE_OK) {
		return;
	}
	stop(self, call_end(self, name));
	self->depth--;
	free(self->open[self->depth].name);
	self->open[self->depth].name = NULL;
}

static void
on_text(void *user, const char *text, int len)
{
	struct reader *self = user;

	if (self->depth > 0 && self->status == STAGE_OK) {
		stop(self, stage_str_append(&self->text, text, (size_t)len));
	}
}

static enum stage_status
refuse_now(struct reader *self, enum XML_Error code)
{
	if (self->status != STAGE_OK) {
		return self->status;
	}
	if (code == XML_ERROR_NO_MEMORY) {
		return STAGE_NO_MEMORY;
	}
	return stage_patch_build_refuse(self->err, self->input->name,
		spot_now(self), "this is no XML that can be read: %s",
		XML_ErrorString(code));
}

static enum stage_status
feed(struct reader *self, const char *bytes, size_t len, bool is_last)
{
	if (XML_Parse(self->parser, bytes, (int)len, is_last) !=
		XML_STATUS_OK) {
		return refuse_now(self, XML_GetErrorCode(self->parser));
	}
	return self->status;
}

static enum stage_status
parse(struct reader *self)
{
	enum stage_status status =
		feed(self, OUTER_START, strlen(OUTER_START), false);

	if (status == STAGE_OK) {
		status = feed(self, stage_str_text(&self->prepared.text),
			self->prepared.text.len, false);
	}
	if (status == STAGE_OK && self->depth > 0) {
		const struct open_element *open = &self->open[self->depth - 1];
		return stage_patch_build_refuse(self->err, self->input->name,
			spot_of(self, self->input->len),
			"the file ends before <%s> of line %u does", open->name,
			open->spot.line);
	}
	if (status == STAGE_OK) {
		status = feed(self, OUTER_END, strlen(OUTER_END), true);
	}
	return status;
}

static enum stage_status
prepare(struct reader *self, struct stage_patch_build *build)
{
	static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
	struct stage_patch_xml_prepared *made = &self->prepared;
	enum stage_status status = stage_patch_xml_prepare(self->input, made);

	if (status == STAGE_BAD_INPUT) {
		return stage_patch_build_refuse(self->err, self->input->name,
			spot_of(self, made->fault_at), "%s", made->fault);
	}
	if (status == STAGE_OK && made->bare_ampersands > 0) {
		status = stage_patch_build_tell(build,
			spot_of(self, made->first_ampersand),
			"%zu bare & taken for itself; it should be written "
			"&amp;",
			made->bare_ampersands);
	}
	if (status != STAGE_OK) {
		return status;
	}
	self->parser = XML_ParserCreate_MM("UTF-8", &memory, NULL);
	if (self->parser == NULL) {
		return STAGE_NO_MEMORY;
	}
	XML_SetUserData(self->parser, self);
	XML_SetElementHandler(self->parser, on_start, on_end);
	XML_SetCharacterDataHandler(self->parser, on_text);
	return STAGE_OK;
}

enum stage_status
stage_patch_xml_read(const struct stage_patch_input *input,
	struct stage_patch_build *build,
	const struct stage_patch_xml_handler *handler, struct stage_err *err)
{
	struct reader reader = {.input = input, .handler = handler, .err = err};
	enum stage_status status = prepare(&reader, build);

	if (status == STAGE_OK) {
		status = parse(&reader);
	}
	XML_ParserFree(reader.parser);
	for (size_t i = 0; i < reader.depth; i++) {
		free(reader.open[i].name);
	}
	stage_str_finish(&reader.text);
	stage_patch_xml_unprepare(&reader.prepared);
	return status;
}

const char *
stage_patch_xml_attr(const struct stage_patch_xml_tag *tag, const char *name)
{
	for (const char **at = tag->attrs; at[0] != NULL; at += 2) {
		if (strcmp(at[0], name) == 0) {
			return at[1];
		}
	}
	return NULL;
}

// Moves over what begins with `start`, if it does, to behind `end`.
static bool
skip_part(
	const char **at, const char *limit, const char *start, const char *end)
{
	size_t len = strlen(start);
	size_t end_len = strlen(end);

	if ((size_t)(limit - *at) < len || memcmp(*at, start, len) != 0) {
		return false;
	}
	for (*at += len; (size_t)(limit - *at) >= end_len; (*at)++) {
		if (memcmp(*at, end, end_len) == 0) {
			*at += end_len;
			return true;
		}
	}
	*at = limit;
	return true;
}

static bool
skip_doctype(const char **at, const char *limit)
{
	size_t left = (size_t)(limit - *at);
	size_t len = 0;

	if (left >= 9 && memcmp(*at, "<!DOCTYPE", 9) == 0) {
		len = stage_patch_xml_doctype(*at, left);
	}
	*at += len;
	return len > 0;
}

static bool
skip_blank(const char **at, const char *limit)
{
	if (*at < limit && strchr(" \t\r\n", **at) != NULL && **at != '\0') {
		(*at)++;
		return true;
	}
	return false;
}

static size_t
name_len(const char *at, const char *limit)
{
	const char *end = at;

	while (end < limit && *end != '\0' &&
		strchr(" \t\r\n/><=\"'", *end) == NULL) {
		end++;
	}
	return (size_t)(end - at);
}

bool
stage_patch_xml_root(const char *bytes, size_t len, char *out, size_t size)
{
	const char *limit = bytes + len;
	const char *at = bytes;
	size_t name;

	if (len >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0) {
		at += 3;
	}
	while (skip_blank(&at, limit) || skip_part(&at, limit, "<?", "?>") ||
		skip_part(&at, limit, "<!--", "-->") ||
		skip_doctype(&at, limit)) {
		// each moves on
	}
	if (at == limit || *at != '<') {
		return false;
	}
	at++;
	name = name_len(at, limit);
	if (name == 0 || name >= size) {
		return false;
	}
	memcpy(out, at, name);
	out[name] = '\0';
	return true;
}

enum stage_status
stage_patch_xml_add(struct stage_str *out, const char *text)
{
	static const struct {
		char c;
		const char *escape;
	} escapes[] = {
		{'&', "&amp;"},
		{'<', "&lt;"},
		{'>', "&gt;"},
		{'"', "&quot;"},
		{'\t', "&#9;"},
		{'\n', "&#10;"},
		{'\r', "&#13;"},
	};
	enum stage_status status = STAGE_OK;

	for (; *text != '\0' && status == STAGE_OK; text++) {
		const char *escape = NULL;
		for (size_t i = 0; i < STAGE_COUNT_OF(escapes); i++) {
			if (escapes[i].c == *text) {
				escape = escapes[i].escape;
			}
		}
		status = escape != NULL ? stage_str_add(out, escape)
					: stage_str_append(out, text, 1);
	}
	return status;
}
