/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jackserver/config.h"
#include "scratch.h"

static struct scratch scratch;
static struct stage_err err;

static int
setup(void **state)
{
	(void)state;
	memset(&err, 0, sizeof(err));
	scratch_init(&scratch);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

static void
make_wish(struct stage_wish *wish, const char *word)
{
	size_t wrong;

	assert_int_equal(
		stage_wish_parse(&word, 1, wish, &wrong, &err), STAGE_OK);
}

static void
what_is_saved_is_read_again(void **state)
{
	const char *path = scratch_path(&scratch, "state/jack.conf");
	struct stage_jackserver_set set = {.rate_hz = 44100, .periods = 3};
	struct stage_jackserver_set got;
	(void)state;

	assert_int_equal(stage_jackserver_set_load(&got, path, &err), STAGE_OK);
	assert_int_equal(got.rate_hz, 0); // there is none
	make_wish(&set.wishes[0], "serial:a b");
	set.wish_count = 1;
	assert_int_equal(stage_jackserver_set_save(&set, path, &err), STAGE_OK);
	assert_int_equal(stage_jackserver_set_load(&got, path, &err), STAGE_OK);
	assert_int_equal(got.rate_hz, 44100);
	assert_int_equal(got.period_frames, 0);
	assert_int_equal(got.periods, 3);
	assert_int_equal(got.wish_count, 1);
	assert_string_equal(got.wishes[0].serial, "a b");
	set = (struct stage_jackserver_set){0};
	assert_int_equal(stage_jackserver_set_save(&set, path, &err), STAGE_OK);
	assert_int_not_equal(access(path, F_OK), 0);
}

static void
a_file_that_is_no_good(void **state)
{
	struct stage_jackserver_set got;
	const char *path =
		scratch_write(&scratch, "jack.conf", "jack.rate many\n");
	(void)state;

	assert_int_equal(
		stage_jackserver_set_load(&got, path, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "jack.conf:1:11"));
	assert_int_equal(got.rate_hz, 0);
}

static void
it_stands_before_the_settings(void **state)
{
	struct stage_jackserver_config config;
	struct stage_jackserver_set set = {.period_frames = 64};
	(void)state;

	stage_jackserver_config_init(&config);
	stage_jackserver_set_put(&set, &config);
	assert_int_equal(config.period_frames, 64);
	assert_int_equal(config.rate_hz, 48000);
	assert_int_equal(config.wish_count, 0);
	// without a wish of its own, the file means any card
	make_wish(&set.wishes[0], "id:A");
	set.wish_count = 1;
	stage_jackserver_set_put(&set, &config);
	assert_int_equal(config.wish_count, 2);
	assert_string_equal(config.wishes[0].id, "A");
	assert_true(config.wishes[1].is_auto);
	// with one, that only
	make_wish(&config.wishes[0], "id:B");
	config.wish_count = 1;
	stage_jackserver_set_put(&set, &config);
	assert_int_equal(config.wish_count, 2);
	assert_string_equal(config.wishes[1].id, "B");
	// no more than there is room for
	config.wish_count = STAGE_WISHES_MAX;
	stage_jackserver_set_put(&set, &config);
	assert_int_equal(config.wish_count, STAGE_WISHES_MAX);
	assert_string_equal(config.wishes[0].id, "A");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(what_is_saved_is_read_again),
		TEST(a_file_that_is_no_good),
		TEST(it_stands_before_the_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
