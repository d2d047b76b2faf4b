/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/program.h"

#include <stdlib.h>
#include <string.h>

struct stage_show_program_search {
	uv_work_t work;
	struct stage_show_store store;
	struct stage_show_setlist list;
	uint32_t program;
	stage_show_program_found *found; // NULL: nobody wants to know
	void *user;
	char *song;
	size_t number;
};

// The program that a song says; negative: none.
static int64_t
program_of(const struct stage_show_store *store, const char *name)
{
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	int64_t program = STAGE_SHOW_UNSAID;

	if (stage_show_store_load(store, name, &session, &conf, NULL) ==
		STAGE_OK) {
		program = conf.program;
		stage_show_session_finish(&session);
		stage_show_song_conf_finish(&conf);
	}
	return program;
}

static const char *
name_of(const struct stage_show_setlist *list, size_t number)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(list, number);

	return line != NULL && line->kind == STAGE_SHOW_SET_SONG ? line->name
								 : NULL;
}

static bool
is_called(const struct stage_show_store *store, const char *name,
	uint32_t program)
{
	return name != NULL && program_of(store, name) == (int64_t)program;
}

static char *
look_elsewhere(const struct stage_show_store *store, uint32_t program)
{
	struct stage_strv names = {0};
	char *found = NULL;

	if (stage_show_store_list(store, &names, NULL, NULL) == STAGE_OK) {
		for (size_t i = 0; i < names.count && found == NULL; i++) {
			if (is_called(store, names.items[i], program)) {
				found = strdup(names.items[i]);
			}
		}
	}
	stage_strv_finish(&names);
	return found;
}

char *
stage_show_program_look(const struct stage_show_store *store,
	const struct stage_show_setlist *list, uint32_t program, size_t *number)
{
	size_t place = (size_t)program + 1;
	const char *there = name_of(list, place);
	char *song;

	for (*number = 1; *number <= list->songs; (*number)++) {
		const char *name = name_of(list, *number);
		if (is_called(store, name, program)) {
			return strdup(name);
		}
	}
	*number = 0;
	song = look_elsewhere(store, program);
	if (song == NULL && there != NULL &&
		program_of(store, there) == STAGE_SHOW_UNSAID) {
		*number = place;
		song = strdup(there);
	}
	return song;
}

static void
look(uv_work_t *work)
{
	struct stage_show_program_search *self = work->data;

	self->song = stage_show_program_look(
		&self->store, &self->list, self->program, &self->number);
}

static void
free_search(struct stage_show_program_search *self)
{
	stage_show_setlist_finish(&self->list);
	free(self->song);
	free(self);
}

static void
on_looked(uv_work_t *work, int status)
{
	struct stage_show_program_search *self = work->data;

	(void)status;
	if (self->found != NULL) {
		self->found(self->user, self->song, self->number);
	}
	free_search(self);
}

static enum stage_status
copy_list(struct stage_show_setlist *out, const struct stage_show_setlist *list)
{
	struct stage_str text = {0};
	enum stage_status status = stage_show_setlist_write(list, &text);

	if (status == STAGE_OK) {
		status = stage_show_setlist_parse(
			out, stage_str_text(&text), text.len);
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_show_program_find(uv_loop_t *loop, const struct stage_show_store *store,
	const struct stage_show_setlist *list, uint32_t program,
	stage_show_program_found *found, void *user,
	struct stage_show_program_search **out, struct stage_err *err)
{
	struct stage_show_program_search *self = calloc(1, sizeof(*self));

	if (self == NULL || copy_list(&self->list, list) != STAGE_OK) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->work.data = self;
	self->store = *store;
	self->program = program;
	self->found = found;
	self->user = user;
	if (uv_queue_work(loop, &self->work, look, on_looked) != 0) {
		free_search(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	*out = self;
	return STAGE_OK;
}

void
stage_show_program_drop(struct stage_show_program_search *self)
{
	if (self != NULL) {
		self->found = NULL;
	}
}
