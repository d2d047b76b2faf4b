/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What killed servers and clients leave, and that the clean-up takes that and
// nothing else; to be run in a sandbox.

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
#include "servers.h"

#define SERVERS 3
#define CLIENTS 2 // for each
#define STEPS 60

// One name is the start of another, which makes semaphores hard to tell.
static const char *const names[SERVERS] = {"default", "rig", "rig_two"};

static struct proc servers[SERVERS];
static struct proc clients[SERVERS][CLIENTS];
static struct proc witness; // a server that nothing happens to
static struct proc witness_client;

static size_t
count_live(void)
{
	size_t count = 1; // the witness

	for (size_t i = 0; i < SERVERS; i++) {
		count += servers[i].pid != 0;
	}
	return count;
}

static void
end_server(size_t i, int number)
{
	proc_signal(&servers[i], number);
	proc_await_end(&servers[i]);
	for (size_t j = 0; j < CLIENTS; j++) {
		if (clients[i][j].pid != 0) {
			proc_await_end(&clients[i][j]); // it is lost
		}
	}
}

static void
add_client(size_t i, size_t j)
{
	char name[32];

	snprintf(name, sizeof(name), "two_client_%zu", j);
	server_add_client(&clients[i][j], names[i], name);
}

// One thing that may happen on a machine.
static void
happen(void)
{
	size_t i = (size_t)rand() % SERVERS;
	size_t j = (size_t)rand() % CLIENTS;

	if (servers[i].pid == 0) {
		server_start(&servers[i], rand() % 2 == 0, names[i]);
	} else if (rand() % 3 == 0) {
		end_server(i, rand() % 4 == 0 ? SIGTERM : SIGKILL);
	} else if (clients[i][j].pid == 0) {
		add_client(i, j);
	} else {
		proc_signal(&clients[i][j], SIGKILL);
		proc_await_end(&clients[i][j]);
	}
}

static void
clean_and_check(void)
{
	static const struct stage_jack_counts none;
	struct stage_jack_survey first;
	struct stage_jack_survey second;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(), 0, &first,
		    &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	assert_int_equal(first.live_servers, count_live());
	assert_int_equal(first.present.slots - first.stale.slots, count_live());
	assert_int_equal(
		first.present.sockets - first.stale.sockets, count_live());
	assert_int_equal(stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(),
				 0, &second, NULL),
		STAGE_OK);
	assert_memory_equal(&second.stale, &none, sizeof(none));
	assert_int_equal(second.present.slots, count_live());
	assert_int_equal(second.present.sockets, count_live());
	// a server that stops takes it away from those that live; we do not
	assert_int_equal(first.stale.databases, 0);
	assert_true(second.present.segments >= count_live());
}

// Every live server takes a new client, so nothing of it was taken.
static void
check_live_ones(void)
{
	struct proc probe;

	server_add_client(&probe, "witness", "probe");
	proc_signal(&probe, SIGTERM);
	assert_int_equal(proc_await_end(&probe), 0);
	for (size_t i = 0; i < SERVERS; i++) {
		if (servers[i].pid != 0) {
			server_add_client(&probe, names[i], "probe");
			proc_signal(&probe, SIGTERM);
			assert_int_equal(proc_await_end(&probe), 0);
		}
	}
}

static void
random_kills(void **state)
{
	struct stage_jack_survey survey;
	(void)state;

	if (!proc_is_there("jackd")) {
		skip();
	}
	srand(11);
	server_start(&witness, true, "witness");
	server_add_client(&witness_client, "witness", "friend");
	for (int step = 0; step < STEPS; step++) {
		happen();
		if (rand() % 4 == 0) {
			clean_and_check();
			check_live_ones();
		}
	}
	clean_and_check();
	for (size_t i = 0; i < SERVERS; i++) {
		if (servers[i].pid != 0) {
			end_server(i, SIGKILL);
		}
	}
	clean_and_check();
	proc_finish(&witness);
	assert_int_equal(proc_await_end(&witness_client), 111);
	assert_int_equal(stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(),
				 0, &survey, NULL),
		STAGE_OK);
	server_assert_nothing_left();
}

static void
a_full_registry_is_made_usable(void **state)
{
	struct stage_jack_survey survey;
	const char *const argv[] = {
		"jackd", "-n", "ninth", "-d", "dummy", NULL};
	struct proc server;
	(void)state;

	if (!proc_is_there("jackd")) {
		skip();
	}
	for (int i = 0; i < 8; i++) {
		char name[16];
		snprintf(name, sizeof(name), "full-%d", i);
		server_start(&server, false, name);
		proc_signal(&server, SIGKILL);
		proc_await_end(&server);
	}
	proc_start(&server, true, argv); // no slot is free
	assert_false(proc_await_ready(&server));
	proc_await_end(&server);
	assert_int_equal(stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(),
				 0, &survey, NULL),
		STAGE_OK);
	assert_int_equal(survey.stale.slots, 8);
	server_start(&server, false, "ninth");
	proc_finish(&server);
	assert_int_equal(stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(),
				 0, &survey, NULL),
		STAGE_OK);
	server_assert_nothing_left();
}

static void
a_broken_registry_is_made_usable(void **state)
{
	struct stage_jack_survey survey;
	struct proc server;
	FILE *file;
	(void)state;

	// as when its maker is killed before it has given it a size
	file = fopen(STAGE_JACK_SHM_DIR "/jack-shm-registry", "w");
	assert_non_null(file);
	fclose(file);
	assert_int_equal(stage_jack_registry_clean(STAGE_JACK_SHM_DIR, getuid(),
				 0, &survey, NULL),
		STAGE_OK);
	assert_int_equal(survey.stale.registries, 1);
	server_start(&server, true, "default");
	proc_signal(&server, SIGTERM);
	assert_int_equal(proc_await_end(&server), 0);
	server_assert_nothing_left();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_kills),
		cmocka_unit_test(a_full_registry_is_made_usable),
		cmocka_unit_test(a_broken_registry_is_made_usable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
