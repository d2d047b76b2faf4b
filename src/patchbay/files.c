/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/files.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "patchbay/patch_text.h"

#define FIRST_CAP 8

void
stage_patch_file_finish(struct stage_patch_file *self)
{
	stage_patch_list_finish(&self->list);
	stage_str_finish(&self->text);
	free(self->complaint);
	free(self->name);
	*self = (struct stage_patch_file){0};
}

// The place of a name, or where it would stand.
static size_t
place_of(const struct stage_patch_files *self, const char *name, bool *is_there)
{
	size_t i = 0;

	while (i < self->count && strcmp(self->items[i].name, name) < 0) {
		i++;
	}
	*is_there = i < self->count && strcmp(self->items[i].name, name) == 0;
	return i;
}

// The file of a name, made when it is new. NULL without memory.
static struct stage_patch_file *
file_of(struct stage_patch_files *self, const char *name)
{
	bool is_there;
	size_t at = place_of(self, name, &is_there);
	char *copy;

	if (is_there) {
		return &self->items[at];
	}
	if (self->count == self->cap) {
		size_t cap = self->cap == 0 ? FIRST_CAP : self->cap * 2;
		struct stage_patch_file *items =
			realloc(self->items, cap * sizeof(*items));
		if (items == NULL) {
			return NULL;
		}
		self->items = items;
		self->cap = cap;
	}
	copy = strdup(name);
	if (copy == NULL) {
		return NULL;
	}
	memmove(&self->items[at + 1], &self->items[at],
		(self->count - at) * sizeof(*self->items));
	self->items[at] = (struct stage_patch_file){.name = copy};
	self->count++;
	return &self->items[at];
}

// Tells what is wrong, unless it was told last time. NULL: nothing is.
static void
remark(struct stage_patch_file *file, const struct stage_err *why,
	stage_patch_complain complain, void *user)
{
	bool is_new =
		why != NULL && (file->complaint == NULL ||
				       strcmp(file->complaint, why->text) != 0);

	if (is_new) {
		complain(user, why);
	}
	if (why == NULL || is_new) {
		free(file->complaint);
		file->complaint = why != NULL ? strdup(why->text) : NULL;
	}
}

static bool
is_same_text(const struct stage_str *a, const struct stage_str *b)
{
	return a->len == b->len &&
	       memcmp(stage_str_text(a), stage_str_text(b), a->len) == 0;
}

/* Takes a text in place of the one before. What is no good leaves that in
 * force; it is read again next time, for its sentence. */
static enum stage_status
take_text(struct stage_patch_file *file, struct stage_str *text,
	const char *path, bool *has_changed, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status;

	if (file->is_there && is_same_text(text, &file->text)) {
		return STAGE_OK;
	}
	status = stage_patch_text_parse(
		stage_str_text(text), text->len, path, &list, err);
	if (status != STAGE_OK) {
		return status;
	}
	stage_patch_list_finish(&file->list);
	file->list = list;
	stage_str_finish(&file->text);
	file->text = *text;
	*text = (struct stage_str){0};
	*has_changed = true;
	return STAGE_OK;
}

static void
lose_text(struct stage_patch_file *file, bool *has_changed)
{
	*has_changed = *has_changed || file->list.count > 0 ||
		       file->list.mode_count > 0;
	stage_patch_list_finish(&file->list);
	stage_str_finish(&file->text);
	file->is_there = false;
}

enum stage_status
stage_patch_file_read(struct stage_patch_file *file, const char *path,
	stage_patch_complain complain, void *user, bool *has_changed)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str text = {0};
	enum stage_status status =
		stage_io_read_file(path, STAGE_PATCH_FILE_MAX, &text, &err);

	if (status == STAGE_OK) {
		status = take_text(file, &text, path, has_changed, &err);
	}
	stage_str_finish(&text);
	if (status == STAGE_NO_MEMORY) {
		return status;
	}
	if (status == STAGE_NOT_FOUND) {
		lose_text(file, has_changed);
		status = STAGE_OK;
	} else {
		file->is_there = true;
	}
	remark(file, status != STAGE_OK ? &err : NULL, complain, user);
	return STAGE_OK;
}

static bool
is_patch_file(const char *name)
{
	return name[0] != '.' && stage_ends_with(name, ".patch") &&
	       strcmp(name, STAGE_PATCH_LEARNED) != 0;
}

static void
drop_missing(struct stage_patch_files *self, const struct stage_strv *names,
	bool *has_changed)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->count; i++) {
		struct stage_patch_file *file = &self->items[i];
		if (file->is_there && stage_strv_has(names, file->name)) {
			self->items[kept] = *file;
			kept++;
		} else {
			lose_text(file, has_changed);
			stage_patch_file_finish(file);
		}
	}
	self->count = kept;
}

static enum stage_status
read_names(struct stage_patch_files *self, const char *directory,
	const struct stage_strv *names, stage_patch_complain complain,
	void *user, bool *has_changed)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < names->count && status != STAGE_NO_MEMORY; i++) {
		char path[STAGE_PATH_MAX];
		struct stage_patch_file *file;
		if (!is_patch_file(names->items[i]) ||
			stage_format(path, sizeof(path), "%s/%s", directory,
				names->items[i]) != STAGE_OK) {
			continue; // no system opens a path that is so long
		}
		file = file_of(self, names->items[i]);
		status = file == NULL ? STAGE_NO_MEMORY
				      : stage_patch_file_read(file, path,
						complain, user, has_changed);
	}
	return status;
}

enum stage_status
stage_patch_files_read(struct stage_patch_files *self, const char *directory,
	stage_patch_complain complain, void *user, bool *has_changed,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_io_list_dir(directory, &names, &why);

	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_strv_finish(&names);
		return stage_err_set(err, status, "%s", why.text);
	}
	status = read_names(
		self, directory, &names, complain, user, has_changed);
	if (status == STAGE_OK) {
		drop_missing(self, &names, has_changed);
	}
	stage_strv_finish(&names);
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

void
stage_patch_files_finish(struct stage_patch_files *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_patch_file_finish(&self->items[i]);
	}
	free(self->items);
	*self = (struct stage_patch_files){0};
}
