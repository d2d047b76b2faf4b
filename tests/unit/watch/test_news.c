/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/news.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "rpc/client.h"
#include "world.h"

#define TIMEOUT_NS (WORLD_DEADLINE_MS * STAGE_NS_PER_MS)

struct told {
	struct world world;
	uv_loop_t loop;
	struct stage_rpc_server *server;
	struct stage_news *news;
	struct stage_rpc_client *client;
	enum stage_status subscribed; // how that went
};

static json_t *
make_state(void *ctx)
{
	(void)ctx;
	return json_object();
}

static const char *const topics[] = {"service", "removed", NULL};
static const struct stage_verb *const verbs[] = {NULL};

static int
setup(void **state)
{
	struct told *self = calloc(1, sizeof(*self));
	struct stage_rpc_config config = {.name = "test",
		.verbs = verbs,
		.state = make_state,
		.topics = topics};
	const char *path;

	assert_non_null(self);
	world_init(&self->world);
	world_service(&self->world, "x");
	world_service(&self->world, "y");
	path = world_path(&self->world, "run/rig.sock");
	assert_int_equal(uv_loop_init(&self->loop), 0);
	self->server =
		stage_rpc_server_create(&self->loop, path, &config, NULL);
	assert_non_null(self->server);
	assert_int_equal(stage_news_create(&self->news, &self->loop,
				 &self->world.rig, self->server, NULL),
		STAGE_OK);
	self->client = stage_rpc_client_create(path, TIMEOUT_NS, NULL);
	assert_non_null(self->client);
	*state = self;
	return 0;
}

static int
teardown(void **state)
{
	struct told *self = *state;

	stage_rpc_client_destroy(self->client);
	stage_news_destroy(self->news);
	stage_rpc_server_destroy(self->server);
	uv_run(&self->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&self->loop), 0);
	world_finish(&self->world);
	free(self);
	return 0;
}

// In a thread: it waits for the server's answer.
static void
run_subscribe(void *user)
{
	struct told *self = user;
	json_t *snapshot = NULL;

	self->subscribed = stage_rpc_client_subscribe(
		self->client, NULL, TIMEOUT_NS, &snapshot, NULL);
	json_decref(snapshot);
}

static void
subscribe(struct told *self)
{
	uv_thread_t thread;

	assert_int_equal(uv_thread_create(&thread, run_subscribe, self), 0);
	while (stage_rpc_server_subscribers(self->server) == 0 ||
		stage_rpc_server_queued_bytes(self->server) > 0) {
		uv_run(&self->loop, UV_RUN_ONCE);
	}
	assert_int_equal(uv_thread_join(&thread), 0);
	assert_int_equal(self->subscribed, STAGE_OK);
}

static void
turn(struct told *self)
{
	uv_run(&self->loop, UV_RUN_NOWAIT);
	uv_run(&self->loop, UV_RUN_NOWAIT);
}

static void
expect(struct told *self, const char *topic, const char *name)
{
	struct stage_rpc_event event;

	assert_int_equal(stage_rpc_client_next_event(
				 self->client, TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_string_equal(event.topic, topic);
	assert_string_equal(
		json_string_value(json_object_get(event.data, "name")), name);
	stage_rpc_event_finish(&event);
}

static void
expect_no_more(struct told *self)
{
	struct stage_rpc_event event;

	assert_int_equal(
		stage_rpc_client_next_event(self->client, 0, &event, NULL),
		STAGE_TIMEOUT);
}

static void
each_service_is_told_of_once_a_turn(void **state)
{
	struct told *self = *state;

	subscribe(self);
	stage_news_add(self->news, "x");
	stage_news_add(self->news, "gone");
	stage_news_add(self->news, "y");
	stage_news_add(self->news, "x");
	turn(self);
	expect(self, "service", "x");
	expect(self, "removed", "gone");
	expect(self, "service", "y");
	expect_no_more(self);
	stage_news_add(self->news, "x");
	turn(self);
	expect(self, "service", "x");
	expect_no_more(self);
}

static void
what_was_before_somebody_listened_is_not_told(void **state)
{
	struct told *self = *state;

	stage_news_add(self->news, "x");
	turn(self);
	subscribe(self);
	stage_news_add(self->news, "y");
	turn(self);
	expect(self, "service", "y");
	expect_no_more(self);
}

static void
without_a_list_of_services_none_is_there(void **state)
{
	struct told *self = *state;

	subscribe(self);
	assert_int_equal(rename(world_path(&self->world, "rig/services"),
				 world_path(&self->world, "rig/pulled")),
		0);
	stage_news_add(self->news, "x");
	turn(self);
	expect(self, "removed", "x");
	expect_no_more(self);
}

static void
it_may_go_with_something_to_tell(void **state)
{
	struct told *self = *state;

	subscribe(self);
	stage_news_add(self->news, "x");
	stage_news_destroy(self->news);
	self->news = NULL;
	turn(self);
	expect_no_more(self);
}

int
main(void)
{
#define TOLD(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TOLD(each_service_is_told_of_once_a_turn),
		TOLD(what_was_before_somebody_listened_is_not_told),
		TOLD(without_a_list_of_services_none_is_there),
		TOLD(it_may_go_with_something_to_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
