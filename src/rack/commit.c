/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/conf.h"
#include "rack/edit.h"
#include "rack/text.h"
#include "rack/value.h"

// In the directory of the checkpoints: what the files were before the last
// commit, before the one that is under way, and before the one before that,
// which is needed when that comes to nothing.
#define KEPT ".files"
#define KEPT_NEW ".files.new"
#define KEPT_OLD ".files.old"

static enum stage_status
kept_path(const struct stage_rack *self, const char *kept, const char *file,
	char out[STAGE_PATH_MAX], struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		directory, sizeof(directory), self->shop.memories, kept, err);

	return status == STAGE_OK ? stage_io_join(out, STAGE_PATH_MAX,
					    directory, file, err)
				  : status;
}

// Text.

static enum stage_status
write_number(const struct stage_rack_slot *slot, const char *key,
	const char *symbol, float value, struct stage_str *text,
	struct stage_err *err)
{
	char number[32];

	stage_rack_text_number(value, number, sizeof(number));
	return stage_rack_text_set(
		text, slot->config.file, key, symbol, number, err);
}

static enum stage_status
write_values(const struct stage_rack_slot *slot, struct stage_str *text,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (uint32_t i = 0;
		status == STAGE_OK && i < stage_rack_slot_value_count(slot);
		i++) {
		float value = stage_rack_page_get(&slot->page, i);
		const char *symbol = stage_rack_slot_symbol(slot, i);
		const char *key = "set";
		if (i >= slot->count) {
			key = stage_rack_extras[i - slot->count].key;
			symbol = NULL;
		}
		if (key != NULL &&
			value != stage_rack_slot_configured(slot, i)) {
			status = write_number(
				slot, key, symbol, value, text, err);
		}
	}
	return status;
}

static enum stage_status
write_all(const struct stage_rack_slot *slot, struct stage_str *text,
	struct stage_err *err)
{
	bool is_bypassed = stage_rack_page_is_bypassed(&slot->page);
	float wet = stage_rack_page_wet(&slot->page);
	enum stage_status status = write_values(slot, text, err);

	if (status == STAGE_OK && is_bypassed != slot->config.is_bypassed) {
		status = stage_rack_text_set(text, slot->config.file, "bypass",
			NULL, is_bypassed ? "yes" : "no", err);
	}
	if (status == STAGE_OK && wet != slot->config.wet) {
		status = write_number(slot, "wet", NULL, wet, text, err);
	}
	return status;
}

// Files. All of them are made, and what they were is kept, before the first one
// is written: what cannot be done leaves the files as they are, and the way
// back from the commit before.

struct change {
	const struct stage_rack_slot *slot;
	struct stage_str text;
};

struct changes {
	struct change items[STAGE_RACK_SLOTS_MAX];
	size_t count;
};

static void
finish_changes(struct changes *self)
{
	for (size_t i = 0; i < self->count; i++) {
		stage_str_finish(&self->items[i].text);
	}
}

static enum stage_status
remove_kept(
	const struct stage_rack *self, const char *kept, struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		directory, sizeof(directory), self->shop.memories, kept, err);

	return status == STAGE_OK ? stage_io_remove_tree(directory, err)
				  : status;
}

// One that is not there is fine.
static enum stage_status
rename_kept(const struct stage_rack *self, const char *from, const char *to,
	struct stage_err *err)
{
	char old_path[STAGE_PATH_MAX];
	char new_path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		old_path, sizeof(old_path), self->shop.memories, from, err);

	if (status == STAGE_OK) {
		status = stage_io_join(new_path, sizeof(new_path),
			self->shop.memories, to, err);
	}
	if (status == STAGE_OK && rename(old_path, new_path) != 0 &&
		errno != ENOENT) {
		status = stage_err_set_errno(
			err, errno, "unable to rename %s", old_path);
	}
	return status;
}

// Of a commit that was interrupted.
static void
recover(const struct stage_rack *self)
{
	(void)!rename_kept(self, KEPT_OLD, KEPT, NULL); // where there is none
}

static enum stage_status
keep(const struct stage_rack *self, const char *file,
	const struct stage_str *text, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = kept_path(self, KEPT_NEW, file, path, err);

	return status == STAGE_OK
		       ? stage_atomic_save(
				 path, stage_str_text(text), text->len, 0, err)
		       : status;
}

// Adds what is to become of a slot's file, when that says something new.
static enum stage_status
add_change(const struct stage_rack *self, const struct stage_rack_slot *slot,
	struct changes *changes, struct stage_err *err)
{
	struct change *change = &changes->items[changes->count];
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_rack_file(self, slot->config.file, path, err);

	*change = (struct change){.slot = slot};
	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_CONF_FILE_MAX, &text, err);
	}
	if (status == STAGE_OK &&
		stage_str_append(&change->text, stage_str_text(&text),
			text.len) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		status = write_all(slot, &change->text, err);
	}
	if (status == STAGE_OK && strcmp(stage_str_text(&text),
					  stage_str_text(&change->text)) != 0) {
		changes->count++;
		status = keep(self, slot->config.file, &text, err);
	} else {
		stage_str_finish(&change->text);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
prepare(const struct stage_rack *self, const struct stage_rack_slot *slot,
	struct changes *changes, struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	enum stage_status status = remove_kept(self, KEPT_NEW, err);

	if (status == STAGE_OK) {
		status = stage_io_join(directory, sizeof(directory),
			self->shop.memories, KEPT_NEW, err);
	}
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(directory, err);
	}
	for (size_t i = 0; status == STAGE_OK && i < self->count; i++) {
		const struct stage_rack_slot *one = self->slots[i];
		if (one->plugin != NULL && (slot == NULL || slot == one)) {
			status = add_change(self, one, changes, err);
		}
	}
	return status;
}

static enum stage_status
write_changes(const struct stage_rack *self, const struct changes *changes,
	size_t *count, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		char path[STAGE_PATH_MAX];
		status = stage_rack_file(
			self, change->slot->config.file, path, err);
		if (status == STAGE_OK) {
			status = stage_atomic_save(path,
				stage_str_text(&change->text), change->text.len,
				0, err);
		}
		*count += status == STAGE_OK;
	}
	return status;
}

// From here on the way back is that of this commit, when any file was written.
static enum stage_status
carry_out(const struct stage_rack *self, const struct changes *changes,
	size_t *count, struct stage_err *err)
{
	enum stage_status status = remove_kept(self, KEPT_OLD, err);

	if (status == STAGE_OK) {
		status = rename_kept(self, KEPT, KEPT_OLD, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = rename_kept(self, KEPT_NEW, KEPT, err);
	if (status == STAGE_OK) {
		status = write_changes(self, changes, count, err);
	}
	if (*count == 0) {
		(void)!remove_kept(self, KEPT, NULL);
		recover(self);
	} else {
		(void)!remove_kept(self, KEPT_OLD, NULL);
	}
	return status;
}

enum stage_status
stage_rack_edit_commit(struct stage_rack *self, struct stage_rack_slot *slot,
	size_t *count, struct stage_err *err)
{
	struct changes *changes = calloc(1, sizeof(*changes));
	enum stage_status status = STAGE_NO_MEMORY;

	*count = 0;
	if (changes == NULL) {
		return stage_err_set(err, status, "out of memory");
	}
	recover(self);
	status = prepare(self, slot, changes, err);
	if (status == STAGE_OK && changes->count > 0) {
		status = carry_out(self, changes, count, err);
	}
	(void)!remove_kept(self, KEPT_NEW, NULL);
	finish_changes(changes);
	free(changes);
	if (*count > 0) {
		stage_rack_reload(self);
	}
	return status;
}

// Taking it back.

static enum stage_status
put_back(const struct stage_rack *self, const char *file, struct stage_err *err)
{
	struct stage_str text = {0};
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status = kept_path(self, KEPT, file, from, err);

	if (status == STAGE_OK) {
		status = stage_rack_file(self, file, to, err);
	}
	if (status == STAGE_OK && access(to, F_OK) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to put back %s", to);
	}
	if (status == STAGE_OK) {
		status = stage_io_read_file(
			from, STAGE_CONF_FILE_MAX, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			to, stage_str_text(&text), text.len, 0, err);
	}
	if (status == STAGE_OK && unlink(from) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to remove %s", from);
	}
	stage_str_finish(&text);
	return status;
}

// What is heard stays as it is: what a file says again is not taken over.
static void
set_again(struct stage_rack_slot *slot, const struct stage_rack_memory *memory)
{
	uint32_t count = stage_rack_slot_value_count(slot);

	for (uint32_t i = 0; i < count && i < memory->value_count; i++) {
		stage_rack_page_set(&slot->page, i, memory->values[i].value);
	}
	stage_rack_page_set_bypassed(&slot->page, memory->is_bypassed);
	stage_rack_page_set_wet(&slot->page, memory->wet);
	slot->is_dirty = true;
}

static enum stage_status
reload_as_it_is(struct stage_rack *self, struct stage_err *err)
{
	struct stage_rack_memory *memories =
		calloc(self->count + 1, sizeof(*memories));
	struct stage_rack_slot *slots[STAGE_RACK_SLOTS_MAX];
	size_t count = self->count;
	enum stage_status status =
		memories != NULL ? STAGE_OK : STAGE_NO_MEMORY;

	for (size_t i = 0; i < count; i++) {
		slots[i] = self->slots[i];
		slots[i]->refs++; // it may go, when the files are read
		if (status == STAGE_OK && slots[i]->plugin != NULL) {
			status = stage_rack_page_copy(
				&slots[i]->page, &memories[i]);
		}
	}
	stage_rack_reload(self);
	for (size_t i = 0; status == STAGE_OK && i < count; i++) {
		for (size_t k = 0; k < self->count; k++) {
			if (self->slots[k] == slots[i] &&
				slots[i]->plugin != NULL) {
				set_again(slots[i], &memories[i]);
			}
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (memories != NULL) {
			stage_rack_memory_finish(&memories[i]);
		}
		stage_rack_slot_unref(slots[i]);
	}
	free(memories);
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "out of memory");
}

enum stage_status
stage_rack_edit_undo(
	struct stage_rack *self, size_t *count, struct stage_err *err)
{
	struct stage_strv names = {0};
	char directory[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		directory, sizeof(directory), self->shop.memories, KEPT, err);

	*count = 0;
	recover(self);
	if (status == STAGE_OK) {
		status = stage_io_list_dir(directory, &names, err);
	}
	if (status == STAGE_NOT_FOUND ||
		(status == STAGE_OK && names.count == 0)) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"there is no commit to take back");
	}
	for (size_t i = 0; status == STAGE_OK && i < names.count; i++) {
		status = put_back(self, names.items[i], err);
		*count += status == STAGE_OK;
	}
	stage_strv_finish(&names);
	if (*count > 0) {
		enum stage_status reloaded = reload_as_it_is(self, err);
		status = status == STAGE_OK ? reloaded : status;
	}
	return status;
}
