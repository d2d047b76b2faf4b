/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "osc/write.h"

#define STEPS_MAX 20000

// The same by trying one way after the other, as long as that takes no more
// than STEPS_MAX.
static bool try(const char *pattern, const char *address, unsigned *steps);

static bool
try_star(const char *pattern, const char *address, unsigned *steps)
{
	while (!try(pattern + 1, address, steps)) {
		if (*address == '\0' || *address == '/') {
			return false;
		}
		address++;
	}
	return true;
}

static bool
is_in_set(const char *set, const char *end, unsigned char byte)
{
	for (const char *at = set; at < end; at++) {
		if (at + 2 < end && at[1] == '-') {
			if ((unsigned char)at[0] <= byte &&
				byte <= (unsigned char)at[2]) {
				return true;
			}
			at += 2;
		} else if ((unsigned char)*at == byte) {
			return true;
		}
	}
	return false;
}

static bool
try_set(const char *pattern, const char *address, unsigned *steps)
{
	const char *end = strchr(pattern, ']');
	const char *slash = strchr(pattern, '/');
	bool is_not = pattern[1] == '!';

	if (end == NULL || (slash != NULL && slash < end) || *address == '\0' ||
		*address == '/' ||
		is_in_set(pattern + (is_not ? 2 : 1), end,
			(unsigned char)*address) == is_not) {
		return false;
	}
	return try(end + 1, address + 1, steps);
}

static bool
try_words(const char *pattern, const char *address, unsigned *steps)
{
	const char *end = strchr(pattern, '}');
	const char *slash = strchr(pattern, '/');

	if (end == NULL || (slash != NULL && slash < end)) {
		return false;
	}
	while (pattern != end) {
		size_t len = strcspn(pattern + 1, ",}");
		if (strncmp(pattern + 1, address, len) == 0 &&
			try(end + 1, address + len, steps)) {
			return true;
		}
		pattern += 1 + len;
	}
	return false;
}

static bool
try(const char *pattern, const char *address, unsigned *steps)
{
	if (++*steps > STEPS_MAX) {
		return false;
	}
	switch (*pattern) {
	case '\0':
		return *address == '\0';
	case '*':
		return try_star(pattern, address, steps);
	case '[':
		return try_set(pattern, address, steps);
	case '{':
		return try_words(pattern, address, steps);
	case '?':
		return *address != '\0' && *address != '/' &&
		       try(pattern + 1, address + 1, steps);
	default:
		return *address == *pattern &&
		       try(pattern + 1, address + 1, steps);
	}
}

// A pattern, a zero byte, an address.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *pattern = fuzz_copy(data, size);
	size_t len = strlen(pattern);
	char *address = fuzz_copy(data + (len < size ? len + 1 : len),
		len < size ? size - len - 1 : 0);
	bool matches = stage_osc_matches(pattern, address);
	bool is_same = strcmp(pattern, address) == 0;
	unsigned steps = 0;

	FUZZ_CHECK(stage_osc_matches(pattern, pattern));
	if (len > STAGE_OSC_MATCH_MAX ||
		strlen(address) > STAGE_OSC_MATCH_MAX) {
		FUZZ_CHECK(matches == is_same);
	} else {
		bool wanted = is_same || try(pattern, address, &steps);
		FUZZ_CHECK(steps > STEPS_MAX || matches == wanted);
	}
	free(address);
	free(pattern);
	return 0;
}
