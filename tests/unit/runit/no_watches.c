/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // syscall

#include "no_watches.h"

#include <errno.h>
#include <stdint.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
	int left;
	int errnum;
} grants = {-1, 0};

void
no_watches_after(int left, int errnum)
{
	grants.left = left;
	grants.errnum = errnum;
}

int
inotify_add_watch(int fd, const char *path, uint32_t mask)
{
	if (grants.left == 0) {
		errno = grants.errnum;
		return -1;
	}
	if (grants.left > 0) {
		grants.left--;
	}
	return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}
