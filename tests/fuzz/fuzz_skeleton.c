/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "base/quote.h"
#include "check.h"
#include "cli/skeleton.h"
#include "fuzz.h"

#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"       \
	"_-./:,+@%"

// Reads one word as sh does, quotes and all; *at is moved behind it. Anything
// that sh would take for more than a word breaks the promise.
static char *
read_word(const char **at)
{
	char *word = malloc(strlen(*at) + 1);
	const char *p = *at;
	size_t len = 0;

	FUZZ_CHECK(word != NULL);
	if (*p == '\'') {
		for (p++; *p != '\''; p++) {
			FUZZ_CHECK(*p != '\0');
			word[len++] = *p;
		}
		p++;
	} else if (*p == '"') {
		for (p++; *p != '"'; p++) {
			FUZZ_CHECK(*p != '\0' && *p != '$' && *p != '`');
			if (*p == '\\') {
				p++;
				FUZZ_CHECK(*p != '\0' &&
					   strchr("$`\"\\", *p) != NULL);
			}
			word[len++] = *p;
		}
		p++;
	} else {
		len = strspn(p, PLAIN);
		FUZZ_CHECK(len > 0);
		memcpy(word, p, len);
		p += len;
	}
	word[len] = '\0';
	*at = p;
	return word;
}

// sh reads the command of the last line back, byte for byte.
static void
check_command(const char *line, char *const *command, size_t count)
{
	FUZZ_CHECK(strncmp(line, "exec", 4) == 0);
	line += 4;
	for (size_t i = 0; i < count; i++) {
		char *word;
		FUZZ_CHECK(*line == ' ');
		line++;
		word = read_word(&line);
		FUZZ_CHECK(strcmp(word, command[i]) == 0);
		free(word);
	}
	FUZZ_CHECK(strcmp(line, "\n") == 0);
}

// Takes one line of the script that must begin like that.
static const char *
take_line(const char *text, const char *start)
{
	const char *newline = strchr(text, '\n');

	FUZZ_CHECK(newline != NULL);
	FUZZ_CHECK(strncmp(text, start, strlen(start)) == 0);
	fuzz_check_text(text, (size_t)(newline - text));
	return newline + 1;
}

// Whatever the names are, they stay in their comment and in their words.
static void
check_run(const char *name, char *const *command, size_t count)
{
	struct stage_str script = {0};
	const char *at;

	FUZZ_CHECK(
		stage_skeleton_run(&script, name, command, count) == STAGE_OK);
	at = take_line(script.data, "#!/bin/sh");
	at = take_line(at, "# ");
	at = take_line(at, "exec 2>&1");
	check_command(at, command, count);
	stage_str_finish(&script);
}

static void
check_comments(const char *name)
{
	struct stage_str script = {0};
	const char *at;

	FUZZ_CHECK(stage_skeleton_finish(&script, name) == STAGE_OK);
	at = take_line(take_line(script.data, "#!/bin/sh"), "# ");
	FUZZ_CHECK(strncmp(at, "# $1 is", 7) == 0);
	stage_str_clear(&script);
	FUZZ_CHECK(stage_skeleton_log(&script, name) == STAGE_OK);
	at = take_line(take_line(script.data, "#!/bin/sh"), "# ");
	FUZZ_CHECK(strncmp(at, "# Stagecraft says", 17) == 0);
	stage_str_finish(&script);
}

// The input is words: the name of a new service, and its command.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_words words;

	fuzz_words_init(&words, NULL, data, size);
	if (words.argc > 1) {
		check_run(
			words.argv[0], words.argv + 1, (size_t)words.argc - 1);
		check_comments(words.argv[0]);
	}
	fuzz_words_finish(&words);
	return 0;
}
