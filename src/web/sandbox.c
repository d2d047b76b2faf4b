/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // syscall, O_PATH

#include "web/sandbox.h"

#include "base/io.h"
#include "base/log.h"

#if defined(__linux__)
#	include <errno.h>
#	include <fcntl.h>
#	include <linux/audit.h>
#	include <linux/filter.h>
#	include <linux/landlock.h>
#	include <linux/seccomp.h>
#	include <stddef.h>
#	include <stdint.h>
#	include <sys/prctl.h>
#	include <sys/syscall.h>
#	include <unistd.h>

// What is done to files, and nobody needs elsewhere: all was read before.
#	define DEEDS                                                          \
		(LANDLOCK_ACCESS_FS_WRITE_FILE |                               \
			LANDLOCK_ACCESS_FS_REMOVE_DIR |                        \
			LANDLOCK_ACCESS_FS_REMOVE_FILE |                       \
			LANDLOCK_ACCESS_FS_MAKE_CHAR |                         \
			LANDLOCK_ACCESS_FS_MAKE_DIR |                          \
			LANDLOCK_ACCESS_FS_MAKE_REG |                          \
			LANDLOCK_ACCESS_FS_MAKE_SOCK |                         \
			LANDLOCK_ACCESS_FS_MAKE_FIFO |                         \
			LANDLOCK_ACCESS_FS_MAKE_BLOCK |                        \
			LANDLOCK_ACCESS_FS_MAKE_SYM |                          \
			LANDLOCK_ACCESS_FS_READ_FILE |                         \
			LANDLOCK_ACCESS_FS_READ_DIR |                          \
			LANDLOCK_ACCESS_FS_EXECUTE)

static int
allow(int rules, const char *path)
{
	struct landlock_path_beneath_attr below = {
		.allowed_access = DEEDS & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	long result;

	if (below.parent_fd < 0) {
		return -1;
	}
	result = syscall(SYS_landlock_add_rule, rules,
		LANDLOCK_RULE_PATH_BENEATH, &below, 0);
	close(below.parent_fd);
	return (int)result;
}

// Linux' landlock(7).
static void
fence_files(const char *run, const char *state)
{
	struct landlock_ruleset_attr attr = {.handled_access_fs = DEEDS};
	int rules = (int)syscall(
		SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (rules < 0) {
		return;
	}
	(void)!stage_io_make_dirs(state, NULL);
	if (allow(rules, run) == 0) {
		(void)allow(rules, state); // of a rig that cannot be written
		if (syscall(SYS_landlock_restrict_self, rules, 0) != 0) {
			stage_log_warn("landlock does not hold");
		}
	}
	close(rules);
}

#	if defined(__x86_64__)
#		define ARCH AUDIT_ARCH_X86_64
#	elif defined(__aarch64__)
#		define ARCH AUDIT_ARCH_AARCH64
#	endif

// Linux' seccomp(2): no program is started, whatever happens to us.
static void
fence_programs(void)
{
#	if defined(ARCH)
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execve, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_execveat, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]), .filter = filter};

	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#	endif
}

void
stage_web_sandbox(const char *run, const char *state)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
		return;
	}
	fence_files(run, state);
	fence_programs();
}
#else
void
stage_web_sandbox(const char *run, const char *state)
{
	(void)run;
	(void)state;
}
#endif
