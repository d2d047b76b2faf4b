/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"

// What the report asks of a server.

uint64_t
stage_control_xruns(const struct stage_control *self)
{
	(void)self;
	return 7;
}

float
stage_control_load(const struct stage_control *self)
{
	(void)self;
	return 12.5F;
}

static struct stage_report
running(void)
{
	static const struct stage_plan plan = {
		.chooser.base = {
			.server = "default", .driver = "dummy", .ports = 2048}};
	struct stage_report report;

	stage_report_init(&report, &plan);
	report.control = (const struct stage_control *)&plan; // there is one
	report.state = "running";
	report.memory.limit_kb = -1;
	return report;
}

static void
memory_is_locked_where_it_may_be(void **state)
{
	static const struct {
		int64_t limit_kb, locked_kb;
		bool is_locked;
		const char *words;
	} rows[] = {
		{-1, 0, true, ""},
		{200000, 0, true, ""},
		{64, 200000, true, ""}, // it was, by who may do all
		{0, 0, false, "no process of this user may lock any"},
		{8192, 8000, false, "8192 kB may be, and 104632 kB are needed"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_report report = running();
		char words[STAGE_ERR_TEXT_MAX];
		json_t *told;
		const json_t *memory;
		report.memory.limit_kb = rows[i].limit_kb;
		report.memory.locked_kb = rows[i].locked_kb;
		stage_report_memory_words(&report, words, sizeof(words));
		assert_int_equal(stage_report_is_memory_locked(&report),
			rows[i].is_locked);
		assert_int_equal(words[0] == '\0', rows[i].is_locked);
		assert_non_null(strstr(words, rows[i].words));
		told = stage_report_json(&report);
		memory = json_object_get(told, "memory");
		assert_string_equal(
			json_string_value(json_object_get(memory, "reason")),
			words);
		assert_int_equal(
			json_is_true(json_object_get(memory, "is_locked")),
			rows[i].is_locked);
		json_decref(told);
	}
}

static void
fewer_ports_need_less(void **state)
{
	struct stage_report report = running();

	(void)state;
	report.memory.limit_kb = 70000;
	assert_false(stage_report_is_memory_locked(&report));
	report.used.ports = 1024;
	assert_true(stage_report_is_memory_locked(&report));
}

static json_t *
told_gap(const struct stage_report *report, long *switches)
{
	json_t *told = stage_report_json(report);
	json_t *gap = json_incref(json_object_get(told, "gap"));

	*switches = (long)json_integer_value(json_object_get(told, "switches"));
	json_decref(told);
	return gap;
}

static void
a_switch_leaves_a_gap(void **state)
{
	struct stage_report report = running();
	struct stage_control_want before = report.used;
	long switches = 0;
	json_t *gap = told_gap(&report, &switches);

	(void)state;
	assert_int_equal(switches, 0);
	assert_int_equal(json_integer_value(json_object_get(gap, "frames")), 0);
	json_decref(gap);
	strcpy(before.driver, "alsa");
	strcpy(before.device, "hw:USB");
	stage_report_switched(
		&report, &before, 48000, 612 * STAGE_NS_PER_MS, 2);
	gap = told_gap(&report, &switches);
	assert_int_equal(switches, 1);
	assert_string_equal(
		json_string_value(json_object_get(gap, "from")), "hw:USB");
	assert_int_equal(
		json_integer_value(json_object_get(gap, "frames")), 29376);
	assert_true(json_real_value(json_object_get(gap, "ms")) == 612.0);
	assert_int_equal(json_integer_value(json_object_get(gap, "xruns")), 2);
	json_decref(gap);
	before.device[0] = '\0'; // a driver without devices
	stage_report_switched(&report, &before, 48000, -1, 0);
	gap = told_gap(&report, &switches);
	assert_int_equal(switches, 2);
	assert_string_equal(
		json_string_value(json_object_get(gap, "from")), "alsa");
	assert_int_equal(json_integer_value(json_object_get(gap, "frames")), 0);
	json_decref(gap);
}

static void
without_a_server_it_has_no_load(void **state)
{
	struct stage_report report = running();
	json_t *told = stage_report_json(&report);

	(void)state;
	assert_int_equal(json_integer_value(json_object_get(told, "xruns")), 7);
	assert_true(
		json_real_value(json_object_get(told, "load_percent")) == 12.5);
	json_decref(told);
	report.control = NULL;
	told = stage_report_json(&report);
	assert_int_equal(json_integer_value(json_object_get(told, "xruns")), 0);
	assert_true(
		json_real_value(json_object_get(told, "load_percent")) == 0.0);
	json_decref(told);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_locked_where_it_may_be),
		cmocka_unit_test(fewer_ports_need_less),
		cmocka_unit_test(a_switch_leaves_a_gap),
		cmocka_unit_test(without_a_server_it_has_no_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
