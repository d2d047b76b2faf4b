/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/pattern.h"
#include "patchbay/pattern_glob.h"

#define SLOW_MAX 64 // bytes that the plain matcher is given
#define NAME_MAX_BYTES 511
#define INPUT_MAX 4096

static bool
is_special(char c)
{
	return c == '*' || c == '?' || c == '\\';
}

// The same as stage_glob_match, by the book: recursive, exponential.
static bool
matches(const char *glob, const char *name, struct stage_captures *out,
	size_t index)
{
	const char *end = name;

	if (*glob == '\0') {
		return *name == '\0';
	}
	if (*glob == '*') {
		for (; !matches(glob + 1, end, out, index + 1); end++) {
			if (*end == '\0') {
				return false;
			}
		}
	} else if (*name == '\0') {
		return false;
	} else if (*glob == '?') {
		do {
			end++;
		} while (((unsigned char)*end & 0xc0) == 0x80);
		if (!matches(glob + 1, end, out, index + 1)) {
			return false;
		}
	} else {
		glob += *glob == '\\' && is_special(glob[1]);
		return *glob == *name &&
		       matches(glob + 1, name + 1, out, index);
	}
	if (index < STAGE_PATCH_CAPTURES_MAX) {
		out->at[index].text = name;
		out->at[index].len = (size_t)(end - name);
	}
	return true;
}

static size_t
count_stars(const char *glob)
{
	size_t count = 0;

	for (; *glob != '\0'; glob++) {
		count += *glob == '*';
	}
	return count;
}

static void
check_glob(const char *glob, const char *name)
{
	struct stage_captures got;
	struct stage_captures want;
	size_t wildcards = stage_glob_wildcards(glob, strlen(glob));
	bool is_match = stage_glob_match(glob, name, &got);

	FUZZ_CHECK(is_match == stage_glob_match(glob, name, NULL));
	if (strlen(glob) + strlen(name) >= SLOW_MAX || count_stars(glob) > 3) {
		return;
	}
	FUZZ_CHECK(is_match == matches(glob, name, &want, 0));
	if (!is_match) {
		return;
	}
	FUZZ_CHECK(got.count == (wildcards < STAGE_PATCH_CAPTURES_MAX
						? wildcards
						: STAGE_PATCH_CAPTURES_MAX));
	for (size_t i = 0; i < got.count; i++) {
		FUZZ_CHECK(got.at[i].text == want.at[i].text ||
			   got.at[i].len == 0);
		FUZZ_CHECK(got.at[i].len == want.at[i].len);
	}
}

// Escaped, a name is a glob that only it matches; and so is a glob that refers
// to all of it.
static void
check_escapes(const char *name)
{
	static const struct stage_captures none = {.count = 0};
	struct stage_captures all = {.count = 1};
	struct stage_str glob = {0};
	struct stage_str bound = {0};
	struct stage_str back = {0};

	all.at[0].text = name;
	all.at[0].len = strlen(name);
	FUZZ_CHECK(
		stage_glob_add_escaped(&glob, name, strlen(name)) == STAGE_OK);
	FUZZ_CHECK(stage_glob_wildcards(stage_str_text(&glob), glob.len) == 0);
	FUZZ_CHECK(stage_glob_match(stage_str_text(&glob), name, NULL));
	FUZZ_CHECK(stage_glob_add_literal(
			   &back, stage_str_text(&glob), glob.len) == STAGE_OK);
	FUZZ_CHECK(strcmp(stage_str_text(&back), name) == 0);
	FUZZ_CHECK(stage_glob_add_bound(&bound, "\\1\\2", &all) == STAGE_OK);
	FUZZ_CHECK(strcmp(stage_str_text(&bound), stage_str_text(&glob)) == 0);
	stage_str_clear(&bound);
	FUZZ_CHECK(stage_glob_add_bound(&bound, name, &none) == STAGE_OK);
	stage_str_finish(&bound);
	stage_str_finish(&back);
	stage_str_finish(&glob);
}

static struct stage_pattern *
create(enum stage_patch_match match, char *text,
	const struct stage_pattern *from)
{
	struct stage_patch_end end = {text, match};
	struct stage_pattern *self = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_pattern_create(&end, from, &self, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK((status == STAGE_OK) == (self != NULL));
	return self;
}

static void
check_captures(const struct stage_captures *captures, const char *name)
{
	FUZZ_CHECK(captures->count <= STAGE_PATCH_CAPTURES_MAX);
	for (size_t i = 0; i < captures->count; i++) {
		const struct stage_capture *at = &captures->at[i];
		FUZZ_CHECK(at->text >= name &&
			   at->text + at->len <= name + strlen(name));
	}
}

static void
check_pair(const struct stage_pattern *from, const struct stage_pattern *to,
	const char *name)
{
	struct stage_captures captures;
	struct stage_err err = STAGE_ERR_INIT;
	bool joins = false;

	if (stage_pattern_matches(from, name, &captures)) {
		check_captures(&captures, name);
		FUZZ_CHECK(captures.count == stage_pattern_capture_count(from));
	}
	fuzz_check_err(
		stage_pattern_joins(from, to, name, name, &joins, &err), &err);
}

// The input is the kinds of two ends, their texts, and a name, with zero bytes
// between the texts.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char texts[3][INPUT_MAX + 1] = {"", "", ""};
	struct stage_pattern *from;
	struct stage_pattern *to;
	size_t text = 0;
	size_t len = 0;

	if (size == 0 || size > INPUT_MAX) {
		return 0;
	}
	for (size_t i = 1; i < size && text < 3; i++) {
		texts[text][len] = (char)data[i];
		len = data[i] == '\0' ? 0 : len + 1;
		text += data[i] == '\0';
	}
	texts[2][NAME_MAX_BYTES] = '\0';
	check_glob(texts[0], texts[2]);
	check_escapes(texts[2]);
	from = create(data[0] % STAGE_PATCH_MATCH_COUNT, texts[0], NULL);
	to = create(data[0] / STAGE_PATCH_MATCH_COUNT % STAGE_PATCH_MATCH_COUNT,
		texts[1], from);
	if (from != NULL && to != NULL) {
		check_pair(from, to, texts[2]);
	}
	stage_pattern_destroy(to);
	stage_pattern_destroy(from);
	return 0;
}
