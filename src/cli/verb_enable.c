/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/rigdir.h"
#include "cli/template.h"
#include "rig/install.h"

static enum stage_status
no_such(const char *data, const char *name, struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_suggest nearest = STAGE_SUGGEST_INIT(name);
	enum stage_status status = stage_template_names(data, &names, err);

	for (size_t i = 0; i < names.count; i++) {
		stage_suggest_offer(&nearest, names.items[i]);
	}
	if (status == STAGE_OK && nearest.best != NULL) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"there is no disabled service and no template \"%s\"; "
			"did you mean \"%s\"?",
			name, nearest.best);
	} else if (status == STAGE_OK) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"there is no disabled service and no template \"%s\"; "
			"stagecraft enable lists the templates",
			name);
	}
	stage_strv_finish(&names);
	return status;
}

static enum stage_status
rename_back(struct stage_cli *cli, const char *name, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];

	stage_rig_path(&cli->rig, from, "services/%s.DISABLED", name);
	stage_rig_path(&cli->rig, to, "services/%s", name);
	if (rename(from, to) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to rename %s", from);
	}
	return STAGE_OK;
}

static enum stage_status
enable(struct stage_cli *cli, const char *data, const char *name,
	struct stage_err *err)
{
	enum stage_status status = stage_service_name_check(name, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_rigdir_has(&cli->rig, name, false)) {
		printf("%s is enabled already\n", name);
		return STAGE_OK;
	}
	if (stage_rigdir_has(&cli->rig, name, true)) {
		status = rename_back(cli, name, err);
	} else if (stage_template_is(data, name)) {
		status = stage_template_enable(data, name, &cli->rig, err);
	} else {
		return no_such(data, name, err);
	}
	if (status == STAGE_OK) {
		printf("%s is enabled%s\n", name,
			stage_rigdir_is_up(&cli->rig) ? " and starts" : "");
	}
	return status;
}

static enum stage_status
list_templates(struct stage_cli *cli, const char *data, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_template_names(data, &names, err);

	for (size_t i = 0; i < names.count; i++) {
		char path[STAGE_PATH_MAX];
		char text[128];
		bool is_on = stage_rigdir_has(&cli->rig, names.items[i], false);
		snprintf(path, sizeof(path), "%.3000s/services/%.200s", data,
			names.items[i]);
		stage_template_describe(path, text, sizeof(text));
		printf("  %s %-14s %s\n", is_on ? "on " : "off", names.items[i],
			text);
	}
	stage_strv_finish(&names);
	return status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	char data[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_install_data(data, &err);

	if (status == STAGE_OK && cli->operand_count == 0) {
		status = list_templates(cli, data, &err);
	} else if (status == STAGE_OK) {
		status = stage_rigdir_services(&cli->rig, path, &err);
	}
	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		status = enable(cli, data, cli->operands[i], &err);
	}
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_enable = {
	.name = "enable",
	.operands = "[NAME...]",
	.max_operands = -1,
	.summary = "Switches services on: disabled ones, or from the templates",
	.details =
		"Without a name it lists the templates. What a template runs "
		"is linked, so that an upgrade reaches it; its env/ is "
		"copied, to be edited.",
	.options = NULL,
	.run = run,
};
