/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A watcher in a thread of ours, and a client of its socket. Its rig is not
// meant to be up when it begins, so that it starts no runsvdir.

#include "watch/watch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rpc/client.h"
#include "world.h"

#define TIMEOUT_NS (WORLD_DEADLINE_MS * STAGE_NS_PER_MS)

struct watched {
	struct world world;
	uv_loop_t loop;
	uv_thread_t thread;
	uv_async_t stop;
	struct stage_watch *watch;
	struct stage_rpc_client *client;
	char *path; // the variable, as it was
	/* A second watcher's. Made before the thread and closed after it: libuv
	 * closes descriptors behind the back of the thread sanitizer, which
	 * then takes the thread's next one of that number for this one. */
	uv_loop_t other_loop;
};

static void
on_stop(uv_async_t *stop)
{
	struct watched *self = stop->data;

	stage_watch_destroy(self->watch);
	uv_close((uv_handle_t *)stop, NULL);
}

static void
run_loop(void *user)
{
	struct watched *self = user;

	uv_run(&self->loop, UV_RUN_DEFAULT);
}

// "stagecraft" is a script of the world's for whoever looks for it.
static void
set_path(struct watched *self)
{
	char path[4096];

	self->path = strdup(getenv("PATH"));
	assert_non_null(self->path);
	snprintf(path, sizeof(path), "%s:%s", world_path(&self->world, "bin"),
		self->path);
	assert_int_equal(setenv("PATH", path, 1), 0);
}

static int
setup(void **state)
{
	struct watched *self = calloc(1, sizeof(*self));

	assert_non_null(self);
	world_init(&self->world);
	world_service(&self->world, "x");
	world_service(&self->world, "off.DISABLED");
	set_path(self);
	assert_int_equal(uv_loop_init(&self->loop), 0);
	assert_int_equal(stage_watch_create(&self->watch, &self->loop,
				 &self->world.rig, NULL),
		STAGE_OK);
	assert_int_equal(uv_loop_init(&self->other_loop), 0);
	assert_int_equal(uv_async_init(&self->loop, &self->stop, on_stop), 0);
	self->stop.data = self;
	assert_int_equal(uv_thread_create(&self->thread, run_loop, self), 0);
	self->client = stage_rpc_client_create(
		world_path(&self->world, "run/rig.sock"), TIMEOUT_NS, NULL);
	assert_non_null(self->client);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct watched *self = *state;

	stage_rpc_client_destroy(self->client);
	assert_int_equal(uv_async_send(&self->stop), 0);
	assert_int_equal(uv_thread_join(&self->thread), 0);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	assert_int_equal(uv_loop_close(&self->other_loop), 0);
	assert_int_equal(setenv("PATH", self->path, 1), 0);
	free(self->path);
	world_finish(&self->world);
	free(self);
	return 0;
}

static enum stage_status
ask(struct watched *self, const char *verb, json_t *params,
	struct stage_err *err)
{
	*err = (struct stage_err)STAGE_ERR_INIT;
	return stage_rpc_client_call(
		self->client, verb, params, TIMEOUT_NS, NULL, err);
}

static enum stage_status
call(struct watched *self, const char *verb, const char *service,
	struct stage_err *err)
{
	return ask(self, verb, json_pack("{s:s}", "name", service), err);
}

static void
subscribe(struct watched *self)
{
	json_t *snapshot;

	assert_int_equal(stage_rpc_client_subscribe(self->client, NULL,
				 TIMEOUT_NS, &snapshot, NULL),
		STAGE_OK);
	json_decref(snapshot);
}

// Waits for news of that kind about a service.
static void
await_news(struct watched *self, const char *topic, const char *service)
{
	bool is_it = false;

	while (!is_it) {
		struct stage_rpc_event event;
		assert_int_equal(stage_rpc_client_next_event(self->client,
					 TIMEOUT_NS, &event, NULL),
			STAGE_OK);
		assert_false(event.is_resync);
		is_it = strcmp(event.topic, topic) == 0 &&
			strcmp(json_string_value(
				       json_object_get(event.data, "name")),
				service) == 0;
		stage_rpc_event_finish(&event);
	}
}

static void
the_state_is_all_services(void **state)
{
	static const struct {
		const char *name, *phase;
	} expected[] = {{"x", "new"}, {"off", "disabled"},
		{STAGE_WATCH_SERVICE, "new"}};
	struct watched *self = *state;
	json_t *result;
	json_t *services;

	assert_int_equal(stage_rpc_client_call(self->client, "state", NULL,
				 TIMEOUT_NS, &result, NULL),
		STAGE_OK);
	services =
		json_object_get(json_object_get(result, "state"), "services");
	assert_int_equal(json_array_size(services), 3);
	for (size_t i = 0; i < STAGE_COUNT_OF(expected); i++) {
		json_t *service = json_array_get(services, i);
		assert_string_equal(
			json_string_value(json_object_get(service, "name")),
			expected[i].name);
		assert_string_equal(
			json_string_value(json_object_get(service, "state")),
			expected[i].phase);
	}
	json_decref(result);
}

static void
the_tree_follows_the_services(void **state)
{
	struct watched *self = *state;

	world_await(&self->world, "run/tree/x/run", true);
	subscribe(self);
	world_service(&self->world, "y");
	await_news(self, "service", "y");
	world_await(&self->world, "run/tree/y/run", true);
	assert_int_equal(rename(world_path(&self->world, "rig/services/y"),
				 world_path(&self->world, "rig/y")),
		0);
	await_news(self, "removed", "y");
	world_await(&self->world, "run/tree/y", false);
	assert_false(world_has(&self->world, "run/tree/off"));
}

static void
move(struct watched *self, const char *from, const char *to)
{
	char old[STAGE_PATH_MAX];

	snprintf(old, sizeof(old), "%s", world_path(&self->world, "%s", from));
	assert_int_equal(rename(old, world_path(&self->world, "%s", to)), 0);
}

static void
disabled_ones_come_and_go(void **state)
{
	struct watched *self = *state;

	world_await(&self->world, "run/tree/x/run", true);
	subscribe(self);
	move(self, "rig/services/off.DISABLED", "rig/off");
	await_news(self, "removed", "off");
	move(self, "rig/off", "rig/services/off.DISABLED");
	await_news(self, "service", "off");
	move(self, "rig/services/off.DISABLED", "rig/services/off");
	await_news(self, "service", "off");
	world_await(&self->world, "run/tree/off/run", true);
}

static void
a_change_of_status_is_news(void **state)
{
	struct watched *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};

	subscribe(self);
	world_supervise(&self->world, "x", &status);
	await_news(self, "service", "x");
}

static void
start_speaks_to_runsv(void **state)
{
	struct watched *self = *state;
	struct stage_runit_status status = {.state = STAGE_RUNIT_DOWN};
	struct stage_err err;
	char sent[16];

	assert_int_equal(call(self, "start", "x", &err), STAGE_GONE);
	world_is_up(&self->world);
	assert_int_equal(call(self, "start", "x", &err), STAGE_GONE);
	assert_non_null(strstr(err.text, "nothing supervises it"));
	world_supervise(&self->world, "x", &status);
	assert_int_equal(call(self, "start", "x", &err), STAGE_OK);
	world_read_control(&self->world, "x", sent, sizeof(sent));
	assert_string_equal(sent, "u");
}

static void
start_of_what_is_not_to_be_started(void **state)
{
	struct watched *self = *state;
	struct stage_err err;

	world_is_up(&self->world);
	assert_int_equal(call(self, "start", "off", &err), STAGE_NOT_FOUND);
	assert_string_equal(err.text,
		"service off is disabled; stagecraft enable off switches it "
		"on");
	assert_int_equal(call(self, "start", "none", &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "there is no service \"none\""));
}

static void
the_command_does_what_takes_long(void **state)
{
	static const char *const verbs[] = {
		"stop", "restart", "enable", "disable", "remove"};
	struct watched *self = *state;
	struct stage_err err;

	world_write(&self->world, "bin/stagecraft", 0755,
		"#!/bin/sh\necho \"$*\" >\"${0%/*}/words\"\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(verbs); i++) {
		char words[64];
		assert_int_equal(call(self, verbs[i], "x", &err), STAGE_OK);
		snprintf(words, sizeof(words), "%s -- x\n", verbs[i]);
		assert_true(world_holds(&self->world, "bin/words", words));
	}
	assert_int_equal(call(self, "stop", "-r", &err), STAGE_OK);
	assert_true(world_holds(&self->world, "bin/words", "stop -- -r\n"));
	assert_int_equal(
		ask(self, "enable",
			json_pack("{s:s, s:s}", "name", "x", "as", "-y z"),
			&err),
		STAGE_OK);
	assert_true(world_holds(
		&self->world, "bin/words", "enable --as=-y z -- x\n"));
	assert_int_equal(
		ask(self, "enable",
			json_pack("{s:s, s:s}", "name", "x", "as", "y/z"),
			&err),
		STAGE_BAD_INPUT);
	assert_int_equal(
		ask(self, "remove",
			json_pack("{s:s, s:b}", "name", "x", "undo", 1), &err),
		STAGE_OK);
	assert_true(
		world_holds(&self->world, "bin/words", "remove --undo -- x\n"));
}

static void
what_the_command_could_not_is_told(void **state)
{
	static const struct {
		const char *script;
		enum stage_status status;
		const char *sentence;
	} cases[] = {
		{"echo 'stagecraft: error: no' >&2; exit 100", STAGE_BAD_INPUT,
			"no"},
		{"echo 'stagecraft: error: late' >&2; exit 111", STAGE_BUSY,
			"late"},
		{"echo 'stagecraft: error: ' >&2; exit 101", STAGE_BUG,
			"the command failed and did not say why"},
		{"exit 1", STAGE_GONE,
			"the service did not come up; stagecraft status tells "
			"why"},
		{"kill -9 $$", STAGE_BUG,
			"the command failed and did not say why"},
	};
	struct watched *self = *state;
	struct stage_err err;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		char script[128];
		snprintf(script, sizeof(script), "#!/bin/sh\n%s\n",
			cases[i].script);
		world_write(&self->world, "bin/stagecraft", 0755, script);
		assert_int_equal(
			call(self, "restart", "x", &err), cases[i].status);
		assert_string_equal(err.text, cases[i].sentence);
	}
	assert_int_equal(call(self, "stop", "a/b", &err), STAGE_BAD_INPUT);
	world_write(&self->world, "bin/stagecraft", 0755, "#!/no/such\n");
	assert_int_equal(call(self, "stop", "x", &err), STAGE_NOT_FOUND);
	assert_non_null(strstr(err.text, "unable to run stagecraft stop"));
}

static void
there_is_one_watcher_for_a_rig(void **state)
{
	struct watched *self = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_watch *watch = NULL;

	assert_int_equal(stage_watch_create(&watch, &self->other_loop,
				 &self->world.rig, &err),
		STAGE_BUSY);
	assert_null(watch);
	uv_run(&self->other_loop, UV_RUN_DEFAULT);
}

int
main(void)
{
#define WATCHED(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		WATCHED(the_state_is_all_services),
		WATCHED(the_tree_follows_the_services),
		WATCHED(disabled_ones_come_and_go),
		WATCHED(a_change_of_status_is_news),
		WATCHED(start_speaks_to_runsv),
		WATCHED(start_of_what_is_not_to_be_started),
		WATCHED(the_command_does_what_takes_long),
		WATCHED(what_the_command_could_not_is_told),
		WATCHED(there_is_one_watcher_for_a_rig),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
