/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_export.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "jack/names.h"
#include "patchbay/format_build.h"

#define NAME_SHOWN_MAX 160 // bytes

static int
shown(const char *name)
{
	return (int)stage_utf8_clip(name, strlen(name), NAME_SHOWN_MAX);
}

enum stage_status
stage_patch_writer_leave(struct stage_patch_writer *self,
	const struct stage_patch_statement *statement, const char *why)
{
	return stage_patch_report_add(self->report,
		"left out, as %s: %s%s%.*s -> %.*s", why,
		statement->policy == STAGE_PATCH_WANT
			? ""
			: stage_patch_policy_name(statement->policy),
		statement->policy == STAGE_PATCH_WANT ? "" : " ",
		shown(statement->from.text), statement->from.text,
		shown(statement->to.text), statement->to.text);
}

static const char *
fault_of_statement(const struct stage_patch_writer *self,
	const struct stage_patch_statement *statement)
{
	if (!self->format->carries[statement->system]) {
		return statement->system == STAGE_PATCH_ALSA
			       ? "the format knows no ALSA ports"
			       : "the format knows no JACK ports";
	}
	if (statement->policy != STAGE_PATCH_WANT &&
		statement->policy != STAGE_PATCH_ONLY) {
		return "the format only knows what is wanted";
	}
	if (!stage_patch_statement_is_pair(statement)) {
		return "no patterns are written for it";
	}
	return NULL;
}

static const char *
fault_of_name(const struct stage_patch_writer *self,
	enum stage_patch_system system, const char *name, bool is_from)
{
	const char *port;
	size_t len;
	enum stage_status status =
		system == STAGE_PATCH_ALSA
			? stage_patch_alsa_split(name, &len, &port)
			: stage_jack_name_split(name, &len, &port);

	if (status != STAGE_OK) {
		return "a name has no client and port";
	}
	return self->format->fault(system, name, is_from);
}

// Says in *out whether it can be written.
static enum stage_status
take(struct stage_patch_writer *self,
	const struct stage_patch_statement *statement, bool *out)
{
	const char *fault = fault_of_statement(self, statement);

	if (fault == NULL) {
		fault = fault_of_name(
			self, statement->system, statement->from.text, true);
	}
	if (fault == NULL) {
		fault = fault_of_name(
			self, statement->system, statement->to.text, false);
	}
	*out = fault == NULL;
	if (fault != NULL) {
		return stage_patch_writer_leave(self, statement, fault);
	}
	if (statement->how.is_exclusive || statement->how.stamp != 0) {
		enum stage_status status = stage_patch_report_add(self->report,
			"written as a plain connection, as %s knows no other: "
			"%.*s -> %.*s",
			self->format->program, shown(statement->from.text),
			statement->from.text, shown(statement->to.text),
			statement->to.text);
		if (status != STAGE_OK) {
			return status;
		}
	}
	if (statement->policy == STAGE_PATCH_ONLY &&
		!self->format->carries_only) {
		return stage_patch_report_add(self->report,
			"written without \"and nothing else\", which %s does "
			"not know: %.*s -> %.*s",
			self->format->program, shown(statement->from.text),
			statement->from.text, shown(statement->to.text),
			statement->to.text);
	}
	return STAGE_OK;
}

enum stage_status
stage_patch_writer_each(struct stage_patch_writer *self,
	enum stage_status (*visit)(
		void *user, const struct stage_patch_statement *statement),
	void *user)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->list->count && status == STAGE_OK; i++) {
		const struct stage_patch_statement *statement =
			&self->list->items[i];
		bool takes = false;
		status = take(self, statement, &takes);
		if (status == STAGE_OK && takes) {
			status = visit(user, statement);
		}
	}
	return status;
}

static enum stage_status
reduce_end(const struct stage_patch_writer *self, struct stage_patch_end *end)
{
	struct stage_str text = {0};
	enum stage_status status = stage_alsa_name_reduce(
		end->text, self->format->counts_alsa, &text);

	if (status == STAGE_OK && text.data != NULL) {
		free(end->text);
		end->text = text.data;
		return STAGE_OK;
	}
	stage_str_finish(&text);
	return status;
}

// The last one of the list, which is about ALSA and two names.
static enum stage_status
reduce_last(struct stage_patch_writer *self, struct stage_patch_list *list)
{
	struct stage_patch_statement *last = &list->items[list->count - 1];
	enum stage_status status = reduce_end(self, &last->from);

	if (status == STAGE_OK) {
		status = reduce_end(self, &last->to);
	}
	if (status != STAGE_OK ||
		stage_patch_list_find(list, last) == list->count - 1) {
		return status;
	}
	status = stage_patch_report_add(self->report,
		"written once, as %s cannot tell devices of one name apart: "
		"%.*s -> %.*s",
		self->format->program, shown(last->from.text), last->from.text,
		shown(last->to.text), last->to.text);
	stage_patch_list_remove(list, list->count - 1);
	return status;
}

enum stage_status
stage_patch_writer_reduce(
	struct stage_patch_writer *self, struct stage_patch_list *out)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->list->count && status == STAGE_OK; i++) {
		const struct stage_patch_statement *item =
			&self->list->items[i];
		status = stage_patch_list_add(out, item);
		if (status == STAGE_OK && item->system == STAGE_PATCH_ALSA &&
			stage_patch_statement_is_pair(item)) {
			status = reduce_last(self, out);
		}
	}
	return status;
}

enum stage_status
stage_patch_writer_leave_modes(struct stage_patch_writer *self)
{
	if (self->list->mode_count == 0) {
		return STAGE_OK;
	}
	return stage_patch_report_add(self->report,
		"left out, as %s knows no modes: %zu mode line%s",
		self->format->program, self->list->mode_count,
		self->list->mode_count == 1 ? "" : "s");
}

size_t
stage_patch_client_len(enum stage_patch_system system, const char *full)
{
	const char *port;
	size_t len = 0;

	if (system == STAGE_PATCH_ALSA) {
		(void)!stage_patch_alsa_split(full, &len, &port);
	} else {
		(void)!stage_jack_name_split(full, &len, &port);
	}
	return len;
}

bool
stage_patch_same_client(const struct stage_patch_statement *a,
	const struct stage_patch_statement *b)
{
	size_t a_len = stage_patch_client_len(a->system, a->from.text);
	size_t b_len = stage_patch_client_len(b->system, b->from.text);

	return a->system == b->system && a_len == b_len &&
	       memcmp(a->from.text, b->from.text, a_len) == 0;
}

// A statement with the places of what it is sorted by.
struct ranked {
	const struct stage_patch_statement *statement;
	size_t client; // when this client first came
	size_t port;
	size_t index;
};

static int
order(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare(const void *a_item, const void *b_item)
{
	const struct ranked *a = a_item;
	const struct ranked *b = b_item;

	if (a->statement->system != b->statement->system) {
		return a->statement->system < b->statement->system ? -1 : 1;
	}
	if (a->client != b->client) {
		return order(a->client, b->client);
	}
	return a->port != b->port ? order(a->port, b->port)
				  : order(a->index, b->index);
}

enum stage_status
stage_patch_rank(struct stage_map *ranks, const char *key, size_t *out)
{
	const size_t *found = stage_map_get(ranks, key);
	size_t *added;
	enum stage_status status;

	if (found != NULL) {
		*out = *found;
		return STAGE_OK;
	}
	added = malloc(sizeof(*added));
	if (added == NULL) {
		return STAGE_NO_MEMORY;
	}
	*added = stage_map_count(ranks);
	*out = *added;
	status = stage_map_put(ranks, key, added);
	if (status != STAGE_OK) {
		free(added);
	}
	return status;
}

static enum stage_status
rank(struct stage_map *ranks, const char *kind, const char *name, size_t len,
	size_t *out)
{
	struct stage_str key = {0};
	enum stage_status status =
		stage_str_addf(&key, "%s%.*s", kind, (int)len, name);

	if (status == STAGE_OK) {
		status = stage_patch_rank(ranks, key.data, out);
	}
	stage_str_finish(&key);
	return status;
}

struct ranking {
	struct stage_map *ranks;
	struct ranked *items;
	size_t count;
};

static enum stage_status
rank_one(void *user, const struct stage_patch_statement *statement)
{
	struct ranking *ranking = user;
	struct ranked *item = &ranking->items[ranking->count];
	const char *name = statement->from.text;
	enum stage_status status;

	item->statement = statement;
	item->index = ranking->count;
	status = rank(ranking->ranks, "client ", name,
		stage_patch_client_len(statement->system, name), &item->client);
	if (status == STAGE_OK) {
		status = rank(ranking->ranks, "port ", name, strlen(name),
			&item->port);
	}
	ranking->count++;
	return status;
}

enum stage_status
stage_patch_writer_sort(struct stage_patch_writer *self,
	const struct stage_patch_statement ***out, size_t *count)
{
	struct ranking ranking = {
		.ranks = stage_map_create(free),
		.items = calloc(self->list->count + 1, sizeof(struct ranked)),
	};
	const struct stage_patch_statement **sorted =
		calloc(self->list->count + 1, sizeof(*sorted));
	enum stage_status status = STAGE_NO_MEMORY;

	if (ranking.items != NULL && sorted != NULL && ranking.ranks != NULL) {
		status = stage_patch_writer_each(self, rank_one, &ranking);
	}
	*count = ranking.count;
	if (status == STAGE_OK) {
		qsort(ranking.items, *count, sizeof(*ranking.items), compare);
		for (size_t i = 0; i < *count; i++) {
			sorted[i] = ranking.items[i].statement;
		}
		*out = sorted;
	} else {
		free((void *)sorted);
	}
	stage_map_destroy(ranking.ranks);
	free(ranking.items);
	return status;
}

const char *
stage_patch_fault_control(const char *name, bool allows_blanks)
{
	for (; *name != '\0'; name++) {
		bool is_blank = strchr("\t\n\r", *name) != NULL;
		if ((unsigned char)*name < 0x20 &&
			!(is_blank && allows_blanks)) {
			return "the format knows no names with control "
			       "characters";
		}
	}
	return NULL;
}

const char *
stage_patch_fault_utf8(const char *name)
{
	size_t len = strlen(name);

	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(name + at, len - at);
		if (bytes == 0) {
			return "the format knows no names that are not UTF-8";
		}
		at += bytes;
	}
	return NULL;
}

const char *
stage_patch_fault_edges(const char *text)
{
	size_t len = strlen(text);

	if (len > 0 && (strchr(" \t", text[0]) != NULL ||
			       strchr(" \t", text[len - 1]) != NULL)) {
		return "the format knows no names with blanks at an edge";
	}
	return NULL;
}
