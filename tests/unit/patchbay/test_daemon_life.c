/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The patchbay and its server, its files, its rivals, from start to end.

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/exits.h"
#include "daemon_world.h"
#include "failing_calls.h"

#define S STAGE_NS_PER_S

static void
want(struct daemon_world *w)
{
	daemon_world_ask(w, "connect", "from", "A:out", "to", "B:in", NULL);
}

static void
add_both(struct daemon_world *w)
{
	daemon_world_add(w, "A:out");
	daemon_world_add(w, "B:in");
}

static void
servers_come_and_go(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	for (int i = 0; i < 5; i++) {
		add_both(w);
		assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
		daemon_world_pass(w, 10 * S);
		daemon_world_go(w);
		daemon_world_pass(w, 10 * S);
		daemon_world_come(w, i % 2 == 0);
	}
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
names_are_decorated_as_the_server_does(void **state)
{
	struct daemon_world *w = *state;

	daemon_world_ask(
		w, "connect", "from", "Zyn-38:out-52", "to", "B:in", NULL);
	daemon_world_add(w, "Zyn-41:out-60");
	daemon_world_add(w, "B:in");
	assert_false(daemon_world_is_connected(w, "Zyn-41:out-60", "B:in"));
	daemon_world_go(w);
	daemon_world_come(w, true);
	daemon_world_add(w, "Zyn-41:out-60");
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "Zyn-41:out-60", "B:in"));
}

static void
do_rename(struct daemon_world *w, void *user)
{
	const char *const *names = user;

	fake_server_rename(&w->server, names[0], names[1]);
}

static void
a_renamed_port_is_another_one(void **state)
{
	const char *names[] = {"A:out", "A:out new"};
	struct daemon_world *w = *state;

	want(w);
	add_both(w);
	daemon_world_do(w, do_rename, (void *)names);
	daemon_world_settle(w);
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
	assert_non_null(strstr(daemon_world_explain(w, "A:out", "B:in"),
		"the output is not there"));
	daemon_world_add(w, "A:out");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

// Somebody has changed it, and nobody told.
static void
do_lose(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.connection_count = 0;
}

static void
do_audit(struct daemon_world *w, void *user)
{
	uv_timer_t *timer = &w->patchbay->audit_timer;

	(void)user;
	assert_int_equal(uv_timer_get_repeat(timer), 30000);
	timer->timer_cb(timer);
}

static void
an_audit_finds_what_nobody_told(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	add_both(w);
	daemon_world_pass(w, 10 * S);
	daemon_world_do(w, do_lose, NULL);
	daemon_world_pass(w, 10 * S);
	assert_false(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_do(w, do_audit, NULL);
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(w->server.scan_count, 1);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
do_fall_behind(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.is_behind = true;
}

static void
do_catch_up(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.is_behind = false;
}

// Its ports go while their words wait for the end of an audit.
static void
a_client_that_ends_in_an_audit_is_no_hand(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	add_both(w);
	daemon_world_pass(w, 10 * S);
	daemon_world_disconnect(w, "A:out", "B:in");
	daemon_world_do(w, do_fall_behind, NULL);
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
	daemon_world_do(w, do_catch_up, NULL);
	daemon_world_remove(w, "A:out");
	daemon_world_pass(w, 10 * S);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
	daemon_world_add(w, "A:out");
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
do_refuse_edits(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.edits_refused = 2;
}

static void
edits_that_are_not_taken_are_asked_for_again(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	daemon_world_add(w, "A:out");
	daemon_world_do(w, do_refuse_edits, NULL);
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_true(w->server.scan_count > 0);
}

static void
do_lose_flushes(struct daemon_world *w, void *user)
{
	(void)user;
	w->server.flushes_lost = 2;
}

static void
edits_that_got_lost_are_asked_for_again(void **state)
{
	struct daemon_world *w = *state;

	want(w);
	daemon_world_add(w, "A:out");
	daemon_world_do(w, do_lose_flushes, NULL);
	daemon_world_add(w, "B:in");
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_int_equal(w->server.flushes_lost, 0);
}

static void
do_answer(struct daemon_world *w, void *user)
{
	w->server.answer = *(const enum fake_answer *)user;
}

static bool
is_made(void *user)
{
	return daemon_world_is_connected(user, "A:out", "B:in");
}

// By the timer alone: nothing else happens.
static void
what_is_refused_is_tried_again(void **state)
{
	enum fake_answer answer = FAKE_REFUSED;
	struct daemon_world *w = *state;

	want(w);
	daemon_world_do(w, do_answer, &answer);
	add_both(w);
	answer = FAKE_DONE;
	daemon_world_do(w, do_answer, &answer);
	world_wait(is_made, w);
}

static void
do_warn(struct daemon_world *w, void *user)
{
	fake_server_warn(&w->server, user);
}

static void
files_are_read_when_they_change(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	daemon_world_write(w, "patchbay/a.patch", "A:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: a.patch line 1");
	daemon_world_write(w, "patchbay/b.patch", "A:out -\n");
	daemon_world_write(w, "patchbay/c.patch", "# c\nA:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: c.patch line 2");
	daemon_world_write(w, "patchbay/c.patch", "not A:out -> B:in ->\n");
	daemon_world_write(w, "patchbay/b.patch", "\nX -> Y\n");
	daemon_world_await(w, "X", "Y", "b.patch line 2");
	daemon_world_await(w, "A:out", "B:in", "connected: c.patch line 2");
	assert_int_equal(
		unlink(world_path(&w->world, "rig/patchbay/c.patch")), 0);
	daemon_world_await(w, "A:out", "B:in", "connected: a.patch line 1");
	assert_int_equal(
		unlink(world_path(&w->world, "rig/patchbay/a.patch")), 0);
	daemon_world_await(w, "A:out", "B:in", "not connected: no file");
	daemon_world_do(w, do_warn, (void *)(uintptr_t) "a test warns");
	daemon_world_write(w, "patchbay/a.patch", "mode off\nA:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "its mode is off");
	assert_string_equal(daemon_world_learned(w), "");
}

// As an editor does that writes into the file itself.
static void
write_in_place(struct daemon_world *w, const char *name, const char *text)
{
	FILE *file = fopen(world_path(&w->world, "rig/%s", name), "w");

	assert_non_null(file);
	assert_int_equal(ftruncate(fileno(file), 0), 0);
	daemon_world_ask(w, "ping", NULL); // the loop turns, and turns
	daemon_world_ask(w, "ping", NULL);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
do_reload(struct daemon_world *w, void *user)
{
	(void)user;
	stage_patchbay_reload(w->patchbay);
}

static void
told_to_it_reads_files_at_once(void **state)
{
	struct daemon_world *w = *state;

	add_both(w);
	daemon_world_write(w, "patchbay/a.patch", "A:out -> B:in\n");
	daemon_world_do(w, do_reload, NULL);
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	daemon_world_write(w, "patchbay/a.patch", "A:out\n");
	daemon_world_do(w, do_reload, NULL);
	daemon_world_settle(w);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
}

static void
a_file_is_not_read_while_it_is_written(void **state)
{
	struct daemon_world *w = *state;
	unsigned edits;

	add_both(w);
	daemon_world_add(w, "C:out");
	daemon_world_write(w, "patchbay/a.patch", "A:out -> B:in\n");
	daemon_world_await(w, "A:out", "B:in", "connected: a.patch");
	daemon_world_ask(w, "connect", "from", "C:out", "to", "B:in", NULL);
	edits = w->server.edit_count;
	write_in_place(w, "patchbay/a.patch", "A:out -> B:in\nX -> Y\n");
	daemon_world_await(w, "X", "Y", "a.patch line 2");
	write_in_place(w, "patchbay/learned.patch", "C:out -> B:in\nX -> Z\n");
	daemon_world_await(w, "X", "Z", "learned.patch line 2");
	assert_int_equal(w->server.edit_count, edits); // not one
	assert_false(world_has(&w->world, "rig/patchbay/learned.patch.bad-1"));
}

static void
do_start_another(struct daemon_world *w, void *user)
{
	struct stage_err *err = user;
	struct stage_patchbay *second = NULL;

	(void)!stage_patchbay_create(
		&w->loop, &w->world.rig, w->backends, &second, err);
	assert_null(second);
}

static void
of_two_the_second_says_why(void **state)
{
	struct daemon_world *w = *state;
	struct stage_err err = STAGE_ERR_INIT;

	daemon_world_do(w, do_start_another, &err);
	assert_int_equal(err.status, STAGE_BUSY);
	assert_non_null(strstr(err.text,
		"a patchbay serves this rig already, and two would "
		"fight: "));
	daemon_world_ask(w, "ping", NULL); // the first one is as it was
}

static void
do_stop(struct daemon_world *w, void *user)
{
	(void)user;
	stage_patchbay_destroy(w->patchbay);
	w->patchbay = NULL;
}

static void
do_start_badly(struct daemon_world *w, void *user)
{
	struct stage_err *err = user;

	failing_calls_arm(FAILING_BIND, 1, 1, EACCES);
	(void)!stage_patchbay_create(
		&w->loop, &w->world.rig, w->backends, &w->patchbay, err);
	failing_calls_disarm();
	assert_null(w->patchbay);
}

static void
do_start_without_server(struct daemon_world *w, void *user)
{
	struct stage_err *err = user;

	w->server.create_status = STAGE_UNSUPPORTED;
	(void)!stage_patchbay_create(
		&w->loop, &w->world.rig, w->backends, &w->patchbay, err);
	w->server.create_status = STAGE_OK;
	assert_null(w->patchbay);
}

static void
do_start_unread(struct daemon_world *w, void *user)
{
	struct stage_err *err = user;

	failing_calls_arm(FAILING_READ, 1, 1000, ENOMEM);
	(void)!stage_patchbay_create(
		&w->loop, &w->world.rig, w->backends, &w->patchbay, err);
	failing_calls_disarm();
	assert_null(w->patchbay);
}

static void
what_cannot_start_says_why_and_leaves_nothing(void **state)
{
	struct daemon_world *w = *state;
	struct stage_err err = STAGE_ERR_INIT;

	want(w);
	daemon_world_do(w, do_stop, NULL);
	daemon_world_do(w, do_start_badly, &err);
	assert_int_equal(err.status, STAGE_DENIED);
	assert_null(strstr(err.text, "already")); // for nobody does
	daemon_world_do(w, do_start_without_server, &err);
	assert_int_equal(err.status, STAGE_UNSUPPORTED);
	assert_string_equal(err.text, "no fake server");
	daemon_world_do(w, do_start_unread, &err);
	assert_int_equal(err.status, STAGE_NO_MEMORY);
	daemon_world_restart(w);
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

static void
do_hang(struct daemon_world *w, void *user)
{
	(void)user;
	fake_server_hang(&w->server);
}

// In a process of its own: runit starts another one.
static void
a_server_that_hangs_ends_it(void **state)
{
	struct daemon_world *w = *state;
	int status = 0;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		do_hang(w, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STAGE_EXIT_TEMPORARY);
}

static void
nothing_is_done_after_the_end(void **state)
{
	struct daemon_world *w = *state;

	stage_patchbay_destroy(NULL);
	want(w);
	add_both(w);
	daemon_world_do(w, do_stop, NULL);
	assert_null(w->server.backend);
	assert_true(daemon_world_is_connected(w, "A:out", "B:in"));
	assert_false(world_has(&w->world, "run/patchbay.sock"));
	daemon_world_restart(w); // it takes over what is there
	assert_string_equal(daemon_world_learned(w), "A:out -> B:in;");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(                                       \
		name, daemon_world_setup, daemon_world_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(servers_come_and_go),
		TEST(names_are_decorated_as_the_server_does),
		TEST(a_renamed_port_is_another_one),
		TEST(an_audit_finds_what_nobody_told),
		TEST(a_client_that_ends_in_an_audit_is_no_hand),
		TEST(edits_that_are_not_taken_are_asked_for_again),
		TEST(edits_that_got_lost_are_asked_for_again),
		TEST(what_is_refused_is_tried_again),
		TEST(files_are_read_when_they_change),
		TEST(told_to_it_reads_files_at_once),
		TEST(a_file_is_not_read_while_it_is_written),
		TEST(of_two_the_second_says_why),
		TEST(what_cannot_start_says_why_and_leaves_nothing),
		TEST(a_server_that_hangs_ends_it),
		TEST(nothing_is_done_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
