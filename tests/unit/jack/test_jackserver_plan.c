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
#include "jackserver/note.h"
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
add_usb_card(int number, const char *id, int pcm)
{
	char path[128];

	add_card(number, id, pcm, "USB Audio");
	snprintf(path, sizeof(path), "card%d/usbid", number);
	scratch_write(&scratch, path, "1235:8210\n");
}

static void
assert_cards(const char *joined)
{
	struct stage_cards cards;
	char got[STAGE_CARDS_MAX * (STAGE_CARD_DEVICE_MAX + 1)] = "";

	stage_cards_list(scratch.dir, &cards);
	for (size_t i = 0; i < cards.count; i++) {
		strcat(got, i > 0 ? " " : "");
		strcat(got, cards.devices[i]);
	}
	assert_string_equal(got, joined);
}

static void
no_cards(void **state)
{
	(void)state;

	assert_cards("");
	add_card(0, "Loopback", 0, "Loopback PCM");
	add_card(1, "NVidia", 3, "HDMI 0");
	add_card(2, "HDMI", 0, "something");
	add_usb_card(3, "Webcam", -1);
	add_card(4, "", 0, "nameless");
	add_card(5, "Screen", 0, "DisplayPort 1");
	add_card(6, "a,b", 0, "no id of the kernel's");
	add_card(7, "a\033b", 0, "no id of the kernel's");
	add_card(8, "vc4hdmi0", 0, "MAI PCM i2s-hifi-0"); // a Raspberry Pi's
	add_card(9, "hat", 0, "Hdmi out");
	add_card(10, "other", 0, "loopback PCM");
	assert_cards("");
}

static void
the_usable_cards(void **state)
{
	(void)state;

	add_card(0, "HDMI", 3, "HDMI 0");
	add_card(1, "PCH", 0, "ALC295 Analog");
	add_card(2, "Headphones", 0, "bcm2835 Headphones");
	assert_cards("hw:PCH hw:Headphones");
	add_usb_card(3, "Webcam", -1);
	add_usb_card(4, "USB", 0);
	add_usb_card(5, "Pro", 1);
	assert_cards("hw:USB hw:Pro,1 hw:PCH hw:Headphones");
	add_card(0, "HDMI", 0, "analog");
	add_usb_card(6, "More", 0);
	assert_cards("hw:USB hw:Pro,1 hw:More hw:PCH");
}

static void
a_device_that_is_too_long(void **state)
{
	const struct stage_card card = {.id = "PCH\n", .infos = {"analog"}};
	char device[7];
	(void)state;

	assert_true(stage_card_device(&card, device, sizeof(device)));
	assert_string_equal(device, "hw:PCH");
	assert_false(stage_card_device(&card, device, sizeof(device) - 1));
	assert_string_equal(device, "");
}

static void
a_card_whose_first_output_is_hdmi(void **state)
{
	(void)state;

	add_card(0, "PCH", 0, "HDMI 0");
	mkdir(scratch_path(&scratch, "card0/pcm2p"), 0700);
	scratch_write(&scratch, "card0/pcm2p/info", "name: ALC295 Alt\n");
	assert_cards("hw:PCH,2");
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
		size_t fallback_count;
		const char *why;
	} cases[] = {
		{"auto", "", false, "dummy", "", 0, "no sound card"},
		{"auto", "", true, "alsa", "hw:USB", 1, "first usable"},
		{"auto", "hw:X", false, "alsa", "hw:X", 1, "name"},
		{"alsa", "", true, "alsa", "", 1, "settings"},
		{"alsa", "hw:X", true, "alsa", "hw:X", 1, "settings"},
		{"dummy", "", true, "dummy", "", 0, "settings"},
		{"netone", "", true, "netone", "", 0, "settings"},
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
		assert_int_equal(plan.fallback_count, cases[i].fallback_count);
		assert_non_null(strstr(plan.why_driver, cases[i].why));
		if (plan.fallback_count > 0) {
			const struct stage_control_want *last =
				&plan.fallbacks[plan.fallback_count - 1];
			assert_string_equal(last->driver, "dummy");
			assert_string_equal(last->device, "");
			assert_int_equal(last->rate_hz, config.rate_hz);
		}
	}
}

static void
other_cards_are_tried_before_the_dummy(void **state)
{
	(void)state;

	add_card(0, "PCH", 0, "ALC295 Analog");
	add_usb_card(1, "USB", 0);
	stage_plan_make(&config, scratch.dir, STAGE_OK, &err, &plan);
	assert_string_equal(plan.want.device, "hw:USB");
	assert_int_equal(plan.fallback_count, 2);
	assert_string_equal(plan.fallbacks[0].driver, "alsa");
	assert_string_equal(plan.fallbacks[0].device, "hw:PCH");
	assert_string_equal(plan.fallbacks[1].driver, "dummy");
	for (int i = 2; i < 8; i++) {
		char id[8];
		snprintf(id, sizeof(id), "C%d", i);
		add_card(i, id, 0, "analog");
	}
	stage_plan_make(&config, scratch.dir, STAGE_OK, &err, &plan);
	assert_int_equal(plan.fallback_count, STAGE_PLAN_FALLBACKS_MAX);
	assert_string_equal(
		plan.fallbacks[STAGE_PLAN_FALLBACKS_MAX - 1].driver, "dummy");
}

static void
notes(void **state)
{
	static const struct {
		const char *driver;
		const char *device;
		bool has_card;
		int used; // which fallback, -1 for none
		const char *why;
		const char *words;
	} cases[] = {
		{"auto", "", true, -1, "", ""},
		{"dummy", "", true, -1, "", ""},
		{"dummy", "", false, -1, "", ""},
		{"auto", "", false, -1, "",
			"plays on the dummy driver: no sound card was found"},
		{"auto", "", true, 1, "hw:USB is already in use. Stop",
			"plays on the dummy driver, silent: hw:USB is in use; "
			"stagecraft restart jack tries again"},
		{"auto", "", true, 0, "hw:USB is already in use. Stop",
			"plays on hw:PCH: hw:USB is in use; stagecraft restart "
			"jack tries again"},
		{"alsa", "hw:X", true, 0, "No such device",
			"plays on the dummy driver, silent: hw:X cannot be "
			"used; stagecraft restart jack tries again"},
		{"alsa", "", true, 0, "No such device",
			"plays on the dummy driver, silent: the sound card "
			"cannot be used; stagecraft restart jack tries again"},
	};
	(void)state;

	add_card(0, "PCH", 0, "ALC295 Analog");
	add_usb_card(1, "USB", 0);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char words[256];
		strcpy(config.driver, cases[i].driver);
		strcpy(config.device, cases[i].device);
		stage_plan_make(&config,
			cases[i].has_card ? scratch.dir : "/nonexistent",
			STAGE_OK, &err, &plan);
		assert_true(cases[i].used < (int)plan.fallback_count);
		stage_note_words(&plan,
			cases[i].used < 0 ? &plan.want
					  : &plan.fallbacks[cases[i].used],
			cases[i].why, "jack", words, sizeof(words));
		assert_string_equal(words, cases[i].words);
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
	strcpy(config.driver, "alsa");
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		config.realtime = cases[i].setting;
		stage_plan_make(
			&config, scratch.dir, cases[i].probed, &err, &plan);
		assert_int_equal(plan.want.is_realtime, cases[i].is_realtime);
		assert_int_equal(
			plan.fallbacks[0].is_realtime, cases[i].is_realtime);
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
		TEST(the_usable_cards),
		TEST(a_device_that_is_too_long),
		TEST(a_card_whose_first_output_is_hdmi),
		TEST(drivers),
		TEST(other_cards_are_tried_before_the_dummy),
		TEST(notes),
		TEST(realtime),
		TEST(the_running_process_is_looked_at),
		TEST(real_time_threads_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
