/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "helpers.h"

#include <errno.h>
#include <fcntl.h>
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

#define TICK_MS 2
#define PATH_BUFFERS 16

void
world_init(struct world *world)
{
	const char *base = getenv("TMPDIR");

	snprintf(world->dir, sizeof(world->dir), "%s/stage-runit-XXXXXX",
		base != NULL ? base : "/tmp");
	assert_non_null(mkdtemp(world->dir));
	assert_int_equal(uv_loop_init(&world->loop), 0);
}

void
world_finish(struct world *world)
{
	uv_run(&world->loop, UV_RUN_NOWAIT);
	uv_run(&world->loop, UV_RUN_NOWAIT);
	assert_int_equal(uv_loop_close(&world->loop), 0);
	remove_all(world->dir);
}

const char *
in_world(const struct world *world, const char *format, ...)
{
	static char paths[PATH_BUFFERS][STAGE_PATH_MAX];
	static unsigned next;
	char *path = paths[next++ % PATH_BUFFERS];
	va_list args;
	int len = snprintf(path, STAGE_PATH_MAX, "%s/", world->dir);

	va_start(args, format);
	vsnprintf(path + len, STAGE_PATH_MAX - (size_t)len, format, args);
	va_end(args);
	return path;
}

void
write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(stage_io_write_all(fd, text, strlen(text)), STAGE_OK);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

void
make_dir(const char *path)
{
	assert_int_equal(stage_io_make_dirs(path, NULL), STAGE_OK);
}

void
remove_all(const char *path)
{
	enum stage_status status = STAGE_EXISTS;

	// A runsv that still writes there makes a directory not empty again.
	for (int i = 0; i < 100 && status == STAGE_EXISTS; i++) {
		status = stage_io_remove_tree(path, NULL);
	}
	assert_int_equal(status, STAGE_OK);
}

void
make_link(const char *target, const char *path)
{
	assert_int_equal(symlink(target, path), 0);
}

void
move(const char *from, const char *to)
{
	assert_int_equal(rename(from, to), 0);
}

void
make_service(const char *path, const char *run)
{
	char file[STAGE_PATH_MAX];

	make_dir(path);
	assert_int_equal(
		stage_format(file, sizeof(file), "%s/run", path), STAGE_OK);
	write_file(file, run, 0755);
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

static void
on_tick_closed(uv_handle_t *handle)
{
	*(bool *)handle->data = true;
}

bool
run_until(struct world *world, bool (*is_true)(void *data), void *data)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + DEADLINE_MS * STAGE_NS_PER_MS;
	uv_timer_t tick;
	bool is_closed = false;
	bool is_done = is_true(data);

	uv_timer_init(&world->loop, &tick);
	uv_timer_start(&tick, on_tick, TICK_MS, TICK_MS);
	while (!is_done && stage_clock_until_ms(deadline_ns) > 0) {
		uv_run(&world->loop, UV_RUN_ONCE);
		is_done = is_true(data);
	}
	tick.data = &is_closed;
	uv_close((uv_handle_t *)&tick, on_tick_closed);
	while (!is_closed) {
		uv_run(&world->loop, UV_RUN_NOWAIT);
	}
	return is_done;
}

static bool
is_past(void *data)
{
	return stage_clock_until_ms(*(int64_t *)data) == 0;
}

void
run_quietly(struct world *world, unsigned ms)
{
	int64_t until_ns = stage_clock_now_ns() + ms * STAGE_NS_PER_MS;

	assert_true(run_until(world, is_past, &until_ns));
}

pid_t
start(const char *const *argv)
{
	char *args[8] = {NULL};
	pid_t pid;

	for (size_t i = 0; argv[i] != NULL; i++) {
		assert_true(i + 1 < STAGE_COUNT_OF(args));
		memcpy(&args[i], &argv[i], sizeof(args[i]));
	}
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		execvp(args[0], args);
		_exit(127);
	}
	return pid;
}

void
end(pid_t pid, int signal_number)
{
	assert_true(pid > 1);
	assert_int_equal(kill(pid, signal_number), 0);
	while (waitpid(pid, NULL, 0) < 0) {
		assert_int_equal(errno, EINTR);
	}
}

void
adopt_orphans(void)
{
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
}

void
end_orphans(void)
{
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {
	}
	assert_int_equal(errno, ECHILD);
}

static bool
is_supervised(void *data)
{
	return stage_runit_is_supervised(data);
}

pid_t
start_runsv(struct world *world, const char *service_dir)
{
	const char *argv[] = {"runsv", service_dir, NULL};
	char dir[STAGE_PATH_MAX];
	pid_t pid = start(argv);

	snprintf(dir, sizeof(dir), "%s", service_dir);
	assert_true(run_until(world, is_supervised, dir));
	return pid;
}

void
end_runsv(pid_t pid)
{
	end(pid, SIGTERM);
}
