/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/exits.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/rigdir.h"

#define TRASH "state/trash/services"
#define TRASH_MAX 10000 // of one name

static const struct stage_cli_option options[] = {
	{"undo", 'u', NULL, "bring back what was removed last by that name"},
	{NULL, 0, NULL, NULL},
};

// A service is at services/NAME or, disabled, at services/NAME.DISABLED, and
// when it was removed at TRASH/NAME.N or TRASH/NAME.DISABLED.N; the largest N
// of a name is the newest.
static const char *const suffixes[] = {"", ".DISABLED"};

// The N of what is kept as NAME<suffix>.N; 0: it is something else.
static unsigned
number_of(const char *kept, const char *name, const char *suffix)
{
	char start[STAGE_PATH_MAX];
	int64_t n = 0;

	if (stage_format(start, sizeof(start), "%s%s.", name, suffix) !=
			STAGE_OK ||
		!stage_starts_with(kept, start) || kept[strlen(start)] == '0') {
		return 0;
	}
	return stage_num_parse(kept + strlen(start), 1, TRASH_MAX, &n, NULL) ==
			       STAGE_OK
		       ? (unsigned)n
		       : 0;
}

// The N that was used last; 0: none. suffix: which of them that is.
static unsigned
find_newest(const struct stage_rig *rig, const char *name, const char **suffix)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv kept = {0};
	unsigned newest = 0;

	stage_rig_path(rig, path, TRASH);
	(void)!stage_io_list_dir(path, &kept, NULL); // not there: none
	for (size_t i = 0; i < kept.count; i++) {
		for (size_t s = 0; s < STAGE_COUNT_OF(suffixes); s++) {
			unsigned n =
				number_of(kept.items[i], name, suffixes[s]);
			if (n > newest) {
				newest = n;
				*suffix = suffixes[s];
			}
		}
	}
	stage_strv_finish(&kept);
	return newest;
}

static enum stage_status
check_own_directory(const char *path, const char *name, struct stage_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to look at %s", path);
	}
	return S_ISDIR(st.st_mode)
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "%s has no directory of its own in the rig: "
				 "%s is a %s; rm takes it out",
				 name, path,
				 S_ISLNK(st.st_mode) ? "link" : "file");
}

static enum stage_status
move(const char *from, const char *to, struct stage_err *err)
{
	return rename(from, to) == 0
		       ? STAGE_OK
		       : stage_err_set_errno(err, errno,
				 "unable to move %s to %s", from, to);
}

static enum stage_status
put_aside(const struct stage_rig *rig, const char *name, bool is_on,
	struct stage_err *err)
{
	const char *suffix = suffixes[is_on ? 0 : 1];
	const char *other;
	unsigned n = find_newest(rig, name, &other) + 1;
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status;

	stage_rig_path(rig, from, "services/%s%s", name, suffix);
	stage_rig_path(rig, to, TRASH);
	status = check_own_directory(from, name, err);
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(to, err);
	}
	if (status == STAGE_OK && n > TRASH_MAX) {
		status = stage_err_set(
			err, STAGE_FULL, "%s is full of %s", to, name);
	}
	if (status == STAGE_OK) {
		stage_rig_path(rig, to, TRASH "/%s%s.%u", name, suffix, n);
		status = move(from, to, err);
	}
	if (status == STAGE_OK) {
		printf("%s is removed%s; it is kept in " TRASH "/%s%s.%u of "
		       "the rig\n",
			name,
			is_on && stage_rig_is_up(rig) ? " and stops now" : "",
			name, suffix, n);
	}
	return status;
}

static enum stage_status
bring_back(const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	const char *suffix = "";
	unsigned n = find_newest(rig, name, &suffix);
	char from[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	enum stage_status status;

	if (n == 0) {
		stage_rig_path(rig, to, TRASH);
		return stage_err_set(err, STAGE_NOT_FOUND,
			"no service \"%s\" was removed: %s has none", name, to);
	}
	if (stage_rigdir_has(rig, name, false) ||
		stage_rigdir_has(rig, name, true)) {
		return stage_err_set(err, STAGE_EXISTS,
			"there is a service %s again; remove that one first",
			name);
	}
	stage_rig_path(rig, from, TRASH "/%s%s.%u", name, suffix, n);
	stage_rig_path(rig, to, "services/%s%s", name, suffix);
	status = move(from, to, err);
	if (status == STAGE_OK) {
		printf("%s is back%s\n", name,
			suffix[0] != '\0'      ? ", disabled as it was"
			: stage_rig_is_up(rig) ? " and starts now"
					       : "");
	}
	return status;
}

static enum stage_status
remove_one(const struct stage_rig *rig, const char *name, bool is_undo,
	struct stage_err *err)
{
	char services[STAGE_PATH_MAX];
	bool is_on;
	enum stage_status status = stage_service_name_check(name, err);

	if (status == STAGE_OK) {
		status = stage_rigdir_services(rig, services, err);
	}
	if (status != STAGE_OK || is_undo) {
		return status == STAGE_OK ? bring_back(rig, name, err) : status;
	}
	is_on = stage_rigdir_has(rig, name, false);
	if (!is_on && !stage_rigdir_has(rig, name, true)) {
		return stage_rigdir_not_there(rig, name, err);
	}
	if (is_on) {
		stage_rigdir_warn_dependents(rig, name);
	}
	return put_aside(rig, name, is_on, err);
}

static int
run(struct stage_cli *cli)
{
	bool is_undo = stage_cli_has(cli, "undo");
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < cli->operand_count && status == STAGE_OK; i++) {
		status = remove_one(&cli->rig, cli->operands[i], is_undo, &err);
	}
	return status == STAGE_OK ? STAGE_EXIT_OK : stage_cli_fail(&err);
}

const struct stage_cli_verb stage_verb_remove = {
	.name = "remove",
	.operands = "NAME...",
	.min_operands = 1,
	.max_operands = -1,
	.summary = "Takes services out of the rig, and keeps them aside",
	.details =
		"The directory goes into " TRASH " of the rig, which nothing "
		"empties, and the service stops. What it has written into "
		"state stays where it is. --undo brings the newest one of "
		"that name back as it was.",
	.options = options,
	.run = run,
};
