/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Pulls a sound card at the worst moment: when JACK's ALSA driver, and nobody
 * else, is about to open it. For LD_PRELOAD. Once for each time that the file
 * PULL_MARK is made, PULL_CARD is written to the file PULL_FILE, as to the
 * "unbind" of a driver in /sys.
 */

#define _GNU_SOURCE // RTLD_NEXT, dladdr

#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRIVER "jack_alsa.so"

typedef int (*ctl_open)(void **ctl, const char *name, int mode);

static void
pull(void)
{
	const char *mark = getenv("PULL_MARK");
	const char *path = getenv("PULL_FILE");
	const char *card = getenv("PULL_CARD");
	int fd;

	if (mark == NULL || path == NULL || card == NULL || unlink(mark) != 0) {
		return;
	}
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, card, strlen(card)) < 0) {
		abort();
	}
	close(fd);
}

static int
is_drivers(const void *caller)
{
	Dl_info info;

	return dladdr(caller, &info) != 0 && info.dli_fname != NULL &&
	       strstr(info.dli_fname, DRIVER) != NULL;
}

// The first that the driver opens of a card.
int snd_ctl_open(void **ctl, const char *name, int mode);

int
snd_ctl_open(void **ctl, const char *name, int mode)
{
	ctl_open next;

	*(void **)&next = dlsym(RTLD_NEXT, "snd_ctl_open");
	if (is_drivers(__builtin_return_address(0))) {
		pull();
	}
	return next(ctl, name, mode);
}
