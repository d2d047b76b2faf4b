/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "procs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

static int
bind_ready(char *variable, size_t size)
{
	static unsigned number;
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len;

	number++;
	snprintf(variable, size, "@stagecraft-proc-%ld-%lld-%u", (long)getpid(),
		(long long)stage_clock_now_ns(), number);
	len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			  strlen(variable));
	memcpy(address.sun_path, variable, strlen(variable));
	address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	return fd;
}

static void
become(const char *const *argv, int out, const char *notify)
{
	char *words[32];
	size_t count = 0;

	for (; argv[count] != NULL && count < 31; count++) {
		words[count] = strdup(argv[count]);
	}
	words[count] = NULL;
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	if (notify[0] != '\0') {
		setenv("NOTIFY_SOCKET", notify, 1);
	}
	execvp(words[0], words);
	_exit(127);
}

void
proc_start(struct proc *self, bool has_ready, const char *const *argv)
{
	char notify[100] = "";
	int fds[2];

	memset(self, 0, sizeof(*self));
	self->ready = has_ready ? bind_ready(notify, sizeof(notify)) : -1;
	assert_int_equal(pipe(fds), 0);
	fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	self->pid = fork();
	assert_true(self->pid >= 0);
	if (self->pid == 0) {
		close(fds[0]);
		become(argv, fds[1], notify);
	}
	close(fds[1]);
	self->out = fds[0];
}

// Reads what there is; keeps the first part. Returns false at its end.
static bool
read_out(struct proc *self)
{
	char chunk[1024];
	ssize_t got = read(self->out, chunk, sizeof(chunk));
	size_t room = sizeof(self->said) - 1 - self->len;

	if (got < 0) {
		return errno == EAGAIN || errno == EINTR;
	}
	if ((size_t)got < room) {
		room = (size_t)got;
	}
	memcpy(self->said + self->len, chunk, room);
	self->len += room;
	return got > 0;
}

// Waits for more output or a datagram. Returns false when the output ended.
static bool
wait_for_more(struct proc *self, int64_t deadline_ns)
{
	struct pollfd fds[] = {{.fd = self->out, .events = POLLIN},
		{.fd = self->ready, .events = POLLIN}};
	int left_ms = stage_clock_until_ms(deadline_ns);

	if (left_ms == 0) {
		fail_msg("process %ld took too long; it said: %s",
			(long)self->pid, self->said);
	}
	if (poll(fds, 2, left_ms) < 0) {
		return true;
	}
	return fds[0].revents == 0 || read_out(self);
}

static bool
has_ready_datagram(struct proc *self)
{
	char text[256];
	ssize_t got = recv(self->ready, text, sizeof(text) - 1, MSG_DONTWAIT);

	if (got < 0) {
		return false;
	}
	text[got] = '\0';
	return strstr(text, "READY=1") != NULL;
}

bool
proc_await_ready(struct proc *self)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + PROC_DEADLINE_MS * STAGE_NS_PER_MS;

	while (!has_ready_datagram(self)) {
		if (!wait_for_more(self, deadline_ns)) {
			return has_ready_datagram(self);
		}
	}
	return true;
}

bool
proc_await_text(struct proc *self, const char *text)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + PROC_DEADLINE_MS * STAGE_NS_PER_MS;

	while (strstr(self->said, text) == NULL) {
		if (!wait_for_more(self, deadline_ns)) {
			return strstr(self->said, text) != NULL;
		}
	}
	return true;
}

int
proc_await_end(struct proc *self)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + PROC_DEADLINE_MS * STAGE_NS_PER_MS;
	int status = 0;

	if (self->ready >= 0) {
		close(self->ready);
		self->ready = -1;
	}
	while (wait_for_more(self, deadline_ns)) {
		continue; // its output ends with it
	}
	assert_int_equal(waitpid(self->pid, &status, 0), self->pid);
	self->pid = 0;
	close(self->out);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void
proc_signal(const struct proc *self, int number)
{
	assert_int_equal(kill(self->pid, number), 0);
}

void
proc_finish(struct proc *self)
{
	if (self->pid != 0) {
		kill(self->pid, SIGKILL);
		proc_await_end(self);
	}
}

bool
proc_is_there(const char *name)
{
	const char *path = getenv("PATH");
	char part[4096];

	if (strchr(name, '/') != NULL) {
		return access(name, X_OK) == 0;
	}
	while (path != NULL && *path != '\0') {
		size_t len = strcspn(path, ":");
		snprintf(part, sizeof(part), "%.*s/%s", (int)len, path, name);
		if (access(part, X_OK) == 0) {
			return true;
		}
		path += len + (path[len] == ':');
	}
	return false;
}
