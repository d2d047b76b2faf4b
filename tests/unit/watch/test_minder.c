/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/minder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/crash_record.h"
#include "rig/mark.h"
#include "rig/path_watch.h"
#include "runit/control.h"
#include "world.h"

struct minded {
	struct world world;
	uv_loop_t loop;
	struct stage_minder *minder;
	unsigned calls;
};

static void
on_changed(void *user, const char *service)
{
	struct minded *self = user;

	assert_string_equal(service, "x");
	self->calls++;
}

static int
setup(void **state)
{
	struct minded *self = calloc(1, sizeof(*self));

	world_init(&self->world);
	world_service(&self->world, "x");
	assert_int_equal(uv_loop_init(&self->loop), 0);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct minded *self = *state;

	stage_minder_destroy(self->minder);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	world_finish(&self->world);
	free(self);
	return 0;
}

static void
mind(struct minded *self)
{
	struct stage_minder_config config = {.loop = &self->loop,
		.rig = &self->world.rig,
		.service = "x",
		.changed = on_changed,
		.user = self};

	assert_int_equal(
		stage_minder_create(&self->minder, &config, NULL), STAGE_OK);
	assert_string_equal(stage_minder_service(self->minder), "x");
}

static void
on_tick(uv_timer_t *timer)
{
	(void)timer;
}

// Runs the loop for that long, or until a path of the world is there.
static void
run(struct minded *self, unsigned ms, const char *path)
{
	int64_t deadline_ns = stage_clock_now_ns() + ms * STAGE_NS_PER_MS;
	uv_timer_t tick;

	uv_timer_init(&self->loop, &tick);
	uv_timer_start(&tick, on_tick, 2, 2);
	while (stage_clock_until_ms(deadline_ns) > 0 &&
		(path == NULL || !world_has(&self->world, path))) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
	uv_close((uv_handle_t *)&tick, NULL);
	uv_run(&self->loop, UV_RUN_NOWAIT);
}

static void
a_hold_that_is_over_is_released_once(void **state)
{
	struct minded *self = *state;
	struct stage_hold hold = {.level = 1, .text = "crashed"};
	pid_t pid = world_start_runsv(
		&self->world, "x", "#!/bin/sh\n>up\nexec tail -f /dev/null\n");

	hold.until_ns = stage_clock_now_ns() + 2 * STAGE_NS_PER_S;
	assert_int_equal(
		stage_runit_control(
			world_path(&self->world, "run/tree/x"), "d", NULL),
		STAGE_OK);
	assert_int_equal(
		stage_mark_set_hold(&self->world.rig, "x", &hold), STAGE_OK);
	mind(self);
	run(self, 300, NULL);
	unlink(world_path(&self->world, "run/tree/x/up"));
	run(self, WORLD_DEADLINE_MS, "run/tree/x/up");
	assert_true(stage_clock_now_ns() >= hold.until_ns);
	assert_true(world_has(&self->world, "run/tree/x/up"));
	run(self, 300, NULL); // its news settle
	// The mark stays, and no word to runsv makes the next one.
	assert_true(stage_mark_get_hold(&self->world.rig, "x", &hold));
	self->calls = 0;
	run(self, 500, NULL);
	assert_true(self->calls <= 2);
	world_end_runsv(pid);
}

// More events than the system keeps, in a directory that this loop watches:
// what comes after them is dropped.
static void
overflow_events(const struct world *world)
{
	struct stage_str text = {0};
	long max;
	FILE *file;

	assert_int_equal(
		stage_io_read_file("/proc/sys/fs/inotify/max_queued_events", 64,
			&text, NULL),
		STAGE_OK);
	max = strtol(stage_str_text(&text), NULL, 10);
	stage_str_finish(&text);
	for (long i = 0; i <= max / 2; i++) { // each is made and removed
		file = fopen(world_path(world, "flood/file"), "w");
		assert_non_null(file);
		fclose(file);
		unlink(world_path(world, "flood/file"));
	}
}

static void
on_flood(void *user)
{
	(void)user;
}

static void
what_the_system_dropped_is_found_by_a_look(void **state)
{
	struct minded *self = *state;
	struct stage_hold hold = {.until_ns = 1, .level = 1, .text = "crashed"};
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	struct stage_path_watch *flood;
	char sent[16];

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	assert_int_equal(
		stage_mark_prepare(&self->world.rig, "x", NULL), STAGE_OK);
	world_write(&self->world, "flood/first", 0644, "");
	assert_int_equal(stage_path_watch_create(&flood, &self->loop,
				 world_path(&self->world, "flood/other"),
				 on_flood, self, NULL),
		STAGE_OK);
	mind(self);
	run(self, 100, NULL);
	overflow_events(&self->world);
	assert_int_equal(
		stage_mark_set_hold(&self->world.rig, "x", &hold), STAGE_OK);
	run(self, 100, NULL);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "");
	stage_minder_look(self->minder);
	run(self, 100, NULL);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "u");
	stage_path_watch_destroy(flood);
}

static void
one_for_good_is_lifted_by_a_change_only(void **state)
{
	struct minded *self = *state;
	struct stage_hold hold = {-1, 1, "gave up"};
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	char sent[16];

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	assert_int_equal(
		stage_mark_set_hold(&self->world.rig, "x", &hold), STAGE_OK);
	mind(self);
	run(self, 100, NULL);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "");
	stage_minder_lift_hold(self->minder);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "u");
	assert_false(stage_mark_get_hold(&self->world.rig, "x", &hold));
	stage_minder_lift_hold(self->minder); // none is there
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "");
}

// What the minder sends to a service held for good that ended that long ago,
// after its directory was touched just now.
static void
touch(struct minded *self, int64_t ended_ago_ns, const char *expected)
{
	struct stage_hold hold = {-1, 1, "gave up"};
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	char sent[16];

	world_is_up(&self->world);
	world_service(&self->world, "x");
	status.since_wall_ns = stage_clock_wall_ns() - ended_ago_ns;
	world_supervise(&self->world, "x", &status);
	assert_int_equal(
		stage_mark_set_hold(&self->world.rig, "x", &hold), STAGE_OK);
	mind(self);
	run(self, 100, NULL);
	stage_minder_touched(self->minder);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, expected);
}

// Its working directory is its own.
static void
what_a_service_wrote_before_its_end_lifts_nothing(void **state)
{
	touch(*state, -STAGE_NS_PER_S * 60, "");
}

static void
what_came_after_its_end_lifts_a_hold(void **state)
{
	touch(*state, STAGE_NS_PER_S * 60, "u");
}

// It gives up, that long after now by the wall clock.
static void
give_up(struct minded *self, int64_t ended_ns, int64_t ran_ns)
{
	struct stage_hold hold = {-1, 1, "gave up"};
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	struct stage_deaths deaths;
	struct stage_death death = {.wall_ns = stage_clock_wall_ns() + ended_ns,
		.mono_ns = stage_clock_now_ns(),
		.ran_ns = ran_ns,
		.exit_code = 100};

	status.since_wall_ns = death.wall_ns;
	world_set_status(&self->world, "x", &status);
	assert_int_equal(
		stage_mark_prepare(&self->world.rig, "x", NULL), STAGE_OK);
	stage_deaths_load(&self->world.rig, "x", &deaths);
	stage_deaths_add(&deaths, &death);
	assert_int_equal(
		stage_deaths_save(&self->world.rig, "x", &deaths), STAGE_OK);
	assert_int_equal(
		stage_mark_set_hold(&self->world.rig, "x", &hold), STAGE_OK);
}

// What the minder says to it then; "" or "u", to try it again.
static void
expect_said(struct minded *self, const char *expected)
{
	char sent[16];

	run(self, 100, NULL);
	stage_minder_look(self->minder);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, expected);
}

// A value that was written in two steps, read between them.
static void
what_changed_while_it_ran_lifts_a_hold_for_good_once(void **state)
{
	struct minded *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	world_write(&self->world, "rig/services/x/env/VALUE", 0644, "1\n");
	give_up(self, STAGE_NS_PER_S * 10, STAGE_NS_PER_S * 60);
	mind(self);
	expect_said(self, "u");
	give_up(self, STAGE_NS_PER_S * 20, STAGE_NS_PER_S * 60);
	expect_said(self, ""); // it may write there itself
	stage_minder_lift_hold(self->minder);
	expect_said(self, "u");
	give_up(self, STAGE_NS_PER_S * 30, STAGE_NS_PER_S * 60);
	expect_said(self, "u"); // somebody had tried it since
}

static void
all_that_it_is_started_by_counts(void **state)
{
	static const char *const names[] = {"run", "provides", "needs", "ready",
		"stop", "rack", "env/VALUE", "env-all/VALUE"};
	struct minded *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	char path[STAGE_PATH_MAX];

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	give_up(self, STAGE_NS_PER_S * 60, STAGE_NS_PER_S * 10);
	mind(self);
	expect_said(self, "");
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		stage_minder_lift_hold(self->minder);
		expect_said(self, "u");
		snprintf(path, sizeof(path), "rig/services/x/%s", names[i]);
		world_write(&self->world, path, 0644, "1\n");
		give_up(self, STAGE_NS_PER_S * 10, STAGE_NS_PER_S * 60);
		expect_said(self, "u");
		stage_rig_path(
			&self->world.rig, path, "services/x/%s", names[i]);
		unlink(path);
		if (strchr(names[i], '/') != NULL) {
			*strrchr(path, '/') = '\0';
			assert_int_equal(rmdir(path), 0);
		}
		give_up(self, STAGE_NS_PER_S * 60, STAGE_NS_PER_S * 10);
		expect_said(self, "");
	}
}

static void
what_it_wrote_beside_itself_lifts_nothing(void **state)
{
	struct minded *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	char run_script[STAGE_PATH_MAX];

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	world_write(&self->world, "rig/services/x/own.log", 0644, "1\n");
	stage_rig_path(&self->world.rig, run_script, "services/x/run");
	unlink(run_script); // it is as young as the log
	give_up(self, STAGE_NS_PER_S * 10, STAGE_NS_PER_S * 60);
	mind(self);
	expect_said(self, "");
}

static void
what_it_had_found_lifts_nothing(void **state)
{
	struct minded *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};

	world_is_up(&self->world);
	world_supervise(&self->world, "x", &status);
	world_write(&self->world, "rig/services/x/env/VALUE", 0644, "1\n");
	give_up(self, STAGE_NS_PER_S * 60, STAGE_NS_PER_S * 10);
	mind(self);
	expect_said(self, "");
	give_up(self, STAGE_NS_PER_S * 60, -1); // who knows
	expect_said(self, "");
}

static void
add_death(struct minded *self, int64_t wall_ns, int64_t mono_ns)
{
	struct stage_deaths deaths;
	struct stage_death death = {
		.wall_ns = wall_ns, .mono_ns = mono_ns, .exit_code = 1};

	assert_int_equal(
		stage_mark_prepare(&self->world.rig, "x", NULL), STAGE_OK);
	stage_deaths_load(&self->world.rig, "x", &deaths);
	stage_deaths_add(&deaths, &death);
	assert_int_equal(
		stage_deaths_save(&self->world.rig, "x", &deaths), STAGE_OK);
}

static json_t *
load_record(struct minded *self)
{
	return json_load_file(
		world_path(&self->world, "rig/state/crashes/x.json"), 0, NULL);
}

static void
deaths_reach_the_disk_with_their_last_lines(void **state)
{
	struct minded *self = *state;
	json_t *record;

	add_death(self, 100, 1);
	world_write(&self->world, "run/log/x/current", 0644,
		"2026 first\n2026 bad \xff byte\n2026 last words\n");
	mind(self);
	run(self, WORLD_DEADLINE_MS, "rig/state/crashes/x.json");
	record = load_record(self);
	assert_int_equal(json_array_size(record), 1);
	json_decref(record);
	// The wall clock is set back: it is another death all the same.
	add_death(self, 50, 2);
	run(self, 500, NULL);
	record = load_record(self);
	assert_int_equal(json_array_size(record), 2);
	assert_string_equal(
		json_string_value(json_array_get(
			json_object_get(json_array_get(record, 1), "lines"),
			1)),
		"2026 last words");
	json_decref(record);
}

static void
records_that_cannot_be_kept(void **state)
{
	struct minded *self = *state;
	struct stage_deaths deaths = {0};
	struct stage_death death = {.mono_ns = 1};
	struct stage_err err = STAGE_ERR_INIT;
	json_t *record;

	stage_deaths_add(&deaths, &death);
	world_write(&self->world, "rig/state/crashes/x.json", 0644, "{}");
	assert_int_equal(
		stage_crash_record_save(&self->world.rig, "x", &deaths, &err),
		STAGE_OK);
	assert_true(world_has(&self->world, "rig/state/crashes/x.json.1"));
	assert_int_equal(rename(world_path(&self->world, "rig"),
				 world_path(&self->world, "pulled")),
		0);
	assert_int_equal(
		stage_crash_record_save(&self->world.rig, "x", &deaths, &err),
		STAGE_OK);
	assert_false(world_has(&self->world, "rig"));
	record = stage_crash_record_load(&self->world.rig, "x");
	assert_int_equal(json_array_size(record), 0);
	json_decref(record);
	world_write(&self->world, "rig/services/x/run", 0755, "");
	world_write(&self->world, "rig/state", 0644, "");
	assert_int_equal(
		stage_crash_record_save(&self->world.rig, "x", &deaths, &err),
		STAGE_EXISTS);
}

static void
only_the_last_twenty_stay_on_disk(void **state)
{
	struct minded *self = *state;
	json_t *record;

	for (int round = 0; round < 3; round++) {
		struct stage_deaths deaths = {0};
		for (int i = 0; i < 15; i++) {
			struct stage_death death = {
				.wall_ns = round * 100 + i, .mono_ns = i};
			stage_deaths_add(&deaths, &death);
		}
		assert_int_equal(stage_crash_record_save(
					 &self->world.rig, "x", &deaths, NULL),
			STAGE_OK);
	}
	record = load_record(self);
	assert_int_equal(json_array_size(record), STAGE_DEATHS_KEPT);
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(record, 19), "wall_ns")),
		214);
	json_decref(record);
}

// Each start of the watcher asks for it, of every service.
static void
what_is_known_is_not_written_again(void **state)
{
	struct minded *self = *state;
	struct stage_deaths deaths = {0};
	struct stage_death death = {.mono_ns = 1};
	const char *file = "rig/state/crashes/x.json";

	stage_deaths_add(&deaths, &death);
	assert_int_equal(
		stage_crash_record_save(&self->world.rig, "x", &deaths, NULL),
		STAGE_OK);
	assert_true(world_has(&self->world, file));
	assert_int_equal(
		stage_crash_record_save(&self->world.rig, "x", &deaths, NULL),
		STAGE_OK);
	assert_false(world_has(&self->world, "rig/state/crashes/x.json.1"));
}

// The writing goes on without its minder, and its loop waits for it.
static void
a_minder_that_goes_leaves_its_record(void **state)
{
	struct minded *self = *state;
	json_t *record;

	add_death(self, 100, 1);
	mind(self);
	while (!stage_minder_is_saving(self->minder)) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
	stage_minder_destroy(self->minder);
	self->minder = NULL;
	uv_run(&self->loop, UV_RUN_DEFAULT);
	record = load_record(self);
	assert_int_equal(json_array_size(record), 1);
	json_decref(record);
}

int
main(void)
{
#define MINDED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		MINDED(a_hold_that_is_over_is_released_once),
		MINDED(what_the_system_dropped_is_found_by_a_look),
		MINDED(one_for_good_is_lifted_by_a_change_only),
		MINDED(what_a_service_wrote_before_its_end_lifts_nothing),
		MINDED(what_came_after_its_end_lifts_a_hold),
		MINDED(what_changed_while_it_ran_lifts_a_hold_for_good_once),
		MINDED(all_that_it_is_started_by_counts),
		MINDED(what_it_wrote_beside_itself_lifts_nothing),
		MINDED(what_it_had_found_lifts_nothing),
		MINDED(deaths_reach_the_disk_with_their_last_lines),
		MINDED(records_that_cannot_be_kept),
		MINDED(only_the_last_twenty_stay_on_disk),
		MINDED(what_is_known_is_not_written_again),
		MINDED(a_minder_that_goes_leaves_its_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
