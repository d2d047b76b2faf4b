/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/scene.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "rack/room.h"

void
stage_rack_scene_finish(struct stage_rack_scene *self)
{
	free(self->slots);
	free(self->values);
	memset(self, 0, sizeof(*self));
}

enum stage_status
stage_rack_scene_add_slot(
	struct stage_rack_scene *self, const struct stage_rack_scene_slot *slot)
{
	struct stage_rack_scene_slot *more;

	more = stage_rack_room(self->slots, self->slot_count, sizeof(*more));
	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->slots = more;
	more = &self->slots[self->slot_count++];
	*more = *slot;
	more->first_value = self->value_count;
	more->value_count = 0;
	return STAGE_OK;
}

enum stage_status
stage_rack_scene_add_value(
	struct stage_rack_scene *self, const char *symbol, float value)
{
	struct stage_rack_scene_value *more;

	if (self->slot_count == 0) {
		return STAGE_BUG;
	}
	more = stage_rack_room(self->values, self->value_count, sizeof(*more));
	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->values = more;
	more = &self->values[self->value_count++];
	if (stage_format(more->symbol, sizeof(more->symbol), "%s", symbol) !=
		STAGE_OK) {
		self->value_count--;
		return STAGE_TOO_LONG;
	}
	more->value = value;
	self->slots[self->slot_count - 1].value_count++;
	return STAGE_OK;
}

const struct stage_rack_scene_slot *
stage_rack_scene_find(const struct stage_rack_scene *self, const char *id)
{
	for (size_t i = 0; i < self->slot_count; i++) {
		if (strcmp(self->slots[i].id, id) == 0) {
			return &self->slots[i];
		}
	}
	return NULL;
}

// Writing.

static enum stage_status
write_slot(const struct stage_rack_scene *self,
	const struct stage_rack_scene_slot *slot, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, "slot ");

	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, slot->id);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, " ");
	}
	if (status == STAGE_OK) {
		status = stage_conf_add_word(out, slot->plugin);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, " %s %.9g\n",
			slot->is_bypassed ? "yes" : "no", (double)slot->wet);
	}
	for (size_t i = 0; status == STAGE_OK && i < slot->value_count; i++) {
		const struct stage_rack_scene_value *value =
			&self->values[slot->first_value + i];
		status = stage_str_add(out, "value ");
		if (status == STAGE_OK) {
			status = stage_conf_add_word(out, value->symbol);
		}
		if (status == STAGE_OK) {
			status = stage_str_addf(
				out, " %.9g\n", (double)value->value);
		}
	}
	return status;
}

enum stage_status
stage_rack_scene_write(
	const struct stage_rack_scene *self, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < self->slot_count; i++) {
		status = write_slot(self, &self->slots[i], out);
	}
	return status == STAGE_OK
		       ? stage_str_addf(out, "end %zu\n", self->slot_count)
		       : status;
}

// Reading.

struct reading {
	struct stage_rack_scene *scene;
	bool has_ended;
};

static enum stage_status
pass(enum stage_status status, struct stage_err *err)
{
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

static enum stage_status
read_number(const struct stage_conf_line *line, size_t at, double min,
	double max, float *out, struct stage_err *err)
{
	double value = 0;

	if (stage_rack_number(line->words[at], min, max, &value, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	*out = (float)value;
	return STAGE_OK;
}

static enum stage_status
take_slot(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	struct stage_rack_scene_slot slot = {.wet = 1};
	enum stage_status status = stage_conf_check_count(line, 4, 4, err);

	if (status == STAGE_OK &&
		(stage_format(slot.id, sizeof(slot.id), "%s", line->words[0]) !=
				STAGE_OK ||
			stage_format(slot.plugin, sizeof(slot.plugin), "%s",
				line->words[1]) != STAGE_OK)) {
		status = stage_conf_fail(line, 0, err, "this is too long");
	}
	if (status == STAGE_OK) {
		slot.is_bypassed = strcmp(line->words[2], "yes") == 0;
		status = read_number(line, 3, 0, 1, &slot.wet, err);
	}
	return status == STAGE_OK
		       ? pass(stage_rack_scene_add_slot(reading->scene, &slot),
				 err)
		       : status;
}

static enum stage_status
take_value(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	float value = 0;
	enum stage_status status = stage_conf_check_count(line, 2, 2, err);

	if (status == STAGE_OK) {
		status = read_number(line, 1, -(double)FLT_MAX, (double)FLT_MAX,
			&value, err);
	}
	if (status == STAGE_OK &&
		(reading->scene->slot_count == 0 ||
			strlen(line->words[0]) >= STAGE_RACK_SYMBOL_MAX)) {
		status = stage_conf_fail(
			line, 0, err, "this is no value of a slot");
	}
	return status == STAGE_OK
		       ? pass(stage_rack_scene_add_value(
				      reading->scene, line->words[0], value),
				 err)
		       : status;
}

static enum stage_status
take_end(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	int64_t count = 0;
	enum stage_status status = stage_conf_check_count(line, 1, 1, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_num_parse(line->words[0], 0, INT32_MAX, &count, err) !=
			STAGE_OK ||
		(size_t)count != reading->scene->slot_count) {
		return stage_conf_fail(line, 0, err,
			"there are %zu slots before it",
			reading->scene->slot_count);
	}
	reading->has_ended = true;
	return STAGE_OK;
}

static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct reading *reading = user;

	if (reading->has_ended) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"this stands behind the end");
	}
	if (strcmp(line->key, "slot") == 0) {
		return take_slot(line, reading, err);
	}
	if (strcmp(line->key, "value") == 0) {
		return take_value(line, reading, err);
	}
	return strcmp(line->key, "end") == 0
		       ? take_end(line, reading, err)
		       : stage_conf_fail(line, STAGE_CONF_KEY, err,
				 "\"%s\" is nothing that a snapshot has",
				 line->key);
}

enum stage_status
stage_rack_scene_parse(const char *text, size_t len, const char *name,
	struct stage_rack_scene *out, struct stage_err *err)
{
	struct reading reading = {.scene = out};
	enum stage_status status;

	memset(out, 0, sizeof(*out));
	status = stage_conf_parse(text, len, name, take_line, &reading, err);
	return status == STAGE_OK && !reading.has_ended
		       ? stage_err_set(err, STAGE_BAD_INPUT,
				 "%s: its end is not there", name)
		       : status;
}
