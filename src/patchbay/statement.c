/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/statement.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 16

static const char *const policy_names[STAGE_PATCH_POLICY_COUNT] = {
	"want", "not", "forbid", "also", "only"};
static const char *const mode_names[STAGE_PATCH_MODE_COUNT] = {
	"off", "learn", "enforce", "exclusive", "lock"};
static const char *const system_names[STAGE_PATCH_SYSTEM_COUNT] = {
	"jack", "alsa"};

static void
finish_end(struct stage_patch_end *self)
{
	free(self->text);
	self->text = NULL;
}

static void
finish_statement(struct stage_patch_statement *self)
{
	finish_end(&self->from);
	finish_end(&self->to);
	finish_end(&self->except);
}

static bool
copy_end(struct stage_patch_end *out, const struct stage_patch_end *from)
{
	out->match = from->match;
	out->text = NULL;
	if (from->text == NULL) {
		return true;
	}
	out->text = strdup(from->text);
	return out->text != NULL;
}

static bool
copy_statement(struct stage_patch_statement *out,
	const struct stage_patch_statement *from)
{
	*out = *from;
	out->to.text = NULL;
	out->except.text = NULL;
	if (copy_end(&out->from, &from->from) &&
		copy_end(&out->to, &from->to) &&
		copy_end(&out->except, &from->except)) {
		return true;
	}
	finish_statement(out);
	return false;
}

// Room for one more item of `size` bytes.
static enum stage_status
grow(void **items, size_t count, size_t *cap, size_t size)
{
	size_t wanted = *cap == 0 ? FIRST_CAP : *cap * 2;
	void *grown;

	if (count < *cap) {
		return STAGE_OK;
	}
	if (wanted > SIZE_MAX / size) {
		return STAGE_NO_MEMORY;
	}
	grown = realloc(*items, wanted * size);
	if (grown == NULL) {
		return STAGE_NO_MEMORY;
	}
	*items = grown;
	*cap = wanted;
	return STAGE_OK;
}

// Takes the statement over, or frees what is in it.
static enum stage_status
push(struct stage_patch_list *self, struct stage_patch_statement *statement)
{
	void *items = self->items;
	enum stage_status status =
		grow(&items, self->count, &self->cap, sizeof(*self->items));

	self->items = items;
	if (status != STAGE_OK) {
		finish_statement(statement);
		return status;
	}
	self->items[self->count] = *statement;
	self->count++;
	return STAGE_OK;
}

enum stage_status
stage_patch_list_add(struct stage_patch_list *self,
	const struct stage_patch_statement *statement)
{
	struct stage_patch_statement copy;

	if (!copy_statement(&copy, statement)) {
		return STAGE_NO_MEMORY;
	}
	return push(self, &copy);
}

enum stage_status
stage_patch_list_want(struct stage_patch_list *self,
	enum stage_patch_system system, const char *from, const char *to)
{
	struct stage_patch_statement want = {
		.policy = STAGE_PATCH_WANT,
		.system = system,
		.from = {strdup(from), STAGE_PATCH_LITERAL},
		.to = {strdup(to), STAGE_PATCH_LITERAL},
	};

	if (want.from.text == NULL || want.to.text == NULL) {
		finish_statement(&want);
		return STAGE_NO_MEMORY;
	}
	return push(self, &want);
}

enum stage_status
stage_patch_list_add_mode(struct stage_patch_list *self,
	enum stage_patch_mode mode, const char *client, unsigned line)
{
	struct stage_patch_mode_line added = {.mode = mode, .line = line};
	void *modes = self->modes;
	enum stage_status status =
		grow(&modes, self->mode_count, &self->mode_cap, sizeof(added));

	self->modes = modes;
	if (status != STAGE_OK) {
		return status;
	}
	if (client != NULL) {
		added.client = strdup(client);
		if (added.client == NULL) {
			return STAGE_NO_MEMORY;
		}
	}
	self->modes[self->mode_count] = added;
	self->mode_count++;
	return STAGE_OK;
}

void
stage_patch_list_remove(struct stage_patch_list *self, size_t index)
{
	finish_statement(&self->items[index]);
	self->count--;
	memmove(&self->items[index], &self->items[index + 1],
		(self->count - index) * sizeof(*self->items));
}

static bool
is_same_statement(const struct stage_patch_statement *a,
	const struct stage_patch_statement *b)
{
	return a->policy == b->policy && a->system == b->system &&
	       stage_patch_end_is_same(&a->from, &b->from) &&
	       stage_patch_end_is_same(&a->to, &b->to) &&
	       stage_patch_end_is_same(&a->except, &b->except);
}

size_t
stage_patch_list_find(const struct stage_patch_list *self,
	const struct stage_patch_statement *statement)
{
	for (size_t i = 0; i < self->count; i++) {
		if (is_same_statement(&self->items[i], statement)) {
			return i;
		}
	}
	return SIZE_MAX;
}

static bool
is_same_mode(const struct stage_patch_mode_line *a,
	const struct stage_patch_mode_line *b)
{
	return a->mode == b->mode &&
	       (a->client == NULL) == (b->client == NULL) &&
	       (a->client == NULL || strcmp(a->client, b->client) == 0);
}

enum stage_status
stage_patch_list_copy(
	const struct stage_patch_list *list, struct stage_patch_list *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < list->count && status == STAGE_OK; i++) {
		status = stage_patch_list_add(out, &list->items[i]);
	}
	for (size_t i = 0; i < list->mode_count && status == STAGE_OK; i++) {
		status = stage_patch_list_add_mode(out, list->modes[i].mode,
			list->modes[i].client, list->modes[i].line);
	}
	if (status != STAGE_OK) {
		stage_patch_list_finish(out);
	}
	return status;
}

void
stage_patch_list_remove_mode(struct stage_patch_list *self, const char *client)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->mode_count; i++) {
		struct stage_patch_mode_line *mode = &self->modes[i];
		bool is_it = client == NULL || mode->client == NULL
				     ? client == mode->client
				     : strcmp(client, mode->client) == 0;
		if (is_it) {
			free(mode->client);
		} else {
			self->modes[kept] = *mode;
			kept++;
		}
	}
	self->mode_count = kept;
}

bool
stage_patch_list_is_same(
	const struct stage_patch_list *a, const struct stage_patch_list *b)
{
	bool is_same = a->count == b->count && a->mode_count == b->mode_count;

	for (size_t i = 0; is_same && i < a->count; i++) {
		is_same = is_same_statement(&a->items[i], &b->items[i]) &&
			  stage_patch_how_is_same(
				  &a->items[i].how, &b->items[i].how) &&
			  a->items[i].since_s == b->items[i].since_s &&
			  a->items[i].line == b->items[i].line;
	}
	for (size_t i = 0; is_same && i < a->mode_count; i++) {
		is_same = is_same_mode(&a->modes[i], &b->modes[i]);
	}
	return is_same;
}

void
stage_patch_list_finish(struct stage_patch_list *self)
{
	for (size_t i = 0; i < self->count; i++) {
		finish_statement(&self->items[i]);
	}
	for (size_t i = 0; i < self->mode_count; i++) {
		free(self->modes[i].client);
	}
	free(self->items);
	free(self->modes);
	*self = (struct stage_patch_list){0};
}

bool
stage_patch_statement_is_pair(const struct stage_patch_statement *statement)
{
	return statement->from.match == STAGE_PATCH_LITERAL &&
	       statement->to.match == STAGE_PATCH_LITERAL;
}

// The first one's length keeps the two names apart.
enum stage_status
stage_patch_pair_key(struct stage_str *out, enum stage_patch_system system,
	const char *from, const char *to)
{
	return stage_str_addf(
		out, "%d:%zu:%s%s", (int)system, strlen(from), from, to);
}

bool
stage_patch_how_is_same(
	const struct stage_patch_how *a, const struct stage_patch_how *b)
{
	return a->is_exclusive == b->is_exclusive && a->stamp == b->stamp &&
	       a->queue == b->queue;
}

bool
stage_patch_end_is_same(
	const struct stage_patch_end *a, const struct stage_patch_end *b)
{
	if (a->text == NULL || b->text == NULL) {
		return a->text == b->text;
	}
	return a->match == b->match && strcmp(a->text, b->text) == 0;
}

bool
stage_patch_policy_is_wanted(enum stage_patch_policy policy)
{
	return policy == STAGE_PATCH_WANT || policy == STAGE_PATCH_ONLY;
}

const char *
stage_patch_policy_name(enum stage_patch_policy policy)
{
	return (unsigned)policy < STAGE_PATCH_POLICY_COUNT
		       ? policy_names[policy]
		       : "unknown";
}

const char *
stage_patch_mode_name(enum stage_patch_mode mode)
{
	return (unsigned)mode < STAGE_PATCH_MODE_COUNT ? mode_names[mode]
						       : "unknown";
}

const char *
stage_patch_system_name(enum stage_patch_system system)
{
	return (unsigned)system < STAGE_PATCH_SYSTEM_COUNT
		       ? system_names[system]
		       : "unknown";
}

enum stage_status
stage_patch_mode_parse(
	const char *word, enum stage_patch_mode *out, struct stage_err *err)
{
	for (int i = 0; i < STAGE_PATCH_MODE_COUNT; i++) {
		if (strcmp(word, mode_names[i]) == 0) {
			*out = (enum stage_patch_mode)i;
			return STAGE_OK;
		}
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"there is no mode \"%s\"; there are off, learn, enforce, "
		"exclusive and lock",
		word);
}
