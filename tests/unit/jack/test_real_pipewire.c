/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The client with PipeWire in place of JACK; to be run in a sandbox.

#define _XOPEN_SOURCE 700

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glob.h>
#include <unistd.h>

#include <cmocka.h>

#include "procs.h"
#include "scratch.h"
#include "survivor.h"

#define ROUNDS 5

static struct survivor owner;
static struct proc server;
static struct scratch scratch;

static int
setup(void **state)
{
	(void)state;
	scratch_init(&scratch);
	setenv("XDG_RUNTIME_DIR", scratch.dir, 1);
	setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", 1);
	survivor_init(&owner);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	survivor_finish(&owner);
	proc_finish(&server);
	scratch_finish(&scratch);
	return 0;
}

static void
start(void)
{
	static const char *const argv[] = {"pipewire", NULL};

	proc_start(&server, false, argv);
}

static void
survives(void **state)
{
	(void)state;

	start();
	survivor_await(&owner, &owner.opened, 1);
	assert_true(owner.info.is_pipewire);
	for (unsigned i = 0; i < ROUNDS; i++) {
		proc_signal(&server, i % 2 == 0 ? SIGKILL : SIGTERM);
		survivor_await(&owner, &owner.lost, i + 1);
		assert_string_not_equal(owner.reason, "");
		proc_await_end(&server);
		start();
		survivor_await(&owner, &owner.opened, i + 2);
	}
	assert_int_equal(owner.opened, ROUNDS + 1);
}

static void
is_stalled_then_alive(void **state)
{
	(void)state;

	start();
	survivor_await(&owner, &owner.opened, 1);
	proc_signal(&server, SIGSTOP);
	survivor_await(&owner, &owner.stalled, 1);
	proc_signal(&server, SIGCONT);
	survivor_await(&owner, &owner.alive, 1);
	assert_int_equal(owner.lost, 0);
}

// Starts this program anew with PipeWire's libjack before the other one.
static void
use_pipewires_libjack(char **argv)
{
	glob_t found = {0};

	if (getenv("STAGE_TEST_PIPEWIRE") != NULL) {
		return;
	}
	if (!proc_is_there("pipewire") ||
		glob("/usr/lib/*/pipewire-0.3/jack", 0, NULL, &found) != 0) {
		printf("1..0 # SKIP no PipeWire with a libjack here\n");
		exit(0);
	}
	setenv("LD_LIBRARY_PATH", found.gl_pathv[0], 1);
	setenv("STAGE_TEST_PIPEWIRE", "1", 1);
	globfree(&found);
	execv("/proc/self/exe", argv);
	printf("1..0 # SKIP unable to start again\n");
	exit(0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(survives, setup, teardown),
		cmocka_unit_test_setup_teardown(
			is_stalled_then_alive, setup, teardown),
	};

	(void)argc;
	use_pipewires_libjack(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
