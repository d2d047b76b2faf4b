/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <inttypes.h>
#include <string.h>

#include "patchbay/history_state.h"
#include "patchbay/utc.h"

// One load on its way.
struct load {
	struct stage_history *self;
	int64_t now_s;
	struct stage_str bytes;       // of learned.patch
	bool has_bytes;               // it could be read
	struct stage_learned learned; // what it says, or a generation
	enum stage_history_found found;
	struct stage_err why; // learned.patch is no good
};

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY,
		"not enough memory to read what was learned");
}

static enum stage_status
read_index(struct stage_history *self, struct stage_err *err)
{
	struct stage_history_index index = {0};
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status =
		stage_history_index_read(&index, self->store.dir, &why);

	if (stage_history_is_passing(status)) {
		return stage_err_set(err, status, "%s", why.text);
	}
	self->is_dir_readable = status == STAGE_OK;
	if (status != STAGE_OK) {
		stage_history_warn(self, "%s", why.text);
	}
	stage_history_index_finish(&self->store.index);
	self->store.index = index;
	return STAGE_OK;
}

static const struct stage_learned_head *
newest(const struct stage_history *self)
{
	const struct stage_history_index *index = &self->store.index;

	return index->count == 0 ? NULL : &index->items[index->count - 1];
}

static void
note_seen(struct load *load)
{
	struct stage_history *self = load->self;

	self->has_seen = load->has_bytes;
	self->seen = stage_learned_sum_bytes(
		stage_str_text(&load->bytes), load->bytes.len);
}

// What the newest generation says, compared with learned.patch.
enum newest {
	NEWEST_NONE, // there is none, or it is bad
	NEWEST_SAME,
	NEWEST_OTHER,
};

static enum stage_status
look_at_newest(const struct stage_history *self, uint64_t sum, enum newest *out)
{
	const struct stage_learned_head *head = newest(self);
	struct stage_learned learned = {0};
	uint64_t newest_sum = 0;
	enum stage_status status;

	*out = NEWEST_NONE;
	if (head == NULL) {
		return STAGE_OK;
	}
	status = stage_history_store_read(
		&self->store, head->number, &learned, NULL, NULL);
	if (status == STAGE_OK) {
		status = stage_learned_sum(&learned.list, &newest_sum);
	}
	if (status == STAGE_OK) {
		*out = newest_sum == sum ? NEWEST_SAME : NEWEST_OTHER;
	}
	stage_patch_list_finish(&learned.list);
	return stage_history_is_passing(status) ? status : STAGE_OK;
}

static struct stage_learned_head
head_of_edit(const struct load *load)
{
	const struct stage_learned *learned = &load->learned;
	const struct stage_learned_head *before = newest(load->self);
	uint64_t last = load->self->store.index.last;
	struct stage_learned_head head = {.time_s = load->now_s};

	head.number =
		(learned->head.number > last ? learned->head.number : last) + 1;
	head.undo = before == NULL ? head.number : before->number;
	stage_learned_set_reason(&head,
		learned->is_untouched ? "put back by hand" : "edited by hand");
	return head;
}

// True after a save that was interrupted, or when generations got lost.
static bool
is_ahead(const struct load *load, enum newest same)
{
	const struct stage_learned *learned = &load->learned;
	const struct stage_learned_head *before = newest(load->self);
	uint64_t last = load->self->store.index.last;
	bool is_last_bad = same == NEWEST_NONE || before->number != last;

	return learned->is_untouched &&
	       (learned->head.number > last ||
		       (learned->head.number == last && is_last_bad));
}

// Decides which generation the good file is.
static void
name_content(struct load *load, enum newest same)
{
	struct stage_history *self = load->self;

	load->found = STAGE_HISTORY_WHOLE;
	if (same == NEWEST_SAME) {
		self->head = *newest(self);
	} else if (is_ahead(load, same)) {
		self->head = load->learned.head;
	} else {
		load->found = STAGE_HISTORY_EDITED;
		self->head = head_of_edit(load);
	}
}

static enum stage_status
adopt(struct load *load)
{
	struct stage_history *self = load->self;
	enum newest same = NEWEST_NONE;
	uint64_t sum = 0;
	enum stage_status status = stage_learned_sum(&load->learned.list, &sum);

	if (status == STAGE_OK) {
		status = look_at_newest(self, sum, &same);
	}
	if (status != STAGE_OK) {
		return status;
	}
	name_content(load, same);
	self->sum = sum;
	self->has_sum = true;
	self->is_on_disk = true;
	self->is_kept = same == NEWEST_SAME;
	self->is_bad_there = false;
	note_seen(load);
	return self->is_kept ? STAGE_OK
			     : stage_history_keep(self, &load->learned.list);
}

// The newest generation that is good; load->learned.head.number is 0 when none
// is. Its bytes take the place of those of the file.
static enum stage_status
find_good(struct load *load, struct stage_str *bytes)
{
	const struct stage_history *self = load->self;
	const struct stage_history_index *index = &self->store.index;

	for (size_t i = index->count; i-- > 0;) {
		enum stage_status status = stage_history_store_read(
			&self->store, index->items[i].number, &load->learned,
			bytes, NULL);
		if (status == STAGE_OK || stage_history_is_passing(status)) {
			return status;
		}
	}
	return STAGE_OK;
}

static void
put_aside(struct load *load)
{
	struct stage_history *self = load->self;
	struct stage_err why = STAGE_ERR_INIT;
	char aside[STAGE_PATH_MAX];

	note_seen(load);
	stage_history_warn(self, "%s", load->why.text);
	self->is_bad_there = stage_history_store_put_aside(
				     &self->store, aside, &why) != STAGE_OK;
	if (self->is_bad_there) {
		stage_history_warn(self, "%s", why.text);
	} else {
		stage_history_warn(self, "it is kept as %s", aside);
	}
}

static void
tell_generation(struct load *load)
{
	struct stage_history *self = load->self;
	char time[STAGE_UTC_BYTES + 1];

	if (load->found == STAGE_HISTORY_MISSING) {
		stage_history_warn(self, "%s is missing", self->store.file);
	}
	if (self->head.number == 0) {
		stage_history_warn(self, "no generation of it can be read: "
					 "nothing that was learned is known");
		return;
	}
	(void)stage_utc_write(self->head.time_s, time);
	stage_history_warn(self, "generation %" PRIu64 " of %s is in force",
		self->head.number, time);
}

// Writes the generation that is in force where the file was.
static void
restore_file(struct load *load, const struct stage_str *bytes)
{
	struct stage_history *self = load->self;
	struct stage_err why = STAGE_ERR_INIT;

	if (self->is_bad_there) {
		return;
	}
	self->has_seen = false;
	if (stage_history_store_write_file(&self->store, bytes, &why) !=
		STAGE_OK) {
		stage_history_warn(self, "%s", why.text);
		return;
	}
	self->is_on_disk = true;
	self->has_seen = true;
	self->seen = stage_learned_sum_bytes(bytes->data, bytes->len);
}

static enum stage_status
fall_back(struct load *load)
{
	struct stage_history *self = load->self;
	struct stage_str bytes = {0};
	uint64_t sum = 0;
	enum stage_status status = find_good(load, &bytes);

	if (status == STAGE_OK) {
		status = stage_learned_sum(&load->learned.list, &sum);
	}
	if (status != STAGE_OK) {
		stage_str_finish(&bytes);
		return status;
	}
	self->head = load->learned.head;
	self->sum = sum;
	self->has_sum = true;
	self->is_kept = true;
	self->is_bad_there = false;
	// An empty list that stands for nothing needs not be written.
	self->is_on_disk = self->head.number == 0;
	if (load->found == STAGE_HISTORY_BAD) {
		put_aside(load);
	}
	tell_generation(load);
	if (self->head.number == 0) {
		load->found = STAGE_HISTORY_LOST;
	} else {
		restore_file(load, &bytes);
	}
	stage_str_finish(&bytes);
	return STAGE_OK;
}

static enum stage_status
start_fresh(struct load *load)
{
	struct stage_history *self = load->self;
	uint64_t sum = 0;
	enum stage_status status = stage_learned_sum(&load->learned.list, &sum);

	if (status != STAGE_OK) {
		return status;
	}
	load->found = STAGE_HISTORY_FRESH;
	self->head = (struct stage_learned_head){0};
	self->sum = sum;
	self->has_sum = true;
	self->is_on_disk = true;
	self->is_kept = true;
	self->is_bad_there = false;
	self->has_seen = false;
	return STAGE_OK;
}

static enum stage_status
read_file(struct load *load)
{
	const struct stage_history *self = load->self;
	enum stage_status status = stage_history_store_read_file(
		&self->store, &load->bytes, &load->why);

	load->has_bytes = status == STAGE_OK;
	return status == STAGE_OK
		       ? stage_learned_read(stage_str_text(&load->bytes),
				 load->bytes.len, self->store.file,
				 &load->learned, &load->why)
		       : status;
}

static enum stage_status
load_all(struct load *load)
{
	const struct stage_history *self = load->self;
	enum stage_status status = read_file(load);

	if (status == STAGE_OK) {
		status = adopt(load);
		if (status == STAGE_OK || stage_history_is_passing(status)) {
			return status;
		}
		stage_patch_list_finish(&load->learned.list);
		stage_err_set(&load->why, status,
			"%s: one of its names would fit into no line of ours",
			self->store.file);
	}
	if (stage_history_is_passing(status)) {
		return status;
	}
	if (status == STAGE_NOT_FOUND && self->is_dir_readable &&
		self->store.index.last == 0) {
		return start_fresh(load);
	}
	load->found = status == STAGE_NOT_FOUND ? STAGE_HISTORY_MISSING
						: STAGE_HISTORY_BAD;
	return fall_back(load);
}

enum stage_status
stage_history_load(struct stage_history *self, int64_t now_s,
	struct stage_patch_list *out, enum stage_history_found *found,
	struct stage_err *err)
{
	struct load load = {.self = self, .now_s = now_s};
	enum stage_status status;

	self->warning.text[0] = '\0';
	status = read_index(self, err);
	if (status != STAGE_OK) {
		return status;
	}
	status = load_all(&load);
	stage_str_finish(&load.bytes);
	if (status != STAGE_OK) {
		stage_patch_list_finish(&load.learned.list);
		return status == STAGE_NO_MEMORY ? no_memory(err)
						 : stage_err_set(err, status,
							   "%s", load.why.text);
	}
	*out = load.learned.list;
	if (found != NULL) {
		*found = load.found;
	}
	return STAGE_OK;
}
