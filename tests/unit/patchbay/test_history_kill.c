/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // ptrace

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "history_world.h"

#define OLDER "A -> B\n"
#define OLD "A -> B\nC -> D\n"
#define NEW "A -> B\nC -> D\nE -> F\n"

/* A child is stopped before and after each system call of one piece of work,
 * and killed at the nth of these stops, for every n until the work outlives
 * them all. */

struct scene {
	const char *name;
	bool is_first; // nothing was ever saved
	void (*prepare)(struct world *world);
	enum stage_status (*work)(struct world *world);
	const char *after;   // what may be in force then, beside OLD
	const char *damaged; // these bytes must be somewhere
};

static enum stage_status
work_save(struct world *world)
{
	return world_save(world, NEW, "by hand");
}

static enum stage_status
work_load(struct world *world)
{
	return world_load(world);
}

static void
prepare_nothing(struct world *world)
{
	(void)world;
}

static void
prepare_undone(struct world *world)
{
	// OLD is in force, NEW is what a redo gives.
	assert_int_equal(work_save(world), STAGE_OK);
	assert_int_equal(world_undo(world), STAGE_OK);
}

static void
prepare_damaged(struct world *world)
{
	world_edit(world, "damaged");
}

static void
prepare_missing(struct world *world)
{
	assert_int_equal(unlink(scratch_path(&world->scratch, WORLD_FILE)), 0);
}

static void
prepare_edited(struct world *world)
{
	world_edit(world, NEW);
}

static const struct scene scenes[] = {
	{"the first save", true, prepare_nothing, work_save, NEW, NULL},
	{"save", false, prepare_nothing, work_save, NEW, NULL},
	{"undo", false, prepare_nothing, world_undo, OLDER, NULL},
	{"redo", false, prepare_undone, world_redo, NEW, NULL},
	{"load of a damaged file", false, prepare_damaged, work_load, OLD,
		"damaged"},
	{"load without a file", false, prepare_missing, work_load, OLD, NULL},
	{"load of an edited file", false, prepare_edited, work_load, NEW, NULL},
};

static void
set_scene(const struct scene *scene, struct world *world)
{
	world_finish(world);
	world_init(world);
	world_open(world);
	if (!scene->is_first) {
		assert_int_equal(world_save(world, OLDER, "one"), STAGE_OK);
		assert_int_equal(world_save(world, OLD, "two"), STAGE_OK);
	}
	scene->prepare(world);
}

static void
work_and_exit(const struct scene *scene, struct world *world)
{
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
		_exit(77);
	}
	raise(SIGSTOP);
	_exit(scene->work(world) == STAGE_OK ? 0 : 1);
}

// True when the child was killed at its nth stop, false when it ended before.
static bool
kill_at_stop(const struct scene *scene, struct world *world, unsigned nth,
	int *exit_code)
{
	int wait_status = 0;
	pid_t child = fork();

	if (child == 0) {
		work_and_exit(scene, world);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	for (unsigned i = 0; i < nth && WIFSTOPPED(wait_status); i++) {
		assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
		assert_int_equal(waitpid(child, &wait_status, 0), child);
	}
	if (WIFEXITED(wait_status)) {
		*exit_code = WEXITSTATUS(wait_status);
		return false;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR) {
	}
	assert_true(WIFSIGNALED(wait_status));
	return true;
}

static void
check_found(const struct scene *scene, const struct world *world)
{
	const char *old = scene->is_first ? "" : OLD;

	if (strcmp(world->text, old) != 0 &&
		strcmp(world->text, scene->after) != 0) {
		fail_msg("%s: %s", scene->name, world->text);
	}
	assert_int_not_equal(world->found, STAGE_HISTORY_LOST);
	if (scene->work != work_load) {
		assert_int_not_equal(world->found, STAGE_HISTORY_BAD);
		assert_int_not_equal(world->found, STAGE_HISTORY_MISSING);
		assert_int_not_equal(world->found, STAGE_HISTORY_EDITED);
		assert_string_equal(stage_history_warning(world->history), "");
	}
}

// A new process finds the old or the new list, goes on, and can go back.
static void
check_after(const struct scene *scene, struct world *world)
{
	char found[sizeof(world->text)];

	world_reopen(world);
	check_found(scene, world);
	if (scene->damaged != NULL) {
		assert_true(scratch_holds(
			&world->scratch, WORLD_FILE ".bad-1", scene->damaged));
	}
	strcpy(found, world->text);
	world_reopen(world);
	assert_string_equal(world->text, found);
	assert_string_equal(stage_history_warning(world->history), "");
	assert_int_equal(world_save(world, "X -> Y\n", "more"), STAGE_OK);
	assert_string_equal(stage_history_warning(world->history), "");
	assert_int_equal(world_undo(world), STAGE_OK);
	assert_string_equal(world->text, found);
	if (strcmp(found, OLD) == 0) {
		assert_int_equal(world_undo(world), STAGE_OK);
		assert_string_equal(world->text, OLDER);
	}
}

static unsigned
kill_everywhere(const struct scene *scene, struct world *world, bool *was_new)
{
	unsigned nth = 0;
	bool was_killed = true;
	int exit_code = -1;

	while (was_killed) {
		set_scene(scene, world);
		was_killed = kill_at_stop(scene, world, ++nth, &exit_code);
		if (exit_code == 77) {
			skip(); // tracing is forbidden here
		}
		check_after(scene, world);
		*was_new = !was_killed;
	}
	assert_int_equal(exit_code, 0);
	return nth;
}

static void
old_or_new_at_every_system_call(void **state)
{
	struct world world;
	(void)state;

	world_init(&world);
	for (size_t i = 0; i < STAGE_COUNT_OF(scenes); i++) {
		bool was_new = false;
		unsigned stops = kill_everywhere(&scenes[i], &world, &was_new);
		print_message("# %s: killed at each of %u stops\n",
			scenes[i].name, stops - 1);
		assert_true(was_new);
		assert_true(stops > 30);
	}
	world_finish(&world);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_or_new_at_every_system_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
