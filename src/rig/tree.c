/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/quote.h"
#include "rig/install.h"
#include "rig/mark.h"
#include "rig/run_file.h"
#include "rig/snapshot.h"
#include "runit/control.h"
#include "runit/scan.h"

#define GONE ".gone-"
#define ORIGIN "origin"

// A script that hands over to stagecraft-service in one of its roles.
static enum stage_status
format_script(struct stage_str *out, const char *role, const char *service,
	struct stage_err *err)
{
	char bin[STAGE_PATH_MAX];
	char program[STAGE_PATH_MAX];
	enum stage_status status = stage_install_bin(bin, err);

	if (status == STAGE_OK) {
		status = stage_io_join(program, sizeof(program), bin,
			"stagecraft-service", err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = stage_str_add(out, "#!/bin/sh\nexec ");
	status = status == STAGE_OK ? stage_quote_add(out, program) : status;
	status =
		status == STAGE_OK ? stage_str_addf(out, " %s ", role) : status;
	status = status == STAGE_OK ? stage_quote_add(out, service) : status;
	return status == STAGE_OK ? stage_str_add(out, " \"$@\"\n") : status;
}

static enum stage_status
write_script(const char *directory, const char *file, const char *role,
	const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status =
		stage_io_join(path, sizeof(path), directory, file, err);

	if (status == STAGE_OK) {
		status = format_script(&text, role, service, err);
	}
	if (status == STAGE_OK) {
		status =
			stage_run_file_replace(path, text.data, text.len, 0755);
	}
	stage_str_finish(&text);
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to write %s: %s", path,
			stage_strerror(status));
	}
	return status;
}

static enum stage_status
fill_directory(
	const char *directory, const char *service, struct stage_err *err)
{
	char log[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(log, sizeof(log), directory, "log", err);

	if (status == STAGE_OK) {
		status = stage_io_make_dirs(log, err);
	}
	if (status == STAGE_OK) {
		status = write_script(directory, "run", "run", service, err);
	}
	if (status == STAGE_OK) {
		status = write_script(
			directory, "finish", "finish", service, err);
	}
	return status == STAGE_OK
		       ? write_script(log, "run", "log", service, err)
		       : status;
}

// Which directory it is, also among those that had its number before.
struct origin {
	unsigned long long dev, ino;
	long long birth_ns; // 0: unknown
};

static bool
find_origin(
	const struct stage_rig *rig, const char *service, struct origin *origin)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_path(rig, path, "services/%s", service);
	if (stat(path, &st) != 0) {
		return false;
	}
	origin->dev = st.st_dev;
	origin->ino = st.st_ino;
	origin->birth_ns = stage_runit_scan_birth_ns(path);
	return true;
}

// Which directory of the rig it was made for. Without it a replaced one is
// noticed only while the watcher looks.
static void
note_origin(
	const struct stage_rig *rig, const char *directory, const char *service)
{
	struct origin origin;
	char path[STAGE_PATH_MAX];
	char text[96];
	int len;

	if (!find_origin(rig, service, &origin) ||
		stage_io_join(path, sizeof(path), directory, ORIGIN, NULL) !=
			STAGE_OK) {
		return;
	}
	len = snprintf(text, sizeof(text), "%llu %llu %lld\n", origin.dev,
		origin.ino, origin.birth_ns);
	(void)!stage_run_file_replace(path, text, (size_t)len, 0644);
}

static bool
read_origin(const char *path, struct origin *origin)
{
	struct stage_str text = {0};
	bool is_known = false;

	if (stage_io_read_file(path, 96, &text, NULL) == STAGE_OK) {
		const char *start = stage_str_text(&text);
		char *dev_end = NULL;
		char *ino_end = NULL;
		errno = 0;
		origin->dev = strtoull(start, &dev_end, 10);
		origin->ino = strtoull(dev_end, &ino_end, 10);
		origin->birth_ns = strtoll(ino_end, NULL, 10);
		is_known = errno == 0 && dev_end != start && ino_end != dev_end;
	}
	stage_str_finish(&text);
	return is_known;
}

bool
stage_tree_is_replaced(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];
	struct origin then;
	struct origin now;

	stage_rig_run_path(rig, path, "tree/%s/" ORIGIN, service);
	// Another device is a stick that was put in again: it plays on.
	if (!read_origin(path, &then) || !find_origin(rig, service, &now) ||
		now.dev != then.dev) {
		return false;
	}
	return now.ino != then.ino ||
	       (now.birth_ns != then.birth_ns && now.birth_ns != 0 &&
		       then.birth_ns != 0);
}

bool
stage_tree_has(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "tree/%s", service);
	return access(path, F_OK) == 0;
}

static enum stage_status
add(const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	char temp[STAGE_PATH_MAX];
	enum stage_status status;

	stage_rig_run_path(rig, path, "tree/%s", service);
	stage_rig_run_path(rig, temp, "tree/.new-%s", service);
	status = stage_io_remove_tree(temp, err);
	if (status == STAGE_OK) {
		status = stage_mark_prepare(rig, service, err);
	}
	// What held an earlier one of that name back is not its fault.
	stage_mark_clear(rig, service, STAGE_MARK_HOLD);
	if (status == STAGE_OK) {
		status = stage_io_make_dirs(temp, err);
	}
	if (status == STAGE_OK) {
		note_origin(rig, temp, service);
		status = fill_directory(temp, service, err);
	}
	if (status == STAGE_OK && rename(temp, path) != 0) {
		status = stage_err_set_errno(
			err, errno, "unable to make %s", path);
	}
	if (status != STAGE_OK) {
		(void)!stage_io_remove_tree(temp, NULL);
	}
	return status;
}

static enum stage_status
take_out(
	const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	char gone[STAGE_PATH_MAX];

	stage_rig_run_path(rig, path, "tree/%s", service);
	stage_rig_run_path(rig, gone, "tree/" GONE "%lld-%s",
		(long long)stage_clock_now_ns(), service);
	// Without this mark its end is told as a crash, and nothing worse.
	(void)!stage_mark_set_text(
		rig, service, STAGE_MARK_ASKED, "the removal of its directory");
	if (rename(path, gone) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to take out %s", path);
	}
	return STAGE_OK;
}

int64_t
stage_tree_gone_age_ns(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	char *end;
	long long since_ns;

	if (!stage_starts_with(name, GONE)) {
		return 0;
	}
	since_ns = strtoll(name + strlen(GONE), &end, 10);
	return *end == '-'
		       ? stage_clock_between_ns(since_ns, stage_clock_now_ns())
		       : 0;
}

// A directory that is being copied has no run yet; one that is supervised
// already may lose its run for the moment in which an editor saves it. A link
// that leads nowhere is wanted, for stagecraft-service says what is wrong.
static bool
is_wanted(const struct stage_rig *rig, const char *service,
	const struct stage_strv *there)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_path(rig, path, "services/%s/run", service);
	return lstat(path, &st) == 0 || stage_strv_has(there, service);
}

static enum stage_status
list_wanted(const struct stage_rig *rig, const struct stage_strv *there,
	struct stage_strv *wanted, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_snapshot_names(rig, true, &names, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		if (is_wanted(rig, names.items[i], there)) {
			status = stage_strv_add(wanted, names.items[i]);
		}
	}
	stage_strv_finish(&names);
	return status == STAGE_OK ? stage_strv_add(wanted, STAGE_WATCH_SERVICE)
				  : status;
}

// Keeps the first error and goes on.
static void
note_error(enum stage_status *first, enum stage_status status)
{
	if (*first == STAGE_OK) {
		*first = status;
	}
}

// What was done is listed; what failed is not.
static enum stage_status
and_list(enum stage_status done, struct stage_strv *list, const char *name,
	struct stage_err *err)
{
	if (done != STAGE_OK) {
		return done;
	}
	return stage_strv_add(list, name) == STAGE_OK
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

static enum stage_status
sync_lists(const struct stage_rig *rig, const struct stage_strv *wanted,
	const struct stage_strv *there, struct stage_tree_change *change,
	struct stage_err *err)
{
	enum stage_status first = STAGE_OK;

	for (size_t i = 0; i < wanted->count; i++) {
		if (!stage_strv_has(there, wanted->items[i])) {
			note_error(&first,
				and_list(add(rig, wanted->items[i], err),
					&change->added, wanted->items[i], err));
		}
	}
	for (size_t i = 0; i < there->count; i++) {
		const char *name = there->items[i];
		if (name[0] != '.' && !stage_strv_has(wanted, name)) {
			note_error(
				&first, and_list(take_out(rig, name, err),
						&change->removed, name, err));
		}
	}
	return first;
}

enum stage_status
stage_tree_sync(const struct stage_rig *rig, struct stage_tree_change *change,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv wanted = {0};
	struct stage_strv there = {0};
	enum stage_status status;

	*change = (struct stage_tree_change){0};
	stage_rig_run_path(rig, path, "tree");
	status = stage_io_make_dirs(path, err);
	if (status == STAGE_OK) {
		status = stage_io_list_dir(path, &there, err);
	}
	if (status == STAGE_OK) {
		status = list_wanted(rig, &there, &wanted, err);
	}
	if (status == STAGE_OK) {
		status = sync_lists(rig, &wanted, &there, change, err);
	}
	stage_strv_finish(&wanted);
	stage_strv_finish(&there);
	return status;
}

enum stage_status
stage_tree_replace(
	const struct stage_rig *rig, const char *service, struct stage_err *err)
{
	enum stage_status status = take_out(rig, service, err);

	return status == STAGE_OK ? add(rig, service, err) : status;
}

bool
stage_tree_is_overfull(const struct stage_rig *rig)
{
	char tree[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	size_t count = 0;

	stage_rig_run_path(rig, tree, "tree");
	if (stage_io_list_dir(tree, &names, NULL) == STAGE_OK) {
		for (size_t i = 0; i < names.count; i++) {
			count += !stage_starts_with(names.items[i], GONE);
		}
	}
	stage_strv_finish(&names);
	return count > STAGE_TREE_MAX;
}

size_t
stage_tree_clean(const struct stage_rig *rig, struct stage_strv *ending)
{
	char tree[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	size_t count = 0;

	stage_rig_run_path(rig, tree, "tree");
	if (stage_io_list_dir(tree, &names, NULL) != STAGE_OK) {
		stage_strv_finish(&names);
		return 0;
	}
	for (size_t i = 0; i < names.count; i++) {
		char path[STAGE_PATH_MAX];
		if (!stage_starts_with(names.items[i], GONE)) {
			continue;
		}
		stage_rig_run_path(rig, path, "tree/%s", names.items[i]);
		if (!stage_runit_is_supervised(path)) {
			(void)!stage_io_remove_tree(path, NULL);
			continue;
		}
		count++;
		if (ending != NULL &&
			stage_strv_add(ending, path) != STAGE_OK) {
			break;
		}
	}
	stage_strv_finish(&names);
	return count;
}

bool
stage_tree_is_taken_out(void)
{
	char cwd[STAGE_PATH_MAX];

	return getcwd(cwd, sizeof(cwd)) != NULL &&
	       strstr(cwd, "/tree/" GONE) != NULL;
}

void
stage_tree_change_finish(struct stage_tree_change *change)
{
	if (change != NULL) {
		stage_strv_finish(&change->added);
		stage_strv_finish(&change->removed);
	}
}
