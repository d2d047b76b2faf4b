/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_xml_prepare.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define CODE_MAX 0x10ffffU
#define REFERENCE_MAX 16 // bytes of a character reference that make sense

enum within {
	WITHIN_TEXT,
	WITHIN_VALUE, // of an attribute
	WITHIN_TAG,   // names, blanks: nothing to be escaped
};

struct lexer {
	const char *in;
	size_t len;
	size_t at;
	struct stage_patch_xml_prepared *out;
	enum stage_status status; // of the first failure
};

static void
put(struct lexer *self, const char *bytes, size_t len)
{
	if (self->status == STAGE_OK) {
		self->status = stage_str_append(&self->out->text, bytes, len);
	}
}

static void
fail(struct lexer *self, size_t at, const char *fault)
{
	if (self->status == STAGE_OK) {
		self->status = STAGE_BAD_INPUT;
		self->out->fault_at = at;
		self->out->fault = fault;
	}
}

static bool
grow(struct stage_patch_xml_prepared *out)
{
	size_t cap = out->cap == 0 ? 64 : out->cap * 2;
	struct stage_patch_xml_shift *grown;

	if (out->count < out->cap) {
		return true;
	}
	grown = realloc(out->shifts, cap * sizeof(*grown));
	if (grown == NULL) {
		return false;
	}
	out->shifts = grown;
	out->cap = cap;
	return true;
}

// Says that what is put next stands at in[at].
static void
mark(struct lexer *self)
{
	struct stage_patch_xml_prepared *out = self->out;

	if (self->status != STAGE_OK) {
		return;
	}
	if (!grow(out)) {
		self->status = STAGE_NO_MEMORY;
		return;
	}
	out->shifts[out->count].made = (uint32_t)out->text.len;
	out->shifts[out->count].given = (uint32_t)self->at;
	out->count++;
}

static void
put_private(struct lexer *self, unsigned char byte)
{
	const char bytes[] = {'\xf3', '\xb0', (char)(0x80 | byte >> 6),
		(char)(0x80 | (byte & 0x3f))};

	put(self, bytes, sizeof(bytes));
}

static bool
is_private(const char *bytes, size_t len)
{
	return len == 4 && memcmp(bytes, "\xf3\xb0", 2) == 0 &&
	       (unsigned char)bytes[2] <= 0x83;
}

static bool
is_noncharacter(const char *bytes, size_t len)
{
	return len == 3 && memcmp(bytes, "\xef\xbf", 2) == 0 &&
	       (unsigned char)bytes[2] >= 0xbe;
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

// One character of len bytes, or one byte that is none (len 0).
static void
put_char(struct lexer *self, const char *bytes, size_t len)
{
	if (len > 0 && !is_private(bytes, len) &&
		!is_noncharacter(bytes, len) && !is_control(bytes[0])) {
		put(self, bytes, len);
		return;
	}
	for (size_t i = 0; i < (len > 0 ? len : 1); i++) {
		put_private(self, (unsigned char)bytes[i]);
	}
}

static size_t
encode(unsigned long code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xc0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xe0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3f));
		out[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3f));
	out[2] = (char)(0x80 | (code >> 6 & 0x3f));
	out[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;
}

// Reads "&#10;" or "&#xA;", len bytes with both ends; 0: no character.
static unsigned long
read_code(const char *text, size_t len)
{
	bool is_hex = text[2] == 'x';
	unsigned long base = is_hex ? 16 : 10;
	unsigned long code = 0;

	for (size_t i = is_hex ? 3 : 2; i < len - 1 && code <= CODE_MAX; i++) {
		unsigned long value = (unsigned long)digit_value(text[i]);
		if (value >= base) {
			return 0;
		}
		code = code * base + value;
	}
	if (code > CODE_MAX || (code >= 0xd800 && code <= 0xdfff)) {
		return 0;
	}
	return code;
}

// A character that was written as a reference: what is special stays one.
static void
put_code(struct lexer *self, unsigned long code)
{
	char bytes[4];
	size_t len = encode(code, bytes);

	if (code < 0x80 && strchr("\t\n\r&<>\"'", (int)code) != NULL) {
		char text[REFERENCE_MAX];
		if (stage_format(text, sizeof(text), "&#%lu;", code) ==
			STAGE_OK) {
			put(self, text, strlen(text));
		}
		return;
	}
	put_char(self, bytes, len);
}

static bool
is_named(const char *text, size_t len)
{
	static const char *const names[] = {
		"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		if (strlen(names[i]) == len &&
			memcmp(names[i], text, len) == 0) {
			return true;
		}
	}
	return false;
}

static void
put_bare_ampersand(struct lexer *self)
{
	if (self->out->bare_ampersands == 0) {
		self->out->first_ampersand = self->at;
	}
	self->out->bare_ampersands++;
	put(self, "&amp;", strlen("&amp;"));
	self->at++;
	mark(self);
}

static void
reference(struct lexer *self)
{
	const char *text = self->in + self->at;
	size_t left = self->len - self->at;
	const char *end =
		memchr(text, ';', left < REFERENCE_MAX ? left : REFERENCE_MAX);
	size_t len = end != NULL ? (size_t)(end - text) + 1 : 0;
	unsigned long code;

	if (is_named(text, len)) {
		put(self, text, len);
		self->at += len;
		return;
	}
	code = len > 3 && text[1] == '#' ? read_code(text, len) : 0;
	if (code == 0) {
		put_bare_ampersand(self);
		return;
	}
	put_code(self, code);
	self->at += len;
	mark(self);
}

// What stands for itself, but must not be taken for markup or for white space.
static const char *
escape_of(char c, enum within within)
{
	switch (c) {
	case '\t':
		return within == WITHIN_VALUE ? "&#9;" : NULL;
	case '\n':
		return within == WITHIN_VALUE ? "&#10;" : NULL;
	case '\r':
		return within != WITHIN_TAG ? "&#13;" : NULL;
	case '>':
		return within != WITHIN_TAG ? "&gt;" : NULL;
	default:
		return NULL;
	}
}

// The character at in[at], and moves over it.
static void
character(struct lexer *self, enum within within)
{
	const char *text = self->in + self->at;
	size_t bytes = stage_utf8_char_bytes(text, self->len - self->at);
	const char *escape = escape_of(*text, within);
	size_t before = self->out->text.len;

	if (*text == '&' && within != WITHIN_TAG) {
		reference(self);
		return;
	}
	if (escape != NULL) {
		put(self, escape, strlen(escape));
	} else {
		put_char(self, text, bytes);
	}
	bytes = bytes > 0 ? bytes : 1;
	self->at += bytes;
	if (self->out->text.len - before != bytes) {
		mark(self);
	}
}

static bool
is_at(const struct lexer *self, const char *word)
{
	size_t len = strlen(word);

	return self->len - self->at >= len &&
	       memcmp(self->in + self->at, word, len) == 0;
}

// Moves over what begins here, to behind the word that ends it.
static void
skip(struct lexer *self, size_t opening_len, const char *end, const char *fault)
{
	size_t start = self->at;

	self->at += opening_len;
	while (self->at < self->len && !is_at(self, end)) {
		self->at++;
	}
	if (self->at >= self->len) {
		fail(self, start, fault);
		return;
	}
	self->at += strlen(end);
	mark(self);
}

static void
cdata(struct lexer *self)
{
	size_t start = self->at;

	self->at += strlen("<![CDATA[");
	mark(self);
	while (self->at < self->len && !is_at(self, "]]>") &&
		self->status == STAGE_OK) {
		char c = self->in[self->at];
		if (c == '&' || c == '<') {
			put(self, c == '&' ? "&amp;" : "&lt;",
				strlen(c == '&' ? "&amp;" : "&lt;"));
			self->at++;
			mark(self);
		} else {
			character(self, WITHIN_TEXT);
		}
	}
	if (self->at >= self->len) {
		fail(self, start, "the file ends within a CDATA section");
		return;
	}
	self->at += strlen("]]>");
	mark(self);
}

size_t
stage_patch_xml_doctype(const char *text, size_t len)
{
	size_t depth = 0; // of "[": its own declarations, which hold ">"

	for (size_t at = 0; at < len; at++) {
		if (text[at] == '"' || text[at] == '\'') {
			const char *end =
				memchr(text + at + 1, text[at], len - at - 1);
			at = end != NULL ? (size_t)(end - text) : len;
		} else if (text[at] == '[') {
			depth++;
		} else if (text[at] == ']' && depth > 0) {
			depth--;
		} else if (text[at] == '>' && depth == 0) {
			return at + 1;
		}
	}
	return 0;
}

static void
doctype(struct lexer *self)
{
	size_t len = stage_patch_xml_doctype(
		self->in + self->at, self->len - self->at);

	if (len == 0) {
		fail(self, self->at,
			"the file ends within a DOCTYPE declaration");
		return;
	}
	self->at += len;
	mark(self);
}

static void
value(struct lexer *self, size_t tag)
{
	char quote = self->in[self->at];

	put(self, &quote, 1);
	self->at++;
	while (self->at < self->len && self->in[self->at] != quote &&
		self->status == STAGE_OK) {
		character(self, WITHIN_VALUE);
	}
	if (self->at >= self->len) {
		fail(self, tag, "the file ends within this tag");
		return;
	}
	put(self, &quote, 1);
	self->at++;
}

static void
tag(struct lexer *self)
{
	size_t start = self->at;

	while (self->at < self->len && self->in[self->at] != '>' &&
		self->status == STAGE_OK) {
		char c = self->in[self->at];
		if (c == '"' || c == '\'') {
			value(self, start);
		} else {
			character(self, WITHIN_TAG);
		}
	}
	if (self->at >= self->len) {
		fail(self, start, "the file ends within this tag");
		return;
	}
	put(self, ">", 1);
	self->at++;
}

static void
markup(struct lexer *self)
{
	if (is_at(self, "<!--")) {
		skip(self, strlen("<!--"), "-->",
			"the file ends within this comment");
	} else if (is_at(self, "<?")) {
		skip(self, strlen("<?"), "?>",
			"the file ends within this instruction");
	} else if (is_at(self, "<![CDATA[")) {
		cdata(self);
	} else if (is_at(self, "<!DOCTYPE")) {
		doctype(self);
	} else {
		tag(self);
	}
}

enum stage_status
stage_patch_xml_prepare(const struct stage_patch_input *input,
	struct stage_patch_xml_prepared *out)
{
	struct lexer lexer = {
		.in = input->bytes, .len = input->len, .out = out};
	const char *zero = memchr(input->bytes, '\0', input->len);

	*out = (struct stage_patch_xml_prepared){0};
	if (zero != NULL) {
		fail(&lexer, (size_t)(zero - input->bytes),
			"a zero byte: the file is damaged");
	}
	if (is_at(&lexer, BYTE_ORDER_MARK)) {
		lexer.at = strlen(BYTE_ORDER_MARK);
	}
	mark(&lexer);
	while (lexer.at < lexer.len && lexer.status == STAGE_OK) {
		if (lexer.in[lexer.at] == '<') {
			markup(&lexer);
		} else {
			character(&lexer, WITHIN_TEXT);
		}
	}
	return lexer.status;
}

void
stage_patch_xml_unprepare(struct stage_patch_xml_prepared *self)
{
	stage_str_finish(&self->text);
	free(self->shifts);
	*self = (struct stage_patch_xml_prepared){0};
}

size_t
stage_patch_xml_given(const struct stage_patch_xml_prepared *self, size_t made)
{
	size_t low = 0;
	size_t high = self->count;

	while (low < high) { // the first one behind `made`
		size_t middle = low + (high - low) / 2;
		if (self->shifts[middle].made <= made) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	if (low == 0) {
		return made;
	}
	return self->shifts[low - 1].given +
	       (made - self->shifts[low - 1].made);
}

void
stage_patch_xml_plain(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from != '\0') {
		size_t len = strnlen(from, 4);
		if (is_private(from, len)) {
			*to = (char)((from[2] & 0x3) << 6 | (from[3] & 0x3f));
			from += len;
		} else {
			*to = *from;
			from++;
		}
		to++;
	}
	*to = '\0';
}
