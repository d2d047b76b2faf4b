/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The log role: svlogd on RUN/log/NAME, or what the service brings itself.

#include <stdlib.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/log.h"
#include "chain/child.h"
#include "rig/proc_file.h"
#include "rig/run_file.h"
#include "service/roles.h"

// Ten files of 100 kB at most; the newest is `current`.
#define SVLOGD_CONFIG "s100000\nn10\n"

// The process that logs is found again when its runsv was killed.
static enum stage_status
claim(const char *path, struct stage_err *err)
{
	struct stage_proc_id id;
	enum stage_status status = stage_proc_identify(getpid(), &id);

	return status == STAGE_OK
		       ? stage_proc_file_write(path, &id, err)
		       : stage_err_set(err, status, "/proc is not there");
}

static bool
find_orphan(const char *path, struct stage_proc_id *id)
{
	return stage_proc_file_find(path, id) && id->pid != getpid();
}

bool
stage_logger_find(const struct stage_rig *rig, const char *service, pid_t *pid)
{
	char mark[STAGE_PATH_MAX];
	struct stage_proc_id id;

	stage_rig_run_path(rig, mark, "svc/%s/logger", service);
	if (!find_orphan(mark, &id)) {
		return false;
	}
	*pid = id.pid;
	return true;
}

static enum stage_status
make_log_directory(const char *directory, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_make_dirs(directory, err);

	if (status == STAGE_OK) {
		status = stage_io_join(
			path, sizeof(path), directory, "config", err);
	}
	if (status == STAGE_OK && access(path, F_OK) != 0) {
		status = stage_run_file_replace(
			path, SVLOGD_CONFIG, sizeof(SVLOGD_CONFIG) - 1, 0644);
		if (status != STAGE_OK) {
			stage_err_set(err, status, "unable to write %s: %s",
				path, stage_strerror(status));
		}
	}
	return status;
}

int
stage_role_log(const struct stage_rig *rig, const char *service, char **args)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_proc_id orphan;
	char mark[STAGE_PATH_MAX];
	char directory[STAGE_PATH_MAX];
	char own[STAGE_PATH_MAX];
	char svlogd[] = "svlogd";
	char stamp[] = "-tt";
	char run[] = "./run";
	char *argv[] = {svlogd, stamp, directory, NULL};

	(void)args;
	stage_rig_run_path(rig, mark, "svc/%s/logger", service);
	if (find_orphan(mark, &orphan)) {
		return stage_adopt(&orphan);
	}
	stage_rig_run_path(rig, directory, "log/%s", service);
	if (make_log_directory(directory, &err) != STAGE_OK ||
		claim(mark, &err) != STAGE_OK) {
		stage_log_warn(
			"unable to keep the log of %s: %s", service, err.text);
	}
	setenv("STAGECRAFT_LOG", directory, 1);
	stage_rig_path(rig, own, "services/%s/log", service);
	if (chdir(own) == 0 && access("run", X_OK) == 0) {
		argv[0] = run;
		argv[1] = NULL;
	}
	stage_child_exec(argv, &err);
	stage_log_err("%s", err.text);
	return STAGE_EXIT_TEMPORARY;
}
