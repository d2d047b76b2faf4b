/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/deed.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/attr.h"

static const char *const words[] = {
	[STAGE_DEED_UNSAID] = "",
	[STAGE_DEED_LOOKS] = "looks",
	[STAGE_DEED_PLAYS] = "plays",
	[STAGE_DEED_TURNS] = "turns",
	[STAGE_DEED_CHANGES] = "changes",
	[STAGE_DEED_LISTENS] = "listens",
};

static_assert(
	STAGE_COUNT_OF(words) == STAGE_DEED_COUNT, "every deed has a word");

const char *
stage_deed_word(enum stage_deed deed)
{
	return (size_t)deed < STAGE_COUNT_OF(words) ? words[deed] : words[0];
}

enum stage_deed
stage_deed_from_word(const char *word)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(words) && word != NULL; i++) {
		if (strcmp(words[i], word) == 0) {
			return (enum stage_deed)i;
		}
	}
	return STAGE_DEED_UNSAID;
}
