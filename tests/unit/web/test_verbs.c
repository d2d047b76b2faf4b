/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What the server is asked over its own socket, and files that it cannot do
// without.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/link.h"
#include "world.h"

#define CONF "web.port 0\nweb.name Stage.Example\n"

static struct world world;

static int
set_up(void **state)
{
	world_init(&world, CONF);
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	world_finish(&world);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

struct answer {
	bool is_there;
	enum stage_status status;
	char text[STAGE_ERR_TEXT_MAX];
	json_t *result; // owned
};

static void
on_answer(void *user, const struct stage_err *err, json_t *result)
{
	struct answer *answer = user;

	answer->is_there = true;
	answer->status = err->status;
	(void)!stage_format(
		answer->text, sizeof(answer->text), "%s", err->text);
	answer->result = json_incref(result);
}

static bool
is_there(void *user)
{
	return ((struct answer *)user)->is_there;
}

// Ownership: params becomes the callee's, the answer the caller's.
static struct answer
ask(struct world *self, const char *verb, json_t *params)
{
	struct answer answer = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(&self->rig, path, "web.sock");
	assert_int_equal(stage_rpc_ask(&self->loop, path, verb, params, 30000,
				 on_answer, &answer, NULL, &err),
		STAGE_OK);
	world_turn_until(self, is_there, &answer);
	return answer;
}

static void
devices_are_listed_and_taken_out(void **state)
{
	struct world *self = *state;
	char tokens[3][TOKEN_MAX];
	struct answer answer;
	json_t *list;

	for (int i = 0; i < 3; i++) {
		world_pair(self, STAGE_WEB_ADMIN, tokens[i]);
	}
	answer = ask(self, "devices", NULL);
	list = json_object_get(answer.result, "devices");
	assert_int_equal(json_array_size(list), 3);
	json_decref(answer.result);
	answer = ask(self, "revoke",
		json_pack("{s:s}", "id", self->web->devices.items[1].id));
	assert_int_equal(answer.status, STAGE_OK);
	json_decref(answer.result);
	assert_int_equal(world_code(self, "GET", "/api/me", tokens[1]), 401);
	assert_int_equal(world_code(self, "GET", "/api/me", tokens[2]), 200);
	answer = ask(self, "revoke", json_pack("{s:s}", "id", "nobody"));
	assert_int_equal(answer.status, STAGE_NOT_FOUND);
	answer = ask(self, "revoke", json_pack("{s:s}", "id", "all"));
	assert_int_equal(
		json_integer_value(json_object_get(answer.result, "revoked")),
		2);
	json_decref(answer.result);
	answer = ask(self, "revoke", json_pack("{s:s}", "id", "all"));
	assert_int_equal(answer.status, STAGE_OK);
	json_decref(answer.result);
	answer = ask(self, "state", NULL);
	assert_int_equal(
		json_integer_value(json_object_get(
			json_object_get(answer.result, "state"), "devices")),
		0);
	json_decref(answer.result);
}

static void
a_code_is_given(void **state)
{
	struct world *self = *state;
	struct answer answer;
	struct stage_strv interfaces = {0};

	answer = ask(self, "pair", json_pack("{s:s}", "role", "king"));
	assert_int_equal(answer.status, STAGE_BAD_INPUT);
	assert_non_null(strstr(answer.text, "is no role"));
	answer = ask(self, "pair", json_pack("{s:s}", "interface", "no0"));
	assert_int_equal(answer.status, STAGE_BAD_INPUT);
	assert_non_null(strstr(answer.text, "there is no interface no0"));
	assert_int_equal(stage_web_lan_interfaces(&interfaces), STAGE_OK);
	answer = ask(self, "pair",
		interfaces.count > 0
			? json_pack("{s:s}", "interface", interfaces.items[0])
			: NULL);
	assert_int_equal(answer.status, STAGE_OK);
	assert_int_equal(strlen(json_string_value(
				 json_object_get(answer.result, "code"))),
		STAGE_WEB_CODE_DIGITS);
	assert_string_equal(
		json_string_value(json_object_get(answer.result, "role")),
		"performer");
	json_decref(answer.result);
	stage_strv_finish(&interfaces);
	answer = ask(self, "state", NULL);
	assert_true(json_is_true(json_object_get(
		json_object_get(answer.result, "state"), "pairing")));
	json_decref(answer.result);
}

static void
names_are_those_that_were_said(void **state)
{
	struct world *self = *state;
	char host[96];
	struct asked asked = {.path = "/", .headers = host};

	(void)snprintf(host, sizeof(host), "Host: STAGE.example:%u\r\n",
		(unsigned)self->web->port);
	assert_int_equal(world_ask(self, &asked, NULL), 200);
	(void)snprintf(host, sizeof(host), "Host: stage:%u\r\n",
		(unsigned)self->web->port);
	assert_int_equal(world_ask(self, &asked, NULL), 421);
}

static void
interfaces_are_named_by_their_addresses(void **state)
{
	char name[STAGE_WEB_INTERFACE_MAX];
	struct stage_strv addresses = {0};
	(void)state;

	stage_web_lan_interface_of("127.0.0.1", name, sizeof(name));
	assert_string_equal(name, "-");
	stage_web_lan_interface_of("", name, sizeof(name));
	assert_string_equal(name, "-");
	assert_int_equal(stage_web_lan_addresses("lo", &addresses), STAGE_OK);
	assert_true(stage_strv_has(&addresses, "127.0.0.1"));
	stage_strv_finish(&addresses);
	assert_int_equal(
		stage_web_lan_addresses("nothing", &addresses), STAGE_OK);
	assert_int_equal(addresses.count, 0);
}

static void
expect_failure(struct world *self, const char *part)
{
	struct stage_web_daemon *web = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_not_equal(
		stage_web_daemon_create(&self->loop, &self->rig, &web, &err),
		STAGE_OK);
	for (int i = 0; i < 3; i++) {
		(void)uv_run(&self->loop, UV_RUN_NOWAIT);
	}
	if (strstr(err.text, part) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", part, err.text);
	}
}

// Whatever is missing, it is said in a sentence, and nothing is left behind.
static void
without_what_it_needs_it_does_not_start(void **state)
{
	static const struct {
		const char *conf;
		const char *part;
	} rows[] = {
		{"web.port none\n", "rig.conf:1:10: "},
		{"web.certificate a\n", "need each other"},
		{"web.certificate a\nweb.key b\n", "rig/a"},
		{"web.certificate rig.conf\nweb.key b\n", "rig/b"},
		{"web.certificate rig.conf\nweb.key rig.conf\n", "PEM"},
	};
	struct world *self = *state;
	char port[64];

	expect_failure(self, "served already");
	(void)snprintf(
		port, sizeof(port), "web.port %u\n", (unsigned)self->web->port);
	world_end_web(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		(void)scratch_write(
			&self->scratch, "rig/rig.conf", rows[i].conf);
		expect_failure(self, rows[i].part);
	}
	(void)scratch_write(&self->scratch, "rig/rig.conf", CONF);
	assert_int_equal(
		remove(scratch_path(&self->scratch, "web/index.html")), 0);
	expect_failure(self, "index.html");
	(void)scratch_write(&self->scratch, "web/index.html", "x");
	world_start_web(self);
	assert_int_equal(world_code(self, "GET", "/", NULL), 200);
}

static void
racks_come_and_keep_their_place(void **state)
{
	struct world *self = *state;
	char token[TOKEN_MAX];
	struct stage_rpc_server *rack;
	const struct stage_rpc_config config = {.name = "rack"};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	struct caller caller;

	world_pair(self, STAGE_WEB_VIEWER, token);
	caller_init(&caller, self);
	caller_ask(&caller,
		&(struct asked){.path = "/api/events", .token = token});
	caller_await(&caller, "event: hello");
	stage_rig_run_path(&self->rig, path, "rack-fx.sock");
	rack = stage_rpc_server_create(&self->loop, path, &config, &err);
	assert_non_null(rack);
	caller_await(&caller, "{\"area\":\"rack-fx\",\"epoch\"");
	world_expect(self,
		&(struct asked){.path = "/api/rack/fx/state", .token = token},
		200, "\"state\":{}");
	stage_rpc_server_destroy(rack);
	caller_await(&caller, "event: down\ndata: {\"area\":\"rack-fx\"}");
	world_expect(self,
		&(struct asked){.path = "/api/rack/fx/state", .token = token},
		503, "rack-fx does not run");
	caller_finish(&caller);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(devices_are_listed_and_taken_out),
		TEST(a_code_is_given),
		TEST(names_are_those_that_were_said),
		TEST(interfaces_are_named_by_their_addresses),
		TEST(without_what_it_needs_it_does_not_start),
		TEST(racks_come_and_keep_their_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
