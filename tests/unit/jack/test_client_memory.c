/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_alloc.h"
#include "fake_backend.h"
#include "jack/client.h"

static enum stage_status
live_and_die(void *user)
{
	static const struct stage_jack_client_ops ops;
	struct stage_jack_client_config config = {.name = "tester",
		.shm_dir = "/nonexistent",
		.backend = fake_backend()};
	struct stage_jack_client *client = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;
	uv_loop_t loop;
	(void)user;

	uv_loop_init(&loop);
	status = stage_jack_client_create(
		&loop, &config, &ops, NULL, &client, &err);
	assert_int_equal(err.status, status);
	stage_jack_client_destroy(client);
	uv_run(&loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&loop), 0);
	return status;
}

static void
short_of_memory(void **state)
{
	(void)state;

	fake_backend_reset();
	assert_true(failing_alloc_sweep(live_and_die, NULL) >= 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
