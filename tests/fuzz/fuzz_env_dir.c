/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/str.h"
#include "fuzz.h"
#include "rig/env_dir.h"

// The first line without the blanks at its end, zero bytes as newlines.
static void
check_value(const char *value, const uint8_t *data, size_t size)
{
	size_t len = strlen(value);

	FUZZ_CHECK(len <= size);
	for (size_t i = 0; i < len; i++) {
		FUZZ_CHECK(data[i] != '\n');
		FUZZ_CHECK((unsigned char)value[i] ==
			   (data[i] == '\0' ? '\n' : data[i]));
	}
	FUZZ_CHECK(
		len == 0 || (value[len - 1] != ' ' && value[len - 1] != '\t'));
	while (len < size && (data[len] == ' ' || data[len] == '\t')) {
		len++;
	}
	FUZZ_CHECK(len == size || data[len] == '\n');
}

// The input is what stands in a variable's file.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_str file = {0};
	const char *value;

	if (size > 0) {
		FUZZ_CHECK(stage_str_append(&file, data, size) == STAGE_OK);
	}
	value = stage_env_dir_value(&file);
	FUZZ_CHECK((value == NULL) == (size == 0));
	if (value != NULL) {
		check_value(value, data, size);
	}
	stage_str_finish(&file);
	return 0;
}
