/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sock.h"
#include "rpc/listen.h"
#include "rpc/sock.h"
#include "scratch.h"

static int
setup(void **state)
{
	static struct scratch scratch;

	scratch_init(&scratch);
	*state = &scratch;
	return 0;
}

static int
teardown(void **state)
{
	scratch_finish(*state);
	return 0;
}

// errno of connecting to it, 0 when somebody listens.
static int
try_connect(const char *path)
{
	struct sockaddr_un address;
	int fd = stage_sock_open(AF_UNIX);
	int errnum = 0;

	assert_int_equal(
		stage_rpc_sock_address(&address, path, NULL), STAGE_OK);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
		errnum = errno;
	}
	close(fd);
	return errnum;
}

static void
check_refused(const char *path, const char *group, enum stage_status status,
	const char *says)
{
	struct stage_rpc_listener listener;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_rpc_listener_init(&listener, path, group, &err), status);
	if (strstr(err.text, says) == NULL) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(listener.fd, -1);
	stage_rpc_listener_finish(&listener);
}

static void
test_open_and_close(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;
	struct stat st;
	int client;

	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(listener.gid, st.st_gid);
	assert_true((fcntl(listener.fd, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(listener.fd, F_GETFD) & FD_CLOEXEC) != 0);
	assert_int_equal(stage_sock_accept(listener.fd, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(try_connect(path), 0);
	client = stage_sock_accept(listener.fd, NULL);
	assert_true((fcntl(client, F_GETFL) & O_NONBLOCK) != 0);
	assert_true((fcntl(client, F_GETFD) & FD_CLOEXEC) != 0);
	close(client);
	stage_rpc_listener_finish(&listener);
	assert_int_equal(scratch_count(*state), 0);
	stage_rpc_listener_finish(&listener);
	stage_rpc_listener_finish(NULL);
}

static void
test_narrow_and_wide_umask(void **state)
{
	static const mode_t masks[] = {0, 0777};

	for (size_t i = 0; i < STAGE_COUNT_OF(masks); i++) {
		const char *path = scratch_path(*state, "a.sock");
		struct stage_rpc_listener listener;
		struct stat st;
		mode_t before = umask(masks[i]);
		assert_int_equal(
			stage_rpc_listener_init(&listener, path, NULL, NULL),
			STAGE_OK);
		umask(before);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0660);
		stage_rpc_listener_finish(&listener);
	}
}

static void
test_two_on_one_path(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;

	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	for (int i = 0; i < 3; i++) {
		check_refused(
			path, NULL, STAGE_BUSY, "another server is running at");
		assert_int_equal(try_connect(path), 0);
	}
	stage_rpc_listener_finish(&listener);
	assert_int_equal(scratch_count(*state), 0);
}

// Binds without our lock, as a foreign program would.
static int
foreign_socket(const char *path, bool is_listening)
{
	struct sockaddr_un address;
	int fd = stage_sock_open(AF_UNIX);

	assert_int_equal(
		stage_rpc_sock_address(&address, path, NULL), STAGE_OK);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	if (is_listening) {
		assert_int_equal(listen(fd, 0), 0);
	}
	return fd;
}

static void
test_stale_socket_is_replaced(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;

	close(foreign_socket(path, true));
	assert_int_equal(try_connect(path), ECONNREFUSED);
	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	assert_int_equal(try_connect(path), 0);
	stage_rpc_listener_finish(&listener);
	assert_int_equal(scratch_count(*state), 0);
}

static void
test_foreign_live_socket_is_left(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	int fd = foreign_socket(path, true);

	check_refused(path, NULL, STAGE_BUSY, "another server is running");
	// The backlog is full now, which is a sign of life, too.
	assert_int_equal(try_connect(path), EAGAIN);
	check_refused(path, NULL, STAGE_BUSY, "another server is running");
	close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(scratch_count(*state), 0);
}

// After kill -9 both files are left behind; nobody holds the lock.
static void
test_after_kill(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;
	pid_t pid = fork();
	int wait_status;

	if (pid == 0) {
		_exit(stage_rpc_listener_init(&listener, path, NULL, NULL) ==
					STAGE_OK
				? 0
				: 1);
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_int_equal(wait_status, 0);
	assert_int_equal(scratch_count(*state), 2);
	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	assert_int_equal(try_connect(path), 0);
	stage_rpc_listener_finish(&listener);
	assert_int_equal(scratch_count(*state), 0);
}

static void
run_contender(const char *path, int go, int up)
{
	struct stage_rpc_listener listener;
	char byte;

	if (read(go, &byte, 1) != 0) { // all start when the pipe is closed
		_exit(2);
	}
	if (stage_rpc_listener_init(&listener, path, NULL, NULL) != STAGE_OK) {
		_exit(1);
	}
	if (write(up, "u", 1) != 1 || read(STDIN_FILENO, &byte, 1) != 0) {
		_exit(2);
	}
	_exit(0);
}

// Of many started at once exactly one comes up, over a stale socket and lock.
static void
test_race(void **state)
{
	enum {
		COUNT = 12,
		ROUNDS = 20
	};
	const char *path = scratch_path(*state, "a.sock");

	for (int round = 0; round < ROUNDS; round++) {
		int go[2], up[2], hold[2];
		pid_t pids[COUNT];
		int losers = 0;
		char byte;
		assert_int_equal(pipe(go), 0);
		assert_int_equal(pipe(up), 0);
		assert_int_equal(pipe(hold), 0);
		for (int i = 0; i < COUNT; i++) {
			pids[i] = fork();
			if (pids[i] == 0) {
				dup2(hold[0], STDIN_FILENO);
				close(hold[0]);
				close(hold[1]);
				close(go[1]);
				run_contender(path, go[0], up[1]);
			}
			assert_true(pids[i] > 0);
		}
		close(go[0]);
		close(go[1]);
		close(up[1]);
		for (int i = 0; i < COUNT - 1; i++) {
			int wait_status;
			pid_t pid = wait(&wait_status);
			assert_true(pid > 0);
			assert_true(WIFEXITED(wait_status));
			assert_int_equal(WEXITSTATUS(wait_status), 1);
			losers++;
		}
		assert_int_equal(losers, COUNT - 1);
		assert_int_equal(read(up[0], &byte, 1), 1);
		assert_int_equal(try_connect(path), 0);
		close(hold[0]);
		close(hold[1]);
		assert_true(wait(NULL) > 0);
		assert_int_equal(read(up[0], &byte, 1), 0);
		close(up[0]);
	}
}

// Somebody removed our socket and put theirs: it is not ours to remove.
static void
test_path_taken_over(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;
	int fd;

	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	assert_int_equal(unlink(path), 0);
	fd = foreign_socket(path, true);
	stage_rpc_listener_finish(&listener);
	assert_int_equal(try_connect(path), 0);
	close(fd);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(scratch_count(*state), 0);
}

static void
test_path_and_lock_removed(void **state)
{
	struct stage_rpc_listener listener;
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_path(*state, "a.sock"));
	assert_int_equal(
		stage_rpc_listener_init(&listener, path, NULL, NULL), STAGE_OK);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(scratch_path(*state, "a.sock.lock")), 0);
	stage_rpc_listener_finish(&listener);
	assert_int_equal(scratch_count(*state), 0);
}

static void
test_something_else_there(void **state)
{
	char path[SCRATCH_PATH_MAX];

	strcpy(path, scratch_write(*state, "file", "precious"));
	check_refused(path, NULL, STAGE_EXISTS, "something else than a socket");
	assert_true(scratch_holds(*state, "file", "precious"));
	assert_int_equal(symlink("nowhere", scratch_path(*state, "link")), 0);
	check_refused(scratch_path(*state, "link"), NULL, STAGE_EXISTS,
		"something else than a socket");
	assert_int_equal(scratch_count(*state), 2);
}

static void
test_bad_paths(void **state)
{
	char path[300];

	memset(path, 'x', sizeof(path));
	path[299] = '\0';
	check_refused(path, NULL, STAGE_TOO_LONG, "107 bytes at most");
	check_refused("", NULL, STAGE_BAD_INPUT, "is empty");
	check_refused(scratch_path(*state, "no/such/a.sock"), NULL,
		STAGE_NOT_FOUND, "unable to open");
	assert_int_equal(mkdir(scratch_path(*state, "d.sock"), 0755), 0);
	check_refused(scratch_path(*state, "d.sock"), NULL, STAGE_EXISTS,
		"something else");
	assert_int_equal(mkdir(scratch_path(*state, "e.sock.lock"), 0755), 0);
	check_refused(scratch_path(*state, "e.sock"), NULL, STAGE_BAD_INPUT,
		"unable to open");
	assert_int_equal(
		symlink("elsewhere", scratch_path(*state, "f.sock.lock")), 0);
	check_refused(scratch_path(*state, "f.sock"), NULL, STAGE_BAD_INPUT,
		"unable to open");
	assert_false(scratch_has(*state, "elsewhere"));
}

static void
test_groups(void **state)
{
	const char *path = scratch_path(*state, "a.sock");
	struct stage_rpc_listener listener;
	char number[32];
	struct stat st;

	check_refused(path, "no-such-group-here", STAGE_NOT_FOUND,
		"there is no group \"no-such-group-here\"");
	check_refused(path, "-1", STAGE_NOT_FOUND, "there is no group");
	snprintf(number, sizeof(number), "%d", (int)getegid());
	assert_int_equal(stage_rpc_listener_init(&listener, path, number, NULL),
		STAGE_OK);
	stage_rpc_listener_finish(&listener);
	if (geteuid() == 0) {
		assert_int_equal(
			stage_rpc_listener_init(&listener, path, "4321", NULL),
			STAGE_OK);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_gid, 4321);
		assert_int_equal(listener.gid, 4321);
		assert_int_equal(st.st_mode & 07777, 0660);
		stage_rpc_listener_finish(&listener);
		assert_int_equal(
			stage_rpc_listener_init(&listener, path, "root", NULL),
			STAGE_OK);
		stage_rpc_listener_finish(&listener);
	} else {
		check_refused(path, "0", STAGE_DENIED, "unable to give");
	}
	assert_int_equal(scratch_count(*state), 0);
}

// As somebody who may not write there, or not give files to that group.
static void
test_as_nobody(void **state)
{
	char path[SCRATCH_PATH_MAX];
	int wait_status;
	pid_t pid;

	if (geteuid() != 0) {
		skip();
	}
	strcpy(path, scratch_path(*state, "a.sock"));
	pid = fork();
	if (pid == 0) {
		struct stage_rpc_listener listener;
		struct scratch *scratch = *state;
		int wrong = 0;
		if (chmod(scratch->dir, 0755) != 0 || setgid(65534) != 0 ||
			setuid(65534) != 0) {
			_exit(100);
		}
		wrong += stage_rpc_listener_init(&listener, path, NULL, NULL) !=
			 STAGE_DENIED;
		_exit(wrong);
	}
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_int_equal(wait_status, 0);
	assert_int_equal(scratch_count(*state), 0);
}

static void
test_foreign_group_as_nobody(void **state)
{
	struct scratch *scratch = *state;
	char path[SCRATCH_PATH_MAX];
	int wait_status;
	pid_t pid;

	if (geteuid() != 0) {
		skip();
	}
	strcpy(path, scratch_path(scratch, "a.sock"));
	assert_int_equal(chown(scratch->dir, 65534, 65534), 0);
	pid = fork();
	if (pid == 0) {
		struct stage_rpc_listener listener;
		if (setgid(65534) != 0 || setuid(65534) != 0) {
			_exit(100);
		}
		_exit(stage_rpc_listener_init(&listener, path, "0", NULL) ==
					STAGE_DENIED
				? 0
				: 1);
	}
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_int_equal(wait_status, 0);
	assert_int_equal(scratch_count(scratch), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_open_and_close, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_narrow_and_wide_umask, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_two_on_one_path, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_stale_socket_is_replaced, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_foreign_live_socket_is_left, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_after_kill, setup, teardown),
		cmocka_unit_test_setup_teardown(test_race, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_path_taken_over, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_path_and_lock_removed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_something_else_there, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_bad_paths, setup, teardown),
		cmocka_unit_test_setup_teardown(test_groups, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_as_nobody, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_foreign_group_as_nobody, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
