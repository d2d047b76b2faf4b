/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/run_script.h"

#define SMALL 8

#define LOADER "stagecraft-exec"
#define BEFORE (strlen(LOADER) - strlen("exec"))

// The first "exec" of a line that is not the end of the loader's name.
static const char *
find_plain_exec(const char *line)
{
	for (const char *at = line; (at = strstr(at, "exec")) != NULL; at++) {
		if ((size_t)(at - line) < BEFORE ||
			strncmp(at - BEFORE, LOADER, strlen(LOADER)) != 0) {
			return at;
		}
	}
	return NULL;
}

// By the book, for a script without zero bytes: line by line.
static bool
becomes_exec(char *script)
{
	bool goes_on = false; // the line before did, and had an exec

	for (char *line = script; line != NULL;) {
		char *next = strchr(line, '\n');
		const char *from;
		if (next != NULL) {
			*next++ = '\0';
		}
		line += strspn(line, " \t");
		from = goes_on ? line : find_plain_exec(line);
		goes_on = false;
		if (line[0] != '#' && from != NULL) {
			if (strstr(from, LOADER) != NULL) {
				return true;
			}
			goes_on = line[0] != '\0' &&
				  line[strlen(line) - 1] == '\\';
		}
		line = next;
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
		FUZZ_CHECK(stage_run_script_becomes_exec(script, size) ==
			   becomes_exec(copy));
	}
	free(copy);
	return 0;
}
