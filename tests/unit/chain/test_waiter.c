/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "chain/waiter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "chain/ready.h"
#include "failing_alloc.h"
#include "world.h"

struct waited {
	struct world world;
	uv_loop_t loop;
	struct stage_needs needs;
	unsigned calls;
};

static void
on_change(void *user)
{
	((struct waited *)user)->calls++;
}

static int
setup(void **state)
{
	struct waited *self = calloc(1, sizeof(*self));

	world_init(&self->world);
	setenv("FAKE_JACK", world_path(&self->world, "jack"), 1);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct waited *self = *state;

	stage_needs_finish(&self->needs);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	world_finish(&self->world);
	free(self);
	return 0;
}

static enum stage_status
wait_once(void *user)
{
	struct waited *self = user;
	struct stage_jack_eye_config jack = {.loop = &self->loop,
		.name = "test",
		.changed = on_change,
		.lost = on_change,
		.user = self};
	struct stage_waiter_config config = {.loop = &self->loop,
		.rig = &self->world.rig,
		.needs = &self->needs,
		.changed = on_change,
		.user = self};
	struct stage_waiter *waiter = NULL;
	enum stage_status status =
		stage_jack_eye_create(&config.jack, &jack, NULL);

	if (status == STAGE_OK) {
		status = stage_waiter_create(&waiter, &config, NULL);
	}
	if (status == STAGE_OK) {
		char text[100];
		char cut[8];
		assert_false(stage_waiter_is_met(waiter));
		stage_waiter_missing(waiter, text, sizeof(text));
		assert_string_equal(text,
			"jack, port:a:b, net:none0, service:other, "
			"file:/nowhere/x");
		stage_waiter_missing(waiter, cut, sizeof(cut));
		assert_string_equal(cut, "jack, p");
	}
	stage_waiter_destroy(waiter);
	stage_jack_eye_destroy(config.jack);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	return status;
}

static void
all_that_is_missing(void **state)
{
	static const char *const needs[] = {"jack", "port:a:b", "net:none0",
		"service:other", "net:lo", "file:/", "file:/nowhere/x"};
	struct waited *self = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(needs); i++) {
		assert_int_equal(stage_needs_add(&self->needs, needs[i], NULL),
			STAGE_OK);
	}
	assert_true(failing_alloc_sweep(wait_once, self) > 10);
	stage_waiter_destroy(NULL);
}

static void
a_service_outside_a_rig(void **state)
{
	struct waited *self = *state;
	struct stage_waiter_config config = {.loop = &self->loop,
		.needs = &self->needs,
		.changed = on_change,
		.user = self};
	struct stage_waiter *waiter = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_needs_add(&self->needs, "file:/x", NULL), STAGE_OK);
	assert_int_equal(
		stage_needs_add(&self->needs, "service:a", NULL), STAGE_OK);
	assert_int_equal(
		stage_waiter_create(&waiter, &config, &err), STAGE_BAD_INPUT);
	assert_non_null(strstr(err.text, "there is no rig here"));
	assert_null(waiter);
}

static void
the_sequencer(void **state)
{
	struct waited *self = *state;
	struct stage_waiter_config config = {.loop = &self->loop,
		.needs = &self->needs,
		.changed = on_change,
		.user = self};
	struct stage_waiter *waiter = NULL;
	char text[32];

	assert_int_equal(stage_needs_add(&self->needs, "alsa", NULL), STAGE_OK);
	assert_int_equal(stage_waiter_create(&waiter, &config, NULL), STAGE_OK);
	stage_waiter_missing(waiter, text, sizeof(text));
	assert_string_equal(text, stage_waiter_is_met(waiter) ? "" : "alsa");
	stage_waiter_destroy(waiter);
}

struct sign {
	struct waited *waited;
	const struct stage_ready_ops *ops;
};

static enum stage_status
ready_once(void *user)
{
	const struct sign *sign = user;
	char path[STAGE_PATH_MAX];
	struct stage_ready_config config = {.loop = &sign->waited->loop,
		.argument = "/nowhere/x",
		.socket_path = path,
		.seen = on_change,
		.user = sign->waited};
	void *self = NULL;
	enum stage_status status;

	snprintf(path, sizeof(path), "%s",
		world_path(&sign->waited->world, "run/notify"));
	status = sign->ops->create(&self, &config, NULL);
	sign->ops->destroy(self);
	uv_run(&sign->waited->loop, UV_RUN_DEFAULT);
	return status;
}

static void
each_sign_may_run_out_of_memory(void **state)
{
	static const struct stage_ready_ops *const all[] = {
		&stage_ready_notify, &stage_ready_check, &stage_ready_file};
	struct waited *self = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(all); i++) {
		struct sign sign = {self, all[i]};
		assert_true(failing_alloc_sweep(ready_once, &sign) > 0);
		assert_int_equal(self->calls, 0);
		assert_false(world_has(&self->world, "run/notify"));
	}
}

static void
a_path_too_long_for_a_socket(void **state)
{
	struct waited *self = *state;
	char path[300];
	struct stage_ready_config config = {.loop = &self->loop,
		.socket_path = path,
		.seen = on_change,
		.user = self};
	struct stage_err err = STAGE_ERR_INIT;
	void *ready = NULL;

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_ready_notify.create(&ready, &config, &err),
		STAGE_TOO_LONG);
	assert_non_null(strstr(err.text, "too long for a socket"));
	snprintf(path, sizeof(path), "/nowhere/at/all");
	assert_int_equal(stage_ready_notify.create(&ready, &config, &err),
		STAGE_NOT_FOUND);
}

int
main(void)
{
#define WAITED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		WAITED(all_that_is_missing),
		WAITED(a_service_outside_a_rig),
		WAITED(the_sequencer),
		WAITED(each_sign_may_run_out_of_memory),
		WAITED(a_path_too_long_for_a_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
