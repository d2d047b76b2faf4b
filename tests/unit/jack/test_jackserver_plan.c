/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <pthread.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jackserver/plan.h"
#include "jackserver/realtime.h"

static struct stage_err err;
static struct stage_jackserver_config config;
static struct stage_plan plan;

static int
setup(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	stage_jackserver_config_init(&config);
	return 0;
}

static void
drivers(void **state)
{
	static const struct {
		const char *driver;
		const char *device; // "": none is named
		const char *fixed;  // "": the wishes decide
		const char *fixed_device;
	} cases[] = {
		{"auto", "", "", ""},
		{"auto", "hw:X", "", ""},
		{"alsa", "", "", ""},
		{"alsa", "hw:X,1", "", ""},
		{"dummy", "", "dummy", ""},
		{"netone", "", "netone", ""},
		{"firewire", "hw:0", "firewire", "hw:0"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		size_t wrong;
		strcpy(config.driver, cases[i].driver);
		config.wish_count = cases[i].device[0] != '\0';
		assert_int_equal(
			stage_wish_parse(&cases[i].device, config.wish_count,
				&config.wishes[0], &wrong, &err),
			STAGE_OK);
		stage_plan_make(&config, STAGE_OK, &err, true, &plan);
		assert_string_equal(plan.chooser.driver, cases[i].fixed);
		assert_string_equal(plan.chooser.device, cases[i].fixed_device);
		assert_int_equal(plan.chooser.wish_count, config.wish_count);
		assert_int_equal(
			stage_plan_is_free(&config), cases[i].fixed[0] == '\0');
	}
	assert_true(plan.chooser.can_probe);
}

static void
realtime(void **state)
{
	static const struct {
		int setting;
		enum stage_status probed;
		bool is_realtime;
		const char *why;
	} cases[] = {
		{STAGE_JACKSERVER_REALTIME_AUTO, STAGE_OK, true, ""},
		{STAGE_JACKSERVER_REALTIME_YES, STAGE_OK, true, ""},
		{STAGE_JACKSERVER_REALTIME_NO, STAGE_OK, false,
			"the settings forbid it"},
		{STAGE_JACKSERVER_REALTIME_AUTO, STAGE_DENIED, false, "denied"},
		{STAGE_JACKSERVER_REALTIME_YES, STAGE_DENIED, false, "denied"},
		{STAGE_JACKSERVER_REALTIME_NO, STAGE_DENIED, false,
			"the settings forbid it"},
	};
	(void)state;

	stage_err_set(&err, STAGE_DENIED, "denied");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		config.realtime = cases[i].setting;
		stage_plan_make(&config, cases[i].probed, &err, false, &plan);
		assert_int_equal(
			plan.chooser.base.is_realtime, cases[i].is_realtime);
		assert_string_equal(plan.why_realtime, cases[i].why);
	}
	assert_int_equal(plan.chooser.base.ports, 1024);
	assert_int_equal(plan.chooser.base.priority, 70);
	assert_string_equal(plan.chooser.base.server, "default");
}

static void
the_running_process_is_looked_at(void **state)
{
	struct stage_realtime_memory memory;
	enum stage_status status = stage_realtime_probe(1, &err);
	int highest = -1;
	(void)state;

	assert_true(status == STAGE_OK || status == STAGE_DENIED);
	assert_int_equal(stage_realtime_count_threads(&highest), 0);
	assert_int_equal(highest, 0);
	assert_int_equal(stage_realtime_count_threads(NULL), 0);
	stage_realtime_read_memory(&memory);
	assert_true(memory.locked_kb >= 0);
	assert_true(memory.limit_kb >= -1);
	// no such priority: a sentence, and nothing breaks
	assert_int_equal(stage_realtime_probe(1000, &err), STAGE_DENIED);
	assert_non_null(strstr(err.text, "RLIMIT_RTPRIO"));
}

struct held {
	pthread_mutex_t mutex;
	pthread_cond_t changed;
	bool has_started;
	bool is_over;
	int result;
};

static void *
hold_fifo(void *arg)
{
	struct sched_param param = {.sched_priority = 3};
	struct held *held = arg;

	pthread_mutex_lock(&held->mutex);
	held->result =
		pthread_setschedparam(pthread_self(), SCHED_FIFO, &param);
	held->has_started = true;
	pthread_cond_broadcast(&held->changed);
	while (!held->is_over) {
		pthread_cond_wait(&held->changed, &held->mutex);
	}
	pthread_mutex_unlock(&held->mutex);
	return NULL;
}

static void
real_time_threads_are_counted(void **state)
{
	struct held held = {.mutex = PTHREAD_MUTEX_INITIALIZER,
		.changed = PTHREAD_COND_INITIALIZER};
	int highest = 0;
	size_t count;
	pthread_t thread;
	(void)state;

	assert_int_equal(pthread_create(&thread, NULL, hold_fifo, &held), 0);
	pthread_mutex_lock(&held.mutex);
	while (!held.has_started) {
		pthread_cond_wait(&held.changed, &held.mutex);
	}
	pthread_mutex_unlock(&held.mutex);
	count = stage_realtime_count_threads(&highest);
	pthread_mutex_lock(&held.mutex);
	held.is_over = true;
	pthread_cond_broadcast(&held.changed);
	pthread_mutex_unlock(&held.mutex);
	pthread_join(thread, NULL);
	if (held.result != 0) {
		skip(); // not permitted here
	}
	assert_int_equal(count, 1);
	assert_int_equal(highest, 3);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
	const struct CMUnitTest tests[] = {
		TEST(drivers),
		TEST(realtime),
		TEST(the_running_process_is_looked_at),
		TEST(real_time_threads_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
