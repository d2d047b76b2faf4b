/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Sets: [a-z\d] of Python and Qt, where a backslash escapes, as [0-9a-z] of
 * POSIX, where it is itself. */

#include <stdint.h>
#include <string.h>

#include "patchbay/format_regex.h"

#define SET_SIZE 128 // ASCII

static bool
is_in_class(char kind, int c)
{
	bool is_digit = c >= '0' && c <= '9';
	bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

	switch (kind) {
	case 'd':
		return is_digit;
	case 'w':
		return is_digit || is_letter || c == '_';
	default:
		return c == ' ' || (c >= '\t' && c <= '\r');
	}
}

bool
stage_patch_regex_add_class(char c, bool *set)
{
	char kind = (char)(c | 0x20);

	if (c == '\0' || strchr("dwsDWS", c) == NULL) {
		return false;
	}
	for (int i = 1; i < SET_SIZE; i++) {
		if (is_in_class(kind, i) == (kind == c)) {
			set[i] = true;
		}
	}
	return true;
}

// A member that is one character, at text[*at]; 0: none, or not ASCII.
static int
single(const char *text, size_t len, size_t *at)
{
	static const char escapes[] = "t\tn\nr\rf\fv\v";
	const char *escape;
	char c = text[*at];

	if (c == '\\') {
		if (*at + 1 >= len) {
			return 0;
		}
		(*at)++;
		c = text[*at];
		for (escape = escapes; *escape != '\0'; escape += 2) {
			if (*escape == c) {
				c = escape[1];
				break;
			}
		}
		if (*escape == '\0' &&
			((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				(c >= '0' && c <= '9'))) {
			return 0;
		}
	}
	(*at)++;
	return (unsigned char)c < SET_SIZE ? c : 0;
}

static bool
member(const char *text, size_t len, size_t *at, bool *set)
{
	int first;
	int last;

	if (text[*at] == '\\' && *at + 1 < len &&
		stage_patch_regex_add_class(text[*at + 1], set)) {
		*at += 2;
		return true;
	}
	first = single(text, len, at);
	last = first;
	if (*at + 1 < len && text[*at] == '-' && text[*at + 1] != ']') {
		(*at)++;
		last = single(text, len, at);
	}
	if (first == 0 || last < first) {
		return false;
	}
	for (int i = first; i <= last; i++) {
		set[i] = true;
	}
	return true;
}

static bool
is_apart(int c)
{
	return c == ']' || c == '[' || c == '^' || c == '-';
}

// Runs of characters, without those that mean something in brackets.
static enum stage_status
add_runs(const bool *set, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	for (int i = 1; i < SET_SIZE && status == STAGE_OK; i++) {
		int end = i;
		if (!set[i] || is_apart(i)) {
			continue;
		}
		while (end + 1 < SET_SIZE && set[end + 1] &&
			!is_apart(end + 1)) {
			end++;
		}
		status = end - i < 2 ? stage_str_addf(out, "%c", i)
				     : stage_str_addf(out, "%c-%c", i, end);
		i = end - i < 2 ? i : end;
	}
	return status;
}

static size_t
count(const bool *set)
{
	size_t found = 0;

	for (int i = 1; i < SET_SIZE; i++) {
		found += set[i];
	}
	return found;
}

// In an order in which each is itself: "]" first, "^" not first, "-" last.
enum stage_status
stage_patch_regex_write_set(const bool *set, bool is_negated,
	struct stage_str *out, const char **fault)
{
	struct stage_str body = {0};
	size_t members = count(set);
	enum stage_status status = STAGE_OK;
	bool is_turned; // "-^": nothing else could stand before the "^"

	if (members == 0) {
		*fault = "a set that holds no character";
		return STAGE_BAD_INPUT;
	}
	if (members == 1 && set['^'] && !is_negated) {
		return stage_str_add(out, "\\^");
	}
	is_turned = members == 2 && set['^'] && set['-'];
	if (set[']']) {
		status = stage_str_add(&body, "]");
	}
	if (status == STAGE_OK) {
		status = add_runs(set, &body);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(&body, "%s%s%s%s", set['['] ? "[" : "",
			is_turned ? "-" : "", set['^'] ? "^" : "",
			set['-'] && !is_turned ? "-" : "");
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "[%s%s]", is_negated ? "^" : "",
			stage_str_text(&body));
	}
	stage_str_finish(&body);
	return status;
}

enum stage_status
stage_patch_regex_set(const char *text, size_t len, size_t *at,
	struct stage_str *out, const char **fault)
{
	bool set[SET_SIZE] = {false};
	bool is_negated = false;
	bool is_first = true;

	(*at)++;
	if (*at < len && text[*at] == '^') {
		is_negated = true;
		(*at)++;
	}
	while (*at < len && (text[*at] != ']' || is_first)) {
		if (!member(text, len, at, set)) {
			*fault = "a set with something in it that is not known "
				 "here";
			return STAGE_BAD_INPUT;
		}
		is_first = false;
	}
	if (*at >= len) {
		*fault = "a set that has no end";
		return STAGE_BAD_INPUT;
	}
	(*at)++;
	return stage_patch_regex_write_set(set, is_negated, out, fault);
}
