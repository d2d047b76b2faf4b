/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/parse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "world.h"

#define WORDS_MAX 16

static int
run(struct stage_cli *cli)
{
	(void)cli;
	return 0;
}

static const struct stage_cli_option options[] = {
	{"json", 'j', NULL, "a flag"},
	{"timeout", 't', "DURATION", "takes a value"},
	{"long-only", 0, "X", "has no letter"},
	{NULL, 0, NULL, NULL},
};
static const struct stage_cli_verb none = {.name = "none",
	.operands = "",
	.summary = "",
	.details = "",
	.run = run};
static const struct stage_cli_verb some = {.name = "some",
	.operands = "NAME [OTHER]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "",
	.details = "",
	.options = options,
	.run = run};
static const struct stage_cli_verb any = {.name = "any",
	.operands = "NAME...",
	.max_operands = -1,
	.summary = "",
	.details = "",
	.options = options,
	.run = run};
const struct stage_cli_verb *const stage_cli_verbs[] = {
	&none, &some, &any, NULL};

static int
setup(void **state)
{
	(void)state;
	setenv("STAGECRAFT_RUN", "/nowhere/run", 1);
	setenv("STAGECRAFT_RIG", "/by/env", 1);
	return 0;
}

// Splits at blanks; the words live in text.
static enum stage_cli_outcome
parse(struct stage_cli *cli, char *text, char **argv, struct stage_err *err)
{
	char *save = NULL;
	int argc = 0;

	*cli = (struct stage_cli){0};
	for (char *word = strtok_r(text, " ", &save); word != NULL;
		word = strtok_r(NULL, " ", &save)) {
		argv[argc] = strcmp(word, "''") == 0 ? word + 2 : word;
		argc++;
	}
	argv[argc] = NULL;
	return stage_cli_parse(cli, argc, argv, err);
}

static void
right_ones(void **state)
{
	static const struct {
		const char *text;
		const char *operands; // joined by "|"
		const char *json;
		const char *timeout;
		const char *rig;
	} cases[] = {
		{"s none", "", NULL, NULL, "/by/env"},
		{"s some a", "a|", NULL, NULL, "/by/env"},
		{"s some a -j b", "a|b|", "", NULL, "/by/env"},
		{"s some --json a", "a|", "", NULL, "/by/env"},
		{"s some -t 5s a", "a|", NULL, "5s", "/by/env"},
		{"s some -t5s a", "a|", NULL, "5s", "/by/env"},
		{"s some --timeout 5s a", "a|", NULL, "5s", "/by/env"},
		{"s some --timeout=5s a", "a|", NULL, "5s", "/by/env"},
		{"s some --timeout= a", "a|", NULL, "", "/by/env"},
		{"s some a --timeout -j", "a|", NULL, "-j", "/by/env"},
		{"s some -t 1 -t 2 a", "a|", NULL, "2", "/by/env"},
		{"s some -- -j", "-j|", NULL, NULL, "/by/env"},
		{"s some a -- --", "a|--|", NULL, NULL, "/by/env"},
		{"s -- some -a b", "-a|b|", NULL, NULL, "/by/env"},
		{"s some -", "-|", NULL, NULL, "/by/env"},
		{"s some -6.5 -.5", "-6.5|-.5|", NULL, NULL, "/by/env"},
		{"s some ''", "|", NULL, NULL, "/by/env"},
		{"s any a b c d e", "a|b|c|d|e|", NULL, NULL, "/by/env"},
		{"s any", "", NULL, NULL, "/by/env"},
		{"s -r /x none", "", NULL, NULL, "/x"},
		{"s none -r /x/", "", NULL, NULL, "/x"},
		{"s none -r/x", "", NULL, NULL, "/x"},
		{"s none --rig=/x", "", NULL, NULL, "/x"},
		{"s none --rig /x", "", NULL, NULL, "/x"},
		{"s any a -r /x b -j c", "a|b|c|", "", NULL, "/x"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_cli cli;
		struct stage_err err = STAGE_ERR_INIT;
		char text[100];
		char joined[100] = "";
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(parse(&cli, text, argv, &err), STAGE_CLI_RUN);
		for (int j = 0; j < cli.operand_count; j++) {
			strcat(joined, cli.operands[j]);
			strcat(joined, "|");
		}
		assert_string_equal(joined, cases[i].operands);
		assert_int_equal(cli.values[0] == NULL, cases[i].json == NULL);
		assert_int_equal(
			cli.values[1] == NULL, cases[i].timeout == NULL);
		if (cases[i].timeout != NULL) {
			assert_string_equal(cli.values[1], cases[i].timeout);
		}
		assert_string_equal(cli.rig.rig, cases[i].rig);
		assert_true(cli.names_rig);
	}
}

static void
a_rig_that_nobody_names(void **state)
{
	static const char *const values[] = {NULL, ""};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(values); i++) {
		struct stage_cli cli;
		struct stage_err err = STAGE_ERR_INIT;
		char text[] = "s none";
		char *argv[WORDS_MAX];
		unsetenv("STAGECRAFT_RIG");
		if (values[i] != NULL) {
			setenv("STAGECRAFT_RIG", values[i], 1);
		}
		setenv("HOME", "/of/mine", 1);
		assert_int_equal(parse(&cli, text, argv, &err), STAGE_CLI_RUN);
		assert_false(cli.names_rig);
		assert_string_equal(cli.rig.rig, "/of/mine/stagecraft");
	}
	setenv("STAGECRAFT_RIG", "/by/env", 1);
}

static void
a_sentence_for_each_wrong_one(void **state)
{
	static const struct {
		const char *text;
		const char *sentence;
	} cases[] = {
		{"s stats", "there is no verb \"stats\"; stagecraft help "
			    "lists them"},
		{"s smoe", "there is no verb \"smoe\"; did you mean some?"},
		{"s ''", "there is no verb \"\"; stagecraft help lists them"},
		{"s some", "some is not told enough: stagecraft some NAME "
			   "[OTHER]"},
		{"s some a b c",
			"\"c\" is one word too many: stagecraft some NAME "
			"[OTHER]"},
		{"s none x", "\"x\" is one word too many: stagecraft none "},
		{"s some a -x",
			"unknown option -x; see stagecraft some --help"},
		{"s some a --jsn",
			"unknown option --jsn; see stagecraft some --help"},
		{"s some a --jsonx",
			"unknown option --jsonx; see stagecraft some --help"},
		{"s none -j", "unknown option -j; see stagecraft none --help"},
		{"s --json some",
			"unknown option --json; see stagecraft help --help"},
		{"s some a --json=yes", "--json takes no value"},
		{"s some a -jt", "--json takes no value"},
		{"s some a -t", "--timeout needs a value: DURATION"},
		{"s some a --long-only", "--long-only needs a value: X"},
		{"s none -r", "-r needs the directory of a rig"},
		{"s none --rig", "-r needs the directory of a rig"},
		{"s none --rig=", "-r needs the directory of a rig"},
		{"s none -r ''", "-r needs the directory of a rig"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_cli cli;
		struct stage_err err = STAGE_ERR_INIT;
		char text[100];
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(
			parse(&cli, text, argv, &err), STAGE_CLI_WRONG);
		assert_string_equal(err.text, cases[i].sentence);
		assert_int_equal(err.status, STAGE_BAD_INPUT);
	}
}

static void
help(void **state)
{
	static const struct {
		const char *text;
		const struct stage_cli_verb *verb;
	} cases[] = {
		{"s", NULL},
		{"s -h", NULL},
		{"s --help", NULL},
		{"s -r /x", NULL},
		{"s some --help", &some},
		{"s --help some", &some},
		{"s none a b c -h", &none},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_cli cli;
		struct stage_err err = STAGE_ERR_INIT;
		char text[100];
		char *argv[WORDS_MAX];
		snprintf(text, sizeof(text), "%s", cases[i].text);
		assert_int_equal(parse(&cli, text, argv, &err), STAGE_CLI_HELP);
		assert_ptr_equal(cli.verb, cases[i].verb);
	}
}

static void
a_rig_that_cannot_be(void **state)
{
	struct stage_cli cli;
	struct stage_err err = STAGE_ERR_INIT;
	char text[] = "s none";
	char *argv[WORDS_MAX];
	(void)state;

	setenv("STAGECRAFT_RUN", "not/absolute", 1);
	assert_int_equal(parse(&cli, text, argv, &err), STAGE_CLI_WRONG);
	assert_non_null(strstr(err.text, "STAGECRAFT_RUN"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(right_ones, setup),
		cmocka_unit_test_setup(a_rig_that_nobody_names, setup),
		cmocka_unit_test_setup(a_sentence_for_each_wrong_one, setup),
		cmocka_unit_test_setup(help, setup),
		cmocka_unit_test_setup(a_rig_that_cannot_be, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
