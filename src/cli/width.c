/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/width.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

// Marks that are drawn over the character before them, and joiners.
static const struct range zero_width[] = {
	{0x0300, 0x036f},
	{0x0483, 0x0489},
	{0x0591, 0x05bd},
	{0x0610, 0x061a},
	{0x064b, 0x065f},
	{0x0900, 0x0902},
	{0x093c, 0x093c},
	{0x0941, 0x0948},
	{0x0e31, 0x0e31},
	{0x0e34, 0x0e3a},
	{0x0e47, 0x0e4e},
	{0x1ab0, 0x1aff},
	{0x1dc0, 0x1dff},
	{0x200b, 0x200d},
	{0x20d0, 0x20ff},
	{0xfe00, 0xfe0f},
	{0xfe20, 0xfe2f},
	{0xfeff, 0xfeff},
};

// Two columns: East Asian Width W and F, in the blocks that are in use.
static const struct range wide[] = {
	{0x1100, 0x115f},
	{0x231a, 0x231b},
	{0x23e9, 0x23ec},
	{0x2e80, 0x303e},
	{0x3041, 0x33ff},
	{0x3400, 0x4dbf},
	{0x4e00, 0x9fff},
	{0xa000, 0xa4cf},
	{0xa960, 0xa97f},
	{0xac00, 0xd7a3},
	{0xf900, 0xfaff},
	{0xfe30, 0xfe6f},
	{0xff00, 0xff60},
	{0xffe0, 0xffe6},
	{0x16fe0, 0x18aff},
	{0x1b000, 0x1b2ff},
	{0x1f300, 0x1f64f},
	{0x1f680, 0x1f6ff},
	{0x1f900, 0x1f9ff},
	{0x20000, 0x3fffd},
};

// C0 and C1 controls, and what reverses the text that follows.
static const struct range harmful[] = {
	{0x0000, 0x001f},
	{0x007f, 0x009f},
	{0x200e, 0x200f},
	{0x2028, 0x202e},
	{0x2066, 0x2069},
};

static bool
is_in(const struct range *ranges, size_t count, uint32_t c)
{
	for (size_t i = 0; i < count && c >= ranges[i].first; i++) {
		if (c <= ranges[i].last) {
			return true;
		}
	}
	return false;
}

static uint32_t
decode(const char *text, size_t bytes)
{
	static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t c = (unsigned char)text[0] & first_bits[bytes];

	for (size_t i = 1; i < bytes; i++) {
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	}
	return c;
}

static size_t
width_of_char(uint32_t c)
{
	if (is_in(zero_width, STAGE_COUNT_OF(zero_width), c)) {
		return 0;
	}
	return is_in(wide, STAGE_COUNT_OF(wide), c) ? 2 : 1;
}

enum stage_status
stage_width_clean(struct stage_str *out, const char *text, size_t len)
{
	enum stage_status status = STAGE_OK;

	for (size_t at = 0; at < len && status == STAGE_OK;) {
		size_t bytes = stage_utf8_char_bytes(text + at, len - at);
		if (text[at] == '\t') {
			status = stage_str_add(out, " ");
		} else if (bytes == 0 || is_in(harmful, STAGE_COUNT_OF(harmful),
						 decode(text + at, bytes))) {
			status = stage_str_add(out, "?");
		} else {
			status = stage_str_append(out, text + at, bytes);
		}
		at += bytes > 0 ? bytes : 1;
	}
	return status;
}

// Bytes and columns of the character at `text`.
static size_t
step(const char *text, size_t *columns)
{
	size_t bytes = stage_utf8_char_bytes(text, strlen(text));

	*columns = 1;
	if (bytes > 0) {
		*columns = width_of_char(decode(text, bytes));
	}
	return bytes > 0 ? bytes : 1;
}

size_t
stage_width_of(const char *text)
{
	size_t sum = 0;

	while (*text != '\0') {
		size_t columns;
		text += step(text, &columns);
		sum += columns;
	}
	return sum;
}

size_t
stage_width_fit(const char *text, size_t columns)
{
	size_t at = 0;
	size_t sum = 0;

	while (text[at] != '\0') {
		size_t more;
		size_t bytes = step(text + at, &more);
		if (sum + more > columns) {
			break;
		}
		sum += more;
		at += bytes;
	}
	return at;
}
