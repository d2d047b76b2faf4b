/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// check, plugins: what stagecraft-rack knows without a rack that plays.

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "cli/rack.h"
#include "cli/rigdir.h"
#include "rig/install.h"

#define PROGRAM "stagecraft-rack"

static const struct stage_cli_option options[] = {
	STAGE_CLI_JSON,
	{NULL, 0, NULL, NULL},
};

// Becomes stagecraft-rack with a mode and an operand; NULL: none.
static int
become(struct stage_cli *cli, char *mode, char *operand)
{
	struct stage_err err = STAGE_ERR_INIT;
	char bin[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	char program[] = PROGRAM;
	char json[] = "--json";
	char *words[5] = {program, mode};
	size_t count = 2;
	enum stage_status status = stage_install_bin(bin, &err);

	if (status == STAGE_OK) {
		status = stage_io_join(path, sizeof(path), bin, PROGRAM, &err);
	}
	if (status != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	if (stage_cli_has(cli, "json")) {
		words[count++] = json;
	}
	words[count++] = operand;
	execv(path, words);
	stage_err_set_errno(&err, errno, "unable to start %s", path);
	return stage_cli_fail(&err);
}

static int
run_check(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	char *word = cli->operands[0];
	char mode[] = "--check";
	char directory[STAGE_PATH_MAX];

	if (strchr(word, '/') != NULL || strcmp(word, ".") == 0) {
		return become(cli, mode, word);
	}
	if (stage_service_name_check(word, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	if (!stage_rigdir_has(&cli->rig, word, false)) {
		stage_err_set(&err, STAGE_NOT_FOUND,
			"there is no rack \"%s\" in %s; a directory is "
			"written with a slash, such as ./%s",
			word, cli->rig.rig, word);
		return stage_cli_fail(&err);
	}
	stage_rig_path(&cli->rig, directory, "services/%s", word);
	return become(cli, mode, directory);
}

static int
run_plugins(struct stage_cli *cli)
{
	char mode[] = "--plugins";

	return become(
		cli, mode, cli->operand_count > 0 ? cli->operands[0] : NULL);
}

const struct stage_cli_verb stage_rack_cli_check = {
	.name = "rack check",
	.operands = "RACK|DIR",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Looks for slips in the files of a rack",
	.details = "Each with its file, line and column: words that are none, "
		   "plug-ins that are not installed, values that they do not "
		   "have. Neither JACK nor the rack needs to run.",
	.options = options,
	.run = run_check,
};

const struct stage_cli_verb stage_rack_cli_plugins = {
	.name = "rack plugins",
	.operands = "[PATTERN]",
	.max_operands = 1,
	.summary = "Lists the LV2 plug-ins that are installed",
	.details = "Those with PATTERN in name or URI, with what goes in and "
		   "out; what no rack can run says why.",
	.options = options,
	.run = run_plugins,
};
