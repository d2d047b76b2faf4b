/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "rpc/peer.h"

static const struct {
	struct stage_rpc_peer peer;
	uid_t owner;
	gid_t gid;
	bool is_allowed;
} rows[] = {
	{{.uid = 0, .gid = 0}, 1000, 1000, true},
	{{.uid = 1000, .gid = 5}, 1000, 1000, true},
	{{.uid = 1001, .gid = 1000}, 1000, 1000, true},
	{{.uid = 1001, .gid = 5, .group_count = 2, .groups = {7, 1000}}, 1000,
		1000, true},
	{{.uid = 1001, .gid = 5, .group_count = 1, .groups = {7, 1000}}, 1000,
		1000, false},
	{{.uid = 1001, .gid = 1001}, 1000, 1000, false},
	{{.uid = 1001, .gid = 1001}, 0, 0, false},
	{{.uid = 65534, .gid = 65534}, 0, 0, false},
};

static void
test_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(stage_rpc_peer_is_allowed(&rows[i].peer,
					 rows[i].owner, rows[i].gid),
			rows[i].is_allowed);
	}
}

static void
test_read(void **state)
{
	struct stage_rpc_peer peer;
	int pair[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(stage_rpc_peer_read(pair[0], &peer, NULL), STAGE_OK);
	assert_int_equal(peer.uid, getuid());
	assert_int_equal(peer.gid, getgid());
	assert_true(peer.pid == getpid() || peer.pid == 0);
	close(pair[0]);
	close(pair[1]);
}

static void
test_read_no_socket(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_peer peer;

	(void)state;
	assert_int_not_equal(stage_rpc_peer_read(-1, &peer, &err), STAGE_OK);
	assert_non_null(strstr(err.text, "the other end of a socket"));
	assert_int_not_equal(
		stage_rpc_peer_read(STDIN_FILENO, &peer, NULL), STAGE_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_allowed),
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_read_no_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
