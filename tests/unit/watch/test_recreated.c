/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A service's directory that goes, and comes back as another one, at the worst
// moments of the watcher's turn. Linked so that it is told when the watcher
// lists the services.

#include "watch/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "rig/snapshot.h"
#include "world.h"

enum stage_status __real_stage_snapshot_names(const struct stage_rig *rig,
	bool active_only, struct stage_strv *names, struct stage_err *err);
enum stage_status __wrap_stage_snapshot_names(const struct stage_rig *rig,
	bool active_only, struct stage_strv *names, struct stage_err *err);

struct recreated {
	struct world world;
	uv_loop_t loop;
	struct stage_watch *watch;
	struct stage_str origin; // of the first directory, as the tree has it
};

// Which listing from now on finds it gone: 1 is for the tree, 2 for the
// minders. 0: none.
static unsigned goes_before;
static unsigned comes_before;
static const struct world *hook_world;

static void
move(const struct world *world, const char *from, const char *to)
{
	assert_int_equal(rename(world_path(world, "rig/%s", from),
				 world_path(world, "rig/%s", to)),
		0);
}

static bool
is_now(unsigned *countdown)
{
	return *countdown > 0 && --*countdown == 0;
}

enum stage_status
__wrap_stage_snapshot_names(const struct stage_rig *rig, bool active_only,
	struct stage_strv *names, struct stage_err *err)
{
	if (is_now(&goes_before)) {
		move(hook_world, "services/x", "old");
	}
	if (is_now(&comes_before)) {
		move(hook_world, "next", "services/x");
	}
	return __real_stage_snapshot_names(rig, active_only, names, err);
}

static void
read_origin(struct recreated *self, struct stage_str *text)
{
	stage_str_clear(text);
	(void)!stage_io_read_file(
		world_path(&self->world, "run/tree/x/origin"), 256, text, NULL);
}

static bool
is_another(struct recreated *self)
{
	struct stage_str origin = {0};
	bool is;

	read_origin(self, &origin);
	is = origin.len > 0 && strcmp(stage_str_text(&origin),
				       stage_str_text(&self->origin)) != 0;
	stage_str_finish(&origin);
	return is;
}

// Lets the watcher have a turn, and looks whether the tree has another x.
static bool
has_another(void *user)
{
	struct recreated *self = user;

	uv_run(&self->loop, UV_RUN_NOWAIT);
	return is_another(self);
}

static void
await_another(struct recreated *self)
{
	world_wait(has_another, self);
}

static int
setup(void **state)
{
	struct recreated *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	goes_before = 0;
	comes_before = 0;
	world_init(&self->world);
	hook_world = &self->world;
	world_service(&self->world, "x");
	world_write(&self->world, "rig/next/run", 0755, "#!/bin/sh\nexit 0\n");
	assert_int_equal(uv_loop_init(&self->loop), 0);
	assert_int_equal(stage_watch_create(&self->watch, &self->loop,
				 &self->world.rig, NULL),
		STAGE_OK);
	await_another(self); // than none
	read_origin(self, &self->origin);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct recreated *self = *state;

	stage_watch_destroy(self->watch);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	stage_str_finish(&self->origin);
	world_finish(&self->world);
	free(self);
	return 0;
}

static void
while_nothing_is_done(void **state)
{
	struct recreated *self = *state;

	move(&self->world, "services/x", "old");
	move(&self->world, "next", "services/x");
	await_another(self);
}

// The watcher has read that it went, and finds it there when it lists what the
// tree should have.
static void
before_the_tree_is_changed(void **state)
{
	struct recreated *self = *state;

	move(&self->world, "services/x", "old");
	comes_before = 1;
	await_another(self);
}

// Neither read nor missing from the tree, but the one that minds it is let go.
static void
while_the_minders_are_chosen(void **state)
{
	struct recreated *self = *state;

	world_write(&self->world, "rig/services/x/touched", 0644, "");
	goes_before = 2;
	comes_before = 3;
	await_another(self);
}

int
main(void)
{
#define RECREATED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		RECREATED(while_nothing_is_done),
		RECREATED(before_the_tree_is_changed),
		RECREATED(while_the_minders_are_chosen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
