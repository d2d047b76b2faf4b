/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Has the clock on the wall be another one than it is, as when somebody sets
 * it: by as many seconds as the file WALL_JUMP says, a 64 bit number, which may
 * be written while the program runs. For LD_PRELOAD.
 */

#define _GNU_SOURCE // RTLD_NEXT

#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

typedef int clock_function(clockid_t, struct timespec *);

static const int64_t *jump_s = MAP_FAILED;
static clock_function *next;

static __attribute__((constructor)) void
on_load(void)
{
	const char *path = getenv("WALL_JUMP");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	*(void **)&next = dlsym(RTLD_NEXT, "clock_gettime");
	if (fd < 0) {
		abort(); // a test would try nothing
	}
	jump_s = mmap(NULL, sizeof(*jump_s), PROT_READ, MAP_SHARED, fd, 0);
	close(fd);
	if (jump_s == MAP_FAILED) {
		abort();
	}
}

int
clock_gettime(clockid_t clock, struct timespec *out)
{
	int status = next(clock, out);

	if (status == 0 &&
		(clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
		out->tv_sec += *jump_s;
	}
	return status;
}

int
gettimeofday(struct timeval *restrict out, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
	return 0;
}

time_t
time(time_t *out)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (out != NULL) {
		*out = now.tv_sec;
	}
	return now.tv_sec;
}
