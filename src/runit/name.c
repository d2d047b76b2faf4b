/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/name.h"

#include <string.h>

#include "base/str.h"
#include "base/utf8.h"

static const char *
find_fault(const char *name)
{
	size_t left = strlen(name);

	if (left > STAGE_RUNIT_NAME_MAX) {
		return "the name is longer than 200 bytes";
	}
	while (left > 0) {
		size_t len = stage_utf8_char_bytes(name, left);
		unsigned char first = (unsigned char)*name;
		if (len == 0) {
			return "the name is not UTF-8";
		}
		if (first < 0x20 || first == 0x7f || first == '/') {
			return "the name has a newline, a slash or another "
			       "control character";
		}
		name += len;
		left -= len;
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
