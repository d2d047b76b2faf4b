/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "base/conf.h"
#include "base/str.h"
#include "base/utf8.h"
#include "check.h"
#include "fuzz.h"

// Text is clean UTF-8 without control characters but the escapes' own.
static void
check_word(const char *word)
{
	size_t len = strlen(word);

	FUZZ_CHECK(len <= STAGE_CONF_LINE_MAX);
	for (size_t i = 0; i < len;) {
		size_t bytes = stage_utf8_char_bytes(word + i, len - i);
		unsigned char byte = (unsigned char)word[i];
		FUZZ_CHECK(bytes > 0);
		FUZZ_CHECK(byte >= 0x20 || byte == '\t' || byte == '\n');
		i += bytes;
	}
}

static void
add_quoted(struct stage_str *out, const char *word)
{
	FUZZ_CHECK(stage_str_add(out, "\"") == STAGE_OK);
	for (const char *p = word; *p != '\0'; p++) {
		const char *escape = *p == '"'    ? "\\\""
				     : *p == '\\' ? "\\\\"
				     : *p == '\n' ? "\\n"
						  : NULL;
		FUZZ_CHECK((escape != NULL ? stage_str_add(out, escape)
					   : stage_str_append(out, p, 1)) ==
			   STAGE_OK);
	}
	FUZZ_CHECK(stage_str_add(out, "\" ") == STAGE_OK);
}

static enum stage_status
compare(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	const struct stage_conf_line *first = user;

	(void)err;
	FUZZ_CHECK(line->count == first->count);
	FUZZ_CHECK(strcmp(line->key, first->key) == 0);
	for (size_t i = 0; i < line->count; i++) {
		FUZZ_CHECK(strcmp(line->words[i], first->words[i]) == 0);
	}
	return STAGE_OK;
}

// The line written again with every word in quotes must read the same.
static void
check_round_trip(const struct stage_conf_line *line)
{
	struct stage_str text = {0};
	struct stage_conf_line copy = *line;
	struct stage_err err = STAGE_ERR_INIT;

	add_quoted(&text, line->key);
	for (size_t i = 0; i < line->count; i++) {
		add_quoted(&text, line->words[i]);
	}
	if (text.len <= STAGE_CONF_LINE_MAX) {
		FUZZ_CHECK(stage_conf_parse(text.data, text.len, "again",
				   compare, &copy, &err) == STAGE_OK);
	}
	stage_str_finish(&text);
}

static enum stage_status
check_line(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	unsigned *last_line = user;
	unsigned column = line->key_column;

	(void)err;
	FUZZ_CHECK(line->line > *last_line);
	*last_line = line->line;
	FUZZ_CHECK(line->key[0] != '\0');
	FUZZ_CHECK(line->count <= STAGE_CONF_WORDS_MAX);
	check_word(line->key);
	for (size_t i = 0; i < line->count; i++) {
		FUZZ_CHECK(line->columns[i] > column);
		column = line->columns[i];
		check_word(line->words[i]);
	}
	FUZZ_CHECK(line->end_column > column);
	check_round_trip(line);
	return STAGE_OK;
}

struct target {
	char text[8];
	int64_t number;
	int64_t time_ns;
	bool flag;
	int choice;
};

static const char *const choices[] = {"one", "two", NULL};
static const struct stage_conf_key keys[] = {
	{.key = "text",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct target, text)},
	{.key = "number",
		.type = STAGE_CONF_INT,
		STAGE_CONF_MEMBER(struct target, number),
		.min = -5,
		.max = 500},
	{.key = "time",
		.type = STAGE_CONF_DURATION,
		STAGE_CONF_MEMBER(struct target, time_ns)},
	{.key = "flag",
		.type = STAGE_CONF_BOOL,
		STAGE_CONF_MEMBER(struct target, flag)},
	{.key = "choice",
		.type = STAGE_CONF_ENUM,
		STAGE_CONF_MEMBER(struct target, choice),
		.choices = choices},
};

static void
check_keys(const char *text, size_t size)
{
	static const struct stage_conf_table table = {
		.keys = keys, .count = STAGE_COUNT_OF(keys)};
	static const struct target empty = {.text = ""};
	struct target target = empty;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_conf_parse_keys(text, size, "f", &table, &target, &err) !=
		STAGE_OK) {
		FUZZ_CHECK(memcmp(&target, &empty, sizeof(target)) == 0);
		fuzz_check_place(err.status, &err, "f");
		return;
	}
	FUZZ_CHECK(memchr(target.text, '\0', sizeof(target.text)) != NULL);
	FUZZ_CHECK(target.number >= -5 && target.number <= 500);
	FUZZ_CHECK(target.time_ns >= 0);
	FUZZ_CHECK(target.choice == 0 || target.choice == 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	unsigned last_line = 0;
	enum stage_status status;

	status = stage_conf_parse(
		(const char *)data, size, "f", check_line, &last_line, &err);
	fuzz_check_place(status, &err, "f");
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT ||
		   status == STAGE_TOO_LONG);
	check_keys((const char *)data, size);
	return 0;
}
