/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/locks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

#define URL "osc.udp://127.0.0.1:21420/"

struct place {
	struct scratch scratch;
	struct stage_show_locks locks;
};

static int
set_up(void **state)
{
	static struct place place;
	struct stage_err err = STAGE_ERR_INIT;

	memset(&place, 0, sizeof(place));
	scratch_init(&place.scratch);
	assert_int_equal(stage_show_locks_init(
				 &place.locks, place.scratch.dir, URL, &err),
		STAGE_OK);
	*state = &place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	stage_show_locks_finish(&place->locks);
	scratch_finish(&place->scratch);
	return 0;
}

// The file of a session as scratch names it.
static const char *
file_of(struct place *place, const char *session)
{
	static char path[STAGE_PATH_MAX];

	assert_true(stage_show_locks_path(&place->locks, session, path));
	return path + strlen(place->scratch.dir) + 1;
}

static void
keep(struct place *place, const char *session)
{
	struct stage_strv sessions = {0};

	if (session != NULL) {
		assert_int_equal(stage_strv_add(&sessions, session), STAGE_OK);
	}
	stage_show_locks_keep(&place->locks, &sessions);
	stage_strv_finish(&sessions);
}

// djb2 of the whole path, modulo 65521: worked out by another program.
static void
a_file_has_the_name_that_nsmd_gives_it(void **state)
{
	struct place *place = *state;

	assert_string_equal(file_of(place, "/nsm/s1"), "nsm/s164808");
	assert_string_equal(
		file_of(place, "/r/Set 1/Opener"), "nsm/Opener41218");
}

static void
a_session_is_locked_while_it_is_open(void **state)
{
	struct place *place = *state;
	struct stage_err err = STAGE_ERR_INIT;
	char text[256];

	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", &err), STAGE_OK);
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", &err), STAGE_OK);
	assert_int_equal(stage_show_locks_take(&place->locks, "/r/Set/B", &err),
		STAGE_OK);
	(void)!stage_format(
		text, sizeof(text), "/r/A\n" URL "\n%d\n", (int)getpid());
	assert_true(
		scratch_holds(&place->scratch, file_of(place, "/r/A"), text));
	keep(place, "/r/Set/B");
	assert_false(scratch_has(&place->scratch, file_of(place, "/r/A")));
	assert_true(scratch_has(&place->scratch, file_of(place, "/r/Set/B")));
	keep(place, NULL);
	assert_false(scratch_has(&place->scratch, file_of(place, "/r/Set/B")));
}

static void
a_server_is_found_by_its_file(void **state)
{
	struct place *place = *state;
	char name[64];

	(void)!stage_format(name, sizeof(name), "nsm/d/%d", (int)getpid());
	assert_true(scratch_holds(&place->scratch, name, URL "\n"));
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", NULL), STAGE_OK);
	stage_show_locks_finish(&place->locks);
	assert_false(scratch_has(&place->scratch, name));
	stage_show_locks_finish(&place->locks);
	// Without a place it locks nothing, and says so to nobody.
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", NULL), STAGE_OK);
	keep(place, NULL);
}

// Another process that has a UDP port, until its input ends.
struct other {
	pid_t pid;
	int port;
	int end;
};

static void
be_other(int told, int end)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int port;
	char byte;

	(void)setpgid(0, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)&address, len) != 0 ||
		getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
		_exit(1);
	}
	port = ntohs(address.sin_port);
	if (write(told, &port, sizeof(port)) != sizeof(port)) {
		_exit(1);
	}
	_exit(read(end, &byte, 1) == 0 ? 0 : 1);
}

static struct other
start_other(void)
{
	struct other other;
	int told[2];
	int end[2];

	assert_int_equal(pipe(told), 0);
	assert_int_equal(pipe(end), 0);
	other.pid = fork();
	if (other.pid == 0) {
		close(end[1]);
		be_other(told[1], end[0]);
	}
	close(told[1]);
	close(end[0]);
	assert_int_equal(read(told[0], &other.port, sizeof(int)), sizeof(int));
	close(told[0]);
	other.end = end[1];
	return other;
}

static void
end_other(const struct other *other)
{
	int status;

	close(other->end);
	assert_int_equal(waitpid(other->pid, &status, 0), other->pid);
	assert_int_equal(status, 0);
}

static void
write_lock(struct place *place, const char *session, int port, pid_t pid)
{
	char text[256];

	(void)!stage_format(text, sizeof(text),
		"%s\nosc.udp://some.host:%d/\n%d\n", session, port, (int)pid);
	(void)scratch_write(&place->scratch, file_of(place, session), text);
}

static void
what_another_server_has_is_not_ours(void **state)
{
	struct place *place = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct other other = start_other();

	write_lock(place, "/r/A", other.port, other.pid);
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", &err), STAGE_BUSY);
	assert_non_null(strstr(err.text,
		"song A is open in another session manager (process "));
	keep(place, NULL);
	assert_true(scratch_has(&place->scratch, file_of(place, "/r/A")));
	// It ends without a word: as one that is killed.
	end_other(&other);
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", &err), STAGE_OK);
}

static void
a_stale_lock_is_no_obstacle(void **state)
{
	static const char *const odd[] = {"", "\n", "/r/A\n", "/r/A\n\n\n",
		"/r/A\n" URL "\n", "/r/A\n" URL "\n-1\n", "/r/A\n" URL "\n0\n",
		"/r/A\n" URL "\n1\n", "/r/A\nosc.udp://h:99999999999/\n%d\n",
		"\xff\xfe\n:\n:\n"};
	struct place *place = *state;
	struct other other = start_other();

	// Its number is another process's by now, which has another port.
	write_lock(
		place, "/r/A", other.port == 21420 ? 21421 : 21420, other.pid);
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", NULL), STAGE_OK);
	keep(place, NULL);
	// One without any process, and files that are none.
	for (size_t i = 0; i < STAGE_COUNT_OF(odd); i++) {
		(void)scratch_write(
			&place->scratch, file_of(place, "/r/A"), odd[i]);
		assert_int_equal(
			stage_show_locks_take(&place->locks, "/r/A", NULL),
			STAGE_OK);
		keep(place, NULL);
	}
	end_other(&other);
}

static void
what_a_crash_has_left_goes(void **state)
{
	struct place *place = *state;
	struct stage_show_locks next;
	struct stage_err err = STAGE_ERR_INIT;

	(void)scratch_write(&place->scratch, "nsm/d/99999998", URL "\n");
	(void)scratch_write(&place->scratch, "nsm/d/99999999",
		"osc.udp://127.0.0.1:9999/\n");
	assert_int_equal(
		stage_show_locks_init(&next, place->scratch.dir, URL, &err),
		STAGE_OK);
	assert_false(scratch_has(&place->scratch, "nsm/d/99999998"));
	assert_true(scratch_has(&place->scratch, "nsm/d/99999999"));
	stage_show_locks_finish(&next);
}

static void
a_show_goes_on_where_nothing_can_be_written(void **state)
{
	struct place *place = *state;
	struct stage_show_locks locks;
	struct stage_err err = STAGE_ERR_INIT;
	const char *file = scratch_write(&place->scratch, "file", "");

	assert_int_not_equal(
		stage_show_locks_init(&locks, file, URL, &err), STAGE_OK);
	assert_int_equal(stage_show_locks_take(&locks, "/r/A", &err), STAGE_OK);
	stage_show_locks_finish(&locks);
	// The directory goes while it runs.
	assert_int_equal(stage_io_remove_tree(
				 scratch_path(&place->scratch, "nsm"), &err),
		STAGE_OK);
	assert_int_equal(
		stage_show_locks_take(&place->locks, "/r/A", &err), STAGE_OK);
	keep(place, "/r/A");
}

static void
the_directory_is_where_others_look(void **state)
{
	char own[64];
	char out[STAGE_PATH_MAX];
	struct stat stat_buffer;
	bool is_there;

	(void)state;
	(void)!stage_format(
		own, sizeof(own), "/run/user/%u", (unsigned)geteuid());
	is_there = stat(own, &stat_buffer) == 0;
	stage_show_locks_find(NULL, "/run/show", out);
	assert_string_equal(out, own);
	stage_show_locks_find("", "/run/show", out);
	assert_string_equal(out, own);
	stage_show_locks_find("/somewhere", "/run/show", out);
	assert_string_equal(out, "/somewhere");
	// Ours is set where there is no other, and nobody else would look
	// there.
	stage_show_locks_find("/run/show", "/run/show", out);
	assert_string_equal(out, is_there ? own : "/run/show");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(a_file_has_the_name_that_nsmd_gives_it),
		TEST(a_session_is_locked_while_it_is_open),
		TEST(a_server_is_found_by_its_file),
		TEST(what_another_server_has_is_not_ours),
		TEST(a_stale_lock_is_no_obstacle),
		TEST(what_a_crash_has_left_goes),
		TEST(a_show_goes_on_where_nothing_can_be_written),
		TEST(the_directory_is_where_others_look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
