/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <pthread.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jackserver/cards.h"
#include "jackserver/plan.h"
#include "jackserver/realtime.h"
#include "scratch.h"

static struct scratch scratch;
static struct stage_err err;
static struct stage_jackserver_config config;
static struct stage_plan plan;

static int
setup(void **state)
{
	(void)state;
	scratch_init(&scratch);
	memset(&err, 0, sizeof(err));
	stage_jackserver_config_init(&config);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

// A card as /proc/asound shows it. pcm < 0: one that only records.
static void
add_card(int number, const char *id, int pcm, const char *pcm_name)
{
	char path[128];
	char text[128];

	snprintf(path, sizeof(path), "card%d", number);
	mkdir(scratch_path(&scratch, path), 0700);
	snprintf(path, sizeof(path), "card%d/id", number);
	snprintf(text, sizeof(text), "%s\n", id);
	scratch_write(&scratch, path, text);
	snprintf(path, sizeof(path), "card%d/pcm%d%c", number,
		pcm < 0 ? 0 : pcm, pcm < 0 ? 'c' : 'p');
	mkdir(scratch_path(&scratch, path), 0700);
	snprintf(path, sizeof(path), "card%d/pcm%d%c/info", number,
		pcm < 0 ? 0 : pcm, pcm < 0 ? 'c' : 'p');
	snprintf(text, sizeof(text), "card: %d\nname: %s\nsubdevices: 1\n",
		number, pcm_name);
	scratch_write(&scratch, path, text);
}

static void
no_cards(void **state)
{
	char device[STAGE_CARD_DEVICE_MAX];
	(void)state;

	assert_int_equal(
		stage_cards_choose(scratch.dir, device, sizeof(device), &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, scratch.dir));
	add_card(0, "Loopback", 0, "Loopback PCM");
	add_card(1, "NVidia", 3, "HDMI 0");
	add_card(2, "HDMI", 0, "something");
	add_card(3, "Webcam", -1, "USB Audio");
	add_card(4, "", 0, "nameless");
	add_card(5, "Screen", 0, "DisplayPort 1");
	add_card(6, "a,b", 0, "no id of the kernel's");
	add_card(7, "a\033b", 0, "no id of the kernel's");
	assert_int_equal(
		stage_cards_choose(scratch.dir, device, sizeof(device), &err),
		STAGE_NOT_FOUND);
}

static void
the_first_usable_card(void **state)
{
	char device[STAGE_CARD_DEVICE_MAX];
	char tiny[4];
	(void)state;

	add_card(0, "HDMI", 3, "HDMI 0");
	add_card(1, "PCH", 0, "ALC295 Analog");
	add_card(2, "USB", 0, "USB Audio");
	assert_int_equal(
		stage_cards_choose(scratch.dir, device, sizeof(device), &err),
		STAGE_OK);
	assert_string_equal(device, "hw:PCH");
	assert_int_not_equal(
		stage_cards_choose(scratch.dir, tiny, sizeof(tiny), &err),
		STAGE_OK);
}

static void
a_card_whose_first_output_is_hdmi(void **state)
{
	char device[STAGE_CARD_DEVICE_MAX];
	(void)state;

	add_card(0, "PCH", 0, "HDMI 0");
	mkdir(scratch_path(&scratch, "card0/pcm2p"), 0700);
	scratch_write(&scratch, "card0/pcm2p/info", "name: ALC295 Alt\n");
	assert_int_equal(
		stage_cards_choose(scratch.dir, device, sizeof(device), &err),
		STAGE_OK);
	assert_string_equal(device, "hw:PCH,2");
}

static void
drivers(void **state)
{
	static const struct {
		const char *driver;
		const char *device;
		bool has_card;
		const char *want_driver;
		const char *want_device;
		bool has_fallback;
		const char *why;
	} cases[] = {
		{"auto", "", false, "dummy", "", false, "no sound card"},
		{"auto", "", true, "alsa", "hw:USB", true, "first usable"},
		{"auto", "hw:X", false, "alsa", "hw:X", true, "name"},
		{"alsa", "", true, "alsa", "", false, "settings"},
		{"alsa", "hw:X", true, "alsa", "hw:X", false, "settings"},
		{"dummy", "", true, "dummy", "", false, "settings"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		if (cases[i].has_card) {
			add_card(0, "USB", 0, "USB Audio");
		}
		strcpy(config.driver, cases[i].driver);
		strcpy(config.device, cases[i].device);
		stage_plan_make(&config,
			cases[i].has_card ? scratch.dir : "/nonexistent",
			STAGE_OK, &err, &plan);
		assert_string_equal(plan.want.driver, cases[i].want_driver);
		assert_string_equal(plan.want.device, cases[i].want_device);
		assert_int_equal(plan.has_fallback, cases[i].has_fallback);
		assert_non_null(strstr(plan.why_driver, cases[i].why));
		assert_string_equal(plan.fallback.driver, "dummy");
		assert_string_equal(plan.fallback.device, "");
		assert_int_equal(plan.fallback.rate_hz, config.rate_hz);
	}
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
		stage_plan_make(
			&config, scratch.dir, cases[i].probed, &err, &plan);
		assert_int_equal(plan.want.is_realtime, cases[i].is_realtime);
		assert_int_equal(
			plan.fallback.is_realtime, cases[i].is_realtime);
		assert_string_equal(plan.why_realtime, cases[i].why);
	}
	assert_int_equal(plan.want.ports, 1024);
	assert_int_equal(plan.want.priority, 70);
	assert_string_equal(plan.want.server, "default");
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
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_cards),
		TEST(the_first_usable_card),
		TEST(a_card_whose_first_output_is_hdmi),
		TEST(drivers),
		TEST(realtime),
		TEST(the_running_process_is_looked_at),
		TEST(real_time_threads_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
