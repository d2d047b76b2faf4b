/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "history_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "patchbay/patch_text.h"

void
world_init(struct world *self)
{
	*self = (struct world){.now_s = WORLD_TIME_S};
	// Hundreds of saves would wait for a disk that does not matter here.
	if (access("/dev/shm", W_OK) == 0) {
		setenv("TMPDIR", "/dev/shm", 0);
	}
	scratch_init(&self->scratch);
}

void
world_finish(struct world *self)
{
	world_close(self);
	scratch_finish(&self->scratch);
}

void
world_close(struct world *self)
{
	stage_history_destroy(self->history);
	self->history = NULL;
}

static void
set_text(struct world *self, struct stage_patch_list *list)
{
	struct stage_str text = {0};

	assert_int_equal(stage_patch_text_format(list, &text), STAGE_OK);
	assert_true(text.len < sizeof(self->text));
	strcpy(self->text, stage_str_text(&text));
	stage_str_finish(&text);
	stage_patch_list_finish(list);
}

void
world_open(struct world *self)
{
	char file[SCRATCH_PATH_MAX];

	strcpy(file, scratch_path(&self->scratch, WORLD_FILE));
	assert_int_equal(stage_history_create(file,
				 scratch_path(&self->scratch, WORLD_STATE),
				 &self->history, NULL),
		STAGE_OK);
	assert_int_equal(world_load(self), STAGE_OK);
}

void
world_reopen(struct world *self)
{
	world_close(self);
	world_open(self);
}

static enum stage_status
take(struct world *self, enum stage_status status,
	struct stage_patch_list *list)
{
	assert_int_equal(status, self->err.status);
	assert_int_equal(status != STAGE_OK, self->err.text[0] != '\0');
	if (status == STAGE_OK) {
		set_text(self, list);
	}
	assert_int_equal(list->count, 0);
	return status;
}

static int64_t
tick(struct world *self)
{
	self->err = (struct stage_err)STAGE_ERR_INIT;
	return self->now_s++;
}

enum stage_status
world_load(struct world *self)
{
	struct stage_patch_list list = {0};
	int64_t now_s = tick(self);

	return take(self,
		stage_history_load(
			self->history, now_s, &list, &self->found, &self->err),
		&list);
}

enum stage_status
world_save(struct world *self, const char *text, const char *reason)
{
	struct stage_patch_list list = {0};
	int64_t now_s = tick(self);
	enum stage_status status;

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), "test", &list, NULL),
		STAGE_OK);
	status = stage_history_save(
		self->history, &list, reason, now_s, &self->err);
	assert_int_equal(status, self->err.status);
	assert_int_equal(status != STAGE_OK, self->err.text[0] != '\0');
	set_text(self, &list);
	return status;
}

enum stage_status
world_undo(struct world *self)
{
	struct stage_patch_list list = {0};
	int64_t now_s = tick(self);

	return take(self,
		stage_history_undo(self->history, now_s, &list, &self->err),
		&list);
}

enum stage_status
world_redo(struct world *self)
{
	struct stage_patch_list list = {0};
	int64_t now_s = tick(self);

	return take(self,
		stage_history_redo(self->history, now_s, &list, &self->err),
		&list);
}

enum stage_status
world_go(struct world *self, uint64_t number)
{
	struct stage_patch_list list = {0};
	int64_t now_s = tick(self);

	return take(self,
		stage_history_go(
			self->history, number, now_s, &list, &self->err),
		&list);
}

const char *
world_generation(struct world *self, uint64_t number)
{
	static char out[sizeof(self->text)];
	struct stage_patch_list list = {0};
	struct stage_str text = {0};

	if (stage_history_read(self->history, number, &list, NULL) !=
		STAGE_OK) {
		return "?";
	}
	assert_int_equal(stage_patch_text_format(&list, &text), STAGE_OK);
	strcpy(out, stage_str_text(&text));
	stage_str_finish(&text);
	stage_patch_list_finish(&list);
	return out;
}

bool
world_has_generation(struct world *self, uint64_t number)
{
	char name[64];

	snprintf(name, sizeof(name), WORLD_STATE "/learned-%08u.patch",
		(unsigned)number);
	return scratch_has(&self->scratch, name);
}

void
world_edit(struct world *self, const char *text)
{
	assert_int_equal(
		stage_io_make_dirs(
			scratch_path(&self->scratch, "patchbay"), NULL),
		STAGE_OK);
	scratch_write(&self->scratch, WORLD_FILE, text);
}

char *
world_bytes(struct world *self, const char *name, size_t *len)
{
	struct stage_str bytes = {0};
	char *taken;

	assert_int_equal(stage_io_read_file(scratch_path(&self->scratch, name),
				 STAGE_PATCH_FILE_MAX, &bytes, NULL),
		STAGE_OK);
	if (len != NULL) {
		*len = bytes.len;
	}
	taken = stage_str_take(&bytes);
	assert_non_null(taken);
	return taken;
}

void
world_append(struct world *self, const char *text)
{
	struct stage_str all = {0};
	char *before = world_bytes(self, WORLD_FILE, NULL);

	assert_int_equal(stage_str_add(&all, before), STAGE_OK);
	assert_int_equal(stage_str_add(&all, text), STAGE_OK);
	world_edit(self, stage_str_text(&all));
	stage_str_finish(&all);
	free(before);
}

void
world_cut(struct world *self, size_t len)
{
	assert_int_equal(
		truncate(scratch_path(&self->scratch, WORLD_FILE), (off_t)len),
		0);
}
