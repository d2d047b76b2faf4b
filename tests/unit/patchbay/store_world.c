/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "store_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "patchbay/patch_text.h"

static void
on_complaint(void *user, const struct stage_err *err)
{
	struct store_world *self = user;

	(void)!stage_str_addf(&self->complaints, "%s\n", err->text);
}

int
store_world_setup(void **state)
{
	struct store_world *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	// Hundreds of saves would wait for a disk that does not matter here.
	if (access("/dev/shm", W_OK) == 0) {
		setenv("TMPDIR", "/dev/shm", 0);
	}
	world_init(&self->world);
	store_world_open(self);
	*state = self;
	return 0;
}

int
store_world_teardown(void **state)
{
	struct store_world *self = *state;

	store_world_close(self);
	stage_str_finish(&self->complaints);
	world_finish(&self->world);
	free(self);
	return 0;
}

void
store_world_open(struct store_world *self)
{
	assert_int_equal(stage_patch_store_create(&self->world.rig,
				 on_complaint, self, &self->store, NULL),
		STAGE_OK);
}

void
store_world_close(struct store_world *self)
{
	stage_patch_store_destroy(self->store);
	self->store = NULL;
}

void
store_world_reopen(struct store_world *self)
{
	store_world_close(self);
	store_world_open(self);
}

void
store_world_write(struct store_world *self, const char *name, const char *text)
{
	world_write(&self->world,
		world_path(&self->world, "rig/%s", name) +
			strlen(self->world.scratch.dir) + 1,
		0644, text);
}

char *
store_world_bytes(struct store_world *self, const char *name)
{
	struct stage_str bytes = {0};
	char *taken;

	assert_int_equal(
		stage_io_read_file(world_path(&self->world, "rig/%s", name),
			STAGE_PATCH_FILE_MAX, &bytes, NULL),
		STAGE_OK);
	taken = stage_str_take(&bytes);
	assert_non_null(taken);
	return taken;
}

void
store_world_learn(struct store_world *self, const char *text)
{
	struct stage_patch_list list = {0};
	bool has_changed = false;

	assert_int_equal(
		stage_patch_text_parse(text, strlen(text), "test", &list, NULL),
		STAGE_OK);
	for (size_t i = 0; i < list.count; i++) {
		assert_int_equal(stage_patch_store_learn(self->store,
					 &list.items[i], &has_changed),
			STAGE_OK);
	}
	stage_patch_list_finish(&list);
}

enum stage_status
store_world_save(struct store_world *self, bool *has_changed)
{
	enum stage_status status;

	*has_changed = false;
	self->err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_patch_store_save(
		self->store, "test", has_changed, &self->err);
	assert_int_equal(status, self->err.status);
	assert_int_equal(status != STAGE_OK, self->err.text[0] != '\0');
	return status;
}

enum stage_status
store_world_undo(
	struct store_world *self, bool is_redo, unsigned count, unsigned *done)
{
	enum stage_status status;

	self->err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_patch_store_undo(
		self->store, is_redo, count, done, &self->err);
	assert_int_equal(status, self->err.status);
	assert_int_equal(status != STAGE_OK, self->err.text[0] != '\0');
	return status;
}

struct asking {
	const char *name;
	char text[4096];
};

static void
on_file(void *user, const struct stage_desired_file *file)
{
	struct asking *asking = user;
	struct stage_patch_list list = {0};
	struct stage_str text = {0};

	if (strcmp(file->name, asking->name) != 0) {
		return;
	}
	assert_int_equal(stage_patch_list_copy(file->list, &list), STAGE_OK);
	for (size_t i = 0; i < list.count; i++) {
		list.items[i].since_s = 0;
	}
	assert_int_equal(stage_patch_text_format(&list, &text), STAGE_OK);
	assert_true(text.len < sizeof(asking->text));
	strcpy(asking->text, stage_str_text(&text));
	for (char *p = asking->text; *p != '\0'; p++) {
		*p = *p == '\n' ? ';' : *p;
	}
	stage_str_finish(&text);
	stage_patch_list_finish(&list);
}

const char *
store_world_file(struct store_world *self, const char *name)
{
	static struct asking asking;

	asking = (struct asking){.name = name, .text = "?"};
	stage_patch_store_each(self->store, on_file, &asking);
	return asking.text;
}

const char *
store_world_learned(struct store_world *self)
{
	return store_world_file(self, STAGE_PATCH_LEARNED);
}

void
store_world_complained(struct store_world *self, const char *part)
{
	if (part == NULL) {
		assert_string_equal(stage_str_text(&self->complaints), "");
		return;
	}
	if (strstr(stage_str_text(&self->complaints), part) == NULL) {
		fail_msg("no \"%s\" in: %s", part,
			stage_str_text(&self->complaints));
	}
	stage_str_clear(&self->complaints);
}
