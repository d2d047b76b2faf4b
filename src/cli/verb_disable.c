/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>

#include "base/exits.h"
#include "cli/cli.h"
#include "cli/rigdir.h"
#include "rig/snapshot.h"

static enum stage_status
disable(struct stage_cli *cli, const char *name, struct stage_err *err)
{
	struct stage_service service;
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status =
		stage_snapshot_one(&cli->rig, name, &service, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (service.phase == STAGE_PHASE_DISABLED) {
		printf("%s is disabled already\n", name);
		return STAGE_OK;
	}
	stage_rig_path(&cli->rig, from, "services/%s", name);
	stage_rig_path(&cli->rig, to, "services/%s.DISABLED", name);
	if (rename(from, to) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to rename %s", from);
	}
	printf("%s is disabled%s\n", name,
		stage_rigdir_is_up(&cli->rig) ? " and stops" : "");
	return STAGE_OK;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	if (stage_rigdir_services(&cli->rig, path, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	for (int i = 0; i < cli->operand_count; i++) {
		if (disable(cli, cli->operands[i], &err) != STAGE_OK) {
			return stage_cli_fail(&err);
		}
	}
	return STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_verb_disable = {
	.name = "disable",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Switches services off for good",
	.details = "Renames the directory to NAME.DISABLED; nothing in it is "
		   "lost. stagecraft enable NAME switches it on again.",
	.options = NULL,
	.run = run,
};
