/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* jack-plumbing's rules: (connect "LEFT" "RIGHT") and the like, one a line.
 * LEFT and RIGHT are extended regular expressions over whole names; \1 in RIGHT
 * is what the first group of LEFT matched. A quote cannot be escaped. */

#include <string.h>

#include "patchbay/format_build.h"
#include "patchbay/format_list.h"

static const struct {
	const char *word;
	enum stage_patch_policy policy;
} rules[] = {
	{"connect", STAGE_PATCH_WANT},
	{"also-connect", STAGE_PATCH_ALSO},
	{"connect-exclusive", STAGE_PATCH_ONLY},
	{"disconnect", STAGE_PATCH_FORBID},
};

struct rule {
	enum stage_patch_policy policy;
	const char *left; // borrowed, not terminated
	size_t left_len;
	const char *right;
	size_t right_len;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void
skip_blanks(const char **at, const char *end)
{
	while (*at < end && is_blank(**at)) {
		(*at)++;
	}
}

static bool
read_word(const char **at, const char *end, enum stage_patch_policy *policy)
{
	const char *start = *at;

	while (*at < end && !is_blank(**at) && **at != '"') {
		(*at)++;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(rules); i++) {
		if (strlen(rules[i].word) == (size_t)(*at - start) &&
			memcmp(rules[i].word, start, (size_t)(*at - start)) ==
				0) {
			*policy = rules[i].policy;
			return true;
		}
	}
	return false;
}

static bool
read_quoted(const char **at, const char *end, const char **text, size_t *len)
{
	const char *quote;

	skip_blanks(at, end);
	if (*at == end || **at != '"') {
		return false;
	}
	(*at)++;
	quote = memchr(*at, '"', (size_t)(end - *at));
	if (quote == NULL || quote == *at) {
		return false;
	}
	*text = *at;
	*len = (size_t)(quote - *at);
	*at = quote + 1;
	return memchr(*text, '\0', *len) == NULL;
}

// NULL, or what is wrong; *at is then where.
static const char *
read_rule(const char **at, const char *end, struct rule *out)
{
	if (**at != '(') {
		return "a rule begins with (";
	}
	(*at)++;
	skip_blanks(at, end);
	if (!read_word(at, end, &out->policy)) {
		return "there is no such rule; there are connect, "
		       "also-connect, connect-exclusive and disconnect";
	}
	if (!read_quoted(at, end, &out->left, &out->left_len) ||
		!read_quoted(at, end, &out->right, &out->right_len)) {
		return "here a pattern in double quotes is missing";
	}
	skip_blanks(at, end);
	if (*at == end || **at != ')') {
		return "here a ) is missing";
	}
	return NULL;
}

// An expression that is anchored anyway; a name when nothing in it is special.
static enum stage_status
make_end(const char *text, size_t len, struct stage_str *copy,
	struct stage_patch_end *out)
{
	enum stage_status status = stage_str_append(copy, text, len);

	out->text = copy->data;
	out->match = copy->data != NULL && strpbrk(copy->data,
						   ".[]\\()*+?{}|^$") == NULL
			     ? STAGE_PATCH_LITERAL
			     : STAGE_PATCH_REGEX;
	return status;
}

static enum stage_status
add_rule(struct stage_patch_build *build, const struct rule *rule,
	struct stage_patch_spot spot, struct stage_err *err)
{
	struct stage_patch_statement statement = {
		.policy = rule->policy, .system = STAGE_PATCH_JACK};
	struct stage_str left = {0};
	struct stage_str right = {0};
	enum stage_status status =
		make_end(rule->left, rule->left_len, &left, &statement.from);

	if (status == STAGE_OK) {
		status = make_end(
			rule->right, rule->right_len, &right, &statement.to);
	}
	if (status == STAGE_OK) {
		status = stage_patch_build_add(build, &statement, spot, err);
	}
	stage_str_finish(&left);
	stage_str_finish(&right);
	return status;
}

static enum stage_status
read_line(struct stage_patch_build *build,
	const struct stage_patch_lines *lines, bool *has_policy,
	struct stage_err *err)
{
	size_t len = lines->len;
	const char *text = stage_patch_trim(lines->text, &len);
	const char *at = text;
	const char *fault;
	struct rule rule = {0};

	if (len == 0 || *text == ';') {
		return STAGE_OK;
	}
	fault = read_rule(&at, text + len, &rule);
	if (fault != NULL) {
		return stage_patch_build_refuse(err, build->file,
			stage_patch_spot_in_line(lines->number, lines->text,
				(size_t)(at - lines->text)),
			"%s", fault);
	}
	has_policy[rule.policy] = true;
	return add_rule(build, &rule,
		stage_patch_spot_in_line(lines->number, lines->text,
			(size_t)(text - lines->text)),
		err);
}

static enum stage_status
tell(struct stage_patch_build *build, const bool *has_policy)
{
	const struct stage_patch_spot nowhere = {0};
	enum stage_status status = STAGE_OK;

	if (has_policy[STAGE_PATCH_ONLY]) {
		status = stage_patch_build_tell(build, nowhere,
			"connect-exclusive also disconnects its source from "
			"everything else; that is not taken over");
	}
	if (status == STAGE_OK && has_policy[STAGE_PATCH_FORBID]) {
		status = stage_patch_build_tell(build, nowhere,
			"disconnect became forbid, which is stronger: it also "
			"holds against the connect rules of this file");
	}
	return status;
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct stage_patch_lines lines = {
		.rest = input->bytes, .left = input->len};
	bool has_policy[STAGE_PATCH_POLICY_COUNT] = {false};
	enum stage_status status = STAGE_OK;

	build->out->speaks_of[STAGE_PATCH_JACK] = true;
	while (status == STAGE_OK && stage_patch_lines_next(&lines)) {
		status = read_line(build, &lines, has_policy, err);
	}
	return status == STAGE_OK ? tell(build, has_policy) : status;
}

static bool
recognise(const char *bytes, size_t len)
{
	struct stage_patch_lines lines = {.rest = bytes, .left = len};

	while (stage_patch_lines_next(&lines)) {
		size_t text_len = lines.len;
		const char *text = stage_patch_trim(lines.text, &text_len);
		const char *at = text + 1;
		enum stage_patch_policy policy;
		if (text_len == 0 || *text == ';') {
			continue;
		}
		if (*text != '(') {
			return false;
		}
		skip_blanks(&at, text + text_len);
		return read_word(&at, text + text_len, &policy);
	}
	return false;
}

const struct stage_patch_format stage_patch_format_plumbing = {
	.name = "jack-plumbing",
	.summary = "rules of jack-plumbing",
	.recognise = recognise,
	.import_list = import_list,
};
