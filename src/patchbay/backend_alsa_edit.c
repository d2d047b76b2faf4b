/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "patchbay/backend_alsa_private.h"

#define FIRST_EDITS 16

void
stage_seq_edits_forget(struct stage_seq_edits *edits)
{
	for (size_t i = 0; i < edits->count; i++) {
		free(edits->items[i].from);
	}
	edits->count = 0;
}

void
stage_seq_edits_finish(struct stage_seq_edits *edits)
{
	stage_seq_edits_forget(edits);
	free(edits->items);
	*edits = (struct stage_seq_edits){0};
}

static bool
reserve_edits(struct stage_seq_edits *edits, size_t count)
{
	size_t cap = edits->cap == 0 ? FIRST_EDITS : edits->cap;
	struct stage_seq_edit *items;

	while (cap < count) {
		cap *= 2;
	}
	if (cap == edits->cap) {
		return true;
	}
	items = realloc(edits->items, cap * sizeof(*items));
	if (items == NULL) {
		return false;
	}
	edits->items = items;
	edits->cap = cap;
	return true;
}

enum stage_status
stage_seq_backend_edit(struct stage_patch_backend *self,
	enum stage_engine_edit what, const char *from, const char *to,
	const struct stage_patch_how *how)
{
	size_t from_size = strlen(from) + 1;
	size_t to_size = strlen(to) + 1;
	struct stage_seq_edit *item;
	char *both;

	if (!reserve_edits(&self->kept, self->kept.count + 1)) {
		return STAGE_NO_MEMORY;
	}
	both = malloc(from_size + to_size);
	if (both == NULL) {
		return STAGE_NO_MEMORY;
	}
	memcpy(both, from, from_size);
	memcpy(both + from_size, to, to_size);
	item = &self->kept.items[self->kept.count];
	*item = (struct stage_seq_edit){
		.what = what, .from = both, .to = both + from_size};
	item->how = *how;
	self->kept.count++;
	return STAGE_OK;
}

static bool
is_so_already(const struct stage_patch_backend *self, int result,
	bool is_disconnect, struct stage_seq_addr from,
	struct stage_seq_addr to)
{
	struct stage_patch_how how;

	if (is_disconnect) {
		return result == -ENOENT;
	}
	// Or something exclusive is in the way.
	return result == -EBUSY &&
	       self->ops->how(self->seq, from, to, &how) >= 0;
}

static void
do_edit(struct stage_patch_backend *self, struct stage_seq_edit *edit)
{
	bool is_disconnect = edit->what != STAGE_ENGINE_CONNECT;
	struct stage_seq_addr from;
	struct stage_seq_addr to;
	int result;

	edit->outcome = STAGE_ENGINE_OUTCOME_REFUSED;
	if (!stage_seq_table_find(self->table, true, edit->from, &from) ||
		!stage_seq_table_find(self->table, false, edit->to, &to)) {
		return;
	}
	result = is_disconnect
			 ? self->ops->disconnect(self->seq, from, to)
			 : self->ops->connect(self->seq, from, to, &edit->how);
	if (result >= 0 ||
		is_so_already(self, result, is_disconnect, from, to)) {
		edit->outcome = STAGE_ENGINE_OUTCOME_DONE;
	}
}

// Those of a FORBID come first.
static void
do_edits(struct stage_patch_backend *self)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < self->kept.count; i++) {
			struct stage_seq_edit *edit = &self->kept.items[i];
			if ((edit->what == STAGE_ENGINE_FORBID) ==
				(pass == 0)) {
				do_edit(self, edit);
			}
		}
	}
}

static void
tell_done(struct stage_patch_backend *self, const struct stage_seq_edit *edit)
{
	const struct stage_engine_event event = {
		.kind = STAGE_ENGINE_EDIT_DONE,
		.system = STAGE_PATCH_ALSA,
		.from = edit->from,
		.to = edit->to,
		.how = edit->how,
		.is_disconnect = edit->what != STAGE_ENGINE_CONNECT,
		.outcome = edit->outcome,
	};

	self->events->event(self->user, &event);
}

bool
stage_seq_backend_do_edits(struct stage_patch_backend *self)
{
	size_t count = self->kept.count;

	if (self->seq == NULL ||
		!reserve_edits(&self->done, self->done.count + count)) {
		stage_seq_edits_forget(&self->kept);
		return false;
	}
	do_edits(self);
	memcpy(&self->done.items[self->done.count], self->kept.items,
		count * sizeof(*self->kept.items));
	self->done.count += count;
	self->kept.count = 0;
	return true;
}

void
stage_seq_backend_tell_done(struct stage_patch_backend *self)
{
	struct stage_seq_edits done = self->done;

	self->done = (struct stage_seq_edits){0};
	for (size_t i = 0; i < done.count; i++) {
		tell_done(self, &done.items[i]);
	}
	stage_seq_edits_finish(&done);
}
