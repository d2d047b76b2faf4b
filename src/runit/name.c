/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/name.h"

#include <stdbool.h>
#include <string.h>

#include "base/str.h"

#define IS_TRAIL(c) (((c)&0xc0) == 0x80)

// How many bytes the UTF-8 character at s has, 0 if it is none.
static size_t
utf8_len(const unsigned char *s)
{
	if (s[0] < 0x80) {
		return 1;
	}
	if (s[0] >= 0xc2 && s[0] <= 0xdf && IS_TRAIL(s[1])) {
		return 2;
	}
	if (s[0] >= 0xe0 && s[0] <= 0xef && IS_TRAIL(s[1]) && IS_TRAIL(s[2])) {
		bool is_overlong = s[0] == 0xe0 && s[1] < 0xa0;
		bool is_surrogate = s[0] == 0xed && s[1] > 0x9f;
		return is_overlong || is_surrogate ? 0 : 3;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4 && IS_TRAIL(s[1]) && IS_TRAIL(s[2]) &&
		IS_TRAIL(s[3])) {
		bool is_overlong = s[0] == 0xf0 && s[1] < 0x90;
		bool is_beyond = s[0] == 0xf4 && s[1] > 0x8f;
		return is_overlong || is_beyond ? 0 : 4;
	}
	return 0;
}

static const char *
find_fault(const char *name)
{
	const unsigned char *at = (const unsigned char *)name;

	if (strlen(name) > STAGE_RUNIT_NAME_MAX) {
		return "the name is longer than 200 bytes";
	}
	while (*at != '\0') {
		size_t len = utf8_len(at);
		if (len == 0) {
			return "the name is not UTF-8";
		}
		if (*at < 0x20 || *at == 0x7f || *at == '/') {
			return "the name has a newline, a slash or another "
			       "control character";
		}
		at += len;
	}
	return NULL;
}

enum stage_runit_name_kind
stage_runit_name_judge(const char *name)
{
	if (name[0] == '\0' || name[0] == '.') {
		return STAGE_RUNIT_NAME_HIDDEN;
	}
	if (stage_ends_with(name, STAGE_RUNIT_DISABLED_END)) {
		return STAGE_RUNIT_NAME_DISABLED;
	}
	return find_fault(name) == NULL ? STAGE_RUNIT_NAME_SERVICE
					: STAGE_RUNIT_NAME_UNUSABLE;
}

const char *
stage_runit_name_fault(const char *name)
{
	switch (stage_runit_name_judge(name)) {
	case STAGE_RUNIT_NAME_HIDDEN:
		return "the name is empty or begins with a dot";
	case STAGE_RUNIT_NAME_DISABLED:
		return "the name ends with " STAGE_RUNIT_DISABLED_END;
	case STAGE_RUNIT_NAME_UNUSABLE:
		return find_fault(name);
	case STAGE_RUNIT_NAME_SERVICE:
	case STAGE_RUNIT_NAME_KIND_COUNT:
		break;
	}
	return "";
}
