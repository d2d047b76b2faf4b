/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The first byte says what kind of statement; then words, parted by zero bytes.

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/operand.h"
#include "patchbay/patch_text.h"

static void
check_same(const struct stage_patch_statement *a,
	const struct stage_patch_statement *b)
{
	FUZZ_CHECK(a->policy == b->policy && a->system == b->system);
	FUZZ_CHECK(stage_patch_end_is_same(&a->from, &b->from));
	FUZZ_CHECK(stage_patch_end_is_same(&a->to, &b->to));
	FUZZ_CHECK(stage_patch_end_is_same(&a->except, &b->except));
}

// As a line of a patch file, with its date, it is read as what it is.
static void
check_line(const struct stage_patch_statement *statement)
{
	struct stage_patch_statement dated = *statement;
	struct stage_patch_list back = {0};
	struct stage_str line = {0};
	struct stage_err err = STAGE_ERR_INIT;

	dated.since_s = 1;
	FUZZ_CHECK(stage_patch_text_format_statement(&dated, true, &line) ==
		   STAGE_OK);
	FUZZ_CHECK(stage_patch_text_parse(stage_str_text(&line), line.len, "f",
			   &back, &err) == STAGE_OK);
	FUZZ_CHECK(back.count == 1 && back.mode_count == 0);
	check_same(statement, &back.items[0]);
	stage_patch_list_finish(&back);
	stage_str_finish(&line);
}

static void
check_operands(const struct stage_patch_operands *operands)
{
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_patch_operands_read(operands, &list, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT ||
		   status == STAGE_TOO_LONG);
	FUZZ_CHECK(list.count == (status == STAGE_OK));
	if (status == STAGE_OK) {
		FUZZ_CHECK(list.items[0].policy == operands->policy);
		FUZZ_CHECK((list.items[0].system == STAGE_PATCH_ALSA) ==
			   stage_starts_with(operands->from, "alsa:"));
		check_line(&list.items[0]);
	}
	stage_patch_list_finish(&list);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_words words;
	struct stage_patch_operands operands = {0};

	if (size == 0) {
		return 0;
	}
	fuzz_words_init(&words, NULL, data + 1, size - 1);
	operands.policy = data[0] % STAGE_PATCH_POLICY_COUNT;
	operands.from = words.argc > 0 ? words.argv[0] : "";
	operands.to = words.argc > 1 ? words.argv[1] : "";
	if (operands.policy == STAGE_PATCH_FORBID && words.argc > 2) {
		operands.except = words.argv[2];
	}
	check_operands(&operands);
	fuzz_words_finish(&words);
	return 0;
}
