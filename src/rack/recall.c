/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/recall.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/conf.h"
#include "base/num.h"
#include "rack/room.h"

#define BYTES_A_LINE 2048 // 2732 characters of base64

void
stage_rack_memory_finish(struct stage_rack_memory *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->property_count; i++) {
		free(self->properties[i].key);
		free(self->properties[i].type);
		stage_str_finish(&self->properties[i].bytes);
	}
	free(self->properties);
	free(self->values);
	stage_rack_files_finish(&self->configured_files);
	memset(self, 0, sizeof(*self));
}

enum stage_status
stage_rack_memory_add_value(
	struct stage_rack_memory *self, const struct stage_rack_value *value)
{
	struct stage_rack_value *more =
		stage_rack_room(self->values, self->value_count, sizeof(*more));

	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->values = more;
	self->values[self->value_count++] = *value;
	return STAGE_OK;
}

enum stage_status
stage_rack_memory_add_property(struct stage_rack_memory *self, const char *key,
	const char *type, uint32_t flags, const void *bytes, size_t len)
{
	struct stage_rack_property property = {.flags = flags};
	struct stage_rack_property *more = stage_rack_room(
		self->properties, self->property_count, sizeof(*more));

	if (more == NULL) {
		return STAGE_NO_MEMORY;
	}
	self->properties = more;
	property.key = strdup(key);
	property.type = strdup(type);
	if (property.key == NULL || property.type == NULL ||
		stage_str_append(&property.bytes, bytes, len) != STAGE_OK) {
		free(property.key);
		free(property.type);
		stage_str_finish(&property.bytes);
		return STAGE_NO_MEMORY;
	}
	self->properties[self->property_count++] = property;
	return STAGE_OK;
}

// Writing.

static const char *
word_of(bool is_so)
{
	return is_so ? "yes" : "no";
}

static enum stage_status
write_word(struct stage_str *out, const char *key, const char *word)
{
	enum stage_status status = stage_str_addf(out, "%s ", key);

	return status == STAGE_OK ? stage_conf_add_word(out, word) : status;
}

static enum stage_status
write_value(const struct stage_rack_value *value, struct stage_str *out)
{
	enum stage_status status = write_word(out, "value", value->symbol);

	if (status != STAGE_OK) {
		return status;
	}
	return value->has_configured
		       ? stage_str_addf(out, " %.9g %.9g\n",
				 (double)value->value,
				 (double)value->configured)
		       : stage_str_addf(out, " %.9g -\n", (double)value->value);
}

static enum stage_status
write_file(const struct stage_rack_file *file, struct stage_str *out)
{
	enum stage_status status = write_word(out, "file", file->parameter);

	if (status == STAGE_OK) {
		status = write_word(out, "", file->path);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

static enum stage_status
write_preset(const struct stage_rack_memory *memory, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	if (memory->configured_preset[0] != '\0') {
		status = write_word(out, "preset", memory->configured_preset);
		status = status == STAGE_OK ? stage_str_add(out, "\n") : status;
	}
	return status;
}

static enum stage_status
write_property(
	const struct stage_rack_property *property, struct stage_str *out)
{
	enum stage_status status = write_word(out, "property", property->key);

	if (status == STAGE_OK) {
		status = write_word(out, "", property->type);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, " %u\n", property->flags);
	}
	for (size_t at = 0; status == STAGE_OK && at < property->bytes.len;) {
		size_t len = property->bytes.len - at;
		len = len < BYTES_A_LINE ? len : BYTES_A_LINE;
		status = stage_str_add(out, "bytes ");
		if (status == STAGE_OK) {
			status = stage_base64_encode(
				out, property->bytes.data + at, len);
		}
		if (status == STAGE_OK) {
			status = stage_str_add(out, "\n");
		}
		at += len;
	}
	return status;
}

enum stage_status
stage_rack_memory_write(
	const struct stage_rack_memory *self, struct stage_str *out)
{
	enum stage_status status = write_word(out, "plugin", self->plugin);

	if (status == STAGE_OK) {
		status = stage_str_addf(out, "\nbypass %s %s\nwet %.9g %.9g\n",
			word_of(self->is_bypassed),
			word_of(self->was_configured_bypassed),
			(double)self->wet, (double)self->configured_wet);
	}
	for (size_t i = 0; status == STAGE_OK && i < self->value_count; i++) {
		status = write_value(&self->values[i], out);
	}
	for (size_t i = 0;
		status == STAGE_OK && i < self->configured_files.count; i++) {
		status = write_file(&self->configured_files.items[i], out);
	}
	if (status == STAGE_OK) {
		status = write_preset(self, out);
	}
	for (size_t i = 0; status == STAGE_OK && i < self->property_count;
		i++) {
		status = write_property(&self->properties[i], out);
	}
	return status == STAGE_OK
		       ? stage_str_addf(out, "end %zu\n", self->value_count)
		       : status;
}

// Reading.

struct reading {
	struct stage_rack_memory *memory;
	bool has_ended;
};

typedef enum stage_status line_handler(const struct stage_conf_line *line,
	struct reading *reading, struct stage_err *err);

static enum stage_status
read_number(const struct stage_conf_line *line, size_t at, float *out,
	struct stage_err *err)
{
	double value = 0;

	if (stage_rack_number(line->words[at], -(double)FLT_MAX,
		    (double)FLT_MAX, &value, err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	*out = (float)value;
	return STAGE_OK;
}

static enum stage_status
read_answer(const struct stage_conf_line *line, size_t at, bool *out,
	struct stage_err *err)
{
	*out = strcmp(line->words[at], "yes") == 0;
	return *out || strcmp(line->words[at], "no") == 0
		       ? STAGE_OK
		       : stage_conf_fail(line, at, err,
				 "\"%s\" is neither yes nor no",
				 line->words[at]);
}

static enum stage_status
take_plugin(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	return stage_format(reading->memory->plugin, STAGE_RACK_URI_MAX, "%s",
		       line->words[0]) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err, "this is too long");
}

static enum stage_status
take_preset(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	return stage_format(reading->memory->configured_preset,
		       STAGE_RACK_URI_MAX, "%s", line->words[0]) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err, "this is too long");
}

static enum stage_status
take_bypass(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	struct stage_rack_memory *memory = reading->memory;
	enum stage_status status =
		read_answer(line, 0, &memory->is_bypassed, err);

	return status == STAGE_OK
		       ? read_answer(
				 line, 1, &memory->was_configured_bypassed, err)
		       : status;
}

static enum stage_status
take_wet(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	enum stage_status status =
		read_number(line, 0, &reading->memory->wet, err);

	return status == STAGE_OK
		       ? read_number(
				 line, 1, &reading->memory->configured_wet, err)
		       : status;
}

static enum stage_status
take_value(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	struct stage_rack_value value = {.symbol = ""};
	enum stage_status status = read_number(line, 1, &value.value, err);

	value.has_configured = strcmp(line->words[2], "-") != 0;
	if (status == STAGE_OK && value.has_configured) {
		status = read_number(line, 2, &value.configured, err);
	}
	if (status == STAGE_OK &&
		stage_format(value.symbol, sizeof(value.symbol), "%s",
			line->words[0]) != STAGE_OK) {
		return stage_conf_fail(line, 0, err, "this is too long");
	}
	if (status == STAGE_OK && stage_rack_memory_add_value(reading->memory,
					  &value) != STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return status;
}

static enum stage_status
take_file(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	enum stage_status status =
		stage_rack_files_add(&reading->memory->configured_files,
			line->words[0], line->words[1]);

	if (status == STAGE_NO_MEMORY) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "this is one file too many, or there twice");
}

static enum stage_status
take_property(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	int64_t flags = 0;

	if (stage_num_parse(line->words[2], 0, UINT32_MAX, &flags, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, 2, err);
	}
	return stage_rack_memory_add_property(reading->memory, line->words[0],
		       line->words[1], (uint32_t)flags, "", 0) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

static enum stage_status
take_bytes(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	struct stage_rack_memory *memory = reading->memory;

	if (memory->property_count == 0) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"bytes stand behind a property");
	}
	return stage_base64_decode(
		       &memory->properties[memory->property_count - 1].bytes,
		       line->words[0], strlen(line->words[0])) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err, "this is no base64");
}

static enum stage_status
take_end(const struct stage_conf_line *line, struct reading *reading,
	struct stage_err *err)
{
	int64_t count = 0;

	if (stage_num_parse(line->words[0], 0, INT32_MAX, &count, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, 0, err);
	}
	reading->has_ended = true;
	return (size_t)count == reading->memory->value_count
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "there are %zu values before it",
				 reading->memory->value_count);
}

static const struct {
	const char *key;
	size_t words;
	line_handler *take;
} keys[] = {
	{"plugin", 1, take_plugin},
	{"bypass", 2, take_bypass},
	{"wet", 2, take_wet},
	{"value", 3, take_value},
	{"file", 2, take_file},
	{"preset", 1, take_preset},
	{"property", 3, take_property},
	{"bytes", 1, take_bytes},
	{"end", 1, take_end},
};

static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct reading *reading = user;
	enum stage_status status;

	if (reading->has_ended) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"this stands behind the end");
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		if (strcmp(line->key, keys[i].key) == 0) {
			status = stage_conf_check_count(
				line, keys[i].words, keys[i].words, err);
			return status == STAGE_OK
				       ? keys[i].take(line, reading, err)
				       : status;
		}
	}
	return stage_conf_fail(line, STAGE_CONF_KEY, err,
		"\"%s\" is nothing that a rack remembers", line->key);
}

enum stage_status
stage_rack_memory_parse(const char *text, size_t len, const char *name,
	struct stage_rack_memory *out, struct stage_err *err)
{
	struct stage_rack_memory memory = {.wet = 1, .configured_wet = 1};
	struct reading reading = {.memory = &memory};
	enum stage_status status = stage_conf_parse_long(text, len,
		STAGE_RACK_MEMORY_BYTES_MAX, name, take_line, &reading, err);

	if (status == STAGE_OK && !reading.has_ended) {
		status = stage_err_set(
			err, STAGE_BAD_INPUT, "%s: its end is not there", name);
	}
	if (status != STAGE_OK) {
		stage_rack_memory_finish(&memory);
		return status;
	}
	*out = memory;
	return STAGE_OK;
}

// What still holds.

bool
stage_rack_memory_is_of(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot)
{
	return strcmp(self->plugin, slot->plugin) == 0;
}

static bool
is_unchanged(const struct stage_rack_value *value, const float *configured)
{
	return configured == NULL ? !value->has_configured
				  : value->has_configured &&
					    value->configured == *configured;
}

void
stage_rack_memory_recall(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot, const char *symbol,
	float *value)
{
	const float *configured = stage_rack_slot_config_get(slot, symbol);

	for (size_t i = 0; i < self->value_count; i++) {
		const struct stage_rack_value *known = &self->values[i];
		if (strcmp(known->symbol, symbol) == 0 &&
			is_unchanged(known, configured)) {
			*value = known->value;
		}
	}
}

void
stage_rack_memory_recall_slot(const struct stage_rack_memory *self,
	const struct stage_rack_slot_config *slot, bool *is_bypassed,
	float *wet)
{
	if (self->was_configured_bypassed == slot->is_bypassed) {
		*is_bypassed = self->is_bypassed;
	}
	if (self->configured_wet == slot->wet) {
		*wet = self->wet;
	}
}
