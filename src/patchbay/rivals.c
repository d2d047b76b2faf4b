/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/rivals.h"

#include <string.h>

#include "base/attr.h"

const char *const stage_patch_rivals[] = {"aj-snapshot", "jack-matchmaker",
	"jack-plumbing", "jack_plumbing", "jackpatch", "ray-jackpatch", NULL};

_Static_assert(STAGE_COUNT_OF(stage_patch_rivals) <= STAGE_PATCH_RIVALS_MAX + 1,
	"each rival has its place");

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_called(const char *client, const char *name)
{
	size_t len = strlen(name);
	const char *rest = client + len;

	if (strncmp(client, name, len) != 0) {
		return false;
	}
	return rest[0] == '\0' || (rest[0] == '-' && is_digit(rest[1]) &&
					  is_digit(rest[2]) && rest[3] == '\0');
}

bool
stage_patch_rivals_note(
	struct stage_patch_rivals_seen *self, const char *client, bool is_there)
{
	for (size_t i = 0; stage_patch_rivals[i] != NULL; i++) {
		if (is_called(client, stage_patch_rivals[i])) {
			bool was_there = self->is_there[i];
			self->is_there[i] = is_there;
			return is_there && !was_there;
		}
	}
	return false;
}
