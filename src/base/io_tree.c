/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// One removal on its way: the directories met so far, parents before children,
// emptied in that order and removed in the opposite one.
struct removal {
	struct stage_strv dirs;
	enum stage_status status; // the first failure
	struct stage_err *err;
};

static void
note_failure(struct removal *removal, const char *path, int errnum)
{
	if (removal->status == STAGE_OK) {
		removal->status = stage_err_set_errno(
			removal->err, errnum, "unable to remove %s", path);
	}
}

static void
add_dir(struct removal *removal, const char *path)
{
	if (stage_strv_add(&removal->dirs, path) != STAGE_OK) {
		note_failure(removal, path, ENOMEM);
	}
}

static bool
is_dir(int dir_fd, const char *name)
{
	struct stat st;

	return fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

static void
remove_entry(
	struct removal *removal, int dir_fd, const char *dir, const char *name)
{
	char path[STAGE_PATH_MAX];

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		return;
	}
	if (!is_dir(dir_fd, name)) {
		if (unlinkat(dir_fd, name, 0) != 0 && errno != ENOENT) {
			note_failure(removal, dir, errno);
		}
		return;
	}
	if (stage_io_join(path, sizeof(path), dir, name, NULL) != STAGE_OK) {
		note_failure(removal, dir, ENAMETOOLONG);
		return;
	}
	add_dir(removal, path);
}

static void
empty_dir(struct removal *removal, const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (dir == NULL) {
		int errnum = errno;
		if (fd >= 0) {
			close(fd);
		}
		// What may not be read may be empty.
		if (errnum != ENOENT && rmdir(path) != 0) {
			note_failure(removal, path, errnum);
		}
		return;
	}
	errno = 0;
	while ((entry = readdir(dir)) != NULL) {
		remove_entry(removal, fd, path, entry->d_name);
		errno = 0;
	}
	if (errno != 0) {
		note_failure(removal, path, errno);
	}
	closedir(dir);
}

enum stage_status
stage_io_remove_tree(const char *path, struct stage_err *err)
{
	struct removal removal = {.status = STAGE_OK, .err = err};

	if (!is_dir(AT_FDCWD, path)) {
		if (unlink(path) != 0 && errno != ENOENT) {
			note_failure(&removal, path, errno);
		}
		return removal.status;
	}
	add_dir(&removal, path);
	for (size_t i = 0; i < removal.dirs.count; i++) {
		empty_dir(&removal, removal.dirs.items[i]);
	}
	for (size_t i = removal.dirs.count; i-- > 0;) {
		if (rmdir(removal.dirs.items[i]) != 0 && errno != ENOENT) {
			note_failure(&removal, removal.dirs.items[i], errno);
		}
	}
	stage_strv_finish(&removal.dirs);
	return removal.status;
}
