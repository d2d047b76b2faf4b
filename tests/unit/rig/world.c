/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "runit/control.h"

#define PATH_BUFFERS 8
#define TICK_MS 2

void
world_init(struct world *self)
{
	*self = (struct world){0};
	scratch_init(&self->scratch);
	snprintf(self->rig.rig, sizeof(self->rig.rig), "%s/rig",
		self->scratch.dir);
	snprintf(self->rig.run, sizeof(self->rig.run), "%s/run",
		self->scratch.dir);
	assert_int_equal(
		stage_io_make_dirs(world_path(self, "rig/services"), NULL),
		STAGE_OK);
	assert_int_equal(
		stage_io_make_dirs(world_path(self, "run"), NULL), STAGE_OK);
}

void
world_finish(struct world *self)
{
	for (size_t i = 0; i < self->fd_count; i++) {
		close(self->fds[i]);
	}
	scratch_finish(&self->scratch);
}

int
world_setup(void **state)
{
	struct world *self = malloc(sizeof(*self));

	assert_non_null(self);
	world_init(self);
	*state = self;
	return 0;
}

int
world_teardown(void **state)
{
	world_finish(*state);
	free(*state);
	return 0;
}

const char *
world_path(const struct world *self, const char *format, ...)
{
	static char paths[PATH_BUFFERS][STAGE_PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % PATH_BUFFERS];
	int len = snprintf(path, STAGE_PATH_MAX, "%s/", self->scratch.dir);
	va_list args;

	va_start(args, format);
	vsnprintf(path + len, STAGE_PATH_MAX - (size_t)len, format, args);
	va_end(args);
	return path;
}

void
world_write(const struct world *self, const char *path, mode_t mode,
	const char *text)
{
	char parent[STAGE_PATH_MAX];
	int fd;

	snprintf(parent, sizeof(parent), "%s", world_path(self, "%s", path));
	*strrchr(parent, '/') = '\0';
	assert_int_equal(stage_io_make_dirs(parent, NULL), STAGE_OK);
	fd = open(world_path(self, "%s", path),
		O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(stage_io_write_all(fd, text, strlen(text)), STAGE_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

bool
world_holds(const struct world *self, const char *path, const char *text)
{
	struct stage_str content = {0};
	bool is_same = stage_io_read_file(world_path(self, "%s", path), 1 << 20,
			       &content, NULL) == STAGE_OK &&
		       strcmp(stage_str_text(&content), text) == 0;

	stage_str_finish(&content);
	return is_same;
}

bool
world_has(const struct world *self, const char *path)
{
	struct stat st;

	return lstat(world_path(self, "%s", path), &st) == 0;
}

void
world_is_up(const struct world *self)
{
	char up[STAGE_PATH_MAX + 1];

	snprintf(up, sizeof(up), "%s\n", self->rig.rig);
	world_write(self, "run/rig", 0644, up);
}

void
world_service(const struct world *self, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "rig/services/%s/run", name);
	world_write(self, path, 0755, "#!/bin/sh\nexec tail -f /dev/null\n");
}

static void
play_pipe(struct world *self, const char *name, const char *pipe_name)
{
	const char *path =
		world_path(self, "run/tree/%s/supervise/%s", name, pipe_name);
	int fd;

	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(self->fd_count < WORLD_PLAYED_MAX);
	self->fds[self->fd_count] = fd;
	self->fd_count++;
}

void
world_set_status(const struct world *self, const char *name,
	const struct stage_runit_status *status)
{
	unsigned char bytes[STAGE_RUNIT_STATUS_BYTES];
	const char *temp =
		world_path(self, "run/tree/%s/supervise/status.new", name);
	int fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	stage_runit_status_encode(status, bytes);
	assert_true(fd >= 0);
	assert_int_equal(
		stage_io_write_all(fd, bytes, sizeof(bytes)), STAGE_OK);
	close(fd);
	assert_int_equal(
		rename(temp,
			world_path(self, "run/tree/%s/supervise/status", name)),
		0);
}

void
world_supervise(struct world *self, const char *name,
	const struct stage_runit_status *status)
{
	assert_int_equal(
		stage_io_make_dirs(
			world_path(self, "run/tree/%s/supervise", name), NULL),
		STAGE_OK);
	assert_int_equal(
		stage_io_make_dirs(world_path(self, "run/svc/%s", name), NULL),
		STAGE_OK);
	play_pipe(self, name, "ok");
	play_pipe(self, name, "control");
	world_set_status(self, name, status);
}

void
world_read_control(
	const struct world *self, const char *name, char *text, size_t size)
{
	struct stat pipe_st;
	ssize_t got = -1;

	assert_int_equal(
		stat(world_path(self, "run/tree/%s/supervise/control", name),
			&pipe_st),
		0);
	for (size_t i = 0; i < self->fd_count; i++) {
		struct stat st;
		if (fstat(self->fds[i], &st) == 0 &&
			st.st_ino == pipe_st.st_ino) {
			got = read(self->fds[i], text, size - 1);
		}
	}
	text[got > 0 ? got : 0] = '\0';
}

void
world_wait(bool (*is_true)(void *user), void *user)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + WORLD_DEADLINE_MS * STAGE_NS_PER_MS;

	while (!is_true(user)) {
		assert_true(stage_clock_until_ms(deadline_ns) > 0);
		poll(NULL, 0, TICK_MS);
	}
}

struct awaited {
	const struct world *world;
	const char *path;
	bool is_there;
};

static bool
is_as_awaited(void *user)
{
	const struct awaited *awaited = user;

	return world_has(awaited->world, awaited->path) == awaited->is_there;
}

void
world_await(const struct world *self, const char *path, bool is_there)
{
	struct awaited awaited = {self, path, is_there};

	world_wait(is_as_awaited, &awaited);
}

static bool
is_supervised(void *user)
{
	return stage_runit_is_supervised(user);
}

pid_t
world_start_runsv(const struct world *self, const char *name, const char *run)
{
	char path[STAGE_PATH_MAX];
	pid_t pid;

	snprintf(path, sizeof(path), "run/tree/%.200s/run", name);
	world_write(self, path, 0755, run);
	snprintf(
		path, sizeof(path), "%s", world_path(self, "run/svc/%s", name));
	assert_int_equal(stage_io_make_dirs(path, NULL), STAGE_OK);
	snprintf(path, sizeof(path), "%s",
		world_path(self, "run/tree/%s", name));
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execlp("runsv", "runsv", path, (char *)NULL);
		_exit(127);
	}
	world_wait(is_supervised, path);
	return pid;
}

void
world_end_runsv(pid_t pid)
{
	assert_int_equal(kill(pid, SIGTERM), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

pid_t
world_start_child(int *fd)
{
	int fds[2];
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		char byte;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[1]);
		while (read(fds[0], &byte, 1) < 0 && errno == EINTR) {
		}
		_exit(0);
	}
	close(fds[0]);
	*fd = fds[1];
	return pid;
}

void
world_end_child(pid_t pid, int fd)
{
	close(fd);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

pid_t
world_dead_pid(void)
{
	int fd;
	pid_t pid = world_start_child(&fd);

	world_end_child(pid, fd);
	return pid;
}
