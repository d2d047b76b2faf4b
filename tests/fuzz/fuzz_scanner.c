/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "runit/scanner.h"

// The whole lines of a text that begin with a key: how many, and the last one's
// value, which is cut out of text.
static size_t
find_lines(char *text, const char *key, const char **value)
{
	size_t count = 0;
	char *end;

	for (; (end = strchr(text, '\n')) != NULL; text = end + 1) {
		if (strncmp(text, key, strlen(key)) == 0) {
			*end = '\0';
			*value = text + strlen(key);
			count++;
		}
	}
	return count;
}

// By the book, for a text without zero bytes: lines, looked at one by one.
static enum stage_runit_scanner_kind
judge(const uint8_t *data, size_t size)
{
	static const char first[] = "Name:\trunsvdir\n";
	char *text = fuzz_copy(data, size);
	char *copy = fuzz_copy(data, size);
	const char *state = "";
	const char *caught = "";
	bool is_one = strncmp(text, first, strlen(first)) == 0 &&
		      find_lines(text, "State:\t", &state) == 1 &&
		      find_lines(copy, "SigCgt:\t", &caught) == 1 &&
		      state[0] != '\0' && strchr("ZXx", state[0]) == NULL &&
		      strlen(caught) >= 1 && strlen(caught) <= 16 &&
		      strspn(caught, "0123456789abcdef") == strlen(caught);
	bool hears = is_one && (strtoull(caught, NULL, 16) & 0x2000) != 0;

	free(text);
	free(copy);
	return hears    ? STAGE_RUNIT_SCANNER_HEARS
	       : is_one ? STAGE_RUNIT_SCANNER_DEAF
			: STAGE_RUNIT_SCANNER_OTHER;
}

// A signal that is not caught kills: a text cut anywhere must not make us send
// one that the whole text would not have.
static void
check_cuts(const char *text, size_t size, enum stage_runit_scanner_kind whole)
{
	size_t step = size / 16 + 1;

	for (size_t len = 0; len < size; len += step) {
		FUZZ_CHECK(stage_runit_scanner_judge(text, len) !=
				   STAGE_RUNIT_SCANNER_HEARS ||
			   whole != STAGE_RUNIT_SCANNER_DEAF);
	}
}

static void
check_past_second(const uint8_t *data, size_t size)
{
	int64_t wall_ns;
	int64_t seen_s;
	int64_t past_s;

	if (size < sizeof(wall_ns) + sizeof(seen_s)) {
		return;
	}
	memcpy(&wall_ns, data, sizeof(wall_ns));
	memcpy(&seen_s, data + sizeof(wall_ns), sizeof(seen_s));
	past_s = stage_runit_scanner_past_second(wall_ns, seen_s);
	FUZZ_CHECK(past_s != seen_s);
	FUZZ_CHECK(wall_ns < 0 || past_s < wall_ns / 1000000000 - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum stage_runit_scanner_kind kind =
		stage_runit_scanner_judge((const char *)data, size);

	if (size == 0 || memchr(data, '\0', size) == NULL) {
		FUZZ_CHECK(kind == judge(data, size));
	}
	check_cuts((const char *)data, size, kind);
	check_past_second(data, size);
	return 0;
}
