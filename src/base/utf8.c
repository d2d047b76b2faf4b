/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/utf8.h"

#include <stdbool.h>

#include "base/attr.h"

// The first byte decides the length and what the second byte may be; the table
// is the one of the Unicode standard ("Well-Formed UTF-8 Byte Sequences").
static const struct {
	unsigned char first, last; // of the first byte
	unsigned char second_min, second_max;
	unsigned char bytes;
} forms[] = {
	{0x00, 0x7f, 0x00, 0x00, 1},
	{0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3},
	{0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3},
	{0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4},
	{0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool
is_continuation(unsigned char byte)
{
	return (byte & 0xc0) == 0x80;
}

size_t
stage_utf8_char_bytes(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t i = 0;

	if (len == 0) {
		return 0;
	}
	while (i < STAGE_COUNT_OF(forms) && at[0] > forms[i].last) {
		i++;
	}
	if (i == STAGE_COUNT_OF(forms) || at[0] < forms[i].first ||
		len < forms[i].bytes) {
		return 0;
	}
	if (forms[i].bytes > 1 &&
		(at[1] < forms[i].second_min || at[1] > forms[i].second_max)) {
		return 0;
	}
	for (size_t k = 2; k < forms[i].bytes; k++) {
		if (!is_continuation(at[k])) {
			return 0;
		}
	}
	return forms[i].bytes;
}

// How many bytes a character is that begins with `lead`; 1 for all others.
static size_t
bytes_wanted(unsigned char lead)
{
	return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
}

size_t
stage_utf8_whole(const char *text, size_t len)
{
	const unsigned char *at = (const unsigned char *)text;
	size_t start = len;

	while (start > 0 && len - start < 3 && is_continuation(at[start - 1])) {
		start--;
	}
	if (start > 0 && bytes_wanted(at[start - 1]) > len - start + 1) {
		return start - 1;
	}
	return len;
}

size_t
stage_utf8_clip(const char *text, size_t len, size_t max_bytes)
{
	return len <= max_bytes ? len : stage_utf8_whole(text, max_bytes);
}

size_t
stage_utf8_control_bytes(const char *text, size_t len)
{
	size_t bytes = stage_utf8_char_bytes(text, len);
	unsigned char first = len > 0 ? (unsigned char)text[0] : 'x';

	if (bytes == 0) {
		return first >= 0x80 && first <= 0x9f;
	}
	if (bytes == 2 && first == 0xc2 && (unsigned char)text[1] <= 0x9f) {
		return 2;
	}
	return first < 0x20 || first == 0x7f;
}
