/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/config_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "base/suggest.h"
#include "rack/extra.h"
#include "rack/room.h"

#define SUFFIX ".slot"
#define DIGITS "0123456789"

struct reading {
	struct stage_rack_slot_config *slot;
	unsigned seen; // bits of the keys that may stand once only
};

typedef enum stage_status key_handler(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err);

static enum stage_status
copy_text(const struct stage_conf_line *line, char *out, size_t size,
	struct stage_err *err)
{
	if (line->words[0][0] == '\0') {
		return stage_conf_fail(line, 0, err, "%s is empty", line->key);
	}
	if (strpbrk(line->words[0], "\n\t") != NULL) {
		return stage_conf_fail(
			line, 0, err, "%s has a tab or a new line", line->key);
	}
	return stage_format(out, size, "%s", line->words[0]) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "%s has more than %zu bytes", line->key,
				 size - 1);
}

static struct stage_rack_place
place_of(const struct stage_conf_line *line, size_t at)
{
	return (struct stage_rack_place){line->line, line->columns[at]};
}

static enum stage_status
take_plugin(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	if (strchr(line->words[0], ':') == NULL) {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is no URI; lv2ls lists those of all plug-ins",
			line->words[0]);
	}
	slot->plugin_place = place_of(line, 0);
	return copy_text(line, slot->plugin, sizeof(slot->plugin), err);
}

static enum stage_status
take_name(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	return copy_text(line, slot->label, sizeof(slot->label), err);
}

static enum stage_status
take_preset(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	slot->preset_place = place_of(line, 0);
	return copy_text(line, slot->preset, sizeof(slot->preset), err);
}

static enum stage_status
take_bypass(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	slot->is_bypassed = strcmp(line->words[0], "yes") == 0;
	return slot->is_bypassed || strcmp(line->words[0], "no") == 0
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "\"%s\" is neither yes nor no",
				 line->words[0]);
}

static enum stage_status
take_wet(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	double value = 0;
	enum stage_status status =
		stage_rack_config_number(line, 0, 0, 1, &value, err);

	if (status == STAGE_OK) {
		slot->wet = (float)value;
	}
	return status;
}

static enum stage_status
append_setting(struct stage_rack_slot_config *slot,
	const struct stage_rack_setting *setting)
{
	struct stage_rack_setting *more =
		stage_rack_room(slot->settings, slot->count, sizeof(*more));

	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	slot->settings = more;
	slot->settings[slot->count++] = *setting;
	return STAGE_OK;
}

static enum stage_status
add_setting(struct stage_rack_slot_config *slot,
	const struct stage_rack_setting *setting,
	const struct stage_conf_line *line, struct stage_err *err)
{
	if (stage_rack_slot_config_get(slot, setting->symbol) != NULL) {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is set twice in this file", setting->symbol);
	}
	if (slot->count == STAGE_RACK_SETTINGS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d values are set", STAGE_RACK_SETTINGS_MAX);
	}
	return append_setting(slot, setting) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

enum stage_status
stage_rack_slot_config_add(
	struct stage_rack_slot_config *self, const char *symbol, float value)
{
	struct stage_rack_setting setting = {.value = value};
	enum stage_status status = stage_format(
		setting.symbol, sizeof(setting.symbol), "%s", symbol);

	if (status != STAGE_OK ||
		stage_rack_slot_config_get(self, symbol) != NULL) {
		return STAGE_OK; // no value is called so, or it is set
	}
	return self->count < STAGE_RACK_SETTINGS_MAX
		       ? append_setting(self, &setting)
		       : STAGE_FULL;
}

static enum stage_status
take_set(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	struct stage_rack_setting setting = {.place = place_of(line, 1)};
	double value = 0;
	enum stage_status status =
		copy_text(line, setting.symbol, sizeof(setting.symbol), err);

	if (status == STAGE_OK && setting.symbol[0] == ':') {
		status = stage_conf_fail(
			line, 0, err, "no symbol begins with a colon");
	}
	if (status == STAGE_OK) {
		status = stage_rack_config_number(
			line, 1, -1e30, 1e30, &value, err);
	}
	setting.value = (float)value;
	return status == STAGE_OK ? add_setting(slot, &setting, line, err)
				  : status;
}

// One that each slot has: its key is that of the line.
static enum stage_status
take_extra(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	const struct stage_rack_extra_kind *kind =
		stage_rack_extra_of(line->key);
	struct stage_rack_setting setting = {.place = place_of(line, 0)};
	double value = 0;
	enum stage_status status = stage_rack_config_number(
		line, 0, (double)kind->min, (double)kind->max, &value, err);

	snprintf(setting.symbol, sizeof(setting.symbol), "%s", kind->symbol);
	setting.value = (float)value;
	return status == STAGE_OK ? add_setting(slot, &setting, line, err)
				  : status;
}

static void
note_place(const struct stage_conf_line *line, struct stage_rack_file *file)
{
	file->line = line->line;
	file->columns[0] = line->columns[0];
	file->columns[1] = line->columns[1];
}

static enum stage_status
take_file(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	enum stage_status status;

	if (strchr(line->words[0], ':') == NULL) {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is no URI of a parameter", line->words[0]);
	}
	if (line->words[1][0] == '\0') {
		return stage_conf_fail(line, 1, err, "this is no path");
	}
	status = stage_rack_files_add(
		&slot->files, line->words[0], line->words[1]);
	if (status == STAGE_EXISTS) {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is set twice in this file", line->words[0]);
	}
	if (status == STAGE_FULL) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d files are set", STAGE_RACK_FILES_MAX);
	}
	if (status != STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	note_place(line, &slot->files.items[slot->files.count - 1]);
	return STAGE_OK;
}

enum stage_rack_recall_kind
stage_rack_slot_config_recall(
	const struct stage_rack_slot_config *self, const char *symbol)
{
	for (size_t i = 0; i < self->recall_count; i++) {
		if (strcmp(self->recalls[i].symbol, symbol) == 0) {
			return self->recalls[i].kind;
		}
	}
	return STAGE_RACK_RECALL_ALL;
}

static enum stage_status
add_recall(struct stage_rack_slot_config *slot,
	const struct stage_rack_recall_line *recall, struct stage_err *err)
{
	struct stage_rack_recall_line *more;

	more = stage_rack_room(
		slot->recalls, slot->recall_count, sizeof(*more));
	if (more == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	slot->recalls = more;
	slot->recalls[slot->recall_count++] = *recall;
	return STAGE_OK;
}

static enum stage_status
take_recall(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	struct stage_rack_recall_line recall = {.place = place_of(line, 1)};
	const struct stage_rack_extra_kind *kind =
		stage_rack_extra_of(line->words[1]);

	if (strcmp(line->words[0], "keep") == 0) {
		recall.kind = STAGE_RACK_RECALL_KEEP;
	} else if (strcmp(line->words[0], "reset") == 0) {
		recall.kind = STAGE_RACK_RECALL_RESET;
	} else {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is neither keep nor reset", line->words[0]);
	}
	if (stage_format(recall.symbol, sizeof(recall.symbol), "%s",
		    kind != NULL && line->words[1][0] == ':'
			    ? kind->symbol
			    : line->words[1]) != STAGE_OK) {
		return stage_conf_fail(line, 1, err, "no value is called so");
	}
	if (stage_rack_slot_config_recall(slot, recall.symbol) !=
		STAGE_RACK_RECALL_ALL) {
		return stage_conf_fail(line, 1, err,
			"\"%s\" is recalled twice in this file", recall.symbol);
	}
	if (slot->recall_count == STAGE_RACK_SETTINGS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d are recalled", STAGE_RACK_SETTINGS_MAX);
	}
	return add_recall(slot, &recall, err);
}

static enum stage_status
take_map(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	return stage_rack_maps_take(&slot->maps, line, false, err);
}

static enum stage_status
take_side(const struct stage_conf_line *line,
	struct stage_rack_slot_config *slot, struct stage_err *err)
{
	return stage_rack_side_line_take(slot->sides, line, err);
}

static const struct {
	const char *key;
	size_t words, words_max;
	bool may_repeat;
	key_handler *take;
} slot_keys[] = {
	{"plugin", 1, 1, false, take_plugin},
	{"name", 1, 1, false, take_name},
	{"preset", 1, 1, false, take_preset},
	{"set", 2, 2, true, take_set},
	{"file", 2, 2, true, take_file},
	{"bypass", 1, 1, false, take_bypass},
	{"wet", 1, 1, false, take_wet},
	{"gain", 1, 1, false, take_extra},
	{"pan", 1, 1, false, take_extra},
	{"width", 1, 1, false, take_extra},
	{"map", 3, 9, true, take_map},
	{"recall", 2, 2, true, take_recall},
	{"sidechain", 0, 1, false, take_side},
	{"outs", 0, 1, false, take_side},
	{"send", 0, 1, false, take_side},
	{"return", 0, 1, false, take_side},
};

static enum stage_status
fail_unknown(const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(line->key);

	for (size_t i = 0; i < STAGE_COUNT_OF(slot_keys); i++) {
		stage_suggest_offer(&suggest, slot_keys[i].key);
	}
	if (suggest.best != NULL) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"there is no \"%s\"; did you mean \"%s\"?", line->key,
			suggest.best);
	}
	return stage_conf_fail(line, STAGE_CONF_KEY, err,
		"there is no \"%s\" in a slot file", line->key);
}

static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct reading *reading = user;
	enum stage_status status;

	for (size_t i = 0; i < STAGE_COUNT_OF(slot_keys); i++) {
		if (strcmp(line->key, slot_keys[i].key) != 0) {
			continue;
		}
		if (!slot_keys[i].may_repeat &&
			(reading->seen & (1U << i)) != 0) {
			return stage_conf_fail(line, STAGE_CONF_KEY, err,
				"%s stands here twice", line->key);
		}
		reading->seen |= 1U << i;
		status = stage_conf_check_count(
			line, slot_keys[i].words, slot_keys[i].words_max, err);
		return status == STAGE_OK
			       ? slot_keys[i].take(line, reading->slot, err)
			       : status;
	}
	return fail_unknown(line, err);
}

enum stage_status
stage_rack_slot_config_parse(const char *text, size_t len, const char *name,
	struct stage_rack_slot_config *out, struct stage_err *err)
{
	struct reading reading = {.slot = out};
	enum stage_status status;

	memset(out, 0, sizeof(*out));
	out->wet = 1;
	status = stage_conf_parse(text, len, name, take_line, &reading, err);
	if (status == STAGE_OK && out->plugin[0] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: there is no line \"plugin URI\"", name);
	}
	return status;
}

void
stage_rack_slot_config_finish(struct stage_rack_slot_config *self)
{
	if (self != NULL) {
		stage_rack_maps_finish(&self->maps);
		free(self->recalls);
		self->recalls = NULL;
		self->recall_count = 0;
		free(self->settings);
		self->settings = NULL;
		self->count = 0;
		stage_rack_files_finish(&self->files);
	}
}

const float *
stage_rack_slot_config_get(
	const struct stage_rack_slot_config *self, const char *symbol)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->settings[i].symbol, symbol) == 0) {
			return &self->settings[i].value;
		}
	}
	return NULL;
}

bool
stage_rack_slot_id(const char *file, char id[STAGE_RACK_ID_MAX])
{
	size_t digits = strspn(file, DIGITS);
	const char *name = file;
	size_t len;

	id[0] = '\0';
	if (!stage_ends_with(file, SUFFIX) || file[0] == '.') {
		return false;
	}
	if (digits > 0 && file[digits] == '-') {
		name += digits + 1;
	}
	len = strlen(name) - strlen(SUFFIX);
	if (len == 0 || len >= STAGE_RACK_ID_MAX) {
		return false;
	}
	memcpy(id, name, len);
	id[len] = '\0';
	return true;
}

bool
stage_rack_slot_id_is_taken(const char *id)
{
	const char *dot = strrchr(id, '.');

	return dot != NULL && dot[1] != '\0' &&
	       dot[1 + strspn(dot + 1, DIGITS)] == '\0';
}
