/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/exits.h"
#include "cli/cli.h"
#include "cli/crash_list.h"
#include "cli/crash_view.h"
#include "cli/terminal.h"
#include "rig/snapshot.h"

static const struct stage_cli_option options[] = {
	{"json", 'j', NULL, "print JSON, for programs"},
	{NULL, 0, NULL, NULL},
};

struct report {
	bool wants_json;
	json_t *services; // owned
	struct stage_str text;
};

static enum stage_status
add_one(const struct stage_rig *rig, const char *name, struct report *report)
{
	struct stage_crashes crashes;
	enum stage_status status = stage_crashes_load(rig, name, &crashes);

	if (status != STAGE_OK) {
		return status;
	}
	if (crashes.count > 0 && report->wants_json) {
		if (json_array_append_new(report->services,
			    stage_crashes_to_json(name, &crashes)) != 0) {
			status = STAGE_NO_MEMORY;
		}
	} else if (crashes.count > 0) {
		status = stage_crash_view(name, &crashes, &report->text);
	}
	stage_crashes_finish(&crashes);
	return status;
}

static enum stage_status
finish_json(struct report *report)
{
	json_t *root = json_pack("{s:O}", "services", report->services);
	char *text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	enum stage_status status = STAGE_NO_MEMORY;

	if (text != NULL) {
		status = stage_str_addf(&report->text, "%s\n", text);
	}
	free(text);
	json_decref(root);
	return status;
}

static enum stage_status
check_rig(const struct stage_rig *rig, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	stage_rig_path(rig, path, "services");
	if (access(path, F_OK) != 0) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"%s is no rig: it has no directory \"services\"",
			rig->rig);
	}
	return STAGE_OK;
}

static enum stage_status
list_names(const struct stage_cli *cli, struct stage_strv *names,
	struct stage_err *err)
{
	struct stage_service service;
	enum stage_status status = stage_crashes_names(&cli->rig, names, err);
	const char *name;

	if (status == STAGE_OK) {
		status = check_rig(&cli->rig, err);
	}
	if (cli->operand_count == 0 || status != STAGE_OK) {
		return status;
	}
	name = cli->operands[0];
	if (!stage_strv_has(names, name)) {
		status = stage_snapshot_phase(&cli->rig, name, &service, err);
	}
	stage_strv_finish(names);
	return status == STAGE_OK ? stage_strv_add(names, name) : status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_strv names = {0};
	struct report report = {.wants_json = stage_cli_has(cli, "json"),
		.services = json_array()};
	enum stage_status status = list_names(cli, &names, &err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = add_one(&cli->rig, names.items[i], &report);
	}
	if (status == STAGE_OK && report.wants_json) {
		status = finish_json(&report);
	} else if (status == STAGE_OK && report.text.len == 0) {
		status = stage_str_add(
			&report.text, "nothing has crashed or ended\n");
	}
	if (status == STAGE_OK) {
		status =
			stage_terminal_write(report.text.data, report.text.len);
	}
	if (status != STAGE_OK && err.status == STAGE_OK) {
		stage_err_set(&err, status, "unable to show it: %s",
			stage_strerror(status));
	}
	json_decref(report.services);
	stage_str_finish(&report.text);
	stage_strv_finish(&names);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_crashes = {
	.name = "crashes",
	.operands = "[NAME]",
	.max_operands = 1,
	.summary = "Shows the last 20 ends of each service, and its last words",
	.details = "The newest first: when, how long it had run, how it ended, "
		   "and the last lines of its log. Kept in the rig over a "
		   "reboot.",
	.options = options,
	.run = run,
};
