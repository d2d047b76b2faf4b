/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "actor.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/sock.h"
#include "base/str.h"
#include "rpc/link.h"
#include "rpc/proto.h"
#include "rpc/sock.h"

#define LONG_MS 60000 // longer than a test lasts
#define SHORT_MS 20

struct answer {
	unsigned count; // of how often it came
	enum stage_status status;
	int n; // that the result has; -1: none
	char text[STAGE_ERR_TEXT_MAX];
	bool is_there;
	struct stage_rpc_link *ends; // that it destroys
};

struct world {
	struct actor actor;
	struct stage_rpc_link *link;
	bool is_up;
	unsigned ups, downs, told;
	char method[32];
	int destroys_at; // the event that destroys the link, a letter
};

static struct world world;

static void
destroy_at(struct world *self, int event)
{
	if (self->destroys_at == event) {
		stage_rpc_link_destroy(self->link);
		self->link = NULL;
	}
}

static void
on_up(void *user)
{
	struct world *self = user;

	self->is_up = true;
	self->ups++;
	destroy_at(self, 'u');
}

static void
on_told(void *user, const char *method, const json_t *params)
{
	struct world *self = user;

	(void)params;
	self->told++;
	(void)!stage_format(self->method, sizeof(self->method), "%s", method);
	destroy_at(self, 't');
}

static void
on_down(void *user)
{
	struct world *self = user;

	self->is_up = false;
	self->downs++;
	destroy_at(self, 'd');
}

static void
on_answer(void *user, const struct stage_err *err, json_t *result)
{
	struct answer *answer = user;

	assert_true((err->status == STAGE_OK) == (result != NULL));
	answer->count++;
	answer->is_there = true;
	answer->status = err->status;
	answer->n = result != NULL ? (int)json_integer_value(
					     json_object_get(result, "n"))
				   : -1;
	(void)!stage_format(
		answer->text, sizeof(answer->text), "%s", err->text);
	if (answer->ends != NULL) {
		stage_rpc_link_destroy(answer->ends);
		world.link = NULL;
	}
}

static const struct stage_rpc_link_events events = {
	.up = on_up, .told = on_told, .down = on_down};

static int
begin(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;

	memset(&world.link, 0, sizeof(world) - offsetof(struct world, link));
	actor_init(&world.actor);
	assert_int_equal(
		stage_rpc_link_create(&world.link, &world.actor.loop,
			"the demo", world.actor.path, &events, &world, &err),
		STAGE_OK);
	*state = &world;
	return 0;
}

static int
end(void **state)
{
	struct world *self = *state;

	stage_rpc_link_destroy(self->link);
	actor_finish(&self->actor);
	return 0;
}

// It is connected, and the other end accepted that.
static void
meet(struct world *self)
{
	actor_appear(&self->actor);
	actor_accept(&self->actor);
	actor_turn_until_set(&self->actor, &self->is_up);
}

static void
call(struct world *self, const char *verb, unsigned timeout_ms,
	struct answer *answer)
{
	stage_rpc_link_call(
		self->link, verb, NULL, timeout_ms, on_answer, answer);
}

static void
await_answer(struct world *self, struct answer *answer,
	enum stage_status status, const char *part)
{
	actor_turn_until_set(&self->actor, &answer->is_there);
	assert_int_equal(answer->count, 1);
	assert_int_equal(answer->status, status);
	if (strstr(answer->text, part) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", part, answer->text);
	}
}

static bool
is_down(void *user)
{
	return !((struct world *)user)->is_up;
}

static void
await_down(struct world *self)
{
	actor_turn_until(&self->actor, is_down, self);
}

// Proves that it goes on: asks, and is answered.
static void
check_works(struct world *self)
{
	struct answer answer = {0};
	int id;

	call(self, "fine", LONG_MS, &answer);
	id = actor_take(&self->actor, "fine");
	actor_answer(&self->actor, id);
	await_answer(self, &answer, STAGE_OK, "");
	assert_int_equal(answer.n, id);
}

static void
test_it_is_up_whenever_the_socket_is_there(void **state)
{
	struct world *self = *state;
	struct answer answer = {0};

	call(self, "x", LONG_MS, &answer);
	await_answer(self, &answer, STAGE_GONE, "the demo does not run");
	assert_false(stage_rpc_link_is_up(self->link));
	meet(self);
	assert_true(stage_rpc_link_is_up(self->link));
	check_works(self);
	// Killed, it leaves its socket; another one takes its place.
	actor_die(&self->actor);
	await_down(self);
	meet(self);
	check_works(self);
	// Replaced at once, before its end is seen.
	self->is_up = false;
	actor_appear(&self->actor);
	actor_accept(&self->actor);
	actor_turn_until_set(&self->actor, &self->is_up);
	check_works(self);
	assert_int_equal(self->ups, 3);
	assert_int_equal(self->downs, 2);
}

static void
test_many_are_asked_at_once_and_answered_in_any_order(void **state)
{
	struct world *self = *state;
	static struct answer answers[STAGE_RPC_LINK_CALLS_MAX];
	struct answer one_more = {0};
	int ids[STAGE_RPC_LINK_CALLS_MAX];

	memset(answers, 0, sizeof(answers));
	meet(self);
	for (size_t i = 0; i < STAGE_RPC_LINK_CALLS_MAX; i++) {
		call(self, "many", LONG_MS, &answers[i]);
	}
	call(self, "many", LONG_MS, &one_more);
	await_answer(self, &one_more, STAGE_FULL, "busy with 256 calls");
	for (size_t i = 0; i < STAGE_RPC_LINK_CALLS_MAX; i++) {
		ids[i] = actor_take(&self->actor, "many");
	}
	for (size_t i = STAGE_RPC_LINK_CALLS_MAX; i-- > 0;) {
		actor_answer(&self->actor, ids[i]);
		actor_answer(&self->actor, ids[i]); // twice counts once
	}
	for (size_t i = 0; i < STAGE_RPC_LINK_CALLS_MAX; i++) {
		await_answer(self, &answers[i], STAGE_OK, "");
		assert_int_equal(answers[i].n, ids[i]);
	}
	check_works(self);
}

static void
test_who_never_answers_is_given_up(void **state)
{
	struct world *self = *state;
	struct answer late = {0};
	struct answer patient = {0};
	int id;
	int other;

	meet(self);
	call(self, "patient", LONG_MS, &patient);
	call(self, "late", SHORT_MS, &late);
	other = actor_take(&self->actor, "patient");
	id = actor_take(&self->actor, "late");
	await_answer(self, &late, STAGE_TIMEOUT, "the demo has not answered");
	actor_answer(&self->actor, id); // nobody waits for it any more
	actor_answer(&self->actor, other);
	await_answer(self, &patient, STAGE_OK, "");
	assert_int_equal(late.count, 1);
	check_works(self);
	assert_int_equal(self->downs, 0);
}

static void
test_errors_are_those_of_the_daemon(void **state)
{
	struct world *self = *state;
	struct answer answer = {0};
	char line[160];

	meet(self);
	call(self, "x", LONG_MS, &answer);
	(void)snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"error\":{\"code\":-32004,"
		"\"message\":\"not now\",\"data\":{\"status\":\"busy\"}}}\n",
		actor_take(&self->actor, "x"));
	actor_say(&self->actor, line);
	await_answer(self, &answer, STAGE_BUSY, "not now");
	check_works(self);
}

static void
test_what_is_no_message_ends_the_connection(void **state)
{
	static const char *const rows[] = {
		"garbage\n",
		"\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{},\"error\":{}}\n",
		"[]\n",
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"\xff\"}\n",
		"HTTP/1.1 400 Bad Request\r\n",
	};
	struct world *self = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		struct answer answers[2] = {{0}};

		meet(self);
		call(self, "x", LONG_MS, &answers[0]);
		call(self, "y", LONG_MS, &answers[1]);
		(void)actor_take(&self->actor, "x");
		actor_say(&self->actor, rows[i]);
		await_answer(self, &answers[0], STAGE_BAD_INPUT,
			"the demo says what is no message");
		await_answer(self, &answers[1], STAGE_BAD_INPUT, "");
		assert_false(self->is_up);
	}
	meet(self);
	check_works(self);
}

static void
test_half_lines_are_put_together(void **state)
{
	struct world *self = *state;
	struct answer answer = {0};
	char line[96];

	meet(self);
	call(self, "x", LONG_MS, &answer);
	(void)snprintf(line, sizeof(line),
		"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":{\"n\":7}}\r\n",
		actor_take(&self->actor, "x"));
	for (const char *at = line; *at != '\0'; at++) {
		assert_int_equal(answer.count, 0);
		actor_say_bytes(&self->actor, at, 1);
		(void)uv_run(&self->actor.loop, UV_RUN_NOWAIT);
	}
	await_answer(self, &answer, STAGE_OK, "");
	assert_int_equal(answer.n, 7);
	// Several in one go.
	actor_say(&self->actor,
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{}}\n"
		"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":{}}\n"
		"{\"jsonrpc\":\"2.0\",\"id\":999,\"result\":1}\n");
	check_works(self);
	assert_int_equal(self->told, 2);
	assert_string_equal(self->method, "resync");
}

static void
test_one_that_dies_in_mid_answer_is_gone(void **state)
{
	struct world *self = *state;
	struct answer answers[2] = {{0}};

	meet(self);
	call(self, "x", LONG_MS, &answers[0]);
	call(self, "y", LONG_MS, &answers[1]);
	(void)actor_take(&self->actor, "x");
	actor_say(&self->actor, "{\"jsonrpc\":\"2.0\",\"id\":1,\"resu");
	actor_die(&self->actor);
	await_answer(self, &answers[0], STAGE_GONE, "the demo has just ended");
	await_answer(self, &answers[1], STAGE_GONE, "");
	assert_int_equal(self->downs, 1);
	// The half is not put before what the next one says.
	meet(self);
	check_works(self);
}

static void
test_a_line_without_end_is_not_kept(void **state)
{
	struct world *self = *state;
	struct answer answer = {0};
	size_t len = STAGE_RPC_ANSWER_MAX + 2;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, ' ', len);
	meet(self);
	call(self, "x", LONG_MS, &answer);
	actor_say_bytes(&self->actor, text, len);
	free(text);
	await_answer(self, &answer, STAGE_TOO_LONG, "in one line");
	meet(self);
	check_works(self);
}

static void
test_who_does_not_read_costs_no_memory_without_end(void **state)
{
	struct world *self = *state;
	static struct answer answers[64];
	char *text = malloc(STAGE_RPC_REQUEST_MAX / 2);
	size_t asked = 0;

	assert_non_null(text);
	memset(text, 'x', STAGE_RPC_REQUEST_MAX / 2);
	memset(answers, 0, sizeof(answers));
	meet(self);
	while (asked < STAGE_COUNT_OF(answers)) {
		stage_rpc_link_call(self->link, "big",
			json_pack("{s:s#}", "text", text,
				(int)STAGE_RPC_REQUEST_MAX / 2),
			LONG_MS, on_answer, &answers[asked]);
		if (answers[asked].is_there) {
			break;
		}
		asked++;
	}
	free(text);
	assert_in_range(asked, 2, 10);
	await_answer(self, &answers[asked], STAGE_FULL, "does not read");
	for (size_t i = 0; i < asked; i++) {
		actor_answer(&self->actor, actor_take(&self->actor, "big"));
		await_answer(self, &answers[i], STAGE_OK, "");
	}
	check_works(self);
}

static void
test_it_is_ended_in_any_callback(void **state)
{
	static const char *const words[] = {"u", "t", "d"};
	struct world *self = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		struct answer answers[3] = {{0}};
		unsigned downs = self->downs;

		self->destroys_at = words[i][0];
		actor_appear(&self->actor);
		actor_accept(&self->actor);
		actor_turn_until_set(&self->actor, &self->is_up);
		for (size_t k = 0; k < 3 && self->link != NULL; k++) {
			call(self, "x", LONG_MS, &answers[k]);
		}
		if (self->link != NULL) {
			actor_say(&self->actor,
				"{\"jsonrpc\":\"2.0\",\"method\":\"event\"}\n"
				"{\"jsonrpc\":\"2.0\",\"method\":\"event\"}\n"
				"garbage\n");
			for (size_t k = 0; k < 3; k++) {
				actor_turn_until_set(
					&self->actor, &answers[k].is_there);
			}
		}
		actor_await_end(&self->actor);
		assert_null(self->link);
		assert_int_equal(self->downs - downs, self->destroys_at == 'd');
		self->is_up = false;
		assert_int_equal(stage_rpc_link_create(&self->link,
					 &self->actor.loop, "the demo",
					 self->actor.path, &events, self, &err),
			STAGE_OK);
	}
	self->destroys_at = 0;
}

static void
test_it_is_ended_by_an_answer(void **state)
{
	struct world *self = *state;
	struct answer answers[5] = {{0}};

	meet(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(answers); i++) {
		call(self, "x", i == 4 ? SHORT_MS : LONG_MS, &answers[i]);
	}
	answers[2].ends = self->link;
	actor_answer(&self->actor, 3);
	actor_turn_until_set(&self->actor, &answers[2].is_there);
	for (size_t i = 0; i < STAGE_COUNT_OF(answers); i++) {
		assert_int_equal(answers[i].count, 1);
		assert_int_equal(
			answers[i].status, i == 2 ? STAGE_OK : STAGE_GONE);
	}
	assert_int_equal(self->downs, 0);
}

static void
test_it_is_ended_by_a_failure(void **state)
{
	struct world *self = *state;
	struct answer answers[5] = {{0}};

	meet(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(answers); i++) {
		call(self, "x", LONG_MS, &answers[i]);
	}
	answers[2].ends = self->link;
	actor_die(&self->actor);
	for (size_t i = 0; i < STAGE_COUNT_OF(answers); i++) {
		await_answer(self, &answers[i], STAGE_GONE, "");
	}
	assert_int_equal(self->downs, 0);
}

static void
test_it_is_ended_by_a_deadline(void **state)
{
	struct world *self = *state;
	struct answer answers[3] = {{0}};

	meet(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(answers); i++) {
		call(self, "x", i == 1 ? SHORT_MS : LONG_MS, &answers[i]);
	}
	answers[1].ends = self->link;
	await_answer(self, &answers[1], STAGE_TIMEOUT, "");
	await_answer(self, &answers[0], STAGE_GONE, "");
	await_answer(self, &answers[2], STAGE_GONE, "");
}

// A daemon that is full says so and hangs up; it is tried again, and less and
// less often.
static void
test_who_is_turned_away_tries_again_later(void **state)
{
	struct world *self = *state;
	int64_t second_ns = 0; // that it had been turned away twice

	actor_appear(&self->actor);
	for (unsigned i = 1; i <= 3; i++) {
		struct answer answer = {0};
		actor_accept(&self->actor);
		actor_turn_until_set(&self->actor, &self->is_up);
		call(self, "x", LONG_MS, &answer);
		actor_say(&self->actor,
			"{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":"
			"-32003,\"message\":\"too many clients\",\"data\":"
			"{\"status\":\"busy\"}}}\n");
		await_answer(self, &answer, STAGE_BUSY, "too many clients");
		assert_int_equal(self->ups, i);
		second_ns = i == 2 ? stage_clock_now_ns() : second_ns;
	}
	actor_accept(&self->actor);
	actor_turn_until_set(&self->actor, &self->is_up);
	// A hint may have come late and begun the waits anew: 100 and 200 ms,
	// by the loop's clock, which is a little behind.
	assert_true(stage_clock_now_ns() - second_ns > 250 * STAGE_NS_PER_MS);
	check_works(self);
}

// One question.

static void
ask(struct world *self, unsigned timeout_ms, struct answer *answer,
	struct stage_rpc_question **out)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_rpc_ask(&self->actor.loop, self->actor.path, "q",
				 json_pack("{s:i}", "a", 1), timeout_ms,
				 on_answer, answer, out, &err),
		STAGE_OK);
	assert_int_equal(answer->count, 0);
}

static int
begin_alone(void **state)
{
	int result = begin(state);

	stage_rpc_link_destroy(world.link);
	world.link = NULL;
	return result;
}

static void
test_a_question_has_one_answer(void **state)
{
	struct world *self = *state;
	struct answer answers[5] = {{0}};
	struct stage_rpc_question *dropped;

	ask(self, LONG_MS, &answers[0], NULL);
	await_answer(self, &answers[0], STAGE_NOT_FOUND, "it does not run");
	actor_appear(&self->actor);
	ask(self, LONG_MS, &answers[1], NULL);
	actor_accept(&self->actor);
	actor_answer(&self->actor, actor_take(&self->actor, "q"));
	await_answer(self, &answers[1], STAGE_OK, "");
	actor_await_end(&self->actor);
	ask(self, SHORT_MS, &answers[2], NULL);
	actor_accept(&self->actor);
	await_answer(self, &answers[2], STAGE_TIMEOUT, "it has not answered");
	actor_await_end(&self->actor);
	ask(self, LONG_MS, &answers[3], NULL);
	actor_accept(&self->actor);
	actor_say(&self->actor, "garbage\n");
	await_answer(self, &answers[3], STAGE_BAD_INPUT, "it says");
	ask(self, LONG_MS, &answers[4], &dropped);
	actor_accept(&self->actor);
	stage_rpc_question_drop(dropped);
	actor_await_end(&self->actor);
	assert_int_equal(answers[4].count, 0);
	stage_rpc_question_drop(NULL);
	stage_rpc_link_destroy(NULL);
}

static void
test_a_question_that_cannot_be_asked(void **state)
{
	struct world *self = *state;
	char path[256];
	struct stage_err err = STAGE_ERR_INIT;
	struct answer answer = {0};

	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(stage_rpc_ask(&self->actor.loop, path, "q", NULL,
				 LONG_MS, on_answer, &answer, NULL, &err),
		STAGE_TOO_LONG);
	assert_int_equal(stage_rpc_ask(&self->actor.loop, "", "q", NULL,
				 LONG_MS, on_answer, &answer, NULL, &err),
		STAGE_BAD_INPUT);
	assert_int_equal(answer.count, 0);
}

// A daemon that is stopped takes no connection once its backlog is full.
static void
test_a_question_to_one_that_hangs(void **state)
{
	struct world *self = *state;
	struct sockaddr_un address;
	int fds[16];
	size_t count = 0;
	struct answer answer = {0};

	actor_appear(&self->actor);
	assert_int_equal(
		stage_rpc_sock_address(&address, self->actor.path, NULL),
		STAGE_OK);
	while (count < STAGE_COUNT_OF(fds)) {
		fds[count] = stage_sock_open(AF_UNIX);
		if (connect(fds[count++], (struct sockaddr *)&address,
			    sizeof(address)) != 0) {
			break;
		}
	}
	assert_true(count < STAGE_COUNT_OF(fds));
	ask(self, LONG_MS, &answer, NULL);
	await_answer(self, &answer, STAGE_BUSY, "takes no connection");
	while (count > 0) {
		close(fds[--count]);
	}
}

#define LINK_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define ALONE(name) cmocka_unit_test_setup_teardown(name, begin_alone, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LINK_TEST(test_it_is_up_whenever_the_socket_is_there),
		LINK_TEST(
			test_many_are_asked_at_once_and_answered_in_any_order),
		LINK_TEST(test_who_never_answers_is_given_up),
		LINK_TEST(test_errors_are_those_of_the_daemon),
		LINK_TEST(test_what_is_no_message_ends_the_connection),
		LINK_TEST(test_half_lines_are_put_together),
		LINK_TEST(test_one_that_dies_in_mid_answer_is_gone),
		LINK_TEST(test_a_line_without_end_is_not_kept),
		LINK_TEST(test_who_does_not_read_costs_no_memory_without_end),
		LINK_TEST(test_it_is_ended_in_any_callback),
		LINK_TEST(test_it_is_ended_by_an_answer),
		LINK_TEST(test_it_is_ended_by_a_failure),
		LINK_TEST(test_it_is_ended_by_a_deadline),
		LINK_TEST(test_who_is_turned_away_tries_again_later),
		ALONE(test_a_question_has_one_answer),
		ALONE(test_a_question_that_cannot_be_asked),
		ALONE(test_a_question_to_one_that_hangs),
	};

	stage_log_init("test_link", STAGE_LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
