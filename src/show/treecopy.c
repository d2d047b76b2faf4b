/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // DT_, and what ioctl needs

#include "show/treecopy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef __linux__
#	include <linux/fs.h>
#endif

#include "base/clock.h"
#include "base/io.h"
#include "base/str.h"

#define DEPTH_MAX 32
#define CHUNK_BYTES 65536
#define COARSE_NS (2 * STAGE_NS_PER_S) // of the times of file systems
#define NAME_BYTES 256
#define MODE_BITS 0777
#define OPEN_DIR (O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK)

// One directory of the tree on its way.
struct level {
	int from, to, earlier;
	int depth;
	size_t entries; // that are in the copy
	const struct stage_show_treecopy *what;
	struct stage_show_copied *out;
	struct stage_err *err;
};

static enum stage_status
fail_reading(const struct level *level, const char *name)
{
	return stage_err_set_errno(level->err, errno, "unable to read %s in %s",
		name, level->what->from_shown);
}

static enum stage_status
fail_writing(const struct level *level, const char *name)
{
	return stage_err_set_errno(level->err, errno,
		"unable to write %s in %s", name, level->what->to_shown);
}

static const char *
name_in_copy(const struct level *level, const char *name, char *out)
{
	return level->what->rename != NULL &&
			       level->what->rename(level->what->user, name, out)
		       ? out
		       : name;
}

static int64_t
time_of(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * STAGE_NS_PER_S +
	       st->st_mtim.tv_nsec;
}

static ssize_t
read_some(int fd, void *bytes, size_t size)
{
	ssize_t got;

	do {
		got = read(fd, bytes, size);
	} while (got < 0 && errno == EINTR);
	return got;
}

// Reads until the chunk is full or the file ends. False: an error.
static bool
read_chunk(int fd, char *chunk, size_t *len)
{
	*len = 0;
	while (*len < CHUNK_BYTES) {
		ssize_t got = read_some(fd, chunk + *len, CHUNK_BYTES - *len);
		if (got < 0) {
			return false;
		}
		if (got == 0) {
			break;
		}
		*len += (size_t)got;
	}
	return true;
}

static bool
has_same_bytes(int a, int b, char *chunks)
{
	size_t len_a;
	size_t len_b;

	do {
		if (!read_chunk(a, chunks, &len_a) ||
			!read_chunk(b, chunks + CHUNK_BYTES, &len_b) ||
			len_a != len_b ||
			memcmp(chunks, chunks + CHUNK_BYTES, len_a) != 0) {
			return false;
		}
	} while (len_a > 0);
	return true;
}

// Compares an open file with the earlier copy; in doubt it differs.
static bool
is_same_content(const struct level *level, const char *name, int from)
{
	int earlier = openat(level->earlier, name, OPEN_FILE | O_CLOEXEC);
	char *chunks = malloc((size_t)2 * CHUNK_BYTES);
	bool is_same = earlier >= 0 && chunks != NULL &&
		       has_same_bytes(from, earlier, chunks);

	free(chunks);
	if (earlier >= 0) {
		close(earlier);
	}
	return lseek(from, 0, SEEK_SET) == 0 && is_same;
}

// True when the earlier copy has this very file.
static bool
is_unchanged(const struct level *level, const char *name, int from,
	const struct stat *st)
{
	struct stat earlier;

	if (level->earlier < 0 ||
		fstatat(level->earlier, name, &earlier, AT_SYMLINK_NOFOLLOW) !=
			0 ||
		!S_ISREG(earlier.st_mode) || earlier.st_size != st->st_size ||
		time_of(&earlier) != time_of(st) ||
		(earlier.st_mode & MODE_BITS) != (st->st_mode & MODE_BITS)) {
		return false;
	}
	return time_of(st) < level->what->taken_ns - COARSE_NS ||
	       is_same_content(level, name, from);
}

// Makes the whole file share the blocks of another one.
static bool
clone_file(int from, int to)
{
#ifdef FICLONE
	return ioctl(to, FICLONE, from) == 0;
#else
	(void)from;
	(void)to;
	return false;
#endif
}

static enum stage_status
copy_bytes(const struct level *level, const char *name, int from, int to)
{
	char *chunk = malloc(CHUNK_BYTES);
	enum stage_status status = STAGE_OK;
	ssize_t got = 1;

	if (chunk == NULL) {
		return stage_err_set(
			level->err, STAGE_NO_MEMORY, "out of memory");
	}
	while (status == STAGE_OK && got > 0) {
		got = read_some(from, chunk, CHUNK_BYTES);
		if (got < 0) {
			status = fail_reading(level, name);
		} else if (stage_io_write_all(to, chunk, (size_t)got) !=
			   STAGE_OK) {
			status = fail_writing(level, name);
		}
	}
	free(chunk);
	return status;
}

static int
sync_fd(int fd)
{
	int result;

	do {
		result = fsync(fd);
	} while (result != 0 && errno == EINTR);
	// EINVAL: a file system that has nothing to sync
	return result != 0 && errno == EINVAL ? 0 : result;
}

static enum stage_status
fill_file(const struct level *level, const char *name, int from, int to,
	const struct stat *st)
{
	const struct timespec times[2] = {st->st_atim, st->st_mtim};
	enum stage_status status = clone_file(from, to)
					   ? STAGE_OK
					   : copy_bytes(level, name, from, to);

	if (status == STAGE_OK &&
		(fchmod(to, st->st_mode & MODE_BITS) != 0 ||
			futimens(to, times) != 0 || sync_fd(to) != 0)) {
		status = fail_writing(level, name);
	}
	return status;
}

static enum stage_status
copy_content(const struct level *level, const char *name, const char *fresh,
	int from, const struct stat *st)
{
	int to = openat(level->to, fresh,
		O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	enum stage_status status;

	if (to < 0) {
		return fail_writing(level, fresh);
	}
	status = fill_file(level, name, from, to, st);
	// Some file systems tell of a full disk only now.
	if (close(to) != 0 && status == STAGE_OK) {
		status = fail_writing(level, fresh);
	}
	return status;
}

static enum stage_status
copy_open_file(struct level *level, const char *name, int from)
{
	char buffer[NAME_BYTES];
	const char *fresh = name_in_copy(level, name, buffer);
	struct stat st;
	bool is_known;

	if (fstat(from, &st) != 0) {
		return fail_reading(level, name);
	}
	if (!S_ISREG(st.st_mode)) {
		return STAGE_OK;
	}
	level->entries++;
	is_known = is_unchanged(level, name, from, &st);
	if (is_known &&
		linkat(level->earlier, name, level->to, fresh, 0) == 0) {
		level->out->linked++;
		return STAGE_OK;
	}
	level->out->copied++;
	level->out->is_changed = level->out->is_changed || !is_known;
	return copy_content(level, name, fresh, from, &st);
}

static enum stage_status
copy_file(struct level *level, const char *name)
{
	int from = openat(level->from, name, OPEN_FILE | O_CLOEXEC);
	enum stage_status status;

	if (from < 0) {
		return fail_reading(level, name);
	}
	status = copy_open_file(level, name, from);
	close(from);
	return status;
}

static bool
is_same_link(const struct level *level, const char *name, const char *target)
{
	char earlier[STAGE_PATH_MAX];
	ssize_t len = level->earlier >= 0 ? readlinkat(level->earlier, name,
						    earlier, sizeof(earlier))
					  : -1;

	return len >= 0 && (size_t)len == strlen(target) &&
	       memcmp(earlier, target, (size_t)len) == 0;
}

static enum stage_status
copy_link(struct level *level, const char *name)
{
	char buffer[NAME_BYTES];
	char target[STAGE_PATH_MAX];
	const char *fresh = name_in_copy(level, name, buffer);
	ssize_t len = readlinkat(level->from, name, target, sizeof(target) - 1);

	if (len < 0) {
		return fail_reading(level, name);
	}
	target[len] = '\0';
	level->entries++;
	level->out->is_changed =
		level->out->is_changed || !is_same_link(level, name, target);
	return symlinkat(target, level->to, fresh) == 0
		       ? STAGE_OK
		       : fail_writing(level, fresh);
}

// A tree is copied as it is walked, DEPTH_MAX deep at most.
// NOLINTBEGIN(misc-no-recursion)
static enum stage_status copy_level(struct level *level);

// The directory is writable while it is filled, whatever it is to be then.
static enum stage_status
copy_into(struct level *level, struct level *below, const char *name,
	const char *fresh)
{
	struct stat st;
	enum stage_status status;

	if (fstat(below->from, &st) != 0) {
		return fail_reading(level, name);
	}
	if (mkdirat(level->to, fresh, 0700) != 0) {
		return fail_writing(level, fresh);
	}
	below->to = openat(level->to, fresh, OPEN_DIR | O_CLOEXEC);
	if (below->to < 0) {
		return fail_writing(level, fresh);
	}
	status = copy_level(below);
	if (status == STAGE_OK &&
		(fchmod(below->to, (st.st_mode & MODE_BITS) | S_IRWXU) != 0 ||
			sync_fd(below->to) != 0)) {
		status = fail_writing(level, fresh);
	}
	close(below->to);
	return status;
}

static enum stage_status
copy_directory(struct level *level, const char *name)
{
	char buffer[NAME_BYTES];
	struct level below = *level;
	enum stage_status status;

	if (level->depth == DEPTH_MAX) {
		return stage_err_set(level->err, STAGE_TOO_LONG,
			"directories are nested too deeply in %s",
			level->what->from_shown);
	}
	below.depth++;
	below.from = openat(level->from, name, OPEN_DIR | O_CLOEXEC);
	if (below.from < 0) {
		return fail_reading(level, name);
	}
	below.earlier = level->earlier >= 0 ? openat(level->earlier, name,
						      OPEN_DIR | O_CLOEXEC)
					    : -1;
	level->out->is_changed = level->out->is_changed || below.earlier < 0;
	level->entries++;
	status = copy_into(
		level, &below, name, name_in_copy(level, name, buffer));
	close(below.from);
	if (below.earlier >= 0) {
		close(below.earlier);
	}
	return status;
}

static enum stage_status
copy_entry(struct level *level, const char *name)
{
	struct stat st;

	if (fstatat(level->from, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		// It went away while we looked: temporary files do that.
		return errno == ENOENT ? STAGE_OK : fail_reading(level, name);
	}
	if (S_ISREG(st.st_mode)) {
		return copy_file(level, name);
	}
	if (S_ISLNK(st.st_mode)) {
		return copy_link(level, name);
	}
	return S_ISDIR(st.st_mode) ? copy_directory(level, name) : STAGE_OK;
}

static bool
is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

// A stream of its own of an open directory; NULL with errno.
static DIR *
open_stream(int dir)
{
	int fd = openat(dir, ".", OPEN_DIR | O_CLOEXEC);
	DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

	if (stream == NULL && fd >= 0) {
		close(fd);
	}
	return stream;
}

static size_t
count_entries(int dir)
{
	DIR *stream = open_stream(dir);
	const struct dirent *entry;
	size_t count = 0;

	while (stream != NULL && (entry = readdir(stream)) != NULL) {
		count += is_dots(entry->d_name) ? 0 : 1;
	}
	if (stream != NULL) {
		closedir(stream);
	}
	return count;
}

static enum stage_status
copy_level(struct level *level)
{
	DIR *stream = open_stream(level->from);
	const struct dirent *entry;
	enum stage_status status = STAGE_OK;

	level->entries = 0;
	if (stream == NULL) {
		return fail_reading(level, "it");
	}
	errno = 0;
	while (status == STAGE_OK && (entry = readdir(stream)) != NULL) {
		if (!is_dots(entry->d_name)) {
			status = copy_entry(level, entry->d_name);
		}
		errno = 0;
	}
	if (status == STAGE_OK && errno != 0) {
		status = fail_reading(level, "it");
	}
	closedir(stream);
	if (status == STAGE_OK && level->earlier >= 0 &&
		count_entries(level->earlier) != level->entries) {
		level->out->is_changed = true; // something is away
	}
	return status;
}
// NOLINTEND(misc-no-recursion)

enum stage_status
stage_show_treecopy(const struct stage_show_treecopy *what,
	struct stage_show_copied *out, struct stage_err *err)
{
	struct level level = {.from = what->from,
		.to = what->to,
		.earlier = what->earlier,
		.what = what,
		.out = out,
		.err = err};
	enum stage_status status;

	*out = (struct stage_show_copied){.is_changed = what->earlier < 0};
	status = copy_level(&level);
	if (status == STAGE_OK && sync_fd(what->to) != 0) {
		status = fail_writing(&level, "it");
	}
	return status;
}
