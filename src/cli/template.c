/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "cli/template.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "cli/rigdir.h"

static const char *const linked[] = {
	"run", "finish", "check", "needs", "ready", "stop", "provides", "log"};

static bool
is_linked(const char *entry)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(linked); i++) {
		if (strcmp(linked[i], entry) == 0) {
			return true;
		}
	}
	return false;
}

static bool
has_entry(const char *directory, const char *entry)
{
	char path[STAGE_PATH_MAX];

	return directory != NULL &&
	       stage_io_join(path, sizeof(path), directory, entry, NULL) ==
		       STAGE_OK &&
	       access(path, F_OK) == 0;
}

// What `with` has comes from there.
static enum stage_status
fill(const struct stage_draft *draft, const char *from, const char *with,
	struct stage_err *err)
{
	struct stage_strv entries = {0};
	enum stage_status status = stage_io_list_dir(from, &entries, err);

	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		const char *entry = entries.items[i];
		char path[STAGE_PATH_MAX];
		if (has_entry(with, entry)) {
			continue;
		}
		status = stage_io_join(path, sizeof(path), from, entry, err);
		if (status != STAGE_OK) {
			break;
		}
		status = is_linked(entry)
				 ? stage_draft_link(draft, entry, path, err)
				 : stage_draft_copy(draft, entry, path, err);
	}
	stage_strv_finish(&entries);
	return status;
}

// The absolute path, without the ".." of a path found from a program's place.
static enum stage_status
find_template(
	const char *data, const char *name, char *out, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = STAGE_NOT_FOUND;
	char *real = NULL;

	if (stage_template_is(data, name) &&
		stage_format(path, sizeof(path), "%s/services/%s", data,
			name) == STAGE_OK) {
		real = realpath(path, NULL);
	}
	if (real != NULL) {
		status = stage_format(out, STAGE_PATH_MAX, "%s", real);
	}
	free(real);
	return status == STAGE_OK
		       ? status
		       : stage_err_set(err, status,
				 "there is no template \"%s\"", name);
}

enum stage_status
stage_template_enable(const char *data, const char *name,
	const struct stage_rig *rig, struct stage_err *err)
{
	return stage_template_enable_as(data, name, name, rig, err);
}

enum stage_status
stage_template_enable_as(const char *data, const char *template,
	const char *name, const struct stage_rig *rig, struct stage_err *err)
{
	return stage_template_enable_with(data, template, name, NULL, rig, err);
}

// All but what is called state, which is no part of a service.
static enum stage_status
copy_with(const char *from, const struct stage_draft *draft,
	struct stage_err *err)
{
	struct stage_strv entries = {0};
	enum stage_status status = stage_io_list_dir(from, &entries, err);

	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		const char *entry = entries.items[i];
		char path[STAGE_PATH_MAX];
		if (strcmp(entry, "state") == 0) {
			continue;
		}
		status = stage_io_join(path, sizeof(path), from, entry, err);
		if (status == STAGE_OK) {
			status = stage_draft_copy(draft, entry, path, err);
		}
	}
	stage_strv_finish(&entries);
	return status;
}

enum stage_status
stage_template_enable_with(const char *data, const char *template,
	const char *name, const char *with, const struct stage_rig *rig,
	struct stage_err *err)
{
	char services[STAGE_PATH_MAX];
	char from[STAGE_PATH_MAX];
	struct stage_draft draft;
	enum stage_status status = stage_rigdir_services(rig, services, err);

	if (status == STAGE_OK) {
		status = find_template(data, template, from, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_begin(&draft, services, name, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = fill(&draft, from, with, err);
	if (status == STAGE_OK && with != NULL) {
		status = copy_with(with, &draft, err);
	}
	if (status == STAGE_OK) {
		return stage_draft_commit(&draft, err);
	}
	stage_draft_abort(&draft);
	return status;
}
