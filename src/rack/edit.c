/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/edit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "rack/catalog.h"
#include "rack/order.h"

#define REMOVED_MAX 99 // files of one name that were taken out

static bool
is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static enum stage_status
rename_file(const struct stage_rack *self, const char *from, const char *to,
	struct stage_err *err)
{
	char old_path[STAGE_PATH_MAX];
	char new_path[STAGE_PATH_MAX];
	enum stage_status status = stage_rack_file(self, from, old_path, err);

	if (status == STAGE_OK) {
		status = stage_rack_file(self, to, new_path, err);
	}
	if (status == STAGE_OK && is_there(new_path)) {
		status = stage_err_set(
			err, STAGE_EXISTS, "%s is there already", new_path);
	}
	if (status == STAGE_OK && rename(old_path, new_path) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to rename %s to %s", old_path, to);
	}
	return status;
}

// The order of the files, and what a move makes of it.

struct order {
	const char *names[STAGE_RACK_SLOTS_MAX]; // borrowed
	char after[STAGE_RACK_SLOTS_MAX + 1][STAGE_RACK_FILE_MAX];
	size_t old[STAGE_RACK_SLOTS_MAX + 1];
	size_t count; // of after
};

static size_t
place_of(const struct stage_rack *self, const struct stage_rack_slot *slot)
{
	size_t at = 0;

	while (at < self->count && self->slots[at] != slot) {
		at++;
	}
	return at;
}

static struct order *
make_order(const struct stage_rack *self, size_t from, size_t to,
	const char *fresh)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order == NULL) {
		return NULL;
	}
	for (size_t i = 0; i < self->count; i++) {
		order->names[i] = self->slots[i]->config.file;
	}
	order->count = from == self->count ? self->count + 1 : self->count;
	stage_rack_order_move(order->names, self->count, from, to, fresh,
		order->after, order->old);
	return order;
}

static enum stage_status
rename_all(const struct stage_rack *self, const struct order *order,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < order->count; i++) {
		size_t old = order->old[i];
		if (old < self->count &&
			strcmp(order->names[old], order->after[i]) != 0) {
			status = rename_file(
				self, order->names[old], order->after[i], err);
		}
	}
	return status;
}

// Adding.

static bool
has_id(const struct stage_rack *self, const char *id)
{
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->slots[i]->config.id, id) == 0) {
			return true;
		}
	}
	return false;
}

static enum stage_status
check_name(
	const struct stage_rack *self, const char *name, struct stage_err *err)
{
	if (name[0] == '.' || strpbrk(name, "/\n\t") != NULL ||
		strlen(name) >= STAGE_RACK_ID_MAX) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no name for a slot: no dot first, no slash, "
			"at most %d bytes",
			name, STAGE_RACK_ID_MAX - 1);
	}
	if (stage_rack_slot_id_is_taken(name)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no name for a slot: it ends in a dot and a "
			"number, as older checkpoints do",
			name);
	}
	return has_id(self, name)
		       ? stage_err_set(err, STAGE_EXISTS,
				 "there is a slot \"%s\" already", name)
		       : STAGE_OK;
}

// A name of the plug-in's own, with a number where that is taken.
static void
make_name(const struct stage_rack *self, const char *plugin,
	char id[STAGE_RACK_ID_MAX])
{
	char base[STAGE_RACK_ID_MAX];

	stage_rack_order_id(plugin, base);
	snprintf(id, STAGE_RACK_ID_MAX, "%s", base);
	for (unsigned n = 2; has_id(self, id); n++) {
		snprintf(id, STAGE_RACK_ID_MAX, "%.*s-%u",
			STAGE_RACK_ID_MAX - 12, base, n);
	}
}

static enum stage_status
write_fresh(const struct stage_rack *self, const char *uri, const char *id,
	struct stage_err *err)
{
	struct order *order = make_order(self, self->count, self->count, id);
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_NO_MEMORY;

	if (order == NULL ||
		stage_str_addf(&text, "plugin %s\n", uri) != STAGE_OK) {
		stage_err_set(err, status, "out of memory");
	} else {
		status = stage_rack_file(
			self, order->after[self->count], path, err);
	}
	if (status == STAGE_OK && is_there(path)) {
		status = stage_err_set(
			err, STAGE_EXISTS, "%s is there already", path);
	}
	if (status == STAGE_OK) {
		status = rename_all(self, order, err);
	}
	if (status == STAGE_OK) {
		status = stage_atomic_save(
			path, stage_str_text(&text), text.len, 0, err);
	}
	stage_str_finish(&text);
	free(order);
	return status;
}

enum stage_status
stage_rack_edit_add(struct stage_rack *self, const char *word, const char *name,
	struct stage_rack_slot **out, struct stage_err *err)
{
	struct stage_rack_plugin *plugin = NULL;
	char uri[STAGE_RACK_URI_MAX];
	char id[STAGE_RACK_ID_MAX];
	enum stage_status status =
		stage_rack_catalog_find(&self->shop.host, word, uri, err);

	if (status == STAGE_OK && self->count == STAGE_RACK_SLOTS_MAX) {
		status = stage_err_set(err, STAGE_FULL,
			"a rack has no more than %d slots",
			STAGE_RACK_SLOTS_MAX);
	}
	if (status == STAGE_OK && name[0] != '\0') {
		status = check_name(self, name, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_plugin_create(
			&self->shop.host, uri, &plugin, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (name[0] != '\0') {
		snprintf(id, sizeof(id), "%s", name);
	} else {
		make_name(self, plugin->name, id);
	}
	stage_rack_plugin_destroy(plugin);
	status = write_fresh(self, uri, id, err);
	if (status == STAGE_OK) {
		stage_rack_reload(self);
		status = stage_rack_find(self, id, out, err);
	}
	return status;
}

// Removing and moving.

enum stage_status
stage_rack_edit_remove(struct stage_rack *self, struct stage_rack_slot *slot,
	char file[STAGE_RACK_FILE_MAX], struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	for (unsigned n = 0; n <= REMOVED_MAX; n++) {
		char number[16] = "";
		if (n > 0) {
			snprintf(number, sizeof(number), "%u", n);
		}
		status = stage_format(file, STAGE_RACK_FILE_MAX, "%s.off%s",
			slot->config.file, number);
		if (status == STAGE_OK) {
			status = stage_rack_file(self, file, path, err);
		}
		if (status != STAGE_OK || !is_there(path)) {
			break;
		}
	}
	if (status == STAGE_OK) {
		status = rename_file(self, slot->config.file, file, err);
	}
	if (status == STAGE_OK) {
		stage_rack_reload(self);
	}
	return status;
}

// Where it stands then, among all of them.
static size_t
goal_of(const struct stage_rack *self, size_t from, enum stage_rack_where where,
	const struct stage_rack_slot *other)
{
	size_t at = other != NULL ? place_of(self, other) : 0;

	switch (where) {
	case STAGE_RACK_FIRST:
		return 0;
	case STAGE_RACK_LAST:
		return self->count - 1;
	case STAGE_RACK_BEFORE:
		return at > from ? at - 1 : at;
	case STAGE_RACK_BEHIND:
		break;
	}
	return at > from ? at : at + 1;
}

enum stage_status
stage_rack_edit_move(struct stage_rack *self, struct stage_rack_slot *slot,
	enum stage_rack_where where, const struct stage_rack_slot *other,
	struct stage_err *err)
{
	size_t from = place_of(self, slot);
	size_t to = goal_of(self, from, where, other);
	struct order *order;
	enum stage_status status;

	if (other == slot || from == to) {
		return STAGE_OK;
	}
	order = make_order(self, from, to, "");
	if (order == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = rename_all(self, order, err);
	free(order);
	stage_rack_reload(self); // what was renamed is read, whole or not
	return status;
}
