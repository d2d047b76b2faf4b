/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "service/environment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <uv.h>

#include "base/log.h"
#include "rig/env_dir.h"
#include "rig/own_env.h"
#include "rig/snapshot.h"

#define LIBRARIES "LD_LIBRARY_PATH"

static void
read_env_all(const struct stage_rig *rig)
{
	struct stage_strv names = {0};

	(void)!stage_snapshot_names(rig, true, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		struct stage_err err = STAGE_ERR_INIT;
		char path[STAGE_PATH_MAX];
		stage_rig_path(
			rig, path, "services/%s/env-all", names.items[i]);
		if (stage_env_dir_read(path, &err) != STAGE_OK) {
			stage_log_warn("%s", err.text);
		}
	}
	stage_strv_finish(&names);
}

// Of a service that is in the tree it may be on a stick that is put in again.
static enum stage_status
cannot_enter(const struct stage_rig *rig, const char *service, const char *path,
	struct stage_err *err)
{
	char in_tree[STAGE_PATH_MAX];
	int errnum = errno;

	stage_rig_run_path(rig, in_tree, "tree/%s", service);
	if ((errnum == ENOENT || errnum == ENOTDIR) &&
		access(in_tree, F_OK) == 0) {
		return stage_err_set(err, STAGE_GONE,
			"%s is not there at this moment", path);
	}
	return stage_err_set_errno(err, errnum, "unable to enter %s", path);
}

static enum stage_status
enter(const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	read_env_all(rig);
	stage_rig_path(rig, path, "env");
	status = stage_env_dir_read(path, err);
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_path(rig, path, "services/%s", service);
	if (chdir(path) != 0) {
		return cannot_enter(rig, service, path, err);
	}
	status = stage_env_dir_read("env", err);
	return status == STAGE_OK ? stage_own_env_set(rig, err) : status;
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

// The dynamic linker read the variable before we did.
static void
start_anew(const char *service)
{
	char self[STAGE_PATH_MAX];
	size_t size = sizeof(self);

	if (uv_exepath(self, &size) == 0) {
		execl(self, "stagecraft-service", "run", service, (char *)NULL);
	}
	stage_log_warn("unable to start anew with " LIBRARIES "=%s",
		getenv(LIBRARIES) != NULL ? getenv(LIBRARIES) : "");
}

enum stage_status
stage_environment_enter(
	const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	const char *now = getenv(LIBRARIES);
	char *loaded_with = now != NULL ? strdup(now) : NULL;
	enum stage_status status;

	if (now != NULL && loaded_with == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = enter(rig, service, err);
	if (status == STAGE_OK && !is_same(getenv(LIBRARIES), loaded_with)) {
		start_anew(service);
	}
	free(loaded_with);
	return status;
}
