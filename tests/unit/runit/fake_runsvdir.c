/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // pipe2

#include "fake_runsvdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "helpers.h"

#define LISTENS 'r'
#define FAKES_MAX 8 // at a time

enum {
	READ_END,
	WRITE_END
};

// Those that are not ended; 0 in between.
static pid_t fakes[FAKES_MAX];

// In the child alone: a signal handler is given nothing else.
static int tell_fd;

static void
tell(char what)
{
	if (write(tell_fd, &what, 1) != 1) {
		_exit(2);
	}
}

static void
on_alarm(int signal_number)
{
	int errnum = errno;

	(void)signal_number;
	tell(FAKE_HEARD_ALARM);
	errno = errnum;
}

static void
set_ears(enum fake_alarm alarm)
{
	struct sigaction action = {.sa_handler = SIG_DFL};

	if (alarm == FAKE_ALARM_IGNORED) {
		action.sa_handler = SIG_IGN;
	} else if (alarm == FAKE_ALARM_CAUGHT) {
		action.sa_handler = on_alarm;
	}
	if (sigaction(SIGALRM, &action, NULL) != 0) {
		_exit(2);
	}
}

static void
fill(int fd)
{
	static const char bytes[4096];

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (write(fd, bytes, sizeof(bytes)) > 0) {
	}
	while (write(fd, bytes, 1) > 0) {
	}
}

// Gives the child its standard error; the descriptor to listen on, or -1.
static int
set_log(enum fake_log log, const int shared[2])
{
	int own[2];

	if (log == FAKE_LOG_NONE) {
		dup2(open("/dev/null", O_RDWR), STDERR_FILENO);
		return -1;
	}
	if (log == FAKE_LOG_SHARED) {
		dup2(shared[WRITE_END], STDERR_FILENO);
		return -1;
	}
	if (pipe(own) != 0) {
		_exit(2);
	}
	dup2(log == FAKE_LOG_CROSSED ? shared[WRITE_END] : own[WRITE_END],
		STDERR_FILENO);
	if (log == FAKE_LOG_OWN_FULL) {
		fill(own[WRITE_END]);
		return -1;
	}
	return own[READ_END];
}

// Listens until the other end of quit_fd is closed.
static void
listen_until_asked(int quit_fd, int log_fd)
{
	struct pollfd fds[2] = {
		{.fd = quit_fd, .events = POLLIN},
		{.fd = log_fd, .events = POLLIN},
	};
	char byte;

	while (fds[0].revents == 0) {
		if (poll(fds, 2, -1) < 0) {
			continue; // an alarm
		}
		if (fds[1].revents != 0 && read(log_fd, &byte, 1) == 1) {
			tell(FAKE_HEARD_LOG);
		}
	}
}

// Puts a process in the place of another one.
static void
remember(pid_t pid, pid_t in_place_of)
{
	for (size_t i = 0; i < FAKES_MAX; i++) {
		if (fakes[i] == in_place_of) {
			fakes[i] = pid;
			return;
		}
	}
	fail();
}

void
fake_start(struct fake_runsvdir *self, const char *name, enum fake_alarm alarm,
	enum fake_log log)
{
	int quit[2];
	int told[2];
	int shared[2];

	assert_int_equal(pipe2(quit, O_CLOEXEC), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	assert_int_equal(pipe2(shared, O_CLOEXEC), 0);
	self->pid = fork();
	assert_true(self->pid >= 0);
	if (self->pid == 0) {
		int log_fd;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		tell_fd = told[WRITE_END];
		close(quit[WRITE_END]);
		close(shared[READ_END]);
		set_ears(alarm);
		log_fd = set_log(log, shared);
		tell(LISTENS);
		listen_until_asked(quit[READ_END], log_fd);
		_exit(0);
	}
	remember(self->pid, 0);
	close(quit[READ_END]);
	close(told[WRITE_END]);
	close(shared[WRITE_END]);
	self->quit_fd = quit[WRITE_END];
	self->told_fd = told[READ_END];
	self->log_fd = shared[READ_END];
	assert_int_equal(fake_heard(self), LISTENS);
}

char
fake_heard(struct fake_runsvdir *self)
{
	struct pollfd fd = {.fd = self->told_fd, .events = POLLIN};
	char what = '\0';

	assert_int_equal(poll(&fd, 1, DEADLINE_MS), 1);
	assert_int_equal(read(self->told_fd, &what, 1), 1);
	return what;
}

void
fake_end(struct fake_runsvdir *self)
{
	int status = 0;
	char what;

	close(self->quit_fd);
	assert_int_equal(waitpid(self->pid, &status, 0), self->pid);
	remember(0, self->pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(read(self->told_fd, &what, 1), 0);
	close(self->told_fd);
	close(self->log_fd);
}

void
fake_end_all(void)
{
	for (size_t i = 0; i < FAKES_MAX; i++) {
		if (fakes[i] > 0) {
			kill(fakes[i], SIGKILL);
			waitpid(fakes[i], NULL, 0);
			fakes[i] = 0;
		}
	}
}
