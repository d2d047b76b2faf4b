/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "cli/new_rack.h"
#include "cli/rigdir.h"
#include "cli/table.h"
#include "cli/template.h"
#include "cli/terminal.h"
#include "rig/install.h"
#include "rig/snapshot.h"

#define DESCRIPTION_MAX 200

static const struct stage_cli_option options[] = {
	{"as", 'a', "NAME",
		"call the service so; a template may be used more than once"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_table_column columns[] = {
	{"SERVICE", false, false, 0},
	{"IS", false, false, 0},
	{"WHAT IT IS", false, true, 0},
};

static void
add_row(struct stage_table *table, const struct stage_rig *rig,
	const char *name, const char *directory)
{
	char what[DESCRIPTION_MAX];
	bool is_on = stage_rigdir_has(rig, name, false);
	bool is_off = !is_on && stage_rigdir_has(rig, name, true);

	stage_template_describe(directory, what, sizeof(what));
	stage_table_cell(table, name, STAGE_TONE_PLAIN);
	stage_table_cell(table,
		is_on    ? "on"
		: is_off ? "disabled"
			 : "",
		is_on ? STAGE_TONE_GOOD : STAGE_TONE_DIM);
	stage_table_cell(table, what, STAGE_TONE_PLAIN);
}

static void
add_templates(struct stage_table *table, const struct stage_rig *rig,
	const char *data, const struct stage_strv *names)
{
	char path[STAGE_PATH_MAX];

	for (size_t i = 0; i < names->count; i++) {
		if (stage_format(path, sizeof(path), "%s/services/%s", data,
			    names->items[i]) == STAGE_OK) {
			add_row(table, rig, names->items[i], path);
		}
	}
}

// What is in the rig and was not made from a template.
static void
add_own(struct stage_table *table, const struct stage_rig *rig,
	const struct stage_strv *templates)
{
	struct stage_strv own = {0};
	char path[STAGE_PATH_MAX];

	(void)!stage_snapshot_names(rig, true, &own, NULL);
	(void)!stage_snapshot_names(rig, false, &own, NULL);
	for (size_t i = 0; i < own.count; i++) {
		const char *name = own.items[i];
		if (!stage_strv_has(templates, name)) {
			stage_rig_path(rig, path, "services/%s%s", name,
				stage_rigdir_has(rig, name, false)
					? ""
					: ".DISABLED");
			add_row(table, rig, name, path);
		}
	}
	stage_strv_finish(&own);
}

static enum stage_status
list(struct stage_cli *cli, const char *data, struct stage_err *err)
{
	struct stage_terminal terminal;
	struct stage_strv templates = {0};
	struct stage_str out = {0};
	struct stage_table *table =
		stage_table_create(columns, STAGE_COUNT_OF(columns));
	enum stage_status status =
		table != NULL
			? stage_template_names(data, &templates, err)
			: stage_err_set(err, STAGE_NO_MEMORY, "out of memory");

	if (status == STAGE_OK) {
		stage_terminal_look(&terminal, STDOUT_FILENO);
		add_templates(table, &cli->rig, data, &templates);
		add_own(table, &cli->rig, &templates);
		status = stage_table_render(
			table, terminal.columns, terminal.has_colour, &out);
		if (status == STAGE_OK) {
			status = stage_terminal_write(out.data, out.len);
		}
		if (status != STAGE_OK) {
			stage_err_set(err, status, "unable to show it: %s",
				stage_strerror(status));
		}
	}
	stage_strv_finish(&templates);
	stage_str_finish(&out);
	stage_table_destroy(table);
	return status;
}

static enum stage_status
nothing_like_it(const struct stage_rig *rig, const char *data, const char *name,
	struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);
	struct stage_strv known = {0};
	enum stage_status status = STAGE_NOT_FOUND;

	(void)!stage_template_names(data, &known, NULL);
	(void)!stage_snapshot_names(rig, false, &known, NULL);
	for (size_t i = 0; i < known.count; i++) {
		stage_suggest_offer(&suggest, known.items[i]);
	}
	if (suggest.best != NULL) {
		stage_err_set(err, status,
			"there is neither a disabled service nor a template "
			"\"%s\"; did you mean %s?",
			name, suggest.best);
	} else {
		stage_err_set(err, status,
			"there is neither a disabled service nor a template "
			"\"%s\"; stagecraft enable lists them",
			name);
	}
	stage_strv_finish(&known);
	return status;
}

static enum stage_status
switch_on(const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];

	stage_rig_path(rig, from, "services/%s.DISABLED", name);
	stage_rig_path(rig, to, "services/%s", name);
	return rename(from, to) == 0 ? STAGE_OK
				     : stage_err_set_errno(err, errno,
					       "unable to enable %s", name);
}

static void
tell(const struct stage_rig *rig, const char *name)
{
	printf("%s is enabled and starts %s\n", name,
		stage_rig_is_up(rig) ? "now" : "with stagecraft up");
}

static enum stage_status
enable(const struct stage_rig *rig, const char *data, const char *name,
	struct stage_err *err)
{
	char services[STAGE_PATH_MAX];
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_rigdir_services(rig, services, err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (stage_rigdir_has(rig, name, false)) {
		printf("%s is enabled already\n", name);
		return STAGE_OK;
	}
	if (stage_rigdir_has(rig, name, true)) {
		status = switch_on(rig, name, err);
	} else if (stage_template_is(data, name)) {
		status = stage_template_enable(data, name, rig, err);
	} else {
		return nothing_like_it(rig, data, name, err);
	}
	if (status == STAGE_OK) {
		tell(rig, name);
	}
	return status;
}

// Makes a service of another name than its template has.
static enum stage_status
enable_as(const struct stage_cli *cli, const char *data, const char *name,
	struct stage_err *err)
{
	const char *template = cli->operands[0];
	enum stage_status status = stage_service_name_check(name, err);

	if (cli->operand_count != 1) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"--as names the service that one template makes: "
			"stagecraft enable TEMPLATE --as NAME");
	}
	if (status == STAGE_OK) {
		status = stage_cli_check_free(&cli->rig, name, err);
	}
	if (status == STAGE_OK && !stage_template_is(data, template)) {
		return nothing_like_it(&cli->rig, data, template, err);
	}
	if (status == STAGE_OK) {
		status = stage_template_enable_as(
			data, template, name, &cli->rig, err);
	}
	if (status == STAGE_OK) {
		tell(&cli->rig, name);
	}
	return status;
}

static int
run(struct stage_cli *cli)
{
	const char *as = stage_cli_value(cli, "as");
	struct stage_err err = STAGE_ERR_INIT;
	char data[STAGE_PATH_MAX] = "";
	enum stage_status status = STAGE_OK;

	// Without our templates what is disabled can still be enabled.
	if (stage_install_data(data, &err) != STAGE_OK) {
		if (cli->operand_count == 0) {
			return stage_cli_fail(&err);
		}
		data[0] = '\0';
		err = (struct stage_err)STAGE_ERR_INIT;
	}
	if (as != NULL) {
		status = enable_as(cli, data, as, &err);
		return status == STAGE_OK ? STAGE_EXIT_OK
					  : stage_cli_fail(&err);
	}
	if (cli->operand_count == 0) {
		status = list(cli, data, &err);
	}
	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		status = enable(&cli->rig, data, cli->operands[i], &err);
	}
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_enable = {
	.name = "enable",
	.operands = "[NAME...]",
	.max_operands = -1,
	.summary = "Switches services on, or lists those there are",
	.details = "One that was disabled comes back as it was; else it is "
		   "made from the template of that name. Without a name the "
		   "templates are listed.",
	.options = options,
	.run = run,
};
