/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_qlc.h"

#include <string.h>

#define DIGITS "0123456789"

// Appends the field that begins at *at, and goes on behind it. False: there are
// no more.
static bool
next_field(const char **at, const char *end, struct stage_str *out,
	enum stage_status *status)
{
	const char *bar;

	if (*at == NULL || *status != STAGE_OK) {
		return false;
	}
	bar = memchr(*at, '|', (size_t)(end - *at));
	stage_str_clear(out);
	*status = stage_str_append(
		out, *at, (size_t)((bar != NULL ? bar : end) - *at));
	*at = bar != NULL ? bar + 1 : NULL;
	return *status == STAGE_OK;
}

static bool
is_id(const struct stage_str *field)
{
	const char *text = stage_str_text(field);

	return text[0] != '\0' && text[strspn(text, DIGITS)] == '\0';
}

// Ids and names by turns. A name may have a bar in it, and then it is none that
// a cue could say: its parts that are no ids are passed over.
static enum stage_status
take_fields(struct stage_show_qlc *self, const char *at, const char *end)
{
	struct stage_str id = {0};
	struct stage_str name = {0};
	enum stage_status status = STAGE_OK;

	while (next_field(&at, end, &id, &status)) {
		if (!is_id(&id) || !next_field(&at, end, &name, &status)) {
			continue;
		}
		status = stage_strv_add(&self->ids, stage_str_text(&id));
		if (status == STAGE_OK) {
			status = stage_strv_add(
				&self->names, stage_str_text(&name));
		}
	}
	stage_str_finish(&id);
	stage_str_finish(&name);
	return status;
}

enum stage_status
stage_show_qlc_take(struct stage_show_qlc *self, const char *text, size_t len)
{
	size_t begin = strlen(STAGE_SHOW_QLC_ASK);
	enum stage_status status = STAGE_OK;

	if (len < begin || memcmp(text, STAGE_SHOW_QLC_ASK, begin) != 0 ||
		(len > begin && text[begin] != '|')) {
		return STAGE_NOT_FOUND;
	}
	stage_show_qlc_finish(self);
	if (len > begin) {
		status = take_fields(self, text + begin + 1, text + len);
	}
	if (status != STAGE_OK) {
		stage_show_qlc_finish(self);
	}
	return status;
}

const char *
stage_show_qlc_find(const struct stage_show_qlc *self, const char *name)
{
	for (size_t i = 0; i < self->names.count; i++) {
		if (strcmp(self->names.items[i], name) == 0) {
			return self->ids.items[i];
		}
	}
	return NULL;
}

enum stage_status
stage_show_qlc_set(struct stage_str *out, const char *id, bool is_on)
{
	return stage_str_addf(
		out, "QLC+API|setFunctionStatus|%s|%d", id, is_on ? 1 : 0);
}

void
stage_show_qlc_finish(struct stage_show_qlc *self)
{
	if (self != NULL) {
		stage_strv_finish(&self->ids);
		stage_strv_finish(&self->names);
	}
}
