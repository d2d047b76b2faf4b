/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "failing_calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct rule {
	unsigned nth; // 0: no rule
	unsigned times;
	unsigned count; // calls since it was armed
	int errnum;
};

// All zero when nothing is armed; the last rule is the one for any call.
static _Thread_local struct rule rules[FAILING_CALL_COUNT + 1];
static _Thread_local bool is_armed;
static _Thread_local unsigned total;

int __real_bind(int fd, const struct sockaddr *address, socklen_t len);
int __real_chmod(const char *path, mode_t mode);
int __real_fchmod(int fd, mode_t mode);
int __real_fchown(int fd, uid_t user, gid_t group);
int __real_flock(int fd, int operation);
int __real_fsync(int fd);
int __real_link(const char *from, const char *to);
int __real_linkat(
	int from_dir, const char *from, int to_dir, const char *to, int flags);
int __real_listen(int fd, int backlog);
int __real_mkdirat(int dir, const char *path, mode_t mode);
int __real_openat(int dir, const char *path, int flags, ...);
ssize_t __real_read(int fd, void *bytes, size_t len);
int __real_rename(const char *from, const char *to);
int __real_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __real_socket(int domain, int type, int protocol);
int __real_symlinkat(const char *target, int dir, const char *path);
int __real_unlink(const char *path);
ssize_t __real_write(int fd, const void *bytes, size_t len);

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_chmod(const char *path, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);
int __wrap_fchown(int fd, uid_t user, gid_t group);
int __wrap_flock(int fd, int operation);
int __wrap_fsync(int fd);
int __wrap_link(const char *from, const char *to);
int __wrap_linkat(
	int from_dir, const char *from, int to_dir, const char *to, int flags);
int __wrap_listen(int fd, int backlog);
int __wrap_mkdirat(int dir, const char *path, mode_t mode);
int __wrap_openat(int dir, const char *path, int flags, ...);
ssize_t __wrap_read(int fd, void *bytes, size_t len);
int __wrap_rename(const char *from, const char *to);
int __wrap_renameat(int from_dir, const char *from, int to_dir, const char *to);
int __wrap_socket(int domain, int type, int protocol);
int __wrap_symlinkat(const char *target, int dir, const char *path);
int __wrap_unlink(const char *path);
ssize_t __wrap_write(int fd, const void *bytes, size_t len);

void
failing_calls_arm(
	enum failing_call call, unsigned nth, unsigned times, int errnum)
{
	rules[call] =
		(struct rule){.nth = nth, .times = times, .errnum = errnum};
	is_armed = true;
}

void
failing_calls_arm_any(unsigned nth, int errnum)
{
	failing_calls_arm(FAILING_CALL_COUNT, nth, 1, errnum);
}

unsigned
failing_calls_disarm(void)
{
	unsigned count = total;

	memset(rules, 0, sizeof(rules));
	is_armed = false;
	total = 0;
	return count;
}

static bool
rule_says_fail(struct rule *rule)
{
	rule->count++;
	if (rule->nth == 0 || rule->count < rule->nth ||
		rule->count - rule->nth >= rule->times) {
		return false;
	}
	errno = rule->errnum;
	return true;
}

static bool
must_fail(enum failing_call call)
{
	if (!is_armed) {
		return false;
	}
	total++;
	return rule_says_fail(&rules[call]) ||
	       rule_says_fail(&rules[FAILING_CALL_COUNT]);
}

int
__wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
	return must_fail(FAILING_BIND) ? -1 : __real_bind(fd, address, len);
}

int
__wrap_chmod(const char *path, mode_t mode)
{
	return must_fail(FAILING_CHMOD) ? -1 : __real_chmod(path, mode);
}

int
__wrap_fchmod(int fd, mode_t mode)
{
	return must_fail(FAILING_FCHMOD) ? -1 : __real_fchmod(fd, mode);
}

int
__wrap_fchown(int fd, uid_t user, gid_t group)
{
	return must_fail(FAILING_FCHOWN) ? -1 : __real_fchown(fd, user, group);
}

int
__wrap_flock(int fd, int operation)
{
	return must_fail(FAILING_FLOCK) ? -1 : __real_flock(fd, operation);
}

int
__wrap_fsync(int fd)
{
	return must_fail(FAILING_FSYNC) ? -1 : __real_fsync(fd);
}

int
__wrap_link(const char *from, const char *to)
{
	return must_fail(FAILING_LINK) ? -1 : __real_link(from, to);
}

int
__wrap_listen(int fd, int backlog)
{
	return must_fail(FAILING_LISTEN) ? -1 : __real_listen(fd, backlog);
}

ssize_t
__wrap_read(int fd, void *bytes, size_t len)
{
	if (must_fail(FAILING_READ)) {
		return errno != 0 ? -1 : 0;
	}
	return __real_read(fd, bytes, len);
}

int
__wrap_rename(const char *from, const char *to)
{
	return must_fail(FAILING_RENAME) ? -1 : __real_rename(from, to);
}

int
__wrap_socket(int domain, int type, int protocol)
{
	return must_fail(FAILING_SOCKET)
		       ? -1
		       : __real_socket(domain, type, protocol);
}

int
__wrap_unlink(const char *path)
{
	return must_fail(FAILING_UNLINK) ? -1 : __real_unlink(path);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t len)
{
	if (must_fail(FAILING_WRITE)) {
		return errno != 0 ? -1 : 0;
	}
	return __real_write(fd, bytes, len);
}

int
__wrap_linkat(
	int from_dir, const char *from, int to_dir, const char *to, int flags)
{
	return must_fail(FAILING_LINKAT)
		       ? -1
		       : __real_linkat(from_dir, from, to_dir, to, flags);
}

int
__wrap_mkdirat(int dir, const char *path, mode_t mode)
{
	return must_fail(FAILING_MKDIRAT) ? -1
					  : __real_mkdirat(dir, path, mode);
}

static mode_t
mode_behind(int flags, va_list args)
{
	return (flags & O_CREAT) != 0 ? va_arg(args, mode_t) : 0;
}

int
__wrap_openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_behind(flags, args);
	va_end(args);
	return must_fail(FAILING_OPENAT)
		       ? -1
		       : __real_openat(dir, path, flags, mode);
}

#ifdef __GLIBC__ // openat has this name where files may be large
int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to,
	unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
	unsigned flags);
int __real_openat64(int dir, const char *path, int flags, ...);
int __wrap_openat64(int dir, const char *path, int flags, ...);

int
__wrap_openat64(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;

	va_start(args, flags);
	mode = mode_behind(flags, args);
	va_end(args);
	return must_fail(FAILING_OPENAT)
		       ? -1
		       : __real_openat64(dir, path, flags, mode);
}

int
__wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to,
	unsigned flags)
{
	return must_fail(FAILING_RENAMEAT2)
		       ? -1
		       : __real_renameat2(from_dir, from, to_dir, to, flags);
}
#endif

int
__wrap_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	return must_fail(FAILING_RENAMEAT)
		       ? -1
		       : __real_renameat(from_dir, from, to_dir, to);
}

int
__wrap_symlinkat(const char *target, int dir, const char *path)
{
	return must_fail(FAILING_SYMLINKAT)
		       ? -1
		       : __real_symlinkat(target, dir, path);
}
