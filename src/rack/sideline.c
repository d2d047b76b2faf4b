/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/sideline.h"

#include <string.h>

#include "base/conf.h"
#include "base/str.h"

static const struct {
	const char *key, *word;
} kinds[] = {
	[STAGE_RACK_SIDECHAIN] = {"sidechain", "sidechain"},
	[STAGE_RACK_SIDE_OUTS] = {"outs", "out"},
	[STAGE_RACK_SIDE_SEND] = {"send", "send"},
	[STAGE_RACK_SIDE_RETURN] = {"return", "return"},
};

_Static_assert(STAGE_COUNT_OF(kinds) == STAGE_RACK_SIDE_KIND_COUNT,
	"each kind has its words");

// Ports of the rack itself.
static bool
is_taken(const char *name)
{
	return strcmp(name, "in") == 0 || strcmp(name, "out") == 0;
}

static enum stage_status
check_name(const struct stage_conf_line *line, struct stage_err *err)
{
	const char *name = line->words[0];

	if (is_taken(name)) {
		return stage_conf_fail(line, 0, err,
			"%s_1 is a port of the rack itself", name);
	}
	if (name[0] == '\0' || strpbrk(name, ":\n\t") != NULL) {
		return stage_conf_fail(line, 0, err,
			"a name of ports is no empty text, and has no colon, "
			"tab or new line");
	}
	return strlen(name) < STAGE_RACK_SIDE_NAME_MAX
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "a name of ports has more than %d bytes",
				 STAGE_RACK_SIDE_NAME_MAX - 1);
}

enum stage_status
stage_rack_side_line_take(struct stage_rack_side_line *out,
	const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_rack_side_line *mine = out;
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (strcmp(line->key, kinds[i].key) == 0) {
			mine = &out[i];
		}
	}
	if (line->count > 0) {
		status = check_name(line, err);
	}
	if (status == STAGE_OK && line->count > 0) {
		status = stage_format(
			mine->name, sizeof(mine->name), "%s", line->words[0]);
	}
	if (status == STAGE_OK) {
		mine->is_there = true;
		mine->line = line->line;
		mine->column = line->key_column;
	}
	return status;
}

const char *
stage_rack_side_key(enum stage_rack_side_kind kind)
{
	return kinds[kind].key;
}

const char *
stage_rack_side_word(enum stage_rack_side_kind kind)
{
	return kinds[kind].word;
}
