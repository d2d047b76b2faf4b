/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The run role: makes a directory of the rig into a running program.

#define _GNU_SOURCE // F_SETPIPE_SZ

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/io.h"
#include "base/log.h"
#include "chain/chain.h"
#include "chain/limits.h"
#include "rig/expand.h"
#include "rig/mark.h"
#include "rig/needs.h"
#include "rig/run_script.h"
#include "service/environment.h"
#include "service/roles.h"

#define PIPE_BYTES (1024 * 1024) // what an unprivileged process may have
#define SNIFF_BYTES 65536

// A stopped logger must not stop the sound: a full pipe drops lines.
static void
unblock_output(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode)) {
		return;
	}
#if defined(F_SETPIPE_SZ)
	fcntl(fd, F_SETPIPE_SZ, PIPE_BYTES);
#endif
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static enum stage_status
claim(const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	struct stage_process self = {.since_ns = stage_clock_now_ns()};
	enum stage_status status = stage_mark_prepare(rig, service, err);

	stage_mark_clear(rig, service, STAGE_MARK_ASKED);
	stage_mark_clear(rig, service, STAGE_MARK_NOTE);

	if (status == STAGE_OK) {
		status = stage_proc_identify(getpid(), &self.id);
	}
	if (status == STAGE_OK) {
		status = stage_mark_set_process(
			rig, service, STAGE_MARK_PROCESS, &self);
	}
	if (status != STAGE_OK) {
		return stage_err_set(err, status,
			"unable to write the process mark of %s: %s", service,
			stage_strerror(status));
	}
	return STAGE_OK;
}

// In the process that becomes ./run: where nobody above watches for a sign,
// stagecraft-exec may say that the service is ready, but only as this process.
static enum stage_status
name_speaker(void *user, struct stage_err *err)
{
	const struct stage_needs *needs = user;
	char pid[16];

	(void)err;
	if (needs->ready == STAGE_READY_STARTED) {
		snprintf(pid, sizeof(pid), "%ld", (long)getpid());
		setenv("STAGECRAFT_READY_BY", pid, 1);
	} else {
		unsetenv("STAGECRAFT_READY_BY");
	}
	return STAGE_OK;
}

// A run that becomes stagecraft-exec says itself when it is ready.
static bool
speaks_for_itself(void)
{
	struct stage_str text = {0};
	bool does;

	does = stage_io_read_file("run", SNIFF_BYTES, &text, NULL) ==
		       STAGE_OK &&
	       stage_run_script_becomes_exec(stage_str_text(&text), text.len);
	stage_str_finish(&text);
	return does;
}

static enum stage_status
check_run(const char *service, struct stage_err *err)
{
	char target[STAGE_PATH_MAX] = "";

	if (access("run", F_OK) != 0 &&
		readlink("run", target, sizeof(target) - 1) > 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"services/%s/run leads to %s, which is not there; "
			"stagecraft disable %s, remove the directory, and "
			"stagecraft enable %s makes it anew",
			service, target, service, service);
	}
	if (access("run", F_OK) != 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"services/%s has no file \"run\"; write one that ends "
			"with exec PROGRAM",
			service);
	}
	if (access("run", X_OK) != 0) {
		return stage_err_set(err, STAGE_DENIED,
			"services/%s/run is not executable; try chmod +x",
			service);
	}
	return STAGE_OK;
}

// Our own watcher has no directory in the rig; it is ready once it runs.
static enum stage_status
run_watcher(const struct stage_rig *rig, struct stage_err *err)
{
	struct stage_needs needs = {0};
	char program[] = STAGE_WATCH_SERVICE;
	char *argv[] = {program, NULL};
	struct stage_chain_config config = {.rig = rig,
		.service = STAGE_WATCH_SERVICE,
		.needs = &needs,
		.argv = argv,
		.marks_ready = true};
	enum stage_status status = claim(rig, STAGE_WATCH_SERVICE, err);

	return status == STAGE_OK ? stage_chain_run(&config, err) : status;
}

static enum stage_status
load_needs(struct stage_needs *needs, struct stage_err *err)
{
	enum stage_status status = stage_needs_load(needs, ".", err);

	return status == STAGE_OK ? stage_needs_expand(needs, getenv, err)
				  : status;
}

static enum stage_status
run(const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	struct stage_needs needs = {0};
	char program[] = "./run";
	char *argv[] = {program, NULL};
	struct stage_chain_config config = {.rig = rig,
		.service = service,
		.needs = &needs,
		.argv = argv,
		.marks_ready = true,
		.prepare = name_speaker,
		.user = &needs};
	enum stage_status status = claim(rig, service, err);

	if (status == STAGE_OK) {
		status = stage_environment_enter(rig, service, err);
	}
	if (status == STAGE_OK) {
		status = check_run(service, err);
	}
	if (status == STAGE_OK) {
		status = load_needs(&needs, err);
	}
	if (status == STAGE_OK) {
		setenv("STAGECRAFT_SERVICE", service, 1);
		if (needs.ready == STAGE_READY_STARTED) {
			config.marks_ready = !speaks_for_itself();
		}
		stage_limits_raise();
		unblock_output(STDOUT_FILENO);
		unblock_output(STDERR_FILENO);
		status = stage_chain_run(&config, err);
	}
	stage_needs_finish(&needs);
	return status;
}

int
stage_role_run(const struct stage_rig *rig, const char *service, char **args)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_process before;
	enum stage_status status;

	(void)args;
	// runsv sends its own messages and ours to the same log.
	if (dup2(STDOUT_FILENO, STDERR_FILENO) < 0) {
		return STAGE_EXIT_TEMPORARY;
	}
	if (stage_mark_get_process(rig, service, STAGE_MARK_PROCESS, &before) &&
		before.id.pid != getpid() && stage_proc_alive(&before.id)) {
		stage_log_info("%s runs already as process %ld, whose runsv "
			       "was killed; standing in for that",
			service, (long)before.id.pid);
		return stage_adopt(&before.id);
	}
	status = strcmp(service, STAGE_WATCH_SERVICE) == 0
			 ? run_watcher(rig, &err)
			 : run(rig, service, &err);
	if (status != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
	return stage_exit_code(status);
}
