/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Runs a command in its own mount, process and IPC namespaces with an empty
 * /dev/shm, so that JACK servers of tests never meet each other or the user's.
 *
 *   sandbox [-t] COMMAND [ARGUMENT]...
 *
 * Exits as the command does (128 + signal); whatever the command left running
 * is killed by the kernel. Where namespaces are not permitted it exits 77, or,
 * with -t, says so in TAP and exits 0.
 */

#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_SKIP 77
#define EXIT_NO_MOUNT 78 // the init process could not set itself up

static int
skip(bool is_tap, const char *what)
{
	if (is_tap) {
		printf("1..0 # SKIP %s: %s\n", what, strerror(errno));
		return 0;
	}
	fprintf(stderr, "sandbox: skipped: %s: %s\n", what, strerror(errno));
	return EXIT_SKIP;
}

static bool
write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool is_done;

	if (fd < 0) {
		return false;
	}
	is_done = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	close(fd);
	return is_done;
}

// A user who is not root becomes root of a user namespace of his own.
static bool
unshare_all(void)
{
	int flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (uid == 0) {
		return unshare(flags) == 0;
	}
	if (unshare(flags | CLONE_NEWUSER) != 0 ||
		!write_file("/proc/self/setgroups", "deny")) {
		return false;
	}
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)uid);
	if (!write_file("/proc/self/uid_map", map)) {
		return false;
	}
	snprintf(map, sizeof(map), "0 %u 1", (unsigned)gid);
	return write_file("/proc/self/gid_map", map);
}

static bool
mount_all(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		       NULL) == 0 &&
	       mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV,
		       "mode=1777") == 0;
}

// A temporary directory in /dev/shm is out of sight now.
static void
forget_hidden_tmpdir(void)
{
	const char *directory = getenv("TMPDIR");

	if (directory != NULL && access(directory, W_OK) != 0) {
		unsetenv("TMPDIR");
	}
}

static int
exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Process 1 of the namespace: everything ends with it.
static int
be_init(char **command)
{
	int status = 0;
	pid_t child;
	pid_t ended;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!mount_all()) {
		return EXIT_NO_MOUNT;
	}
	forget_hidden_tmpdir();
	child = fork();
	if (child == 0) {
		execvp(command[0], command);
		fprintf(stderr, "sandbox: unable to run %s: %s\n", command[0],
			strerror(errno));
		_exit(127);
	}
	do {
		ended = wait(&status);
	} while (ended != child && (ended > 0 || errno == EINTR));
	return exit_code(status);
}

int
main(int argc, char **argv)
{
	bool is_tap = argc > 1 && strcmp(argv[1], "-t") == 0;
	char **command = argv + 1 + is_tap;
	int status = 0;
	pid_t init;

	if (argc < 2 + is_tap) {
		fprintf(stderr, "usage: sandbox [-t] COMMAND [ARGUMENT]...\n");
		return 100;
	}
	if (!unshare_all()) {
		return skip(is_tap, "namespaces are not permitted here");
	}
	init = fork();
	if (init < 0) {
		return skip(is_tap, "unable to fork into the namespace");
	}
	if (init == 0) {
		_exit(be_init(command));
	}
	while (waitpid(init, &status, 0) < 0 && errno == EINTR) {
		continue;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_MOUNT) {
		errno = EPERM;
		return skip(is_tap, "mounting is not permitted here");
	}
	// Nothing can be cloned from here any more, which a leak check at exit
	// would do.
	_exit(exit_code(status));
}
