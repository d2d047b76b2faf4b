/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/outbox.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#ifdef __linux__
#	include <linux/sockios.h>
#endif

#include "base/str.h"

#define HEAD "jack_"

// Takes the client out of ".../jack_NAME_UID_0"; false for other paths.
static bool
parse_path(const char *path, char *name)
{
	const char *base = strrchr(path, '/');
	const char *end;
	size_t len;

	if (base == NULL || !stage_starts_with(base + 1, HEAD)) {
		return false;
	}
	base += 1 + strlen(HEAD);
	if (!stage_ends_with(base, "_0")) {
		return false;
	}
	end = base + strlen(base) - strlen("_0");
	while (end > base && *--end != '_') {
		if (*end < '0' || *end > '9') {
			return false;
		}
	}
	len = (size_t)(end - base);
	return len > 0 && stage_format(name, STAGE_OUTBOX_NAME_MAX, "%.*s",
				  (int)len, base) == STAGE_OK;
}

static bool
leads_to_client(int fd, char *name)
{
	struct sockaddr_un peer;
	socklen_t len = sizeof(peer);

	memset(&peer, 0, sizeof(peer));
	if (getpeername(fd, (struct sockaddr *)&peer, &len) != 0 ||
		peer.sun_family != AF_UNIX) {
		return false;
	}
	peer.sun_path[sizeof(peer.sun_path) - 1] = '\0';
	return parse_path(peer.sun_path, name);
}

// How much waits to be read, when that is half of what there is room for.
static bool
is_filling(int fd, int *queued)
{
#if defined(SIOCOUTQ)
	int room = 0;
	socklen_t len = sizeof(room);

	return getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, &len) == 0 &&
	       ioctl(fd, SIOCOUTQ, queued) == 0 && *queued >= room / 2;
#else
	(void)fd;
	(void)queued;
	return false;
#endif
}

static struct stage_outbox_socket *
find(struct stage_outbox *self, int fd, ino_t inode)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->sockets[i].fd == fd &&
			self->sockets[i].inode == inode) {
			return &self->sockets[i];
		}
	}
	return NULL;
}

// True when it is to be cut off.
static bool
note(struct stage_outbox *self, int fd, ino_t inode, int queued, int64_t now_ns)
{
	struct stage_outbox_socket *one = find(self, fd, inode);

	if (one == NULL && self->count < STAGE_OUTBOX_MAX) {
		one = &self->sockets[self->count++];
		*one = (struct stage_outbox_socket){
			.fd = fd, .inode = inode, .since_ns = now_ns};
	}
	if (one == NULL) {
		return false;
	}
	if (queued < one->queued) {
		one->since_ns = now_ns;
	}
	one->queued = queued;
	one->is_seen = true;
	if (one->is_cut || now_ns - one->since_ns < STAGE_OUTBOX_CUT_NS) {
		return false;
	}
	one->is_cut = true;
	return true;
}

static void
forget_others(struct stage_outbox *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->count; i++) {
		if (self->sockets[i].is_seen) {
			self->sockets[kept] = self->sockets[i];
			self->sockets[kept++].is_seen = false;
		}
	}
	self->count = kept;
}

void
stage_outbox_look(struct stage_outbox *self, const char *server, int64_t now_ns,
	void (*cut)(void *user, const char *client), void *user)
{
	DIR *numbers = opendir("/dev/fd");
	const struct dirent *entry;

	while (numbers != NULL && (entry = readdir(numbers)) != NULL) {
		char name[STAGE_OUTBOX_NAME_MAX];
		int fd = (int)strtol(entry->d_name, NULL, 10);
		int queued = 0;
		struct stat st;
		if (entry->d_name[0] == '.' || !leads_to_client(fd, name) ||
			strcmp(name, server) == 0 || !is_filling(fd, &queued) ||
			fstat(fd, &st) != 0) {
			continue;
		}
		if (!note(self, fd, st.st_ino, queued, now_ns)) {
			continue;
		}
		if (cut != NULL) {
			cut(user, name);
		}
		(void)shutdown(fd, SHUT_RDWR);
	}
	if (numbers != NULL) {
		closedir(numbers);
	}
	forget_others(self);
}
