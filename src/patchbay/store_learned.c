/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "patchbay/learned.h"
#include "patchbay/patch_diff.h"
#include "patchbay/patch_text.h"
#include "patchbay/store_private.h"

static int64_t
wall_s(void)
{
	return stage_clock_wall_ns() / STAGE_NS_PER_S;
}

enum stage_status
stage_patch_store_load(struct stage_patch_store *self,
	struct stage_patch_list *out, struct stage_err *err)
{
	struct stage_patch_list copy = {0};
	enum stage_status status =
		stage_history_load(self->history, wall_s(), out, NULL, err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_patch_store_complain(self, stage_history_warning(self->history));
	if (stage_patch_list_copy(out, &copy) != STAGE_OK) {
		stage_patch_list_finish(out);
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for what was learned");
	}
	stage_patch_list_finish(&self->saved);
	self->saved = copy;
	return STAGE_OK;
}

bool
stage_patch_store_load_learned(struct stage_patch_store *self)
{
	struct stage_patch_list list = {0};
	struct stage_err err = STAGE_ERR_INIT;
	bool is_same;

	if (stage_patch_store_load(self, &list, &err) != STAGE_OK) {
		self->complain(self->user, &err);
		return false;
	}
	is_same = stage_patch_list_is_same(&list, &self->learned);
	stage_patch_list_finish(&self->learned);
	self->learned = list;
	self->is_saved = true;
	return !is_same;
}

enum stage_status
stage_patch_store_learn(struct stage_patch_store *self,
	const struct stage_patch_statement *statement, bool *has_changed)
{
	struct stage_patch_statement dated = *statement;
	bool is_new = false;
	enum stage_status status;

	dated.since_s = wall_s();
	status = stage_learned_add(&self->learned, &dated, &is_new);
	if (is_new) {
		self->is_saved = false;
		*has_changed = true;
	}
	return status;
}

enum stage_status
stage_patch_store_learn_pair(struct stage_patch_store *self,
	enum stage_patch_policy policy, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how,
	bool *has_changed)
{
	struct stage_patch_list list = {0};
	enum stage_status status =
		stage_patch_list_want(&list, system, from, to);

	if (status == STAGE_OK) {
		list.items[0].policy = policy;
		if (how != NULL) {
			list.items[0].how = *how;
		}
		status = stage_patch_store_learn(
			self, &list.items[0], has_changed);
	}
	stage_patch_list_finish(&list);
	return status;
}

void
stage_patch_store_unlearn(struct stage_patch_store *self,
	enum stage_patch_system system, const char *from, const char *to)
{
	if (stage_learned_drop(&self->learned, system, from, to)) {
		self->is_saved = false;
	}
}

bool
stage_patch_store_forget(struct stage_patch_store *self,
	const struct stage_patch_statement *statement)
{
	size_t at = stage_patch_list_find(&self->learned, statement);

	if (at == SIZE_MAX) {
		return false;
	}
	stage_patch_list_remove(&self->learned, at);
	self->is_saved = false;
	return true;
}

static enum stage_status
check_mode_line(const char *clients, struct stage_err *err)
{
	char *copy = strdup(clients);
	const struct stage_patch_mode_line line = {.client = copy};
	struct stage_str text = {0};
	enum stage_status status = STAGE_NO_MEMORY;

	if (copy != NULL) {
		status = stage_patch_text_format_mode(&line, &text);
	}
	stage_str_finish(&text);
	free(copy);
	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status,
				 "no line of a patch file can hold these "
				 "clients: %s",
				 stage_strerror(status));
}

static bool
has_mode_line(const struct stage_patch_list *list, const char *clients,
	enum stage_patch_mode mode)
{
	bool has_any = false;

	for (size_t i = 0; i < list->mode_count; i++) {
		const struct stage_patch_mode_line *line = &list->modes[i];
		if (line->client == NULL ||
			strcmp(line->client, clients) != 0) {
			continue;
		}
		if (has_any || line->mode != mode) {
			return false;
		}
		has_any = true;
	}
	return has_any == (mode != STAGE_PATCH_MODE_COUNT);
}

enum stage_status
stage_patch_store_learn_mode(struct stage_patch_store *self,
	const char *clients, enum stage_patch_mode mode, struct stage_err *err)
{
	enum stage_status status = check_mode_line(clients, err);

	if (status != STAGE_OK ||
		has_mode_line(&self->learned, clients, mode)) {
		return status;
	}
	stage_patch_list_remove_mode(&self->learned, clients);
	self->is_saved = false;
	if (mode != STAGE_PATCH_MODE_COUNT &&
		stage_patch_list_add_mode(&self->learned, mode, clients, 0) !=
			STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for a mode of clients");
	}
	return STAGE_OK;
}

bool
stage_patch_store_is_saved(const struct stage_patch_store *self)
{
	return self->is_saved;
}

// Puts what differs between two lists on top of a third one.
static enum stage_status
merge(struct stage_patch_list *onto, const struct stage_patch_list *before,
	const struct stage_patch_list *after)
{
	struct stage_patch_list added = {0};
	struct stage_patch_list removed = {0};
	enum stage_status status = stage_patch_diff(after, before, &added);
	bool is_new;

	if (status == STAGE_OK) {
		status = stage_patch_diff(before, after, &removed);
	}
	for (size_t i = 0; i < removed.count && status == STAGE_OK; i++) {
		size_t at = stage_patch_list_find(onto, &removed.items[i]);
		if (at != SIZE_MAX) {
			stage_patch_list_remove(onto, at);
		}
	}
	for (size_t i = 0; i < added.count && status == STAGE_OK; i++) {
		status = stage_learned_add(onto, &added.items[i], &is_new);
	}
	for (size_t i = 0; i < removed.mode_count; i++) {
		stage_patch_list_remove_mode(onto, removed.modes[i].client);
	}
	for (size_t i = 0; i < added.mode_count && status == STAGE_OK; i++) {
		stage_patch_list_remove_mode(onto, added.modes[i].client);
		status = stage_patch_list_add_mode(
			onto, added.modes[i].mode, added.modes[i].client, 0);
	}
	stage_patch_list_finish(&added);
	stage_patch_list_finish(&removed);
	return status;
}

// The user was quicker: what the file says now, and what was learned since.
static enum stage_status
take_edit_in(struct stage_patch_store *self, struct stage_err *err)
{
	struct stage_patch_list before = self->saved;
	struct stage_patch_list both = {0};
	enum stage_status status;

	self->saved = (struct stage_patch_list){0};
	status = stage_patch_store_load(self, &both, err);
	if (status == STAGE_OK &&
		merge(&both, &before, &self->learned) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY,
			"not enough memory for what was learned");
	}
	if (status != STAGE_OK) {
		// Rather what was in force than a half of both.
		stage_patch_list_finish(&both);
		stage_patch_list_finish(&self->saved);
		self->saved = before;
		return status;
	}
	stage_patch_list_finish(&before);
	stage_patch_list_finish(&self->learned);
	self->learned = both;
	self->has_edit = false;
	return STAGE_OK;
}

static enum stage_status
write_learned(struct stage_patch_store *self, const char *reason,
	bool *has_changed, struct stage_err *err)
{
	struct stage_patch_list copy = {0};
	uint64_t before = stage_history_current(self->history);
	enum stage_status status = stage_history_save(
		self->history, &self->learned, reason, wall_s(), err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_patch_store_complain(self, stage_history_warning(self->history));
	self->is_saved = true;
	// What was learned has its line now; people are told of it.
	if (stage_history_current(self->history) != before &&
		stage_learned_number(&self->learned)) {
		*has_changed = true;
	}
	if (stage_patch_list_copy(&self->learned, &copy) == STAGE_OK) {
		stage_patch_list_finish(&self->saved);
		self->saved = copy;
	}
	return STAGE_OK;
}

enum stage_status
stage_patch_store_save(struct stage_patch_store *self, const char *reason,
	bool *has_changed, struct stage_err *err)
{
	enum stage_status status = STAGE_BUSY;

	if (!self->has_edit) {
		status = write_learned(self, reason, has_changed, err);
	}
	if (status != STAGE_BUSY) {
		return status;
	}
	*err = (struct stage_err)STAGE_ERR_INIT;
	self->has_edit = true;
	status = take_edit_in(self, err);
	if (status != STAGE_OK) {
		return status;
	}
	*has_changed = true;
	return write_learned(self, reason, has_changed, err);
}

static enum stage_status
undo_one(struct stage_patch_store *self, bool is_redo, struct stage_err *err)
{
	struct stage_patch_list list = {0};
	enum stage_status status = is_redo ? stage_history_redo(self->history,
						     wall_s(), &list, err)
					   : stage_history_undo(self->history,
						     wall_s(), &list, err);

	if (status != STAGE_OK) {
		return status;
	}
	stage_patch_store_complain(self, stage_history_warning(self->history));
	stage_patch_list_finish(&self->saved);
	stage_patch_list_finish(&self->learned);
	self->learned = list;
	return stage_patch_list_copy(&self->learned, &self->saved) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

enum stage_status
stage_patch_store_undo(struct stage_patch_store *self, bool is_redo,
	unsigned count, unsigned *done, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	bool has_changed = false; // the caller takes all of it anew

	*done = 0;
	if (!self->is_saved) { // it is the last change
		status = stage_patch_store_save(
			self, "changed by hand", &has_changed, err);
	}
	while (status == STAGE_OK && *done < count) {
		status = undo_one(self, is_redo, err);
		*done += status == STAGE_OK;
	}
	if (*done > 0 && status == STAGE_NOT_FOUND) {
		*err = (struct stage_err)STAGE_ERR_INIT;
		status = STAGE_OK; // as far as it goes
	}
	return status;
}

const struct stage_history *
stage_patch_store_history(const struct stage_patch_store *self)
{
	return self->history;
}
