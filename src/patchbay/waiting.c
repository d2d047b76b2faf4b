/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/waiting.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "jack/names.h"

#define ID_MAX 64          // bytes with the zero
#define NAME_MAX_BYTES 256 // as much as JACK takes
#define EXPRESSION_MAX 512 // each byte of it with a backslash

// All that an expression takes as it is.
static bool
is_id(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_' ||
		text[len] == '-') {
		len++;
	}
	return text[len] == '\0' && len > 0 && len < ID_MAX;
}

// "ams-01:" is that client, and no other.
static bool
is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 1 && len < NAME_MAX_BYTES &&
	       strchr(text, ':') == text + len - 1;
}

// As a regular expression, each byte for itself.
static void
write_name(const char *name, char *out)
{
	size_t len = 0;

	for (; *name != '\0'; name++) {
		if (strchr("\\^$.[]|()*+?{}", *name) != NULL) {
			out[len++] = '\\';
		}
		out[len++] = *name;
	}
	memcpy(out + len, ".*", 3);
}

static void
write_expression(const char *id, char out[EXPRESSION_MAX])
{
	if (is_name(id)) {
		write_name(id, out);
	} else {
		snprintf(out, EXPRESSION_MAX,
			"(.*[^A-Za-z0-9])?%s([^A-Za-z0-9].*)?", id);
	}
}

static enum stage_status
forbid(struct stage_patch_list *out, const char *id)
{
	char expression[EXPRESSION_MAX];
	char all[] = "*";
	const struct stage_patch_end client = {
		.text = expression, .match = STAGE_PATCH_REGEX};
	const struct stage_patch_end any = {
		.text = all, .match = STAGE_PATCH_GLOB};
	const struct stage_patch_statement lines[] = {
		{.policy = STAGE_PATCH_FORBID, .from = client, .to = any},
		{.policy = STAGE_PATCH_FORBID, .from = any, .to = client},
	};
	enum stage_status status = STAGE_OK;

	write_expression(id, expression);
	for (size_t i = 0; i < STAGE_COUNT_OF(lines) && status == STAGE_OK;
		i++) {
		status = stage_patch_list_add(out, &lines[i]);
	}
	return status;
}

static enum stage_status
fill(struct stage_patch_waiting *self, const struct stage_strv *ids)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < ids->count && status == STAGE_OK; i++) {
		status = stage_strv_add(&self->ids, ids->items[i]);
		if (status == STAGE_OK) {
			status = forbid(&self->list, ids->items[i]);
		}
	}
	return status;
}

enum stage_status
stage_patch_waiting_set(struct stage_patch_waiting *self,
	const struct stage_strv *ids, struct stage_err *err)
{
	struct stage_patch_waiting fresh = {0};

	if (ids->count > STAGE_PATCH_WAITING_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"more than %d clients would wait",
			STAGE_PATCH_WAITING_MAX);
	}
	for (size_t i = 0; i < ids->count; i++) {
		if (!is_id(ids->items[i]) && !is_name(ids->items[i])) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"\"%s\" is no client's id", ids->items[i]);
		}
	}
	if (fill(&fresh, ids) != STAGE_OK) {
		stage_patch_waiting_finish(&fresh);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	fresh.apart = self->apart;
	self->apart = (struct stage_patch_list){0};
	stage_patch_waiting_finish(self);
	*self = fresh;
	return STAGE_OK;
}

void
stage_patch_waiting_finish(struct stage_patch_waiting *self)
{
	stage_strv_finish(&self->ids);
	stage_patch_list_finish(&self->apart);
	stage_patch_list_finish(&self->list);
}

static bool
has_id(const char *port, const char *id)
{
	return is_name(id) ? strncmp(port, id, strlen(id)) == 0
			   : stage_jack_name_has_id(port, id);
}

bool
stage_patch_waiting_has(
	const struct stage_patch_waiting *self, const char *port)
{
	for (size_t i = 0; i < self->ids.count; i++) {
		if (has_id(port, self->ids.items[i])) {
			return true;
		}
	}
	return false;
}

static bool
is_kept(const struct stage_patch_list *apart, const char *from, const char *to)
{
	for (size_t i = 0; i < apart->count; i++) {
		if (strcmp(apart->items[i].from.text, from) == 0 &&
			strcmp(apart->items[i].to.text, to) == 0) {
			return true;
		}
	}
	return false;
}

void
stage_patch_waiting_keep(
	struct stage_patch_waiting *self, const char *from, const char *to)
{
	if (self->apart.count < STAGE_PATCH_WAITING_MAX &&
		!is_kept(&self->apart, from, to)) {
		(void)!stage_patch_list_want(
			&self->apart, STAGE_PATCH_JACK, from, to);
	}
}

void
stage_patch_waiting_release(struct stage_patch_waiting *self,
	void (*visit)(void *user, const char *from, const char *to), void *user)
{
	size_t at = 0;

	while (at < self->apart.count) {
		const char *from = self->apart.items[at].from.text;
		const char *to = self->apart.items[at].to.text;

		if (stage_patch_waiting_has(self, from) ||
			stage_patch_waiting_has(self, to)) {
			at++;
			continue;
		}
		visit(user, from, to);
		stage_patch_list_remove(&self->apart, at);
	}
}
