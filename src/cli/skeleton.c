/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/skeleton.h"

#include <string.h>

#include "base/quote.h"
#include "cli/draft.h"
#include "cli/width.h"

#define SCRIPT_MODE 0777
#define FILE_MODE 0666

// "#!/bin/sh", and "# NAME: " for the sentence that follows.
static enum stage_status
add_head(struct stage_str *out, const char *name)
{
	enum stage_status status = stage_str_add(out, "#!/bin/sh\n# ");

	if (status == STAGE_OK) {
		status = stage_width_clean(out, name, strlen(name));
	}
	return status == STAGE_OK ? stage_str_add(out, ": ") : status;
}

static enum stage_status
add_command(struct stage_str *out, char *const *command, size_t count)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = stage_str_add(out, " ");
		if (status == STAGE_OK) {
			status = stage_quote_add(out, command[i]);
		}
	}
	return status;
}

enum stage_status
stage_skeleton_run(struct stage_str *out, const char *name,
	char *const *command, size_t count)
{
	const char *slash = strrchr(command[0], '/');
	const char *program = slash != NULL ? slash + 1 : command[0];
	enum stage_status status = add_head(out, name);

	if (status == STAGE_OK) {
		status = stage_width_clean(out, program, strlen(program));
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out,
			", kept running. \"exec\" makes this script become the "
			"program.\n"
			"exec 2>&1\n"
			"exec");
	}
	if (status == STAGE_OK) {
		status = add_command(out, command, count);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

enum stage_status
stage_skeleton_finish(struct stage_str *out, const char *name)
{
	enum stage_status status = add_head(out, name);

	if (status != STAGE_OK) {
		return status;
	}
	return stage_str_add(out,
		"called each time that run has ended, before it is started "
		"again.\n"
		"# $1 is its exit code, -1 if a signal ended it; $2 is the "
		"number of that signal.\n"
		"# Clean up here what the program may leave behind. Without "
		"need, delete this file.\n"
		"exec 2>&1\n"
		"echo \"run has ended: exit code $1, signal $2\"\n");
}

enum stage_status
stage_skeleton_log(struct stage_str *out, const char *name)
{
	enum stage_status status = add_head(out, name);

	if (status != STAGE_OK) {
		return status;
	}
	return stage_str_add(out,
		"keeps what run prints, with the time before each line.\n"
		"# Stagecraft says in STAGECRAFT_LOG where; without it, it is "
		"the directory main here.\n"
		"mkdir -p \"${STAGECRAFT_LOG:-./main}\"\n"
		"exec svlogd -tt \"${STAGECRAFT_LOG:-./main}\"\n");
}

static enum stage_status
put(const struct stage_draft *draft, const char *file, enum stage_status status,
	const struct stage_str *text, struct stage_err *err)
{
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	return stage_draft_file(
		draft, file, SCRIPT_MODE, stage_str_text(text), err);
}

static enum stage_status
fill(const struct stage_draft *draft, const char *name, char *const *command,
	size_t count, const char *needs, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status made =
		stage_skeleton_run(&text, name, command, count);
	enum stage_status status = put(draft, "run", made, &text, err);

	if (status == STAGE_OK) {
		stage_str_clear(&text);
		made = stage_skeleton_finish(&text, name);
		status = put(draft, "finish", made, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_directory(draft, "log", err);
	}
	if (status == STAGE_OK) {
		stage_str_clear(&text);
		made = stage_skeleton_log(&text, name);
		status = put(draft, "log/run", made, &text, err);
	}
	if (status == STAGE_OK && needs != NULL && needs[0] != '\0') {
		status =
			stage_draft_file(draft, "needs", FILE_MODE, needs, err);
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_skeleton_make(const char *directory, const char *name,
	char *const *command, size_t count, const char *needs,
	struct stage_err *err)
{
	struct stage_draft draft;
	enum stage_status status =
		stage_draft_begin(&draft, directory, name, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = fill(&draft, name, command, count, needs, err);
	if (status == STAGE_OK) {
		return stage_draft_commit(&draft, err);
	}
	stage_draft_abort(&draft);
	return status;
}
