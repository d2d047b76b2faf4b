/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // realpath

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/search_path.h"
#include "cli/cli.h"
#include "cli/fill_rig.h"
#include "cli/need_lines.h"
#include "cli/new_rack.h"
#include "cli/rigdir.h"
#include "cli/skeleton.h"
#include "rig/bring_up.h"

static const struct stage_cli_option options[] = {
	{"needs", 'n', "NEEDS",
		"what it waits for, parted by commas, such as jack"},
	{NULL, 0, NULL, NULL},
};

// Finds a program in $PATH as execvp does; a path stands for itself.
static bool
is_program(const char *name)
{
	char path[STAGE_PATH_MAX];
	const char *at = getenv("PATH");
	struct stat st;

	if (strchr(name, '/') != NULL) {
		return stat(name, &st) == 0 && S_ISREG(st.st_mode) &&
		       access(name, X_OK) == 0;
	}
	while (name[0] != '\0' &&
		stage_search_path_next(&at, name, path, sizeof(path))) {
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
			access(path, X_OK) == 0) {
			return true;
		}
	}
	return false;
}

// What a person who tried the command here may not expect of a service.
static void
warn(char *const *command, size_t count)
{
	if (!is_program(command[0])) {
		stage_log_warn("there is no program \"%s\" here; the service "
			       "is made, and fails until there is one",
			command[0]);
	}
	for (size_t i = 1; i < count; i++) {
		if (command[i][0] != '/' && command[i][0] != '-' &&
			command[i][strspn(command[i], ".")] != '\0' &&
			access(command[i], F_OK) == 0) {
			stage_log_warn("\"%s\" is a file in this directory, "
				       "but a service starts in its own; give "
				       "the whole path",
				command[i]);
		}
	}
}

// A program named by a path from here gets its whole path.
static enum stage_status
make_absolute(char **program, char **owned, struct stage_err *err)
{
	if ((*program)[0] == '-' || (*program)[0] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be the program of a service; the "
			"program comes first, then its options",
			*program);
	}
	if ((*program)[0] == '/' || strchr(*program, '/') == NULL) {
		return STAGE_OK;
	}
	*owned = realpath(*program, NULL);
	if (*owned == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no program %s", *program);
	}
	*program = *owned;
	return STAGE_OK;
}

static enum stage_status
new_service(struct stage_cli *cli, struct stage_err *err)
{
	const char *name = cli->operands[1];
	char **command = cli->operands + 2;
	size_t count = (size_t)cli->operand_count - 2;
	char directory[STAGE_PATH_MAX];
	struct stage_str needs = {0};
	char *owned = NULL;
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_rigdir_services(&cli->rig, directory, err);
	}
	if (status == STAGE_OK) {
		status = stage_cli_check_free(&cli->rig, name, err);
	}
	if (status == STAGE_OK) {
		status = stage_need_lines(
			stage_cli_value(cli, "needs"), &needs, err);
	}
	if (status == STAGE_OK) {
		status = make_absolute(&command[0], &owned, err);
	}
	if (status == STAGE_OK) {
		warn(command, count);
		status = stage_skeleton_make(directory, name, command, count,
			stage_str_text(&needs), err);
	}
	if (status == STAGE_OK) {
		printf("made %s/%s; it starts %s\n", directory, name,
			stage_rig_is_up(&cli->rig) ? "now"
						   : "with stagecraft up");
	}
	free(owned);
	stage_str_finish(&needs);
	return status;
}

static enum stage_status
new_rig(struct stage_cli *cli, struct stage_err *err)
{
	struct stage_rig rig;
	bool made = false;
	enum stage_status status = stage_rig_find(&rig, cli->operands[1], err);

	if (status == STAGE_OK) {
		status = stage_rig_make(
			&rig, "minimal", stage_fill_rig, &made, err);
	}
	if (status == STAGE_OK && !made) {
		status = stage_err_set(err, STAGE_EXISTS,
			"%s is a rig already; nothing was changed", rig.rig);
	}
	if (status == STAGE_OK) {
		printf("made a rig in %s; stagecraft -r %s up starts it\n",
			rig.rig, cli->operands[1]);
	}
	return status;
}

static enum stage_status
make(struct stage_cli *cli, struct stage_err *err)
{
	const char *what = cli->operands[0];

	if (strcmp(what, "service") == 0) {
		return cli->operand_count > 2
			       ? new_service(cli, err)
			       : stage_err_set(err, STAGE_BAD_INPUT,
					 "what is %s to run? stagecraft new "
					 "service %s -- COMMAND...",
					 cli->operands[1], cli->operands[1]);
	}
	if (strcmp(what, "rig") != 0 && strcmp(what, "rack") != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" cannot be made new: it is service, rack or rig",
			what);
	}
	if (cli->operand_count > 2 || stage_cli_has(cli, "needs")) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a %s takes one %s and nothing else: stagecraft new %s",
			what, strcmp(what, "rig") == 0 ? "directory" : "name",
			strcmp(what, "rig") == 0 ? "rig DIR" : "rack NAME");
	}
	return strcmp(what, "rig") == 0
		       ? new_rig(cli, err)
		       : stage_cli_new_rack(cli, cli->operands[1], err);
}

static int
run(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;

	return make(cli, &err) == STAGE_OK ? STAGE_EXIT_OK
					   : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_new = {
	.name = "new",
	.operands = "service NAME -- COMMAND... | rack NAME | rig DIR",
	.min_operands = 2,
	.max_operands = -1,
	.summary = "Makes a service that runs a command, a rack, or a new rig",
	.details = "A service is a directory of small scripts (run, finish, "
		   "log/run), made to be read and edited. Nothing that is "
		   "there is ever changed.",
	.options = options,
	.run = run,
};
