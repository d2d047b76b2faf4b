/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/conf.h"
#include "check.h"
#include "cli/need_lines.h"
#include "fuzz.h"
#include "rig/needs.h"

#define TEXT_MAX 8192

// By the book: each part of the list, without the blanks around it.
static void
read_list(char *list, struct stage_needs *needs)
{
	for (char *part = list; part != NULL;) {
		char *comma = strchr(part, ',');
		size_t len;
		if (comma != NULL) {
			*comma = '\0';
		}
		part += strspn(part, " ");
		len = strlen(part);
		while (len > 0 && part[len - 1] == ' ') {
			len--;
		}
		part[len] = '\0';
		FUZZ_CHECK(stage_needs_add(needs, part, NULL) == STAGE_OK);
		part = comma != NULL ? comma + 1 : NULL;
	}
}

// The file that is written says what the command line said.
static void
check_file(const struct stage_str *lines, char *list)
{
	struct stage_needs from_file = {0};
	struct stage_needs from_list = {0};
	struct stage_err err = STAGE_ERR_INIT;

	read_list(list, &from_list);
	FUZZ_CHECK(
		stage_needs_parse(&from_file, STAGE_NEEDS_FILE_NEEDS,
			stage_str_text(lines), lines->len, &err) == STAGE_OK);
	FUZZ_CHECK(from_file.count == from_list.count);
	FUZZ_CHECK(!from_file.is_bound);
	for (size_t i = 0; i < from_file.count; i++) {
		FUZZ_CHECK(from_file.items[i].kind == from_list.items[i].kind);
		FUZZ_CHECK(strcmp(from_file.items[i].argument,
				   from_list.items[i].argument) == 0);
	}
	stage_needs_finish(&from_file);
	stage_needs_finish(&from_list);
}

static enum stage_status
compare(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	(void)err;
	FUZZ_CHECK(line->count == 1);
	FUZZ_CHECK(strcmp(line->key, "key") == 0);
	FUZZ_CHECK(strcmp(line->words[0], user) == 0);
	return STAGE_OK;
}

// Any word that can be written in a configuration file is read back.
static void
check_word(char *word)
{
	struct stage_str out = {0};
	enum stage_status status;

	FUZZ_CHECK(stage_str_add(&out, "key ") == STAGE_OK);
	status = stage_conf_add_word(&out, word);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT);
	if (status == STAGE_OK && out.len <= STAGE_CONF_LINE_MAX) {
		FUZZ_CHECK(stage_conf_parse(out.data, out.len, "f", compare,
				   word, NULL) == STAGE_OK);
	}
	FUZZ_CHECK(status == STAGE_OK || strcmp(out.data, "key ") == 0);
	stage_str_finish(&out);
}

// The input is what stands behind --needs.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str lines = {0};
	enum stage_status status;
	char *list;

	if (size > TEXT_MAX) {
		return 0;
	}
	list = fuzz_copy(data, size);
	check_word(list);
	status = stage_need_lines(list, &lines, &err);
	fuzz_check_err(status, &err);
	if (status == STAGE_OK) {
		check_file(&lines, list);
	}
	stage_str_finish(&lines);
	free(list);
	return 0;
}
