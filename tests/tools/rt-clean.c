/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Sees what a JACK client's process callback calls that an audio thread must
 * not: memory, locks, waits, files. For LD_PRELOAD. Appends to the file
 * RT_CLEAN "watched" for each callback that is set, and "NAME from OBJECT" for
 * each call that is made inside it, once for each such name.
 */

#define _GNU_SOURCE // RTLD_NEXT, dladdr

#include <dlfcn.h>
#include <fcntl.h>
#include <jack/jack.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define CALLED(name)                                                           \
	do {                                                                   \
		static _Atomic bool is_told;                                   \
		if (is_inside && !is_told) {                                   \
			is_told = true;                                        \
			tell(#name, __builtin_return_address(0));              \
		}                                                              \
	} while (0)

/* The rest of a function that goes on to the next one of its name. */
#define PASS(name, args)                                                       \
	__typeof__(&(name)) next;                                              \
	CALLED(name);                                                          \
	*(void **)&next = dlsym(RTLD_NEXT, #name);                             \
	return next args

struct callback {
	JackProcessCallback call;
	void *arg;
};

static _Thread_local bool is_inside __attribute__((tls_model("initial-exec")));
static struct callback callbacks[CLIENTS_MAX];
static _Atomic unsigned count;

/* It is about to be too late: what this does is not looked at. */
static void
tell(const char *name, const void *caller)
{
	const char *path = getenv("RT_CLEAN");
	Dl_info info = {.dli_fname = NULL};
	char line[512];
	int fd;
	int len;

	is_inside = false;
	if (caller != NULL) {
		(void)dladdr(caller, &info);
	}
	len = snprintf(line, sizeof(line), "%s%s%s\n", name,
		caller != NULL ? " from " : "",
		info.dli_fname != NULL ? info.dli_fname : "");
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, line, (size_t)len) != len) {
		abort();
	}
	close(fd);
	is_inside = caller != NULL;
}

static int
process(jack_nframes_t frames, void *arg)
{
	const struct callback *callback = arg;
	int result;

	is_inside = true;
	result = callback->call(frames, callback->arg);
	is_inside = false;
	return result;
}

int
jack_set_process_callback(
	jack_client_t *client, JackProcessCallback call, void *arg)
{
	int (*next)(jack_client_t *, JackProcessCallback, void *);
	unsigned at = count++;

	*(void **)&next = dlsym(RTLD_NEXT, "jack_set_process_callback");

	if (at >= CLIENTS_MAX) {
		abort();
	}
	callbacks[at] = (struct callback){call, arg};
	tell("watched", NULL);
	return next(client, process, &callbacks[at]);
}

/* Memory: the C library's own names, for dlsym needs memory itself. */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);
void rt_clean_free(void *memory);

void *
malloc(size_t size)
{
	CALLED(malloc);
	return __libc_malloc(size);
}

void *
calloc(size_t members, size_t size)
{
	CALLED(calloc);
	return __libc_calloc(members, size);
}

void *
realloc(void *old, size_t size)
{
	CALLED(realloc);
	return __libc_realloc(old, size);
}

int
posix_memalign(void **out, size_t alignment, size_t size)
{
	CALLED(posix_memalign);
	*out = __libc_memalign(alignment, size);
	return *out != NULL ? 0 : 12;
}

void
rt_clean_free(void *memory)
{
	CALLED(free);
	__libc_free(memory);
}

void free(void *memory) __attribute__((alias("rt_clean_free")));

/* Locks and waits. */

int
pthread_mutex_lock(pthread_mutex_t *mutex)
{
	PASS(pthread_mutex_lock, (mutex));
}

int
pthread_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex)
{
	PASS(pthread_cond_wait, (cond, mutex));
}

int
pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	PASS(pthread_rwlock_rdlock, (lock));
}

int
pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	PASS(pthread_rwlock_wrlock, (lock));
}

int
sem_wait(sem_t *sem)
{
	PASS(sem_wait, (sem));
}

int
poll(struct pollfd *fds, nfds_t size, int timeout)
{
	PASS(poll, (fds, size, timeout));
}

/* Files, and what asks the kernel. */

ssize_t
read(int fd, void *bytes, size_t size)
{
	PASS(read, (fd, bytes, size));
}

ssize_t
write(int fd, const void *bytes, size_t size)
{
	PASS(write, (fd, bytes, size));
}

int
close(int fd)
{
	PASS(close, (fd));
}

int
fflush(FILE *file)
{
	PASS(fflush, (file));
}

int
munmap(void *at, size_t size)
{
	PASS(munmap, (at, size));
}

void *
mmap(void *at, size_t size, int protection, int flags, int fd, off_t offset)
{
	PASS(mmap, (at, size, protection, flags, fd, offset));
}

int
fputs(const char *text, FILE *file)
{
	PASS(fputs, (text, file));
}

size_t
fwrite(const void *bytes, size_t size, size_t members, FILE *file)
{
	PASS(fwrite, (bytes, size, members, file));
}

int
vfprintf(FILE *file, const char *format, va_list args)
{
	PASS(vfprintf, (file, format, args));
}
