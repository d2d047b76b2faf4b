/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // renameat2, flock

#include "show/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"
#include "show/names.h"

#define OPEN_DIR (O_RDONLY | O_DIRECTORY)

// The way to a directory.
struct walk {
	const char *root;
	const char *relative;
	bool is_making;
	struct stage_err *err;
};

static enum stage_status
fail(const struct walk *walk, int errnum, int shown)
{
	// O_NOFOLLOW says one or the other of a link, by the system.
	if (errnum == ELOOP || errnum == EMLINK) {
		return stage_err_set(walk->err, STAGE_DENIED,
			"%s/%.*s is a link, which is not followed here",
			walk->root, shown, walk->relative);
	}
	return stage_err_set_errno(walk->err, errnum, "unable to open %s%s%.*s",
		walk->root, shown > 0 ? "/" : "", shown, walk->relative);
}

// O_DIRECTORY hides the reason where it is a link.
static int
open_one(int dir, const char *name)
{
	struct stat st;
	int fd = openat(dir, name, OPEN_DIR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 && errno == ENOTDIR) {
		errno = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
					S_ISLNK(st.st_mode)
				? ELOOP
				: ENOTDIR;
	}
	return fd;
}

// Goes from *dir, which is closed, to the directory `name` in it.
static enum stage_status
step(const struct walk *walk, int *dir, const char *name, int shown)
{
	int next = open_one(*dir, name);
	int errnum;

	if (next < 0 && errno == ENOENT && walk->is_making) {
		if (mkdirat(*dir, name, STAGE_SHOW_DIR_MODE) == 0 ||
			errno == EEXIST) {
			next = open_one(*dir, name);
		}
	}
	errnum = errno;
	close(*dir);
	*dir = next;
	return next >= 0 ? STAGE_OK : fail(walk, errnum, shown);
}

// Goes down all parts of relative[len].
static enum stage_status
walk_down(const struct walk *walk, size_t len, int *out)
{
	char name[STAGE_SHOW_NAME_MAX + 1];
	enum stage_status status = STAGE_OK;
	size_t at = 0;
	int dir = open(walk->root, OPEN_DIR | O_CLOEXEC);

	if (dir < 0) {
		return fail(walk, errno, 0);
	}
	while (at < len && status == STAGE_OK) {
		size_t part = strcspn(walk->relative + at, "/");
		part = part < len - at ? part : len - at;
		if (stage_format(name, sizeof(name), "%.*s", (int)part,
			    walk->relative + at) != STAGE_OK) {
			close(dir);
			return fail(walk, ENAMETOOLONG, (int)len);
		}
		status = step(walk, &dir, name, (int)(at + part));
		at += part + 1;
	}
	if (status == STAGE_OK) {
		*out = dir;
	}
	return status;
}

enum stage_status
stage_show_open_dir(
	const char *root, const char *relative, int *out, struct stage_err *err)
{
	struct walk walk = {.root = root, .relative = relative, .err = err};

	return walk_down(&walk, strlen(relative), out);
}

enum stage_status
stage_show_open_parent(const char *root, const char *relative, int *out,
	const char **name, struct stage_err *err)
{
	struct walk walk = {.root = root,
		.relative = relative,
		.is_making = true,
		.err = err};
	const char *slash = strrchr(relative, '/');
	enum stage_status status = stage_io_make_dirs(root, err);

	*name = slash != NULL ? slash + 1 : relative;
	return status == STAGE_OK
		       ? walk_down(&walk,
				 slash != NULL ? (size_t)(slash - relative) : 0,
				 out)
		       : status;
}

bool
stage_show_is_there(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

enum stage_status
stage_show_sync_dir(int dir, const char *shown, struct stage_err *err)
{
	int result;

	do {
		result = fsync(dir);
	} while (result != 0 && errno == EINTR);
	// EINVAL: a file system that has nothing to sync
	return result == 0 || errno == EINVAL
		       ? STAGE_OK
		       : stage_err_set_errno(
				 err, errno, "unable to sync %s", shown);
}

// renameat2 where there is such a thing.
static int
rename_how(int from_dir, const char *from, int to_dir, const char *to,
	unsigned how)
{
#ifdef RENAME_NOREPLACE
	return renameat2(from_dir, from, to_dir, to, how);
#else
	(void)from_dir;
	(void)from;
	(void)to_dir;
	(void)to;
	(void)how;
	errno = ENOSYS;
	return -1;
#endif
}

#ifndef RENAME_NOREPLACE
#	define RENAME_NOREPLACE 0
#	define RENAME_EXCHANGE 0
#endif

static bool
is_lacking(int errnum)
{
	return errnum == ENOSYS || errnum == EINVAL || errnum == EOPNOTSUPP;
}

enum stage_status
stage_show_rename(int from_dir, const char *from, int to_dir, const char *to,
	const char *shown, struct stage_err *err)
{
	int result = rename_how(from_dir, from, to_dir, to, RENAME_NOREPLACE);

	if (result != 0 && is_lacking(errno)) {
		if (stage_show_is_there(to_dir, to)) {
			errno = EEXIST;
		} else {
			result = renameat(from_dir, from, to_dir, to);
		}
	}
	if (result == 0) {
		return STAGE_OK;
	}
	return errno == EEXIST ? stage_err_set(err, STAGE_EXISTS,
					 "%s is there already", shown)
			       : stage_err_set_errno(err, errno,
					 "unable to make %s", shown);
}

enum stage_status
stage_show_swap(int dir, const char *a, const char *b, const char *shown,
	struct stage_err *err)
{
	if (rename_how(dir, a, dir, b, RENAME_EXCHANGE) == 0) {
		return STAGE_OK;
	}
	if (is_lacking(errno)) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"this file system cannot swap %s", shown);
	}
	return stage_err_set_errno(err, errno, "unable to replace %s", shown);
}

enum stage_status
stage_show_lock_dir(int dir, const char *shown, struct stage_err *err)
{
	// A file system without locks is no reason to do nothing.
	if (flock(dir, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_BUSY,
		"another program is changing %s at this moment", shown);
}
