/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/history.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "patchbay/history_state.h"
#include "patchbay/patch_diff.h"
#include "patchbay/patch_text.h"

enum stage_status
stage_history_create(const char *file, const char *dir,
	struct stage_history **out, struct stage_err *err)
{
	struct stage_history *self = calloc(1, sizeof(*self));
	enum stage_status status;

	*out = NULL;
	if (self == NULL) {
		return stage_err_set(
			err, STAGE_NO_MEMORY, "not enough memory for %s", file);
	}
	status = stage_history_store_init(&self->store, file, dir, err);
	if (status != STAGE_OK) {
		stage_history_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_history_destroy(struct stage_history *self)
{
	if (self == NULL) {
		return;
	}
	stage_history_store_finish(&self->store);
	free(self);
}

const char *
stage_history_warning(const struct stage_history *self)
{
	return self->warning.text;
}

uint64_t
stage_history_current(const struct stage_history *self)
{
	return self->head.number;
}

const struct stage_learned_head *
stage_history_list(const struct stage_history *self, size_t *count)
{
	*count = self->store.index.count;
	return self->store.index.items;
}

void
stage_history_warn(struct stage_history *self, const char *format, ...)
{
	char sentence[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	stage_err_set(&self->warning, STAGE_OK, "%s%s%s", self->warning.text,
		self->warning.text[0] == '\0' ? "" : "; ", sentence);
}

uint64_t
stage_history_next(const struct stage_history *self)
{
	uint64_t last = self->store.index.last;

	return (last > self->head.number ? last : self->head.number) + 1;
}

static enum stage_status
render(const struct stage_learned_head *head,
	const struct stage_patch_list *list, struct stage_str *out,
	struct stage_err *err)
{
	enum stage_status status = stage_learned_write(out, head, list);

	if (status == STAGE_NO_MEMORY) {
		return stage_err_set(err, status,
			"not enough memory to save what was learned");
	}
	if (status != STAGE_OK) { // its lines were looked at before
		return stage_err_set(err, status,
			"unable to save what was learned: a patch file has at "
			"most %d lines and %d bytes",
			STAGE_PATCH_STATEMENTS_MAX, STAGE_PATCH_FILE_MAX);
	}
	return STAGE_OK;
}

// A generation that is not kept does no harm to what is in force.
static void
keep_bytes(struct stage_history *self, const struct stage_str *bytes)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = STAGE_DENIED;

	if (self->is_dir_readable) {
		status = stage_history_store_write(
			&self->store, &self->head, bytes, &why);
	} else {
		stage_err_set(
			&why, status, "unable to read %s", self->store.dir);
	}
	self->is_kept = status == STAGE_OK;
	if (status != STAGE_OK) {
		stage_history_warn(self,
			"generation %" PRIu64 " is not kept: %s",
			self->head.number, why.text);
	}
}

enum stage_status
stage_history_keep(
	struct stage_history *self, const struct stage_patch_list *list)
{
	struct stage_str bytes = {0};
	enum stage_status status = render(&self->head, list, &bytes, NULL);

	if (status == STAGE_OK) {
		keep_bytes(self, &bytes);
	}
	stage_str_finish(&bytes);
	return status == STAGE_NO_MEMORY ? status : STAGE_OK;
}

// What is in force has no generation's file yet; learned.patch has it, whose
// bytes these are.
static enum stage_status
keep_present(struct stage_history *self, const struct stage_str *bytes)
{
	struct stage_learned learned = {0};
	enum stage_status status;

	if (self->is_kept || !self->is_on_disk || self->head.number == 0) {
		return STAGE_OK;
	}
	status = stage_learned_read(stage_str_text(bytes), bytes->len,
		self->store.file, &learned, NULL);
	if (status == STAGE_OK) {
		status = stage_history_keep(self, &learned.list);
	}
	stage_patch_list_finish(&learned.list);
	return status;
}

static bool
is_as_seen(const struct stage_history *self, const struct stage_str *bytes)
{
	return self->has_seen &&
	       self->seen == stage_learned_sum_bytes(
				     stage_str_text(bytes), bytes->len);
}

static enum stage_status
put_bad_aside(struct stage_history *self, struct stage_err *err)
{
	char aside[STAGE_PATH_MAX];
	enum stage_status status =
		stage_history_store_put_aside(&self->store, aside, err);

	self->is_bad_there = status != STAGE_OK;
	return status;
}

// Looks whether learned.patch may be replaced, and keeps what is in it.
static enum stage_status
prepare_file(struct stage_history *self, struct stage_str *bytes,
	struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_history_store_read_file(&self->store, bytes, &why);

	if (status == STAGE_NOT_FOUND) {
		return STAGE_OK;
	}
	if (stage_history_is_passing(status)) {
		return stage_err_set(err, status, "%s", why.text);
	}
	if (self->is_bad_there &&
		(status != STAGE_OK || is_as_seen(self, bytes))) {
		return put_bad_aside(self, err);
	}
	if (status != STAGE_OK || !is_as_seen(self, bytes)) {
		return stage_err_set(err, STAGE_BUSY,
			"unable to save %s: somebody else has changed it, and "
			"that must be read first",
			self->store.file);
	}
	return keep_present(self, bytes);
}

// Puts head and list in force, learned.patch first.
static enum stage_status
commit(struct stage_history *self, const struct stage_learned_head *head,
	const struct stage_patch_list *list, uint64_t sum,
	struct stage_err *err)
{
	struct stage_str present = {0};
	struct stage_str bytes = {0};
	enum stage_status status = STAGE_BUG;

	if (!self->has_sum) {
		return stage_err_set(err, status,
			"%s was not read before it was to be saved",
			self->store.file);
	}
	status = render(head, list, &bytes, err);
	if (status == STAGE_OK) {
		status = prepare_file(self, &present, err);
	}
	if (status == STAGE_OK) {
		status = stage_history_store_write_file(
			&self->store, &bytes, err);
	}
	if (status == STAGE_OK) {
		self->head = *head;
		self->sum = sum;
		self->has_sum = true;
		self->is_on_disk = true;
		self->is_bad_there = false;
		self->seen = stage_learned_sum_bytes(bytes.data, bytes.len);
		self->has_seen = true;
		keep_bytes(self, &bytes);
	}
	stage_str_finish(&bytes);
	stage_str_finish(&present);
	return status;
}

// The list is in force already: what of it is not on the disk?
static enum stage_status
save_again(struct stage_history *self, const struct stage_patch_list *list,
	struct stage_err *err)
{
	struct stage_learned_head head = self->head;

	if (self->is_on_disk) {
		return self->is_kept ? STAGE_OK
				     : stage_history_keep(self, list);
	}
	return commit(self, &head, list, self->sum, err);
}

static struct stage_learned_head
new_head(const struct stage_history *self, int64_t now_s)
{
	struct stage_learned_head head = {
		.number = stage_history_next(self),
		.time_s = now_s,
		.undo = self->head.number,
	};

	return head;
}

enum stage_status
stage_history_save(struct stage_history *self,
	const struct stage_patch_list *list, const char *reason, int64_t now_s,
	struct stage_err *err)
{
	struct stage_learned_head head = new_head(self, now_s);
	uint64_t sum = 0;
	enum stage_status status = stage_learned_sum(list, &sum);

	self->warning.text[0] = '\0';
	if (status != STAGE_OK) {
		return stage_err_set(err, status,
			"unable to save what was learned: %s",
			stage_strerror(status));
	}
	if (self->has_sum && sum == self->sum) {
		return save_again(self, list, err);
	}
	stage_learned_set_reason(&head, reason);
	return commit(self, &head, list, sum, err);
}

static enum stage_status
read_generation(const struct stage_history *self, uint64_t number,
	struct stage_learned *out, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;

	if (number == 0) {
		return STAGE_OK;
	}
	status =
		stage_history_store_read(&self->store, number, out, NULL, &why);
	if (status == STAGE_NOT_FOUND) {
		return stage_err_set(err, status,
			"there is no generation %" PRIu64
			", or it is no longer kept",
			number);
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s", why.text);
}

static uint64_t
undo_of(const struct stage_learned_head *target, uint64_t own)
{
	return target->undo == target->number ? own : target->undo;
}

// Which step leads to a generation.
enum step {
	STEP_UNDO,
	STEP_REDO,
	STEP_GO,
};

static void
fill_step(struct stage_learned_head *head, enum step step,
	const struct stage_learned_head *present,
	const struct stage_learned_head *target)
{
	static const char *const words[] = {[STEP_UNDO] = "undo to",
		[STEP_REDO] = "redo of",
		[STEP_GO] = "back to"};
	char reason[STAGE_LEARNED_REASON_MAX];

	if (step == STEP_UNDO) {
		head->undo = undo_of(target, head->number);
		head->redo = present->number;
	} else if (step == STEP_REDO) {
		head->redo = target->redo;
	}
	if (stage_format(reason, sizeof(reason), "%s generation %" PRIu64,
		    words[step], target->number) == STAGE_OK) {
		stage_learned_set_reason(head, reason);
	}
}

static enum stage_status
take_step(struct stage_history *self, enum step step, uint64_t number,
	int64_t now_s, struct stage_patch_list *out, struct stage_err *err)
{
	struct stage_learned_head head = new_head(self, now_s);
	struct stage_learned target = {0};
	uint64_t sum = 0;
	enum stage_status status = read_generation(self, number, &target, err);

	self->warning.text[0] = '\0';
	if (status == STAGE_OK) {
		fill_step(&head, step, &self->head, &target.head);
		status = stage_learned_sum(&target.list, &sum);
		if (status != STAGE_OK) {
			stage_err_set(err, status,
				"not enough memory to read a generation");
		}
	}
	if (status == STAGE_OK) {
		status = commit(self, &head, &target.list, sum, err);
	}
	if (status != STAGE_OK) {
		stage_patch_list_finish(&target.list);
		return status;
	}
	*out = target.list;
	return STAGE_OK;
}

enum stage_status
stage_history_undo(struct stage_history *self, int64_t now_s,
	struct stage_patch_list *out, struct stage_err *err)
{
	if (self->head.undo == self->head.number) {
		return stage_err_set(
			err, STAGE_NOT_FOUND, "there is nothing to undo");
	}
	return take_step(self, STEP_UNDO, self->head.undo, now_s, out, err);
}

enum stage_status
stage_history_redo(struct stage_history *self, int64_t now_s,
	struct stage_patch_list *out, struct stage_err *err)
{
	if (self->head.redo == 0) {
		return stage_err_set(
			err, STAGE_NOT_FOUND, "there is nothing to redo");
	}
	return take_step(self, STEP_REDO, self->head.redo, now_s, out, err);
}

enum stage_status
stage_history_go(struct stage_history *self, uint64_t number, int64_t now_s,
	struct stage_patch_list *out, struct stage_err *err)
{
	return take_step(self, STEP_GO, number, now_s, out, err);
}

enum stage_status
stage_history_read(const struct stage_history *self, uint64_t number,
	struct stage_patch_list *out, struct stage_err *err)
{
	struct stage_learned learned = {0};
	enum stage_status status = read_generation(self, number, &learned, err);

	if (status == STAGE_OK) {
		*out = learned.list;
	}
	return status;
}

static enum stage_status
compare(const struct stage_patch_list *from, const struct stage_patch_list *to,
	struct stage_patch_list *added, struct stage_patch_list *removed,
	struct stage_err *err)
{
	enum stage_status status = stage_patch_diff(to, from, added);

	if (status == STAGE_OK) {
		status = stage_patch_diff(from, to, removed);
	}
	if (status != STAGE_OK) {
		stage_patch_list_finish(added);
		stage_patch_list_finish(removed);
		return stage_err_set(err, status,
			"unable to compare two generations: %s",
			stage_strerror(status));
	}
	return STAGE_OK;
}

enum stage_status
stage_history_diff(const struct stage_history *self, uint64_t from, uint64_t to,
	struct stage_patch_list *added, struct stage_patch_list *removed,
	struct stage_err *err)
{
	struct stage_patch_list before = {0};
	struct stage_patch_list after = {0};
	enum stage_status status = stage_history_read(self, from, &before, err);

	if (status == STAGE_OK) {
		status = stage_history_read(self, to, &after, err);
	}
	if (status == STAGE_OK) {
		status = compare(&before, &after, added, removed, err);
	}
	stage_patch_list_finish(&before);
	stage_patch_list_finish(&after);
	return status;
}
