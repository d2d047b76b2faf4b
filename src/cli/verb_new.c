/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/draft.h"
#include "cli/quote.h"
#include "cli/rigdir.h"

static const char log_run[] =
	"#!/bin/sh\n"
	"# Keeps what this service prints; \"stagecraft logs\" shows it.\n"
	"exec svlogd -tt \"${STAGECRAFT_LOG:-./main}\"\n";

static const char finish[] =
	"#!/bin/sh\n"
	"# Called each time the service has ended, whether it was asked to or "
	"not:\n"
	"# $1 is its exit code (-1: a signal ended it), $2 is that signal.\n"
	"# It may tidy up; it must not wait. Remove it when it is of no use.\n"
	"exit 0\n";

// The first word of a run script's program, looked for as sh would.
static bool
is_in_path(const char *program)
{
	const char *path = getenv("PATH");
	char copy[STAGE_PATH_MAX];
	char *save = NULL;

	if (strchr(program, '/') != NULL) {
		return access(program, X_OK) == 0;
	}
	snprintf(copy, sizeof(copy), "%s", path != NULL ? path : "");
	for (char *dir = strtok_r(copy, ":", &save); dir != NULL;
		dir = strtok_r(NULL, ":", &save)) {
		char full[STAGE_PATH_MAX];
		if (stage_io_join(full, sizeof(full), dir, program, NULL) ==
				STAGE_OK &&
			access(full, X_OK) == 0) {
			return true;
		}
	}
	return false;
}

static enum stage_status
format_run(const struct stage_cli *cli, struct stage_str *out)
{
	enum stage_status status = stage_str_addf(out,
		"#!/bin/sh\n"
		"# The service %s. What it prints goes to its log.\n"
		"exec 2>&1\n"
		"exec",
		cli->operands[1]);

	for (int i = 2; i < cli->operand_count && status == STAGE_OK; i++) {
		status = stage_str_add(out, " ");
		if (status == STAGE_OK) {
			status = stage_quote_add(out, cli->operands[i]);
		}
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

static enum stage_status
write_all(const struct stage_cli *cli, struct stage_draft *draft,
	struct stage_err *err)
{
	struct stage_str run = {0};
	enum stage_status status = format_run(cli, &run);

	if (status != STAGE_OK) {
		stage_err_set(err, status, "out of memory");
	}
	if (status == STAGE_OK) {
		status = stage_draft_file(draft, "run", 0777, run.data, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_file(draft, "finish", 0777, finish, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_directory(draft, "log", err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_file(draft, "log/run", 0777, log_run, err);
	}
	stage_str_finish(&run);
	return status;
}

static enum stage_status
new_service(struct stage_cli *cli, struct stage_err *err)
{
	const char *name = cli->operands[1];
	struct stage_draft draft = {.path = ""};
	char services[STAGE_PATH_MAX];
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_rigdir_services(&cli->rig, services, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_begin(&draft, services, name, err);
	}
	if (status == STAGE_OK) {
		status = write_all(cli, &draft, err);
	}
	if (status == STAGE_OK) {
		status = stage_draft_commit(&draft, err);
	}
	stage_draft_abort(&draft);
	return status;
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (strcmp(cli->operands[0], "service") != 0) {
		stage_err_set(&err, STAGE_BAD_INPUT,
			"\"%s\" is nothing that can be made new: stagecraft "
			"new service NAME -- COMMAND...",
			cli->operands[0]);
		return stage_cli_fail(&err);
	}
	if (new_service(cli, &err) != STAGE_OK) {
		return stage_cli_fail(&err);
	}
	if (!is_in_path(cli->operands[2])) {
		stage_log_warn("there is no program %s here yet; install it, "
			       "or mend services/%s/run",
			cli->operands[2], cli->operands[1]);
	}
	printf("made %s/services/%s%s\n", cli->rig.rig, cli->operands[1],
		stage_rigdir_is_up(&cli->rig) ? ", which starts" : "");
	return STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_verb_new = {
	.name = "new",
	.operands = "service NAME -- COMMAND...",
	.min_operands = 3,
	.max_operands = -1,
	.summary = "Writes a new service directory",
	.details = "It has run, finish and log/run, each with a comment that "
		   "says what it is for, to be edited. Nothing is overwritten.",
	.options = NULL,
	.run = run,
};
