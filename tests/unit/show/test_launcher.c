/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/launcher.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "scratch.h"
#include "show/heirs.h"
#include "show/udp_owner.h"

struct place {
	uv_loop_t loop;
	struct stage_show_launcher *launcher;
	struct scratch scratch;
	char log[STAGE_PATH_MAX];
	pid_t pid; // that has ended last
	unsigned count;
	bool is_clean;
	bool goes_on; // what ends does so in another process
	char how[128];
};

static bool
exited(void *user, pid_t pid, bool is_clean, const char *how)
{
	struct place *place = user;

	place->pid = pid;
	place->count++;
	place->is_clean = is_clean;
	snprintf(place->how, sizeof(place->how), "%s", how);
	return place->goes_on;
}

static int
set_up(void **state)
{
	static struct place place;
	struct stage_err err = STAGE_ERR_INIT;

	memset(&place, 0, sizeof(place));
	scratch_init(&place.scratch);
	(void)!stage_format(place.log, sizeof(place.log), "%s",
		scratch_path(&place.scratch, "log"));
	assert_int_equal(uv_loop_init(&place.loop), 0);
	assert_int_equal(stage_show_launcher_create(&place.loop, exited, &place,
				 &place.launcher, &err),
		STAGE_OK);
	*state = &place;
	return 0;
}

static int
tear_down(void **state)
{
	struct place *place = *state;

	stage_show_launcher_destroy(place->launcher);
	while (uv_run(&place->loop, UV_RUN_DEFAULT) != 0) {
	}
	assert_int_equal(uv_loop_close(&place->loop), 0);
	scratch_finish(&place->scratch);
	return 0;
}

static enum stage_status
start(struct place *place, const char *script, struct stage_proc_id *out,
	struct stage_err *err)
{
	char shell[] = "sh";
	char option[] = "-c";
	char words[512];
	char variable[] = "SONG=A";
	char *const argv[] = {shell, option, words, NULL};
	char *const env[] = {variable, NULL};
	const struct stage_show_launch what = {
		.argv = argv,
		.env = env,
		.directory = place->scratch.dir,
		.log = place->log,
	};

	(void)!stage_format(words, sizeof(words), "%s", script);
	return stage_show_launcher_start(place->launcher, &what, out, err);
}

static struct stage_proc_id
start_well(struct place *place, const char *script)
{
	struct stage_proc_id id = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(start(place, script, &id, &err), STAGE_OK);
	assert_true(id.pid > 1);
	return id;
}

static void
await_ends(struct place *place, unsigned count)
{
	while (place->count < count) {
		uv_run(&place->loop, UV_RUN_ONCE);
	}
}

static void
expect_said(struct place *place, size_t lines, const char *text)
{
	struct stage_str said = {0};

	stage_show_launcher_tail(place->log, lines, &said);
	assert_string_equal(stage_str_text(&said), text);
	stage_str_finish(&said);
}

static void
what_it_says_is_in_its_log(void **state)
{
	struct place *place = *state;
	struct stage_proc_id id = start_well(place,
		"echo one; echo two >&2; pwd >where; echo $SONG; read x");

	await_ends(place, 1);
	assert_int_equal(place->pid, id.pid);
	assert_false(place->is_clean); // there is nothing to be read
	assert_string_equal(place->how, "failed: exit 1");
	expect_said(place, 9, "one\ntwo\nA\n");
	expect_said(place, 2, "two\nA\n");
	expect_said(place, 1, "A\n");
}

static void
a_log_that_is_long_has_an_end(void **state)
{
	struct place *place = *state;

	(void)start_well(place,
		"i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done;"
		" printf 'no end'");
	await_ends(place, 1);
	assert_true(place->is_clean);
	expect_said(place, 2, "line 1999\nno end");
}

static void
what_cannot_be_started_is_told_at_once(void **state)
{
	struct place *place = *state;
	char name[] = "stagecraft-has-no-such-program";
	char *const argv[] = {name, NULL};
	char *const env[] = {NULL};
	struct stage_show_launch what = {
		.argv = argv,
		.env = env,
		.directory = place->scratch.dir,
		.log = place->log,
	};
	struct stage_proc_id id;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_show_launcher_start(place->launcher, &what, &id, &err),
		STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "is not installed"));
	assert_int_equal(place->count, 0);
}

static void
one_whose_log_cannot_be_written_plays(void **state)
{
	struct place *place = *state;

	snprintf(place->log, sizeof(place->log), "/proc/nowhere/log");
	(void)start_well(place, "echo unheard");
	await_ends(place, 1);
	assert_true(place->is_clean);
}

static void
its_whole_group_ends_and_so_does_what_it_leaves(void **state)
{
	struct place *place = *state;
	struct stage_proc_id id;
	char byte;
	int fd;

	assert_int_equal(mkfifo(scratch_path(&place->scratch, "up"), 0600), 0);
	id = start_well(place, "trap '' TERM; (trap '' TERM; echo >up; while "
			       ":; do read x </dev/zero; done) & wait");
	fd = open(scratch_path(&place->scratch, "up"), O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, &byte, 1), 1); // its child is there
	close(fd);
	assert_int_equal(getpgid(id.pid), id.pid);
	stage_show_launcher_end(&id, true, false);
	stage_show_launcher_end(&id, true, true);
	await_ends(place, 2); // its child is ours to reap
	assert_int_equal(kill(-id.pid, 0), -1);
	// What has ended already is nobody.
	stage_show_launcher_end(&id, true, true);
}

static void
children_of_one_that_ended_end_with_it(void **state)
{
	struct place *place = *state;

	(void)start_well(
		place, "(while :; do read x </dev/zero; done) & exit 3");
	await_ends(place, 2);
	assert_int_equal(place->count, 2);
}

static void
one_that_stands_still_hears_its_end(void **state)
{
	struct place *place = *state;
	struct stage_proc_id id =
		start_well(place, "while :; do read x </dev/zero; done");

	assert_int_equal(kill(id.pid, SIGSTOP), 0);
	stage_show_launcher_end(&id, true, false);
	await_ends(place, 1);
	assert_string_equal(place->how, "killed by signal 15 (Terminated)");
}

static void
nobody_else_is_ended(void **state)
{
	struct stage_proc_id own = {.pid = getpid()};
	struct stage_proc_id init = {.pid = 1};
	struct stage_proc_id wrong;
	struct place *place = *state;

	assert_int_equal(stage_proc_identify(getpid(), &own), STAGE_OK);
	(void)!stage_proc_identify(1, &init);
	stage_show_launcher_end(&own, true, true);
	stage_show_launcher_end(&init, true, true);
	// A number that is somebody else's by now.
	wrong = start_well(place, "while :; do read x </dev/zero; done");
	wrong.start++;
	stage_show_launcher_end(&wrong, true, true);
	assert_int_equal(waitpid(wrong.pid, NULL, WNOHANG), 0);
	wrong.start--;
	stage_show_launcher_end(&wrong, true, true);
	await_ends(place, 1);
}

// A child of a process that nobody tells us of: it is there until the pipe is
// closed. Returns its parent.
static pid_t
start_anothers(int fds[2], pid_t *out)
{
	int told[2];
	pid_t parent;

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(pipe(told), 0);
	parent = fork();
	if (parent == 0) {
		pid_t child;

		// Not the loop's, whose pipe would tell the loop of it.
		(void)signal(SIGCHLD, SIG_DFL);
		child = fork();
		close(fds[1]);
		if (child == 0) {
			_exit(read(fds[0], &child, 1) == 0 ? 0 : 1);
		}
		if (write(told[1], &child, sizeof(child)) > 0) {
			pause();
		}
		_exit(0);
	}
	assert_int_equal(read(told[0], out, sizeof(*out)), sizeof(*out));
	close(told[0]);
	close(told[1]);
	return parent;
}

static void
the_end_of_anothers_process_is_heard(void **state)
{
	struct place *place = *state;
	struct stage_proc_id id;
	struct stage_err err = STAGE_ERR_INIT;
	int fds[2];
	pid_t pid = 0;
	pid_t parent = start_anothers(fds, &pid);

	assert_int_equal(stage_proc_identify(pid, &id), STAGE_OK);
	assert_int_equal(stage_show_launcher_watch(place->launcher, &id, &err),
		STAGE_OK);
	close(fds[0]);
	close(fds[1]);
	await_ends(place, 1);
	assert_int_equal(place->pid, pid);
	assert_false(place->is_clean);
	assert_int_equal(kill(parent, SIGKILL), 0);
	await_ends(place, 2);
	assert_int_equal(stage_show_launcher_watch(place->launcher, &id, &err),
		STAGE_GONE);
}

static void
a_port_is_known_by_who_has_it(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)state;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	assert_true(
		stage_show_udp_is_of_group(ntohs(address.sin_port), getpgrp()));
	assert_true(stage_show_udp_is_taken(ntohs(address.sin_port)));
	assert_false(stage_show_udp_is_of_group(
		ntohs(address.sin_port), getpgrp() + 1));
	close(fd);
	assert_false(
		stage_show_udp_is_of_group(ntohs(address.sin_port), getpgrp()));
}

static void
a_daemon_is_found_and_ended_wherever_it_is(void **state)
{
	// A daemon that is in the middle of an exec most of the time; not for
	// ever.
	static const char execs[] =
		"again='[ $1 -gt 0 ] && exec sh -c \"$0\" \"$0\" $(($1 - 1))'\n"
		"sh -c \"$again\" \"$again\" 20000 & exit 0";
	static const char *const scripts[] = {
		"tail -f /dev/null & exit 0", // in the group of who has ended
		"setsid tail -f /dev/null & exit 0",
		execs,
	};
	struct place *place = *state;
	unsigned ends = 0;

	place->goes_on = true;
	for (size_t i = 0; i < STAGE_COUNT_OF(scripts); i++) {
		struct stage_proc_id id = start_well(place, scripts[i]);
		struct stage_proc_id other = start_well(place, "exit 0");
		struct stage_proc_id heir = {0};

		ends += 2;
		await_ends(place, ends);
		for (int look = 0; look < 1000; look++) {
			assert_true(stage_show_heir_find(id.pid, &heir));
		}
		assert_int_not_equal(heir.pid, id.pid);
		assert_int_equal(stage_show_launch_of(heir.pid), id.pid);
		assert_false(stage_show_heir_find(other.pid, &other));
		stage_show_launcher_end(&heir, true, false);
		await_ends(place, ++ends);
		assert_int_equal(place->pid, heir.pid);
		assert_false(stage_show_heir_find(id.pid, &heir));
	}
	assert_int_equal(stage_show_launch_of(getpid()), 0);
	assert_int_equal(stage_show_launch_of(0), 0);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(what_it_says_is_in_its_log),
		TEST(a_log_that_is_long_has_an_end),
		TEST(what_cannot_be_started_is_told_at_once),
		TEST(one_whose_log_cannot_be_written_plays),
		TEST(its_whole_group_ends_and_so_does_what_it_leaves),
		TEST(a_daemon_is_found_and_ended_wherever_it_is),
		TEST(children_of_one_that_ended_end_with_it),
		TEST(one_that_stands_still_hears_its_end),
		TEST(nobody_else_is_ended),
		TEST(the_end_of_anothers_process_is_heard),
		TEST(a_port_is_known_by_who_has_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
