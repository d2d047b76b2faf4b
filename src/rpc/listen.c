/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _DEFAULT_SOURCE // flock
#if defined(__APPLE__)
#	define _DARWIN_C_SOURCE
#endif

#include "rpc/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/num.h"
#include "base/sock.h"
#include "base/str.h"
#include "rpc/sock.h"

#define BACKLOG 128
#define LOCK_TRIES 100 // each lost to a server that ended in between
#define SOCKET_MODE 0660

static bool
is_file(const char *path, dev_t dev, ino_t ino)
{
	struct stat st;

	return lstat(path, &st) == 0 && st.st_dev == dev && st.st_ino == ino;
}

// One attempt: STAGE_NOT_FOUND when the file was removed under our hands.
static enum stage_status
try_lock(struct stage_rpc_listener *self, struct stage_err *err)
{
	struct stat st;
	int fd = open(self->lock_path,
		O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to open %s", self->lock_path);
	}
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int errnum = errno;
		close(fd);
		if (errnum == EWOULDBLOCK) {
			return stage_err_set(err, STAGE_BUSY,
				"another server is running at %s", self->path);
		}
		return stage_err_set_errno(
			err, errnum, "unable to lock %s", self->lock_path);
	}
	if (fstat(fd, &st) != 0 ||
		!is_file(self->lock_path, st.st_dev, st.st_ino)) {
		close(fd);
		return STAGE_NOT_FOUND;
	}
	self->lock_fd = fd;
	return STAGE_OK;
}

static enum stage_status
take_lock(struct stage_rpc_listener *self, struct stage_err *err)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		struct stage_err why = STAGE_ERR_INIT;
		enum stage_status status = try_lock(self, &why);
		if (status != STAGE_NOT_FOUND || why.status != STAGE_OK) {
			if (status != STAGE_OK) {
				stage_err_set(err, status, "%s", why.text);
			}
			return status;
		}
	}
	return stage_err_set(err, STAGE_BUSY,
		"unable to lock %s: other servers come and go there",
		self->lock_path);
}

// Sees to it that nothing is at the path; a live server is left alone.
static enum stage_status
clear_path(const struct stage_rpc_listener *self,
	const struct sockaddr_un *address, struct stage_err *err)
{
	struct stat st;
	bool is_alive;
	int fd;

	if (lstat(self->path, &st) != 0) {
		return errno == ENOENT
			       ? STAGE_OK
			       : stage_err_set_errno(err, errno,
					 "unable to look at %s", self->path);
	}
	if (!S_ISSOCK(st.st_mode)) {
		return stage_err_set(err, STAGE_EXISTS,
			"unable to listen at %s: something else than a socket "
			"is there, remove it",
			self->path);
	}
	fd = stage_sock_open(AF_UNIX);
	if (fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to make a socket");
	}
	is_alive = connect(fd, (const struct sockaddr *)address,
			   sizeof(*address)) == 0 ||
		   errno == EAGAIN || errno == EINPROGRESS;
	close(fd);
	if (is_alive) {
		return stage_err_set(err, STAGE_BUSY,
			"another server is running at %s", self->path);
	}
	if (unlink(self->path) != 0 && errno != ENOENT) {
		return stage_err_set_errno(err, errno,
			"unable to remove the dead socket %s", self->path);
	}
	return STAGE_OK;
}

static enum stage_status
find_group(const char *group, gid_t *out, struct stage_err *err)
{
	struct group *entry = getgrnam(group);
	int64_t number;

	if (entry != NULL) {
		*out = entry->gr_gid;
		return STAGE_OK;
	}
	if (stage_num_parse(group, 0, INT32_MAX, &number, NULL) == STAGE_OK) {
		*out = (gid_t)number;
		return STAGE_OK;
	}
	return stage_err_set(err, STAGE_NOT_FOUND,
		"there is no group \"%s\" on this system", group);
}

// Nobody can connect before listen, so there is no moment of a wrong mode.
static enum stage_status
set_access(struct stage_rpc_listener *self, const char *group,
	struct stage_err *err)
{
	gid_t gid = (gid_t)-1;
	struct stat st;

	if (group != NULL) {
		enum stage_status status = find_group(group, &gid, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	if (group != NULL && chown(self->fresh, (uid_t)-1, gid) != 0) {
		return stage_err_set_errno(err, errno,
			"unable to give %s to the group %s", self->path, group);
	}
	if (chmod(self->fresh, SOCKET_MODE) != 0 ||
		lstat(self->fresh, &st) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to set the mode of %s", self->path);
	}
	self->gid = st.st_gid;
	return STAGE_OK;
}

static enum stage_status
bind_fresh(struct stage_rpc_listener *self, struct stage_err *err)
{
	struct sockaddr_un address;
	struct stat st;
	enum stage_status status =
		stage_rpc_sock_address(&address, self->fresh, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (unlink(self->fresh) != 0 && errno != ENOENT) {
		return stage_err_set_errno(
			err, errno, "unable to remove %s", self->fresh);
	}
	self->fd = stage_sock_open(AF_UNIX);
	if (self->fd < 0) {
		return stage_err_set_errno(
			err, errno, "unable to make a socket");
	}
	if (bind(self->fd, (const struct sockaddr *)&address,
		    sizeof(address)) != 0 ||
		lstat(self->fresh, &st) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to listen at %s", self->path);
	}
	self->dev = st.st_dev;
	self->ino = st.st_ino;
	return STAGE_OK;
}

static enum stage_status
appear(struct stage_rpc_listener *self, struct stage_err *err)
{
	if (listen(self->fd, BACKLOG) != 0 ||
		rename(self->fresh, self->path) != 0) {
		return stage_err_set_errno(
			err, errno, "unable to listen at %s", self->path);
	}
	return STAGE_OK;
}

// As long as the path, since a socket's may not be any longer.
static void
make_fresh(struct stage_rpc_listener *self)
{
	size_t len = strlen(self->path);

	self->fresh = strdup(self->path);
	if (self->fresh != NULL && len > 0) {
		self->fresh[len - 1] = self->path[len - 1] == '~' ? '+' : '~';
	}
}

static enum stage_status
set_paths(struct stage_rpc_listener *self, const char *path,
	struct stage_err *err)
{
	struct stage_str lock = {0};

	self->path = strdup(path);
	if (self->path != NULL) {
		make_fresh(self);
	}
	if (stage_str_addf(&lock, "%s.lock", path) == STAGE_OK) {
		self->lock_path = stage_str_take(&lock);
	}
	if (self->path == NULL || self->fresh == NULL ||
		self->lock_path == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY,
			"unable to listen at %s: out of memory", path);
	}
	return STAGE_OK;
}

static enum stage_status
open_all(struct stage_rpc_listener *self, const char *path, const char *group,
	struct stage_err *err)
{
	struct sockaddr_un address;
	enum stage_status status = stage_rpc_sock_address(&address, path, err);

	if (status == STAGE_OK) {
		status = set_paths(self, path, err);
	}
	if (status == STAGE_OK) {
		status = take_lock(self, err);
	}
	if (status == STAGE_OK) {
		status = clear_path(self, &address, err);
	}
	if (status == STAGE_OK) {
		status = bind_fresh(self, err);
	}
	if (status == STAGE_OK) {
		status = set_access(self, group, err);
	}
	return status == STAGE_OK ? appear(self, err) : status;
}

enum stage_status
stage_rpc_listener_init(struct stage_rpc_listener *self, const char *path,
	const char *group, struct stage_err *err)
{
	enum stage_status status;

	*self = (struct stage_rpc_listener){.fd = -1, .lock_fd = -1};
	status = open_all(self, path, group, err);
	if (status != STAGE_OK) {
		stage_rpc_listener_finish(self);
	}
	return status;
}

void
stage_rpc_listener_finish(struct stage_rpc_listener *self)
{
	struct stat st;

	if (self == NULL) {
		return;
	}
	if (self->ino != 0 && is_file(self->path, self->dev, self->ino)) {
		(void)unlink(self->path);
	}
	if (self->ino != 0 && is_file(self->fresh, self->dev, self->ino)) {
		(void)unlink(self->fresh);
	}
	if (self->fd >= 0) {
		close(self->fd);
	}
	if (self->lock_fd >= 0) {
		if (fstat(self->lock_fd, &st) == 0 &&
			is_file(self->lock_path, st.st_dev, st.st_ino)) {
			(void)unlink(self->lock_path);
		}
		close(self->lock_fd);
	}
	free(self->path);
	free(self->lock_path);
	free(self->fresh);
	*self = (struct stage_rpc_listener){.fd = -1, .lock_fd = -1};
}
