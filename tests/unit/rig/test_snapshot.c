/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "failing_alloc.h"
#include "rig/tree.h"
#include "world.h"

static void
words_of_phases(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_PHASE_COUNT; i++) {
		assert_true(strlen(stage_phase_word((enum stage_phase)i)) > 2);
	}
	assert_string_equal(stage_phase_word(STAGE_PHASE_COUNT), "unknown");
	assert_true(stage_phase_is_settled(STAGE_PHASE_IDLE));
	assert_false(stage_phase_is_settled(STAGE_PHASE_WAITING));
}

enum marks {
	NOTHING,
	IS_READY,
	WAS_READY, // another process
	WAITS_INSIDE,
	WAITS_OUTSIDE,
	WAITS_BOTH,
	IS_HELD,
	HAS_FAILED,
};

static void
set_marks(struct world *world, enum marks marks)
{
	const struct stage_rig *rig = &world->rig;
	struct stage_process self = {.since_ns = stage_clock_now_ns()};
	struct stage_wait wait = {stage_clock_wall_ns() - STAGE_NS_PER_S, ""};
	struct stage_hold hold = {
		stage_clock_now_ns() + 20 * STAGE_NS_PER_S, 1, "crashed"};

	for (int i = 0; i < STAGE_MARK_COUNT; i++) {
		stage_mark_clear(rig, "x", (enum stage_mark)i);
	}
	assert_int_equal(stage_proc_identify(getpid(), &self.id), STAGE_OK);
	self.id.start += marks == WAS_READY;
	if (marks == IS_READY || marks == WAS_READY) {
		assert_int_equal(stage_mark_set_process(
					 rig, "x", STAGE_MARK_READY, &self),
			STAGE_OK);
	}
	if (marks >= WAITS_INSIDE && marks <= WAITS_BOTH) {
		snprintf(wait.text, sizeof(wait.text), "%s",
			marks == WAITS_INSIDE    ? "service:y"
			: marks == WAITS_OUTSIDE ? "alsa, file:/x, net:eth0"
						 : "alsa, jack");
		assert_int_equal(
			stage_mark_set_wait(rig, "x", &wait), STAGE_OK);
	}
	if (marks == IS_HELD || marks == HAS_FAILED) {
		hold.until_ns = marks == HAS_FAILED ? -1 : hold.until_ns;
		assert_int_equal(
			stage_mark_set_hold(rig, "x", &hold), STAGE_OK);
	}
}

static void
each_phase(void **state)
{
	static const struct {
		enum stage_runit_state runit;
		bool wants_up;
		bool term_sent;
		bool is_paused;
		enum marks marks;
		enum stage_phase phase;
		const char *note;
	} cases[] = {
#define UP STAGE_RUNIT_RUN, true, false, false
		{UP, NOTHING, STAGE_PHASE_STARTING, ""},
		{UP, IS_READY, STAGE_PHASE_READY, ""},
		{UP, WAS_READY, STAGE_PHASE_STARTING, ""},
		{UP, WAITS_INSIDE, STAGE_PHASE_WAITING,
			"waits for service:y since "},
		{UP, WAITS_OUTSIDE, STAGE_PHASE_IDLE, "waits for alsa, file"},
		{UP, WAITS_BOTH, STAGE_PHASE_WAITING, "waits for alsa, jack"},
		{UP, IS_HELD, STAGE_PHASE_STARTING, ""}, // tried again
		{STAGE_RUNIT_RUN, true, false, true, IS_READY,
			STAGE_PHASE_READY, "paused"},
		{STAGE_RUNIT_RUN, true, true, false, IS_READY,
			STAGE_PHASE_STOPPING, ""},
		{STAGE_RUNIT_RUN, false, false, false, IS_READY,
			STAGE_PHASE_STOPPING, ""},
		{STAGE_RUNIT_DOWN, true, false, false, NOTHING,
			STAGE_PHASE_STARTING, "starts again"},
		{STAGE_RUNIT_FINISH, true, false, false, IS_HELD,
			STAGE_PHASE_STARTING, "starts again"},
		{STAGE_RUNIT_FINISH, false, false, false, NOTHING,
			STAGE_PHASE_STOPPING, ""},
		{STAGE_RUNIT_DOWN, false, false, false, NOTHING,
			STAGE_PHASE_DOWN, ""},
		{STAGE_RUNIT_DOWN, false, false, false, IS_HELD,
			STAGE_PHASE_HELD, "crashed, next try in "},
		{STAGE_RUNIT_DOWN, false, false, false, HAS_FAILED,
			STAGE_PHASE_FAILED, "crashed"},
	};
	struct world *world = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};

	world_service(world, "x");
	world_supervise(world, "x", &status);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_service service;
		status = (struct stage_runit_status){.state = cases[i].runit,
			.wants_up = cases[i].wants_up,
			.term_sent = cases[i].term_sent,
			.is_paused = cases[i].is_paused,
			.since_wall_ns = stage_clock_wall_ns()};
		status.pid = status.state != STAGE_RUNIT_DOWN ? getpid() : 0;
		world_set_status(world, "x", &status);
		set_marks(world, cases[i].marks);
		assert_int_equal(
			stage_snapshot_one(&world->rig, "x", &service, NULL),
			STAGE_OK);
		assert_int_equal(service.phase, cases[i].phase);
		assert_true(stage_starts_with(service.note, cases[i].note));
		assert_true(service.is_supervised);
		assert_true(service.up_ns >= 0);
		assert_int_equal(service.pid,
			status.state == STAGE_RUNIT_RUN ? getpid() : 0);
	}
}

static void
what_its_program_says_is_shown_while_it_is_ready(void **state)
{
	struct world *world = *state;
	struct stage_service service;
	struct stage_runit_status status = {.state = STAGE_RUNIT_RUN,
		.pid = getpid(),
		.wants_up = true,
		.since_wall_ns = stage_clock_wall_ns()};

	world_service(world, "x");
	world_supervise(world, "x", &status);
	set_marks(world, IS_READY);
	assert_int_equal(stage_mark_set_text(&world->rig, "x", STAGE_MARK_NOTE,
				 "plays on a comb"),
		STAGE_OK);
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_string_equal(service.note, "plays on a comb");
	set_marks(world, NOTHING);
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_string_equal(service.note, "");
}

static void
without_a_runsv_it_is_new(void **state)
{
	struct world *world = *state;
	struct stage_service service;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};

	world_service(world, "x");
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_int_equal(service.phase, STAGE_PHASE_NEW);
	world_supervise(world, "x", &status);
	close(world->fds[0]); // supervise/ok has no reader any more
	close(world->fds[1]);
	world->fd_count = 0;
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_int_equal(service.phase, STAGE_PHASE_NEW);
	assert_false(service.is_supervised);
}

// runsvdir takes no more, and whom it leaves out it does not say.
static void
one_of_too_many_is_told(void **state)
{
	struct world *world = *state;
	struct stage_service service;
	char path[64];

	world_service(world, "x");
	for (int i = 0; i < STAGE_TREE_MAX; i++) {
		snprintf(path, sizeof(path), "run/tree/s%d", i);
		assert_int_equal(
			stage_io_make_dirs(world_path(world, "%s", path), NULL),
			STAGE_OK);
	}
	world_write(world, "run/tree/.gone-1-2-y/run", 0755, "");
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_int_equal(service.phase, STAGE_PHASE_NEW);
	world_write(world, "run/tree/x/run", 0755, "");
	assert_int_equal(
		stage_snapshot_one(&world->rig, "x", &service, NULL), STAGE_OK);
	assert_int_equal(service.phase, STAGE_PHASE_IDLE);
	assert_non_null(strstr(service.note, "1000 services at most"));
}

static void
all_services_and_their_json(void **state)
{
	struct world *world = *state;
	struct stage_services services;
	struct stage_deaths deaths = {0};
	struct stage_death death = {.exit_code = 3};
	json_t *json;

	world_service(world, "b");
	world_service(world, "a");
	world_service(world, "off.DISABLED");
	assert_int_equal(stage_mark_prepare(&world->rig, "a", NULL), STAGE_OK);
	stage_deaths_add(&deaths, &death);
	assert_int_equal(
		stage_deaths_save(&world->rig, "a", &deaths), STAGE_OK);
	assert_int_equal(
		stage_snapshot_all(&world->rig, &services, NULL), STAGE_OK);
	assert_int_equal(services.count, 4);
	assert_string_equal(services.items[0].name, "a");
	assert_string_equal(services.items[2].name, "off");
	assert_int_equal(services.items[2].phase, STAGE_PHASE_DISABLED);
	assert_string_equal(services.items[3].name, STAGE_WATCH_SERVICE);
	json = stage_snapshot_to_json(&services.items[0]);
	assert_non_null(json);
	assert_string_equal(
		json_string_value(json_object_get(json, "last_exit")),
		"failed: exit 3");
	assert_int_equal(
		json_integer_value(json_object_get(json, "crashes")), 1);
	assert_string_equal(
		json_string_value(json_object_get(json, "state")), "new");
	json_decref(json);
	stage_snapshot_finish(&services);
	stage_snapshot_finish(&services);
	stage_snapshot_finish(NULL);
}

static void
names_that_are_not_there(void **state)
{
	struct world *world = *state;
	struct stage_service service;
	struct stage_services services;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_snapshot_one(&world->rig, "x", &service, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "there are: none"));
	world_service(world, "a b");
	world_service(world, "c");
	world_service(world, "off.DISABLED");
	assert_int_equal(stage_snapshot_one(&world->rig, "x", &service, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "there are: a b, c"));
	assert_int_equal(
		stage_snapshot_one(&world->rig, "../c", &service, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_snapshot_one(&world->rig, "off", &service, &err),
		STAGE_OK);
	assert_int_equal(service.phase, STAGE_PHASE_DISABLED);
	assert_int_equal(stage_snapshot_one(&world->rig, STAGE_WATCH_SERVICE,
				 &service, &err),
		STAGE_OK);
	assert_int_equal(rename(world_path(world, "rig/services"),
				 world_path(world, "away")),
		0);
	assert_int_equal(stage_snapshot_all(&world->rig, &services, &err),
		STAGE_NOT_FOUND);
	assert_int_equal(stage_snapshot_one(&world->rig, "x", &service, &err),
		STAGE_NOT_FOUND);
}

static enum stage_status
read_all(void *user)
{
	struct world *world = user;
	struct stage_services services;
	enum stage_status status =
		stage_snapshot_all(&world->rig, &services, NULL);

	stage_snapshot_finish(&services);
	return status;
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;

	world_service(world, "a");
	world_service(world, "off.DISABLED");
	assert_true(failing_alloc_sweep_tolerant(read_all, world) > 5);
}

int
main(void)
{
#define IN_A_WORLD(name)                                                       \
	cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_of_phases),
		IN_A_WORLD(each_phase),
		IN_A_WORLD(what_its_program_says_is_shown_while_it_is_ready),
		IN_A_WORLD(without_a_runsv_it_is_new),
		IN_A_WORLD(one_of_too_many_is_told),
		IN_A_WORLD(all_services_and_their_json),
		IN_A_WORLD(names_that_are_not_there),
		IN_A_WORLD(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
