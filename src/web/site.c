/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/io.h"
#include "base/map.h"

#define DIRECTORIES_MAX 32

struct stage_web_site {
	struct stage_map *files; // by path
};

static const struct {
	const char *suffix;
	const char *type;
} kinds[] = {
	{".html", "text/html; charset=utf-8"},
	{".css", "text/css; charset=utf-8"},
	{".js", "text/javascript; charset=utf-8"},
	{".svg", "image/svg+xml"},
	{".png", "image/png"},
	{".json", "application/json"},
	{".webmanifest", "application/manifest+json"},
};

static const char *
type_of(const char *name)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (stage_ends_with(name, kinds[i].suffix)) {
			return kinds[i].type;
		}
	}
	return NULL;
}

static void
free_file(void *value)
{
	struct stage_web_file *file = value;

	if (file != NULL) {
		free(file->path);
		stage_str_finish(&file->bytes);
		free(file);
	}
}

// The same bytes have the same tag, whoever serves them.
static void
tag(struct stage_web_file *file)
{
	static const struct stage_hash_key key = {{0, 0}};

	snprintf(file->etag, sizeof(file->etag), "\"%016llx\"",
		(unsigned long long)stage_hash(
			&key, stage_str_text(&file->bytes), file->bytes.len));
}

static enum stage_status
add_file(struct stage_web_site *self, const char *place, const char *path,
	const char *type, struct stage_err *err)
{
	struct stage_web_file *file = calloc(1, sizeof(*file));
	enum stage_status status;

	if (file == NULL || (file->path = strdup(path)) == NULL) {
		free_file(file);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	file->type = type;
	status = stage_io_read_file(
		place, STAGE_WEB_FILE_MAX, &file->bytes, err);
	if (status == STAGE_OK) {
		tag(file);
		status = stage_map_put(self->files, path, file);
	}
	if (status != STAGE_OK) {
		free_file(file);
	}
	return status;
}

/* What a name in a directory is: a file is added; a directory's path goes to
 * the end of the list of those that are looked through. */
static enum stage_status
add(struct stage_web_site *self, const char *root, const char *path,
	struct stage_strv *directories, struct stage_err *err)
{
	char place[STAGE_PATH_MAX];
	struct stat st;

	if (stage_format(place, sizeof(place), "%s%s", root, path) !=
			STAGE_OK ||
		stat(place, &st) != 0) {
		return STAGE_OK;
	}
	if (S_ISDIR(st.st_mode)) {
		return stage_strv_add(directories, path);
	}
	return type_of(path) != NULL
		       ? add_file(self, place, path, type_of(path), err)
		       : STAGE_OK;
}

static enum stage_status
add_directory(struct stage_web_site *self, const char *root,
	struct stage_strv *directories, size_t at, struct stage_err *err)
{
	struct stage_strv names = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_format(
		path, sizeof(path), "%s%s", root, directories->items[at]);

	if (status == STAGE_OK) {
		status = stage_io_list_dir(path, &names, err);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		if (names.items[i][0] == '.' ||
			stage_format(path, sizeof(path), "%s/%s",
				directories->items[at],
				names.items[i]) != STAGE_OK) {
			continue;
		}
		status = add(self, root, path, directories, err);
	}
	stage_strv_finish(&names);
	return status;
}

static enum stage_status
add_all(struct stage_web_site *self, const char *root, struct stage_err *err)
{
	struct stage_strv directories = {0};
	enum stage_status status = stage_strv_add(&directories, "");

	for (size_t i = 0; status == STAGE_OK && i < directories.count &&
			   i < DIRECTORIES_MAX;
		i++) {
		status = add_directory(self, root, &directories, i, err);
	}
	stage_strv_finish(&directories);
	return status;
}

enum stage_status
stage_web_site_load(struct stage_web_site **out, const char *directory,
	struct stage_err *err)
{
	struct stage_web_site *self = calloc(1, sizeof(*self));
	enum stage_status status = STAGE_NO_MEMORY;

	if (self != NULL) {
		self->files = stage_map_create(free_file);
	}
	if (self == NULL || self->files == NULL) {
		free(self);
		return stage_err_set(err, status, "out of memory");
	}
	status = add_all(self, directory, err);
	if (status == STAGE_OK && stage_web_site_find(self, "/") == NULL) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"the page is not installed: there is no %s/index.html",
			directory);
	}
	if (status != STAGE_OK) {
		stage_web_site_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_web_site_destroy(struct stage_web_site *self)
{
	if (self != NULL) {
		stage_map_destroy(self->files);
		free(self);
	}
}

const struct stage_web_file *
stage_web_site_find(const struct stage_web_site *self, const char *path)
{
	return stage_map_get(
		self->files, strcmp(path, "/") == 0 ? "/index.html" : path);
}
