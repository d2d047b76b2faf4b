/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The list in force: read, followed, told of, and remembered. */

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "show/conductor_private.h"
#include "show/names.h"

// Without a setlist: all songs, as if one had them.
static enum stage_status
list_songs(struct stage_show_conductor *self, struct stage_show_setlist *out,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = self->ops->songs(self->user, &names, err);

	if (status == STAGE_OK) {
		status = stage_show_setlist_of(out, &names, err);
	}
	stage_strv_finish(&names);
	return status;
}

static enum stage_status
load(struct stage_show_conductor *self, const char *set,
	struct stage_show_setlist *out, struct stage_err *err)
{
	return set != NULL ? self->ops->load(self->user, set, out, err)
			   : list_songs(self, out, err);
}

static size_t
follow(const struct stage_show_conductor *self,
	const struct stage_show_setlist *list, size_t number)
{
	const struct stage_show_mark mark = {number, true};
	const struct stage_show_mark now =
		stage_show_mark_follow(&self->list, list, mark);

	return now.is_on ? now.number : 0;
}

static void
take_list(struct stage_show_conductor *self, struct stage_show_setlist *list)
{
	self->here = stage_show_mark_follow(&self->list, list, self->here);
	self->before = stage_show_mark_follow(&self->list, list, self->before);
	self->playing = follow(self, list, self->playing);
	self->coming = follow(self, list, self->coming);
	self->chosen = follow(self, list, self->chosen);
	stage_show_setlist_finish(&self->list);
	self->list = *list;
}

static bool
is_same_line(const struct stage_show_set_line *a,
	const struct stage_show_set_line *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

static bool
is_same(const struct stage_show_setlist *a, const struct stage_show_setlist *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++) {
		if (!is_same_line(&a->lines[i], &b->lines[i])) {
			return false;
		}
	}
	return a->count == b->count;
}

void
stage_show_conductor_look(struct stage_show_conductor *self)
{
	struct stage_show_setlist list;
	struct stage_err trouble = STAGE_ERR_INIT;

	if (load(self, self->set, &list, &trouble) != STAGE_OK) {
		// What was read last is better than nothing.
		if (strcmp(self->trouble.text, trouble.text) != 0) {
			self->trouble = trouble;
			stage_show_conductor_settle(self);
		}
		return;
	}
	if (self->trouble.status == STAGE_OK && is_same(&list, &self->list)) {
		stage_show_setlist_finish(&list);
		return;
	}
	self->trouble = trouble;
	take_list(self, &list);
	stage_show_conductor_settle(self);
}

// Nothing of another list is left, but what plays.
static void
begin_list(struct stage_show_conductor *self, struct stage_show_setlist *list)
{
	stage_show_setlist_finish(&self->list);
	self->list = *list;
	self->trouble = (struct stage_err)STAGE_ERR_INIT;
	self->coming = 0;
	self->chosen = 0;
	self->playing =
		self->playing_name != NULL
			? stage_show_mark_find(list, self->playing_name, 0)
			: 0;
	self->here = (struct stage_show_mark){self->playing, self->playing > 0};
	self->before = self->here;
}

enum stage_status
stage_show_conductor_use(struct stage_show_conductor *self, const char *set,
	struct stage_err *err)
{
	struct stage_show_setlist list;
	char *copy = set != NULL ? strdup(set) : NULL;
	enum stage_status status;

	if (set != NULL && copy == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = load(self, set, &list, err);
	if (status != STAGE_OK) {
		free(copy);
		return status;
	}
	free(self->set);
	self->set = copy;
	begin_list(self, &list);
	stage_show_conductor_settle(self);
	return STAGE_OK;
}

void
stage_show_conductor_renamed(
	struct stage_show_conductor *self, const char *song, const char *fresh)
{
	bool has_changed = false;
	char *name;

	if (stage_show_setlist_rename_song(
		    &self->list, song, fresh, &has_changed, NULL) == STAGE_OK &&
		self->playing_name != NULL &&
		strcmp(self->playing_name, song) == 0 &&
		(name = strdup(fresh)) != NULL) {
		free(self->playing_name);
		self->playing_name = name;
	}
	stage_show_conductor_look(self);
	stage_show_conductor_settle(self);
}

void
stage_show_conductor_set_renamed(
	struct stage_show_conductor *self, const char *set, const char *fresh)
{
	char *copy = NULL;

	if (self->set != NULL && strcmp(self->set, set) == 0) {
		copy = strdup(fresh);
	}
	if (copy != NULL) {
		free(self->set);
		self->set = copy;
	}
	stage_show_conductor_look(self);
	stage_show_conductor_settle(self);
}

// Told of.

static struct stage_show_spot
spot(const struct stage_show_conductor *self, size_t number)
{
	const struct stage_show_set_line *line =
		stage_show_setlist_song(&self->list, number);

	return (struct stage_show_spot){
		number, line != NULL && line->name != NULL ? line->name : ""};
}

static void
prepare(struct stage_show_conductor *self, const char *name)
{
	const char *before = self->prepared != NULL ? self->prepared : "";
	char *copy;

	if (strcmp(before, name) == 0) {
		return;
	}
	copy = strdup(name);
	if (copy != NULL) {
		free(self->prepared);
		self->prepared = copy;
		self->ops->prepare(self->user, *copy != '\0' ? copy : NULL);
	}
}

void
stage_show_conductor_settle(struct stage_show_conductor *self)
{
	const struct stage_show_setlist *list = &self->list;
	size_t next = stage_show_mark_next(list, self->here);
	size_t previous = stage_show_mark_previous(list, self->here);

	self->place = (struct stage_show_place){
		.set = self->set,
		.trouble = self->trouble.text,
		.songs = list->songs,
		.playing = {self->playing,
			self->playing_name != NULL ? self->playing_name : ""},
		.coming = spot(self, self->coming),
		.selected = spot(self, self->chosen > 0 ? self->chosen : next),
		.next = spot(self, next),
		.previous = spot(self, previous),
		.guard_ns = self->guard_ns,
		.is_over = next == 0,
	};
	prepare(self, self->place.selected.name);
	self->ops->moved(self->user);
}

const struct stage_show_place *
stage_show_conductor_place(const struct stage_show_conductor *self)
{
	return &self->place;
}

const struct stage_show_setlist *
stage_show_conductor_list(const struct stage_show_conductor *self)
{
	return &self->list;
}

// Remembered.

// As text of JSON, which cannot hold all bytes that a file can: a line with
// such is kept as what it is, not as how it looks.
static enum stage_status
write_line(const struct stage_show_set_line *line, struct stage_str *out)
{
	size_t at = 0;
	size_t bytes;

	while (at < line->len && (bytes = stage_utf8_char_bytes(line->text + at,
					  line->len - at)) > 0) {
		at += bytes;
	}
	if (at == line->len) {
		return stage_str_append(out, line->text, line->len);
	}
	return stage_str_add(
		out, line->kind == STAGE_SHOW_SET_BAD ? ":\n" : "#\n");
}

static enum stage_status
write_list(const struct stage_show_setlist *list, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status = write_line(&list->lines[i], out);
	}
	return status;
}

json_t *
stage_show_conductor_write(const struct stage_show_conductor *self)
{
	struct stage_str text = {0};
	json_t *memory = NULL;

	if (write_list(&self->list, &text) == STAGE_OK) {
		memory = json_pack("{s:s?, s:s%, s:I, s:b, s:I}", "set",
			self->set, "list", stage_str_text(&text), text.len,
			"number", (json_int_t)self->here.number, "is_on",
			(int)self->here.is_on, "chosen",
			(json_int_t)self->chosen);
	}
	stage_str_finish(&text);
	return memory;
}

static size_t
take_number(const struct stage_show_conductor *self, const json_t *memory,
	const char *key)
{
	json_int_t number = json_integer_value(json_object_get(memory, key));

	return number > 0 && (size_t)number <= self->list.songs ? (size_t)number
								: 0;
}

void
stage_show_conductor_read(
	struct stage_show_conductor *self, const json_t *memory)
{
	const char *set = json_string_value(json_object_get(memory, "set"));
	const json_t *text = json_object_get(memory, "list");

	if (set != NULL && stage_show_set_name_check(set, NULL) == STAGE_OK) {
		self->set = strdup(set);
	}
	if (json_is_string(text)) {
		(void)!stage_show_setlist_parse(&self->list,
			json_string_value(text), json_string_length(text));
	}
	self->here.number = take_number(self, memory, "number");
	self->here.is_on = self->here.number > 0 &&
			   json_is_true(json_object_get(memory, "is_on"));
	self->before = self->here;
	self->chosen = take_number(self, memory, "chosen");
	stage_show_conductor_look(self);
	stage_show_conductor_settle(self);
}
