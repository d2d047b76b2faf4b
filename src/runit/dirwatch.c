/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/dirwatch.h"

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "runit/pathwatch.h"
#include "runit/scan.h"
#include "runit/slot.h"

#define SLOT_COUNT (STAGE_RUNIT_SCAN_SUBDIR_COUNT + 1)

/* So many events in one turn that the system's queue may have run over and
 * dropped some, which libuv does not tell: then everything is read anew. */
#define BURST_EVENTS 512

// A service directory and its subdirectories under watch. It does not move in
// memory: the slots hold a pointer to it.
struct member {
	struct stage_runit_dirwatch *owner;
	char *name;                                 // owned
	struct stage_runit_slot *slots[SLOT_COUNT]; // owned or NULL
	bool is_dirty;                              // must be read again
};

struct stage_runit_dirwatch {
	struct stage_runit_pathwatch *path;
	uv_loop_t *loop; // borrowed
	const struct stage_runit_dirwatch_ops *ops;
	void *data;
	char *services_dir; // owned
	struct stage_runit_snapshot last;
	struct member **members; // owned, by name: those of last
	size_t member_count;
	unsigned event_count; // of members in this turn
	bool is_there;
	bool has_reported;
	bool is_scan_due; // the last one failed
	bool is_calling;
	bool is_closing;
};

static void
member_destroy(struct member *member)
{
	if (member == NULL) {
		return;
	}
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		stage_runit_slot_destroy(member->slots[i]);
	}
	free(member->name);
	free(member);
}

static struct member *
member_create(struct stage_runit_dirwatch *owner, const char *name)
{
	struct member *member = calloc(1, sizeof(*member));

	if (member == NULL) {
		return NULL;
	}
	member->owner = owner;
	member->is_dirty = true;
	member->name = strdup(name);
	if (member->name == NULL) {
		member_destroy(member);
		return NULL;
	}
	return member;
}

static void
on_member_event(void *data)
{
	struct member *member = data;

	member->is_dirty = true;
	member->owner->event_count++;
	stage_runit_pathwatch_poke(member->owner->path);
}

// Aims slot i at the directory or its subdirectory i - 1.
static enum stage_status
member_aim_slot(struct member *member, size_t i, bool *out_is_new)
{
	const char *subdir = i > 0 ? stage_runit_scan_subdirs[i - 1] : NULL;
	struct stage_runit_slot **slot = &member->slots[i];
	enum stage_status status = STAGE_OK;
	char path[STAGE_PATH_MAX];

	if (stage_format(path, sizeof(path), "%s/%s%s%s",
		    member->owner->services_dir, member->name,
		    subdir != NULL ? "/" : "",
		    subdir != NULL ? subdir : "") != STAGE_OK) {
		return STAGE_OK; // too deep to be watched
	}
	if (*slot == NULL) {
		status = stage_runit_slot_create(
			member->owner->loop, on_member_event, member, slot);
	}
	if (status == STAGE_OK) {
		status = stage_runit_slot_aim(*slot, path, out_is_new);
	}
	return status;
}

static void
member_aim(struct member *member, uint32_t subdirs)
{
	for (size_t i = 0; i < SLOT_COUNT; i++) {
		bool is_new = false;
		enum stage_status status;

		if (i > 0 && (subdirs & UINT32_C(1) << (i - 1)) == 0) {
			stage_runit_slot_destroy(member->slots[i]);
			member->slots[i] = NULL;
			continue;
		}
		status = member_aim_slot(member, i, &is_new);
		if (is_new) { // what happened before was perhaps not read
			on_member_event(member);
		}
		if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
			member->is_dirty = true; // and so in the next turn
			stage_runit_pathwatch_fall_back(member->owner->path,
				member->owner->services_dir, status);
		}
	}
}

static void
free_members(struct stage_runit_dirwatch *self)
{
	for (size_t i = 0; i < self->member_count; i++) {
		member_destroy(self->members[i]);
	}
	free(self->members);
	self->members = NULL;
	self->member_count = 0;
}

// Makes the members those of self->last, keeping the ones that are there.
static enum stage_status
set_members(struct stage_runit_dirwatch *self)
{
	const struct stage_runit_snapshot *last = &self->last;
	struct member **members = calloc(last->count + 1, sizeof(*members));
	enum stage_status status = STAGE_OK;
	size_t count = 0;
	size_t old = 0;

	if (members == NULL) {
		return STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < last->count; i++) {
		const char *name = last->items[i].name;
		while (old < self->member_count &&
			strcmp(self->members[old]->name, name) < 0) {
			member_destroy(self->members[old]);
			old++;
		}
		if (old < self->member_count &&
			strcmp(self->members[old]->name, name) == 0) {
			members[count] = self->members[old];
			old++;
		} else if (!last->items[i].is_unusable) {
			members[count] = member_create(self, name);
		}
		if (members[count] != NULL) {
			count++;
		} else if (!last->items[i].is_unusable) {
			status = STAGE_NO_MEMORY; // unwatched until next time
		}
	}
	for (; old < self->member_count; old++) {
		member_destroy(self->members[old]);
	}
	free(self->members);
	self->members = members;
	self->member_count = count;
	return status;
}

static void
aim_members(struct stage_runit_dirwatch *self, bool is_full)
{
	for (size_t i = 0; i < self->member_count; i++) {
		struct member *member = self->members[i];
		const struct stage_runit_entry *entry =
			stage_runit_snapshot_find(&self->last, member->name);
		bool was_dirty = member->is_dirty;

		member->is_dirty = false;
		if (is_full || was_dirty) {
			member_aim(member, entry->subdirs);
		}
	}
}

// Reads the members with events; takes the others over from last time.
static enum stage_status
read_dirty(struct stage_runit_dirwatch *self, struct stage_runit_snapshot *next,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;
	size_t m = 0;

	for (size_t i = 0; i < self->last.count && status == STAGE_OK; i++) {
		struct stage_runit_entry entry = self->last.items[i];
		bool is_member =
			m < self->member_count &&
			strcmp(self->members[m]->name, entry.name) == 0;

		if (is_member && self->members[m]->is_dirty) {
			status = stage_runit_scan_one(
				self->services_dir, entry.name, &entry, err);
		}
		m += is_member;
		if (status == STAGE_OK) {
			status = stage_runit_snapshot_add(
				next, entry.name, &entry);
		} else if (status == STAGE_NOT_FOUND) {
			status = STAGE_OK;
		}
	}
	return status;
}

static void
report(struct stage_runit_dirwatch *self, bool is_there,
	const struct stage_runit_changes *changes)
{
	bool is_new = changes->count > 0 || is_there != self->is_there ||
		      !self->has_reported;

	self->is_there = is_there;
	self->has_reported = true;
	if (is_new && !self->is_closing) {
		self->ops->changed(self->data, is_there, changes);
	}
}

// Ownership: takes what is in next.
static enum stage_status
take(struct stage_runit_dirwatch *self, struct stage_runit_snapshot *next,
	bool is_full, bool is_there)
{
	struct stage_runit_changes changes = {0};
	struct stage_runit_snapshot before = self->last;
	enum stage_status status =
		stage_runit_snapshot_diff(&before, next, &changes);

	if (status == STAGE_OK) {
		self->last = *next;
		*next = (struct stage_runit_snapshot){0};
		status = set_members(self);
		aim_members(self, is_full);
		report(self, is_there, &changes);
		stage_runit_snapshot_finish(&before);
	}
	stage_runit_changes_finish(&changes);
	return status;
}

static void
finish(struct stage_runit_dirwatch *self)
{
	free_members(self);
	stage_runit_pathwatch_destroy(self->path);
	stage_runit_snapshot_finish(&self->last);
	free(self->services_dir);
	free(self);
}

static void
on_changed(void *data, bool is_path)
{
	struct stage_runit_dirwatch *self = data;
	struct stage_runit_snapshot next = {0};
	bool is_full = is_path || self->is_scan_due ||
		       self->event_count >= BURST_EVENTS;
	enum stage_status status;

	self->is_calling = true;
	self->event_count = 0;
	status = is_full ? stage_runit_scan(self->services_dir, &next, NULL)
			 : read_dirty(self, &next, NULL);
	if (status == STAGE_OK || status == STAGE_NOT_FOUND) {
		status = take(self, &next, is_full, status == STAGE_OK);
	}
	self->is_scan_due = status != STAGE_OK;
	if (self->is_scan_due && !self->is_closing) {
		stage_runit_pathwatch_fall_back(
			self->path, self->services_dir, status);
	}
	stage_runit_snapshot_finish(&next);
	self->is_calling = false;
	if (self->is_closing) {
		finish(self);
	}
}

static void
on_notice(void *data, const struct stage_err *err)
{
	struct stage_runit_dirwatch *self = data;
	bool was_calling = self->is_calling;

	if (self->ops->notice == NULL || self->is_closing) {
		return;
	}
	self->is_calling = true;
	self->ops->notice(self->data, err);
	self->is_calling = was_calling;
	if (self->is_closing && !was_calling) {
		finish(self);
	}
}

static const struct stage_runit_pathwatch_ops path_ops = {
	on_changed, on_notice};

enum stage_status
stage_runit_dirwatch_create(uv_loop_t *loop, const char *services_dir,
	const struct stage_runit_dirwatch_ops *ops, void *data,
	struct stage_runit_dirwatch **out, struct stage_err *err)
{
	struct stage_runit_dirwatch *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->loop = loop;
		self->ops = ops;
		self->data = data;
		self->services_dir = strdup(services_dir);
	}
	if (self != NULL && self->services_dir != NULL) {
		status = stage_runit_pathwatch_create(
			loop, services_dir, &path_ops, self, &self->path);
	}
	if (status != STAGE_OK) {
		stage_runit_dirwatch_destroy(self);
		return stage_err_set(err, status,
			"unable to watch the services directory %s: %s",
			services_dir, stage_strerror(status));
	}
	*out = self;
	return STAGE_OK;
}

void
stage_runit_dirwatch_destroy(struct stage_runit_dirwatch *self)
{
	if (self == NULL || self->is_closing) {
		return;
	}
	self->is_closing = true;
	if (!self->is_calling) {
		finish(self);
	}
}

const struct stage_runit_snapshot *
stage_runit_dirwatch_last(const struct stage_runit_dirwatch *self)
{
	return &self->last;
}
