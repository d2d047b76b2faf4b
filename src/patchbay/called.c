/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/called.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SPECIAL "*?\\:" // to a glob, or to JACK

static void
finish_name(struct stage_patch_called_name *self)
{
	free(self->song);
	free(self->name);
	free(self->called);
}

static enum stage_status
copy_name(struct stage_patch_called_name *out, const char *song,
	const char *name, const char *called)
{
	out->song = strdup(song);
	out->name = strdup(name);
	out->called = strdup(called);
	if (out->song == NULL || out->name == NULL || out->called == NULL) {
		finish_name(out);
		return STAGE_NO_MEMORY;
	}
	return STAGE_OK;
}

static bool
is_client(const char *name)
{
	return name[0] != '\0' && strpbrk(name, SPECIAL) == NULL;
}

enum stage_status
stage_patch_called_add(struct stage_patch_called *self, const char *song,
	const char *name, const char *called, struct stage_err *err)
{
	struct stage_patch_called_name *items;

	if (!is_client(name) || !is_client(called)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no name of a client",
			is_client(name) ? called : name);
	}
	if (self->count == STAGE_PATCH_CALLED_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"more than %d clients would be called otherwise",
			STAGE_PATCH_CALLED_MAX);
	}
	items = realloc(self->items, (self->count + 1) * sizeof(*items));
	if (items != NULL) {
		self->items = items;
	}
	if (items == NULL || copy_name(&items[self->count], song, name,
				     called) != STAGE_OK) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->count++;
	return STAGE_OK;
}

void
stage_patch_called_finish(struct stage_patch_called *self)
{
	for (size_t i = 0; i < self->count; i++) {
		finish_name(&self->items[i]);
	}
	free(self->items);
	*self = (struct stage_patch_called){0};
}

bool
stage_patch_called_has(const struct stage_patch_called *self, const char *song)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->items[i].song, song) == 0) {
			return true;
		}
	}
	return false;
}

// Of "ams:out" and "ams" it makes "ams-01:out"; STAGE_NOT_FOUND: that is
// somebody else's.
static enum stage_status
put_client(const char *port, const char *client, const char *other, char **out)
{
	size_t len = strlen(client);
	size_t size = strlen(port) + strlen(other) + 1;

	if (strncmp(port, client, len) != 0 || port[len] != ':') {
		return STAGE_NOT_FOUND;
	}
	*out = malloc(size);
	if (*out == NULL) {
		return STAGE_NO_MEMORY;
	}
	snprintf(*out, size, "%s%s", other, port + len);
	return STAGE_OK;
}

static enum stage_status
translate(const struct stage_patch_called *self, const char *song,
	const char *port, bool is_back, char **out)
{
	*out = NULL;
	for (size_t i = 0; i < self->count; i++) {
		const struct stage_patch_called_name *item = &self->items[i];
		enum stage_status status = STAGE_NOT_FOUND;

		if (strcmp(item->song, song) == 0) {
			status = put_client(port,
				is_back ? item->called : item->name,
				is_back ? item->name : item->called, out);
		}
		if (status != STAGE_NOT_FOUND) {
			return status;
		}
	}
	return STAGE_OK;
}

static enum stage_status
put_end(const struct stage_patch_called *self, const char *song,
	struct stage_patch_end *end)
{
	char *text = NULL;
	enum stage_status status = STAGE_OK;

	if (end->text != NULL && end->match != STAGE_PATCH_REGEX) {
		status = translate(self, song, end->text, false, &text);
	}
	if (text != NULL) {
		free(end->text);
		end->text = text;
	}
	return status;
}

enum stage_status
stage_patch_called_apply(const struct stage_patch_called *self,
	const char *song, struct stage_patch_list *list)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		struct stage_patch_statement *item = &list->items[i];
		struct stage_patch_end *ends[] = {
			&item->from, &item->to, &item->except};

		for (size_t end = 0;
			end < STAGE_COUNT_OF(ends) &&
			item->system == STAGE_PATCH_JACK && status == STAGE_OK;
			end++) {
			status = put_end(self, song, ends[end]);
		}
	}
	return status;
}

enum stage_status
stage_patch_called_back(const struct stage_patch_called *self, const char *song,
	const char *port, char **out)
{
	return translate(self, song, port, true, out);
}
