/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/status_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/exits.h"
#include "failing_alloc.h"

static const struct stage_rig rig = {.rig = "/home/anna/rig", .run = "/run/s"};

static struct stage_service items[] = {
	{.name = "jack",
		.phase = STAGE_PHASE_READY,
		.is_supervised = true,
		.pid = 4711,
		.up_ns = 184 * STAGE_NS_PER_S,
		.use = {.rss_bytes = 24300000}},
	{.name = "synth",
		.phase = STAGE_PHASE_HELD,
		.up_ns = 12 * STAGE_NS_PER_S,
		.restarts = 7,
		.has_died = true,
		.last_death = {.exit_code = 3},
		.note = "crashed 5 times in 8 s, next try in 20 s"},
	{.name = "old", .phase = STAGE_PHASE_DISABLED, .up_ns = -1},
	{.name = STAGE_WATCH_SERVICE,
		.phase = STAGE_PHASE_READY,
		.pid = 12,
		.up_ns = 1,
		.use = {.rss_bytes = 812000}},
};

static const double cpu[] = {
	2.14, STAGE_STATUS_CPU_UNKNOWN, STAGE_STATUS_CPU_UNKNOWN, 0};

static const struct stage_services services = {items, STAGE_COUNT_OF(items)};

static char *circle_sentences[] = {
	(char[]){"a needs itself"}, (char[]){"b, too"}};
static const struct stage_strv circles = {
	.items = circle_sentences, .count = 2};

static struct stage_status_view
make_view(void)
{
	return (struct stage_status_view){
		.rig = &rig,
		.is_up = true,
		.is_supervised = true,
		.services = &services,
		.cpu_percent = cpu,
	};
}

static void
check(const struct stage_status_view *view, size_t width, const char *wanted)
{
	struct stage_str out = {0};

	assert_int_equal(
		stage_status_view_text(view, width, false, &out), STAGE_OK);
	assert_string_equal(stage_str_text(&out), wanted);
	stage_str_finish(&out);
}

#define TABLE                                                                  \
	"SERVICE  STATE     UPTIME     RESTARTS   PID    CPU   MEMORY  LAST "  \
	"EXIT\n"                                                               \
	"jack     ready     3 min 4 s         0  4711  2.1 %  24.3 MB  -\n"    \
	"synth    held      12 s              7     -      -        -  "       \
	"failed: exit 3\n"                                                     \
	"         crashed 5 times in 8 s, next try in 20 s\n"                  \
	"old      disabled  -                 0     -      -        -  -\n"

static void
table(void **state)
{
	struct stage_status_view view = make_view();

	(void)state;
	check(&view, 0,
		"rig /home/anna/rig: 1 ready, 1 disabled, 1 held\n" TABLE);
	view.is_one = true;
	check(&view, 0, "rig /home/anna/rig\n" TABLE);
	view.is_up = false;
	check(&view, 0, "rig /home/anna/rig (not up)\n" TABLE);
	view.is_up = true;
	view.is_one = false;
	check(&view, 40,
		"rig /home/anna/rig: 1 ready, 1 disabled,\n"
		"1 held\n"
		"SERVICE  STATE     UPTIME     LAST EXIT\n"
		"jack     ready     3 min 4 s  -\n"
		"synth    held      12 s       failed: e…\n"
		"         crashed 5 times in 8 s, next\n"
		"         try in 20 s\n"
		"old      disabled  -          -\n");
}

static void
what_is_not_right(void **state)
{
	struct stage_status_view view = make_view();
	struct stage_str out = {0};

	(void)state;
	view.is_supervised = false;
	view.slow_server = "jack";
	view.circles = &circles;
	assert_int_equal(
		stage_status_view_text(&view, 0, false, &out), STAGE_OK);
	assert_non_null(strstr(out.data, "\nrunsvdir is not running, "));
	assert_non_null(
		strstr(out.data, "\njack runs without a real-time thread, "));
	assert_non_null(strstr(out.data, "\na needs itself\nb, too\n"));
	stage_str_finish(&out);
}

static void
watcher(void **state)
{
	struct stage_status_view view = make_view();
	struct stage_str out = {0};

	(void)state;
	view.shows_watcher = true;
	assert_int_equal(
		stage_status_view_text(&view, 0, false, &out), STAGE_OK);
	assert_non_null(strstr(out.data, "\n" STAGE_WATCH_SERVICE "  ready"));
	assert_non_null(strstr(out.data, "812 kB"));
	stage_str_clear(&out);
	view.shows_watcher = false;
	items[3].phase = STAGE_PHASE_NEW;
	assert_int_equal(
		stage_status_view_text(&view, 0, false, &out), STAGE_OK);
	assert_non_null(strstr(out.data, "\n" STAGE_WATCH_SERVICE "  new"));
	items[3].phase = STAGE_PHASE_READY;
	stage_str_finish(&out);
}

static void
no_services(void **state)
{
	struct stage_status_view view = make_view();
	struct stage_services none = {0};

	(void)state;
	view.services = &none;
	check(&view, 0, "rig /home/anna/rig: no services yet\n");
}

static void
one_line(void **state)
{
	struct stage_service list[] = {items[0], items[1], items[3]};
	struct stage_services some = {list, STAGE_COUNT_OF(list)};
	struct stage_services none = {0};
	struct stage_str line = {0};

	(void)state;
	assert_int_equal(stage_status_view_line(&some, &line), STAGE_OK);
	assert_string_equal(stage_str_text(&line),
		"1 ready, 1 held; synth: crashed 5 times in 8 s, next try in "
		"20 s");
	stage_str_clear(&line);
	list[1].phase = STAGE_PHASE_IDLE;
	assert_int_equal(stage_status_view_line(&some, &line), STAGE_OK);
	assert_string_equal(stage_str_text(&line), "1 ready, 1 idle");
	stage_str_clear(&line);
	list[1].phase = STAGE_PHASE_FAILED;
	snprintf(list[1].name, sizeof(list[1].name), "a\nb\xff");
	assert_int_equal(stage_status_view_line(&some, &line), STAGE_OK);
	assert_null(strchr(stage_str_text(&line), '\n'));
	assert_null(strchr(stage_str_text(&line), '\xff'));
	stage_str_clear(&line);
	assert_int_equal(stage_status_view_line(&none, &line), STAGE_OK);
	assert_string_equal(stage_str_text(&line), "no services yet");
	stage_str_finish(&line);
}

static void
memory(void **state)
{
	static const struct {
		int64_t bytes;
		const char *words;
	} rows[] = {
		{0, "-  -\n"},
		{499, "  0 kB  -\n"},
		{999499, " 999 kB  -\n"},
		{999501, " 1.0 MB  -\n"},
		{99949999, " 99.9 MB  -\n"},
		{99950001, " 100 MB  -\n"},
		{999499999, " 999 MB  -\n"},
		{1000000000, " 1.0 GB  -\n"},
		{12345678901, " 12.3 GB  -\n"},
	};
	struct stage_service one = items[0];
	struct stage_services list = {&one, 1};
	struct stage_status_view view = make_view();

	(void)state;
	view.services = &list;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_str out = {0};
		one.use.rss_bytes = rows[i].bytes;
		assert_int_equal(stage_status_view_text(&view, 0, false, &out),
			STAGE_OK);
		assert_non_null(strstr(out.data, rows[i].words));
		stage_str_finish(&out);
	}
}

static void
processor(void **state)
{
	struct stage_service before = {
		.pid = 5, .up_ns = STAGE_NS_PER_S, .use = {.cpu_ns = 100}};
	struct stage_service now = {.pid = 5,
		.up_ns = 2 * STAGE_NS_PER_S,
		.use = {.cpu_ns = 500 * STAGE_NS_PER_MS + 100}};
	double percent = stage_status_view_cpu(&now, &before, STAGE_NS_PER_S);

	(void)state;
	assert_true(percent > 49.9 && percent < 50.1);
	percent = stage_status_view_cpu(&now, NULL, 0);
	assert_true(percent > 24.9 && percent < 25.1);
	before.pid = 6; // another process: over its life again
	percent = stage_status_view_cpu(&now, &before, STAGE_NS_PER_S);
	assert_true(percent > 24.9 && percent < 25.1);
	before.pid = 5;
	before.use.cpu_ns = STAGE_NS_PER_S; // a child that ended took its time
	percent = stage_status_view_cpu(&now, &before, STAGE_NS_PER_S);
	assert_true(percent > 24.9 && percent < 25.1);
	now.up_ns = 0;
	assert_true(stage_status_view_cpu(&now, NULL, 0) < 0);
	now.pid = 0;
	assert_true(stage_status_view_cpu(&now, NULL, 0) < 0);
}

static void
exit_codes(void **state)
{
	static const struct {
		enum stage_phase phase;
		int code;
	} rows[] = {
		{STAGE_PHASE_NEW, STAGE_EXIT_NO},
		{STAGE_PHASE_DISABLED, STAGE_EXIT_OK},
		{STAGE_PHASE_DOWN, STAGE_EXIT_OK},
		{STAGE_PHASE_HELD, STAGE_EXIT_NO},
		{STAGE_PHASE_FAILED, STAGE_EXIT_NO},
		{STAGE_PHASE_WAITING, STAGE_EXIT_NO},
		{STAGE_PHASE_IDLE, STAGE_EXIT_OK},
		{STAGE_PHASE_STARTING, STAGE_EXIT_NO},
		{STAGE_PHASE_READY, STAGE_EXIT_OK},
		{STAGE_PHASE_STOPPING, STAGE_EXIT_NO},
	};
	struct stage_service one = items[0];
	struct stage_services list = {&one, 1};
	struct stage_status_view view = make_view();

	(void)state;
	assert_int_equal(STAGE_COUNT_OF(rows), STAGE_PHASE_COUNT);
	view.services = &list;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		one.phase = rows[i].phase;
		assert_int_equal(stage_status_view_exit(&view), rows[i].code);
	}
	one.phase = STAGE_PHASE_READY;
	view.is_supervised = false;
	assert_int_equal(stage_status_view_exit(&view), STAGE_EXIT_NO);
	view.is_supervised = true;
	view.is_up = false;
	assert_int_equal(stage_status_view_exit(&view), STAGE_EXIT_NO);
}

static void
json(void **state)
{
	struct stage_service one = items[1];
	struct stage_services list = {&one, 1};
	struct stage_status_view view = make_view();
	json_t *object;
	json_t *first;

	(void)state;
	view.services = &list;
	snprintf(one.name, sizeof(one.name), "syn\xffth");
	object = stage_status_view_json(&view);
	assert_non_null(object);
	assert_string_equal(json_string_value(json_object_get(object, "rig")),
		"/home/anna/rig");
	assert_string_equal(
		json_string_value(json_object_get(object, "run")), "/run/s");
	assert_true(json_is_true(json_object_get(object, "up")));
	assert_true(json_is_true(json_object_get(object, "supervised")));
	first = json_array_get(json_object_get(object, "services"), 0);
	assert_string_equal(
		json_string_value(json_object_get(first, "name")), "syn?th");
	assert_string_equal(
		json_string_value(json_object_get(first, "state")), "held");
	json_decref(object);
}

static enum stage_status
text_once(void *user)
{
	struct stage_status_view view = make_view();
	struct stage_str out = {0};
	enum stage_status status;

	(void)user;
	view.slow_server = "jack";
	view.circles = &circles;
	view.is_supervised = false;
	status = stage_status_view_text(&view, 60, true, &out);
	stage_str_finish(&out);
	return status;
}

static enum stage_status
line_once(void *user)
{
	struct stage_str out = {0};
	enum stage_status status = stage_status_view_line(&services, &out);

	(void)user;
	stage_str_finish(&out);
	return status;
}

static void
no_memory(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(text_once, NULL) > 0);
	assert_true(failing_alloc_sweep(line_once, NULL) > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(what_is_not_right),
		cmocka_unit_test(watcher),
		cmocka_unit_test(no_services),
		cmocka_unit_test(one_line),
		cmocka_unit_test(memory),
		cmocka_unit_test(processor),
		cmocka_unit_test(exit_codes),
		cmocka_unit_test(json),
		cmocka_unit_test(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
