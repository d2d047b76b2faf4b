/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Songs that are made, or copied, and play then. */

#include <stdlib.h>
#include <string.h>

#include "show/engine_private.h"

static bool
is_making(const struct stage_show_engine *self, struct stage_show_asker asker)
{
	if (self->making != NULL) {
		stage_show_answer_one(asker, STAGE_SHOW_NOT_NOW,
			"song \"%s\" is being made", self->making);
	}
	return self->making != NULL;
}

static void
play_made(struct stage_show_engine *self, const char *name,
	enum stage_status status, const struct stage_err *err,
	struct stage_show_asker asker)
{
	if (status == STAGE_BUSY) {
		self->making = strdup(name);
		self->making_asker = asker;
		if (self->making == NULL) {
			stage_show_answer_one(
				asker, STAGE_SHOW_GENERAL, "out of memory");
		}
		return;
	}
	if (status != STAGE_OK) {
		stage_show_answer_one(
			asker, STAGE_SHOW_CREATE_FAILED, "%s", err->text);
		return;
	}
	stage_show_engine_open(self, name, STAGE_SHOW_SAVE_BY_MODE, asker);
}

void
stage_show_engine_made(struct stage_show_engine *self, enum stage_status status,
	const struct stage_err *err)
{
	char *name = self->making;

	self->making = NULL;
	if (name == NULL) {
		return;
	}
	// That somebody else has it is an error here, and nothing to wait for.
	play_made(self, name, status == STAGE_BUSY ? STAGE_EXISTS : status, err,
		self->making_asker);
	free(name);
}

void
stage_show_engine_new(struct stage_show_engine *self, const char *name,
	struct stage_show_asker asker)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (is_making(self, asker)) {
		return;
	}
	status = stage_show_song_name_check(name, &err);
	if (status == STAGE_OK) {
		status = self->ops->make(self->user, name, &err);
	}
	play_made(self, name, status, &err, asker);
}

void
stage_show_engine_duplicate(struct stage_show_engine *self, const char *name,
	struct stage_show_asker asker)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (self->current == NULL) {
		stage_show_answer_one(asker, STAGE_SHOW_NO_SESSION,
			"no song plays that could be duplicated");
		return;
	}
	if (is_making(self, asker)) {
		return;
	}
	status = stage_show_song_name_check(name, &err);
	if (status == STAGE_OK) {
		status = self->ops->duplicate(
			self->user, self->current->name, name, &err);
	}
	play_made(self, name, status, &err, asker);
}
