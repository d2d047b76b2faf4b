/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // statx

#include "runit/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "runit/name.h"

#define HASH_START 14695981039346656037U // FNV-1a of 64 bits
#define HASH_FACTOR 1099511628211U

#define LOG_BIT (UINT32_C(1) << 0)

const char *const stage_runit_scan_subdirs[STAGE_RUNIT_SCAN_SUBDIR_COUNT] = {
	"log", // LOG_BIT
	"env",
	"control",
};

static uint64_t
hash_bytes(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < len; i++) {
		hash = (hash ^ at[i]) * HASH_FACTOR;
	}
	return hash;
}

static uint64_t
hash_number(uint64_t hash, uint64_t number)
{
	return hash_bytes(hash, &number, sizeof(number));
}

static uint64_t
hash_time(uint64_t hash, const struct timespec *time)
{
	return hash_number(hash_number(hash, (uint64_t)time->tv_sec),
		(uint64_t)time->tv_nsec);
}

// One file; of a directory only that it is there.
static uint64_t
hash_file(const char *name, const struct stat *st)
{
	uint64_t hash = hash_bytes(HASH_START, name, strlen(name));

	hash = hash_number(hash, st->st_mode & S_IFMT);
	hash = hash_number(hash, st->st_ino);
	if (!S_ISDIR(st->st_mode)) {
		hash = hash_number(hash, (uint64_t)st->st_size);
		hash = hash_time(hash, &st->st_mtim);
		hash = hash_time(hash, &st->st_ctim);
	}
	return hash;
}

static bool
is_ignored(const char *name)
{
	return name[0] == '.' || stage_ends_with(name, "~") ||
	       strcmp(name, "supervise") == 0;
}

// As stat(2), but of the link itself when it leads nowhere.
static bool
look(int dir_fd, const char *name, struct stat *st)
{
	return fstatat(dir_fd, name, st, 0) == 0 ||
	       fstatat(dir_fd, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool
is_run(const char *name, const struct stat *st)
{
	return strcmp(name, "run") == 0 && !S_ISDIR(st->st_mode) &&
	       !(S_ISREG(st->st_mode) && st->st_size == 0);
}

static uint32_t
subdir_bit(const char *name, const struct stat *st)
{
	for (size_t i = 0; i < STAGE_RUNIT_SCAN_SUBDIR_COUNT; i++) {
		if (S_ISDIR(st->st_mode) &&
			strcmp(name, stage_runit_scan_subdirs[i]) == 0) {
			return UINT32_C(1) << i;
		}
	}
	return 0;
}

// Adds the files of one directory to the entry. The sum of their hashes does
// not depend on the order in which the system lists them.
static void
add_files(DIR *dir, struct stage_runit_entry *entry, bool is_log)
{
	for (struct dirent *file = readdir(dir); file != NULL;
		file = readdir(dir)) {
		const char *name = file->d_name;
		struct stat st;

		if (is_ignored(name) || (is_log && strcmp(name, "run") != 0) ||
			!look(dirfd(dir), name, &st)) {
			continue;
		}
		entry->stamp += hash_file(name, &st);
		entry->has_run = entry->has_run || is_run(name, &st);
		entry->subdirs |= subdir_bit(name, &st);
	}
}

static enum stage_status
open_dir(const char *path, DIR **out)
{
	enum stage_status status;
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		return stage_status_from_errno(errno);
	}
	*out = fdopendir(fd);
	if (*out == NULL) {
		status = stage_status_from_errno(errno);
		close(fd);
		return status;
	}
	return STAGE_OK;
}

// True when the failure says nothing about the one directory.
static bool
is_general(enum stage_status status)
{
	return status == STAGE_FULL || status == STAGE_NO_MEMORY;
}

static enum stage_status
add_subdirs(const char *path, struct stage_runit_entry *entry)
{
	for (size_t i = 0; i < STAGE_RUNIT_SCAN_SUBDIR_COUNT; i++) {
		struct stage_runit_entry below = {0}; // `run` counts not
		uint32_t bit = UINT32_C(1) << i;
		char subpath[STAGE_PATH_MAX];
		DIR *dir = NULL;
		enum stage_status status;

		if ((entry->subdirs & bit) == 0 ||
			stage_io_join(subpath, sizeof(subpath), path,
				stage_runit_scan_subdirs[i],
				NULL) != STAGE_OK) {
			continue;
		}
		status = open_dir(subpath, &dir);
		if (is_general(status)) {
			return status;
		}
		if (dir != NULL) {
			add_files(dir, &below, bit == LOG_BIT);
			closedir(dir);
			entry->stamp += hash_number(below.stamp, i);
		}
	}
	return STAGE_OK;
}

int64_t
stage_runit_scan_birth_ns(const char *path)
{
#if defined(STATX_BTIME)
	struct statx stx;

	if (statx(AT_FDCWD, path, 0, STATX_BTIME, &stx) == 0 &&
		(stx.stx_mask & STATX_BTIME) != 0) {
		return (int64_t)stx.stx_btime.tv_sec * STAGE_NS_PER_S +
		       stx.stx_btime.tv_nsec;
	}
#else
	(void)path;
#endif
	return 0;
}

static enum stage_status
read_service(const char *path, struct stage_runit_entry *entry)
{
	struct stat st;
	DIR *dir = NULL;
	enum stage_status status;

	if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		return STAGE_NOT_FOUND;
	}
	entry->dev = st.st_dev;
	entry->ino = st.st_ino;
	entry->birth_ns = stage_runit_scan_birth_ns(path);
	status = open_dir(path, &dir);
	if (status == STAGE_NOT_FOUND || is_general(status)) {
		return status;
	}
	if (dir == NULL) {
		return STAGE_OK; // not readable: there, but without `run`
	}
	add_files(dir, entry, false);
	closedir(dir);
	return add_subdirs(path, entry);
}

enum stage_status
stage_runit_scan_one(const char *services_dir, const char *name,
	struct stage_runit_entry *out, struct stage_err *err)
{
	enum stage_runit_name_kind kind = stage_runit_name_judge(name);
	struct stage_runit_entry entry = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (kind == STAGE_RUNIT_NAME_HIDDEN ||
		kind == STAGE_RUNIT_NAME_DISABLED) {
		return STAGE_NOT_FOUND;
	}
	status = stage_io_join(path, sizeof(path), services_dir, name, err);
	if (status != STAGE_OK) {
		return status;
	}
	status = read_service(path, &entry);
	if (status != STAGE_OK) {
		return stage_err_set(err, status,
			"unable to read directory %s: %s", path,
			stage_strerror(status));
	}
	entry.is_unusable = kind == STAGE_RUNIT_NAME_UNUSABLE;
	entry.name = out->name;
	*out = entry;
	return STAGE_OK;
}

enum stage_status
stage_runit_scan(const char *services_dir, struct stage_runit_snapshot *out,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_io_list_dir(services_dir, &names, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		struct stage_runit_entry entry = {0};
		status = stage_runit_scan_one(
			services_dir, names.items[i], &entry, err);
		if (status == STAGE_OK) {
			status = stage_runit_snapshot_add(
				out, names.items[i], &entry);
		} else if (status == STAGE_NOT_FOUND) {
			status = STAGE_OK;
		}
	}
	stage_strv_finish(&names);
	stage_runit_snapshot_sort(out);
	if (status == STAGE_NO_MEMORY) {
		stage_err_set(err, status, "unable to read directory %s: %s",
			services_dir, stage_strerror(status));
	}
	return status;
}
