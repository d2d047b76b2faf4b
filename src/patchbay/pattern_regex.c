/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/pattern_regex.h"

#include <string.h>

#define COPY_COST 4
#define GROUPS_MAX (1 + STAGE_PATCH_CAPTURES_MAX) // the whole name first

// One pass over an expression that adds up what it costs to compile.
struct survey {
	const char *at;
	bool has_references;
	size_t groups;
	size_t depth;
	size_t total[1 + STAGE_REGEX_DEPTH_MAX]; // of each open group
	size_t last;      // items in what a repetition would repeat
	bool is_repeated; // it has one already
	struct stage_err *err;
};

static bool
is_reference(const char *at)
{
	return at[0] == '\\' && at[1] >= '1' && at[1] <= '9';
}

// Behind "[.x.]", "[=x=]" or "[:x:]" at `at`, or NULL when it has no end.
static const char *
skip_class(const char *at)
{
	const char end[] = {at[1], ']', '\0'};
	const char *found = strstr(at + 2, end);

	return found == NULL ? NULL : found + 2;
}

// Behind the bracket expression at `at`, or NULL when it has no end.
static const char *
skip_bracket(const char *at)
{
	at++;
	if (*at == '^') {
		at++;
	}
	if (*at == ']') {
		at++;
	}
	while (at != NULL && *at != '\0' && *at != ']') {
		if (*at == '[' && at[1] != '\0' && strchr(".=:", at[1])) {
			at = skip_class(at);
		} else {
			at++;
		}
	}
	return at == NULL || *at == '\0' ? NULL : at + 1;
}

// Behind what stands at `at`: a bracket expression, an escape, or one byte.
static const char *
skip_item(const char *at)
{
	const char *end = NULL;

	if (*at == '[') {
		end = skip_bracket(at);
	} else if (*at == '\\' && at[1] != '\0') {
		end = at + 2;
	}
	return end == NULL ? at + 1 : end;
}

static enum stage_status
refuse(const struct survey *survey, const char *sentence)
{
	return stage_err_set(survey->err, STAGE_BAD_INPUT, "%s", sentence);
}

static enum stage_status
add_cost(struct survey *survey, size_t cost)
{
	size_t *total = &survey->total[survey->depth];

	*total += cost;
	if (*total > STAGE_REGEX_COST_MAX) {
		return refuse(survey, "this regular expression is too big, "
				      "with all that it repeats");
	}
	return STAGE_OK;
}

static enum stage_status
add_item(struct survey *survey, size_t cost)
{
	survey->last = cost;
	survey->is_repeated = false;
	return add_cost(survey, cost);
}

// Copies of what may match nothing are dear: compiling takes the cube of them.
static enum stage_status
repeat(struct survey *survey, size_t times)
{
	size_t before = survey->last;

	if (survey->is_repeated) {
		return refuse(survey,
			"this regular expression says twice in a row how often "
			"something is repeated");
	}
	survey->is_repeated = true;
	if (times < 2) {
		return STAGE_OK;
	}
	survey->last *= times;
	return add_cost(survey, (survey->last - before) * COPY_COST);
}

static enum stage_status
open_group(struct survey *survey)
{
	if (survey->depth == STAGE_REGEX_DEPTH_MAX) {
		return refuse(survey, "this regular expression has too many "
				      "parentheses inside each other");
	}
	survey->groups++;
	survey->depth++;
	survey->total[survey->depth] = 1;
	survey->last = 0;
	survey->is_repeated = false;
	survey->at++;
	return STAGE_OK;
}

static enum stage_status
close_group(struct survey *survey)
{
	if (survey->depth == 0) {
		return refuse(survey,
			"this regular expression closes a parenthesis that it "
			"has not opened; write \\) for one that is meant");
	}
	survey->at++;
	survey->depth--;
	return add_item(survey, survey->total[survey->depth + 1]);
}

// A number of an interval, at most one more than what is allowed.
static size_t
read_number(struct survey *survey)
{
	size_t number = 0;

	while (*survey->at >= '0' && *survey->at <= '9') {
		number = number * 10 + (size_t)(*survey->at - '0');
		if (number > STAGE_REGEX_REPEAT_MAX) {
			number = STAGE_REGEX_REPEAT_MAX + 1;
		}
		survey->at++;
	}
	return number;
}

// "{2}", "{2,}", "{2,5}", "{,5}"
static enum stage_status
read_interval(struct survey *survey)
{
	size_t least;
	size_t most;

	survey->at++;
	least = read_number(survey);
	most = least;
	if (*survey->at == ',') {
		survey->at++;
		most = *survey->at == '}' ? least + 1 : read_number(survey);
	}
	if (*survey->at != '}') {
		return refuse(survey,
			"this regular expression opens a brace for something "
			"else than how often; write \\{ for one that is meant");
	}
	survey->at++;
	if (least > STAGE_REGEX_REPEAT_MAX || most > STAGE_REGEX_REPEAT_MAX) {
		return refuse(survey, "this regular expression repeats "
				      "something more than 255 times");
	}
	return repeat(survey, least > most ? least : most);
}

static enum stage_status
read_escape(struct survey *survey)
{
	bool is_taken = is_reference(survey->at);

	if (is_taken && !survey->has_references) {
		return refuse(survey,
			"a back-reference like \\1 has no meaning here");
	}
	survey->at = skip_item(survey->at);
	return add_item(survey, is_taken ? 0 : 1);
}

static enum stage_status
read_item(struct survey *survey)
{
	switch (*survey->at) {
	case '(':
		return open_group(survey);
	case ')':
		return close_group(survey);
	case '{':
		return read_interval(survey);
	case '\\':
		return read_escape(survey);
	case '+':
		survey->at++;
		return repeat(survey, 2);
	case '*':
	case '?':
		survey->at++;
		return repeat(survey, 1);
	default:
		survey->at = skip_item(survey->at);
		return add_item(survey, 1);
	}
}

enum stage_status
stage_regex_check(const char *text, bool has_references, size_t *groups,
	struct stage_err *err)
{
	struct survey survey = {
		.at = text, .has_references = has_references, .err = err};
	enum stage_status status = STAGE_OK;

	if (strlen(text) > STAGE_REGEX_TEXT_MAX) {
		return refuse(&survey, "this regular expression is longer than "
				       "2047 bytes");
	}
	while (status == STAGE_OK && *survey.at != '\0') {
		status = read_item(&survey);
	}
	if (status == STAGE_OK && survey.depth > 0) {
		return refuse(&survey, "this regular expression does not close "
				       "a parenthesis; write \\( for one that "
				       "is meant");
	}
	if (status == STAGE_OK && groups != NULL) {
		*groups = survey.groups;
	}
	return status;
}

static enum stage_status
fail(int code, const regex_t *compiled, struct stage_err *err)
{
	char reason[128];

	if (code == REG_ESPACE) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for a regular expression");
	}
	regerror(code, compiled, reason, sizeof(reason));
	return stage_err_set(err, STAGE_BAD_INPUT,
		"this is not a regular expression: %s", reason);
}

enum stage_status
stage_regex_init(
	struct stage_regex *self, const char *text, struct stage_err *err)
{
	enum stage_status status = stage_regex_check(text, false, NULL, err);
	locale_t before;
	int code;

	if (status != STAGE_OK) {
		return status;
	}
	self->locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (self->locale == (locale_t)0) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for a regular expression");
	}
	before = uselocale(self->locale);
	code = regcomp(&self->compiled, text, REG_EXTENDED);
	if (code != 0) {
		status = fail(code, &self->compiled, err);
	}
	uselocale(before);
	if (status != STAGE_OK) {
		freelocale(self->locale);
	}
	return status;
}

void
stage_regex_finish(struct stage_regex *self)
{
	regfree(&self->compiled);
	freelocale(self->locale);
}

static void
keep_captures(const regmatch_t *matches, size_t groups, const char *name,
	struct stage_captures *out)
{
	out->count = groups < STAGE_PATCH_CAPTURES_MAX
			     ? groups
			     : STAGE_PATCH_CAPTURES_MAX;
	for (size_t i = 0; i < out->count; i++) {
		const regmatch_t *match = &matches[i + 1];
		bool has_part = match->rm_so >= 0;
		out->at[i].text = has_part ? name + match->rm_so : name;
		out->at[i].len =
			has_part ? (size_t)(match->rm_eo - match->rm_so) : 0;
	}
}

bool
stage_regex_match(const struct stage_regex *self, const char *name,
	struct stage_captures *out)
{
	regmatch_t matches[GROUPS_MAX];
	locale_t before = uselocale(self->locale);
	// Of all that match, POSIX wants the first and of these the longest:
	// when any is the whole name, this one is.
	bool is_match =
		regexec(&self->compiled, name, GROUPS_MAX, matches, 0) == 0 &&
		matches[0].rm_so == 0 &&
		(size_t)matches[0].rm_eo == strlen(name);

	uselocale(before);
	if (is_match && out != NULL) {
		keep_captures(matches, self->compiled.re_nsub, name, out);
	}
	return is_match;
}

unsigned
stage_regex_reference(const char *text)
{
	unsigned highest = 0;

	for (; *text != '\0'; text = skip_item(text)) {
		if (is_reference(text) && (unsigned)(text[1] - '0') > highest) {
			highest = (unsigned)(text[1] - '0');
		}
	}
	return highest;
}

static enum stage_status
add_literal(struct stage_str *out, const struct stage_capture *capture)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < capture->len && status == STAGE_OK; i++) {
		if (strchr("\\^$.[]()|*+?{}", capture->text[i]) != NULL) {
			status = stage_str_add(out, "\\");
		}
		if (status == STAGE_OK) {
			status = stage_str_append(out, capture->text + i, 1);
		}
	}
	return status;
}

// In parentheses where it is repeated: all of it is, not its last byte.
static enum stage_status
add_capture(struct stage_str *out, const struct stage_capture *capture,
	bool is_repeated)
{
	enum stage_status status = STAGE_OK;

	if (is_repeated) {
		status = stage_str_add(out, "(");
	}
	if (status == STAGE_OK) {
		status = add_literal(out, capture);
	}
	if (is_repeated && status == STAGE_OK) {
		status = stage_str_add(out, ")");
	}
	return status;
}

enum stage_status
stage_regex_add_bound(struct stage_str *out, const char *text,
	const struct stage_captures *captures)
{
	enum stage_status status = STAGE_OK;

	while (*text != '\0' && status == STAGE_OK) {
		static const struct stage_capture nothing = {"", 0};
		const char *next = skip_item(text);
		size_t number = (size_t)(text[1] - '0');
		if (!is_reference(text)) {
			status = stage_str_append(
				out, text, (size_t)(next - text));
		} else {
			status = add_capture(out,
				number > captures->count
					? &nothing
					: &captures->at[number - 1],
				*next != '\0' && strchr("*+?{", *next) != NULL);
		}
		text = next;
	}
	return status;
}
