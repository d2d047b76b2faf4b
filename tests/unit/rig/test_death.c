/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/death.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "failing_alloc.h"
#include "world.h"

#define MS STAGE_NS_PER_MS
#define S STAGE_NS_PER_S

// 62 bytes: one less than STAGE_DEATH_ASKED_MAX has room for.
#define LONG_ASKED                                                             \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
deaths_in_words(void **state)
{
	static const struct {
		struct stage_death death;
		const char *words;
		bool is_crash;
	} cases[] = {
		{{.exit_code = 0}, "ended by itself: exit 0", true},
		{{.exit_code = 1}, "failed: exit 1", true},
		{{.exit_code = 111}, "failed: exit 111", true},
		{{.exit_code = 126}, "failed, not executable: exit 126", true},
		{{.exit_code = 127}, "failed, command not found: exit 127",
			true},
		{{.exit_code = 100}, "gave up: exit 100", true},
		{{.exit_code = -1, .signal = SIGSEGV},
			"killed by signal 11 (Segmentation fault)", true},
		{{.exit_code = -1, .signal = SIGSEGV, .dumped_core = true},
			"killed by signal 11 (Segmentation fault), core dumped",
			true},
		{{.exit_code = -1, .signal = 250},
			"killed by signal 250 (unknown)", true},
		{{.exit_code = 100, .asked = "stagecraft down"},
			"asked to stop by stagecraft down", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char words[STAGE_DEATH_WORDS_MAX];
		stage_death_words(&cases[i].death, words);
		assert_string_equal(words, cases[i].words);
		assert_int_equal(stage_death_is_crash(&cases[i].death),
			cases[i].is_crash);
	}
}

// A service whose deaths come every so often; says at which the first hold is.
struct loop {
	int64_t every_ns;
	int64_t ran_ns;
	int exit_code;
	const char *asked;
	int asked_every; // 0: never
	int holds_at;    // 0: never within 30 deaths
};

static int
first_hold(const struct loop *loop)
{
	struct stage_deaths deaths = {0};

	for (int i = 1; i <= 30; i++) {
		struct stage_hold hold;
		struct stage_death death = {.mono_ns = i * loop->every_ns,
			// The wall clock is set back and forth all the while.
			.wall_ns = (i % 2 == 0 ? -1 : 1) * i * 1000000 * S,
			.ran_ns = loop->ran_ns,
			.exit_code = loop->exit_code};
		if (loop->asked_every != 0 && i % loop->asked_every == 0) {
			snprintf(death.asked, sizeof(death.asked), "%s",
				loop->asked);
		}
		stage_deaths_add(&deaths, &death);
		if (stage_deaths_hold(&deaths, NULL, &hold)) {
			assert_int_equal(hold.level, 1);
			assert_true(hold.until_ns == -1 ||
				    hold.until_ns == death.mono_ns + 5 * S);
			return i;
		}
	}
	return 0;
}

static void
when_a_loop_is_held(void **state)
{
	static const struct loop cases[] = {
		{20 * MS, 5 * MS, 1, "", 0, 5},
		{1000 * MS, 5 * MS, 0, "", 0, 5},    // exit 0 is no better
		{1900 * MS, 900 * MS, 1, "", 0, 5},  // runsv adds its second
		{1100 * MS, 1100 * MS, 1, "", 0, 5}, // and here it does not
		{2500 * MS, 2500 * MS, 1, "", 0, 5}, // exactly ten seconds
		{2501 * MS, 2500 * MS, 1, "", 0, 0},
		{60 * S, 60 * S, 1, "", 0, 0},
		{20 * MS, 5 * MS, 100, "", 0, 1}, // for good
		{1000 * MS, 5 * MS, 1, "stagecraft stop", 1, 0},
		{1000 * MS, 5 * MS, 1, "stagecraft stop", 2, 9},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(first_hold(&cases[i]), cases[i].holds_at);
	}
}

static void
holds_grow_and_are_forgotten(void **state)
{
	static const struct {
		int64_t ran_ns;
		int before; // level; 0: no hold before
		int level;  // 0: no hold now
		int64_t length_ns;
	} cases[] = {
		{5 * MS, 1, 2, 10 * S},
		{5 * MS, 2, 3, 20 * S},
		{5 * MS, 3, 4, 40 * S},
		{5 * MS, 4, 5, 60 * S},
		{5 * MS, 9, 10, 60 * S},
		{5 * MS, 10, 10, 60 * S},
		{5 * MS, INT32_MAX - 1, 10, 60 * S},
		{5 * MS, INT32_MAX, 10, 60 * S},
		{-1, 1, 2, 10 * S}, // unknown counts as short
		{59999 * MS, 1, 2, 10 * S},
		{60 * S, 9, 0, 0},
		{5 * MS, 0, 0, 0},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_deaths deaths = {0};
		struct stage_hold before = {.level = cases[i].before};
		struct stage_hold hold;
		struct stage_death death = {.mono_ns = 1000 * S,
			.ran_ns = cases[i].ran_ns,
			.exit_code = 1};
		bool is_held;
		stage_deaths_add(&deaths, &death);
		is_held = stage_deaths_hold(
			&deaths, cases[i].before != 0 ? &before : NULL, &hold);
		assert_int_equal(is_held, cases[i].level != 0);
		if (is_held) {
			assert_int_equal(hold.level, cases[i].level);
			assert_true(hold.until_ns - death.mono_ns ==
				    cases[i].length_ns);
			assert_string_equal(
				hold.text, "crashed again, failed: exit 1");
		}
	}
}

static void
a_hold_says_why(void **state)
{
	struct stage_deaths deaths = {0};
	struct stage_hold hold;
	struct stage_death death = {.exit_code = -1, .signal = SIGSEGV};
	(void)state;

	assert_false(stage_deaths_hold(&deaths, NULL, &hold));
	for (int i = 0; i < 5; i++) {
		death.mono_ns = i * 2 * S;
		stage_deaths_add(&deaths, &death);
	}
	assert_true(stage_deaths_hold(&deaths, NULL, &hold));
	assert_string_equal(hold.text, "crashed 5 times in 8 s, killed by "
				       "signal 11 (Segmentation fault)");
	// An end that was asked for never holds, not even with one before.
	snprintf(death.asked, sizeof(death.asked), "stagecraft stop");
	stage_deaths_add(&deaths, &death);
	assert_false(stage_deaths_hold(&deaths, &hold, &hold));
}

static void
the_last_twenty_are_kept(void **state)
{
	struct world *world = *state;
	struct stage_deaths deaths = {0};
	struct stage_deaths got;
	struct stage_str before = {0};
	struct stage_str after = {0};

	stage_deaths_load(&world->rig, "x", &got);
	assert_int_equal(got.count, 0);
	assert_int_equal(
		stage_deaths_save(&world->rig, "x", &deaths), STAGE_NOT_FOUND);
	assert_int_equal(stage_mark_prepare(&world->rig, "x", NULL), STAGE_OK);
	for (int i = 0; i < 50; i++) {
		struct stage_death death = {.wall_ns = INT64_MAX - i,
			.mono_ns = i,
			.ran_ns = -1,
			.exit_code = i};
		snprintf(death.asked, sizeof(death.asked), "%s",
			i % 5 == 0 ? "\"me\" \\ ö" : "");
		stage_deaths_add(&deaths, &death);
	}
	assert_int_equal(deaths.count, STAGE_DEATHS_KEPT);
	assert_int_equal(
		stage_deaths_save(&world->rig, "x", &deaths), STAGE_OK);
	stage_deaths_load(&world->rig, "x", &got);
	assert_int_equal(got.count, STAGE_DEATHS_KEPT);
	assert_int_equal(got.total, 50);
	assert_int_equal(got.crashes, 40);
	assert_int_equal(got.items[0].exit_code, 30);
	assert_string_equal(got.items[0].asked, "\"me\" \\ ö");
	assert_true(got.items[19].wall_ns == INT64_MAX - 49);
	assert_int_equal(stage_deaths_format(&deaths, &before), STAGE_OK);
	assert_int_equal(stage_deaths_format(&got, &after), STAGE_OK);
	assert_string_equal(after.data, before.data);
	stage_str_finish(&before);
	stage_str_finish(&after);
}

static void
malformed_lines_are_passed_over(void **state)
{
	struct world *world = *state;
	struct stage_deaths got;

	world_write(world, "run/svc/x/deaths", 0644,
		"{\"total\": 7, \"crashes\": 6}\n"
		"\n[]\nnull\n{\n{\"exit_code\": 1}\n\xff\n"
		"{\"wall_ns\":1,\"mono_ns\":2,\"ran_ns\":3,\"exit_code\":4,"
		"\"signal\":\"5\",\"asked\":\"\"}\n"
		"{\"wall_ns\":1,\"mono_ns\":2,\"ran_ns\":3,\"exit_code\":4,"
		"\"signal\":5,\"asked\":\"\"}\n"
		"{\"wall_ns\":1,\"mono_ns\":2,\"ran_n");
	stage_deaths_load(&world->rig, "x", &got);
	assert_int_equal(got.count, 1);
	assert_int_equal(got.items[0].signal, 5);
	assert_int_equal(got.total, 7);
	assert_int_equal(got.crashes, 6);
	world_write(world, "run/svc/x/deaths", 0644, "");
	stage_deaths_load(&world->rig, "x", &got);
	assert_int_equal(got.count, 0);
}

static void
json_and_back(void **state)
{
	struct stage_death death = {1, 2, 3, -1, 9, true, "me"};
	struct stage_death got = {0};
	json_t *json = stage_death_to_json(&death);
	json_t *again;
	(void)state;

	assert_non_null(json);
	assert_true(stage_death_from_json(json, &got));
	again = stage_death_to_json(&got);
	assert_true(json_equal(json, again));
	json_decref(again);
	json_object_del(json, "core"); // as earlier versions wrote it
	assert_true(stage_death_from_json(json, &got));
	assert_false(got.dumped_core);
	json_object_del(json, "asked");
	assert_false(stage_death_from_json(json, &got));
	assert_false(stage_death_from_json(NULL, &got));
	json_decref(json);
}

static enum stage_status
save_once(void *user)
{
	struct world *world = user;
	struct stage_deaths deaths = {0};
	struct stage_death death = {.exit_code = 1};

	stage_deaths_add(&deaths, &death);
	return stage_deaths_save(&world->rig, "x", &deaths);
}

static void
every_allocation_may_fail(void **state)
{
	struct world *world = *state;

	assert_int_equal(stage_mark_prepare(&world->rig, "x", NULL), STAGE_OK);
	assert_true(failing_alloc_sweep(save_once, world) > 0);
}

// Whatever a file says: no sum overflows, and all of it can be written again.
static void
wild_values_do_no_harm(void **state)
{
#define DEATH(mono, ran, code, sig, asked)                                     \
	"{\"wall_ns\":-9223372036854775808,\"mono_ns\":" mono                  \
	",\"ran_ns\":" ran ",\"exit_code\":" code ",\"signal\":" sig           \
	",\"asked\":\"" asked "\"}\n"
#define MOST "9223372036854775807"
	static const struct {
		const char *line;
		bool is_taken;
		const char *asked;
	} cases[] = {
		{DEATH("5", "-1", "255", "0", ""), true, ""},
		{DEATH("0", "0", "-1", "255", "a\\nb\\u001b"), true, "a?b?"},
		{DEATH("5", "5", "0", "0", LONG_ASKED "\xc3\xbc"), true,
			LONG_ASKED},
		{DEATH("-1", "5", "0", "0", ""), false, NULL},
		{DEATH(MOST, "5", "0", "0", ""), false, NULL},
		{DEATH("5", MOST, "0", "0", ""), false, NULL},
		{DEATH("5", "-2", "0", "0", ""), false, NULL},
		{DEATH("5", "5", "256", "0", ""), false, NULL},
		{DEATH("5", "5", "4294967296", "0", ""), false, NULL},
		{DEATH("5", "5", "0", "-1", ""), false, NULL},
	};
	static const char *const totals[] = {"{\"total\":" MOST
					     ",\"crashes\":1}",
		"{\"total\":-1,\"crashes\":-1}", "{\"total\":1,\"crashes\":2}"};
#undef DEATH
#undef MOST
	struct stage_deaths deaths;
	struct stage_str text = {0};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		stage_deaths_parse(
			cases[i].line, strlen(cases[i].line), &deaths);
		assert_int_equal(deaths.count, cases[i].is_taken);
		if (cases[i].is_taken) {
			assert_string_equal(
				deaths.items[0].asked, cases[i].asked);
			stage_str_clear(&text);
			assert_int_equal(
				stage_deaths_format(&deaths, &text), STAGE_OK);
		}
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(totals); i++) {
		stage_deaths_parse(totals[i], strlen(totals[i]), &deaths);
		assert_true(deaths.total == 0 && deaths.crashes == 0);
	}
	stage_str_finish(&text);
}

// The record of a number that cannot grow any more is still a record.
static void
counts_have_an_end(void **state)
{
	struct stage_deaths deaths = {
		.total = INT64_MAX / 2, .crashes = INT64_MAX / 2};
	struct stage_deaths again;
	struct stage_death death = {.exit_code = 1};
	struct stage_str text = {0};
	(void)state;

	stage_deaths_add(&deaths, &death);
	assert_int_equal(stage_deaths_format(&deaths, &text), STAGE_OK);
	stage_deaths_parse(text.data, text.len, &again);
	assert_int_equal(again.count, 1);
	assert_true(again.total == INT64_MAX / 2);
	assert_true(again.crashes == INT64_MAX / 2);
	stage_str_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deaths_in_words),
		cmocka_unit_test(when_a_loop_is_held),
		cmocka_unit_test(holds_grow_and_are_forgotten),
		cmocka_unit_test(a_hold_says_why),
		cmocka_unit_test_setup_teardown(
			the_last_twenty_are_kept, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(malformed_lines_are_passed_over,
			world_setup, world_teardown),
		cmocka_unit_test(json_and_back),
		cmocka_unit_test(wild_values_do_no_harm),
		cmocka_unit_test(counts_have_an_end),
		cmocka_unit_test_setup_teardown(
			every_allocation_may_fail, world_setup, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
