/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "osc/write.h"

// All places of the address up to which the pattern, as far as it was read, can
// reach: no input makes it try one way after the other.
struct places {
	bool has[STAGE_OSC_MATCH_MAX + 1];
};

struct matching {
	const char *address;
	size_t len;
	struct places now;
	struct places next; // behind the item that is being read
};

// Items of a pattern. Each gives where the next one begins, or NULL when it is
// none.

static const char *
read_star(struct matching *self, const char *at)
{
	bool is_within = false;

	for (size_t i = 0; i <= self->len; i++) {
		is_within = is_within || self->now.has[i];
		self->next.has[i] = is_within;
		is_within = is_within && self->address[i] != '/';
	}
	return at + 1;
}

static const char *
read_any(struct matching *self, const char *at)
{
	for (size_t i = 0; i < self->len; i++) {
		self->next.has[i + 1] =
			self->now.has[i] && self->address[i] != '/';
	}
	return at + 1;
}

static const char *
read_byte(struct matching *self, const char *at)
{
	for (size_t i = 0; i < self->len; i++) {
		self->next.has[i + 1] =
			self->now.has[i] && self->address[i] == *at;
	}
	return at + 1;
}

// The bytes between the brackets; a '-' at their end is one of them.
static bool
is_in(const char *set, const char *end, char byte)
{
	unsigned char wanted = (unsigned char)byte;

	while (set < end) {
		unsigned char low = (unsigned char)set[0];
		unsigned char high = low;
		if (end - set > 2 && set[1] == '-') {
			high = (unsigned char)set[2];
			set += 2;
		}
		if (low <= wanted && wanted <= high) {
			return true;
		}
		set++;
	}
	return false;
}

static const char *
read_set(struct matching *self, const char *at)
{
	const char *end = strchr(at, ']');
	bool is_negated = at[1] == '!';
	const char *set = at + (is_negated ? 2 : 1);

	if (end == NULL || memchr(at, '/', (size_t)(end - at)) != NULL) {
		return NULL;
	}
	for (size_t i = 0; i < self->len; i++) {
		char byte = self->address[i];
		self->next.has[i + 1] = self->now.has[i] && byte != '/' &&
					is_in(set, end, byte) != is_negated;
	}
	return end + 1;
}

static void
read_word(struct matching *self, const char *word, size_t len)
{
	for (size_t i = 0; i + len <= self->len; i++) {
		if (self->now.has[i] &&
			memcmp(self->address + i, word, len) == 0) {
			self->next.has[i + len] = true;
		}
	}
}

static const char *
read_words(struct matching *self, const char *at)
{
	const char *end = strchr(at, '}');

	if (end == NULL || memchr(at, '/', (size_t)(end - at)) != NULL) {
		return NULL;
	}
	while (at != end) {
		size_t len = strcspn(++at, ",}");
		read_word(self, at, len);
		at += len;
	}
	return end + 1;
}

static const char *
read_item(struct matching *self, const char *at)
{
	switch (*at) {
	case '*':
		return read_star(self, at);
	case '?':
		return read_any(self, at);
	case '[':
		return read_set(self, at);
	case '{':
		return read_words(self, at);
	default:
		return read_byte(self, at);
	}
}

static bool
match(struct matching *self, const char *at)
{
	self->now.has[0] = true;
	while (at != NULL && *at != '\0') {
		memset(&self->next, 0, self->len + 1);
		at = read_item(self, at);
		memcpy(&self->now, &self->next, self->len + 1);
	}
	return at != NULL && self->now.has[self->len];
}

bool
stage_osc_matches(const char *pattern, const char *address)
{
	struct matching matching = {.address = address};

	if (strcmp(pattern, address) == 0) {
		return true;
	}
	matching.len = strnlen(address, STAGE_OSC_MATCH_MAX + 1);
	return matching.len <= STAGE_OSC_MATCH_MAX &&
	       strnlen(pattern, STAGE_OSC_MATCH_MAX + 1) <=
		       STAGE_OSC_MATCH_MAX &&
	       match(&matching, pattern);
}
