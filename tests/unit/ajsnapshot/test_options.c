/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "ajsnapshot/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "failing_alloc.h"

#define WORDS_MAX 80
#define TEXT_MAX 512

// A command line, at blanks; '' is an empty word, ~ a blank. The file is in the
// text.
struct line {
	char text[TEXT_MAX];
	char *argv[WORDS_MAX + 1];
	int argc;
};

static void
split(struct line *line, const char *text)
{
	char *save = NULL;

	assert_true(strlen(text) < sizeof(line->text));
	strcpy(line->text, text);
	line->argc = 0;
	for (char *word = strtok_r(line->text, " ", &save); word != NULL;
		word = strtok_r(NULL, " ", &save)) {
		line->argv[line->argc] =
			strcmp(word, "''") == 0 ? word + 2 : word;
		line->argc++;
	}
	line->argv[line->argc] = NULL;
	for (size_t i = 0; i < sizeof(line->text); i++) {
		line->text[i] = line->text[i] == '~' ? ' ' : line->text[i];
	}
}

static void
parse(struct line *line, const char *text, struct stage_aj_options *options)
{
	struct stage_err err = STAGE_ERR_INIT;

	split(line, text);
	if (stage_aj_options_parse(options, line->argc, line->argv, &err) !=
		STAGE_OK) {
		fail_msg("%s: %s", text, err.text);
	}
}

// "store ja x f q FILE", with dots for what is not.
static void
describe(const struct stage_aj_options *options, char *out, size_t size)
{
	static const char *const actions[STAGE_AJ_ACTION_COUNT] = {
		"store", "restore", "daemon", "remove"};

	snprintf(out, size, "%s %c%c%c%c%c %s", actions[options->action],
		options->has_jack ? 'j' : '.', options->has_alsa ? 'a' : '.',
		options->removes_first ? 'x' : '.', options->forces ? 'f' : '.',
		options->is_quiet ? 'q' : '.',
		options->file != NULL ? options->file : "nothing");
}

static void
command_lines_mean_what_they_mean_to_aj_snapshot(void **state)
{
	static const struct {
		const char *text;
		const char *meaning;
	} cases[] = {
		// The examples of its man page.
		{"aj test.snap", "store ja... test.snap"},
		{"aj -r test.snap", "restore ja... test.snap"},
		{"aj -xr test.snap", "restore jax.. test.snap"},
		{"aj -a test.snap", "store .a... test.snap"},
		{"aj -rj test.snap", "restore j.... test.snap"},
		{"aj -qfj test.snap", "store j..fq test.snap"},
		{"aj -ax", "remove .a... nothing"},
		{"aj -d test.snap", "daemon ja... test.snap"},
		{"aj -djx test.snap", "daemon j.x.. test.snap"},
		{"aj -f test.snap", "store ja.f. test.snap"},

		{"aj --restore test.snap", "restore ja... test.snap"},
		{"aj --daemon --alsa --jack --remove --force --quiet "
		 "--poll=10 --ignore=x F",
			"daemon jaxfq F"},
		{"aj --rem --res --d F", "daemon jax.. F"},
		{"aj -j -a F", "store ja... F"},
		{"aj -jx", "remove j.... nothing"},
		{"aj -x --jack --alsa", "remove ja... nothing"},
		{"aj -xr", "remove ja... nothing"},
		{"aj -xd", "remove ja... nothing"},
		{"aj -x F", "store ja... F"}, {"aj -r -d F", "daemon ja... F"},
		{"aj -d -r F", "restore ja... F"},
		{"aj F -r", "restore ja... F"},
		{"aj -r F -x", "restore jax.. F"},
		{"aj -r -- -x", "restore ja... -x"},
		{"aj -r -- --", "restore ja... --"}, {"aj -", "store ja... -"},
		{"aj -p 10 -d F", "daemon ja... F"},
		{"aj -dp10 F", "daemon ja... F"},
		{"aj --poll 0 -d F", "daemon ja... F"},
		{"aj -i -r F", "store ja... F"}, // "-r" is a client
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_aj_options options;
		struct line line;
		char meaning[TEXT_MAX];
		parse(&line, cases[i].text, &options);
		describe(&options, meaning, sizeof(meaning));
		if (strcmp(meaning, cases[i].meaning) != 0) {
			fail_msg("%s: %s", cases[i].text, meaning);
		}
		assert_false(options.wants_help);
		stage_aj_options_finish(&options);
	}
}

static void
wrong_lines_are_told_in_a_sentence(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} cases[] = {
		{"aj", "no file is named; without one, only -x is possible, "
		       "which removes all connections"},
		{"aj -r", "no file is named; without one, only -x is possible, "
			  "which removes all connections"},
		{"aj -d -p 10", "no file is named; without one, only -x is "
				"possible, which removes all connections"},
		{"aj ''", "the file's name is empty"},
		{"aj A B", "there can be one file, not \"A\" and \"B\""},
		{"aj -x A -r B", "there can be one file, not \"A\" and \"B\""},
		{"aj -n F", "there is no option -n; -h shows those there are"},
		{"aj -rnx F",
			"there is no option -n; -h shows those there are"},
		{"aj -\xc3\xa9 F",
			"there is no option -\xc3\xa9; -h shows those there "
			"are"},
		{"aj --store F",
			"there is no option --store; -h shows those there are"},
		{"aj --restoree F",
			"there is no option --restoree; -h shows those there "
			"are"},
		{"aj --re F", "--re may be --restore or --remove"},
		{"aj --=x F", "-- may be --alsa or --jack"},
		{"aj --force=yes F", "--force takes no value, so not \"yes\""},
		{"aj --force= F", "--force takes no value, so not \"\""},
		{"aj F -i", "-i needs a value: CLIENT"},
		{"aj F -xi", "-i needs a value: CLIENT"},
		{"aj F --ign", "--ign needs a value: CLIENT"},
		{"aj F -p", "-p needs a value: MILLISECONDS"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_aj_options options;
		struct stage_err err = STAGE_ERR_INIT;
		struct line line;
		split(&line, cases[i].text);
		assert_int_equal(stage_aj_options_parse(
					 &options, line.argc, line.argv, &err),
			STAGE_BAD_INPUT);
		if (strcmp(err.text, cases[i].sentence) != 0) {
			fail_msg("%s: %s", cases[i].text, err.text);
		}
		stage_aj_options_finish(&options);
	}
}

static void
intervals_are_numbers(void **state)
{
	static const char *const words[] = {
		"-px", "-p-1", "-p1.5", "-p99999999999", "--poll="};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		char text[TEXT_MAX];
		struct stage_aj_options options;
		struct stage_err err = STAGE_ERR_INIT;
		struct line line;
		snprintf(text, sizeof(text), "aj -d %s F", words[i]);
		split(&line, text);
		assert_int_equal(stage_aj_options_parse(
					 &options, line.argc, line.argv, &err),
			STAGE_BAD_INPUT);
		if (strncmp(err.text, "-p: \"", 5) != 0) {
			fail_msg("%s: %s", text, err.text);
		}
		stage_aj_options_finish(&options);
	}
}

static void
help_comes_before_what_stands_behind_it(void **state)
{
	static const char *const texts[] = {"aj -h", "aj --help", "aj --he",
		"aj -rh", "aj -hz A B --wrong", "aj A -h B C"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		struct stage_aj_options options;
		struct line line;
		parse(&line, texts[i], &options);
		assert_true(options.wants_help);
		stage_aj_options_finish(&options);
	}
}

static void
clients_are_ignored_by_patterns(void **state)
{
	static const struct {
		const char *client;
		bool is_ignored;
	} cases[] = {
		{"system", true},
		{"systems", false},
		{"a2j", true},
		{"a2jmidid", true},
		{"Synth 1", true},
		{"Synth 8", true},
		{"Synth 3", false},
		{"Synth [128]", false},
		{"*", false},
		{"", true},
	};
	struct stage_aj_options options;
	struct line line;
	(void)state;

	parse(&line, "aj -isystem --ignore a2j* -i Synth~[128] -i '' F",
		&options);
	assert_int_equal(options.ignored.count, 4);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		if (stage_aj_options_ignores(&options, cases[i].client) !=
			cases[i].is_ignored) {
			fail_msg("%s", cases[i].client);
		}
	}
	stage_aj_options_finish(&options);
}

// aj-snapshot itself takes no more than 49.
static void
any_number_of_clients_is_ignored(void **state)
{
	struct stage_aj_options options;
	struct line line;
	char text[TEXT_MAX] = "aj -r F";
	(void)state;

	for (int i = 0; i < 60; i++) {
		strcat(text, " -ic");
	}
	parse(&line, text, &options);
	assert_int_equal(options.ignored.count, 60);
	assert_true(stage_aj_options_ignores(&options, "c"));
	stage_aj_options_finish(&options);
}

static void
what_means_nothing_is_remarked(void **state)
{
	static const struct {
		const char *text;
		const char *first;
		size_t count;
	} cases[] = {
		{"aj -r F", NULL, 0},
		{"aj -xr F", NULL, 0},
		{"aj -x", NULL, 0},
		{"aj -x F", "-x means nothing where connections are stored", 1},
		{"aj -dp9 F", "-p means nothing here", 1},
		{"aj -xp9 F", "-x means nothing where", 2},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_aj_options options;
		struct line line;
		parse(&line, cases[i].text, &options);
		assert_int_equal(options.remarks.count, cases[i].count);
		if (cases[i].count > 0) {
			assert_memory_equal(options.remarks.items[0],
				cases[i].first, strlen(cases[i].first));
		}
		stage_aj_options_finish(&options);
	}
}

static enum stage_status
parse_once(void *user)
{
	struct stage_aj_options options;
	struct stage_err err = STAGE_ERR_INIT;
	struct line line;
	enum stage_status status;
	(void)user;

	split(&line, "aj -x -p 1 -i a -i b F");
	status = stage_aj_options_parse(&options, line.argc, line.argv, &err);
	assert_int_equal(status == STAGE_OK, err.text[0] == '\0');
	stage_aj_options_finish(&options);
	return status;
}

static void
each_failing_allocation_is_survived(void **state)
{
	(void)state;
	assert_true(failing_alloc_sweep(parse_once, NULL) > 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			command_lines_mean_what_they_mean_to_aj_snapshot),
		cmocka_unit_test(wrong_lines_are_told_in_a_sentence),
		cmocka_unit_test(intervals_are_numbers),
		cmocka_unit_test(help_comes_before_what_stands_behind_it),
		cmocka_unit_test(clients_are_ignored_by_patterns),
		cmocka_unit_test(any_number_of_clients_is_ignored),
		cmocka_unit_test(what_means_nothing_is_remarked),
		cmocka_unit_test(each_failing_allocation_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
