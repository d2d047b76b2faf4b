/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/learned_file.h"

static void
check_head(const struct stage_learned_head *head)
{
	size_t len = strlen(head->reason);

	FUZZ_CHECK(len < sizeof(head->reason));
	fuzz_check_text(head->reason, len);
}

// Written again, it says the same, and is known as untouched.
static void
check_round_trip(const struct stage_learned *learned)
{
	struct stage_learned_head head = learned->head;
	struct stage_learned back;
	struct stage_str text = {0};
	uint64_t sum = 0;
	uint64_t back_sum = 0;
	enum stage_status status = stage_learned_sum(&learned->list, &sum);

	if (status == STAGE_TOO_LONG) { // by its escapes
		return;
	}
	FUZZ_CHECK(status == STAGE_OK);
	head.number = head.number == 0 ? 1 : head.number;
	FUZZ_CHECK(
		stage_learned_write(&text, &head, &learned->list) == STAGE_OK);
	FUZZ_CHECK(stage_learned_read(text.data, text.len, "f", &back, NULL) ==
		   STAGE_OK);
	FUZZ_CHECK(back.has_head && back.is_untouched);
	FUZZ_CHECK(back.head.number == head.number);
	FUZZ_CHECK(back.head.time_s == head.time_s);
	FUZZ_CHECK(back.head.undo == head.undo);
	FUZZ_CHECK(back.head.redo == head.redo);
	FUZZ_CHECK(strcmp(back.head.reason, head.reason) == 0);
	FUZZ_CHECK(stage_learned_sum(&back.list, &back_sum) == STAGE_OK);
	FUZZ_CHECK(sum == back_sum);
	// Cut anywhere it is refused, but for its last newline.
	FUZZ_CHECK(stage_learned_read(text.data, text.len - 2, "f", &back,
			   NULL) == STAGE_BAD_INPUT);
	FUZZ_CHECK(stage_learned_read(text.data, text.len / 2, "f", &back,
			   NULL) == STAGE_BAD_INPUT);
	stage_patch_list_finish(&back.list);
	stage_str_finish(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *exact = fuzz_copy(data, size);
	struct stage_learned learned = {0};
	struct stage_learned_head head;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	bool has_head = stage_learned_read_head(exact, size, &head);

	check_head(&head);
	FUZZ_CHECK(has_head == (head.number > 0));
	status = stage_learned_read(exact, size, "f", &learned, &err);
	fuzz_check_place(status, &err, "f");
	if (status == STAGE_OK) {
		FUZZ_CHECK(learned.has_head || !learned.is_untouched);
		check_head(&learned.head);
		check_round_trip(&learned);
	}
	stage_patch_list_finish(&learned.list);
	free(exact);
	return 0;
}
