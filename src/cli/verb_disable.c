/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/rigdir.h"
#include "rig/snapshot.h"
#include "rig/stop.h"

static enum stage_status
not_there(const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);
	struct stage_strv names = {0};

	(void)!stage_snapshot_names(rig, true, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		stage_suggest_offer(&suggest, names.items[i]);
	}
	if (suggest.best != NULL) {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no service \"%s\" in %s; did you mean %s?",
			name, rig->rig, suggest.best);
	} else {
		stage_err_set(err, STAGE_NOT_FOUND,
			"there is no service \"%s\" in %s; stagecraft status "
			"lists them",
			name, rig->rig);
	}
	stage_strv_finish(&names);
	return STAGE_NOT_FOUND;
}

// Says who will miss it; not being able to tell is no reason to refuse.
static void
warn_dependents(const struct stage_rig *rig, const char *name)
{
	struct stage_runit_tree *tree = NULL;
	struct stage_strv names = {0};
	struct stage_str list = {0};
	enum stage_status status =
		stage_stop_order(rig, STAGE_STOP_DECLARED, &tree, NULL);

	if (status == STAGE_OK) {
		status = stage_runit_tree_dependents(tree, name, &names);
	}
	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			&list, "%s%s", i > 0 ? ", " : "", names.items[i]);
	}
	if (status == STAGE_OK && names.count > 0) {
		stage_log_warn("%s %s %s", list.data,
			names.count == 1 ? "needs" : "need", name);
	}
	stage_str_finish(&list);
	stage_strv_finish(&names);
	stage_runit_tree_destroy(tree);
}

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
		return not_there(rig, name, err);
	}
	if (is_off) {
		return stage_err_set(err, STAGE_EXISTS,
			"%s is there too; remove it or %s first", to, name);
	}
	warn_dependents(rig, name);
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
