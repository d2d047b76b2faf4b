/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "osc/write.h"

// What was read last, for comparison.
struct seen {
	size_t count;
	struct stage_str types;
};

static void
check_arguments(const struct stage_osc_message *message)
{
	for (size_t i = 0; i <= message->count; i++) {
		double value = 0;
		int32_t number = 0;
		const char *text = stage_osc_text(message, i);
		bool is_int = stage_osc_int(message, i, &number);
		bool is_number = stage_osc_number(message, i, &value);
		FUZZ_CHECK(!is_int ||
			   (is_number && value >= number && value <= number));
		FUZZ_CHECK(!is_number || isfinite(value));
		FUZZ_CHECK(text == NULL || !is_number);
		FUZZ_CHECK(text == NULL || strlen(text) < STAGE_OSC_BYTES_MAX);
		FUZZ_CHECK(i < message->count ||
			   (!is_int && !is_number && text == NULL));
	}
}

static void
see_again(void *user, const struct stage_osc_message *message)
{
	struct seen *seen = user;

	seen->count++;
	FUZZ_CHECK(strcmp(message->address, "/again") == 0);
	FUZZ_CHECK(strcmp(message->types, stage_str_text(&seen->types)) == 0);
	check_arguments(message);
}

// What is written of a message is OSC, and has the types that it had.
static void
check_rest(const struct stage_osc_message *message, size_t from)
{
	struct seen seen = {0};
	struct stage_str out = {0};
	size_t first = from < message->count ? from : message->count;

	FUZZ_CHECK(stage_osc_write_rest(&out, "/again", message, from) ==
		   STAGE_OK);
	FUZZ_CHECK(out.len % 4 == 0);
	FUZZ_CHECK(
		stage_str_add(&seen.types, message->types + first) == STAGE_OK);
	if (out.len <= STAGE_OSC_BYTES_MAX) {
		FUZZ_CHECK(stage_osc_read(out.data, out.len, see_again, &seen));
		FUZZ_CHECK(seen.count == 1);
	}
	stage_str_finish(&out);
	stage_str_finish(&seen.types);
}

static void
see(void *user, const struct stage_osc_message *message)
{
	(void)user;
	FUZZ_CHECK(message->address[0] == '/');
	FUZZ_CHECK(strlen(message->types) == message->count);
	check_arguments(message);
	check_rest(message, 0);
	check_rest(message, message->count / 2);
	check_rest(message, message->count + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)stage_osc_read(data, size, see, NULL);
	return 0;
}
