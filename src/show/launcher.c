/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // pipe2, close_range, WCOREDUMP

#include "show/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#	include <sys/prctl.h>
#endif

#include "base/exits.h"
#include "base/log.h"
#include "rig/death.h"
#include "show/heirs.h"

#define TAIL_BYTES 4096
#define PID_TEXT_MAX 24
#define FDS_MAX 65536 // that a process of ours has at most

// A process that is no child of ours.
struct foreign {
	struct foreign *next;
	struct stage_show_launcher *launcher;
	struct stage_proc_id process;
	int fd;
	uv_poll_t poll;
};

struct stage_show_launcher {
	stage_show_exited *exited;
	void *user;
	uv_signal_t children;
	struct foreign *foreign;
};

// Ends.

static bool
tell(struct stage_show_launcher *self, pid_t pid, int wait_status)
{
	struct stage_death death = {.exit_code = -1};
	char words[STAGE_DEATH_WORDS_MAX];

	if (WIFSIGNALED(wait_status)) {
		death.signal = WTERMSIG(wait_status);
		death.dumped_core = WCOREDUMP(wait_status) != 0;
	} else {
		death.exit_code = WEXITSTATUS(wait_status);
	}
	stage_death_words(&death, words);
	return self->exited(self->user, pid, death.exit_code == 0, words);
}

static void
on_child(uv_signal_t *handle, int signum)
{
	struct stage_show_launcher *self = handle->data;
	int wait_status;
	pid_t pid;

	(void)signum;
	// Also what our programs have left behind: we are who reaps it.
	while ((pid = waitpid(-1, &wait_status, WNOHANG)) > 0) {
		if (!tell(self, pid, wait_status)) {
			(void)kill(-pid, SIGKILL); // what is left of its group
		}
	}
}

static void
free_foreign(uv_handle_t *handle)
{
	free(handle->data);
}

static void
drop_foreign(struct foreign *foreign)
{
	struct foreign **at = &foreign->launcher->foreign;

	while (*at != foreign) {
		at = &(*at)->next;
	}
	*at = foreign->next;
	uv_poll_stop(&foreign->poll);
	close(foreign->fd);
	uv_close((uv_handle_t *)&foreign->poll, free_foreign);
}

static void
on_foreign(uv_poll_t *handle, int status, int events)
{
	struct foreign *foreign = handle->data;
	struct stage_show_launcher *self = foreign->launcher;
	pid_t pid = foreign->process.pid;

	(void)status;
	(void)events;
	if (stage_proc_alive(&foreign->process)) {
		return;
	}
	drop_foreign(foreign);
	(void)self->exited(self->user, pid, false,
		"ended; nobody knows how, for another one had started it");
}

// Making and ending it.

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

enum stage_status
stage_show_launcher_create(uv_loop_t *loop, stage_show_exited *exited,
	void *user, struct stage_show_launcher **out, struct stage_err *err)
{
	struct stage_show_launcher *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->exited = exited;
	self->user = user;
	uv_signal_init(loop, &self->children);
	self->children.data = self;
	uv_signal_start(&self->children, on_child, SIGCHLD);
#if defined(__linux__)
	prctl(PR_SET_CHILD_SUBREAPER, 1);
#endif
	*out = self;
	return STAGE_OK;
}

void
stage_show_launcher_destroy(struct stage_show_launcher *self)
{
	if (self == NULL) {
		return;
	}
	while (self->foreign != NULL) {
		drop_foreign(self->foreign);
	}
	uv_close((uv_handle_t *)&self->children, on_closed);
}

// Starting.

struct child {
	const struct stage_show_launch *what;
	int log_fd;
	int fault_fd;
};

static void
reset_signals(void)
{
	struct sigaction plain = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int signum = 1; signum < NSIG; signum++) {
		(void)sigaction(signum, &plain, NULL);
	}
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Libraries have descriptors of their own, and not all of them close at exec.
 * libjack's do not: as long as a client of a song had one, the server would
 * take us for alive when we are killed, and keep our name. */
static void
close_at_exec(void)
{
	struct rlimit limit = {.rlim_cur = 1024};
	int most;

#if defined(CLOSE_RANGE_CLOEXEC)
	if (close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC) == 0) {
		return;
	}
#endif
	(void)getrlimit(RLIMIT_NOFILE, &limit);
	most = limit.rlim_cur < FDS_MAX ? (int)limit.rlim_cur : FDS_MAX;
	for (int fd = STDERR_FILENO + 1; fd < most; fd++) {
		(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	}
}

static void
mark(void)
{
	char pid[PID_TEXT_MAX];

	(void)!stage_format(pid, sizeof(pid), "%d", (int)getpid());
	(void)setenv(STAGE_SHOW_LAUNCH_VAR, pid, 1);
}

STAGE_NORETURN static void
run_child(const struct child *child)
{
	const struct stage_show_launch *what = child->what;
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int errnum;

	reset_signals();
	close_at_exec();
	(void)setsid();
	mark();
	for (char *const *at = what->env; *at != NULL; at++) {
		(void)(strchr(*at, '=') != NULL ? putenv(*at) : unsetenv(*at));
	}
	if (null_fd < 0 || dup2(null_fd, STDIN_FILENO) < 0 ||
		dup2(child->log_fd, STDOUT_FILENO) < 0 ||
		dup2(child->log_fd, STDERR_FILENO) < 0) {
		errnum = errno;
	} else {
		// One that is not there is no reason not to play.
		(void)!chdir(what->directory);
		execvp(what->argv[0], what->argv);
		errnum = errno;
	}
	if (write(child->fault_fd, &errnum, sizeof(errnum)) < 0) {
		_exit(STAGE_EXIT_BUG);
	}
	_exit(STAGE_EXIT_TEMPORARY);
}

// What the child could not do; 0: it has become the program.
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
fail(const char *program, int errnum, struct stage_err *err)
{
	if (errnum == ENOENT) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"%s is not installed; install it, or remove this "
			"client",
			program);
	}
	return stage_err_set_errno(err, errnum, "unable to start %s", program);
}

static enum stage_status
spawn(struct child *child, pid_t *out, struct stage_err *err)
{
	const char *program = child->what->argv[0];
	int fds[2];
	int errnum;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0) {
		return fail(program, errno, err);
	}
	child->fault_fd = fds[1];
	pid = fork();
	if (pid == 0) {
		run_child(child);
	}
	errnum = pid < 0 ? errno : 0;
	close(fds[1]);
	if (pid > 0) {
		errnum = read_fault(fds[0]);
	}
	close(fds[0]);
	if (pid > 0 && errnum != 0) {
		(void)waitpid(pid, NULL, 0);
	}
	*out = pid;
	return errnum == 0 ? STAGE_OK : fail(program, errnum, err);
}

enum stage_status
stage_show_launcher_start(struct stage_show_launcher *self,
	const struct stage_show_launch *what, struct stage_proc_id *out,
	struct stage_err *err)
{
	struct child child = {.what = what};
	enum stage_status status;
	pid_t pid = 0;

	(void)self;
	child.log_fd = open(what->log,
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0640);
	if (child.log_fd < 0) { // that is no reason not to play
		stage_log_warn("unable to write %s: %s; what %s says is lost",
			what->log, strerror(errno), what->argv[0]);
		child.log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	}
	if (child.log_fd < 0) {
		return fail(what->argv[0], errno, err);
	}
	status = spawn(&child, &pid, err);
	close(child.log_fd);
	if (status != STAGE_OK) {
		return status;
	}
	// It may have ended already: then it is reaped later, and its number is
	// nobody else's until then.
	out->pid = pid;
	if (stage_proc_identify(pid, out) != STAGE_OK) {
		out->pid = pid;
	}
	return STAGE_OK;
}

enum stage_status
stage_show_launcher_watch(struct stage_show_launcher *self,
	const struct stage_proc_id *process, struct stage_err *err)
{
	struct foreign *foreign = calloc(1, sizeof(*foreign));

	if (foreign == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	foreign->launcher = self;
	foreign->process = *process;
	foreign->fd = stage_proc_open(process);
	if (foreign->fd < 0) {
		free(foreign);
		return stage_err_set(err, STAGE_GONE, "process %d has ended",
			(int)process->pid);
	}
	uv_poll_init(self->children.loop, &foreign->poll, foreign->fd);
	foreign->poll.data = foreign;
	uv_poll_start(&foreign->poll, UV_READABLE, on_foreign);
	foreign->next = self->foreign;
	self->foreign = foreign;
	return STAGE_OK;
}

void
stage_show_launcher_signal(const struct stage_proc_id *process, int signum)
{
	if (process->pid > 1 && process->pid != getpid() &&
		stage_proc_alive(process)) {
		(void)kill(process->pid, signum);
	}
}

void
stage_show_launcher_end(
	const struct stage_proc_id *process, bool is_group, bool is_kill)
{
	int signum = is_kill ? SIGKILL : SIGTERM;
	pid_t group = getpgid(process->pid);

	if (process->pid <= 1 || process->pid == getpid() ||
		!stage_proc_alive(process)) {
		return;
	}
	if (!is_group || group <= 1 || group == getpgrp()) {
		(void)kill(process->pid, signum);
		return;
	}
	(void)kill(-group, signum);
	// One that stands still hears nothing else.
	(void)kill(-group, SIGCONT);
}

bool
stage_show_launcher_has_rest(pid_t leader)
{
	return leader > 1 && leader != getpgrp() && kill(-leader, 0) == 0;
}

void
stage_show_launcher_end_rest(pid_t leader, bool is_kill)
{
	if (stage_show_launcher_has_rest(leader)) {
		(void)kill(-leader, is_kill ? SIGKILL : SIGTERM);
	}
}

// What it said last.

void
stage_show_launcher_tail(const char *log, size_t lines, struct stage_str *out)
{
	char bytes[TAIL_BYTES];
	struct stat stat;
	ssize_t got = -1;
	off_t from = 0;
	ssize_t at;
	int fd = open(log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && fstat(fd, &stat) == 0) {
		from = stat.st_size > TAIL_BYTES ? stat.st_size - TAIL_BYTES
						 : 0;
		got = pread(fd, bytes, sizeof(bytes), from);
	}
	if (fd >= 0) {
		close(fd);
	}
	at = got;
	// The end of the last line is not the beginning of another one.
	while (at > 0 && (at == got || bytes[at - 1] != '\n' || --lines > 0)) {
		at--;
	}
	if (got > 0) {
		(void)!stage_str_append(out, bytes + at, (size_t)(got - at));
	}
}
