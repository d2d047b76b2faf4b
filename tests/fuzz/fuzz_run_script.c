/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/run_script.h"

#define SMALL 8

// By the book, for a script without zero bytes: line by line.
static bool
uses_exec(char *script)
{
	char *save = NULL;

	for (char *line = strtok_r(script, "\n", &save); line != NULL;
		line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		if (line[0] != '#' && strstr(line, "stagecraft-exec") != NULL) {
			return true;
		}
	}
	return false;
}

// One line of clean text that fits, whatever the script is.
static void
check_description(const char *script, size_t size)
{
	char whole[2048];
	char small[SMALL];
	size_t len;

	stage_run_script_describe(script, size, whole, sizeof(whole));
	len = strlen(whole);
	fuzz_check_text(whole, len);
	stage_run_script_describe(script, size, small, sizeof(small));
	fuzz_check_text(small, strlen(small));
	FUZZ_CHECK(strlen(small) < SMALL);
	FUZZ_CHECK(strncmp(whole, small, strlen(small)) == 0);
	FUZZ_CHECK(len == 0 || small[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *script = (const char *)data;
	char *copy = fuzz_copy(data, size);

	check_description(script, size);
	if (strlen(copy) == size) {
		FUZZ_CHECK(stage_run_script_uses_exec(script, size) ==
			   uses_exec(copy));
	}
	free(copy);
	return 0;
}
