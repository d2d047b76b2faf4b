/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/env_dir.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"

#define ENV_VALUE_MAX 65536 // bytes of one variable

const char *
stage_env_dir_value(struct stage_str *file)
{
	const char *newline;
	size_t len;

	if (file->len == 0) {
		return NULL;
	}
	newline = memchr(file->data, '\n', file->len);
	len = newline != NULL ? (size_t)(newline - file->data) : file->len;
	while (len > 0 &&
		(file->data[len - 1] == ' ' || file->data[len - 1] == '\t')) {
		len--;
	}
	for (size_t i = 0; i < len; i++) {
		if (file->data[i] == '\0') {
			file->data[i] = '\n';
		}
	}
	file->data[len] = '\0';
	return file->data;
}

// False when out of memory.
static bool
set_variable(const char *name, struct stage_str *file)
{
	const char *value = stage_env_dir_value(file);

	return value != NULL ? setenv(name, value, 1) == 0
			     : unsetenv(name) == 0;
}

static enum stage_status
read_variable(const char *directory, const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str value = {0};
	enum stage_status status =
		stage_io_join(path, sizeof(path), directory, name, err);

	if (status == STAGE_OK && strchr(name, '=') != NULL) {
		status = stage_err_set(err, STAGE_BAD_INPUT,
			"%s: a variable's name cannot hold \"=\"", path);
	}
	if (status == STAGE_OK) {
		status = stage_io_read_file(path, ENV_VALUE_MAX, &value, err);
	}
	if (status == STAGE_OK && !set_variable(name, &value)) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	stage_str_finish(&value);
	return status;
}

enum stage_status
stage_env_dir_read(const char *directory, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = STAGE_OK;

	if (access(directory, F_OK) != 0) {
		return STAGE_OK;
	}
	status = stage_io_list_dir(directory, &names, err);
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		if (names.items[i][0] != '.') {
			status = read_variable(directory, names.items[i], err);
		}
	}
	stage_strv_finish(&names);
	return status;
}
