/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/expand.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "jack/names.h"

#define NAME_MAX_BYTES 128

struct expansion {
	struct stage_str out;
	const char *word; // "port:" for the error sentence
	const char *argument;
	bool is_pattern;
	char *(*get)(const char *name);
};

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

// The bytes of the name in "${NAME}"; 0 when that is not what stands there.
static size_t
name_length(const char *text)
{
	size_t len = 0;

	if (text[0] != '$' || text[1] != '{' ||
		isdigit((unsigned char)text[2])) {
		return 0;
	}
	while (isalnum((unsigned char)text[2 + len]) || text[2 + len] == '_') {
		len++;
	}
	return text[2 + len] == '}' && len < NAME_MAX_BYTES ? len : 0;
}

static enum stage_status
add_value(struct expansion *self, const char *value)
{
	enum stage_status status = STAGE_OK;

	for (; *value != '\0' && status == STAGE_OK; value++) {
		if (self->is_pattern && strchr("*?\\", *value) != NULL) {
			status = stage_str_append(&self->out, "\\", 1);
		}
		if (status == STAGE_OK) {
			status = stage_str_append(&self->out, value, 1);
		}
	}
	return status;
}

static enum stage_status
add_variable(struct expansion *self, const char *text, size_t len,
	struct stage_err *err)
{
	char name[NAME_MAX_BYTES];
	const char *value;

	memcpy(name, text, len);
	name[len] = '\0';
	value = self->get(name);
	if (value == NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s%s\" speaks of the variable %s, which is not set; "
			"write it into env/%s",
			self->word, self->argument, name, name);
	}
	return add_value(self, value) == STAGE_OK ? STAGE_OK : no_memory(err);
}

static enum stage_status
expand(struct expansion *self, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (const char *at = self->argument;
		*at != '\0' && status == STAGE_OK;) {
		size_t len = name_length(at);
		if (len > 0) {
			status = add_variable(self, at + 2, len, err);
			at += len + 3;
		} else if (stage_str_append(&self->out, at, 1) == STAGE_OK) {
			at++;
		} else {
			status = no_memory(err);
		}
	}
	return status;
}

static enum stage_status
check_pattern(const char *argument, struct stage_err *err)
{
	struct stage_jack_pattern parsed;

	return stage_jack_pattern_parse(argument, &parsed, err) == STAGE_OK
		       ? STAGE_OK
		       : STAGE_BAD_INPUT;
}

static enum stage_status
expand_argument(char **argument, const char *word, bool is_pattern,
	char *(*get)(const char *name), struct stage_err *err)
{
	struct expansion self = {.word = word,
		.argument = *argument,
		.is_pattern = is_pattern,
		.get = get};
	enum stage_status status;

	if (strstr(*argument, "${") == NULL) {
		return STAGE_OK;
	}
	status = expand(&self, err);
	if (status == STAGE_OK && is_pattern) {
		status = check_pattern(stage_str_text(&self.out), err);
	}
	if (status == STAGE_OK) {
		char *expanded = stage_str_take(&self.out);
		if (expanded == NULL) {
			return no_memory(err);
		}
		free(*argument);
		*argument = expanded;
	}
	stage_str_finish(&self.out);
	return status;
}

static enum stage_status
expand_need(struct stage_need *need, char *(*get)(const char *name),
	struct stage_err *err)
{
	switch (need->kind) {
	case STAGE_NEED_PORT:
		return expand_argument(
			&need->argument, "port:", true, get, err);
	case STAGE_NEED_FILE:
		return expand_argument(
			&need->argument, "file:", false, get, err);
	case STAGE_NEED_NET:
		return expand_argument(
			&need->argument, "net:", false, get, err);
	case STAGE_NEED_JACK:
	case STAGE_NEED_ALSA:
	case STAGE_NEED_SERVICE: // the order of a stop is read without env/
	case STAGE_NEED_KIND_COUNT:
		break;
	}
	return STAGE_OK;
}

enum stage_status
stage_needs_expand(struct stage_needs *needs, char *(*get)(const char *name),
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < needs->count && status == STAGE_OK; i++) {
		status = expand_need(&needs->items[i], get, err);
	}
	if (status == STAGE_OK && needs->ready == STAGE_READY_PORT) {
		status = expand_argument(
			&needs->ready_argument, "port:", true, get, err);
	} else if (status == STAGE_OK && needs->ready == STAGE_READY_FILE) {
		status = expand_argument(
			&needs->ready_argument, "file:", false, get, err);
	}
	return status;
}
