/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "exec/prepare.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "chain/limits.h"
#include "exec/options.h"
#include "rig/env_dir.h"

static enum stage_status
set_environment(const struct stage_exec_options *options, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < options->env_dirs.count && status == STAGE_OK;
		i++) {
		status = stage_env_dir_read(options->env_dirs.items[i], err);
	}
	for (size_t i = 0; i < options->variables.count; i++) {
		char *text = options->variables.items[i];
		char *equals = strchr(text, '=');
		*equals = '\0';
		setenv(text, equals + 1, 1);
		*equals = '=';
	}
	return status;
}

static enum stage_status
set_limits(const struct stage_exec_options *options, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < options->limits.count && status == STAGE_OK;
		i++) {
		status = stage_limits_set(options->limits.items[i], err);
	}
	if (status == STAGE_OK && options->cpus != NULL) {
		status = stage_limits_set_cpus(options->cpus, err);
	}
	if (status == STAGE_OK && options->scheduling != NULL) {
		status = stage_limits_set_scheduling(options->scheduling, err);
	}
	if (status == STAGE_OK && options->has_nice &&
		setpriority(PRIO_PROCESS, 0, (int)options->nice) != 0) {
		status = stage_err_set_errno(err, errno,
			"unable to set niceness %d", (int)options->nice);
	}
	return status;
}

enum stage_status
stage_exec_prepare(void *user, struct stage_err *err)
{
	const struct stage_exec_options *options = user;
	enum stage_status status = set_environment(options, err);

	if (status == STAGE_OK) {
		status = set_limits(options, err);
	}
	if (status == STAGE_OK && options->directory != NULL &&
		chdir(options->directory) != 0) {
		status = stage_err_set_errno(err, errno,
			"unable to change into %s", options->directory);
	}
	if (status == STAGE_OK && options->user != NULL) {
		status = stage_limits_set_user(options->user, err);
	}
	return status;
}
