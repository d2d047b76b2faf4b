/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/path_watch.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "failing_alloc.h"
#include "no_watches.h"
#include "world.h"

// Looks for the path at each call, so that a lost event shows as a condition
// that never becomes true.
struct watched {
	struct world world;
	uv_loop_t loop;
	struct stage_path_watch *watch;
	char path[STAGE_PATH_MAX];
	bool is_there;
	bool must_destroy;
	unsigned calls;
};

static void
on_change(void *user)
{
	struct watched *self = user;

	self->calls++;
	self->is_there = access(self->path, F_OK) == 0;
	if (self->must_destroy) {
		stage_path_watch_destroy(self->watch);
		self->watch = NULL;
	}
}

static int
setup(void **state)
{
	struct watched *self = calloc(1, sizeof(*self));

	world_init(&self->world);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct watched *self = *state;

	no_watches_after(-1, 0);
	stage_path_watch_destroy(self->watch);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	world_finish(&self->world);
	free(self);
	return 0;
}

static void
watch(struct watched *self, const char *path)
{
	snprintf(self->path, sizeof(self->path), "%s",
		world_path(&self->world, "%s", path));
	assert_int_equal(stage_path_watch_create(&self->watch, &self->loop,
				 self->path, on_change, self, NULL),
		STAGE_OK);
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

static void
run_until(struct watched *self, bool is_there)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + WORLD_DEADLINE_MS * STAGE_NS_PER_MS;
	uv_timer_t tick;

	uv_timer_init(&self->loop, &tick);
	uv_timer_start(&tick, on_tick, 5, 5);
	while ((self->calls == 0 || self->is_there != is_there) &&
		stage_clock_until_ms(deadline_ns) > 0) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&tick, NULL);
	uv_run(&self->loop, UV_RUN_NOWAIT);
	assert_true(self->calls > 0 && self->is_there == is_there);
}

static void
drop(struct watched *self, const char *path)
{
	assert_int_equal(stage_io_remove_tree(
				 world_path(&self->world, "%s", path), NULL),
		STAGE_OK);
}

static void
it_comes_and_goes(void **state)
{
	struct watched *self = *state;

	watch(self, "a/file");
	run_until(self, false);
	world_write(&self->world, "a/file", 0644, "");
	run_until(self, true);
	drop(self, "a/file");
	run_until(self, false);
	world_write(&self->world, "a/new", 0644, "");
	assert_int_equal(
		rename(world_path(&self->world, "a/new"), self->path), 0);
	run_until(self, true);
}

static void
its_parent_is_made_anew(void **state)
{
	struct watched *self = *state;

	world_write(&self->world, "a/file", 0644, "");
	watch(self, "a/file");
	run_until(self, true);
	for (int i = 0; i < 3; i++) {
		drop(self, "a");
		// At once, before the loop has heard of its end.
		world_write(&self->world, "a/other", 0644, "");
		run_until(self, false);
		world_write(&self->world, "a/file", 0644, "");
		run_until(self, true);
	}
	assert_int_equal(rename(world_path(&self->world, "a"),
				 world_path(&self->world, "b")),
		0);
	run_until(self, false);
	world_write(&self->world, "a/file", 0644, "");
	run_until(self, true);
}

static void
many_levels_are_missing(void **state)
{
	struct watched *self = *state;

	watch(self, "a/b/c/d/e/file");
	run_until(self, false);
	assert_int_equal(
		stage_io_make_dirs(world_path(&self->world, "a/b"), NULL),
		STAGE_OK);
	uv_run(&self->loop, UV_RUN_NOWAIT);
	drop(self, "a");
	world_write(&self->world, "a/b/c/d/e/file", 0644, "");
	run_until(self, true);
	drop(self, "a");
	run_until(self, false);
}

static void
it_may_be_destroyed_while_it_calls(void **state)
{
	struct watched *self = *state;

	self->must_destroy = true;
	watch(self, "a");
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(self->calls, 1);
	stage_path_watch_destroy(NULL);
}

static void
a_thousand_watches(void **state)
{
	enum {
		COUNT = 1000
	};
	struct watched *self = *state;
	struct stage_path_watch **many = calloc(COUNT, sizeof(*many));

	for (size_t i = 0; i < COUNT; i++) {
		char path[STAGE_PATH_MAX];
		snprintf(path, sizeof(path), "%s",
			world_path(&self->world, "run/svc/%zu/ready", i));
		assert_int_equal(stage_path_watch_create(&many[i], &self->loop,
					 path, on_change, self, NULL),
			STAGE_OK);
	}
	snprintf(self->path, sizeof(self->path), "%s",
		world_path(&self->world, "run/svc/777/ready"));
	run_until(self, false);
	world_write(&self->world, "run/svc/777/ready", 0644, "");
	run_until(self, true);
	for (size_t i = 0; i < COUNT; i++) {
		stage_path_watch_destroy(many[i]);
	}
	free(many);
}

static void
without_watches_it_looks_once_a_second(void **state)
{
	struct watched *self = *state;
	int fds[2];
	int saved = dup(STDERR_FILENO);
	char said[1024] = "";

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dup2(fds[1], STDERR_FILENO), STDERR_FILENO);
	no_watches_after(0, ENOSPC);
	watch(self, "a/file");
	run_until(self, false);
	world_write(&self->world, "a/file", 0644, "");
	run_until(self, true);
	assert_int_equal(dup2(saved, STDERR_FILENO), STDERR_FILENO);
	assert_true(read(fds[0], said, sizeof(said) - 1) > 0);
	close(fds[0]);
	close(fds[1]);
	close(saved);
	assert_non_null(strstr(said, "unable to watch"));
	assert_non_null(strstr(said, "fs.inotify.max_user_watches"));
	assert_ptr_equal(strchr(said, '\n'), said + strlen(said) - 1);
}

static void
paths_that_cannot_be(void **state)
{
	struct watched *self = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX + 1];

	assert_int_equal(stage_path_watch_create(&self->watch, &self->loop, "",
				 on_change, self, &err),
		STAGE_BAD_INPUT);
	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_path_watch_create(&self->watch, &self->loop,
				 path, on_change, self, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "unable to watch"));
}

static enum stage_status
watch_once(void *user)
{
	struct watched *self = user;
	struct stage_path_watch *watch = NULL;
	enum stage_status status = stage_path_watch_create(
		&watch, &self->loop, "/nowhere/x", on_change, self, NULL);

	stage_path_watch_destroy(watch);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	assert_true(failing_alloc_sweep(watch_once, *state) > 2);
}

int
main(void)
{
#define WATCHED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		WATCHED(it_comes_and_goes),
		WATCHED(its_parent_is_made_anew),
		WATCHED(many_levels_are_missing),
		WATCHED(it_may_be_destroyed_while_it_calls),
		WATCHED(a_thousand_watches),
		WATCHED(without_watches_it_looks_once_a_second),
		WATCHED(paths_that_cannot_be),
		WATCHED(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
