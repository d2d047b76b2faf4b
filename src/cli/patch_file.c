/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// import, export: files of other programs.

#define _XOPEN_SOURCE 700 // realpath

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/exits.h"
#include "base/log.h"
#include "cli/patch.h"
#include "cli/terminal.h"
#include "rpc/bytes.h"

static const struct stage_cli_option import_options[] = {
	{"dry", 'd', NULL, "only say what would come of it"},
	{"from", 'f', "FORMAT", "which program's; else what it looks like"},
	STAGE_CLI_JSON,
	{"name", 'n', "NAME", "of the patch file; else as the file's"},
	{"replace", 'R', NULL, "replace what was imported under this name"},
	{NULL, 0, NULL, NULL},
};

static const struct stage_cli_option export_options[] = {
	STAGE_CLI_JSON,
	{"now", 'n', NULL, "what is connected, not what is desired"},
	{"to", 't', "FORMAT", "which program's"},
	{NULL, 0, NULL, NULL},
};

// To standard error, so that a file on standard output stays one.
static void
tell_report(const json_t *result)
{
	const json_t *report = json_object_get(result, "report");

	for (size_t i = 0; i < json_array_size(report); i++) {
		stage_log_warn(
			"%s", json_string_value(json_array_get(report, i)));
	}
}

static int
show_import(const json_t *result)
{
	const char *path = stage_ask_text(result, "path");

	tell_report(result);
	stage_ask_print_count(
		json_object_get(result, "statements"), "statement");
	printf(" of %s", stage_ask_text(result, "format"));
	if (path[0] != '\0') {
		printf(", now in %s", path);
	}
	printf("\n");
	return STAGE_EXIT_OK;
}

static int
run_import(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	char *real = realpath(cli->operands[0], NULL);
	bool fits = real != NULL &&
		    stage_format(path, sizeof(path), "%s", real) == STAGE_OK;

	free(real);
	if (!fits) {
		stage_err_set(&err, STAGE_NOT_FOUND, "unable to find %s: %s",
			cli->operands[0], strerror(errno));
		return stage_cli_fail(&err);
	}
	return stage_patch_do(cli, "import",
		json_pack("{s:s, s:s?, s:s?, s:b, s:b}", "file", path, "format",
			stage_cli_value(cli, "from"), "name",
			stage_cli_value(cli, "name"), "replace",
			stage_cli_has(cli, "replace"), "dry",
			stage_cli_has(cli, "dry")),
		show_import);
}

static enum stage_status
put_bytes(const struct stage_cli *cli, const struct stage_str *bytes,
	struct stage_err *err)
{
	enum stage_status status;

	if (cli->operand_count > 0) {
		return stage_atomic_save(cli->operands[0],
			stage_str_text(bytes), bytes->len, 0, err);
	}
	status = stage_terminal_write(stage_str_text(bytes), bytes->len);
	return status == STAGE_OK || status == STAGE_GONE
		       ? STAGE_OK
		       : stage_err_set(err, status, "unable to write it: %s",
				 stage_strerror(status));
}

static int
run_export(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str bytes = {0};
	json_t *result = NULL;
	const char *format = stage_cli_value(cli, "to");
	enum stage_status status = stage_patch_call(cli, "export",
		json_pack("{s:s, s:b}", "format",
			format != NULL ? format : "patch", "now",
			stage_cli_has(cli, "now")),
		&result, &err);

	if (status == STAGE_OK && stage_cli_has(cli, "json")) {
		stage_ask_print_json(result);
	} else if (status == STAGE_OK) {
		tell_report(result);
		status = stage_rpc_bytes_take(result, &bytes);
		status = status == STAGE_OK
				 ? put_bytes(cli, &bytes, &err)
				 : stage_err_set(&err, status,
					   "the patchbay's answer is no file");
	}
	json_decref(result);
	stage_str_finish(&bytes);
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_patch_verb_import = {
	.name = "patch import",
	.operands = "FILE",
	.min_operands = 1,
	.max_operands = 1,
	.summary = "Makes a patch file of another program's file",
	.details =
		"Files of aj-snapshot, jack-matchmaker, jackpatch, qjackctl "
		"and Carla, of ray-jackpatch, qpwgraph and jack-plumbing. What "
		"cannot be taken over is told, line by line.",
	.options = import_options,
	.run = run_import,
};

const struct stage_cli_verb stage_patch_verb_export = {
	.name = "patch export",
	.operands = "[FILE]",
	.max_operands = 1,
	.summary = "Writes what is desired as a file of another program",
	.details =
		"A patch file by default; else aj-snapshot, jack-matchmaker, "
		"jackpatch, qjackctl or carla. On standard output when no file "
		"is named. What that program cannot keep is told.",
	.options = export_options,
	.run = run_export,
};
