/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/portline.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/str.h"

#define ALIASES_MAX 2 // of a port, in JACK

static const char *const words[] = {
	[STAGE_RACK_ALIAS] = "alias",
	[STAGE_RACK_TITLE] = "title",
	[STAGE_RACK_CONNECT] = "connect",
};

const struct stage_rack_port_line *
stage_rack_port_lines_next(const struct stage_rack_port_lines *self,
	enum stage_rack_port_line_kind kind, const char *port, size_t *at)
{
	for (size_t i = *at + 1; i < self->count; i++) {
		const struct stage_rack_port_line *line = &self->items[i];
		if (line->kind == kind &&
			(port == NULL || strcmp(line->port, port) == 0)) {
			*at = i;
			return line;
		}
	}
	return NULL;
}

static size_t
count_of(const struct stage_rack_port_lines *self,
	enum stage_rack_port_line_kind kind, const char *port)
{
	size_t at = SIZE_MAX;
	size_t count = 0;

	while (stage_rack_port_lines_next(self, kind, port, &at) != NULL) {
		count++;
	}
	return count;
}

static enum stage_status
check_more(const struct stage_rack_port_lines *self,
	const struct stage_rack_port_line *item,
	const struct stage_conf_line *line, struct stage_err *err)
{
	size_t before = count_of(self, item->kind, item->port);

	if (item->kind == STAGE_RACK_ALIAS && before >= ALIASES_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"a port has %d aliases at most", ALIASES_MAX);
	}
	if (item->kind == STAGE_RACK_TITLE && before > 0) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"%s has a title already", item->port);
	}
	if (item->kind == STAGE_RACK_CONNECT &&
		strchr(item->text, ':') == NULL) {
		return stage_conf_fail(line, 1, err,
			"\"%s\" is no port of another client, such as "
			"system:playback_1",
			item->text);
	}
	return self->count < STAGE_RACK_PORT_LINES_MAX
		       ? STAGE_OK
		       : stage_conf_fail(line, STAGE_CONF_KEY, err,
				 "more than %d lines are about ports",
				 STAGE_RACK_PORT_LINES_MAX);
}

enum stage_status
stage_rack_port_lines_take(struct stage_rack_port_lines *self,
	const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_rack_port_line item = {.line = line->line};
	enum stage_status status = stage_conf_check_count(line, 2, 2, err);

	if (status != STAGE_OK) {
		return status;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (strcmp(line->key, words[i]) == 0) {
			item.kind = (enum stage_rack_port_line_kind)i;
		}
	}
	if (stage_format(item.port, sizeof(item.port), "%s", line->words[0]) !=
		STAGE_OK) {
		return stage_conf_fail(
			line, 0, err, "no port of a rack is called so");
	}
	if (line->words[1][0] == '\0' ||
		stage_format(item.text, sizeof(item.text), "%s",
			line->words[1]) != STAGE_OK) {
		return stage_conf_fail(line, 1, err, "a name has 1 to %d bytes",
			STAGE_JACK_PORT_NAME_MAX - 1);
	}
	status = check_more(self, &item, line, err);
	if (status == STAGE_OK) {
		self->items[self->count++] = item;
	}
	return status;
}

// "in_3": the number behind the prefix is from 1 to count.
static bool
is_numbered(const char *port, const char *prefix, unsigned count)
{
	struct stage_err err = STAGE_ERR_INIT;
	int64_t number = 0;

	return stage_starts_with(port, prefix) && port[strlen(prefix)] != '0' &&
	       stage_num_parse(port + strlen(prefix), 1, count, &number,
		       &err) == STAGE_OK;
}

// Which ports slots have is known to them alone.
static bool
may_be_of_slot(const char *port)
{
	const char *end = strrchr(port, '_');

	return end != NULL && end != port && !stage_starts_with(port, "in_") &&
	       !stage_starts_with(port, "out_") &&
	       is_numbered(end, "_", STAGE_RACK_SIDE_NUMBER_MAX);
}

enum stage_status
stage_rack_port_lines_check(const struct stage_rack_port_lines *self,
	unsigned ins, unsigned outs, bool has_midi, const char *name,
	struct stage_err *err)
{
	for (size_t i = 0; i < self->count; i++) {
		const char *port = self->items[i].port;
		bool is_midi = strcmp(port, "midi_in") == 0 ||
			       strcmp(port, "midi_out") == 0;
		if (!is_numbered(port, "in_", ins) &&
			!is_numbered(port, "out_", outs) &&
			!(is_midi && has_midi) && !may_be_of_slot(port)) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"%s:%u:1: this rack has no port \"%s\"", name,
				self->items[i].line, port);
		}
	}
	return STAGE_OK;
}
