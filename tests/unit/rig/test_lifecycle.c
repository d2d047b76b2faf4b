/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// From up to down, with a runsvdir that is only played.

#include "rig/bring_up.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/keeper.h"
#include "rig/shutdown.h"
#include "rig/stray.h"
#include "rig/supervisor.h"
#include "world.h"

static int
setup(void **state)
{
	struct world *world;

	world_setup(state);
	world = *state;
	world_write(world, "bin/runsvdir", 0755,
		"#!/bin/sh\nexec tail -f /dev/null\n");
	setenv("PATH", world_path(world, "bin:/usr/bin:/bin"), 1);
	world_service(world, "x");
	return 0;
}

static void
a_second_up_changes_nothing(void **state)
{
	struct world *world = *state;
	struct stage_rig other = world->rig;
	struct stage_proc_id id;
	struct stage_err err = STAGE_ERR_INIT;
	bool was_up = true;
	char up[STAGE_PATH_MAX + 1];

	world_write(world, "run/svc/old/ready", 0644, "of another boot");
	assert_int_equal(
		stage_rig_bring_up(&world->rig, &was_up, &err), STAGE_OK);
	assert_false(was_up);
	assert_false(world_has(world, "run/svc/old"));
	assert_true(world_has(world, "run/tree/x/run"));
	assert_true(world_has(world, "run/log"));
	snprintf(up, sizeof(up), "%s\n", world->rig.rig);
	assert_true(world_holds(world, "run/rig", up));
	assert_true(stage_supervisor_find(&world->rig, &id));
	world_write(world, "run/svc/x/ready", 0644, "of this boot");
	assert_int_equal(
		stage_rig_bring_up(&world->rig, &was_up, &err), STAGE_OK);
	assert_true(was_up);
	snprintf(other.rig, sizeof(other.rig), "%s", world_path(world, "link"));
	assert_int_equal(symlink(world->rig.rig, other.rig), 0);
	assert_int_equal(stage_rig_bring_up(&other, &was_up, &err), STAGE_OK);
	assert_true(was_up);
	snprintf(other.rig, sizeof(other.rig), "%s", world_path(world, "bin"));
	assert_int_equal(
		stage_rig_bring_up(&other, &was_up, &err), STAGE_EXISTS);
	assert_non_null(strstr(err.text, "another rig is up"));
	kill(id.pid, SIGKILL);
	assert_int_equal(waitpid(id.pid, NULL, 0), id.pid);
	// After that it is not up, and what belongs to this boot stays.
	assert_int_equal(
		stage_rig_bring_up(&world->rig, &was_up, &err), STAGE_OK);
	assert_false(was_up);
	assert_true(world_holds(world, "run/svc/x/ready", "of this boot"));
	assert_true(stage_supervisor_find(&world->rig, &id));
	kill(id.pid, SIGKILL);
	assert_int_equal(waitpid(id.pid, NULL, 0), id.pid);
}

static void
an_up_that_fails_is_not_up(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	bool was_up;

	setenv("PATH", "/nowhere", 1);
	assert_int_equal(stage_rig_bring_up(&world->rig, &was_up, &err),
		STAGE_NOT_FOUND);
	assert_false(world_has(world, "run/rig"));
}

struct kept {
	uv_loop_t loop;
	struct stage_proc_id id;
	unsigned found;
	unsigned unwanted;
};

static void
on_found(void *user, const struct stage_proc_id *id)
{
	struct kept *kept = user;

	kept->id = *id;
	kept->found++;
}

static void
on_unwanted(void *user)
{
	((struct kept *)user)->unwanted++;
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

static void
run_until(struct kept *kept, const unsigned *counter, unsigned value)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + WORLD_DEADLINE_MS * STAGE_NS_PER_MS;
	uv_timer_t tick;

	uv_timer_init(&kept->loop, &tick);
	uv_timer_start(&tick, on_tick, 5, 5);
	while (*counter < value && stage_clock_until_ms(deadline_ns) > 0) {
		uv_run(&kept->loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&tick, NULL);
	uv_run(&kept->loop, UV_RUN_NOWAIT);
	assert_int_equal(*counter, value);
}

static void
a_keeper_starts_it_again_while_it_is_wanted(void **state)
{
	struct world *world = *state;
	struct kept kept = {.found = 0};
	struct stage_keeper_config config = {.loop = &kept.loop,
		.rig = &world->rig,
		.found = on_found,
		.unwanted = on_unwanted,
		.user = &kept};
	struct stage_keeper *keeper = NULL;
	char up[STAGE_PATH_MAX + 1];
	pid_t first;

	assert_int_equal(uv_loop_init(&kept.loop), 0);
	snprintf(up, sizeof(up), "%s\n", world->rig.rig);
	world_write(world, "run/lock", 0600, "");
	world_write(world, "run/rig", 0644, up);
	world_write(world, "run/tree/y", 0644, "");
	assert_int_equal(stage_keeper_create(&keeper, &config, NULL), STAGE_OK);
	assert_int_equal(kept.found, 1);
	first = kept.id.pid;
	kill(first, SIGKILL);
	run_until(&kept, &kept.found, 2);
	assert_int_not_equal(kept.id.pid, first);
	assert_int_equal(unlink(world_path(world, "run/rig")), 0);
	kill(kept.id.pid, SIGKILL);
	run_until(&kept, &kept.unwanted, 1);
	assert_int_equal(kept.found, 2);
	stage_keeper_destroy(keeper);
	stage_keeper_destroy(NULL);
	uv_run(&kept.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&kept.loop), 0);
}

static void
a_down_leaves_only_the_logs(void **state)
{
	struct world *world = *state;
	struct stage_stop_config config = {
		.asked = "a test", .level_ns = STAGE_NS_PER_S};
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_proc_id id;
	bool was_up;
	int lock;
	pid_t runsv;

	assert_int_equal(
		stage_supervisor_lock(&world->rig, &lock, &err), STAGE_OK);
	assert_int_equal(
		stage_rig_bring_up(&world->rig, &was_up, &err), STAGE_OK);
	assert_true(stage_supervisor_find(&world->rig, &id));
	// Its log role would need what is not installed here.
	assert_int_equal(
		stage_io_remove_tree(world_path(world, "run/tree/x/log"), NULL),
		STAGE_OK);
	runsv = world_start_runsv(world, "x",
		"#!/bin/sh\nexec env STAGECRAFT_TREE=\"$STAGECRAFT_TREE\" tail "
		"-f /dev/null\n");
	world_write(world, "run/log/x/current", 0644, "last words\n");
	assert_int_equal(
		stage_rig_shut_down(&world->rig, &config, &err), STAGE_OK);
	assert_int_equal(waitpid(runsv, NULL, 0), runsv);
	assert_int_equal(waitpid(id.pid, NULL, 0), id.pid);
	assert_int_equal(
		stage_io_list_dir(world->rig.run, &names, NULL), STAGE_OK);
	assert_int_equal(names.count, 2);
	assert_string_equal(names.items[0], "lock");
	assert_string_equal(names.items[1], "log");
	assert_true(world_holds(world, "run/log/x/current", "last words\n"));
	// One that is not up is fine.
	assert_int_equal(
		stage_rig_shut_down(&world->rig, &config, &err), STAGE_OK);
	stage_strv_finish(&names);
	close(lock);
}

// A child with the mark of the tree in its environment; deaf: it ignores TERM.
// An exec closes what is to be closed before its environment can be read.
static bool
has_environment(void *user)
{
	const pid_t *pid = user;
	char path[64];
	struct stage_str text = {0};
	bool has;

	snprintf(path, sizeof(path), "/proc/%ld/environ", (long)*pid);
	has = stage_io_read_file(path, STAGE_PATH_MAX * 2, &text, NULL) ==
		      STAGE_OK &&
	      text.len > 0;
	stage_str_finish(&text);
	return has;
}

static pid_t
start_stray(const struct world *world, bool is_deaf)
{
	char mark[STAGE_PATH_MAX + 32];
	char sh[] = "/bin/sh";
	char c[] = "-c";
	char deaf[] = "trap '' TERM; exec tail -f /dev/null";
	char meek[] = "exec tail -f /dev/null";
	char *argv[] = {sh, c, is_deaf ? deaf : meek, NULL};
	char *environment[] = {mark, NULL};
	int fds[2];
	char byte;
	pid_t pid;

	snprintf(mark, sizeof(mark), "STAGECRAFT_TREE=%s", world->rig.run);
	assert_int_equal(pipe(fds), 0);
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execve(sh, argv, environment);
		_exit(127);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0); // exec has closed it
	close(fds[0]);
	world_wait(has_environment, &pid);
	return pid;
}

static void
what_was_left_behind_is_ended(void **state)
{
	struct world *world = *state;
	pid_t meek = start_stray(world, false);
	pid_t deaf = start_stray(world, true);
	int fd;
	pid_t other = world_start_child(&fd);
	struct stage_proc_id id;

	assert_int_equal(stage_proc_identify(other, &id), STAGE_OK);
	stage_stray_end_tree(&world->rig, true);
	assert_int_equal(waitpid(meek, NULL, WNOHANG), meek);
	assert_int_equal(waitpid(deaf, NULL, WNOHANG), deaf);
	assert_true(stage_proc_alive(&id));
	world_end_child(other, fd);
}

static int
be_a_session(void)
{
	int fd;
	pid_t spared;
	pid_t left;
	struct stage_proc_id id;

	if (setsid() < 0) {
		return 1;
	}
	spared = world_start_child(&fd);
	left = world_start_child(&fd);
	// The leader ends the rest, but not itself nor whom it spares.
	stage_stray_end_session(&spared, 1);
	if (waitpid(left, NULL, WNOHANG) != left) {
		return 2;
	}
	return stage_proc_identify(spared, &id) == STAGE_OK ? 0 : 3;
}

static void
a_session_is_ended_but_for_some(void **state)
{
	int status;
	pid_t pid = fork();
	(void)state;

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		exit(be_a_session());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(a_second_up_changes_nothing),
		IN_A_WORLD(an_up_that_fails_is_not_up),
		IN_A_WORLD(a_keeper_starts_it_again_while_it_is_wanted),
		IN_A_WORLD(a_down_leaves_only_the_logs),
		IN_A_WORLD(what_was_left_behind_is_ended),
		IN_A_WORLD(a_session_is_ended_but_for_some),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
