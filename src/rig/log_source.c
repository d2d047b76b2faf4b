/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/log_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/str.h"
#include "runit/tai.h"

#define CHUNK_BYTES 16384
#define KEY_LEN 25 // "@" and 24 digits: rotated files sort by it

// The file that is being read.
struct file {
	int fd; // -1: none
	dev_t device;
	ino_t inode;
	bool is_complete; // nothing will be added to it
};

struct stage_log_source {
	char directory[STAGE_PATH_MAX];
	char *name; // owned
	size_t last_lines;
	bool has_begun;
	struct file file;
	char key[KEY_LEN + 1]; // of the last rotated file gone through; "" none
	struct stage_str buffer;
	size_t at;       // where the next line begins in the buffer
	size_t line_len; // of the line that peek gave, newline included; or 0
	bool is_part;    // that line goes on a line that was too long
	bool goes_on;    // the line after that one does
	int64_t wall_ns; // of the last line that had a time
	struct stage_err err;
};

enum stage_status
stage_log_source_create(const char *directory, const char *name,
	size_t last_lines, struct stage_log_source **out, struct stage_err *err)
{
	struct stage_log_source *self = calloc(1, sizeof(*self));

	if (self == NULL || (self->name = strdup(name)) == NULL) {
		free(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->file.fd = -1;
	self->wall_ns = INT64_MIN;
	self->last_lines = last_lines;
	if (stage_format(self->directory, sizeof(self->directory), "%s",
		    directory) != STAGE_OK) {
		stage_log_source_destroy(self);
		return stage_err_set(err, STAGE_TOO_LONG,
			"path is too long: %.200s", directory);
	}
	*out = self;
	return STAGE_OK;
}

void
stage_log_source_destroy(struct stage_log_source *self)
{
	if (self == NULL) {
		return;
	}
	if (self->file.fd >= 0) {
		close(self->file.fd);
	}
	stage_str_finish(&self->buffer);
	free(self->name);
	free(self);
}

const struct stage_err *
stage_log_source_err(const struct stage_log_source *self)
{
	return &self->err;
}

static void
keep_errno(struct stage_log_source *self, const char *name)
{
	if (self->err.status == STAGE_OK && errno != ENOENT) {
		stage_err_set_errno(&self->err, errno, "unable to read %s/%s",
			self->directory, name);
	}
}

static bool
is_rotated(const char *name)
{
	return name[0] == '@' && strlen(name) == KEY_LEN + 2 &&
	       (stage_ends_with(name, ".s") || stage_ends_with(name, ".u"));
}

// Lists the rotated files, the oldest first.
static void
list_rotated(struct stage_log_source *self, struct stage_strv *names)
{
	struct stage_strv all = {0};

	if (stage_io_list_dir(self->directory, &all, NULL) != STAGE_OK) {
		keep_errno(self, "");
	}
	for (size_t i = 0; i < all.count; i++) {
		if (is_rotated(all.items[i]) &&
			stage_strv_add(names, all.items[i]) != STAGE_OK) {
			stage_err_set(
				&self->err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	stage_strv_finish(&all);
}

static int
open_file(struct stage_log_source *self, const char *name)
{
	char path[STAGE_PATH_MAX];
	int fd = -1;

	if (stage_io_join(path, sizeof(path), self->directory, name,
		    &self->err) == STAGE_OK) {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
		if (fd < 0) {
			keep_errno(self, name);
		}
	}
	return fd;
}

static size_t
count_lines(struct stage_log_source *self, const char *name)
{
	char chunk[CHUNK_BYTES];
	size_t lines = 0;
	ssize_t got;
	int fd = open_file(self, name);

	if (fd < 0) {
		return 0;
	}
	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		for (ssize_t i = 0; i < got; i++) {
			lines += chunk[i] == '\n';
		}
	}
	close(fd);
	return lines;
}

// Passes over the old files that last_lines does not reach back to.
static void
begin(struct stage_log_source *self)
{
	struct stage_strv names = {0};
	size_t lines;

	self->has_begun = true;
	if (self->last_lines == 0) {
		return;
	}
	list_rotated(self, &names);
	lines = count_lines(self, "current");
	for (size_t i = names.count; i > 0; i--) {
		if (lines >= self->last_lines) {
			memcpy(self->key, names.items[i - 1], KEY_LEN);
			break;
		}
		lines += count_lines(self, names.items[i - 1]);
	}
	stage_strv_finish(&names);
}

// The first rotated file behind the last one gone through, or NULL.
static const char *
find_next(const struct stage_log_source *self, const struct stage_strv *names)
{
	for (size_t i = 0; i < names->count; i++) {
		if (strncmp(names->items[i], self->key, KEY_LEN) > 0) {
			return names->items[i];
		}
	}
	return NULL;
}

static void
set_file(struct stage_log_source *self, int fd, bool is_complete)
{
	struct stat st = {0};

	if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		fd = -1;
	}
	self->file = (struct file){
		.fd = fd,
		.device = st.st_dev,
		.inode = st.st_ino,
		.is_complete = is_complete,
	};
}

// Opens the next file. `current` is opened before looking for rotated ones, so
// that a rotation in between hides none. False when there is no file now.
static bool
open_next(struct stage_log_source *self)
{
	int current = open_file(self, "current");
	struct stage_strv names = {0};
	const char *name;

	list_rotated(self, &names);
	while (self->file.fd < 0 && (name = find_next(self, &names)) != NULL) {
		memcpy(self->key, name, KEY_LEN);
		set_file(self, open_file(self, name), true);
	}
	stage_strv_finish(&names);
	if (self->file.fd < 0) {
		set_file(self, current, false);
	} else if (current >= 0) {
		close(current);
	}
	return self->file.fd >= 0;
}

// Whether `current` has become a rotated file, whose key is then noted.
static bool
was_rotated(struct stage_log_source *self)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	struct stat st;

	if (stage_io_join(path, sizeof(path), self->directory, "current",
		    NULL) != STAGE_OK ||
		(stat(path, &st) == 0 && st.st_dev == self->file.device &&
			st.st_ino == self->file.inode)) {
		return false;
	}
	list_rotated(self, &names);
	for (size_t i = 0; i < names.count; i++) {
		if (stage_io_join(path, sizeof(path), self->directory,
			    names.items[i], NULL) == STAGE_OK &&
			stat(path, &st) == 0 &&
			st.st_dev == self->file.device &&
			st.st_ino == self->file.inode) {
			memcpy(self->key, names.items[i], KEY_LEN);
		}
	}
	stage_strv_finish(&names);
	return true;
}

// Reads on in the open file; false at its end.
static bool
fill(struct stage_log_source *self)
{
	char chunk[CHUNK_BYTES];
	ssize_t got;

	stage_str_consume(&self->buffer, self->at);
	self->at = 0;
	do {
		got = read(self->file.fd, chunk, sizeof(chunk));
	} while (got < 0 && errno == EINTR);
	if (got < 0) {
		keep_errno(self, "current");
		self->file.is_complete = true;
	}
	if (got <= 0) {
		return false;
	}
	if (stage_str_append(&self->buffer, chunk, (size_t)got) != STAGE_OK) {
		stage_err_set(&self->err, STAGE_NO_MEMORY, "out of memory");
		return false;
	}
	return true;
}

// Finds the next line in the buffer; `rest`: its end ends a line too.
static bool
take_line(struct stage_log_source *self, bool rest)
{
	size_t len = self->buffer.len - self->at;
	const char *start;
	const char *newline;

	if (len == 0) {
		return false;
	}
	start = self->buffer.data + self->at;
	newline = memchr(start, '\n', len);
	if (newline != NULL && newline - start < STAGE_LOG_LINE_MAX) {
		len = (size_t)(newline - start) + 1;
	} else if (len >= STAGE_LOG_LINE_MAX) {
		len = STAGE_LOG_LINE_MAX;
	} else if (!rest) {
		return false;
	}
	self->line_len = len;
	self->is_part = self->goes_on;
	self->goes_on = !rest && start[len - 1] != '\n';
	return true;
}

// Deals with the end of the open file: true when a line was found or another
// file is to be read.
static bool
end_file(struct stage_log_source *self, bool wants_rest)
{
	if (!self->file.is_complete) {
		if (was_rotated(self)) {
			self->file.is_complete = true; // once read to its end
			return true;
		}
		return wants_rest && take_line(self, true);
	}
	if (take_line(self, true)) {
		return true;
	}
	close(self->file.fd);
	self->file.fd = -1;
	self->goes_on = false;
	return open_next(self);
}

static bool
find_line(struct stage_log_source *self, bool wants_rest)
{
	if (!self->has_begun) {
		begin(self);
	}
	if (self->file.fd < 0 && !open_next(self)) {
		return false;
	}
	while (self->line_len == 0) {
		if (!take_line(self, false) && !fill(self) &&
			!end_file(self, wants_rest)) {
			return false;
		}
	}
	return true;
}

bool
stage_log_source_peek(struct stage_log_source *self, bool wants_rest,
	struct stage_log_line *line)
{
	size_t stamp = 0;

	if (self->line_len == 0 && !find_line(self, wants_rest)) {
		return false;
	}
	line->name = self->name;
	line->text = self->buffer.data + self->at;
	line->len = self->line_len;
	line->len -= line->text[line->len - 1] == '\n';
	line->has_time = !self->is_part &&
			 stage_runit_tai_parse_stamp(line->text, line->len,
				 &self->wall_ns, &stamp) == STAGE_OK;
	line->wall_ns = self->wall_ns;
	line->text += stamp;
	line->len -= stamp;
	return true;
}

void
stage_log_source_next(struct stage_log_source *self)
{
	self->at += self->line_len;
	self->line_len = 0;
}
