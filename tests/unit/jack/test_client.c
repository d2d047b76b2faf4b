/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistd.h>

#include <cmocka.h>

#include "base/attr.h"
#include "base/clock.h"
#include "fake_backend.h"
#include "jack/client.h"
#include "scratch.h"

#define DEADLINE_MS 5000
#define NEVER_MS 600000

// What the owner heard, one letter each: O opened, L lost, F failed, S stalled,
// A alive, H hung, + and - ports.
struct owner {
	uv_loop_t loop;
	uv_timer_t deadline;
	uv_prepare_t prepare;
	struct scratch scratch;
	struct stage_jack_client *client;
	struct stage_jack_client_config config;
	char heard[256];
	char last_reason[256];
	char last_port[STAGE_JACK_PORT_NAME_MAX];
	struct stage_jack_info info;
	bool ignores_ports;      // they are many
	const char *destroys_at; // letters at which it destroys the client
	const char *awaited;     // what `heard` is to end with
	bool is_late;
	atomic_int setup_result; // an enum stage_status
	atomic_uint setups;
	atomic_uint teardowns;
	atomic_uint tends;
};

static struct owner owner;

static void
hear(char letter, const char *reason)
{
	size_t len = strlen(owner.heard);

	assert_true(len + 1 < sizeof(owner.heard));
	owner.heard[len] = letter;
	if (reason != NULL) {
		stage_jack_copy_text(
			owner.last_reason, sizeof(owner.last_reason), reason);
	}
	if (owner.destroys_at != NULL &&
		strchr(owner.destroys_at, letter) != NULL) {
		stage_jack_client_destroy(owner.client);
		owner.client = NULL;
	}
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	assert_ptr_equal(user, &owner);
	owner.info = *info;
	hear('O', NULL);
}

static void
on_lost(void *user, const char *reason)
{
	(void)user;
	hear('L', reason);
}

static void
on_failed(void *user, const char *reason)
{
	(void)user;
	hear('F', reason);
}

static void
on_stalled(void *user, const char *reason)
{
	(void)user;
	hear('S', reason);
}

static void
on_alive(void *user)
{
	(void)user;
	hear('A', NULL);
}

static void
on_hung(void *user, const char *what)
{
	(void)user;
	hear('H', what);
}

static void
on_port_appeared(void *user, const struct stage_jack_port *port)
{
	(void)user;
	strcpy(owner.last_port, port->name);
	if (!owner.ignores_ports) {
		hear('+', NULL);
	}
}

static void
on_port_gone(void *user, const char *name)
{
	(void)user;
	strcpy(owner.last_port, name);
	if (!owner.ignores_ports) {
		hear('-', NULL);
	}
}

static enum stage_status
on_setup(void *user, jack_client_t *client, struct stage_err *err)
{
	enum stage_status result =
		(enum stage_status)atomic_load(&owner.setup_result);

	(void)user;
	(void)client;
	atomic_fetch_add(&owner.setups, 1);
	return result != STAGE_OK ? stage_err_set(err, result, "no port")
				  : STAGE_OK;
}

static void
on_tend(void *user)
{
	(void)user;
	assert_true(atomic_load(&owner.setups) > 0);
	atomic_fetch_add(&owner.tends, 1);
	fake_backend_own_call();
}

static void
on_teardown(void *user)
{
	(void)user;
	atomic_fetch_add(&owner.teardowns, 1);
}

static const struct stage_jack_client_ops all_ops = {
	.opened = on_opened,
	.lost = on_lost,
	.failed = on_failed,
	.stalled = on_stalled,
	.alive = on_alive,
	.hung = on_hung,
	.port_appeared = on_port_appeared,
	.port_gone = on_port_gone,
	.setup = on_setup,
	.tend = on_tend,
	.teardown = on_teardown,
};

static void
on_deadline(uv_timer_t *timer)
{
	owner.is_late = true;
	uv_stop(timer->loop);
}

static void
on_prepare(uv_prepare_t *prepare)
{
	size_t len = strlen(owner.heard);
	size_t awaited_len = strlen(owner.awaited);

	if (len >= awaited_len &&
		strcmp(owner.heard + len - awaited_len, owner.awaited) == 0) {
		uv_stop(prepare->loop);
	}
}

// Runs the loop until the owner's last words are these.
static void
await(const char *letters)
{
	owner.awaited = letters;
	uv_timer_start(&owner.deadline, on_deadline, DEADLINE_MS, 0);
	uv_prepare_start(&owner.prepare, on_prepare);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	uv_timer_stop(&owner.deadline);
	uv_prepare_stop(&owner.prepare);
	if (owner.is_late) {
		fail_msg("heard \"%s\", awaited \"%s\"", owner.heard, letters);
	}
}

// Lets whatever is on its way arrive, for ms.
static void
run_for(unsigned ms)
{
	uv_timer_start(&owner.deadline, on_deadline, ms, 0);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	owner.is_late = false;
}

static int
setup(void **state)
{
	(void)state;
	unsetenv("JACK_DEFAULT_SERVER");
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("PIPEWIRE_RUNTIME_DIR");
	unsetenv("JACK_PROMISCUOUS_SERVER");
	fake_backend_reset();
	memset(&owner, 0, sizeof(owner));
	uv_loop_init(&owner.loop);
	uv_timer_init(&owner.loop, &owner.deadline);
	uv_prepare_init(&owner.loop, &owner.prepare);
	scratch_init(&owner.scratch);
	owner.config = (struct stage_jack_client_config){.name = "tester",
		.heartbeat_ms = NEVER_MS,
		.retry_ms = NEVER_MS,
		.watchdog_ms = NEVER_MS,
		.patience_ms = 1,
		.shm_dir = owner.scratch.dir,
		.backend = fake_backend()};
	return 0;
}

static void
create(void)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_jack_client_create(&owner.loop, &owner.config, &all_ops,
		    &owner, &owner.client, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

// Destroys the client and sees that the loop then ends by itself.
static int
teardown(void **state)
{
	(void)state;
	for (int i = 0; i < FAKE_BLOCK_COUNT; i++) {
		fake_backend_release((enum fake_block)i);
	}
	stage_jack_client_destroy(owner.client);
	uv_timer_stop(&owner.deadline);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	uv_close((uv_handle_t *)&owner.deadline, NULL);
	uv_close((uv_handle_t *)&owner.prepare, NULL);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&owner.loop), 0);
	scratch_finish(&owner.scratch);
	assert_int_equal(owner.setups, owner.teardowns);
	fake_backend_reset();
	return 0;
}

// The server starts: it answers from now on, and its socket appears.
static void
start_server(void)
{
	char name[64];

	fake_backend_set_server(true);
	snprintf(name, sizeof(name), "jack_default_%u_0", (unsigned)getuid());
	unlink(scratch_path(&owner.scratch, name));
	scratch_write(&owner.scratch, name, "");
}

// A server that is there and runs, and a client of it.
static void
open_running(void)
{
	fake_backend_set_server(true);
	fake_backend_set_running(true);
	create();
	await("O");
}

static void
opens_at_once_when_the_server_is_there(void **state)
{
	(void)state;

	fake_backend_set_server(true);
	create();
	assert_int_equal(stage_jack_client_state(owner.client),
		STAGE_JACK_CLIENT_WAITING);
	assert_string_not_equal(stage_jack_client_reason(owner.client), "");
	await("O");
	assert_string_equal(owner.info.name, "tester");
	assert_int_equal(owner.info.rate_hz, 48000);
	assert_int_equal(owner.setups, 1);
	assert_int_equal(
		stage_jack_client_state(owner.client), STAGE_JACK_CLIENT_OPEN);
	assert_string_equal(stage_jack_client_reason(owner.client), "");
}

static void
waits_for_the_servers_socket(void **state)
{
	unsigned opens;
	(void)state;

	create();
	await("F");
	assert_string_equal(owner.last_reason, "no server default");
	assert_string_equal(
		stage_jack_client_reason(owner.client), "no server default");
	opens = fake_backend_opens();
	assert_int_equal(opens, 1); // it may be one that gives no sign
	scratch_write(&owner.scratch, "jack_default_9999999_0", "");
	scratch_write(&owner.scratch, "jack_other_0_0", "");
	run_for(50);
	assert_int_equal(fake_backend_opens(), opens); // it does not poll
	start_server();
	await("O");
	assert_int_equal(fake_backend_opens(), opens + 1);
}

static void
a_socket_before_its_server(void **state)
{
	char name[64];
	unsigned opens;
	(void)state;

	create();
	await("F");
	opens = fake_backend_opens();
	snprintf(name, sizeof(name), "jack_default_%u_0", (unsigned)getuid());
	scratch_write(&owner.scratch, name, "");
	while (fake_backend_opens() < opens + 2) {
		run_for(5); // it tries in vain
	}
	fake_backend_set_server(true);
	await("O");
	assert_string_equal(owner.heard, "FO");
}

static void
a_failure_is_told_once(void **state)
{
	unsigned opens;
	(void)state;

	owner.config.retry_ms = 1;
	create();
	await("F");
	opens = fake_backend_opens();
	while (fake_backend_opens() < opens + 5) {
		run_for(5);
	}
	assert_string_equal(owner.heard, "F");
	atomic_store(&owner.setup_result, STAGE_FULL); // before it can be asked
	fake_backend_set_server(true);
	await("FF"); // another reason
	assert_string_equal(owner.last_reason, "no port");
	atomic_store(&owner.setup_result, STAGE_OK);
	await("FFO"); // by the slow retry
}

static void
comes_back_with_the_server(void **state)
{
	(void)state;

	start_server();
	create();
	await("O");
	for (int i = 0; i < 20; i++) {
		fake_backend_shutdown("the end");
		fake_backend_shutdown("the end, said again");
		await("OL");
		assert_string_equal(owner.last_reason, "the end");
		assert_int_equal(stage_jack_client_state(owner.client),
			STAGE_JACK_CLIENT_WAITING);
		start_server();
		await("LO");
	}
	assert_null(strstr(owner.heard, "LL"));
	assert_int_equal(owner.setups, 21);
}

static void
a_server_that_is_back_at_once(void **state)
{
	(void)state;

	start_server();
	create();
	await("O");
	run_for(20); // the sign of the first server has been seen
	fake_backend_block(FAKE_CLOSE);
	fake_backend_shutdown("restart");
	await("OL");
	fake_backend_await(FAKE_CLOSE);
	start_server();
	run_for(20);
	fake_backend_release(FAKE_CLOSE);
	await("LO");
}

static void
a_pipewire_that_only_says_it_goes(void **state)
{
	(void)state;

	fake_backend_set_pipewire(true);
	fake_backend_set_server(true);
	create();
	await("O");
	fake_backend_shutdown("a port that has gone");
	fake_backend_set_server(true); // there is no sign of that
	await("OLO");
}

static void
no_attempt_into_a_server_that_stops(void **state)
{
	unsigned opens;
	char name[64];
	(void)state;

	start_server();
	create();
	await("O");
	run_for(20);
	fake_backend_shutdown("orderly");
	await("OL");
	snprintf(name, sizeof(name), "jack_default_%u_0", (unsigned)getuid());
	run_for(50);
	opens = fake_backend_opens();
	unlink(scratch_path(&owner.scratch, name)); // an event, but no sign
	run_for(50);
	assert_int_equal(fake_backend_opens(), opens);
}

static void
a_server_that_dies_in_the_opening(void **state)
{
	(void)state;

	fake_backend_block(FAKE_OPEN);
	fake_backend_set_server(true);
	create();
	fake_backend_await(FAKE_OPEN);
	fake_backend_shutdown("too early");
	fake_backend_set_server(true); // the open succeeds all the same
	run_for(20);
	fake_backend_release(FAKE_OPEN);
	while (fake_backend_closes() == 0) {
		run_for(5);
	}
	assert_string_equal(owner.heard, "");
	start_server();
	await("O");
}

static void
a_server_without_cycles_is_stalled(void **state)
{
	(void)state;

	owner.config.heartbeat_ms = 100; // a busy computer answers by then
	open_running();
	run_for(300);
	assert_string_equal(owner.heard, "O");
	fake_backend_set_running(false);
	await("OS");
	assert_non_null(strstr(owner.last_reason, "stands still"));
	assert_int_equal(stage_jack_client_state(owner.client),
		STAGE_JACK_CLIENT_STALLED);
	run_for(200);
	assert_string_equal(owner.heard, "OS");
	fake_backend_set_running(true);
	await("OSA");
	assert_string_equal(stage_jack_client_reason(owner.client), "");
}

static void
a_server_that_does_not_answer_is_stalled(void **state)
{
	(void)state;

	owner.config.heartbeat_ms = 10;
	open_running();
	fake_backend_block(FAKE_BEAT);
	await("OS");
	assert_non_null(strstr(owner.last_reason, "does not answer"));
	fake_backend_release(FAKE_BEAT);
	await("OSA");
}

static void
a_server_that_forgot_us_is_lost(void **state)
{
	(void)state;

	owner.config.heartbeat_ms = 60; // one that is late is a stall
	start_server();
	fake_backend_set_running(true);
	create();
	await("O");
	fake_backend_set_beat_fails(true);
	await("OL");
	assert_non_null(strstr(owner.last_reason, "does not know us"));
	fake_backend_set_beat_fails(false);
	start_server();
	await("LO");
}

static void
frames_of_another_life_are_not_compared(void **state)
{
	(void)state;

	owner.config.heartbeat_ms = 60; // one that is late is a stall
	start_server();
	fake_backend_set_running(true);
	create();
	await("O");
	run_for(200);
	fake_backend_shutdown("x");
	await("OL");
	fake_backend_set_frames(0);
	start_server();
	await("OLO");
	run_for(200);
	assert_string_equal(owner.heard, "OLO");
}

static void
a_libjack_that_hangs_is_told(void **state)
{
	(void)state;

	owner.config.watchdog_ms = 30;
	fake_backend_block(FAKE_OPEN);
	create();
	await("H");
	assert_non_null(strstr(owner.last_reason, "opening"));
	assert_non_null(strstr(owner.last_reason, "30 ms"));
	await("HH"); // and again
	fake_backend_set_server(true);
	fake_backend_release(FAKE_OPEN);
	await("O");
}

static void
hangs_in_other_calls(void **state)
{
	(void)state;

	owner.config.watchdog_ms = 50;
	owner.config.heartbeat_ms = 10;
	open_running();
	fake_backend_block(FAKE_BEAT);
	await("SH");
	assert_non_null(strstr(owner.last_reason, "asking"));
	fake_backend_release(FAKE_BEAT);
	await("A");
	fake_backend_block(FAKE_CLOSE);
	fake_backend_shutdown("bye");
	await("H");
	assert_non_null(strstr(owner.last_reason, "closing"));
}

// A server that has gone answers nobody: there is nothing to wait for.
static void
a_close_has_a_time_of_its_own(void **state)
{
	(void)state;

	owner.config.close_ms = 30;
	open_running();
	fake_backend_block(FAKE_CLOSE);
	fake_backend_shutdown("bye");
	await("H");
	assert_non_null(strstr(owner.last_reason, "closing"));
	assert_non_null(strstr(owner.last_reason, " for 30 ms"));
	await("HH");
	assert_non_null(strstr(owner.last_reason, " for 60 ms"));
}

// One client that stands still makes JACK2 answer nobody for a while.
static void
a_slow_server_is_waited_for(void **state)
{
	static const struct {
		enum fake_block call;
		int least_ms;
		const char *told;
		const char *hears;
		const char *then;
	} cases[] = {
		{FAKE_OPEN, 90, " for 100 ms", "H", "O"},
		{FAKE_BEAT, 280, " for 300 ms", "SH", "A"},
	};
	(void)state;

	owner.config.watchdog_ms = 20;
	owner.config.patience_ms = 300;
	owner.config.heartbeat_ms = 10;
	fake_backend_set_server(true);
	fake_backend_set_running(true);
	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		int64_t began_ns = stage_clock_now_ns();
		fake_backend_block(cases[i].call);
		if (i == 0) {
			create();
		}
		await(cases[i].hears);
		assert_true(stage_clock_now_ns() - began_ns >=
			    cases[i].least_ms * STAGE_NS_PER_MS);
		assert_non_null(strstr(owner.last_reason, cases[i].told));
		fake_backend_release(cases[i].call);
		await(cases[i].then);
	}
	// Once it has gone there is nothing to wait for.
	fake_backend_block(FAKE_CLOSE);
	fake_backend_shutdown("bye");
	await("H");
	assert_non_null(strstr(owner.last_reason, " for 20 ms"));
}

// It waits for no client, so that what hangs there is libjack.
static void
pipewire_is_not_waited_for(void **state)
{
	(void)state;

	owner.config.watchdog_ms = 500; // as long its end may take, too
	owner.config.patience_ms = NEVER_MS;
	owner.config.heartbeat_ms = 10;
	fake_backend_set_pipewire(true);
	open_running();
	fake_backend_block(FAKE_BEAT);
	await("SH");
	assert_non_null(strstr(owner.last_reason, " for 500 ms"));
}

static void
await_tends(unsigned count)
{
	int64_t deadline_ns =
		stage_clock_now_ns() + DEADLINE_MS * STAGE_NS_PER_MS;

	while (atomic_load(&owner.tends) < count &&
		stage_clock_now_ns() < deadline_ns) {
		run_for(1);
	}
	assert_int_equal(atomic_load(&owner.tends), count);
}

// However long the owner's own calls take, the loop goes on.
static void
the_owner_tends_its_ports(void **state)
{
	(void)state;

	create();
	stage_jack_client_tend(owner.client); // there is nothing to tend yet
	start_server();
	await("O");
	fake_backend_block(FAKE_OWN);
	stage_jack_client_tend(owner.client);
	fake_backend_await(FAKE_OWN);
	for (int i = 0; i < 5; i++) {
		stage_jack_client_tend(owner.client);
	}
	fake_backend_port(true, "a:out");
	await("+");
	assert_int_equal(owner.tends, 1);
	fake_backend_release(FAKE_OWN);
	await_tends(2);
}

static void
nothing_is_tended_on_a_server_that_goes(void **state)
{
	(void)state;

	start_server();
	create();
	await("O");
	fake_backend_block(FAKE_OWN);
	stage_jack_client_tend(owner.client);
	fake_backend_await(FAKE_OWN);
	stage_jack_client_tend(owner.client);
	fake_backend_shutdown("bye"); // before the second
	fake_backend_release(FAKE_OWN);
	await("L");
	stage_jack_client_tend(owner.client); // it is closed then
	start_server();
	await("LO");
	assert_int_equal(owner.tends, 1); // and it is not made up for
	stage_jack_client_tend(owner.client);
	await_tends(2);
}

static void
what_is_tended_may_hang(void **state)
{
	(void)state;

	owner.config.watchdog_ms = 50;
	owner.config.heartbeat_ms = 10;
	open_running();
	fake_backend_block(FAKE_OWN);
	stage_jack_client_tend(owner.client);
	await("SH");
	assert_non_null(strstr(owner.last_reason, "changing its ports"));
	fake_backend_release(FAKE_OWN);
	await("A");
}

static void
ports_are_told(void **state)
{
	(void)state;

	fake_backend_set_server(true);
	fake_backend_port(true, "system:playback_1");
	create();
	await("O+");
	assert_string_equal(owner.last_port, "system:playback_1");
	fake_backend_port(true, "synth:out [1]");
	await("O++");
	assert_string_equal(owner.last_port, "synth:out [1]");
	fake_backend_port(false, "synth:out [1]");
	await("O++-");
	assert_string_equal(owner.last_port, "synth:out [1]");
	fake_backend_shutdown("bye");
	fake_backend_port(true, "late:port");
	await("L");
	run_for(20);
	assert_string_equal(owner.heard, "O++-L");
}

static void
a_port_that_goes_while_it_is_listed(void **state)
{
	(void)state;

	fake_backend_set_server(true);
	fake_backend_port(true, "a:1");
	fake_backend_remove_while_listing();
	create();
	await("-");
	run_for(20);
	// the last that is heard of it is that it has gone
	assert_int_equal(owner.heard[strlen(owner.heard) - 1], '-');
	assert_string_equal(owner.last_port, "a:1");
}

static void
too_many_ports_at_once_are_listed_again(void **state)
{
	(void)state;

	owner.ignores_ports = true;
	start_server();
	create();
	await("O");
	for (int i = 0; i < 20000; i++) {
		fake_backend_port(i % 2 == 0, "flood:port");
	}
	fake_backend_port(true, "last:port");
	while (strcmp(owner.last_port, "last:port") != 0) {
		run_for(5);
	}
	assert_string_equal(owner.heard, "O");
	assert_int_equal(fake_backend_lists(), 2);
}

static void
a_port_that_is_renamed_has_gone_and_appears(void **state)
{
	(void)state;

	fake_backend_set_server(true);
	fake_backend_port(true, "a:1");
	create();
	await("O+");
	fake_backend_rename("a:1", "a:one");
	await("O+-+");
	assert_string_equal(owner.last_port, "a:one");
}

static void
another_port_in_the_same_slot(void **state)
{
	(void)state;

	fake_backend_set_server(true);
	fake_backend_port(true, "a:1");
	create();
	await("O+");
	fake_backend_set_port("a:1", "b:1"); // by the time it is told
	fake_backend_tell_port(0, false);
	await("O+-");
	assert_string_equal(owner.last_port, "a:1");
	fake_backend_tell_port(0, false); // JACK2 says it twice
	run_for(20);
	assert_string_equal(owner.heard, "O+-");
}

static enum stage_status
refuse(void *user, jack_client_t *client, struct stage_err *err)
{
	(void)user;
	(void)client;
	return stage_err_set(err, STAGE_FULL, "full");
}

static void
callbacks_are_optional(void **state)
{
	static const struct stage_jack_client_ops none;
	static const struct stage_jack_client_ops refusing = {.setup = refuse};
	(void)state;

	owner.config.heartbeat_ms = 5;
	owner.config.watchdog_ms = 20;
	fake_backend_set_server(true);
	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &none, &owner, &owner.client, NULL),
		STAGE_OK);
	run_for(30);
	fake_backend_block(FAKE_BEAT);
	run_for(60);
	fake_backend_release(FAKE_BEAT);
	run_for(30);
	fake_backend_shutdown("x");
	run_for(30);
	stage_jack_client_destroy(owner.client);
	uv_run(&owner.loop, UV_RUN_DEFAULT);
	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &refusing, &owner, &owner.client, NULL),
		STAGE_OK);
	run_for(30);
}

static void
destroying_in_a_callback(void **state)
{
	static const char *const letters[] = {
		"O", "L", "F", "S", "A", "H", "+"};
	(void)state;

	owner.config.heartbeat_ms = 10;
	owner.config.watchdog_ms = 200;
	for (size_t i = 0; i < STAGE_COUNT_OF(letters); i++) {
		char at = letters[i][0];
		memset(owner.heard, 0, sizeof(owner.heard));
		owner.destroys_at = letters[i];
		fake_backend_set_server(at != 'F');
		fake_backend_set_running(at != 'S' && at != 'A');
		if (at == '+') {
			fake_backend_port(true, "a:b");
		}
		if (at == 'H') {
			fake_backend_block(FAKE_OPEN);
		}
		create();
		if (at != 'F' && at != 'O' && at != 'H' && at != '+') {
			await("O");
		}
		if (at == 'L') {
			fake_backend_shutdown("x");
		} else if (at == 'A') {
			await("S");
			fake_backend_set_running(true);
		}
		await(letters[i]);
		fake_backend_release(FAKE_OPEN);
		uv_timer_stop(&owner.deadline);
		uv_run(&owner.loop, UV_RUN_DEFAULT);
		assert_string_equal(
			owner.heard + strlen(owner.heard) - 1, letters[i]);
	}
}

static void
a_client_can_be_left_behind_in_any_call(void **state)
{
	(void)state;

	owner.config.watchdog_ms = 30;
	for (int i = 0; i < FAKE_BLOCK_COUNT; i++) {
		struct stage_jack_edit edit = {.from = "a:out", .to = "b:in"};
		enum fake_block what = (enum fake_block)i;
		unsigned closes = fake_backend_closes();
		memset(owner.heard, 0, sizeof(owner.heard));
		owner.config.heartbeat_ms = 5;
		fake_backend_set_server(true);
		fake_backend_set_running(true);
		fake_backend_block(what);
		create();
		if (what == FAKE_CLOSE) {
			await("O");
			fake_backend_shutdown("x");
			await("L");
		} else if (what == FAKE_BEAT) {
			await("O");
			run_for(20); // until the first heartbeat is due
		} else if (what == FAKE_CHANGE) {
			await("O");
			assert_int_equal(
				stage_jack_client_edit(owner.client, &edit, 1),
				STAGE_OK);
		} else if (what == FAKE_OWN) {
			await("O");
			stage_jack_client_tend(owner.client);
		}
		fake_backend_await(what);
		stage_jack_client_destroy(owner.client);
		owner.client = NULL;
		uv_run(&owner.loop, UV_RUN_DEFAULT); // does end
		fake_backend_set_server(true);
		fake_backend_release(what);
		if (what != FAKE_OPEN) {
			fake_backend_await_closes(closes + 1);
		}
	}
	// what was set up stays so: its owner had gone
	owner.teardowns = owner.setups;
}

static void
bad_configurations_are_refused(void **state)
{
	char long_name[300];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	owner.config.name = "a:b";
	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &all_ops, &owner, &owner.client, &err),
		STAGE_BAD_INPUT);
	owner.config.name = long_name;
	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &all_ops, &owner, &owner.client, &err),
		STAGE_TOO_LONG);
	owner.config.name = "fine";
	owner.config.server = long_name;
	assert_int_equal(stage_jack_client_create(&owner.loop, &owner.config,
				 &all_ops, &owner, &owner.client, &err),
		STAGE_TOO_LONG);
	assert_null(owner.client);
	stage_jack_client_destroy(NULL);
}

static void
directories_that_are_not_there(void **state)
{
	(void)state;

	owner.config.shm_dir = "/nonexistent/shm";
	owner.config.retry_ms = 10;
	setenv("XDG_RUNTIME_DIR", "/nonexistent/run", 1);
	create();
	await("F");
	fake_backend_set_server(true);
	await("O");
}

static void
states_have_names(void **state)
{
	(void)state;

	for (int i = 0; i < STAGE_JACK_CLIENT_STATE_COUNT; i++) {
		assert_true(strlen(stage_jack_client_state_name(
				    (enum stage_jack_client_state)i)) > 2);
	}
	assert_string_equal(stage_jack_client_state_name(77), "?");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(opens_at_once_when_the_server_is_there),
		TEST(waits_for_the_servers_socket),
		TEST(a_socket_before_its_server),
		TEST(a_failure_is_told_once),
		TEST(comes_back_with_the_server),
		TEST(a_server_that_is_back_at_once),
		TEST(a_pipewire_that_only_says_it_goes),
		TEST(no_attempt_into_a_server_that_stops),
		TEST(a_server_that_dies_in_the_opening),
		TEST(a_server_without_cycles_is_stalled),
		TEST(a_server_that_does_not_answer_is_stalled),
		TEST(a_server_that_forgot_us_is_lost),
		TEST(frames_of_another_life_are_not_compared),
		TEST(a_libjack_that_hangs_is_told),
		TEST(hangs_in_other_calls),
		TEST(a_close_has_a_time_of_its_own),
		TEST(a_slow_server_is_waited_for),
		TEST(pipewire_is_not_waited_for),
		TEST(the_owner_tends_its_ports),
		TEST(nothing_is_tended_on_a_server_that_goes),
		TEST(what_is_tended_may_hang),
		TEST(ports_are_told),
		TEST(a_port_that_goes_while_it_is_listed),
		TEST(too_many_ports_at_once_are_listed_again),
		TEST(a_port_that_is_renamed_has_gone_and_appears),
		TEST(another_port_in_the_same_slot),
		TEST(callbacks_are_optional),
		TEST(destroying_in_a_callback),
		TEST(a_client_can_be_left_behind_in_any_call),
		TEST(bad_configurations_are_refused),
		TEST(directories_that_are_not_there),
		TEST(states_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
