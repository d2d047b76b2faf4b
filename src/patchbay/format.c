/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format.h"

#include <string.h>

#include "patchbay/format_build.h"
#include "patchbay/format_export.h"
#include "patchbay/format_list.h"

// In the order in which they are asked whether a file is theirs: what has a
// mark of its own first.
static const struct stage_patch_format *const formats[] = {
	&stage_patch_format_aj,
	&stage_patch_format_carla,
	&stage_patch_format_qpwgraph,
	&stage_patch_format_qjackctl,
	&stage_patch_format_ray,
	&stage_patch_format_plumbing,
	&stage_patch_format_jackpatch,
	&stage_patch_format_matchmaker_regex,
	&stage_patch_format_matchmaker,
};

const struct stage_patch_format *
stage_patch_format_at(size_t index)
{
	return index < STAGE_COUNT_OF(formats) ? formats[index] : NULL;
}

// "aj-snapshot, carla, ...": for a sentence, so what does not fit is left out.
static void
list_names(char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < STAGE_COUNT_OF(formats); i++) {
		size_t len = strlen(formats[i]->name);
		if (used + len + strlen(", ") + 1 > size) {
			return;
		}
		if (i > 0) {
			memcpy(out + used, ", ", strlen(", "));
			used += strlen(", ");
		}
		memcpy(out + used, formats[i]->name, len + 1);
		used += len;
	}
}

enum stage_status
stage_patch_format_find(const char *name, const struct stage_patch_format **out,
	struct stage_err *err)
{
	char names[STAGE_ERR_TEXT_MAX / 2];

	for (size_t i = 0; i < STAGE_COUNT_OF(formats); i++) {
		if (strcmp(name, formats[i]->name) == 0) {
			*out = formats[i];
			return STAGE_OK;
		}
	}
	list_names(names, sizeof(names));
	return stage_err_set(err, STAGE_NOT_FOUND,
		"there is no format \"%s\"; there are %s", name, names);
}

static enum stage_status
check_size(const struct stage_patch_input *input, struct stage_err *err)
{
	if (input->len > STAGE_PATCH_FILE_MAX) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"%s: the file has more than %u bytes", input->name,
			STAGE_PATCH_FILE_MAX);
	}
	if (input->len == 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s: the file is empty", input->name);
	}
	return STAGE_OK;
}

enum stage_status
stage_patch_format_recognise(const struct stage_patch_input *input,
	const struct stage_patch_format **out, struct stage_err *err)
{
	char names[STAGE_ERR_TEXT_MAX / 2];
	enum stage_status status = check_size(input, err);

	if (status != STAGE_OK) {
		return status;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(formats); i++) {
		if (formats[i]->recognise(input->bytes, input->len)) {
			*out = formats[i];
			return STAGE_OK;
		}
	}
	list_names(names, sizeof(names));
	return stage_err_set(err, STAGE_BAD_INPUT,
		"%s: this is no file of any program that is known here: %s",
		input->name, names);
}

static enum stage_status
import_into(const struct stage_patch_format *self,
	const struct stage_patch_input *input, struct stage_patch_import *out,
	struct stage_err *err)
{
	struct stage_patch_build build;
	enum stage_status status =
		stage_patch_build_init(&build, input->name, out);

	if (status == STAGE_OK) {
		status = self->import_list(input, &build, err);
	}
	if (status == STAGE_OK) {
		status = stage_patch_build_close(&build);
	}
	stage_patch_build_finish(&build);
	return status;
}

enum stage_status
stage_patch_format_import(const struct stage_patch_format *self,
	const struct stage_patch_input *input, struct stage_patch_import *out,
	struct stage_err *err)
{
	enum stage_status status = check_size(input, err);

	*out = (struct stage_patch_import){0};
	if (status != STAGE_OK) {
		return status;
	}
	if (self->import_list == NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"files of %s are only written", self->name);
	}
	status = import_into(self, input, out, err);
	if (status == STAGE_NO_MEMORY) {
		(void)stage_err_set(err, status, "%s: unable to read it: %s",
			input->name, stage_strerror(status));
	}
	if (status != STAGE_OK) {
		stage_patch_import_finish(out);
	}
	return status;
}

enum stage_status
stage_patch_format_export(const struct stage_patch_format *self,
	const struct stage_patch_list *list, struct stage_str *out,
	struct stage_strv *report, struct stage_err *err)
{
	struct stage_patch_writer writer = {self, list, out, report};
	struct stage_patch_list reduced = {0};
	enum stage_status status;

	if (self->export_list == NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"files of %s are only read", self->name);
	}
	status = stage_patch_writer_leave_modes(&writer);
	if (status == STAGE_OK) {
		status = stage_patch_writer_reduce(&writer, &reduced);
	}
	if (status == STAGE_OK) {
		writer.list = &reduced;
		status = self->export_list(&writer);
	}
	stage_patch_list_finish(&reduced);
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "unable to write for %s: %s",
			self->name, stage_strerror(status));
	}
	return STAGE_OK;
}

void
stage_patch_import_finish(struct stage_patch_import *self)
{
	stage_patch_list_finish(&self->list);
	stage_strv_finish(&self->report);
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		stage_strv_finish(&self->unconnected[i]);
	}
	*self = (struct stage_patch_import){0};
}
