/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// stagecraft-jack as a program; to be run in a sandbox.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "puppet.h"
#include "rpc/client.h"
#include "scratch.h"
#include "servers.h"

#define CLIENTS 5

static struct proc server;
static struct proc clients[CLIENTS];
static struct scratch scratch;

static int
setup(void **state)
{
	(void)state;
	memset(&server, 0, sizeof(server));
	memset(clients, 0, sizeof(clients));
	scratch_init(&scratch);
	unsetenv("STAGECRAFT_RUN");
	unsetenv("STAGECRAFT_RIG");
	unsetenv("ASAN_OPTIONS");
	return 0;
}

static int
teardown(void **state)
{
	struct stage_jack_survey survey;
	(void)state;

	proc_finish(&server);
	for (size_t i = 0; i < CLIENTS; i++) {
		proc_finish(&clients[i]);
	}
	scratch_finish(&scratch);
	return stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(), 0,
		       &survey, NULL) != STAGE_OK;
}

static void
add_clients(void)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		char name[16];
		snprintf(name, sizeof(name), "client-%zu", i);
		server_add_client(&clients[i], "default", name);
	}
}

static void
await_clients(void)
{
	for (size_t i = 0; i < CLIENTS; i++) {
		assert_int_equal(proc_await_end(&clients[i]), 111);
		assert_non_null(strstr(clients[i].said, "lost"));
	}
}

// Runs it to its end with up to four arguments, and returns the exit code.
static int
run(const char *a, const char *b, const char *c, const char *d)
{
	const char *const argv[] = {server_ours(), a, b, c, d, NULL};

	proc_start(&server, false, argv);
	return proc_await_end(&server);
}

static void
signals_stop_it_with_0(void **state)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(numbers); i++) {
		server_start(&server, true, "default");
		proc_signal(&server, numbers[i]);
		assert_int_equal(proc_await_end(&server), 0);
		server_assert_nothing_left();
	}
}

static void
stops_with_clients_connected(void **state)
{
	(void)state;

	for (int round = 0; round < 5; round++) {
		int64_t before_ns;
		server_start(&server, true, "default");
		add_clients();
		before_ns = stage_clock_now_ns();
		proc_signal(&server, SIGTERM);
		assert_int_equal(proc_await_end(&server), 0);
		print_message("# stagecraft-jack with %d clients: exit 0 after "
			      "%lld ms\n",
			CLIENTS,
			(long long)((stage_clock_now_ns() - before_ns) /
				    STAGE_NS_PER_MS));
		await_clients();
		server_assert_nothing_left();
	}
}

static void
stock_jackd_in_comparison(void **state)
{
	struct stage_jack_survey survey;
	int code;
	(void)state;

	if (!proc_is_there("jackd")) {
		skip();
	}
	server_start(&server, false, "default");
	add_clients();
	proc_signal(&server, SIGTERM);
	code = proc_await_end(&server);
	await_clients();
	server_survey(&survey);
	print_message("# stock jackd with %d clients: exit %d; stale: %zu "
		      "slots, %zu segments, %zu sockets, %zu semaphores\n",
		CLIENTS, code, survey.stale.slots, survey.stale.segments,
		survey.stale.sockets, survey.stale.semaphores);
}

static void
stops_with_clients_killed_a_moment_before(void **state)
{
	(void)state;

	server_start(&server, true, "default");
	add_clients();
	for (size_t i = 0; i < CLIENTS; i++) {
		proc_signal(&clients[i], SIGKILL);
	}
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
	server_assert_nothing_left();
}

static void
frozen_clients_do_not_hold_it(void **state)
{
	int64_t before_ns;
	(void)state;

	server_start(&server, true, "default");
	add_clients();
	for (size_t i = 0; i < CLIENTS; i++) {
		proc_signal(&clients[i], SIGSTOP);
	}
	before_ns = stage_clock_now_ns();
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
	print_message("# %d frozen clients: exit 0 after %lld ms\n", CLIENTS,
		(long long)((stage_clock_now_ns() - before_ns) /
			    STAGE_NS_PER_MS));
	server_assert_nothing_left();
}

static void
start_with(const char *settings)
{
	const char *path = scratch_write(&scratch, "rig.conf", settings);
	const char *const argv[] = {server_ours(), "-c", path, NULL};

	proc_start(&server, true, argv);
	assert_true(proc_await_ready(&server));
}

static void
a_frozen_client_is_named_and_ended_alone(void **state)
{
	static const char *const realtime[] = {"auto", "no"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(realtime); i++) {
		char settings[128];
		char frozen[64];
		int64_t before_ns;
		int64_t named_ns;
		snprintf(settings, sizeof(settings),
			"jack.driver dummy\njack.end_frozen yes\n"
			"jack.realtime %s\n",
			realtime[i]);
		start_with(settings);
		server_add_client(&clients[0], "default", "well");
		server_add_client(&clients[1], "default", "ill");
		before_ns = stage_clock_now_ns();
		proc_signal(&clients[1], SIGSTOP);
		assert_true(proc_await_text(&server, "client ill (process"));
		named_ns = stage_clock_now_ns();
		assert_true(proc_await_text(&server, "was frozen, and was "));
		assert_int_equal(proc_await_end(&clients[1]), 128 + SIGKILL);
		print_message("# a frozen client, real-time %s: named after "
			      "%lld ms, ended after %lld ms\n",
			realtime[i],
			(long long)((named_ns - before_ns) / STAGE_NS_PER_MS),
			(long long)((stage_clock_now_ns() - before_ns) /
				    STAGE_NS_PER_MS));
		// Where the computer is busy it may be slow, for a moment.
		snprintf(frozen, sizeof(frozen),
			"client well (process %ld) was frozen",
			(long)clients[0].pid);
		assert_null(strstr(server.said, frozen));
		// Another one of that name is another one.
		server_add_client(&clients[1], "default", "ill");
		proc_signal(&clients[1], SIGSTOP);
		assert_int_equal(proc_await_end(&clients[1]), 128 + SIGKILL);
		server_add_client(&clients[1], "default", "ill");
		proc_signal(&clients[0], SIGTERM);
		assert_int_equal(proc_await_end(&clients[0]), 0);
		proc_finish(&clients[1]);
		proc_signal(&server, SIGTERM);
		assert_int_equal(proc_await_end(&server), 0);
	}
}

static void
a_frozen_client_is_left_where_nothing_allows_more(void **state)
{
	(void)state;

	start_with("jack.driver dummy\n");
	server_add_client(&clients[0], "default", "ill");
	proc_signal(&clients[0], SIGSTOP);
	assert_true(proc_await_text(&server, "is frozen: end it, or write "
					     "jack.end_frozen yes"));
	proc_signal(&clients[0], SIGCONT);
	assert_true(proc_await_text(&server, "client ill goes on"));
	proc_signal(&clients[0], SIGTERM);
	assert_int_equal(proc_await_end(&clients[0]), 0);
}

// JACK2 writes to each client until its socket is full, and then waits without
// end.
static void
a_client_that_reads_nothing_is_cut_off(void **state)
{
	struct puppet puppet = {.pid = 0};
	(void)state;

	start_with("jack.driver dummy\n");
	server_add_client(&clients[0], "default", "ill");
	server_add_client(&clients[1], "default", "well");
	puppet_open(&puppet, "many");
	puppet_do(&puppet, "activate");
	proc_signal(&clients[0], SIGSTOP);
	puppet_do(&puppet, "ports\tout\t300");
	assert_true(proc_await_text(
		&server, "client ill reads nothing of what the server"));
	puppet_do(&puppet, "connect\tmany:out_300\twell:in_1");
	puppet_finish(&puppet);
	assert_null(strstr(server.said, "client well reads nothing"));
}

static void
stops_while_it_starts(void **state)
{
	const char *const argv[] = {server_ours(), "-v", "-d", "dummy", NULL};
	static const char *const points[] = {
		"starting in", "self-connect-mode", "runs with"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(points); i++) {
		proc_start(&server, false, argv);
		proc_await_text(&server, points[i]);
		proc_signal(&server, SIGTERM);
		assert_int_equal(proc_await_end(&server), 0);
		server_assert_nothing_left();
	}
}

static void
ready_means_that_a_client_can_open(void **state)
{
	(void)state;

	for (int i = 0; i < 10; i++) {
		const char *const argv[] = {server_client(), "now", NULL};
		server_start(&server, true, "default");
		proc_start(&clients[0], false, argv); // does not wait
		assert_true(proc_await_text(&clients[0], "ready now"));
		proc_finish(&clients[0]);
		proc_signal(&server, SIGTERM);
		assert_int_equal(proc_await_end(&server), 0);
	}
}

static void
what_a_killed_one_left_is_removed_by_the_next(void **state)
{
	struct stage_jack_survey survey;
	(void)state;

	for (int i = 0; i < 10; i++) {
		char name[16];
		snprintf(name, sizeof(name), "server-%d", i); // 10 > 8 slots
		server_start(&server, true, name);
		proc_signal(&server, SIGKILL);
		assert_int_equal(proc_await_end(&server), 128 + SIGKILL);
		server_survey(&survey);
		assert_int_equal(survey.stale.slots, 1);
	}
	server_start(&server, true, "default");
	server_assert_nothing_stale();
	server_survey(&survey);
	assert_int_equal(survey.present.slots, 1);
	assert_int_equal(survey.live_servers, 1);
}

static void
clean_removes_and_exits_0(void **state)
{
	struct proc other;
	(void)state;

	server_start(&other, true, "other");
	server_start(&server, true, "default");
	server_add_client(&clients[0], "default", "a");
	proc_signal(&server, SIGKILL);
	proc_await_end(&server);
	assert_int_equal(run("--clean", NULL, NULL, NULL), 0);
	assert_non_null(strstr(server.said, "1 registry slots"));
	server_assert_nothing_stale();
	assert_int_equal(run("--clean", NULL, NULL, NULL), 0);
	assert_string_equal(server.said, "");
	server_add_client(&clients[1], "other", "b"); // is well
	proc_finish(&other);
}

static void
a_second_server_of_that_name_exits_111(void **state)
{
	struct proc first;
	char pid[32];
	(void)state;

	for (int is_ours = 0; is_ours < 2; is_ours++) {
		if (!is_ours && !proc_is_there("jackd")) {
			continue;
		}
		server_start(&first, is_ours != 0, "default");
		assert_int_equal(run("-d", "dummy", NULL, NULL), 111);
		snprintf(pid, sizeof(pid), "process %ld", (long)first.pid);
		assert_non_null(strstr(server.said, "runs already"));
		assert_non_null(strstr(server.said, pid));
		server_add_client(&clients[0], "default", "still");
		proc_finish(&clients[0]);
		proc_finish(&first);
	}
}

static void
wrong_settings_exit_100(void **state)
{
	static const struct {
		const char *a;
		const char *b;
		const char *part;
	} cases[] = {
		{"-d", "nonsense", "\"nonsense\""},
		{"-d", "loopback", "\"loopback\""}, // no master driver
		{"-r", "1", "-r"},
		{"-p", "0", "-p"},
		{"-c", "/nonexistent", "/nonexistent"},
		{"-z", NULL, "-z"},
	};
	const char *path =
		scratch_write(&scratch, "rig.conf", "jack.period many\n");
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		assert_int_equal(run(cases[i].a, cases[i].b, NULL, NULL), 100);
		assert_non_null(strstr(server.said, cases[i].part));
		assert_int_equal(run("-n", cases[i].a, cases[i].b, NULL), 100);
	}
	assert_int_equal(run("-c", path, NULL, NULL), 100);
	assert_non_null(strstr(server.said, "rig.conf:1:13"));
	// one line each
	assert_ptr_equal(strchr(server.said, '\n'),
		server.said + strlen(server.said) - 1);
	server_assert_nothing_left();
}

static void
good_settings_are_ok(void **state)
{
	(void)state;

	assert_int_equal(run("-n", NULL, NULL, NULL), 0);
	assert_string_equal(server.said, "OK\n");
	assert_int_equal(run("-n", "-d", "dummy", NULL), 0);
	assert_int_equal(run("-h", NULL, NULL, NULL), 0);
	assert_non_null(strstr(server.said, "usage:"));
}

// JACK's ALSA driver leaks when it fails to open, which a leak check at exit
// would turn into another exit code.
static void
expect_leaks(void)
{
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
}

static void
no_driver_at_all_exits_111(void **state)
{
	const char *path = scratch_write(&scratch, "rig.conf",
		"jack.driver alsa\njack.device hw:Nonexistent\n");
	// Neither driver can have shared memory.
	const char *const argv[] = {"/bin/sh", "-c",
		"trap '' XFSZ; ulimit -f 8; exec \"$0\" -c \"$1\"",
		server_ours(), path, NULL};
	const char *first;
	(void)state;

	expect_leaks();
	proc_start(&server, false, argv);
	assert_int_equal(proc_await_end(&server), 111);
	first = strstr(server.said, "error: unable to open JACK server "
				    "default with driver dummy: ");
	assert_non_null(first);
	assert_null(strstr(server.said, "driver alsa"));
	server_assert_nothing_left();
}

static void
a_card_failing_gives_the_dummy(void **state)
{
	static const char *const texts[] = {"jack.device hw:Nonexistent\n",
		"jack.driver alsa\njack.device hw:Nonexistent\n"};
	(void)state;

	expect_leaks();
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		const char *path =
			scratch_write(&scratch, "rig.conf", texts[i]);
		const char *const argv[] = {server_ours(), "-c", path, NULL};
		proc_start(&server, true, argv);
		assert_true(proc_await_ready(&server));
		assert_true(proc_await_text(&server, "runs with driver dummy"));
		assert_non_null(strstr(server.said, "hw:Nonexistent"));
		server_add_client(&clients[0], "default", "a");
		proc_signal(&server, SIGTERM);
		assert_int_equal(proc_await_end(&server), 0);
		proc_finish(&clients[0]);
		server_assert_nothing_left();
	}
}

static void
pipewires_library_exits_100(void **state)
{
	static const char dir[] = "/usr/lib/x86_64-linux-gnu/pipewire-0.3/jack";
	int code;
	(void)state;

	if (access(dir, F_OK) != 0) {
		skip();
	}
	setenv("LD_LIBRARY_PATH", dir, 1);
	code = run(NULL, NULL, NULL, NULL);
	unsetenv("LD_LIBRARY_PATH");
	assert_int_equal(code, 100);
	assert_non_null(strstr(server.said, "PipeWire"));
	server_assert_nothing_left();
}

// params: taken; NULL: none.
static json_t *
ask(const char *method, json_t *params)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client = stage_rpc_client_create(
		scratch_path(&scratch, "jack.sock"), 5 * STAGE_NS_PER_S, &err);
	json_t *result = NULL;

	if (client == NULL ||
		stage_rpc_client_call(client, method, params,
			30 * STAGE_NS_PER_S, &result, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	stage_rpc_client_destroy(client);
	return result;
}

static json_t *
ask_state(void)
{
	return ask("state", NULL);
}

static const char *
text_at(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

static long
number_at(const json_t *object, const char *key)
{
	return (long)json_integer_value(json_object_get(object, key));
}

static void
its_state_can_be_asked(void **state)
{
	json_t *answer;
	const json_t *now;
	const json_t *realtime;
	(void)state;

	setenv("STAGECRAFT_RUN", scratch.dir, 1);
	server_start(&server, true, "default");
	answer = ask_state();
	now = json_object_get(answer, "state");
	assert_string_equal(text_at(now, "state"), "running");
	assert_string_equal(text_at(now, "server"), "default");
	assert_string_equal(text_at(now, "driver"), "dummy");
	assert_string_equal(text_at(now, "reason"), "the settings say so");
	assert_int_equal(number_at(now, "rate_hz"), 48000);
	assert_int_equal(number_at(now, "period_frames"), 256);
	assert_int_equal(number_at(now, "pid"), server.pid);
	// a computer that is busy has some
	assert_true(json_is_integer(json_object_get(now, "xruns")));
	realtime = json_object_get(now, "realtime");
	// either it is, or it says why not
	assert_true(json_is_true(json_object_get(realtime, "is_on")) ==
		    (text_at(realtime, "reason")[0] == '\0'));
	assert_true(json_real_value(json_object_get(now, "since_s")) > 1e9);
	json_decref(answer);
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
	assert_int_equal(scratch_count(&scratch), 0);
}

// The dummy driver anew: its clients are told of another period.
static void
a_switch_tells_how_long_it_was_silent(void **state)
{
	json_t *answer;
	const json_t *gap;
	(void)state;

	setenv("STAGECRAFT_RUN", scratch.dir, 1);
	server_start(&server, true, "default");
	json_decref(ask("set",
		json_pack("{s:s, s:s}", "key", "period", "value", "512")));
	answer = ask_state();
	gap = json_object_get(json_object_get(answer, "state"), "gap");
	assert_int_equal(
		number_at(json_object_get(answer, "state"), "switches"), 1);
	assert_string_equal(text_at(gap, "from"), "dummy");
	assert_true(json_real_value(json_object_get(gap, "ms")) > 0.0);
	// At most: it is not a guess of more than passed, either.
	assert_true(json_real_value(json_object_get(gap, "ms")) < 60000.0);
	assert_true(number_at(gap, "frames") > 0);
	assert_true(proc_await_text(&server, "silent for "));
	json_decref(answer);
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
}

static void
two_in_one_run_directory(void **state)
{
	struct proc first;
	(void)state;

	setenv("STAGECRAFT_RUN", scratch.dir, 1);
	server_start(&first, true, "default");
	setenv("JACK_DEFAULT_SERVER", "other", 1);
	assert_int_equal(run("-d", "dummy", NULL, NULL), 111);
	unsetenv("JACK_DEFAULT_SERVER");
	json_decref(ask_state()); // of the first
	proc_finish(&first);
}

static void
plays_where_it_cannot_be_asked(void **state)
{
	const char *run = scratch_path(&scratch, "nowhere");
	(void)state;

	setenv("STAGECRAFT_RUN", run, 1);
	server_start(&server, true, "default");
	assert_non_null(strstr(server.said, "cannot be asked"));
	server_add_client(&clients[0], "default", "a");
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
	server_assert_nothing_left();
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(signals_stop_it_with_0),
		TEST(stops_with_clients_connected),
		TEST(stock_jackd_in_comparison),
		TEST(stops_with_clients_killed_a_moment_before),
		TEST(frozen_clients_do_not_hold_it),
		TEST(a_frozen_client_is_named_and_ended_alone),
		TEST(a_frozen_client_is_left_where_nothing_allows_more),
		TEST(a_client_that_reads_nothing_is_cut_off),
		TEST(stops_while_it_starts),
		TEST(ready_means_that_a_client_can_open),
		TEST(what_a_killed_one_left_is_removed_by_the_next),
		TEST(clean_removes_and_exits_0),
		TEST(a_second_server_of_that_name_exits_111),
		TEST(wrong_settings_exit_100),
		TEST(good_settings_are_ok),
		TEST(no_driver_at_all_exits_111),
		TEST(a_card_failing_gives_the_dummy),
		TEST(pipewires_library_exits_100),
		TEST(its_state_can_be_asked),
		TEST(a_switch_tells_how_long_it_was_silent),
		TEST(two_in_one_run_directory),
		TEST(plays_where_it_cannot_be_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
