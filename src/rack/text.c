/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "rack/config.h"

#define DIGITS_MIN 6 // of a float that is written
#define DIGITS_MAX 9 // enough for any

struct search {
	const char *key;
	const char *symbol; // or NULL
	unsigned line;      // 0: it is not there
	unsigned column;    // of the value, in characters
};

static enum stage_status
look(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct search *search = user;
	size_t at = search->symbol != NULL ? 1 : 0;

	(void)err;
	if (strcmp(line->key, search->key) == 0 && line->count == at + 1 &&
		(at == 0 || strcmp(line->words[0], search->symbol) == 0)) {
		search->line = line->line;
		search->column = line->columns[at];
	}
	return STAGE_OK;
}

static bool
continues(char byte)
{
	return ((unsigned char)byte & 0xc0U) == 0x80U;
}

// Where a place is in the text, bytes from its start.
static size_t
find_place(const char *text, unsigned line, unsigned column)
{
	const char *at = text;

	if (strncmp(at, "\xef\xbb\xbf", 3) == 0) {
		at += 3; // a mark of the byte order is no character
	}
	for (; line > 1; line--) {
		at = strchr(at, '\n') + 1;
	}
	for (; column > 1; column--) {
		do {
			at++;
		} while (continues(*at));
	}
	return (size_t)(at - text);
}

// How long the word there is, with its quotes.
static size_t
word_bytes(const char *word)
{
	size_t at = 1;

	if (word[0] != '"') {
		return strcspn(word, " \t\r\n");
	}
	while (word[at] != '"') {
		at += word[at] == '\\' ? 2 : 1;
	}
	return at + 1;
}

static enum stage_status
replace(const struct stage_str *text, size_t at, const char *value,
	struct stage_str *out)
{
	const char *old = stage_str_text(text);
	size_t behind = at + word_bytes(old + at);
	enum stage_status status = stage_str_append(out, old, at);

	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, value);
	}
	return status == STAGE_OK
		       ? stage_str_append(out, old + behind, text->len - behind)
		       : status;
}

static enum stage_status
append(const struct stage_str *text, const struct search *search,
	const char *value, struct stage_str *out)
{
	const char *old = stage_str_text(text);
	enum stage_status status = stage_str_append(out, old, text->len);

	if (status == STAGE_OK && text->len > 0 && old[text->len - 1] != '\n') {
		status = stage_str_add(out, "\n");
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "%s ", search->key);
	}
	if (status == STAGE_OK && search->symbol != NULL) {
		status = stage_conf_add_word(out, search->symbol);
		if (status == STAGE_OK) {
			status = stage_str_add(out, " ");
		}
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, value);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

enum stage_status
stage_rack_text_set(struct stage_str *text, const char *name, const char *key,
	const char *symbol, const char *value, struct stage_err *err)
{
	struct search search = {.key = key, .symbol = symbol};
	struct stage_str out = {0};
	enum stage_status status = stage_conf_parse(
		stage_str_text(text), text->len, name, look, &search, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = search.line > 0 ? replace(text,
					   find_place(stage_str_text(text),
						   search.line, search.column),
					   value, &out)
				 : append(text, &search, value, &out);
	if (status != STAGE_OK) {
		stage_str_finish(&out);
		return stage_err_set(err, status, "%s: unable to write %s: %s",
			name, symbol != NULL ? symbol : key,
			stage_strerror(status));
	}
	stage_str_finish(text);
	*text = out;
	return STAGE_OK;
}

void
stage_rack_text_number(float value, char *out, size_t size)
{
	double back = 0;
	struct stage_err err = STAGE_ERR_INIT;

	for (int digits = DIGITS_MIN; digits <= DIGITS_MAX; digits++) {
		snprintf(out, size, "%.*g", digits, (double)value);
		if (stage_rack_number(out, -1e39, 1e39, &back, &err) ==
				STAGE_OK &&
			(float)back == value) {
			return;
		}
	}
}
