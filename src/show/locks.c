/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/locks.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"
#include "show/udp_owner.h"

#define FILE_MAX 8192 // bytes of one of these files
#define HASH_MODULUS 65521

void
stage_show_locks_find(
	const char *runtime, const char *run, char out[STAGE_PATH_MAX])
{
	struct stat stat_buffer;
	bool is_set = runtime != NULL && runtime[0] == '/';

	(void)!stage_format(
		out, STAGE_PATH_MAX, "/run/user/%u", (unsigned)geteuid());
	if (is_set &&
		(strcmp(runtime, run) != 0 || stat(out, &stat_buffer) != 0 ||
			!S_ISDIR(stat_buffer.st_mode) ||
			stat_buffer.st_uid != geteuid())) {
		(void)!stage_format(out, STAGE_PATH_MAX, "%s", runtime);
	}
}

// As nsmd's simple_hash: djb2, with the char and the unsigned long of x86-64.
static unsigned
hash(const char *text)
{
	uint64_t sum = 5381;

	for (; *text != '\0'; text++) {
		sum = sum * 33 + (uint64_t)(int64_t)(signed char)*text;
	}
	return (unsigned)(sum % HASH_MODULUS);
}

bool
stage_show_locks_path(const struct stage_show_locks *self, const char *session,
	char out[STAGE_PATH_MAX])
{
	const char *slash = strrchr(session, '/');

	return stage_format(out, STAGE_PATH_MAX, "%s/%s%u", self->directory,
		       slash != NULL ? slash + 1 : session,
		       hash(session)) == STAGE_OK;
}

// What others have written.

static bool
lives(pid_t pid)
{
	return pid > 1 && (kill(pid, 0) == 0 || errno == EPERM);
}

// The port in "osc.udp://HOST:PORT/"; 0: none.
static int
port_of(const char *url)
{
	const char *colon = strrchr(url, ':');
	char digits[8] = "";
	int64_t port = 0;

	if (colon != NULL) {
		(void)!stage_format(digits, sizeof(digits), "%.*s",
			(int)strcspn(colon + 1, "/"), colon + 1);
	}
	return stage_num_parse(digits, 1, 65535, &port, NULL) == STAGE_OK
		       ? (int)port
		       : 0;
}

struct lock {
	char url[256];
	pid_t pid;
};

// The second and the third line.
static struct lock
read_lock(const char *path)
{
	struct lock lock = {.pid = 0};
	struct stage_str text = {0};
	char *line;
	char *rest = NULL;
	int64_t pid = 0;

	if (stage_io_read_file(path, FILE_MAX, &text, NULL) != STAGE_OK ||
		text.len == 0) {
		return lock;
	}
	(void)strtok_r(text.data, "\n", &rest);
	line = strtok_r(NULL, "\n", &rest);
	(void)!stage_format(
		lock.url, sizeof(lock.url), "%s", line != NULL ? line : "");
	line = strtok_r(NULL, "\n", &rest);
	if (line != NULL &&
		stage_num_parse(line, 2, INT32_MAX, &pid, NULL) == STAGE_OK) {
		lock.pid = (pid_t)pid;
	}
	stage_str_finish(&text);
	return lock;
}

static bool
is_in_force(const struct lock *lock)
{
	return lock->pid != getpid() && lives(lock->pid) &&
	       stage_show_udp_is_of_group(
		       port_of(lock->url), getpgid(lock->pid));
}

// Files of ours.

static enum stage_status
write_file(const char *path, const char *text, struct stage_err *err)
{
	FILE *file = fopen(path, "we");
	bool is_written;

	if (file == NULL) {
		return stage_err_set_errno(
			err, errno, "unable to write %s", path);
	}
	is_written = fputs(text, file) >= 0;
	if (fclose(file) != 0 || !is_written) {
		(void)unlink(path);
		return stage_err_set_errno(
			err, errno, "unable to write %s", path);
	}
	return STAGE_OK;
}

// A server that has crashed had the port that is ours now: no other one can be
// there.
static void
remove_stale(const struct stage_show_locks *self)
{
	struct stage_strv names = {0};
	char directory[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];

	(void)!stage_format(
		directory, sizeof(directory), "%s/d", self->directory);
	(void)!stage_io_list_dir(directory, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		struct stage_str text = {0};

		if (stage_io_join(path, sizeof(path), directory, names.items[i],
			    NULL) == STAGE_OK &&
			stage_io_read_file(path, FILE_MAX, &text, NULL) ==
				STAGE_OK &&
			stage_starts_with(stage_str_text(&text), self->url)) {
			(void)unlink(path);
		}
		stage_str_finish(&text);
	}
	stage_strv_finish(&names);
}

static void
daemon_path(const struct stage_show_locks *self, char out[STAGE_PATH_MAX])
{
	(void)!stage_format(
		out, STAGE_PATH_MAX, "%s/d/%d", self->directory, (int)getpid());
}

static enum stage_status
make(struct stage_show_locks *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	char line[sizeof(((struct lock *)NULL)->url)];
	enum stage_status status;

	(void)!stage_format(path, sizeof(path), "%s/d", self->directory);
	status = stage_io_make_dirs(path, err);
	if (status == STAGE_OK) {
		remove_stale(self);
		daemon_path(self, path);
		status = stage_format(line, sizeof(line), "%s\n", self->url);
	}
	return status == STAGE_OK ? write_file(path, line, err) : status;
}

enum stage_status
stage_show_locks_init(struct stage_show_locks *self, const char *directory,
	const char *url, struct stage_err *err)
{
	enum stage_status status;

	memset(self, 0, sizeof(*self));
	status = stage_format(
		self->directory, sizeof(self->directory), "%s/nsm", directory);
	self->url = strdup(url);
	if (status == STAGE_OK) {
		status = self->url != NULL ? make(self, err)
					   : stage_err_set(err, STAGE_NO_MEMORY,
						     "out of memory");
	}
	if (status != STAGE_OK) {
		free(self->url);
		memset(self, 0, sizeof(*self));
	}
	return status;
}

void
stage_show_locks_finish(struct stage_show_locks *self)
{
	static const struct stage_strv none;
	char path[STAGE_PATH_MAX];

	stage_show_locks_keep(self, &none);
	if (self->directory[0] != '\0') {
		daemon_path(self, path);
		(void)unlink(path);
	}
	free(self->url);
	memset(self, 0, sizeof(*self));
}

// Locks.

static enum stage_status
refuse(const char *session, const struct lock *lock, struct stage_err *err)
{
	const char *slash = strrchr(session, '/');

	return stage_err_set(err, STAGE_BUSY,
		"song %s is open in another session manager (process %d, %s); "
		"close it there",
		slash != NULL ? slash + 1 : session, (int)lock->pid, lock->url);
}

// The file comes whole or not at all, and never over one that is in force.
static enum stage_status
put(const char *path, const char *fresh, const char *session,
	struct stage_err *err)
{
	struct lock lock;

	if (link(fresh, path) == 0) {
		return STAGE_OK;
	}
	lock = read_lock(path);
	if (is_in_force(&lock)) {
		return refuse(session, &lock, err);
	}
	if (rename(fresh, path) != 0) {
		stage_log_warn("unable to write %s: %s; other session managers "
			       "will not see that the song is open",
			path, strerror(errno));
	}
	return STAGE_OK;
}

enum stage_status
stage_show_locks_take(struct stage_show_locks *self, const char *session,
	struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	char fresh[STAGE_PATH_MAX];
	enum stage_status status = STAGE_OK;

	if (self->directory[0] == '\0' ||
		!stage_show_locks_path(self, session, path) ||
		stage_strv_has(&self->held, path) ||
		stage_format(fresh, sizeof(fresh), "%s/.stagecraft-%d",
			self->directory, (int)getpid()) != STAGE_OK) {
		return STAGE_OK;
	}
	if (stage_str_addf(&text, "%s\n%s\n%d\n", session, self->url,
		    (int)getpid()) == STAGE_OK &&
		write_file(fresh, text.data, NULL) == STAGE_OK) {
		status = put(path, fresh, session, err);
		(void)unlink(fresh);
		if (status == STAGE_OK) {
			(void)!stage_strv_add(&self->held, path);
		}
	}
	stage_str_finish(&text);
	return status;
}

static bool
is_wanted(const struct stage_show_locks *self, const char *path,
	const struct stage_strv *sessions)
{
	char other[STAGE_PATH_MAX];

	for (size_t i = 0; i < sessions->count; i++) {
		if (stage_show_locks_path(self, sessions->items[i], other) &&
			strcmp(other, path) == 0) {
			return true;
		}
	}
	return false;
}

void
stage_show_locks_keep(
	struct stage_show_locks *self, const struct stage_strv *sessions)
{
	struct stage_strv kept = {0};

	for (size_t i = 0; i < self->held.count; i++) {
		const char *path = self->held.items[i];

		if (!is_wanted(self, path, sessions) ||
			stage_strv_add(&kept, path) != STAGE_OK) {
			// Who has no memory for one gives it back.
			(void)unlink(path);
		}
	}
	stage_strv_finish(&self->held);
	self->held = kept;
}
