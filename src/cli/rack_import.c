/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// import: racks of a project of Carla. stagecraft-rack makes their files.

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/str.h"
#include "cli/new_rack.h"
#include "cli/rack.h"
#include "cli/template.h"
#include "rig/copy.h"
#include "rig/install.h"

#define PROGRAM "stagecraft-rack"

extern char **environ;

static const struct stage_cli_option options[] = {
	{"apart", 'a', NULL, "a rack for each plug-in, side by side"},
	{"series", 's', NULL, "one rack, one plug-in behind the other"},
	{NULL, 0, NULL, NULL},
};

// The name that was given, or the file's without directory and .carxp.
static enum stage_status
name_of(const struct stage_cli *cli, char *out, size_t size,
	struct stage_err *err)
{
	const char *name = cli->operands[0];
	const char *slash = strrchr(name, '/');
	size_t len;

	if (cli->operand_count > 1) {
		name = cli->operands[1];
		len = strlen(name);
	} else {
		name = slash != NULL ? slash + 1 : name;
		len = strcspn(name, ".");
	}
	return stage_format(out, size, "%.*s", (int)len, name) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "%.*s is too long for the name of a rack, "
				 "which has at most %zu bytes",
				 (int)len, name, size - 1);
}

// Runs stagecraft-rack to its end. It says itself what is wrong.
static int
run_program(char *const *words, struct stage_err *err)
{
	char bin[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	int status = 0;
	pid_t pid;
	int error;

	if (stage_install_bin(bin, err) != STAGE_OK ||
		stage_io_join(path, sizeof(path), bin, PROGRAM, err) !=
			STAGE_OK) {
		return -1;
	}
	fflush(stdout);
	error = posix_spawn(&pid, path, NULL, NULL, words, environ);
	if (error != 0) {
		stage_err_set_errno(err, error, "unable to start %s", path);
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : STAGE_EXIT_TEMPORARY;
}

static int
make_files(struct stage_cli *cli, char *directory, struct stage_err *err)
{
	char program[] = PROGRAM;
	char mode[] = "--import";
	char apart[] = "--apart";
	char series[] = "--series";
	char name[STAGE_SERVICE_NAME_MAX + 1];
	char services[STAGE_PATH_MAX];
	char *words[8] = {program, mode};
	size_t count = 2;

	if (name_of(cli, name, sizeof(name), err) != STAGE_OK) {
		return -1;
	}
	if (stage_cli_has(cli, "apart")) {
		words[count++] = apart;
	} else if (stage_cli_has(cli, "series")) {
		words[count++] = series;
	}
	words[count++] = cli->operands[0];
	words[count++] = name;
	words[count++] = directory;
	stage_rig_path(&cli->rig, services, "services");
	words[count] = services;
	return run_program(words, err);
}

// Before anything is made.
static enum stage_status
check_names(const struct stage_cli *cli, const struct stage_strv *names,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < names->count; i++) {
		status = stage_service_name_check(names->items[i], err);
		if (status == STAGE_OK) {
			status = stage_cli_check_free(
				&cli->rig, names->items[i], err);
		}
	}
	return status;
}

// What is remembered of a rack that was called so is another one's.
static enum stage_status
move_state(const struct stage_cli *cli, const char *name, const char *made,
	struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	char old[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(from, sizeof(from), made, "state", err);

	stage_rig_path(&cli->rig, old, "state/rack/%s", name);
	if (status == STAGE_OK) {
		status = stage_io_remove_tree(old, err);
	}
	if (status != STAGE_OK || access(from, F_OK) != 0) {
		return status;
	}
	return stage_copy_tree(from, old, err);
}

static enum stage_status
make_rack(const struct stage_cli *cli, const char *name, const char *directory,
	struct stage_err *err)
{
	char data[STAGE_PATH_MAX];
	char made[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(made, sizeof(made), directory, name, err);

	if (status == STAGE_OK) {
		status = move_state(cli, name, made, err);
	}
	if (status == STAGE_OK) {
		status = stage_install_data(data, err);
	}
	if (status == STAGE_OK) {
		status = stage_template_enable_with(
			data, "rack", name, made, &cli->rig, err);
	}
	if (status == STAGE_OK) {
		printf("made %s/services/%s\n", cli->rig.rig, name);
	}
	return status;
}

static enum stage_status
make_racks(struct stage_cli *cli, const char *directory, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_io_list_dir(directory, &names, err);

	if (status == STAGE_OK) {
		status = check_names(cli, &names, err);
	}
	for (size_t i = 0; status == STAGE_OK && i < names.count; i++) {
		status = make_rack(cli, names.items[i], directory, err);
	}
	stage_strv_finish(&names);
	return status;
}

static int
run_import(struct stage_cli *cli)
{
	struct stage_err err = STAGE_ERR_INIT;
	char directory[STAGE_PATH_MAX];
	enum stage_status status;
	int code;

	if (stage_cli_has(cli, "apart") && stage_cli_has(cli, "series")) {
		stage_err_set(&err, STAGE_BAD_INPUT,
			"it is either --apart or --series");
		return stage_cli_fail(&err);
	}
	stage_rig_path(&cli->rig, directory, ".import-XXXXXX");
	if (mkdtemp(directory) == NULL) {
		stage_err_set_errno(&err, errno,
			"unable to make a directory in %s", cli->rig.rig);
		return stage_cli_fail(&err);
	}
	code = make_files(cli, directory, &err);
	status = code == STAGE_EXIT_OK ? make_racks(cli, directory, &err)
				       : err.status;
	(void)!stage_io_remove_tree(directory, NULL);
	if (code > 0) {
		return code; // it was told
	}
	return code < 0 || status != STAGE_OK ? stage_cli_fail(&err)
					      : STAGE_EXIT_OK;
}

const struct stage_cli_verb stage_rack_cli_import = {
	.name = "rack import",
	.operands = "FILE [NAME]",
	.min_operands = 1,
	.max_operands = 2,
	.summary = "Makes racks of a project of Carla, a .carxp file",
	.details = "Tells what came over, which plug-ins are not installed, "
		   "and what cannot be carried. Where the project's "
		   "connections name ports of plug-ins, each becomes a rack of "
		   "its own; their ports keep those names as aliases. NAME is "
		   "that of a rack for all of it. The connections themselves "
		   "are taken by stagecraft patch import.",
	.options = options,
	.run = run_import,
};
