/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The client with PipeWire in place of JACK; to be run in a sandbox.

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pipewires.h"
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
	pipewire_set_dir(scratch.dir);
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
survives(void **state)
{
	(void)state;

	pipewire_start(&server);
	survivor_await(&owner, &owner.opened, 1);
	assert_true(owner.info.is_pipewire);
	for (unsigned i = 0; i < ROUNDS; i++) {
		proc_signal(&server, i % 2 == 0 ? SIGKILL : SIGTERM);
		survivor_await(&owner, &owner.lost, i + 1);
		assert_string_not_equal(owner.reason, "");
		proc_await_end(&server);
		pipewire_start(&server);
		survivor_await(&owner, &owner.opened, i + 2);
	}
	assert_int_equal(owner.opened, ROUNDS + 1);
}

static void
is_stalled_then_alive(void **state)
{
	(void)state;

	pipewire_start(&server);
	survivor_await(&owner, &owner.opened, 1);
	proc_signal(&server, SIGSTOP);
	survivor_await(&owner, &owner.stalled, 1);
	proc_signal(&server, SIGCONT);
	survivor_await(&owner, &owner.alive, 1);
	assert_int_equal(owner.lost, 0);
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
	pipewire_use_libjack(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
