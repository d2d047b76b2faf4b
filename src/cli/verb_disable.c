/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>

#include "base/exits.h"
#include "cli/cli.h"
#include "cli/rigdir.h"

static enum stage_status
disable(const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_rigdir_services(rig, from, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	bool is_on = stage_rigdir_has(rig, name, false);
	bool is_off = stage_rigdir_has(rig, name, true);
	stage_rig_path(rig, from, "services/%s", name);
	stage_rig_path(rig, to, "services/%s.DISABLED", name);
	if (!is_on && is_off) {
		printf("%s is disabled already\n", name);
		return STAGE_OK;
	}
	if (!is_on) {
		return stage_rigdir_not_there(rig, name, err);
	}
	if (is_off) {
		return stage_err_set(err, STAGE_EXISTS,
			"%s is there too; remove it or %s first", to, name);
	}
	stage_rigdir_warn_dependents(rig, name);
	if (rename(from, to) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to disable %s", name);
	}
	printf("%s is disabled%s\n", name,
		stage_rig_is_up(rig) ? " and stops now" : "");
	return STAGE_OK;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		status = disable(&cli->rig, cli->operands[i], &err);
	}
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_disable = {
	.name = "disable",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Switches services off, for this and every later start",
	.details = "The directory is renamed to NAME.DISABLED and keeps all "
		   "that is in it; the service stops. stagecraft enable NAME "
		   "brings it back.",
	.options = NULL,
	.run = run,
};
