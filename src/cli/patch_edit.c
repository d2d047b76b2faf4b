/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// connect, disconnect, forbid, learn.

#include <stdio.h>

#include "base/exits.h"
#include "cli/patch.h"

static const struct stage_cli_option pair_options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option forbid_options[] = {
	{"except", 'e', "FROM", "but not from there"},
	STAGE_CLI_JSON,
	{"lift", 'l', NULL, "take this forbid back"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option learn_options[] = {
	{"drop", 'd', NULL, "forget what went all at once"},
	STAGE_CLI_JSON,
	{"keep", 'k', NULL, "make again what went all at once"},
	{NULL, 0, NULL, NULL},
};

static int
show_connect(const json_t *result)
{
	const json_t *names = json_object_get(result, "waits_for");

	for (size_t i = 0; i < json_array_size(names); i++) {
		printf("waits for %s, which is not there now\n",
			json_string_value(json_array_get(names, i)));
	}
	return STAGE_EXIT_OK;
}

static int
run_connect(struct stage_cli *cli)
{
	return stage_patch_do(
		cli, "connect", stage_patch_pair(cli), show_connect);
}

static int
run_disconnect(struct stage_cli *cli)
{
	return stage_patch_do(cli, "disconnect", stage_patch_pair(cli), NULL);
}

static int
run_forbid(struct stage_cli *cli)
{
	const char *except = stage_cli_value(cli, "except");
	json_t *params = stage_patch_pair(cli);

	if (params != NULL && except != NULL &&
		json_object_set_new(params, "except", json_string(except)) !=
			0) {
		json_decref(params);
		params = NULL;
	}
	if (params != NULL && stage_cli_has(cli, "lift")) {
		json_object_set_new(params, "lift", json_true());
	}
	return stage_patch_do(cli, "forbid", params, NULL);
}

static int
show_learn(const json_t *result)
{
	static const struct {
		const char *key;
		const char *words;
	} outcomes[] = {{"learned", "learned"}, {"kept", "made again"},
		{"dropped", "forgotten"}};

	for (size_t i = 0; i < STAGE_COUNT_OF(outcomes); i++) {
		const json_t *count = json_object_get(result, outcomes[i].key);
		if (count != NULL) {
			stage_ask_print_count(count, "connection");
			printf(" %s\n", outcomes[i].words);
		}
	}
	return STAGE_EXIT_OK;
}

static int
run_learn(struct stage_cli *cli)
{
	return stage_patch_do(cli, "learn",
		json_pack("{s:b, s:b}", "keep", stage_cli_has(cli, "keep"),
			"drop", stage_cli_has(cli, "drop")),
		show_learn);
}

const struct stage_cli_verb stage_patch_verb_connect = {
	.name = "patch connect",
	.operands = "FROM TO",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Connects two ports, for good",
	.details = "Now, and whenever both are there. With * and ? in the "
		   "names it "
		   "is a rule for all that match. Undo takes it back.",
	.options = pair_options,
	.run = run_connect,
};

const struct stage_cli_verb stage_patch_verb_disconnect = {
	.name = "patch disconnect",
	.operands = "FROM TO",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Disconnects two ports, for good",
	.details = "What another file wants is denied from then on, without a "
		   "change of that file.",
	.options = pair_options,
	.run = run_disconnect,
};

const struct stage_cli_verb stage_patch_verb_forbid = {
	.name = "patch forbid",
	.operands = "FROM TO",
	.min_operands = 2,
	.max_operands = 2,
	.summary = "Removes a connection whoever makes it",
	.details = "Stands above everything else. Names may be patterns.",
	.options = forbid_options,
	.run = run_forbid,
};

const struct stage_cli_verb stage_patch_verb_learn = {
	.name = "patch learn",
	.operands = "",
	.summary = "Learns what is connected now and stands in no file",
	.details =
		"Nothing is forgotten by it. When many connections go at once "
		"without their ports, the patchbay does not know what was "
		"meant, and leaves them so: --keep makes them again, --drop "
		"forgets them.",
	.options = learn_options,
	.run = run_learn,
};
