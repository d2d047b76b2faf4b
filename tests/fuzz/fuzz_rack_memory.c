/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/page.h"
#include "rack/recall.h"

static void
check(const struct stage_rack_memory *memory)
{
	for (size_t i = 0; i < memory->value_count; i++) {
		FUZZ_CHECK(isfinite(memory->values[i].value));
		FUZZ_CHECK(strlen(memory->values[i].symbol) <
			   STAGE_RACK_SYMBOL_MAX);
	}
}

// What was read is written, and read again as the same text.
static void
check_again(const struct stage_rack_memory *memory)
{
	struct stage_rack_memory again;
	struct stage_str first = {0};
	struct stage_str second = {0};
	struct stage_err err = STAGE_ERR_INIT;

	FUZZ_CHECK(stage_rack_memory_write(memory, &first) == STAGE_OK);
	FUZZ_CHECK(stage_rack_memory_parse(stage_str_text(&first), first.len,
			   "f", &again, &err) == STAGE_OK);
	FUZZ_CHECK(stage_rack_memory_write(&again, &second) == STAGE_OK);
	FUZZ_CHECK(
		strcmp(stage_str_text(&first), stage_str_text(&second)) == 0);
	stage_rack_memory_finish(&again);
	stage_str_finish(&first);
	stage_str_finish(&second);
}

// The same bytes as a checkpoint and as a page.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_rack_memory memory;
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_rack_memory_parse(text, size, "f", &memory, &err);

	fuzz_check_place(status, &err, "f");
	if (status == STAGE_OK) {
		check(&memory);
		check_again(&memory);
		stage_rack_memory_finish(&memory);
	}
	err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_rack_page_read(data, size, &memory, &err);
	fuzz_check_err(status, &err);
	if (status == STAGE_OK) {
		check(&memory);
		FUZZ_CHECK(memory.wet >= 0 && memory.wet <= 1);
		stage_rack_memory_finish(&memory);
	}
	free(text);
	return 0;
}
