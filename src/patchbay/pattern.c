/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "patchbay/pattern_glob.h"
#include "patchbay/pattern_regex.h"

struct stage_pattern {
	enum stage_patch_match match; // GLOB without a wildcard: LITERAL
	bool needs_captures;
	bool is_compiled; // regex is there
	size_t captures;
	struct stage_regex regex;
	char *text; // owned; a literal's name
};

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NO_MEMORY, "not enough memory for a pattern");
}

static enum stage_status
check_reference(unsigned number, const struct stage_pattern *from,
	struct stage_err *err)
{
	if (number <= from->captures) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\\%u stands for nothing: there are %zu wildcards or groups "
		"before the arrow",
		number, from->captures);
}

static size_t
count_captures(size_t found)
{
	return found < STAGE_PATCH_CAPTURES_MAX ? found
						: STAGE_PATCH_CAPTURES_MAX;
}

// A glob that can match one name only is that name.
static enum stage_status
become_literal(struct stage_pattern *self, struct stage_err *err)
{
	struct stage_str name = {0};
	char *text = NULL;
	enum stage_status status =
		stage_glob_add_literal(&name, self->text, strlen(self->text));

	if (status == STAGE_OK) {
		text = stage_str_take(&name);
	}
	stage_str_finish(&name);
	if (text == NULL) {
		return no_memory(err);
	}
	free(self->text);
	self->text = text;
	self->match = STAGE_PATCH_LITERAL;
	return STAGE_OK;
}

static enum stage_status
prepare_glob(struct stage_pattern *self, const struct stage_pattern *from,
	struct stage_err *err)
{
	size_t len = strlen(self->text);
	unsigned number =
		from == NULL ? 0 : stage_glob_reference(self->text, len);
	size_t wildcards = stage_glob_wildcards(self->text, len);

	self->needs_captures = number > 0;
	self->captures = count_captures(wildcards);
	if (number > 0) {
		return check_reference(number, from, err);
	}
	return wildcards > 0 ? STAGE_OK : become_literal(self, err);
}

static enum stage_status
prepare_regex(struct stage_pattern *self, const struct stage_pattern *from,
	struct stage_err *err)
{
	unsigned number = from == NULL ? 0 : stage_regex_reference(self->text);
	size_t groups = 0;
	enum stage_status status =
		stage_regex_check(self->text, number > 0, &groups, err);

	if (status != STAGE_OK) {
		return status;
	}
	self->needs_captures = number > 0;
	self->captures = count_captures(groups);
	if (number > 0) {
		return check_reference(number, from, err);
	}
	status = stage_regex_init(&self->regex, self->text, err);
	self->is_compiled = status == STAGE_OK;
	return status;
}

static enum stage_status
prepare(struct stage_pattern *self, const struct stage_pattern *from,
	struct stage_err *err)
{
	if (from != NULL && from->match == STAGE_PATCH_LITERAL) {
		from = NULL;
	}
	switch (self->match) {
	case STAGE_PATCH_LITERAL:
		return STAGE_OK;
	case STAGE_PATCH_GLOB:
		return prepare_glob(self, from, err);
	case STAGE_PATCH_REGEX:
		return prepare_regex(self, from, err);
	case STAGE_PATCH_MATCH_COUNT:
		break;
	}
	return stage_err_set(err, STAGE_BUG, "there is no such kind of name");
}

enum stage_status
stage_pattern_create(const struct stage_patch_end *end,
	const struct stage_pattern *from, struct stage_pattern **out,
	struct stage_err *err)
{
	struct stage_pattern *self = calloc(1, sizeof(*self));
	enum stage_status status;

	*out = NULL;
	if (self == NULL) {
		return no_memory(err);
	}
	self->match = end->match;
	self->text = strdup(end->text);
	status = self->text == NULL ? no_memory(err) : prepare(self, from, err);
	if (status != STAGE_OK) {
		stage_pattern_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_pattern_destroy(struct stage_pattern *self)
{
	if (self == NULL) {
		return;
	}
	if (self->is_compiled) {
		stage_regex_finish(&self->regex);
	}
	free(self->text);
	free(self);
}

const char *
stage_pattern_literal(const struct stage_pattern *self)
{
	return self->match == STAGE_PATCH_LITERAL ? self->text : NULL;
}

size_t
stage_pattern_capture_count(const struct stage_pattern *self)
{
	return self->captures;
}

bool
stage_pattern_needs_captures(const struct stage_pattern *self)
{
	return self->needs_captures;
}

bool
stage_pattern_matches(const struct stage_pattern *self, const char *name,
	struct stage_captures *captures)
{
	if (self->needs_captures) {
		return false;
	}
	if (self->match == STAGE_PATCH_GLOB) {
		return stage_glob_match(self->text, name, captures);
	}
	if (self->match == STAGE_PATCH_REGEX) {
		return stage_regex_match(&self->regex, name, captures);
	}
	if (captures != NULL) {
		captures->count = 0;
	}
	return strcmp(self->text, name) == 0;
}

static enum stage_status
add_bound(const struct stage_pattern *self,
	const struct stage_captures *captures, struct stage_str *out)
{
	if (!self->needs_captures) {
		return stage_str_add(out, self->text);
	}
	return self->match == STAGE_PATCH_GLOB
		       ? stage_glob_add_bound(out, self->text, captures)
		       : stage_regex_add_bound(out, self->text, captures);
}

enum stage_status
stage_pattern_bind(const struct stage_pattern *self,
	const struct stage_captures *captures, struct stage_pattern **out,
	struct stage_err *err)
{
	struct stage_str text = {0};
	struct stage_patch_end end = {.match = self->match};
	enum stage_status status = add_bound(self, captures, &text);

	*out = NULL;
	if (status == STAGE_OK) {
		end.text = stage_str_take(&text);
	}
	stage_str_finish(&text);
	if (end.text == NULL) {
		return no_memory(err);
	}
	status = stage_pattern_create(&end, NULL, out, err);
	free(end.text);
	return status;
}

static enum stage_status
joins_bound(const struct stage_pattern *to,
	const struct stage_captures *captures, const char *name, bool *out,
	struct stage_err *err)
{
	struct stage_pattern *bound = NULL;
	enum stage_status status =
		stage_pattern_bind(to, captures, &bound, err);

	if (bound != NULL) {
		*out = stage_pattern_matches(bound, name, NULL);
	}
	stage_pattern_destroy(bound);
	return status;
}

enum stage_status
stage_pattern_joins(const struct stage_pattern *from,
	const struct stage_pattern *to, const char *from_name,
	const char *to_name, bool *out, struct stage_err *err)
{
	struct stage_captures captures;

	*out = false;
	if (!stage_pattern_matches(from, from_name, &captures)) {
		return STAGE_OK;
	}
	if (to->needs_captures) {
		return joins_bound(to, &captures, to_name, out, err);
	}
	*out = stage_pattern_matches(to, to_name, NULL);
	return STAGE_OK;
}
