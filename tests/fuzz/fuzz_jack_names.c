/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "fuzz.h"
#include "jack/names.h"

#define SLOW_MAX 64 // bytes that the plain matcher is given

// The same as stage_jack_glob, by the book: recursive, exponential.
static bool
matches(const char *pattern, const char *text)
{
	if (*pattern == '\0') {
		return *text == '\0';
	}
	if (*pattern == '*') {
		return matches(pattern + 1, text) ||
		       (*text != '\0' && matches(pattern, text + 1));
	}
	if (*text == '\0') {
		return false;
	}
	if (*pattern == '?') {
		do {
			text++;
		} while (((unsigned char)*text & 0xc0) == 0x80);
		return matches(pattern + 1, text);
	}
	if (*pattern == '\\' && pattern[1] != '\0') {
		pattern++;
	}
	return *pattern == *text && matches(pattern + 1, text + 1);
}

static size_t
count_stars(const char *pattern)
{
	size_t count = 0;

	for (; *pattern != '\0'; pattern++) {
		count += *pattern == '*';
	}
	return count;
}

// The input is a pattern and a text, with a zero byte between them.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_jack_pattern parsed;
	char words[2048];
	const char *pattern = words;
	const char *text;
	bool is_match;

	if (size >= sizeof(words) - 1) {
		return 0;
	}
	memcpy(words, data, size);
	words[size] = '\0';
	words[size + 1] = '\0';
	text = words + strlen(words) + 1;
	is_match = stage_jack_glob(pattern, text);
	if (size < SLOW_MAX && count_stars(pattern) < 4) {
		FUZZ_CHECK(is_match == matches(pattern, text));
	}
	if (stage_jack_pattern_parse(pattern, &parsed, NULL) == STAGE_OK) {
		(void)stage_jack_pattern_matches(&parsed, text);
	}
	FUZZ_CHECK(stage_jack_name_check(pattern, NULL) != STAGE_OK ||
		   strlen(pattern) < STAGE_JACK_OWN_NAME_MAX);
	return 0;
}
