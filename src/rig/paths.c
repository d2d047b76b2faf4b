/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/paths.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "runit/name.h"

#define SYSTEM_RUN "/run/stagecraft" // an init makes it for its user
#define ROOM_BYTES 1024 // left for the names below a run directory or rig

static enum stage_status
check_length(const char *path, struct stage_err *err)
{
	if (strlen(path) >= STAGE_PATH_MAX - ROOM_BYTES) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"path is too long for a rig: %s", path);
	}
	return STAGE_OK;
}

// Somebody else could have made /tmp/stagecraft-UID before us.
static enum stage_status
check_private(const char *path, struct stage_err *err)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		return STAGE_OK;
	}
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 0077) != 0) {
		return stage_err_set(err, STAGE_DENIED,
			"%s is not a private directory of ours; set "
			"XDG_RUNTIME_DIR to one that is",
			path);
	}
	return STAGE_OK;
}

static bool
is_ours(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid();
}

// Takes out "." and empty parts: "/a//./b/" becomes "/a/b". A ".." stays, since
// only the system knows where it leads over a link.
static void
tidy(char *path)
{
	char *to = path;

	for (const char *from = path; *from != '\0';) {
		size_t len = strcspn(from + 1, "/") + 1; // with the slash
		bool is_needless = len == 1 || (len == 2 && from[1] == '.');
		if (!is_needless) {
			memmove(to, from, len);
			to += len;
		}
		from += len;
	}
	if (to == path) {
		*to = '/';
		to++;
	}
	*to = '\0';
}

static enum stage_status
set_run(struct stage_rig *rig, const char *directory, const char *below,
	struct stage_err *err)
{
	enum stage_status status = check_length(directory, err);

	if (status != STAGE_OK) {
		return status;
	}
	status = stage_format(
		rig->run, sizeof(rig->run), "%s%s", directory, below);
	tidy(rig->run); // the same text for all, however it was written
	return status;
}

static enum stage_status
find_run(struct stage_rig *rig, struct stage_err *err)
{
	const char *run = getenv("STAGECRAFT_RUN");
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	unsigned long uid = geteuid();
	char user_dir[64];

	if (run != NULL && run[0] == '/') {
		return set_run(rig, run, "", err);
	}
	if (run != NULL && run[0] != '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"STAGECRAFT_RUN is \"%s\": write the whole path, from "
			"the first slash on",
			run);
	}
	if (xdg != NULL && check_length(xdg, err) != STAGE_OK) {
		return STAGE_TOO_LONG;
	}
	// After `su` it is somebody else's, who could put a service into it.
	if (xdg != NULL && xdg[0] == '/' && is_ours(xdg)) {
		return set_run(rig, xdg, "/stagecraft", err);
	}
	if (uid == 0 || is_ours(SYSTEM_RUN)) {
		return set_run(rig, SYSTEM_RUN, "", err);
	}
	snprintf(user_dir, sizeof(user_dir), "/run/user/%lu", uid);
	if (is_ours(user_dir)) {
		return set_run(rig, user_dir, "/stagecraft", err);
	}
	snprintf(user_dir, sizeof(user_dir), "/tmp/stagecraft-%lu", uid);
	if (check_private(user_dir, err) != STAGE_OK) {
		return STAGE_DENIED;
	}
	return set_run(rig, user_dir, "", err);
}

static enum stage_status
set_absolute(struct stage_rig *rig, const char *path, struct stage_err *err)
{
	char cwd[STAGE_PATH_MAX] = "";
	enum stage_status status;

	if (path[0] != '/' && getcwd(cwd, sizeof(cwd)) == NULL) {
		return stage_err_set_errno(
			err, errno, "unable to find the working directory");
	}
	status = stage_io_join(rig->rig, sizeof(rig->rig), cwd, path, err);
	if (status != STAGE_OK) {
		return status;
	}
	tidy(rig->rig);
	if (strchr(rig->rig, '\n') != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the path of a rig cannot hold a line break; rename "
			"its directory");
	}
	return check_length(rig->rig, err);
}

static const char *
home_directory(void)
{
	const char *home = getenv("HOME");

	if (home == NULL || home[0] != '/') {
		const struct passwd *user = getpwuid(geteuid());
		home = user != NULL ? user->pw_dir : NULL;
	}
	return home;
}

enum stage_status
stage_rig_find(
	struct stage_rig *rig, const char *wanted_rig, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = find_run(rig, err);
	const char *home;

	rig->rig[0] = '\0';
	if (status != STAGE_OK) {
		return status;
	}
	if (wanted_rig == NULL) {
		wanted_rig = getenv("STAGECRAFT_RIG");
	}
	if (wanted_rig != NULL && wanted_rig[0] != '\0') {
		return set_absolute(rig, wanted_rig, err);
	}
	if (stage_rig_read_up(rig, path, sizeof(path)) == STAGE_OK ||
		stage_rig_read_ending(rig, path, sizeof(path)) == STAGE_OK) {
		return set_absolute(rig, path, err);
	}
	home = home_directory();
	if (home == NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no home directory to keep a rig in; name one "
			"with -r DIRECTORY");
	}
	status = stage_io_join(path, sizeof(path), home, "stagecraft", err);
	return status == STAGE_OK ? set_absolute(rig, path, err) : status;
}

static enum stage_status
read_path(const struct stage_rig *rig, const char *mark, char *up, size_t size)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status;

	stage_rig_run_path(rig, path, "%s", mark);
	status = stage_io_read_file(path, STAGE_PATH_MAX, &text, NULL);
	if (status == STAGE_OK) {
		const char *line = stage_str_text(&text);
		status = line[0] == '/'
				 ? stage_format(up, size, "%.*s",
					   (int)strcspn(line, "\n"), line)
				 : STAGE_NOT_FOUND;
	}
	stage_str_finish(&text);
	return status;
}

enum stage_status
stage_rig_read_up(const struct stage_rig *rig, char *up, size_t size)
{
	return read_path(rig, "rig", up, size);
}

enum stage_status
stage_rig_read_ending(const struct stage_rig *rig, char *up, size_t size)
{
	return read_path(rig, "ending", up, size);
}

bool
stage_rig_is_same(const char *a, const char *b)
{
	struct stat of_a;
	struct stat of_b;

	return strcmp(a, b) == 0 ||
	       (stat(a, &of_a) == 0 && stat(b, &of_b) == 0 &&
		       of_a.st_dev == of_b.st_dev &&
		       of_a.st_ino == of_b.st_ino);
}

bool
stage_rig_is_up(const struct stage_rig *rig)
{
	char up[STAGE_PATH_MAX];

	return stage_rig_read_up(rig, up, sizeof(up)) == STAGE_OK &&
	       stage_rig_is_same(up, rig->rig);
}

enum stage_status
stage_rig_make_run(const struct stage_rig *rig, struct stage_err *err)
{
	char parent[STAGE_PATH_MAX];
	char *slash;
	enum stage_status status;

	if (!stage_starts_with(rig->run, "/tmp/")) {
		return stage_io_make_dirs(rig->run, err);
	}
	memcpy(parent, rig->run, sizeof(parent));
	slash = strrchr(parent, '/');
	*slash = '\0';
	status = stage_io_make_dirs(parent, err);
	if (status != STAGE_OK || mkdir(rig->run, S_IRWXU) == 0) {
		return status;
	}
	return stage_io_make_dirs(rig->run, err);
}

STAGE_PRINTF(3, 0)
static void
format_below(char *out, const char *directory, const char *format, va_list args)
{
	int len = snprintf(out, STAGE_PATH_MAX, "%s/", directory);

	vsnprintf(out + len, STAGE_PATH_MAX - (size_t)len, format, args);
}

void
stage_rig_run_path(
	const struct stage_rig *rig, char *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_below(out, rig->run, format, args);
	va_end(args);
}

void
stage_rig_path(const struct stage_rig *rig, char *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	format_below(out, rig->rig, format, args);
	va_end(args);
}

// What is wrong with a name, or NULL.
static const char *
name_fault(const char *name)
{
	if (stage_runit_name_judge(name) != STAGE_RUNIT_NAME_SERVICE) {
		return stage_runit_name_fault(name);
	}
	if (stage_ends_with(name, "~")) {
		return "the name ends with ~, as backups do";
	}
	if (strcmp(name, STAGE_WATCH_SERVICE) == 0) {
		return "the name belongs to stagecraft itself";
	}
	return NULL;
}

bool
stage_service_name_ok(const char *name)
{
	return name_fault(name) == NULL;
}

enum stage_status
stage_service_name_check(const char *name, struct stage_err *err)
{
	const char *fault = name_fault(name);

	if (fault == NULL) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" cannot be the name of a service: %s", name, fault);
}
