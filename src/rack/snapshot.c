/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/conf.h"
#include "base/suggest.h"
#include "rack/scene.h"
#include "rack/value.h"

#define DIRECTORY ".snapshots" // no slot is called so
#define MORPH_MAX_FRAMES (1U << 24)

static enum stage_status
path_of(const struct stage_rack *self, const char *name,
	char out[STAGE_PATH_MAX], struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	enum stage_status status;

	if (name[0] == '\0' || name[0] == '.' ||
		strpbrk(name, "/\n\t") != NULL ||
		strlen(name) >= STAGE_RACK_ID_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no name for a snapshot: no dot first, no "
			"slash, at most %d bytes",
			name, STAGE_RACK_ID_MAX - 1);
	}
	status = stage_io_join(directory, sizeof(directory),
		self->shop.memories, DIRECTORY, err);
	return status == STAGE_OK ? stage_io_join(out, STAGE_PATH_MAX,
					    directory, name, err)
				  : status;
}

static bool
is_excluded(const struct stage_rack_slot *slot, uint32_t index)
{
	return stage_rack_slot_is_switch(slot, index) ||
	       stage_rack_slot_config_recall(
		       &slot->config, stage_rack_slot_symbol(slot, index)) ==
		       STAGE_RACK_RECALL_KEEP;
}

// Saving.

static enum stage_status
add_slot(const struct stage_rack_slot *slot, struct stage_rack_scene *scene)
{
	struct stage_rack_scene_slot item = {.wet = 1};
	enum stage_status status = STAGE_OK;

	(void)!stage_format(item.id, sizeof(item.id), "%s", slot->config.id);
	memcpy(item.plugin, slot->config.plugin, sizeof(item.plugin));
	item.is_bypassed = stage_rack_page_is_bypassed(&slot->page);
	item.wet = stage_rack_page_wet(&slot->page);
	status = stage_rack_scene_add_slot(scene, &item);
	for (uint32_t i = 0;
		status == STAGE_OK && i < stage_rack_slot_value_count(slot);
		i++) {
		if (!is_excluded(slot, i)) {
			status = stage_rack_scene_add_value(scene,
				stage_rack_slot_symbol(slot, i),
				stage_rack_page_get(&slot->page, i));
		}
	}
	return status;
}

enum stage_status
stage_rack_snapshot_save(
	struct stage_rack *self, const char *name, struct stage_err *err)
{
	struct stage_rack_scene scene = {0};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	char directory[STAGE_PATH_MAX];
	enum stage_status status = path_of(self, name, path, err);

	if (status == STAGE_OK) {
		status = stage_io_join(directory, sizeof(directory),
			self->shop.memories, DIRECTORY, err);
	}
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(directory, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	for (size_t i = 0; status == STAGE_OK && i < self->count; i++) {
		if (self->slots[i]->plugin != NULL) {
			status = add_slot(self->slots[i], &scene);
		}
	}
	if (status == STAGE_OK) {
		status = stage_rack_scene_write(&scene, &text);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to save snapshot %s: %s",
			name, stage_strerror(status));
	} else {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, 0, err);
	}
	stage_rack_scene_finish(&scene);
	stage_str_finish(&text);
	return status;
}

// Going there.

static void
go_slot(struct stage_rack_slot *slot, const struct stage_rack_scene *scene,
	const struct stage_rack_scene_slot *item, uint32_t morph_frames)
{
	uint32_t index;

	for (size_t i = 0; i < item->value_count; i++) {
		const struct stage_rack_scene_value *value =
			&scene->values[item->first_value + i];
		if (stage_rack_slot_find(slot, value->symbol, &index) &&
			strcmp(stage_rack_slot_symbol(slot, index),
				value->symbol) == 0 &&
			!is_excluded(slot, index)) {
			stage_rack_page_put(&slot->page, index,
				stage_rack_slot_clamp(
					slot, index, value->value));
		}
	}
	if (slot->link != NULL) {
		atomic_store(&slot->link->glide_frames, morph_frames);
	}
	if (stage_rack_slot_config_recall(&slot->config, "wet") !=
		STAGE_RACK_RECALL_KEEP) {
		stage_rack_page_set_wet(&slot->page, item->wet);
	}
	if (stage_rack_slot_config_recall(&slot->config, "bypass") !=
		STAGE_RACK_RECALL_KEEP) {
		stage_rack_page_set_bypassed(&slot->page, item->is_bypassed);
	}
	stage_rack_page_tell(&slot->page);
	slot->is_dirty = true;
}

static void
go(struct stage_rack *self, const struct stage_rack_scene *scene,
	uint32_t morph_frames)
{
	for (size_t i = 0; i < self->count; i++) {
		struct stage_rack_slot *slot = self->slots[i];
		const struct stage_rack_scene_slot *item =
			stage_rack_scene_find(scene, slot->config.id);
		if (slot->plugin != NULL && item != NULL &&
			strcmp(item->plugin, slot->config.plugin) == 0) {
			go_slot(slot, scene, item, morph_frames);
		}
	}
}

static enum stage_status
fail_absent(
	const struct stage_rack *self, const char *name, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);
	json_t *names = stage_rack_snapshot_list(self);

	for (size_t i = 0; i < json_array_size(names); i++) {
		stage_suggest_offer(
			&suggest, json_string_value(json_array_get(names, i)));
	}
	if (suggest.best != NULL) {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no snapshot \"%s\"; did you mean \"%s\"?",
			name, suggest.best);
	} else {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no snapshot \"%s\"", name);
	}
	json_decref(names);
	return STAGE_NOT_FOUND;
}

enum stage_status
stage_rack_snapshot_load(struct stage_rack *self, const char *name,
	int64_t morph_ns, struct stage_err *err)
{
	struct stage_rack_scene scene = {0};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	double frames = (double)morph_ns * (double)self->shop.rate_hz /
			(double)STAGE_NS_PER_S;
	enum stage_status status = path_of(self, name, path, err);

	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_CONF_FILE_MAX, &text, err);
		if (status == STAGE_NOT_FOUND) {
			status = fail_absent(self, name, err);
		}
	}
	if (status == STAGE_OK) {
		status = stage_rack_scene_parse(
			stage_str_text(&text), text.len, path, &scene, err);
	}
	if (status == STAGE_OK) {
		go(self, &scene,
			frames < MORPH_MAX_FRAMES ? (uint32_t)frames
						  : MORPH_MAX_FRAMES);
	}
	stage_rack_scene_finish(&scene);
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_rack_snapshot_remove(
	struct stage_rack *self, const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = path_of(self, name, path, err);

	if (status != STAGE_OK || unlink(path) == 0) {
		return status;
	}
	return errno == ENOENT ? fail_absent(self, name, err)
			       : stage_err_set_errno(err, errno,
					 "unable to remove %s", path);
}

json_t *
stage_rack_snapshot_list(const struct stage_rack *self)
{
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char directory[STAGE_PATH_MAX];
	json_t *out = json_array();

	if (stage_io_join(directory, sizeof(directory), self->shop.memories,
		    DIRECTORY, &err) == STAGE_OK &&
		stage_io_list_dir(directory, &names, &err) == STAGE_OK) {
		for (size_t i = 0; i < names.count; i++) {
			if (names.items[i][0] != '.') {
				json_array_append_new(
					out, json_string(names.items[i]));
			}
		}
	}
	stage_strv_finish(&names);
	return out;
}
