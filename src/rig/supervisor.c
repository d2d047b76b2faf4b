/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // flock is in BSD's header

#include "rig/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/io.h"
#include "rig/env_dir.h"
#include "rig/own_env.h"
#include "rig/proc_file.h"
#include "runit/scanner.h"

#define LOCK_SECONDS 10

static void
on_alarm(int signum)
{
	(void)signum; // only interrupts flock
}

// Waits in the kernel, LOCK_SECONDS at most. False with errno set.
static bool
wait_for_lock(int fd)
{
	struct sigaction action = {.sa_handler = on_alarm};
	struct sigaction before;
	bool is_held;
	int errnum;

	sigaction(SIGALRM, &action, &before);
	alarm(LOCK_SECONDS);
	is_held = flock(fd, LOCK_EX) == 0;
	errnum = errno;
	alarm(0);
	sigaction(SIGALRM, &before, NULL);
	errno = errnum;
	return is_held;
}

// Whoever else took a rig up or down here, root too, would run its programs as
// somebody else, and leave files that its owner cannot change.
static enum stage_status
check_owner(const struct stage_rig *rig, struct stage_err *err)
{
	const struct passwd *owner;
	char uid[32];
	struct stat st;

	if (stat(rig->run, &st) != 0 || st.st_uid == geteuid()) {
		return STAGE_OK;
	}
	snprintf(uid, sizeof(uid), "%lu", (unsigned long)st.st_uid);
	owner = getpwuid(st.st_uid);
	return stage_err_set(err, STAGE_DENIED,
		"%s belongs to the user %s, and so does what runs there; do "
		"this as that user: sudo -u %s%s stagecraft ...",
		rig->run, owner != NULL ? owner->pw_name : uid,
		owner != NULL ? "" : "#", owner != NULL ? owner->pw_name : uid);
}

// `down` removes what is in the run directory, so nothing else may be there.
static enum stage_status
check_run_is_for_us(const struct stage_rig *rig, struct stage_err *err)
{
	char lock_path[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	size_t len = strlen(rig->run);
	bool is_for_us;

	if (strncmp(rig->rig, rig->run, len) == 0 &&
		(rig->rig[len] == '/' || rig->rig[len] == '\0')) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the run directory %s holds the rig %s, and is emptied "
			"by stagecraft down; set STAGECRAFT_RUN to another "
			"place",
			rig->run, rig->rig);
	}
	stage_rig_run_path(rig, lock_path, "lock");
	is_for_us = access(lock_path, F_OK) == 0 ||
		    stage_io_list_dir(rig->run, &names, NULL) != STAGE_OK ||
		    names.count == 0;
	stage_strv_finish(&names);
	return is_for_us ? STAGE_OK
			 : stage_err_set(err, STAGE_BAD_INPUT,
				   "%s holds files that are not ours, and a "
				   "run directory is emptied by stagecraft "
				   "down; set STAGECRAFT_RUN to an empty or a "
				   "new place",
				   rig->run);
}

enum stage_status
stage_supervisor_lock(
	const struct stage_rig *rig, int *fd, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = check_run_is_for_us(rig, err);

	if (status == STAGE_OK) {
		status = stage_rig_make_run(rig, err);
	}
	if (status == STAGE_OK) {
		status = check_owner(rig, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_run_path(rig, path, "lock");
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to open %s", path);
	}
	if (wait_for_lock(*fd)) {
		return STAGE_OK;
	}
	status = errno == EINTR
			 ? stage_err_set(err, STAGE_TIMEOUT,
				   "another stagecraft up or down is at work "
				   "here (%s "
				   "is locked); try again when it is done",
				   path)
			 : stage_err_set_errno(
				   err, errno, "unable to lock %s", path);
	close(*fd);
	return status;
}

bool
stage_supervisor_find(const struct stage_rig *rig, struct stage_proc_id *id)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "runsvdir");
	return stage_proc_file_find(path, id);
}

static enum stage_status
set_environment(const struct stage_rig *rig, struct stage_err *err)
{
	char env[STAGE_PATH_MAX];
	enum stage_status status;

	// Here too, since it may choose the libjack that we ourselves load.
	stage_rig_path(rig, env, "env");
	status = stage_env_dir_read(env, err);
	return status == STAGE_OK ? stage_own_env_set(rig, err) : status;
}

static void
close_extra(int fd)
{
	if (fd > STDERR_FILENO) {
		close(fd);
	}
}

// In the child. What is opened here stays for runsvdir and all below it.
STAGE_NORETURN static void
become_runsvdir(const char *tree, const char *log, int fault_fd)
{
	// What whoever started us offered to us alone.
	static const char *const not_for_services[] = {"NOTIFY_SOCKET",
		"STAGECRAFT_READY_FD", "STAGECRAFT_READY_BY",
		"STAGECRAFT_SERVICE"};
	// NOLINTBEGIN(android-cloexec-open): they may be 0 to 2 already.
	int in = open("/dev/null", O_RDONLY);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	// NOLINTEND(android-cloexec-open)
	sigset_t none;
	int errnum;

	for (size_t i = 0; i < STAGE_COUNT_OF(not_for_services); i++) {
		unsetenv(not_for_services[i]);
	}
	setsid();
	signal(SIGPIPE, SIG_DFL); // as a service expects it
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (in >= 0 && out >= 0 && dup2(in, STDIN_FILENO) >= 0 &&
		dup2(out, STDOUT_FILENO) >= 0 &&
		dup2(out, STDERR_FILENO) >= 0) {
		close_extra(in);
		close_extra(out);
		execlp("runsvdir", "runsvdir", "-P", tree, (char *)NULL);
	}
	errnum = errno;
	if (write(fault_fd, &errnum, sizeof(errnum)) < 0) {
		_exit(STAGE_EXIT_BUG);
	}
	_exit(STAGE_EXIT_TEMPORARY);
}

// End of file means that exec worked: the pipe is closed by it.
static int
read_fault(int fd)
{
	int errnum = 0;
	ssize_t got;

	do {
		got = read(fd, &errnum, sizeof(errnum));
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(errnum) ? errnum : 0;
}

static enum stage_status
spawn(const struct stage_rig *rig, pid_t *pid, struct stage_err *err)
{
	char tree[STAGE_PATH_MAX];
	char log[STAGE_PATH_MAX];
	int errnum = 0;
	int fds[2];

	stage_rig_run_path(rig, tree, "tree");
	stage_rig_run_path(rig, log, "runsvdir.log");
	// It waits a second before it reads a directory of this very second.
	stage_runit_scanner_set_past(tree);
	if (pipe(fds) != 0) {
		return stage_err_set_errno(err, errno, "unable to make a pipe");
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	*pid = fork();
	if (*pid == 0) {
		become_runsvdir(tree, log, fds[1]);
	}
	errnum = *pid < 0 ? errno : 0;
	close(fds[1]);
	if (*pid > 0) {
		errnum = read_fault(fds[0]);
	}
	close(fds[0]);
	if (errnum == 0) {
		return STAGE_OK;
	}
	if (*pid > 0) {
		waitpid(*pid, NULL, 0);
	}
	if (errnum == ENOENT) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to start runsvdir: it is not installed; "
			"install the package runit");
	}
	return stage_err_set_errno(err, errnum, "unable to start runsvdir");
}

enum stage_status
stage_supervisor_ensure(const struct stage_rig *rig, bool *started,
	struct stage_proc_id *id, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;
	pid_t pid = 0;

	*started = false;
	if (stage_supervisor_find(rig, id)) {
		return STAGE_OK;
	}
	status = set_environment(rig, err);
	if (status == STAGE_OK) {
		status = spawn(rig, &pid, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	*started = true;
	status = stage_proc_identify(pid, id);
	if (status != STAGE_OK) {
		waitpid(pid, NULL, 0);
		return stage_err_set(err, status, "runsvdir ended at once");
	}
	stage_rig_run_path(rig, path, "runsvdir");
	status = stage_proc_file_write(path, id, err);
	if (status != STAGE_OK) {
		kill(pid, SIGTERM); // nobody would find it again
		waitpid(pid, NULL, 0);
	}
	return status;
}
