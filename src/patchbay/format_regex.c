/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_regex.h"

#include <string.h>

struct reader {
	const char *text;
	size_t len;
	size_t at;
	bool is_prefix;
	bool has_refs;
	struct stage_patch_regex *out;
	struct stage_str plain; // the name, while is_plain
	bool is_plain;
	size_t depth;
	bool has_choice; // "|" outside of all groups
	bool is_ended;   // "$" was the last, outside of all groups
	bool can_repeat; // something stands before, to be repeated
	bool is_open;    // ends in ".*"
};

static enum stage_status
refuse(struct reader *self, const char *fault)
{
	self->out->fault = fault;
	return STAGE_BAD_INPUT;
}

static bool
is_special(char c)
{
	return c != '\0' && strchr(".[]\\()*+?{}|^$", c) != NULL;
}

static enum stage_status
quote_char(struct stage_str *out, char c)
{
	const char escaped[] = {'\\', c};

	return is_special(c) ? stage_str_append(out, escaped, 2)
			     : stage_str_append(out, &c, 1);
}

enum stage_status
stage_patch_regex_quote(struct stage_str *out, const char *name)
{
	enum stage_status status = STAGE_OK;

	for (; *name != '\0' && status == STAGE_OK; name++) {
		status = quote_char(out, *name);
	}
	return status;
}

// A character that stands for itself.
static enum stage_status
literal(struct reader *self, char c)
{
	enum stage_status status = quote_char(&self->out->text, c);

	self->can_repeat = true;
	self->is_open = false;
	return status == STAGE_OK ? stage_str_append(&self->plain, &c, 1)
				  : status;
}

// Something that more than one text matches.
static enum stage_status
add(struct reader *self, const char *text, bool can_repeat)
{
	self->is_plain = false;
	self->can_repeat = can_repeat;
	self->is_open = false;
	return stage_str_add(&self->out->text, text);
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef";
	const char *found = strchr(digits, c | 0x20);

	return c != '\0' && found != NULL ? (int)(found - digits) : -1;
}

// "\x01", which is how names with control characters are written.
static enum stage_status
hex_escape(struct reader *self)
{
	int high =
		self->at + 2 < self->len ? hex(self->text[self->at + 1]) : -1;
	int low = high >= 0 ? hex(self->text[self->at + 2]) : -1;

	if (low < 0 || high * 16 + low == 0) {
		return refuse(self, "\\x without two hexadecimal digits");
	}
	if (high >= 8) {
		return refuse(self, "\\x with a character that is not ASCII");
	}
	self->at += 3;
	return literal(self, (char)(high * 16 + low));
}

static enum stage_status
class_escape(struct reader *self, char c)
{
	bool set[128] = {false};
	// Other characters than ASCII are no digits, letters or blanks here.
	bool is_negated = c >= 'A' && c <= 'Z';

	(void)stage_patch_regex_add_class((char)(c | 0x20), set);
	self->at++;
	self->is_plain = false;
	self->can_repeat = true;
	self->is_open = false;
	return stage_patch_regex_write_set(
		set, is_negated, &self->out->text, &self->out->fault);
}

static enum stage_status
escape(struct reader *self)
{
	static const char blanks[] = "t\tn\nr\rf\fv\v";
	char c;

	self->at++;
	if (self->at >= self->len) {
		return refuse(self, "a backslash at the end");
	}
	c = self->text[self->at];
	if (strchr("dwsDWS", c) != NULL) {
		return class_escape(self, c);
	}
	if (c == 'x') {
		return hex_escape(self);
	}
	for (const char *blank = blanks; *blank != '\0'; blank += 2) {
		if (*blank == c) {
			self->at++;
			return literal(self, blank[1]);
		}
	}
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		(c >= '0' && c <= '9')) {
		return refuse(self, "an escape that is not known here");
	}
	self->at++;
	return literal(self, c);
}

static bool
is_at(const struct reader *self, const char *word)
{
	size_t len = strlen(word);

	return self->len - self->at >= len &&
	       memcmp(self->text + self->at, word, len) == 0;
}

// The name in "(?P<name>" or "(?<name>", or "" without one.
static enum stage_status
group_name(struct reader *self, struct stage_str *name)
{
	const char *start;
	const char *end;

	if (is_at(self, "(?:")) {
		self->at += strlen("(?:");
		return STAGE_OK;
	}
	if (!is_at(self, "(?")) {
		self->at++;
		return STAGE_OK;
	}
	if (is_at(self, "(?<=") || is_at(self, "(?<!") ||
		(!is_at(self, "(?<") && !is_at(self, "(?P<"))) {
		return refuse(self, "a group that is not known here");
	}
	self->at += is_at(self, "(?P<") ? strlen("(?P<") : strlen("(?<");
	start = self->text + self->at;
	end = memchr(start, '>', self->len - self->at);
	if (end == NULL || end == start) {
		return refuse(self, "a group's name that has no end");
	}
	self->at += (size_t)(end - start) + 1;
	return stage_str_append(name, start, (size_t)(end - start));
}

static enum stage_status
open_group(struct reader *self)
{
	struct stage_str name = {0};
	enum stage_status status;

	if (self->depth == STAGE_PATCH_REGEX_DEPTH_MAX) {
		return refuse(self, "too many groups in each other");
	}
	status = group_name(self, &name);
	if (status == STAGE_OK) {
		status = stage_strv_add(
			&self->out->groups, stage_str_text(&name));
	}
	stage_str_finish(&name);
	self->depth++;
	return status == STAGE_OK ? add(self, "(", false) : status;
}

static enum stage_status
close_group(struct reader *self)
{
	if (self->depth == 0) {
		return refuse(self, "a ) without its (");
	}
	self->depth--;
	self->at++;
	return add(self, ")", true);
}

// Bytes of "{2}", "{2,}" or "{2,3}" here, 0 when the brace is itself.
static size_t
braces(const struct reader *self)
{
	const char *start = self->text + self->at;
	size_t left = self->len - self->at;
	size_t len = 1;
	size_t digits = 0;

	while (len < left && start[len] >= '0' && start[len] <= '9') {
		len++;
		digits++;
	}
	if (digits == 0 || digits > 3) {
		return 0;
	}
	if (len < left && start[len] == ',') {
		len++;
		for (digits = 0; len < left && start[len] >= '0' &&
				 start[len] <= '9' && digits < 3;
			digits++) {
			len++;
		}
	}
	return len < left && start[len] == '}' ? len + 1 : 0;
}

static enum stage_status
repeat(struct reader *self, size_t len)
{
	bool is_any = self->text[self->at] == '*' &&
		      stage_ends_with(stage_str_text(&self->out->text), ".") &&
		      !stage_ends_with(stage_str_text(&self->out->text), "\\.");
	enum stage_status status;

	if (!self->can_repeat) {
		return refuse(self, "a repetition of nothing");
	}
	status = stage_str_append(&self->out->text, self->text + self->at, len);
	self->at += len;
	if (self->at < self->len && self->text[self->at] == '?') {
		self->at++; // lazy: the same names match
	} else if (self->at < self->len && self->text[self->at] == '+') {
		return refuse(self, "a possessive repetition");
	}
	self->is_plain = false;
	self->can_repeat = false;
	self->is_open = is_any && self->depth == 0;
	return status;
}

static enum stage_status
start_anchor(struct reader *self)
{
	bool is_start =
		self->at == 0 ||
		(self->depth == 0 && self->text[self->at - 1] == '|') ||
		(self->text[self->at - 1] == '(' && self->out->text.len == 1);

	self->at++;
	if (!is_start) {
		return refuse(self, "a ^ that is not at the start");
	}
	self->can_repeat = false;
	return STAGE_OK; // all are anchored there
}

static enum stage_status
end_anchor(struct reader *self)
{
	self->at++;
	if (self->at == self->len && self->depth == 0) {
		self->can_repeat = false;
		self->is_ended = true;
		if (self->has_choice && self->is_prefix) {
			return add(self, "$", false);
		}
		return STAGE_OK;
	}
	if (self->at < self->len &&
		(self->text[self->at] == '|' || self->text[self->at] == ')')) {
		return add(self, "$", false);
	}
	return refuse(self, "a $ that is not at the end");
}

static enum stage_status
choice(struct reader *self)
{
	self->has_choice = self->has_choice || self->depth == 0;
	self->out->has_choice = self->has_choice;
	self->at++;
	return add(self, "|", false);
}

static enum stage_status
reference(struct reader *self)
{
	char text[] = {'\\', (char)('0' + self->text[self->at]), '\0'};

	self->at++;
	return add(self, text, true);
}

static enum stage_status
brace(struct reader *self)
{
	size_t len = braces(self);

	if (len > 0) {
		return repeat(self, len);
	}
	self->at++;
	return literal(self, '{');
}

static enum stage_status
set(struct reader *self)
{
	self->is_plain = false;
	self->can_repeat = true;
	self->is_open = false;
	return stage_patch_regex_set(self->text, self->len, &self->at,
		&self->out->text, &self->out->fault);
}

static enum stage_status
item(struct reader *self)
{
	char c = self->text[self->at];

	switch (c) {
	case '\\':
		return escape(self);
	case '[':
		return set(self);
	case '(':
		return open_group(self);
	case ')':
		return close_group(self);
	case '|':
		return choice(self);
	case '*':
	case '+':
	case '?':
		return repeat(self, 1);
	case '{':
		return brace(self);
	case '^':
		return start_anchor(self);
	case '$':
		return end_anchor(self);
	case '.':
		self->at++;
		return add(self, ".", true);
	default:
		if (self->has_refs && c >= 1 &&
			c <= STAGE_PATCH_REGEX_REF_MAX) {
			return reference(self);
		}
		self->at++;
		return literal(self, c);
	}
}

// What is anchored at its start only goes on with anything.
static enum stage_status
open_end(struct reader *self)
{
	struct stage_str whole = {0};
	struct stage_strv groups = {0};
	enum stage_status status;

	if (!self->has_choice) {
		self->is_plain = false;
		return stage_str_add(&self->out->text, ".*");
	}
	status = stage_str_addf(
		&whole, "(%s).*", stage_str_text(&self->out->text));
	if (status == STAGE_OK) {
		status = stage_strv_add(&groups, "");
	}
	for (size_t i = 0; i < self->out->groups.count && status == STAGE_OK;
		i++) {
		status = stage_strv_add(&groups, self->out->groups.items[i]);
	}
	if (status != STAGE_OK) {
		stage_str_finish(&whole);
		stage_strv_finish(&groups);
		return status;
	}
	stage_str_finish(&self->out->text);
	stage_strv_finish(&self->out->groups);
	self->out->has_choice = false;
	self->out->text = whole;
	self->out->groups = groups;
	return STAGE_OK;
}

static enum stage_status
close_all(struct reader *self)
{
	enum stage_status status = STAGE_OK;

	if (self->depth > 0) {
		return refuse(self, "a ( without its )");
	}
	if (self->is_prefix && !self->is_open &&
		(!self->is_ended || self->has_choice)) {
		status = open_end(self);
	}
	if (status == STAGE_OK && self->out->text.len == 0) {
		return refuse(self, "nothing that a name could match");
	}
	if (status == STAGE_OK && self->is_plain) {
		stage_str_finish(&self->out->text);
		self->out->text = self->plain;
		self->plain = (struct stage_str){0};
		self->out->is_literal = true;
	}
	return status;
}

// How long the inside of "(?:...)" is when that is all of text[len], with or
// without a "$" behind; 0 when it is not.
static size_t
inside(const char *text, size_t len)
{
	size_t end = len;
	size_t depth = 0;

	if (len < 5 || memcmp(text, "(?:", 3) != 0) {
		return 0;
	}
	end -= text[len - 1] == '$';
	for (size_t i = 0; i < end; i++) {
		if (text[i] == '\\') {
			i++;
		} else if (text[i] == '[') {
			return 0; // a bracket may hold parentheses
		} else if (text[i] == '(') {
			depth++;
		} else if (text[i] == ')') {
			depth--;
			if (depth == 0) {
				return i + 1 == end ? end - 4 : 0;
			}
		}
	}
	return 0;
}

enum stage_status
stage_patch_regex_read(const char *text, size_t len, unsigned flags,
	struct stage_patch_regex *out)
{
	struct reader reader = {
		.text = text,
		.len = len,
		.is_prefix = (flags & STAGE_PATCH_REGEX_IS_PREFIX) != 0,
		.has_refs = (flags & STAGE_PATCH_REGEX_HAS_REFS) != 0,
		.out = out,
		.is_plain = true,
	};
	size_t inner = inside(text, len);
	enum stage_status status = STAGE_OK;

	*out = (struct stage_patch_regex){0};
	if (len == 0 || len > STAGE_PATCH_REGEX_MAX ||
		memchr(text, '\0', len) != NULL) {
		return refuse(&reader, "nothing, or more than may be");
	}
	if (inner > 0 && (!reader.is_prefix || text[len - 1] == '$')) {
		reader.text = text + 3;
		reader.len = inner;
		reader.is_prefix = false;
	}
	while (reader.at < reader.len && status == STAGE_OK) {
		status = item(&reader);
	}
	if (status == STAGE_OK) {
		status = close_all(&reader);
	}
	stage_str_finish(&reader.plain);
	return status;
}

void
stage_patch_regex_finish(struct stage_patch_regex *self)
{
	stage_str_finish(&self->text);
	stage_strv_finish(&self->groups);
}
