/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // ptrace

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "deeds.h"
#include "failing_calls.h"

#define NO_TRACING 77
#define SHORT_STEP 9 // system calls from one kill to the next

/* A child is stopped at each system call of a deed, and killed at the nth of
 * them. With STAGE_FULL set that is done for every n, without it for some. */

struct scene {
	const struct deed *deed;
	struct songs songs;
	bool cannot_swap; // as where there is no renameat2
	struct stage_str before;
	struct stage_str after;
};

static void
act_and_exit(struct scene *scene)
{
	if (scene->cannot_swap) {
		failing_calls_arm(FAILING_RENAMEAT2, 1, 1000, EINVAL);
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
		_exit(NO_TRACING);
	}
	raise(SIGSTOP);
	_exit(scene->deed->act(&scene->songs, NULL) == STAGE_OK ? 0 : 1);
}

// Lets the child go on to its next stop. False when it ended.
static bool
go_on(pid_t child, int *wait_status)
{
	assert_int_equal(ptrace(PTRACE_SYSCALL, child, NULL, NULL), 0);
	assert_int_equal(waitpid(child, wait_status, 0), child);
	return WIFSTOPPED(*wait_status);
}

// True when the child was killed at its nth system call, which it had not
// begun; false when it ended before.
static bool
kill_at_call(struct scene *scene, unsigned nth, int *exit_code)
{
	int wait_status = 0;
	pid_t child = fork();
	bool is_stopped;

	if (child == 0) {
		act_and_exit(scene);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &wait_status, 0), child);
	is_stopped = WIFSTOPPED(wait_status);
	for (unsigned i = 0; i < 2 * nth - 1 && is_stopped; i++) {
		is_stopped = go_on(child, &wait_status);
	}
	if (!is_stopped) {
		*exit_code = WEXITSTATUS(wait_status);
		return false;
	}
	assert_int_equal(kill(child, SIGKILL), 0);
	while (waitpid(child, &wait_status, 0) < 0 && errno == EINTR) {
	}
	assert_true(WIFSIGNALED(wait_status));
	return true;
}

static bool
is_old_or_new(const struct scene *scene, const struct stage_str *now)
{
	return strcmp(stage_str_text(now), stage_str_text(&scene->before)) ==
		       0 ||
	       strcmp(stage_str_text(now), stage_str_text(&scene->after)) == 0;
}

// What is there is the old or the new, and the deed can be done after it.
static void
check_scene(struct scene *scene, unsigned nth)
{
	struct stage_str now = deed_look(&scene->songs);
	bool is_new = strcmp(stage_str_text(&now),
			      stage_str_text(&scene->after)) == 0;

	if (!is_old_or_new(scene, &now)) {
		fail_msg("%s, killed at call %u:\n%s", scene->deed->name, nth,
			stage_str_text(&now));
	}
	stage_str_finish(&now);
	if (is_new) {
		return;
	}
	assert_int_equal(scene->deed->act(&scene->songs, NULL), STAGE_OK);
	now = deed_look(&scene->songs);
	assert_string_equal(
		stage_str_text(&now), stage_str_text(&scene->after));
	stage_str_finish(&now);
}

static void
kill_everywhere(struct scene *scene, unsigned first, unsigned step)
{
	unsigned nth = first;
	bool was_killed = true;
	int exit_code = -1;

	for (; was_killed; nth += step) {
		deed_prepare(scene->deed, &scene->songs);
		was_killed = kill_at_call(scene, nth, &exit_code);
		if (exit_code == NO_TRACING) {
			skip(); // it is forbidden here
		}
		check_scene(scene, nth);
	}
	assert_int_equal(exit_code, 0);
	print_message("# %s%s: killed at each %u of %u calls\n",
		scene->deed->name, scene->cannot_swap ? " without a swap" : "",
		step, nth);
	assert_true(nth > 15);
}

static void
try_deed(const struct deed *deed, bool cannot_swap, unsigned first)
{
	struct scene scene = {.deed = deed, .cannot_swap = cannot_swap};
	bool is_full = getenv("STAGE_FULL") != NULL;

	songs_init(&scene.songs);
	scene.before = deed_before(deed, &scene.songs);
	scene.after = deed_after(deed, &scene.songs);
	assert_string_not_equal(
		stage_str_text(&scene.before), stage_str_text(&scene.after));
	kill_everywhere(&scene, is_full ? 1 : first, is_full ? 1 : SHORT_STEP);
	stage_str_finish(&scene.before);
	stage_str_finish(&scene.after);
	songs_finish(&scene.songs);
}

static void
old_or_new_at_every_system_call(void **state)
{
	(void)state;

	for (unsigned i = 0; deeds[i].name != NULL; i++) {
		try_deed(&deeds[i], false, 1 + i % SHORT_STEP);
	}
}

static void
old_or_new_where_names_cannot_be_swapped(void **state)
{
	(void)state;

	for (unsigned i = 0; deeds[i].name != NULL; i++) {
		if (strcmp(deeds[i].name, "go back") == 0) {
			try_deed(&deeds[i], true, 4);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_or_new_at_every_system_call),
		cmocka_unit_test(old_or_new_where_names_cannot_be_swapped),
	};

	deeds_use_memory();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
