/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/suggest.h"
#include "rack/config.h"
#include "rack/room.h"
#include "rack/text.h"

#define CHANNELS 16
#define VALUE_MAX 1e30

static const struct {
	const char *word;
	bool has_number;
	int64_t number_max;
} kinds[] = {
	[STAGE_RACK_MAP_CC] = {"cc", true, 127},
	[STAGE_RACK_MAP_CC14] = {"cc14", true, 31},
	[STAGE_RACK_MAP_NRPN] = {"nrpn", true, 16383},
	[STAGE_RACK_MAP_BEND] = {"bend", false, 0},
	[STAGE_RACK_MAP_NOTE] = {"note", true, 127},
	[STAGE_RACK_MAP_PROGRAM] = {"program", true, 127},
};

_Static_assert(STAGE_COUNT_OF(kinds) == STAGE_RACK_MAP_KIND_COUNT,
	"each kind has its row");

// One line on its way.
struct taking {
	const struct stage_conf_line *line;
	struct stage_rack_map map;
	size_t at; // the next word
	struct stage_err *err;
};

static const char *
next_word(struct taking *taking)
{
	const struct stage_conf_line *line = taking->line;

	return taking->at < line->count ? line->words[taking->at] : NULL;
}

static enum stage_status
fail_missing(const struct taking *taking, const char *what)
{
	return stage_conf_fail(taking->line, taking->line->count, taking->err,
		"%s is missing", what);
}

static enum stage_status
take_kind(struct taking *taking)
{
	const char *word = next_word(taking);
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(word);

	if (word == NULL) {
		return fail_missing(taking, "what it listens to, such as cc");
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].word, word) == 0) {
			taking->map.kind = (enum stage_rack_map_kind)i;
			taking->at++;
			return STAGE_OK;
		}
		stage_suggest_offer(&suggest, kinds[i].word);
	}
	return stage_conf_fail(taking->line, taking->at, taking->err,
		"\"%s\" is not cc, cc14, nrpn, bend, note or program%s%s%s",
		word, suggest.best != NULL ? "; did you mean \"" : "",
		suggest.best != NULL ? suggest.best : "",
		suggest.best != NULL ? "\"?" : "");
}

static enum stage_status
take_whole(struct taking *taking, const char *what, int64_t min, int64_t max,
	int64_t *out)
{
	const char *word = next_word(taking);

	if (word == NULL) {
		return fail_missing(taking, what);
	}
	if (stage_num_parse(word, min, max, out, taking->err) != STAGE_OK) {
		return stage_conf_fail_with(
			taking->line, taking->at, taking->err);
	}
	taking->at++;
	return STAGE_OK;
}

static enum stage_status
take_channel(struct taking *taking)
{
	const char *word = next_word(taking);
	int64_t channel = 0;
	enum stage_status status = STAGE_OK;

	if (word != NULL && strcmp(word, "any") == 0) {
		taking->at++;
	} else {
		status = take_whole(taking, "the channel, 1 to 16 or any", 1,
			CHANNELS, &channel);
	}
	taking->map.channel = (uint8_t)channel;
	return status;
}

static enum stage_status
take_number(struct taking *taking)
{
	int64_t number = 0;
	enum stage_status status = STAGE_OK;

	if (kinds[taking->map.kind].has_number) {
		status = take_whole(taking, "the number", 0,
			kinds[taking->map.kind].number_max, &number);
	}
	taking->map.number = (uint16_t)number;
	return status;
}

static enum stage_status
take_text(struct taking *taking, const char *what, char *out)
{
	const char *word = next_word(taking);

	if (word == NULL || word[0] == '\0') {
		return fail_missing(taking, what);
	}
	if (stage_format(out, STAGE_RACK_TARGET_MAX, "%s", word) != STAGE_OK) {
		return stage_conf_fail(taking->line, taking->at, taking->err,
			"this is longer than %d bytes",
			STAGE_RACK_TARGET_MAX - 1);
	}
	taking->at++;
	return STAGE_OK;
}

static enum stage_status
take_target(struct taking *taking, bool is_rack)
{
	struct stage_rack_map *map = &taking->map;
	size_t at = taking->at;
	enum stage_status status =
		take_text(taking, "what it controls", map->target);

	if (status != STAGE_OK) {
		return status;
	}
	map->column = taking->line->columns[at];
	if (!is_rack) {
		return STAGE_OK;
	}
	if (strcmp(map->target, "snapshot") == 0) {
		return take_text(
			taking, "the name of the snapshot", map->argument);
	}
	if (strcmp(map->target, "gain") != 0 &&
		strcmp(map->target, "mute") != 0) {
		return stage_conf_fail(taking->line, at, taking->err,
			"\"%s\" is not gain, mute or snapshot NAME; values of "
			"a plug-in are mapped in its slot file",
			map->target);
	}
	return STAGE_OK;
}

static bool
is_word(const char *word)
{
	return strcmp(word, "log") == 0 || strcmp(word, "linear") == 0 ||
	       strcmp(word, "pickup") == 0;
}

static enum stage_status
take_value(struct taking *taking, const char *what, float *out)
{
	const char *word = next_word(taking);
	double value = 0;

	if (word == NULL || is_word(word)) {
		return fail_missing(taking, what);
	}
	if (stage_rack_number(word, -VALUE_MAX, VALUE_MAX, &value,
		    taking->err) != STAGE_OK) {
		return stage_conf_fail_with(
			taking->line, taking->at, taking->err);
	}
	*out = (float)value;
	taking->at++;
	return STAGE_OK;
}

static enum stage_status
take_range(struct taking *taking)
{
	struct stage_rack_map *map = &taking->map;
	const char *word = next_word(taking);
	enum stage_status status;

	if (word == NULL || is_word(word)) {
		return STAGE_OK;
	}
	status = take_value(taking, "the lowest value", &map->min);
	if (status == STAGE_OK) {
		status = take_value(taking, "the highest value", &map->max);
	}
	map->has_range = true;
	return status;
}

static enum stage_status
take_manner(struct taking *taking)
{
	struct stage_rack_map *map = &taking->map;
	const char *word;

	for (; (word = next_word(taking)) != NULL; taking->at++) {
		if (!is_word(word)) {
			return stage_conf_fail(taking->line, taking->at,
				taking->err,
				"\"%s\" is not linear, log or pickup", word);
		}
		map->is_log |= strcmp(word, "log") == 0;
		map->has_pickup |= strcmp(word, "pickup") == 0;
	}
	if (map->is_log && map->has_range && map->min * map->max <= 0) {
		return stage_conf_fail(taking->line, 0, taking->err,
			"a range that is log does not have 0 in it");
	}
	return STAGE_OK;
}

enum stage_status
stage_rack_maps_take(struct stage_rack_maps *self,
	const struct stage_conf_line *line, bool is_rack, struct stage_err *err)
{
	struct taking taking = {
		.line = line, .err = err, .map = {.line = line->line}};
	enum stage_status status = take_kind(&taking);

	if (status == STAGE_OK) {
		status = take_channel(&taking);
	}
	if (status == STAGE_OK) {
		status = take_number(&taking);
	}
	if (status == STAGE_OK) {
		status = take_target(&taking, is_rack);
	}
	if (status == STAGE_OK) {
		status = take_range(&taking);
	}
	if (status == STAGE_OK) {
		status = take_manner(&taking);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (self->count == STAGE_RACK_MAPS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d are mapped", STAGE_RACK_MAPS_MAX);
	}
	return stage_rack_maps_add(self, &taking.map) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

enum stage_status
stage_rack_maps_add(
	struct stage_rack_maps *self, const struct stage_rack_map *map)
{
	struct stage_rack_map *more;

	if (self->count == STAGE_RACK_MAPS_MAX) {
		return STAGE_FULL;
	}
	more = stage_rack_room(self->items, self->count, sizeof(*more));
	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->items = more;
	self->items[self->count++] = *map;
	return STAGE_OK;
}

void
stage_rack_maps_finish(struct stage_rack_maps *self)
{
	if (self != NULL) {
		free(self->items);
		self->items = NULL;
		self->count = 0;
	}
}

static enum stage_status
add_number(struct stage_str *out, float value)
{
	char text[32];

	stage_rack_text_number(value, text, sizeof(text));
	return stage_str_addf(out, " %s", text);
}

enum stage_status
stage_rack_map_write(const struct stage_rack_map *map, struct stage_str *out)
{
	enum stage_status status =
		stage_str_addf(out, "%s ", kinds[map->kind].word);

	if (status == STAGE_OK) {
		status = map->channel == 0
				 ? stage_str_add(out, "any ")
				 : stage_str_addf(out, "%u ", map->channel);
	}
	if (status == STAGE_OK && kinds[map->kind].has_number) {
		status = stage_str_addf(out, "%u ", map->number);
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, map->target);
	}
	if (status == STAGE_OK && map->argument[0] != '\0') {
		status = stage_str_add(out, " ");
		if (status == STAGE_OK) {
			status = stage_conf_add_word(out, map->argument);
		}
	}
	if (status == STAGE_OK && map->has_range) {
		status = add_number(out, map->min);
		if (status == STAGE_OK) {
			status = add_number(out, map->max);
		}
	}
	if (status == STAGE_OK && map->is_log) {
		status = stage_str_add(out, " log");
	}
	return status == STAGE_OK && map->has_pickup
		       ? stage_str_add(out, " pickup")
		       : status;
}
