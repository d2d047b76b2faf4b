/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Stops and starts, with a real runsv.

#include "rig/stop.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rig/control.h"
#include "rig/mark.h"
#include "world.h"

#define STAYS "#!/bin/sh\n>up\nexec tail -f /dev/null\n"
#define SLOW_NS (400 * STAGE_NS_PER_MS)
#define IGNORES_TERM "#!/bin/sh\ntrap '' TERM\n>up\nexec tail -f /dev/null\n"

struct told {
	char text[256];
};

static void
on_stopped(void *user, const char *service, bool was_killed)
{
	struct told *told = user;
	size_t len = strlen(told->text);

	snprintf(told->text + len, sizeof(told->text) - len, "%s%s ", service,
		was_killed ? "(killed)" : "");
}

static bool
is_up(void *user)
{
	return access(user, F_OK) == 0;
}

static pid_t
start(struct world *world, const char *name, const char *run)
{
	char up[STAGE_PATH_MAX];
	pid_t pid = world_start_runsv(world, name, run);

	world_service(world, name);
	snprintf(up, sizeof(up), "%s",
		world_path(world, "run/tree/%s/up", name));
	world_wait(is_up, up);
	assert_int_equal(unlink(up), 0);
	return pid;
}

static void
those_that_need_it_are_stopped_before_and_wait(void **state)
{
	struct world *world = *state;
	struct told told = {""};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	char up[STAGE_PATH_MAX];
	pid_t base = start(world, "base", STAYS);
	pid_t top = start(world, "top", STAYS);

	world_is_up(world);
	world_write(world, "rig/services/top/needs", 0644, "service:base\n");
	assert_int_equal(stage_strv_add(&names, "base"), STAGE_OK);
	assert_true(stage_stop_is_running(&world->rig, "base"));
	assert_int_equal(stage_control_stop(&world->rig, &names, "a test",
				 on_stopped, &told, &err),
		STAGE_OK);
	assert_string_equal(told.text, "top base ");
	assert_false(stage_stop_is_running(&world->rig, "base"));
	assert_true(world_holds(world, "run/svc/base/asked", "a test\n"));
	snprintf(up, sizeof(up), "%s", world_path(world, "run/tree/top/up"));
	world_wait(is_up, up);
	snprintf(up, sizeof(up), "%s", world_path(world, "run/tree/base/up"));
	assert_false(is_up(up));
	assert_int_equal(
		stage_control_start(&world->rig, "base", &err), STAGE_OK);
	assert_false(world_has(world, "run/svc/base/asked"));
	world_wait(is_up, up);
	world_end_runsv(base);
	world_end_runsv(top);
	assert_int_equal(
		stage_control_start(&world->rig, "base", &err), STAGE_GONE);
	assert_non_null(strstr(err.text, "base"));
	stage_strv_finish(&names);
}

static void
what_ignores_term_is_killed_in_time(void **state)
{
	struct world *world = *state;
	struct told told = {""};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_stop_config config = {.asked = "a test",
		.level_ns = STAGE_NS_PER_S,
		.stopped = on_stopped,
		.user = &told};
	pid_t deaf = start(world, "deaf", IGNORES_TERM);
	pid_t good = start(world, "good", STAYS);

	assert_int_equal(stage_stop_all(&world->rig, &config, &err), STAGE_OK);
	assert_non_null(strstr(told.text, "good "));
	assert_non_null(strstr(told.text, "deaf(killed) "));
	world_end_runsv(deaf);
	world_end_runsv(good);
}

struct slow {
	struct world *world;
	struct told told;
	const char *next; // the one that ends when the level's time is over
	int64_t until_ns;
};

static bool
is_over(void *user)
{
	return stage_clock_now_ns() > ((struct slow *)user)->until_ns;
}

static bool
next_has_ended(void *user)
{
	struct slow *slow = user;

	return !stage_stop_is_running(&slow->world->rig, slow->next);
}

static void
on_slow_stopped(void *user, const char *service, bool was_killed)
{
	struct slow *slow = user;
	struct stage_runit_status status;

	on_stopped(&slow->told, service, was_killed);
	slow->next = strcmp(service, "none") == 0     ? "second"
		     : strcmp(service, "second") == 0 ? "first"
						      : NULL;
	if (slow->next == NULL) {
		return;
	}
	slow->until_ns = stage_clock_now_ns() + SLOW_NS;
	world_wait(is_over, slow);
	assert_int_equal(
		stage_runit_status_read(
			world_path(slow->world, "run/tree/%s", slow->next),
			&status, NULL),
		STAGE_OK);
	if (status.pid > 0) {
		kill(status.pid, SIGKILL);
	}
	world_wait(next_has_ended, slow);
}

// Each ends only after the time that all of them have.
static void
those_that_end_one_by_one_are_waited_for(void **state)
{
	struct world *world = *state;
	struct slow slow = {.world = world};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	struct stage_stop_config config = {.asked = "a test",
		.level_ns = SLOW_NS / 2,
		.stopped = on_slow_stopped,
		.user = &slow};
	pid_t first = start(world, "first", IGNORES_TERM);
	pid_t second = start(world, "second", IGNORES_TERM);

	assert_int_equal(stage_strv_add(&names, "first"), STAGE_OK);
	assert_int_equal(stage_strv_add(&names, "second"), STAGE_OK);
	assert_int_equal(stage_strv_add(&names, "none"), STAGE_OK);
	assert_int_equal(
		stage_stop_level(&world->rig, &names, &config, &err), STAGE_OK);
	assert_string_equal(slow.told.text, "none second first ");
	world_end_runsv(first);
	world_end_runsv(second);
	stage_strv_finish(&names);
}

static void
an_orphan_is_stopped_too(void **state)
{
	struct world *world = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	struct stage_stop_config config = {
		.asked = "a test", .level_ns = STAGE_NS_PER_S};
	struct stage_process process = {.since_ns = 1};
	int fd;
	pid_t pid = world_start_child(&fd);

	// Its runsv has gone; only our mark tells of it.
	assert_int_equal(stage_mark_prepare(&world->rig, "x", NULL), STAGE_OK);
	assert_int_equal(stage_proc_identify(pid, &process.id), STAGE_OK);
	assert_int_equal(stage_mark_set_process(&world->rig, "x",
				 STAGE_MARK_PROCESS, &process),
		STAGE_OK);
	assert_true(stage_stop_is_running(&world->rig, "x"));
	assert_int_equal(stage_strv_add(&names, "x"), STAGE_OK);
	assert_int_equal(
		stage_stop_level(&world->rig, &names, &config, &err), STAGE_OK);
	assert_false(stage_stop_is_running(&world->rig, "x"));
	world_end_child(pid, fd);
	stage_strv_finish(&names);
}

static void
a_retry_keeps_the_mark_and_a_start_lifts_it(void **state)
{
	struct world *world = *state;
	struct stage_hold hold = {5, 1, "why"};
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	char sent[16];

	world_supervise(world, "x", &status);
	assert_int_equal(
		stage_mark_set_hold(&world->rig, "x", &hold), STAGE_OK);
	stage_control_retry(&world->rig, "x");
	stage_control_retry(&world->rig, "none");
	world_read_control(world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "u");
	assert_true(stage_mark_get_hold(&world->rig, "x", &hold));
	// Not while the rig is taken down.
	assert_int_equal(
		stage_control_start(&world->rig, "x", NULL), STAGE_GONE);
	assert_true(stage_mark_get_hold(&world->rig, "x", &hold));
	world_is_up(world);
	assert_int_equal(stage_control_start(&world->rig, "x", NULL), STAGE_OK);
	world_read_control(world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "u");
	assert_false(stage_mark_get_hold(&world->rig, "x", &hold));
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		IN_A_WORLD(those_that_need_it_are_stopped_before_and_wait),
		IN_A_WORLD(what_ignores_term_is_killed_in_time),
		IN_A_WORLD(those_that_end_one_by_one_are_waited_for),
		IN_A_WORLD(an_orphan_is_stopped_too),
		IN_A_WORLD(a_retry_keeps_the_mark_and_a_start_lifts_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
