/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/str.h"
#include "failing_alloc.h"
#include "scratch.h"

#define TEXT(literal) (literal), sizeof(literal) - 1

enum driver {
	DRIVER_ALSA,
	DRIVER_DUMMY,
	DRIVER_NET
};

struct rig {
	char device[16];
	int64_t period_frames;
	bool is_realtime;
	int64_t wait_ns;
	int64_t any_ns;
	int driver;
	unsigned needs; // how many values were given in all
};

static enum stage_status
read_needs(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct rig *rig = user;

	if (line->count == 0) {
		return stage_conf_check_count(line, 1, 9, err);
	}
	rig->needs += (unsigned)line->count;
	return STAGE_OK;
}

static const char *const drivers[] = {"alsa", "dummy", "net", NULL};
static const char *const one_driver[] = {"dummy", NULL};

static const struct stage_conf_key rig_keys[] = {
	{.key = "device",
		.type = STAGE_CONF_STRING,
		STAGE_CONF_MEMBER(struct rig, device),
		.help = "the sound card"},
	{.key = "period",
		.type = STAGE_CONF_INT,
		STAGE_CONF_MEMBER(struct rig, period_frames),
		.min = 16,
		.max = 8192,
		.is_required = true,
		.help = "frames"},
	{.key = "realtime",
		.type = STAGE_CONF_BOOL,
		STAGE_CONF_MEMBER(struct rig, is_realtime),
		.help = "yes or no"},
	{.key = "wait",
		.type = STAGE_CONF_DURATION,
		STAGE_CONF_MEMBER(struct rig, wait_ns),
		.min = STAGE_NS_PER_S,
		.max = 60 * STAGE_NS_PER_S,
		.help = "seconds"},
	{.key = "any",
		.type = STAGE_CONF_DURATION,
		STAGE_CONF_MEMBER(struct rig, any_ns),
		.help = "a duration"},
	{.key = "driver",
		.type = STAGE_CONF_ENUM,
		STAGE_CONF_MEMBER(struct rig, driver),
		.choices = drivers,
		.help = "the driver"},
	{.key = "needs",
		.type = STAGE_CONF_CALL,
		.call = read_needs,
		.help = "services"},
	{.key = "only",
		.type = STAGE_CONF_ENUM,
		STAGE_CONF_MEMBER(struct rig, driver),
		.choices = one_driver,
		.help = "one choice"},
};

static const struct stage_conf_table rig_table = {
	.keys = rig_keys, .count = STAGE_COUNT_OF(rig_keys)};

static const struct rig defaults = {
	.device = "default", .period_frames = 256, .driver = DRIVER_DUMMY};

static void
fills_a_struct(void **state)
{
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_conf_parse_keys(TEXT("device \"hw:USB,0\"\n"
						    "period 64 # frames\n"
						    "realtime yes\n"
						    "wait 1500ms\n"
						    "any 0\n"
						    "driver net\n"
						    "needs a b\n"
						    "needs c\n"),
				 "f", &rig_table, &rig, &err),
		STAGE_OK);
	assert_string_equal(rig.device, "hw:USB,0");
	assert_int_equal(rig.period_frames, 64);
	assert_true(rig.is_realtime);
	assert_int_equal(rig.wait_ns, 1500 * STAGE_NS_PER_MS);
	assert_int_equal(rig.any_ns, 0);
	assert_int_equal(rig.driver, DRIVER_NET);
	assert_int_equal(rig.needs, 3);
	assert_string_equal(err.text, "");
}

static void
keeps_defaults(void **state)
{
	struct rig rig = defaults;
	(void)state;

	rig.is_realtime = true;
	assert_int_equal(stage_conf_parse_keys(TEXT("period 16\nrealtime no\n"),
				 "f", &rig_table, &rig, NULL),
		STAGE_OK);
	assert_string_equal(rig.device, "default");
	assert_int_equal(rig.period_frames, 16);
	assert_false(rig.is_realtime);
	assert_int_equal(rig.driver, DRIVER_DUMMY);
}

static void
a_string_may_fill_its_member(void **state)
{
	struct rig rig = defaults;
	(void)state;

	assert_int_equal(
		stage_conf_parse_keys(TEXT("period 16\ndevice 123456789012345"),
			"f", &rig_table, &rig, NULL),
		STAGE_OK);
	assert_string_equal(rig.device, "123456789012345");
	assert_int_equal(rig.period_frames, 16);
}

static void
refuses_what_is_wrong(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *sentence;
	} cases[] = {
		{TEXT("perod 64"), "f:1:1: unknown key \"perod\"; did you mean "
				   "\"period\"?"},
		{TEXT("\n  realtiem yes"),
			"f:2:3: unknown key \"realtiem\"; did you mean "
			"\"realtime\"?"},
		{TEXT("xyzzy 64"), "f:1:1: unknown key \"xyzzy\""},
		{TEXT("Period"), "f:1:1: unknown key \"Period\"; did you mean "
				 "\"period\"?"},
		{TEXT("period 64\nperiod 64"),
			"f:2:1: \"period\" is given twice, first on line 1"},
		{TEXT("period"), "f:1:7: \"period\" needs a value"},
		{TEXT("period 64 65"), "f:1:11: one value too many for "},
		{TEXT("period many"),
			"f:1:8: \"many\" is not a whole number from 16 to "
			"8192"},
		{TEXT("period 15"), "f:1:8: \"15\" is not a whole number"},
		{TEXT("period 8193"), "f:1:8: \"8193\" is not a whole"},
		{TEXT("period 64\nrealtime maybe"),
			"f:2:10: \"maybe\" is no value for \"realtime\": "
			"write yes or no"},
		{TEXT("period 64\nrealtime \"\""),
			"f:2:10: \"\" is no value for \"realtime\""},
		{TEXT("wait soon"), "f:1:6: \"soon\" is not a duration"},
		{TEXT("wait 999ms"),
			"f:1:6: 999ms is out of range: \"wait\" is from 1 to "
			"60 seconds"},
		{TEXT("wait 61"), "f:1:6: 61 is out of range"},
		{TEXT("driver jack"),
			"f:1:8: \"jack\" is no value for \"driver\": write "
			"alsa, dummy or net"},
		{TEXT("only alsa"),
			"f:1:6: \"alsa\" is no value for \"only\": write "
			"dummy"},
		{TEXT("device 1234567890123456"),
			"f:1:8: the value of \"device\" is longer than 15 "
			"bytes"},
		{TEXT("driver dummy\n"), "f: the key \"period\" is missing"},
		{TEXT(""), "f: the key \"period\" is missing"},
		{TEXT("period \"64"), "f:1:8: this quote is never closed"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct rig rig = defaults;
		struct stage_err err = STAGE_ERR_INIT;
		assert_int_equal(
			stage_conf_parse_keys(cases[i].text, cases[i].len, "f",
				&rig_table, &rig, &err),
			STAGE_BAD_INPUT);
		if (strncmp(err.text, cases[i].sentence,
			    strlen(cases[i].sentence)) != 0) {
			fail_msg("case %zu: %s", i, err.text);
		}
		assert_memory_equal(&rig, &defaults, sizeof(rig));
		assert_int_equal(
			stage_conf_parse_keys(cases[i].text, cases[i].len, "f",
				&rig_table, &rig, NULL),
			STAGE_BAD_INPUT);
	}
}

static void
nothing_is_stored_before_all_is_checked(void **state)
{
	struct rig rig = defaults;
	(void)state;

	assert_int_equal(
		stage_conf_parse_keys(TEXT("period 64\ndevice x\nneeds a\nbad"),
			"f", &rig_table, &rig, NULL),
		STAGE_BAD_INPUT);
	assert_memory_equal(&rig, &defaults, sizeof(rig));
}

static void
a_call_may_refuse(void **state)
{
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(stage_conf_parse_keys(TEXT("period 64\nneeds"), "f",
				 &rig_table, &rig, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(err.text, "f:2:6: \"needs\" needs a value");
}

static void
long_words_do_not_drown_the_sentence(void **state)
{
	char text[3000];
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(text, 'x', sizeof(text));
	assert_int_equal(stage_conf_parse_keys(text, sizeof(text), "f",
				 &rig_table, &rig, &err),
		STAGE_BAD_INPUT);
	assert_true(strlen(err.text) < 100);
	memcpy(text, "driver ", 7);
	assert_int_equal(stage_conf_parse_keys(text, sizeof(text), "f",
				 &rig_table, &rig, &err),
		STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "write alsa, dummy or net"));
}

static void
tables_that_cannot_be(void **state)
{
	static const struct stage_conf_key keys[] = {
		{.key = "type", .type = STAGE_CONF_TYPE_COUNT},
		{.key = "wide", .type = STAGE_CONF_INT, .size = 4},
		{.key = "bool", .type = STAGE_CONF_BOOL, .size = 4},
		{.key = "wait", .type = STAGE_CONF_DURATION, .size = 1},
		{.key = "none", .type = STAGE_CONF_STRING, .size = 0},
		{.key = "enum", .type = STAGE_CONF_ENUM, .size = sizeof(int)},
		{.key = "call", .type = STAGE_CONF_CALL},
	};
	struct stage_conf_table none = {.keys = rig_keys, .count = 0};
	struct stage_conf_table many = {
		.keys = rig_keys, .count = STAGE_CONF_KEYS_MAX + 1};
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		struct stage_conf_table table = {.keys = &keys[i], .count = 1};
		assert_int_equal(stage_conf_parse_keys(
					 TEXT(""), "f", &table, &rig, &err),
			STAGE_BUG);
		assert_non_null(strstr(err.text, keys[i].key));
	}
	assert_int_equal(
		stage_conf_parse_keys(TEXT(""), "f", &none, &rig, &err),
		STAGE_BUG);
	assert_int_equal(
		stage_conf_parse_keys(TEXT(""), "f", &many, &rig, &err),
		STAGE_BUG);
}

// Several programs share one file, each with keys of its own.
static void
a_prefix_leaves_other_keys_to_others(void **state)
{
	static const struct stage_conf_key keys[] = {
		{.key = "my.period",
			.type = STAGE_CONF_INT,
			STAGE_CONF_MEMBER(struct rig, period_frames),
			.min = 1,
			.max = 99},
	};
	static const struct stage_conf_table table = {
		.keys = keys, .count = 1, .prefix = "my."};
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	assert_int_equal(
		stage_conf_parse_keys(TEXT("your.x \"a b\" c\nmy.period 5\n"
					   "your.x again\nmyperiod 7\n"),
			"f", &table, &rig, &err),
		STAGE_OK);
	assert_int_equal(rig.period_frames, 5);
	assert_int_equal(stage_conf_parse_keys(
				 TEXT("my.perod 5"), "f", &table, &rig, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(err.text,
		"f:1:1: unknown key \"my.perod\"; did you mean "
		"\"my.period\"?");
}

static enum stage_status
load_keys(void *user)
{
	struct rig rig = defaults;

	return stage_conf_load_keys(user, &rig_table, &rig, NULL);
}

static void
loads_a_file(void **state)
{
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	struct rig rig = defaults;
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	scratch_init(&scratch);
	strcpy(path, scratch_write(&scratch, "rig.conf", "period 128\n"));
	assert_int_equal(
		stage_conf_load_keys(path, &rig_table, &rig, &err), STAGE_OK);
	assert_int_equal(rig.period_frames, 128);
	assert_true(failing_alloc_sweep(load_keys, path) > 0);
	assert_int_equal(stage_conf_load_keys(scratch_path(&scratch, "missing"),
				 &rig_table, &rig, &err),
		STAGE_NOT_FOUND);
	scratch_finish(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_a_struct),
		cmocka_unit_test(keeps_defaults),
		cmocka_unit_test(a_string_may_fill_its_member),
		cmocka_unit_test(refuses_what_is_wrong),
		cmocka_unit_test(nothing_is_stored_before_all_is_checked),
		cmocka_unit_test(a_call_may_refuse),
		cmocka_unit_test(long_words_do_not_drown_the_sentence),
		cmocka_unit_test(tables_that_cannot_be),
		cmocka_unit_test(a_prefix_leaves_other_keys_to_others),
		cmocka_unit_test(loads_a_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
