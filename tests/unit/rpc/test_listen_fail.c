/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/sock.h"
#include "failing_alloc.h"
#include "failing_calls.h"
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
	failing_calls_disarm();
	scratch_finish(*state);
	return 0;
}

// What a server that was killed leaves at its path.
static void
leave_dead_socket(const char *path)
{
	struct sockaddr_un address;
	int fd = stage_sock_open(AF_UNIX);

	assert_int_equal(
		stage_rpc_sock_address(&address, path, NULL), STAGE_OK);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

// The lowest descriptor that is free: another one than before is a leak.
static int
free_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

static const struct {
	enum failing_call call;
	unsigned nth;
	int errnum;
	const char *says;
	bool has_dead_socket; // and it is left where it was
} rows[] = {
	{FAILING_FLOCK, 1, ENOLCK, "unable to lock ", true},
	{FAILING_SOCKET, 1, EMFILE, "unable to make a socket", true},
	{FAILING_UNLINK, 1, EACCES, "unable to remove the dead socket ", true},
	{FAILING_SOCKET, 1, EMFILE, "unable to make a socket", false},
	{FAILING_BIND, 1, ENOSPC, "unable to listen at ", false},
	{FAILING_CHMOD, 1, EPERM, "unable to set the mode of ", false},
	{FAILING_LISTEN, 1, EADDRINUSE, "unable to listen at ", false},
};

static void
each_call_may_fail(void **state)
{
	struct scratch *scratch = *state;
	const char *path = scratch_path(scratch, "a.sock");
	int before = free_descriptor();

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct stage_rpc_listener listener;
		struct stage_err err = STAGE_ERR_INIT;
		print_message("# row %zu\n", i);
		if (rows[i].has_dead_socket) {
			leave_dead_socket(path);
		}
		failing_calls_arm(rows[i].call, rows[i].nth, 1, rows[i].errnum);
		assert_int_equal(
			stage_rpc_listener_init(&listener, path, NULL, &err),
			stage_status_from_errno(rows[i].errnum));
		failing_calls_disarm();
		assert_non_null(strstr(err.text, rows[i].says));
		assert_non_null(strstr(err.text, strerror(rows[i].errnum)));
		assert_int_equal(listener.fd, -1);
		assert_int_equal(free_descriptor(), before);
		if (rows[i].has_dead_socket) {
			assert_int_equal(unlink(path), 0);
		}
		// A lock that was not got is not ours to remove.
		if (rows[i].call == FAILING_FLOCK) {
			assert_int_equal(
				unlink(scratch_path(scratch, "a.sock.lock")),
				0);
			path = scratch_path(scratch, "a.sock");
		}
		assert_int_equal(scratch_count(scratch), 0);
	}
}

static enum stage_status
open_and_close(void *user)
{
	struct stage_rpc_listener listener;
	enum stage_status status =
		stage_rpc_listener_init(&listener, user, NULL, NULL);

	stage_rpc_listener_finish(&listener);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	char path[SCRATCH_PATH_MAX];
	int before = free_descriptor();

	strcpy(path, scratch_path(*state, "a.sock"));
	assert_int_equal(failing_alloc_sweep(open_and_close, path), 3);
	assert_int_equal(free_descriptor(), before);
	assert_int_equal(scratch_count(*state), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_call_may_fail, setup, teardown),
		cmocka_unit_test_setup_teardown(
			each_allocation_may_fail, setup, teardown),
	};

	return cmocka_run_group_tests_name(
		"rpc/listen_fail", tests, NULL, NULL);
}
