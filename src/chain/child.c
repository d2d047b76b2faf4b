/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__)
#	include <sys/prctl.h>
#endif

#include "base/exits.h"
#include "base/io.h"
#include "base/search_path.h"

#define HIGHEST_SIGNAL 31 // the classic ones; real-time signals keep theirs

static enum stage_status
exec_fault(const char *program, int errnum, struct stage_err *err)
{
	if (errnum == ENOENT && strchr(program, '/') == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to start %s: no such program in PATH; install "
			"it, or write its full path",
			program);
	}
	if (errnum == ENOENT) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"unable to start %s: it, or the interpreter in its "
			"first line, does not exist",
			program);
	}
	if (errnum == EACCES) {
		return stage_err_set(err, STAGE_DENIED,
			"unable to start %s: it is not executable; try chmod "
			"+x",
			program);
	}
	if (errnum == ENOEXEC) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"unable to start %s: it is not a program; a script "
			"begins with #!/bin/sh",
			program);
	}
	return stage_err_set_errno(err, errnum, "unable to start %s", program);
}

// Async-signal-safe: runs between fork and exec as well.
static void
reset_signals(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int sig = 1; sig <= HIGHEST_SIGNAL; sig++) {
		sigaction(sig, &action, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

// As execvp(3), but what is no program is not handed to a shell.
static int
exec_in_path(char *const *argv)
{
	const char *path = getenv("PATH");
	char program[STAGE_PATH_MAX];
	int errnum = ENOENT;

	if (strchr(argv[0], '/') != NULL || argv[0][0] == '\0') {
		execv(argv[0], argv);
		return errno;
	}
	path = path != NULL ? path : "/usr/bin:/bin";
	while (stage_search_path_next(
		&path, argv[0], program, sizeof(program))) {
		execv(program, argv);
		if (errno != ENOENT && errno != ENOTDIR) {
			errnum = errno;
		}
	}
	return errnum;
}

enum stage_status
stage_child_exec(char *const *argv, struct stage_err *err)
{
	reset_signals();
	return exec_fault(argv[0], exec_in_path(argv), err);
}

// A shell's >&N takes one digit only, so the descriptor gets such a number when
// one is free; those that close at exec are.
static void
pass_on(int fd)
{
	char number[16];
	int to = 3;

	while (to < 10 && to != fd) {
		int flags = fcntl(to, F_GETFD);
		if (flags < 0 || (flags & FD_CLOEXEC) != 0) {
			break;
		}
		to++;
	}
	if (to == 10 || to == fd || dup2(fd, to) < 0) {
		to = fd;
		fcntl(fd, F_SETFD, 0);
	}
	snprintf(number, sizeof(number), "%d", to);
	setenv("STAGECRAFT_READY_FD", number, 1);
}

// Dies with us, even when we went between fork and here.
static void
bind_to_parent(pid_t parent)
{
#if defined(__linux__)
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent) {
		_exit(STAGE_EXIT_TEMPORARY);
	}
}

STAGE_NORETURN static void
run_child(const struct stage_child_config *config, int fault_fd, pid_t parent)
{
	struct stage_err fault = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	// Or a signal for us would be heard by the parent's loop.
	reset_signals();
	if (config->prepare != NULL) {
		status = config->prepare(config->user, &fault);
	}
	// A change of user would undo it, so it comes after that.
	bind_to_parent(parent);
	if (status == STAGE_OK) {
		fault_fd = fcntl(fault_fd, F_DUPFD_CLOEXEC, 10);
		if (config->inherit_fd >= 0) {
			pass_on(config->inherit_fd);
		}
		stage_child_exec(config->argv, &fault);
	}
	if (write(fault_fd, &fault, sizeof(fault)) < 0) {
		_exit(STAGE_EXIT_BUG);
	}
	_exit(STAGE_EXIT_TEMPORARY);
}

// End of file means that exec worked: the pipe is closed by it.
static bool
read_fault(int fd, struct stage_err *fault)
{
	ssize_t got;

	do {
		got = read(fd, fault, sizeof(*fault));
	} while (got < 0 && errno == EINTR);
	return got == (ssize_t)sizeof(*fault);
}

enum stage_status
stage_child_spawn(const struct stage_child_config *config, pid_t *pid,
	struct stage_err *err)
{
	struct stage_err fault;
	pid_t parent = getpid();
	int fds[2];
	int errnum;
	pid_t child;

	if (pipe(fds) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to start %s", config->argv[0]);
	}
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	child = fork();
	if (child == 0) {
		run_child(config, fds[1], parent);
	}
	errnum = errno;
	close(fds[1]);
	if (child < 0) {
		close(fds[0]);
		return stage_err_set_errno(
			err, errnum, "unable to start %s", config->argv[0]);
	}
	if (!read_fault(fds[0], &fault)) {
		close(fds[0]);
		*pid = child;
		return STAGE_OK;
	}
	close(fds[0]);
	waitpid(child, NULL, 0);
	return stage_err_set(err, fault.status, "%s", fault.text);
}

// A core pattern that is a pipe does not ask for the limit.
static void
forbid_core(void)
{
	struct rlimit no_core = {0, 0};

	setrlimit(RLIMIT_CORE, &no_core);
#if defined(__linux__)
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

STAGE_NORETURN void
stage_child_end_like(int wait_status)
{
	sigset_t all;

	if (WIFSIGNALED(wait_status)) {
		forbid_core();
		signal(WTERMSIG(wait_status), SIG_DFL);
		sigemptyset(&all);
		sigprocmask(SIG_SETMASK, &all, NULL);
		raise(WTERMSIG(wait_status));
	}
	_exit(WIFEXITED(wait_status) ? WEXITSTATUS(wait_status)
				     : STAGE_EXIT_TEMPORARY);
}
