/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/expand.h"
#include "rig/needs.h"

#define TEXT_MAX 8192

static const char *const names[STAGE_NEEDS_FILE_COUNT] = {
	[STAGE_NEEDS_FILE_PROVIDES] = "provides",
	[STAGE_NEEDS_FILE_NEEDS] = "needs",
	[STAGE_NEEDS_FILE_READY] = "ready",
	[STAGE_NEEDS_FILE_STOP] = "stop",
};

// What was read can be written, read again, and is the same.
static void
check_need(const struct stage_need *need)
{
	struct stage_needs again = {0};
	char text[TEXT_MAX + 16];

	stage_need_text(need, text, sizeof(text));
	FUZZ_CHECK(stage_needs_add(&again, text, NULL) == STAGE_OK);
	FUZZ_CHECK(again.count == 1);
	FUZZ_CHECK(again.items[0].kind == need->kind);
	FUZZ_CHECK(strcmp(again.items[0].argument, need->argument) == 0);
	stage_needs_finish(&again);
}

// The first byte chooses the file.
static char *
variable(const char *name)
{
	static char value[] = "a *?\\:";

	return name[0] != 'X' ? value : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_needs needs = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (size == 0 || size > TEXT_MAX) {
		return 0;
	}
	status = stage_needs_parse(&needs,
		(enum stage_needs_file)(data[0] % STAGE_NEEDS_FILE_COUNT),
		(const char *)data + 1, size - 1, &err);
	fuzz_check_place(status, &err, names[data[0] % STAGE_NEEDS_FILE_COUNT]);
	FUZZ_CHECK(needs.ready < STAGE_READY_KIND_COUNT);
	FUZZ_CHECK((needs.ready_argument != NULL) ==
		   (needs.ready == STAGE_READY_PORT ||
			   needs.ready == STAGE_READY_FILE));
	FUZZ_CHECK(!needs.is_bound || stage_needs_use_jack(&needs));
	for (size_t i = 0; i < needs.count; i++) {
		check_need(&needs.items[i]);
	}
	status = stage_needs_expand(&needs, variable, NULL);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT);
	FUZZ_CHECK(needs.ready != STAGE_READY_PORT || status != STAGE_OK ||
		   strchr(needs.ready_argument, ':') != NULL ||
		   strcmp(needs.ready_argument, "*") == 0);
	stage_needs_finish(&needs);
	return 0;
}
