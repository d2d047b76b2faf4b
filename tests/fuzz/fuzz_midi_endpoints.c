/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "midi/endpoints_file.h"

static void
ignore(void *user, struct stage_midi_endpoint *endpoint)
{
	(void)user;
	(void)endpoint;
}

static struct stage_midi_endpoints *
create(void)
{
	static const struct stage_midi_endpoints_ops ops = {
		.forgotten = ignore,
	};
	struct stage_midi_endpoints *self =
		stage_midi_endpoints_create(&ops, NULL);

	FUZZ_CHECK(self != NULL);
	return self;
}

// What was read is written so that it is read back the same.
static void
check_round(struct stage_midi_endpoints *first)
{
	struct stage_midi_endpoints *second = create();
	struct stage_str before = {0};
	struct stage_str after = {0};

	FUZZ_CHECK(stage_midi_endpoints_write(first, &before) == STAGE_OK);
	FUZZ_CHECK(stage_midi_endpoints_read(second, before.data, before.len,
			   "f", true, NULL) == STAGE_OK);
	FUZZ_CHECK(stage_midi_endpoints_write(second, &after) == STAGE_OK);
	FUZZ_CHECK(strcmp(before.data, after.data) == 0);
	stage_str_finish(&before);
	stage_str_finish(&after);
	stage_midi_endpoints_destroy(second);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_midi_endpoints *strict = create();
	struct stage_midi_endpoints *lax = create();
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_midi_endpoints_read(strict, text, size, "f", true, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK(stage_midi_endpoints_read(
			   lax, text, size, "f", false, NULL) == STAGE_OK);
	FUZZ_CHECK(stage_midi_endpoints_count(lax) >=
		   stage_midi_endpoints_count(strict));
	check_round(strict);
	check_round(lax);
	stage_midi_endpoints_destroy(strict);
	stage_midi_endpoints_destroy(lax);
	free(text);
	return 0;
}
