/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/newids.h"

#include <stdlib.h>
#include <string.h>

#include "show/songconf.h"

#define NAME_BYTES 256 // of a file's name, with the zero
#define USUAL_LETTERS 4

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(
		err, STAGE_NO_MEMORY, "not enough memory for new ids");
}

void
stage_show_newids_finish(struct stage_show_newids *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->count; i++) {
		free(self->items[i].name);
	}
	free(self->items);
	*self = (struct stage_show_newids){0};
}

static bool
is_fresh(const struct stage_show_newids *self, const char *id)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].fresh, id) == 0) {
			return true;
		}
	}
	return false;
}

static bool
is_taken(void *user, const char *id)
{
	return stage_map_has(user, id);
}

// Notes a new id for a client.
static enum stage_status
add(struct stage_show_newids *self, const struct stage_show_line *line,
	struct stage_map *taken, struct stage_err *err)
{
	struct stage_show_newid item = {.name = NULL};
	struct stage_show_newid *more;
	enum stage_status status =
		stage_show_make_id(is_taken, taken, item.fresh, err);

	if (status != STAGE_OK) {
		return status;
	}
	more = realloc(self->items, (self->count + 1) * sizeof(item));
	if (more == NULL) {
		return no_memory(err);
	}
	self->items = more;
	item.name = strdup(line->name);
	if (item.name == NULL ||
		stage_format(item.id, sizeof(item.id), "%s", line->id) !=
			STAGE_OK ||
		stage_map_put(taken, item.fresh, NULL) != STAGE_OK) {
		free(item.name);
		return no_memory(err);
	}
	self->items[self->count++] = item;
	return STAGE_OK;
}

// Gives new ids to all clients that have none yet. *is_done: there was no such.
static enum stage_status
give(struct stage_show_newids *self, struct stage_show_session *session,
	struct stage_map *taken, bool *is_done, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	*is_done = true;
	for (size_t i = 0; i < session->count && status == STAGE_OK; i++) {
		const struct stage_show_line *line = &session->lines[i];
		if (line->id == NULL || is_fresh(self, line->id)) {
			continue;
		}
		*is_done = false;
		status = add(self, line, taken, err);
		if (status == STAGE_OK) {
			struct stage_show_newid *last =
				&self->items[self->count - 1];
			status = stage_show_session_set_id(
				session, last->id, last->fresh, err);
		}
	}
	return status;
}

// Reads a session again as it would be written: a line whose id was another
// one's too may be a client by now.
static enum stage_status
read_again(struct stage_show_session *session, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = stage_show_session_write(session, &text);

	if (status == STAGE_OK) {
		stage_show_session_finish(session);
		status = stage_show_session_parse(
			session, stage_str_text(&text), text.len);
	}
	stage_str_finish(&text);
	return status == STAGE_OK ? STAGE_OK : no_memory(err);
}

enum stage_status
stage_show_newids_make(struct stage_show_newids *self,
	struct stage_show_session *session, struct stage_map *taken,
	struct stage_err *err)
{
	bool is_done = false;
	enum stage_status status = STAGE_OK;

	*self = (struct stage_show_newids){0};
	while (status == STAGE_OK && !is_done) {
		status = give(self, session, taken, &is_done, err);
		if (status == STAGE_OK && !is_done) {
			status = read_again(session, err);
		}
	}
	return status;
}

/* What follows them. */

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

static bool
is_usual(const char *id)
{
	return id[0] == 'n' && strlen(id) == 1 + USUAL_LETTERS &&
	       strspn(id + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == USUAL_LETTERS;
}

// Bytes of a word that text[len] begins with, and that ends there; else 0.
static size_t
begins_with(const char *text, size_t len, const char *word)
{
	size_t bytes = strlen(word);

	return bytes <= len && memcmp(text, word, bytes) == 0 &&
			       (bytes == len || !is_alnum(text[bytes]))
		       ? bytes
		       : 0;
}

// Bytes of "NAME." that text[len] begins with, when the id follows; else 0.
static size_t
name_before_id(
	const struct stage_show_newid *item, const char *text, size_t len)
{
	size_t bytes = strlen(item->name);

	return bytes + 1 < len && memcmp(text, item->name, bytes) == 0 &&
			       text[bytes] == '.' &&
			       begins_with(text + bytes + 1, len - bytes - 1,
				       item->id) > 0
		       ? bytes + 1
		       : 0;
}

bool
stage_show_newids_rename(
	const struct stage_show_newids *self, const char *name, char *out)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < self->count; i++) {
		const struct stage_show_newid *item = &self->items[i];
		size_t head = name_before_id(item, name, len);
		if (head > 0) {
			return stage_format(out, NAME_BYTES, "%.*s%s%s",
				       (int)head, name, item->fresh,
				       name + head + strlen(item->id)) ==
			       STAGE_OK;
		}
	}
	return false;
}

// The item whose old id text[len] begins with; *head is what stands before it
// there. NULL: none.
static const struct stage_show_newid *
find_at(const struct stage_show_newids *self, const char *text, size_t len,
	bool is_word_start, size_t *head)
{
	for (size_t i = 0; i < self->count; i++) {
		const struct stage_show_newid *item = &self->items[i];
		*head = name_before_id(item, text, len);
		if (*head > 0) {
			return item;
		}
		if (is_word_start && is_usual(item->id) &&
			begins_with(text, len, item->id) > 0) {
			return item;
		}
	}
	return NULL;
}

enum stage_status
stage_show_newids_rewrite(const struct stage_show_newids *self,
	const char *text, size_t len, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;
	size_t done = 0;
	size_t at = 0;

	while (at < len && status == STAGE_OK) {
		size_t head = 0;
		const struct stage_show_newid *item = find_at(self, text + at,
			len - at, at == 0 || !is_alnum(text[at - 1]), &head);
		if (item == NULL) {
			at++;
			continue;
		}
		at += head;
		status = stage_str_append(out, text + done, at - done);
		if (status == STAGE_OK) {
			status = stage_str_add(out, item->fresh);
		}
		at += strlen(item->id);
		done = at;
	}
	return status == STAGE_OK
		       ? stage_str_append(out, text + done, len - done)
		       : status;
}

enum stage_status
stage_show_newids_rewrite_conf(const struct stage_show_newids *self,
	const char *text, size_t len, struct stage_str *out)
{
	struct stage_str now = {0};
	enum stage_status status = stage_str_append(&now, text, len);

	for (size_t i = 0; i < self->count && status == STAGE_OK; i++) {
		struct stage_str next = {0};
		status = stage_show_song_conf_rename_client(
			stage_str_text(&now), now.len, self->items[i].id,
			self->items[i].fresh, &next);
		stage_str_finish(&now);
		now = next;
	}
	if (status == STAGE_OK) {
		status = stage_str_append(out, stage_str_text(&now), now.len);
	}
	stage_str_finish(&now);
	return status;
}
