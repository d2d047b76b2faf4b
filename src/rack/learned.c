/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/learned.h"

#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "base/log.h"

#define FILE_NAME ".learned" // no slot is called so
#define GENERATIONS 5

// The rest of a line is one of a slot file.
static enum stage_status
take_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_rack_learned *self = user;
	struct stage_rack_learned_item *item = &self->items[self->count];
	bool is_slot = strcmp(line->key, "slot") == 0;
	struct stage_rack_maps maps = {0};
	struct stage_conf_line rest = *line;
	enum stage_status status = STAGE_OK;

	if (!is_slot && strcmp(line->key, "rack") != 0) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"\"%s\" is neither slot nor rack", line->key);
	}
	if (self->count == STAGE_RACK_MAPS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d were learned", STAGE_RACK_MAPS_MAX);
	}
	memset(item, 0, sizeof(*item));
	if (is_slot) {
		status = stage_conf_check_count(line, 1, line->count, err);
		if (status == STAGE_OK &&
			stage_format(item->slot, sizeof(item->slot), "%s",
				line->words[0]) != STAGE_OK) {
			status = stage_conf_fail(
				line, 0, err, "no slot is called so");
		}
		rest.words++;
		rest.columns++;
		rest.count--;
	}
	if (status == STAGE_OK) {
		status = stage_rack_maps_take(&maps, &rest, !is_slot, err);
	}
	if (status == STAGE_OK) {
		item->map = maps.items[0];
		self->count++;
	}
	stage_rack_maps_finish(&maps);
	return status;
}

enum stage_status
stage_rack_learned_parse(struct stage_rack_learned *self, const char *text,
	size_t len, const char *name, struct stage_err *err)
{
	self->count = 0;
	return stage_conf_parse(text, len, name, take_line, self, err);
}

static enum stage_status
check(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	return stage_rack_learned_parse(user, bytes, len, name, err);
}

void
stage_rack_learned_load(struct stage_rack_learned *self, const char *memories)
{
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	self->count = 0;
	status = stage_io_join(
		self->path, sizeof(self->path), memories, FILE_NAME, &err);
	if (status == STAGE_OK) {
		status = stage_atomic_load(self->path, STAGE_CONF_FILE_MAX,
			check, self, &text, NULL, &err);
	}
	if (status != STAGE_OK) {
		self->count = 0;
	}
	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_log_warn("%s", err.text);
	}
	stage_str_finish(&text);
}

static enum stage_status
write_item(const struct stage_rack_learned_item *item, struct stage_str *out)
{
	enum stage_status status =
		stage_str_add(out, item->slot[0] != '\0' ? "slot " : "rack ");

	if (status == STAGE_OK && item->slot[0] != '\0') {
		status = stage_conf_add_word(out, item->slot);
		if (status == STAGE_OK) {
			status = stage_str_add(out, " ");
		}
	}
	if (status == STAGE_OK) {
		status = stage_rack_map_write(&item->map, out);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

static enum stage_status
make_directory(const struct stage_rack_learned *self, struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];

	memcpy(directory, self->path, sizeof(directory));
	*strrchr(directory, '/') = '\0';
	return stage_io_make_dirs(directory, err);
}

static enum stage_status
save(const struct stage_rack_learned *self, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < self->count; i++) {
		status = write_item(&self->items[i], &text);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to save %s: %s", self->path,
			stage_strerror(status));
	} else {
		status = make_directory(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(self->path, stage_str_text(&text),
			text.len, GENERATIONS, err);
	}
	stage_str_finish(&text);
	return status;
}

static bool
is_of(const struct stage_rack_learned_item *item, const char *slot,
	const char *target)
{
	return strcmp(item->slot, slot) == 0 &&
	       (target == NULL || strcmp(item->map.target, target) == 0);
}

static size_t
drop(struct stage_rack_learned *self, const char *slot, const char *target)
{
	size_t kept = 0;
	size_t before = self->count;

	for (size_t i = 0; i < before; i++) {
		if (!is_of(&self->items[i], slot, target)) {
			self->items[kept++] = self->items[i];
		}
	}
	self->count = kept;
	return before - kept;
}

// Does nothing, or all of it.
static enum stage_status
save_or_restore(struct stage_rack_learned *self,
	struct stage_rack_learned *before, struct stage_err *err)
{
	enum stage_status status = save(self, err);

	if (status != STAGE_OK) {
		*self = *before;
	}
	free(before);
	return status;
}

static struct stage_rack_learned *
copy(const struct stage_rack_learned *self)
{
	struct stage_rack_learned *out = malloc(sizeof(*out));

	if (out != NULL) {
		*out = *self;
	}
	return out;
}

enum stage_status
stage_rack_learned_add(struct stage_rack_learned *self, const char *slot,
	const struct stage_rack_map *map, struct stage_err *err)
{
	struct stage_rack_learned *before = copy(self);
	struct stage_rack_learned_item *item;

	if (before == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	(void)drop(self, slot, map->target);
	if (self->count == STAGE_RACK_MAPS_MAX) {
		free(before);
		return stage_err_set(err, STAGE_FULL,
			"a rack learns no more than %d controllers",
			STAGE_RACK_MAPS_MAX);
	}
	item = &self->items[self->count++];
	memset(item, 0, sizeof(*item));
	(void)!stage_format(item->slot, sizeof(item->slot), "%s", slot);
	item->map = *map;
	return save_or_restore(self, before, err);
}

enum stage_status
stage_rack_learned_forget(struct stage_rack_learned *self, const char *slot,
	const char *target, struct stage_err *err)
{
	struct stage_rack_learned *before = copy(self);

	if (before == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (drop(self, slot, target) == 0) {
		free(before);
		return stage_err_set(err, STAGE_NOT_FOUND,
			"nothing was learned for %s%s%s", slot,
			target != NULL ? " " : "",
			target != NULL ? target : "");
	}
	return save_or_restore(self, before, err);
}
