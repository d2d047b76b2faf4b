/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // flock

#include "base/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_path.h"
#include "base/io.h"

#define CHUNK_BYTES 16384
#define CREATE_TRIES 8 // other savers may come and go between two of our steps
#define MODE_BITS 07777

// One save on its way.
struct save {
	struct stage_atomic_path path;
	char fresh[STAGE_PATH_MAX]; // the new file's name until it is whole
	bool is_old;                // there is a file to be replaced
	struct stat old;            // of it
	struct stage_err *err;
};

static enum stage_status
fail(const struct save *save, const char *what, const char *path)
{
	return stage_err_set_errno(save->err, errno, "unable to save %s: %s %s",
		save->path.file, what, path);
}

static enum stage_status
refuse_kind(const struct save *save)
{
	return stage_err_set(save->err, STAGE_BAD_INPUT,
		"unable to save %s: what is there is not a regular file",
		save->path.file);
}

static int
sync_fd(int fd)
{
	int result;

	do {
		result = fsync(fd);
	} while (result != 0 && errno == EINTR);
	return result;
}

static enum stage_status
look_at_old(struct save *save)
{
	if (stat(save->path.file, &save->old) != 0) {
		save->is_old = false;
		return errno == ENOENT ? STAGE_OK
				       : fail(save, "unable to examine",
						 save->path.file);
	}
	save->is_old = true;
	return S_ISREG(save->old.st_mode) ? STAGE_OK : refuse_kind(save);
}

static bool
is_same_file(int fd, const char *path)
{
	struct stat a;
	struct stat b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

// False when another saver holds it. A file system without locks is no reason
// not to save.
static bool
lock(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

// Takes away what a killed saver left. A living one holds the lock.
static enum stage_status
clear_leftover(const struct save *save, const char *path)
{
	int fd = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	bool is_busy;
	int errnum;

	if (fd >= 0) {
		is_busy = !lock(fd);
		if (!is_busy && is_same_file(fd, path)) {
			unlink(path);
		}
		close(fd);
		return is_busy ? stage_err_set(save->err, STAGE_BUSY,
					 "unable to save %s: another program "
					 "is saving it at this moment",
					 save->path.file)
			       : STAGE_OK;
	}
	errnum = errno;
	if (errnum != ENOENT && unlink(path) != 0 && errno != ENOENT) {
		errno = errnum;
		return fail(save, "unable to take over", path);
	}
	return STAGE_OK;
}

// Creates a file of our own at path and locks it.
static enum stage_status
create_locked(const struct save *save, const char *path, int *out_fd)
{
	for (int i = 0; i < CREATE_TRIES; i++) {
		int fd = open(
			path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 && lock(fd) && is_same_file(fd, path)) {
			*out_fd = fd;
			return STAGE_OK;
		}
		if (fd >= 0) {
			close(fd);
			continue;
		}
		if (errno != EEXIST) {
			return fail(save, "unable to create", path);
		}
		enum stage_status status = clear_leftover(save, path);
		if (status != STAGE_OK) {
			return status;
		}
	}
	return stage_err_set(save->err, STAGE_BUSY,
		"unable to save %s: other programs keep saving it",
		save->path.file);
}

// Owner first: changing it clears mode bits. Not being allowed to give a file
// away is no reason to lose it.
static enum stage_status
copy_owner_and_mode(const struct save *save, int fd, const char *path)
{
	struct stat now;

	if (!save->is_old) {
		return STAGE_OK;
	}
	if (fstat(fd, &now) != 0) {
		return fail(save, "unable to examine", path);
	}
	if ((now.st_uid != save->old.st_uid ||
		    now.st_gid != save->old.st_gid) &&
		fchown(fd, save->old.st_uid, save->old.st_gid) != 0 &&
		errno != EPERM) {
		return fail(save, "unable to set the owner of", path);
	}
	if ((now.st_mode & MODE_BITS) != (save->old.st_mode & MODE_BITS) &&
		fchmod(fd, save->old.st_mode & MODE_BITS) != 0) {
		return fail(save, "unable to set the mode of", path);
	}
	return STAGE_OK;
}

// Fills and syncs the new file at path, or removes it again.
static enum stage_status
finish_file(const struct save *save, const char *path, enum stage_status status,
	int fd)
{
	if (status == STAGE_OK && sync_fd(fd) != 0) {
		status = fail(save, "unable to sync", path);
	}
	if (status != STAGE_OK) {
		unlink(path);
	}
	return status;
}

// Looks at the old file again, now that nobody else can replace it. The
// descriptor stays open and with it the lock.
static enum stage_status
write_fresh(struct save *save, const void *bytes, size_t len, int fd)
{
	enum stage_status status = look_at_old(save);

	if (status == STAGE_OK) {
		status = copy_owner_and_mode(save, fd, save->fresh);
	}
	if (status == STAGE_OK &&
		stage_io_write_all(fd, bytes, len) != STAGE_OK) {
		status = fail(save, "unable to write", save->fresh);
	}
	return finish_file(save, save->fresh, status, fd);
}

static enum stage_status
copy_bytes(const struct save *save, int from, int to, const char *path)
{
	char chunk[CHUNK_BYTES];

	for (;;) {
		ssize_t got = read(from, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return fail(save, "unable to read", save->path.file);
		}
		if (got == 0) {
			return STAGE_OK;
		}
		if (stage_io_write_all(to, chunk, (size_t)got) != STAGE_OK) {
			return fail(save, "unable to write", path);
		}
	}
}

static enum stage_status
copy_to(const struct save *save, const char *copy, const char *first)
{
	enum stage_status status;
	int from = -1;
	int to = -1;

	status = create_locked(save, copy, &to);
	if (status != STAGE_OK) {
		return status;
	}
	from = open(save->path.file, O_RDONLY | O_CLOEXEC);
	if (from < 0) {
		status = fail(save, "unable to open", save->path.file);
	} else {
		status = copy_owner_and_mode(save, to, copy);
	}
	if (status == STAGE_OK) {
		status = copy_bytes(save, from, to, copy);
	}
	status = finish_file(save, copy, status, to);
	if (status == STAGE_OK && rename(copy, first) != 0) {
		status = fail(save, "unable to make", first);
		unlink(copy);
	}
	if (from >= 0) {
		close(from);
	}
	close(to);
	return status;
}

static int
link_over(const char *from, const char *to)
{
	if (link(from, to) == 0) {
		return 0;
	}
	if (errno != EEXIST || unlink(to) != 0) {
		return -1;
	}
	return link(from, to);
}

// Makes NAME.1 of NAME, which stays where it is.
static enum stage_status
keep_old(const struct save *save)
{
	char first[STAGE_PATH_MAX];
	char copy[STAGE_PATH_MAX];
	enum stage_status status;

	status = stage_atomic_path_generation(&save->path, 1, first, save->err);
	if (status != STAGE_OK || link_over(save->path.file, first) == 0) {
		return status;
	}
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS &&
		errno != EMLINK) {
		return fail(save, "unable to keep the old content as", first);
	}
	status = stage_atomic_path_hidden(&save->path, "old", copy, save->err);
	return status == STAGE_OK ? copy_to(save, copy, first) : status;
}

static enum stage_status
move_up(const struct save *save, unsigned from)
{
	char lower[STAGE_PATH_MAX];
	char upper[STAGE_PATH_MAX];
	enum stage_status status;

	status = stage_atomic_path_generation(
		&save->path, from, lower, save->err);
	if (status == STAGE_OK) {
		status = stage_atomic_path_generation(
			&save->path, from + 1, upper, save->err);
	}
	if (status == STAGE_OK && rename(lower, upper) != 0 &&
		errno != ENOENT) {
		return fail(save, "unable to make", upper);
	}
	return status;
}

// True when a crash left NAME.1 as a second name of NAME.
static bool
is_kept_already(const struct save *save)
{
	char first[STAGE_PATH_MAX];
	struct stat st;

	return stage_atomic_path_generation(&save->path, 1, first, NULL) ==
		       STAGE_OK &&
	       lstat(first, &st) == 0 && st.st_dev == save->old.st_dev &&
	       st.st_ino == save->old.st_ino;
}

static enum stage_status
rotate(const struct save *save, unsigned keep)
{
	enum stage_status status = STAGE_OK;

	if (keep == 0 || !save->is_old || is_kept_already(save)) {
		return STAGE_OK;
	}
	for (unsigned n = keep - 1; n > 0 && status == STAGE_OK; n--) {
		status = move_up(save, n);
	}
	return status == STAGE_OK ? keep_old(save) : status;
}

static enum stage_status
sync_dir(const struct save *save)
{
	char dir[STAGE_PATH_MAX + 1];
	int fd;
	int errnum = 0;

	stage_atomic_path_dir(&save->path, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return fail(save, "unable to open", dir);
	}
	// EINVAL: a file system that has nothing to sync
	if (sync_fd(fd) != 0 && errno != EINVAL) {
		errnum = errno;
	}
	close(fd);
	errno = errnum;
	return errnum == 0 ? STAGE_OK : fail(save, "unable to sync", dir);
}

static enum stage_status
replace(const struct save *save, unsigned keep)
{
	enum stage_status status = rotate(save, keep);

	if (status == STAGE_OK && rename(save->fresh, save->path.file) != 0) {
		status = fail(save, "unable to rename", save->fresh);
	}
	if (status != STAGE_OK) {
		unlink(save->fresh);
		return status;
	}
	return sync_dir(save);
}

enum stage_status
stage_atomic_save(const char *path, const void *bytes, size_t len,
	unsigned keep, struct stage_err *err)
{
	struct save save = {.err = err};
	enum stage_status status;
	int fd = -1;

	if (keep > STAGE_ATOMIC_KEEP_MAX) {
		return stage_err_set(err, STAGE_BUG,
			"unable to save %s: %u generations are too many", path,
			keep);
	}
	status = stage_atomic_path_init(&save.path, path, err);
	if (status == STAGE_OK) {
		status = stage_atomic_path_hidden(
			&save.path, "new", save.fresh, err);
	}
	if (status == STAGE_OK) {
		status = look_at_old(&save);
	}
	if (status == STAGE_OK) {
		status = create_locked(&save, save.fresh, &fd);
	}
	if (status != STAGE_OK) {
		return status;
	}
	status = write_fresh(&save, bytes, len, fd);
	if (status == STAGE_OK) {
		status = replace(&save, keep);
	}
	close(fd);
	return status;
}
