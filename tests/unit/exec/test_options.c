/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "exec/options.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "exec/prepare.h"
#include "world.h"

#define WORDS_MAX 64

// Splits at blanks; the words live in text.
static enum stage_status
parse(struct stage_exec_options *options, char *text, char **argv,
	struct stage_err *err)
{
	char *save = NULL;
	int argc = 0;

	*options = (struct stage_exec_options){0};
	for (char *word = strtok_r(text, " ", &save); word != NULL;
		word = strtok_r(NULL, " ", &save)) {
		argv[argc] = strcmp(word, "''") == 0 ? word + 2 : word;
		argc++;
	}
	argv[argc] = NULL;
	return stage_exec_options_parse(options, argc, argv, err);
}

static void
everything_at_once(void **state)
{
	char text[] =
		"stagecraft-exec -w jack -walsa -w jack -t 1.5s -b jack "
		"-r port:S:* -k INT -p fifo:70 -n -5 -l core=0 -lrtprio=95 -c "
		"2-3 -e env -E A=B=C -E D= -u me:audio -C dir -- -prog "
		"-w -h";
	struct stage_exec_options options;
	char *argv[WORDS_MAX];
	(void)state;

	assert_int_equal(parse(&options, text, argv, NULL), STAGE_OK);
	assert_int_equal(options.needs.count, 2);
	assert_true(options.needs.is_bound);
	assert_int_equal(options.needs.ready, STAGE_READY_PORT);
	assert_int_equal(options.needs.stop_signal, SIGINT);
	assert_true(options.timeout_ns == 1500 * STAGE_NS_PER_MS);
	assert_string_equal(options.scheduling, "fifo:70");
	assert_true(options.has_nice && options.nice == -5);
	assert_int_equal(options.limits.count, 2);
	assert_string_equal(options.cpus, "2-3");
	assert_int_equal(options.env_dirs.count, 1);
	assert_int_equal(options.variables.count, 2);
	assert_string_equal(options.user, "me:audio");
	assert_string_equal(options.directory, "dir");
	assert_string_equal(options.argv[0], "-prog");
	assert_string_equal(options.argv[2], "-h");
	assert_null(options.argv[3]);
	stage_exec_options_finish(&options);
}

static void
where_options_end(void **state)
{
	static const struct {
		const char *text;
		const char *program; // NULL: help
	} cases[] = {
		{"x prog -w jack", "prog"},
		{"x -- prog", "prog"},
		{"x -", "-"},
		{"x -w jack prog", "prog"},
		{"x -h", NULL},
		{"x --help", NULL},
		{"x -w jack -h prog", NULL},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_exec_options options;
		char text[100];
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(parse(&options, text, argv, NULL), STAGE_OK);
		assert_int_equal(options.wants_help, cases[i].program == NULL);
		if (cases[i].program != NULL) {
			assert_string_equal(options.argv[0], cases[i].program);
		}
		stage_exec_options_finish(&options);
	}
}

static void
one_sentence_for_each_fault(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} cases[] = {
		{"x", "there is no program to start"},
		{"x --", "there is no program to start"},
		{"x -w jack", "there is no program to start"},
		{"x -w", "-w needs a value: CONDITION"},
		{"x -C", "-C needs a value: DIR"},
		{"x -z prog", "unknown option -z"},
		{"x --wait jack", "unknown option --wait"},
		{"x -w jck prog", "\"jck\" is nothing that can be waited for"},
		{"x -w '' prog", "\"\" is nothing that can be waited for"},
		{"x -t soon prog", "soon"},
		{"x -t -1 prog", "-1"},
		{"x -b alsa prog", "can only be bound to jack"},
		{"x -r soon prog", "no sign of readiness"},
		{"x -n 20 prog", "20"},
		{"x -n -21 prog", "-21"},
		{"x -n 1.5 prog", "1.5"},
		{"x -l core prog", "\"core\" is not a limit"},
		{"x -l core=1k prog", "limit core: \"1k\""},
		{"x -c x prog", "CPU list: \"x\""},
		{"x -c 3-2 prog", "CPU list: \"2\""},
		{"x -c '' prog", "CPU list: \"\""},
		{"x -p fast prog", "\"fast\" is not a scheduling"},
		{"x -p fifo:0 prog", "scheduling: \"0\""},
		{"x -E A prog", "sets no variable"},
		{"x -E =A prog", "sets no variable"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_exec_options options;
		struct stage_err err = STAGE_ERR_INIT;
		char text[100];
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(
			parse(&options, text, argv, &err), STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].part));
		stage_exec_options_finish(&options);
	}
}

static void
preparing(void **state)
{
	struct world *world = *state;
	struct stage_exec_options options;
	struct stage_err err = STAGE_ERR_INIT;
	struct rlimit limit;
	char text[STAGE_PATH_MAX * 2];
	char cwd[STAGE_PATH_MAX];
	char *argv[WORDS_MAX];

	world_write(world, "env/T_FROM_DIR", 0644, "dir\n");
	world_write(world, "env/T_BOTH", 0644, "dir\n");
	snprintf(text, sizeof(text),
		"x -e %s -E T_BOTH=own=1 -l core=0 -n 1 -c 0 -p other -C %s "
		"prog",
		world_path(world, "env"), world_path(world, "rig"));
	assert_int_equal(parse(&options, text, argv, NULL), STAGE_OK);
	assert_int_equal(stage_exec_prepare(&options, &err), STAGE_OK);
	assert_string_equal(getenv("T_FROM_DIR"), "dir");
	assert_string_equal(getenv("T_BOTH"), "own=1");
	assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 0);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_string_equal(cwd, world->rig.rig);
	assert_int_equal(getpriority(PRIO_PROCESS, 0), 1);
	// At a restart the same once more.
	assert_int_equal(stage_exec_prepare(&options, &err), STAGE_OK);
	stage_exec_options_finish(&options);
	assert_int_equal(chdir("/"), 0);
}

static void
preparing_badly(void **state)
{
	static const struct {
		const char *text;
		const char *part;
	} cases[] = {
		{"x -C /nowhere/at/all prog", "/nowhere/at/all"},
		{"x -u no-such-user prog", "no-such-user"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_exec_options options;
		struct stage_err err = STAGE_ERR_INIT;
		char text[100];
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(parse(&options, text, argv, NULL), STAGE_OK);
		assert_int_not_equal(
			stage_exec_prepare(&options, &err), STAGE_OK);
		assert_non_null(strstr(err.text, cases[i].part));
		stage_exec_options_finish(&options);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_at_once),
		cmocka_unit_test(where_options_end),
		cmocka_unit_test(one_sentence_for_each_fault),
		cmocka_unit_test_setup_teardown(
			preparing, world_setup, world_teardown),
		cmocka_unit_test(preparing_badly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
