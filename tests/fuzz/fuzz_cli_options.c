/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "cli/parse.h"
#include "fuzz.h"

static int
run(struct stage_cli *cli)
{
	(void)cli;
	return 0;
}

// One verb of each kind; the real table is in the program's main.c.
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

static void
check_values(const struct stage_cli *cli)
{
	const struct stage_cli_option *known = cli->verb->options;

	for (size_t i = 0; i < STAGE_CLI_OPTIONS_MAX; i++) {
		bool is_known =
			known != NULL && i < STAGE_COUNT_OF(options) - 1;
		const char *value = cli->values[i];
		FUZZ_CHECK(value == NULL || is_known);
		FUZZ_CHECK(value == NULL || known[i].argument != NULL ||
			   value[0] == '\0');
	}
}

static void
check_run(const struct stage_cli *cli, int argc)
{
	FUZZ_CHECK(cli->verb != NULL);
	FUZZ_CHECK(cli->operand_count >= cli->verb->min_operands);
	FUZZ_CHECK(cli->verb->max_operands < 0 ||
		   cli->operand_count <= cli->verb->max_operands);
	FUZZ_CHECK(cli->operand_count < argc - 1);
	for (int i = 0; i < cli->operand_count; i++) {
		FUZZ_CHECK(cli->operands[i] != NULL);
	}
	FUZZ_CHECK(cli->rig.rig[0] == '/' && cli->rig.run[0] == '/');
	check_values(cli);
}

// The input is the words behind the program's name.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_cli cli = {0};
	struct fuzz_words words;
	enum stage_cli_outcome outcome;

	setenv("STAGECRAFT_RUN", "/nowhere/run", 0);
	setenv("STAGECRAFT_RIG", "/nowhere/rig", 0);
	fuzz_words_init(&words, "stagecraft", data, size);
	outcome = stage_cli_parse(&cli, words.argc, words.argv, &err);
	fuzz_check_err(err.status, &err);
	FUZZ_CHECK((outcome == STAGE_CLI_WRONG) == (err.status != STAGE_OK));
	FUZZ_CHECK(outcome != STAGE_CLI_WRONG ||
		   err.status == STAGE_BAD_INPUT ||
		   err.status == STAGE_TOO_LONG);
	if (outcome == STAGE_CLI_RUN) {
		check_run(&cli, words.argc);
	}
	fuzz_words_finish(&words);
	return 0;
}
