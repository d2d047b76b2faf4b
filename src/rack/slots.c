/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/str.h"

enum stage_status
stage_rack_config_load(const char *directory, struct stage_rack_config *out,
	struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), directory, "rack", err);

	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_CONF_FILE_MAX, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_config_parse(
			stage_str_text(&text), text.len, path, out, err);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
read_slot(const char *directory, const char *file,
	struct stage_rack_slot_config *out, struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), directory, file, err);

	memset(out, 0, sizeof(*out));
	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_CONF_FILE_MAX, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_slot_config_parse(
			stage_str_text(&text), text.len, path, out, err);
	}
	stage_str_finish(&text);
	return status;
}

static void
check_id(const struct stage_rack_slots *slots, const char *directory,
	const char *file, const char *id, struct stage_err *err)
{
	if (stage_rack_slots_find(slots, id) != NULL) {
		stage_err_set(err, STAGE_EXISTS,
			"%s/%s: another slot is called \"%s\", too", directory,
			file, id);
	} else if (stage_rack_slot_id_is_taken(id)) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"%s/%s: \"%s\" is no name for a slot: it ends in a dot "
			"and a number, as older checkpoints do",
			directory, file, id);
	}
}

static void
add(struct stage_rack_slots *slots, const char *directory, const char *file,
	const char *id)
{
	struct stage_rack_slot_config *slot = &slots->items[slots->count];
	struct stage_err err = STAGE_ERR_INIT;

	if (read_slot(directory, file, slot, &err) == STAGE_OK) {
		check_id(slots, directory, file, id, &err);
	}
	memcpy(slot->fault, err.text, sizeof(slot->fault));
	snprintf(slot->file, sizeof(slot->file), "%s", file);
	snprintf(slot->id, sizeof(slot->id), "%s",
		stage_rack_slots_find(slots, id) != NULL ? file : id);
	slots->count++;
}

enum stage_status
stage_rack_slots_load(const char *directory, struct stage_rack_slots *out,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	char id[STAGE_RACK_ID_MAX];
	enum stage_status status = stage_io_list_dir(directory, &names, err);

	memset(out, 0, sizeof(*out));
	if (status == STAGE_OK) {
		out->items = calloc(STAGE_RACK_SLOTS_MAX, sizeof(*out->items));
		if (out->items == NULL) {
			status = stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	for (size_t i = 0; out->items != NULL && i < names.count &&
			   out->count < STAGE_RACK_SLOTS_MAX;
		i++) {
		if (stage_rack_slot_id(names.items[i], id)) {
			add(out, directory, names.items[i], id);
		}
	}
	stage_strv_finish(&names);
	return status;
}

void
stage_rack_slots_finish(struct stage_rack_slots *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		stage_rack_slot_config_finish(&self->items[i]);
	}
	free(self->items);
	memset(self, 0, sizeof(*self));
}

const struct stage_rack_slot_config *
stage_rack_slots_find(const struct stage_rack_slots *self, const char *id)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].id, id) == 0) {
			return &self->items[i];
		}
	}
	return NULL;
}
