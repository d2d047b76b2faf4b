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
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/atomic_file.h"
#include "failing_calls.h"
#include "scratch.h"

#define OLD "the old content, all of it"
#define NEW "the new content, which is a little longer"

/* A child is stopped before and after each system call of one save, and killed
 * at the nth of these stops, for every n until the save outlives them all. */

struct scene {
	struct scratch *scratch;
	unsigned keep;
	bool is_copying; // as where there are no hard links
};

static void
save_and_exit(const struct scene *scene)
{
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(scene->scratch, "f"));
	if (scene->is_copying) {
		failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
	}
	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0) {
		_exit(77);
	}
	raise(SIGSTOP);
	_exit(stage_atomic_save(path, NEW, strlen(NEW), scene->keep, NULL) ==
				STAGE_OK
			? 0
			: 1);
}

// True when the child was killed at its nth stop, false when it ended before.
static bool
kill_at_stop(const struct scene *scene, unsigned nth, int *exit_code)
{
	int wait_status = 0;
	pid_t child = fork();

	if (child == 0) {
		save_and_exit(scene);
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

static enum stage_status
check_content(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	(void)len;
	(void)user;
	if (strcmp(bytes, OLD) == 0 || strcmp(bytes, NEW) == 0 ||
		strcmp(bytes, "older") == 0 || strcmp(bytes, "oldest") == 0) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT, "%s is broken", name);
}

static void
save(struct scratch *scratch, const char *text, unsigned keep)
{
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(scratch, "f"));
	assert_int_equal(
		stage_atomic_save(path, text, strlen(text), keep, NULL),
		STAGE_OK);
}

static void
set_scene(const struct scene *scene)
{
	scratch_finish(scene->scratch);
	scratch_init(scene->scratch);
	save(scene->scratch, "oldest", scene->keep);
	save(scene->scratch, "older", scene->keep);
	save(scene->scratch, OLD, scene->keep);
}

static void
check_loads(const struct scene *scene)
{
	struct stage_atomic_found found = {.generation = 99};
	struct stage_str out = {0};
	enum stage_status status =
		stage_atomic_load(scratch_path(scene->scratch, "f"), 1000,
			check_content, NULL, &out, &found, NULL);

	assert_int_equal(status, STAGE_OK);
	assert_int_equal(found.generation, 0);
	assert_true(strcmp(stage_str_text(&out), OLD) == 0 ||
		    strcmp(stage_str_text(&out), NEW) == 0);
	stage_str_finish(&out);
}

// Every generation a reader could see is whole.
static void
check_generations(const struct scene *scene)
{
	static const char *const names[] = {"f.1", "f.2", "f.3"};

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		struct stage_str out = {0};
		if (scratch_has(scene->scratch, names[i])) {
			assert_int_equal(
				stage_atomic_load(
					scratch_path(scene->scratch, names[i]),
					1000, check_content, NULL, &out, NULL,
					NULL),
				STAGE_OK);
		}
		stage_str_finish(&out);
	}
}

// Two more saves leave only what belongs there.
static void
check_clean_up(const struct scene *scene)
{
	for (int i = 0; i < 2; i++) {
		if (scene->is_copying) {
			failing_calls_arm(FAILING_LINK, 1, 1, EPERM);
		}
		save(scene->scratch, NEW, scene->keep);
		failing_calls_disarm();
	}
	assert_true(scratch_holds(scene->scratch, "f", NEW));
	assert_false(scratch_has(scene->scratch, ".f.new"));
	assert_false(scratch_has(scene->scratch, ".f.old"));
	assert_true(scratch_count(scene->scratch) <= 1 + scene->keep);
	check_generations(scene);
}

static unsigned
kill_everywhere(const struct scene *scene)
{
	unsigned nth = 0;
	bool was_killed = true;
	int exit_code = -1;

	while (was_killed) {
		set_scene(scene);
		was_killed = kill_at_stop(scene, ++nth, &exit_code);
		if (exit_code == 77) {
			skip(); // tracing is forbidden here
		}
		check_loads(scene);
		check_generations(scene);
		check_clean_up(scene);
	}
	assert_int_equal(exit_code, 0);
	return nth;
}

static void
old_or_new_at_every_system_call(void **state)
{
	static const struct {
		unsigned keep;
		bool is_copying;
	} cases[] = {{0, false}, {1, false}, {2, false}, {3, false}, {1, true},
		{3, true}};
	struct scratch scratch;
	(void)state;

	scratch_init(&scratch);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct scene scene = {
			&scratch, cases[i].keep, cases[i].is_copying};
		unsigned stops = kill_everywhere(&scene);
		print_message("# keep %u%s: killed at each of %u stops\n",
			cases[i].keep,
			cases[i].is_copying ? " without hard links" : "",
			stops - 1);
		assert_true(stops > 15);
	}
	scratch_finish(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(old_or_new_at_every_system_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
