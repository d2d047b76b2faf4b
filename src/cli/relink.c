/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include "cli/relink.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

#define TEMPLATES "/share/stagecraft/services/"
#define NEW_NAME ".relinked" // of a link that is about to replace another

// What happened to the links of a service.
enum outcome {
	NOTHING,
	MENDED,
	LEFT
};

// The last place where the path names our templates, or NULL.
static const char *
find_templates(const char *path)
{
	const char *found = NULL;

	for (const char *at = path; (at = strstr(at, TEMPLATES)) != NULL;
		at++) {
		found = at;
	}
	return found;
}

// The path in the present templates of what a link leads to; false when it is
// none of ours, or when our template has no such file.
static bool
find_present(const char *data, const char *target, const char *entry, char *out)
{
	const char *old = find_templates(target);
	const char *file = old != NULL ? strrchr(target, '/') : NULL;
	const char *name = old != NULL ? old + strlen(TEMPLATES) : NULL;
	char template[STAGE_SERVICE_NAME_MAX + 1];

	if (old == NULL || file < name || strcmp(file + 1, entry) != 0 ||
		stage_format(template, sizeof(template), "%.*s",
			(int)(file - name), name) != STAGE_OK ||
		!stage_service_name_ok(template)) {
		return false;
	}
	return stage_format(out, STAGE_PATH_MAX, "%s/services/%s/%s", data,
		       template, entry) == STAGE_OK &&
	       access(out, F_OK) == 0;
}

static enum outcome
relink_entry(const char *data, const char *directory, const char *entry)
{
	char path[STAGE_PATH_MAX];
	char fresh[STAGE_PATH_MAX];
	char target[STAGE_PATH_MAX];
	char present[STAGE_PATH_MAX];
	ssize_t len;

	if (stage_io_join(path, sizeof(path), directory, entry, NULL) !=
			STAGE_OK ||
		stage_io_join(fresh, sizeof(fresh), directory, NEW_NAME,
			NULL) != STAGE_OK) {
		return NOTHING;
	}
	len = readlink(path, target, sizeof(target) - 1);
	if (len <= 0 || access(path, F_OK) == 0 || errno != ENOENT) {
		return NOTHING;
	}
	target[len] = '\0';
	if (!find_present(data, target, entry, present)) {
		return NOTHING;
	}
	unlink(fresh); // of one that was killed
	if (symlink(present, fresh) == 0 && rename(fresh, path) == 0) {
		return MENDED;
	}
	unlink(fresh);
	return LEFT;
}

// The worst that happened to one of its links; what cannot be listed has none.
static enum outcome
relink_service(const char *data, const char *directory)
{
	struct stage_strv entries = {0};
	enum outcome worst = NOTHING;

	(void)!stage_io_list_dir(directory, &entries, NULL);
	for (size_t i = 0; i < entries.count; i++) {
		enum outcome outcome =
			relink_entry(data, directory, entries.items[i]);
		worst = outcome > worst ? outcome : worst;
	}
	stage_strv_finish(&entries);
	return worst;
}

enum stage_status
stage_relink(const char *data, const struct stage_rig *rig,
	struct stage_relinked *out, struct stage_err *err)
{
	char services[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	char *real = realpath(data, NULL);
	enum stage_status status;

	*out = (struct stage_relinked){0};
	stage_rig_path(rig, services, "services");
	status = stage_io_list_dir(services, &names, err);
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		char path[STAGE_PATH_MAX];
		enum outcome outcome;
		if (real == NULL || stage_io_join(path, sizeof(path), services,
					    names.items[i], NULL) != STAGE_OK) {
			continue;
		}
		outcome = relink_service(real, path);
		if (outcome != NOTHING) {
			status = stage_strv_add(
				outcome == MENDED ? &out->mended : &out->left,
				names.items[i]);
		}
	}
	stage_strv_finish(&names);
	free(real);
	return status == STAGE_NO_MEMORY
		       ? stage_err_set(err, status, "out of memory")
		       : status;
}

void
stage_relinked_finish(struct stage_relinked *self)
{
	if (self != NULL) {
		stage_strv_finish(&self->mended);
		stage_strv_finish(&self->left);
	}
}
