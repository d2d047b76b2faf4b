/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/bring_up.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "jack/clean.h"
#include "rig/copy.h"
#include "rig/install.h"
#include "rig/run_file.h"
#include "rig/shutdown.h"
#include "rig/supervisor.h"
#include "rig/tree.h"

#define BOOT_ID_PATH "/proc/sys/kernel/random/boot_id"
#define BOOT_ID_MAX 256
#define HALF_DOWN_LEVEL_NS (1500 * STAGE_NS_PER_MS)

static enum stage_status
find_model(const char *model, char *from, struct stage_err *err)
{
	char data[STAGE_PATH_MAX];
	char name[128];
	enum stage_status status = stage_install_data(data, err);

	if (status == STAGE_OK) {
		snprintf(name, sizeof(name), "rigs/%.100s", model);
		status = stage_io_join(from, STAGE_PATH_MAX, data, name, err);
	}
	return status;
}

static enum stage_status
make_draft(const struct stage_rig *rig, const char *model,
	enum stage_status (*fill)(
		const struct stage_rig *draft, struct stage_err *err),
	struct stage_err *err)
{
	char from[STAGE_PATH_MAX];
	struct stage_rig draft = *rig;
	enum stage_status status = find_model(model, from, err);

	if (status != STAGE_OK) {
		return status;
	}
	snprintf(draft.rig, sizeof(draft.rig), "%.4000s.new-%ld", rig->rig,
		(long)getpid());
	status = stage_copy_tree(from, draft.rig, err);
	if (status == STAGE_OK) {
		status = fill(&draft, err);
	}
	if (status == STAGE_OK && rename(draft.rig, rig->rig) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make %s", rig->rig);
	}
	if (status != STAGE_OK) {
		(void)!stage_io_remove_tree(draft.rig, NULL);
	}
	return status;
}

static bool
is_empty_directory(const char *path, const struct stat *st)
{
	struct stage_strv names = {0};
	bool is_empty = S_ISDIR(st->st_mode) &&
			stage_io_list_dir(path, &names, NULL) == STAGE_OK &&
			names.count == 0;

	stage_strv_finish(&names);
	return is_empty;
}

// Whether this rig is up; that another one is, is an error.
static enum stage_status
find_up(const struct stage_rig *rig, bool *is_up, struct stage_err *err)
{
	char up[STAGE_PATH_MAX];
	struct stage_proc_id id;

	*is_up = stage_rig_read_up(rig, up, sizeof(up)) == STAGE_OK &&
		 stage_supervisor_find(rig, &id);
	if (*is_up && !stage_rig_is_same(up, rig->rig)) {
		return stage_err_set(err, STAGE_EXISTS,
			"another rig is up: %s; take it down first with "
			"stagecraft down",
			up);
	}
	return STAGE_OK;
}

// A checkout has directories of the names that a rig has, and ~/stagecraft is
// where both go.
static bool
is_source(const struct stage_rig *rig)
{
	char path[STAGE_PATH_MAX];

	stage_rig_path(rig, path, "meson.build");
	if (access(path, F_OK) != 0) {
		return false;
	}
	stage_rig_path(rig, path, "src/rig/bring_up.c");
	return access(path, F_OK) == 0;
}

enum stage_status
stage_rig_make(const struct stage_rig *rig, const char *model,
	enum stage_status (*fill)(
		const struct stage_rig *draft, struct stage_err *err),
	bool *made, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stat st;
	enum stage_status status;
	bool is_up;

	*made = false;
	status = find_up(rig, &is_up, err);
	if (status != STAGE_OK) {
		return status;
	}
	if (is_source(rig)) {
		return stage_err_set(err, STAGE_EXISTS,
			"%s holds the source of stagecraft, not a rig; name "
			"another directory with -r or STAGECRAFT_RIG, or move "
			"the source",
			rig->rig);
	}
	stage_rig_path(rig, path, "services");
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return STAGE_OK;
	}
	// An empty directory may become a rig; rename takes its place.
	if (lstat(rig->rig, &st) == 0 && !is_empty_directory(rig->rig, &st)) {
		return stage_err_set(err, STAGE_EXISTS,
			"%s is not a rig: it has no directory services; name "
			"another one with -r, or make that directory",
			rig->rig);
	}
	status = make_draft(rig, model, fill, err);
	*made = status == STAGE_OK;
	return status;
}

static enum stage_status
write_run_file(
	const char *path, const char *text, size_t len, struct stage_err *err)
{
	enum stage_status status =
		stage_run_file_replace(path, text, len, 0644);

	return status == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, status, "unable to write %s: %s",
				 path, stage_strerror(status));
}

// Marks of another boot mean nothing; /tmp may have kept them.
static enum stage_status
forget_other_boot(const struct stage_rig *rig, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str now = {0};
	struct stage_str then = {0};
	enum stage_status status = STAGE_OK;

	stage_rig_run_path(rig, path, "boot");
	if (stage_io_read_file(BOOT_ID_PATH, BOOT_ID_MAX, &now, NULL) !=
		STAGE_OK) {
		goto finish;
	}
	if (stage_io_read_file(path, BOOT_ID_MAX, &then, NULL) != STAGE_OK ||
		strcmp(stage_str_text(&now), stage_str_text(&then)) != 0) {
		char stale[STAGE_PATH_MAX];
		stage_rig_run_path(rig, stale, "svc");
		status = stage_io_remove_tree(stale, err);
		stage_rig_run_path(rig, stale, "tree");
		if (status == STAGE_OK) {
			status = stage_io_remove_tree(stale, err);
		}
		if (status == STAGE_OK) {
			status = write_run_file(path, now.data, now.len, err);
		}
	}
finish:
	stage_str_finish(&now);
	stage_str_finish(&then);
	return status;
}

static enum stage_status
make_run_directory(const struct stage_rig *rig, struct stage_err *err)
{
	static const char *const names[] = {"svc", "tree", "log"};
	enum stage_status status = stage_rig_make_run(rig, err);

	for (size_t i = 0; i < STAGE_COUNT_OF(names) && status == STAGE_OK;
		i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(rig, path, "%s", names[i]);
		status = stage_io_make_dirs(path, err);
	}
	return status;
}

static enum stage_status
mark_wanted(const struct stage_rig *rig, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	char text[STAGE_PATH_MAX + 1];
	int len = snprintf(text, sizeof(text), "%s\n", rig->rig);

	stage_rig_run_path(rig, path, "rig");
	return write_run_file(path, text, (size_t)len, err);
}

static enum stage_status
start(const struct stage_rig *rig, struct stage_err *err)
{
	struct stage_tree_change change = {0};
	struct stage_jack_survey survey;
	struct stage_proc_id id;
	bool started;
	enum stage_status status = forget_other_boot(rig, err);

	if (status == STAGE_OK) {
		status = make_run_directory(rig, err);
	}
	// Slots of dead servers could keep ours from starting.
	(void)!stage_jack_registry_clean(
		STAGE_JACK_SHM_DIR, geteuid(), 0, &survey, NULL);
	if (status == STAGE_OK) {
		status = stage_tree_sync(rig, &change, err);
	}
	stage_tree_change_finish(&change);
	if (status == STAGE_OK) {
		status = mark_wanted(rig, err);
	}
	if (status == STAGE_OK) {
		status = stage_supervisor_ensure(rig, &started, &id, err);
	}
	return status;
}

// A `down` that was killed half-way is brought to its end first: its services
// are wanted down, and their runsv would go on minding them so.
static enum stage_status
end_half_down(const struct stage_rig *rig, struct stage_err *err)
{
	struct stage_stop_config config = {
		.asked = "stagecraft down", .level_ns = HALF_DOWN_LEVEL_NS};
	char ending[STAGE_PATH_MAX];

	return stage_rig_read_ending(rig, ending, sizeof(ending)) == STAGE_OK
		       ? stage_rig_shut_down(rig, &config, err)
		       : STAGE_OK;
}

enum stage_status
stage_rig_bring_up(
	const struct stage_rig *rig, bool *was_up, struct stage_err *err)
{
	enum stage_status status = find_up(rig, was_up, err);

	if (status != STAGE_OK || *was_up) {
		return status;
	}
	status = end_half_down(rig, err);
	if (status == STAGE_OK) {
		status = start(rig, err);
	}
	if (status != STAGE_OK) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(rig, path, "rig");
		unlink(path);
	}
	return status;
}
