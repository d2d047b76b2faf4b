/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // setgroups

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "demo.h"
#include "rpc/proto.h"

#define CALL "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"

static struct demo demo;

static int
setup(void **state)
{
	demo_init(&demo);
	*state = &demo;
	return 0;
}

static int
setup_started(void **state)
{
	(void)setup(state);
	demo_start(&demo);
	return 0;
}

static int
teardown(void **state)
{
	demo_finish(*state);
	return 0;
}

static int64_t
error_code(json_t *answer)
{
	return json_integer_value(
		json_object_get(json_object_get(answer, "error"), "code"));
}

static const char *
error_text(json_t *answer)
{
	return json_string_value(
		json_object_get(json_object_get(answer, "error"), "message"));
}

// What one line is answered; NULL: nothing at all, shown by the ping behind.
static const struct {
	const char *line;
	int64_t code; // 0: a result
	const char *says;
} rows[] = {
	{CALL "\"ping\"}", 0, NULL},
	{CALL "\"echo\",\"params\":[\"a\"]}\r", 0, NULL},
	{"  " CALL "\"nothing\"}  ", 0, NULL},
	{"garbage", -32700, "not JSON"},
	{"[]", -32600, "batches are not supported"},
	{"[" CALL "\"ping\"}]", -32600, "one request a line"},
	{"{}", -32600, "\"2.0\""},
	{"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":5}", -32600,
		"not a request"},
	{CALL "\"pingg\"}", -32601,
		"demo has no verb \"pingg\", did you mean \"ping\"?"},
	{CALL "\"laterr\"}", -32601, "did you mean \"later\"?"},
	{CALL "\"xyzzyxyzzy\"}", -32601, "\"verbs\" lists them"},
	{CALL "\"\"}", -32601, "demo has no verb \"\""},
	{CALL "\"rpc.discover\"}", -32601, "has no verb"},
	{CALL "\"fail\"}", -32602, "fail needs the argument \"status\""},
	{CALL "\"ping\",\"params\":[1]}", -32602, "ping takes no arguments"},
	{CALL "\"fail\",\"params\":[\"not_found\",\"no such song\"]}", -32002,
		"no such song"},
	{CALL "\"fail\",\"params\":[\"busy\"]}", -32004, "it is in use"},
	{CALL "\"fail\",\"params\":[\"bug\",\"oops\"]}", -32603, "oops"},
	{CALL "\"fail\",\"params\":[\"bad_input\",\"oops\"]}", -32602, "oops"},
	{CALL "\"defer\",\"params\":[\"fail\"]}", -32004, "changed my mind"},
	{CALL "\"defer\",\"params\":[\"again\"]}", -32603, "only once"},
	{CALL "\"defer\",\"params\":[\"ok\"]}", 0, NULL},
	{CALL "\"defer\",\"params\":[\"both\"]}", 0, NULL},
	{CALL "\"subscribe\",\"params\":[\"a\"]}", -32602, "array of texts"},
	{CALL "\"big\",\"params\":[2500000]}", -32009,
		"longer than this server may send"},
};

static void
test_rows(void **state)
{
	int fd = demo_socket(*state);

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		json_t *answer;
		raw_send(fd, rows[i].line);
		raw_send(fd, "\n");
		answer = raw_read(fd);
		assert_non_null(answer);
		assert_string_equal(
			json_string_value(json_object_get(answer, "jsonrpc")),
			"2.0");
		assert_non_null(json_object_get(answer, "id"));
		if (rows[i].code == 0) {
			assert_non_null(json_object_get(answer, "result"));
			assert_null(json_object_get(answer, "error"));
		} else if (error_code(answer) != rows[i].code ||
			   strstr(error_text(answer), rows[i].says) == NULL) {
			fail_msg("%s: %d %s", rows[i].line,
				(int)error_code(answer), error_text(answer));
		}
		json_decref(answer);
	}
	close(fd);
}

static json_t *
read_result(int fd)
{
	json_t *answer = raw_read(fd);
	json_t *result = json_incref(json_object_get(answer, "result"));

	json_decref(answer);
	return result;
}

// Not one byte comes back for these; the ping behind them is answered first.
static void
test_silent_lines(void **state)
{
	static const char *const lines[] = {
		"",
		"   ",
		"\r",
		"{\"jsonrpc\":\"2.0\",\"method\":\"ping\"}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"no such verb\"}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"fail\"}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"fail\",\"params\":[\"io\"]}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"defer\",\"params\":[\"ok\"]"
		"}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"defer\","
		"\"params\":[\"fail\"]}",
		"{\"jsonrpc\":\"2.0\",\"method\":\"later\"}",
	};
	int fd = demo_socket(*state);
	json_t *answer;

	for (size_t i = 0; i < STAGE_COUNT_OF(lines); i++) {
		raw_send(fd, lines[i]);
		raw_send(fd, "\n");
	}
	raw_send(fd, "{\"jsonrpc\":\"2.0\",\"id\":\"end\",\"method\":"
		     "\"complete\"}\n");
	answer = raw_read(fd);
	assert_string_equal(
		json_string_value(json_object_get(answer, "id")), "end");
	json_decref(answer);
	close(fd);
}

static void
test_ids_come_back(void **state)
{
	static const char *const ids[] = {
		"1", "-7", "\"x\"", "\"\"", "null", "9007199254740993"};
	int fd = demo_socket(*state);

	for (size_t i = 0; i < STAGE_COUNT_OF(ids); i++) {
		json_t *id = json_loads(ids[i], JSON_DECODE_ANY, NULL);
		json_t *answer;
		char line[256];
		snprintf(line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"ping\"}\n",
			ids[i]);
		raw_send(fd, line);
		answer = raw_read(fd);
		assert_true(json_equal(json_object_get(answer, "id"), id));
		json_decref(answer);
		json_decref(id);
	}
	close(fd);
}

static void
test_builtin_verbs(void **state)
{
	struct stage_rpc_client *client = demo_client(*state);
	json_t *ping = demo_call(client, "ping", NULL);
	json_t *whole = demo_call(client, "state", NULL);
	json_t *verbs = demo_call(client, "verbs", NULL);
	json_t *list = json_object_get(verbs, "verbs");
	json_t *row;
	size_t i, found = 0;

	assert_string_equal(
		json_string_value(json_object_get(ping, "name")), "demo");
	assert_int_equal(
		json_integer_value(json_object_get(ping, "pid")), getpid());
	assert_true(json_equal(json_object_get(ping, "epoch"),
		json_object_get(whole, "epoch")));
	assert_int_equal(
		json_string_length(json_object_get(ping, "epoch")), 16);
	assert_int_equal(json_integer_value(json_object_get(whole, "seq")), 0);
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(whole, "state"), "demo")),
		"on");
	assert_int_equal(json_array_size(list), 18);
	json_array_foreach (list, i, row) {
		const char *name =
			json_string_value(json_object_get(row, "name"));
		found += strcmp(name, "subscribe") == 0 ? 1 : 0;
		found += strcmp(name, "echo") == 0 ? 1 : 0;
		assert_non_null(json_object_get(row, "help"));
		assert_int_not_equal(stage_deed_from_word(json_string_value(
					     json_object_get(row, "deed"))),
			STAGE_DEED_UNSAID);
		assert_true(json_is_array(json_object_get(row, "args")));
	}
	assert_int_equal(found, 2);
	assert_true(json_is_null(json_object_get(verbs, "topics")));
	assert_int_equal(demo_stat(client, "uid"), geteuid());
	assert_int_equal(demo_stat(client, "pid"), getpid());
	json_decref(ping);
	json_decref(whole);
	json_decref(verbs);
	stage_rpc_client_destroy(client);
}

static void
test_state_out_of_memory(void **state)
{
	struct stage_rpc_client *client = demo_client(*state);
	struct stage_err err = STAGE_ERR_INIT;

	demo_do(client, "lose_memory", NULL);
	assert_int_equal(stage_rpc_client_call(client, "state", NULL,
				 DEMO_TIMEOUT_NS, NULL, &err),
		STAGE_NO_MEMORY);
	assert_string_equal(err.text,
		"unable to describe the state of demo: out of memory");
	assert_int_equal(stage_rpc_client_subscribe(
				 client, NULL, DEMO_TIMEOUT_NS, NULL, &err),
		STAGE_NO_MEMORY);
	assert_int_equal(demo_stat(client, "subscribers"), 0);
	stage_rpc_client_destroy(client);
}

static void
test_no_verbs_no_state(void **state)
{
	struct stage_rpc_client *client;
	json_t *whole;

	demo.config.verbs = NULL;
	demo.config.state = NULL;
	demo_start(*state);
	client = demo_client(*state);
	whole = demo_call(client, "state", NULL);
	assert_int_equal(json_object_size(json_object_get(whole, "state")), 0);
	json_decref(whole);
	stage_rpc_client_destroy(client);
}

static void
test_known_topics(void **state)
{
	static const char *const topics[] = {"song", "meter", NULL};
	static const char *const wrong[] = {"song", "songs", NULL};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client;
	json_t *verbs;

	demo.config.topics = topics;
	demo_start(*state);
	client = demo_client(*state);
	assert_int_equal(stage_rpc_client_subscribe(
				 client, wrong, DEMO_TIMEOUT_NS, NULL, &err),
		STAGE_BAD_INPUT);
	assert_string_equal(err.text,
		"demo has no topic \"songs\", its topics are: song, meter");
	assert_int_equal(demo_stat(client, "subscribers"), 0);
	assert_int_equal(stage_rpc_client_subscribe(
				 client, topics, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	assert_int_equal(demo_stat(client, "subscribers"), 1);
	verbs = demo_call(client, "verbs", NULL);
	assert_int_equal(json_array_size(json_object_get(verbs, "topics")), 2);
	json_decref(verbs);
	stage_rpc_client_destroy(client);
}

static void
test_too_many_topics(void **state)
{
	struct stage_rpc_client *client = demo_client(*state);
	struct stage_err err = STAGE_ERR_INIT;
	const char *topics[66];

	for (size_t i = 0; i < 65; i++) {
		topics[i] = "t";
	}
	topics[65] = NULL;
	assert_int_equal(stage_rpc_client_subscribe(
				 client, topics, DEMO_TIMEOUT_NS, NULL, &err),
		STAGE_TOO_LONG);
	topics[64] = NULL;
	assert_int_equal(stage_rpc_client_subscribe(
				 client, topics, DEMO_TIMEOUT_NS, NULL, &err),
		STAGE_OK);
	stage_rpc_client_destroy(client);
}

static void
publish(struct stage_rpc_client *client, const char *topic, int count,
	int bytes)
{
	demo_do(client, "publish",
		json_pack("{s:s, s:i, s:i}", "topic", topic, "count", count,
			"bytes", bytes));
}

static void
test_events(void **state)
{
	static const char *const only_b[] = {"b", NULL};
	struct stage_rpc_client *all = demo_client(*state);
	struct stage_rpc_client *some = demo_client(*state);
	struct stage_rpc_client *none = demo_client(*state);
	struct stage_rpc_event event;
	json_t *snapshot = NULL;

	publish(none, "a", 3, 1);
	assert_int_equal(stage_rpc_client_subscribe(
				 all, NULL, DEMO_TIMEOUT_NS, &snapshot, NULL),
		STAGE_OK);
	assert_int_equal(
		json_integer_value(json_object_get(snapshot, "seq")), 3);
	assert_int_equal(stage_rpc_client_subscribe(
				 some, only_b, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	assert_int_equal(demo_stat(none, "subscribers"), 2);
	publish(none, "a", 1, 1);
	publish(none, "b", 1, 5);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(stage_rpc_client_next_event(
					 all, DEMO_TIMEOUT_NS, &event, NULL),
			STAGE_OK);
		assert_false(event.is_resync);
		assert_string_equal(event.topic, i == 0 ? "a" : "b");
		assert_int_equal(event.seq, 4 + i);
		assert_string_equal(event.epoch,
			json_string_value(json_object_get(snapshot, "epoch")));
		stage_rpc_event_finish(&event);
	}
	assert_int_equal(stage_rpc_client_next_event(
				 some, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_string_equal(event.topic, "b");
	assert_int_equal(event.seq, 5);
	assert_string_equal(json_string_value(event.data), "xxxxx");
	stage_rpc_event_finish(&event);
	demo_do(all, "unsubscribe", NULL);
	publish(none, "a", 1, 1);
	demo_do(all, "ping", NULL);
	assert_int_equal(stage_rpc_client_next_event(all, 0, &event, NULL),
		STAGE_TIMEOUT);
	json_decref(snapshot);
	stage_rpc_client_destroy(all);
	stage_rpc_client_destroy(some);
	stage_rpc_client_destroy(none);
}

static void
test_event_without_memory(void **state)
{
	struct stage_rpc_client *client = demo_client(*state);
	struct stage_rpc_event event;

	assert_int_equal(stage_rpc_client_subscribe(
				 client, NULL, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	demo_do(client, "publish_nothing", NULL);
	assert_int_equal(stage_rpc_client_next_event(
				 client, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_true(event.is_resync);
	assert_int_equal(event.seq, 1);
	assert_int_equal(event.dropped, 1);
	stage_rpc_event_finish(&event);
	publish(client, "a", 1, 1);
	assert_int_equal(stage_rpc_client_next_event(
				 client, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_false(event.is_resync);
	assert_int_equal(event.seq, 2);
	stage_rpc_event_finish(&event);
	stage_rpc_client_destroy(client);
}

static void
test_epoch_differs(void **state)
{
	struct stage_rpc_client *client = demo_client(*state);
	json_t *first = demo_call(client, "ping", NULL);
	json_t *second;

	stage_rpc_client_destroy(client);
	demo_finish(*state);
	(void)setup_started(state);
	client = demo_client(*state);
	second = demo_call(client, "ping", NULL);
	assert_false(json_equal(json_object_get(first, "epoch"),
		json_object_get(second, "epoch")));
	json_decref(first);
	json_decref(second);
	stage_rpc_client_destroy(client);
}

// A reader that never reads, and 100000 events. Memory stays within the limit,
// others are served, and at last one resync tells exactly what was lost.
static void
test_slow_subscriber(void **state)
{
	enum {
		BATCHES = 100,
		BATCH = 1000,
		BYTES = 100
	};
	struct stage_rpc_client *slow = demo_client(*state);
	struct stage_rpc_client *quick = demo_client(*state);
	struct stage_rpc_client *other = demo_client(*state);
	struct stage_rpc_event event;
	int64_t received = 0;
	int64_t lost;
	int64_t most = 0;

	assert_int_equal(stage_rpc_client_subscribe(
				 slow, NULL, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	assert_int_equal(stage_rpc_client_subscribe(
				 quick, NULL, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	for (int i = 0; i < BATCHES; i++) {
		int64_t queued;
		publish(other, "a", BATCH, BYTES);
		for (int k = 0; k < BATCH; k++) {
			assert_int_equal(stage_rpc_client_next_event(quick,
						 DEMO_TIMEOUT_NS, &event, NULL),
				STAGE_OK);
			assert_false(event.is_resync);
			assert_int_equal(event.seq, i * BATCH + k + 1);
			stage_rpc_event_finish(&event);
		}
		queued = demo_stat(other, "queued");
		most = queued > most ? queued : most;
	}
	assert_true(most <= STAGE_RPC_OUTPUT_BYTES);
	assert_true(most > STAGE_RPC_OUTPUT_BYTES / 2);
	do {
		assert_int_equal(stage_rpc_client_next_event(
					 slow, DEMO_TIMEOUT_NS, &event, NULL),
			STAGE_OK);
		received += event.is_resync ? 0 : 1;
		assert_int_equal(event.seq,
			event.is_resync ? BATCHES * BATCH : received);
		lost = event.dropped;
		stage_rpc_event_finish(&event);
	} while (lost == 0);
	assert_int_equal(received + lost, BATCHES * BATCH);
	assert_true(received > 100);
	publish(other, "a", 1, 1);
	assert_int_equal(stage_rpc_client_next_event(
				 slow, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_false(event.is_resync);
	assert_int_equal(event.seq, BATCHES * BATCH + 1);
	stage_rpc_event_finish(&event);
	stage_rpc_client_destroy(slow);
	demo_await(other, "subscribers", 1);
	stage_rpc_client_destroy(quick);
	stage_rpc_client_destroy(other);
}

// An event over the limit is one resync, at once.
static void
test_event_too_big(void **state)
{
	struct stage_rpc_client *client;
	struct stage_rpc_event event;

	demo.config.output_max_bytes = 10000;
	demo_start(*state);
	client = demo_client(*state);
	assert_int_equal(stage_rpc_client_subscribe(
				 client, NULL, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	publish(client, "a", 1, 20000);
	assert_int_equal(stage_rpc_client_next_event(
				 client, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_true(event.is_resync);
	assert_int_equal(event.dropped, 1);
	stage_rpc_event_finish(&event);
	stage_rpc_client_destroy(client);
}

// Subscribing again ends lagging: the snapshot says it all.
static void
test_subscribe_again_while_behind(void **state)
{
	struct stage_rpc_client *slow = demo_client(*state);
	struct stage_rpc_client *other = demo_client(*state);
	struct stage_rpc_event event;
	json_t *snapshot = NULL;

	assert_int_equal(stage_rpc_client_subscribe(
				 slow, NULL, DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_OK);
	publish(other, "a", 50000, 100);
	assert_int_equal(stage_rpc_client_subscribe(
				 slow, NULL, DEMO_TIMEOUT_NS, &snapshot, NULL),
		STAGE_OK);
	assert_int_equal(
		json_integer_value(json_object_get(snapshot, "seq")), 50000);
	publish(other, "a", 1, 1);
	assert_int_equal(stage_rpc_client_next_event(
				 slow, DEMO_TIMEOUT_NS, &event, NULL),
		STAGE_OK);
	assert_int_equal(event.seq, 50001);
	assert_false(event.is_resync);
	stage_rpc_event_finish(&event);
	json_decref(snapshot);
	stage_rpc_client_destroy(slow);
	stage_rpc_client_destroy(other);
}

// Asks and asks and never reads: looked at no more, at bounded cost.
static void
test_slow_caller_is_paused(void **state)
{
	enum {
		COUNT = 200
	};
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	int answers = 0;

	for (int i = 0; i < COUNT; i++) {
		raw_send(fd, CALL "\"big\",\"params\":[100000]}\n");
	}
	for (int i = 0; i < 50; i++) {
		assert_true(demo_stat(other, "queued") <=
			    STAGE_RPC_OUTPUT_BYTES * 3 / 4);
	}
	assert_int_equal(demo_stat(other, "connections"), 2);
	shutdown(fd, SHUT_WR);
	for (;;) {
		json_t *answer = raw_read(fd);
		if (answer == NULL) {
			break;
		}
		answers++;
		json_decref(answer);
	}
	assert_int_equal(answers, COUNT);
	close(fd);
	demo_await(other, "connections", 1);
	assert_int_equal(demo_stat(other, "queued"), 0);
	stage_rpc_client_destroy(other);
}

// Deferred answers cannot be held back: too many of them end the connection.
static void
test_slow_caller_is_closed(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);

	for (int i = 0; i < 100; i++) {
		raw_send(fd, CALL "\"later\"}\n");
	}
	demo_await(other, "waiting", 100);
	demo_do(other, "complete", json_pack("{s:s}", "how", "big"));
	demo_await(other, "connections", 1);
	raw_drain(fd);
	close(fd);
	assert_int_equal(demo_stat(other, "queued"), 0);
	stage_rpc_client_destroy(other);
}

static void
test_pending_limit(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	json_t *answer;

	for (int i = 0; i < STAGE_RPC_PENDING_MAX + 1; i++) {
		raw_send(fd, CALL "\"later\"}\n");
	}
	answer = raw_read(fd);
	assert_int_equal(error_code(answer), -32004);
	assert_non_null(strstr(error_text(answer), "not answered yet"));
	json_decref(answer);
	demo_do(other, "complete", json_pack("{s:s}", "how", "null"));
	for (int i = 0; i < STAGE_RPC_PENDING_MAX; i++) {
		answer = raw_read(fd);
		assert_true(json_is_null(json_object_get(answer, "result")));
		json_decref(answer);
	}
	close(fd);
	stage_rpc_client_destroy(other);
}

static void
test_deferred_failure(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	json_t *answer;
	json_t *wanted;

	raw_send(fd, CALL "\"later\"}\n");
	demo_await(other, "waiting", 1);
	wanted =
		demo_call(other, "complete", json_pack("{s:s}", "how", "fail"));
	assert_int_equal(json_integer_value(wanted), 1);
	json_decref(wanted);
	answer = raw_read(fd);
	assert_int_equal(error_code(answer), -32010);
	assert_string_equal(error_text(answer), "it never came");
	json_decref(answer);
	close(fd);
	stage_rpc_client_destroy(other);
}

// The client goes, the handle stays: told once, completed for nobody.
static void
test_deferred_after_client_gone(void **state)
{
	static const char *const ways[] = {"ok", "fail", "null"};
	struct stage_rpc_client *other = demo_client(*state);

	for (size_t i = 0; i < STAGE_COUNT_OF(ways); i++) {
		int fd = demo_socket(*state);
		json_t *wanted;
		raw_send(fd, CALL "\"later\"}\n" CALL "\"later\"}\n");
		demo_await(other, "waiting", 2);
		close(fd);
		demo_await(other, "gone", 2 * (int64_t)i + 2);
		demo_await(other, "connections", 1);
		wanted = demo_call(
			other, "complete", json_pack("{s:s}", "how", ways[i]));
		assert_int_equal(json_integer_value(wanted), 0);
		json_decref(wanted);
	}
	stage_rpc_client_destroy(other);
}

// Half closed, as by "... | nc -N": all answers come, then the end.
static void
test_half_closed(void **state)
{
	static const char *const ways[] = {"ok", "fail"};
	struct stage_rpc_client *other = demo_client(*state);

	for (size_t i = 0; i < STAGE_COUNT_OF(ways); i++) {
		int fd = demo_socket(*state);
		raw_send(fd, CALL "\"ping\"}\n" CALL "\"later\"}\n"
				  "{\"jsonrpc\":\"2.0\",\"method\":\"later\"}\n"
				  "half a li");
		shutdown(fd, SHUT_WR);
		json_decref(read_result(fd));
		demo_await(other, "waiting", 2);
		assert_int_equal(demo_stat(other, "connections"), 2);
		demo_do(other, "complete", json_pack("{s:s}", "how", ways[i]));
		json_decref(raw_read(fd));
		assert_null(raw_read(fd));
		close(fd);
	}
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

// Only notifications wait: nothing is to be said, and the end comes all the
// same.
static void
test_half_closed_without_answers(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);

	raw_send(fd, "{\"jsonrpc\":\"2.0\",\"method\":\"later\"}\n");
	shutdown(fd, SHUT_WR);
	demo_await(other, "waiting", 1);
	demo_do(other, "complete", NULL);
	assert_null(raw_read(fd));
	close(fd);
	stage_rpc_client_destroy(other);
}

static void
test_half_closed_then_gone(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);

	raw_send(fd, CALL "\"later\"}\n");
	shutdown(fd, SHUT_WR);
	demo_await(other, "waiting", 1);
	assert_int_equal(demo_stat(other, "connections"), 2);
	close(fd);
	demo_await(other, "gone", 1);
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

static void
test_half_closed_subscriber(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	json_t *event;

	raw_send(fd, CALL "\"subscribe\"}\n");
	shutdown(fd, SHUT_WR);
	json_decref(read_result(fd));
	publish(other, "a", 1, 1);
	event = raw_read(fd);
	assert_string_equal(
		json_string_value(json_object_get(event, "method")), "event");
	json_decref(event);
	close(fd);
	demo_await(other, "subscribers", 0);
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

// Bytes that come in any pieces make the same lines.
static void
test_half_lines(void **state)
{
	static const char line[] = CALL "\"echo\",\"params\":[\"abc\"]}\n";
	int fd = demo_socket(*state);

	for (int i = 0; i < 5; i++) {
		json_t *result;
		for (size_t k = 0; k < sizeof(line) - 1; k++) {
			raw_send_bytes(fd, line + k, 1);
		}
		result = read_result(fd);
		assert_string_equal(
			json_string_value(json_object_get(result, "text")),
			"abc");
		json_decref(result);
	}
	raw_send(fd, "{\"jsonrpc\":\"2.0\",\"id\":1,\"meth");
	close(fd);
}

static uint32_t
next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

// Each line of garbage is answered with an error; the server lives on.
static void
test_garbage(void **state)
{
	static const char alphabet[] =
		"{}[]\":,.0123456789eE+-truefalsn \\\t\x01\xff\xc3\xa4";
	uint32_t seed = 20261124;
	int fd = demo_socket(*state);
	json_t *answer;

	for (int i = 0; i < 1000; i++) {
		char line[256];
		size_t len = 1 + next_random(&seed) % 200;
		line[0] = 'g'; // not blank, so that there is an answer
		for (size_t k = 1; k < len; k++) {
			line[k] = i % 2 == 0 ? (char)next_random(&seed)
					     : alphabet[next_random(&seed) %
							(sizeof(alphabet) - 1)];
			line[k] = line[k] == '\n' ? ' ' : line[k];
		}
		line[len] = '\n';
		raw_send_bytes(fd, line, len + 1);
		answer = raw_read(fd);
		assert_int_equal(error_code(answer), -32700);
		assert_true(json_is_null(json_object_get(answer, "id")));
		json_decref(answer);
	}
	raw_send(fd, CALL "\"ping\"}\n");
	answer = raw_read(fd);
	assert_non_null(json_object_get(answer, "result"));
	json_decref(answer);
	close(fd);
}

static void
send_line_of(int fd, size_t len, bool is_ended)
{
	static const char tail[] = "\"]}";
	char *line = malloc(len + 1);
	size_t head = strlen(CALL "\"echo\",\"params\":[\"");

	assert_non_null(line);
	memset(line, 'x', len);
	memcpy(line, CALL "\"echo\",\"params\":[\"", head);
	memcpy(line + len - strlen(tail), tail, strlen(tail));
	line[len] = '\n';
	raw_send_bytes(fd, line, is_ended ? len + 1 : len);
	free(line);
}

static void
test_long_lines(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	json_t *answer;

	send_line_of(fd, STAGE_RPC_REQUEST_MAX, true);
	json_decref(read_result(fd));
	send_line_of(fd, STAGE_RPC_REQUEST_MAX + 1, true);
	answer = raw_read(fd);
	assert_int_equal(error_code(answer), -32009);
	assert_non_null(strstr(error_text(answer), "longer than"));
	assert_true(json_is_null(json_object_get(answer, "id")));
	json_decref(answer);
	assert_null(raw_read(fd));
	close(fd);
	fd = demo_socket(*state);
	send_line_of(fd, STAGE_RPC_REQUEST_MAX * 2, false);
	raw_drain(fd);
	close(fd);
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

// Processes with a request on its way, killed at once.
static void
test_killed_clients(void **state)
{
	static const char *const requests[] = {
		CALL "\"big\",\"params\":[1000000]}\n",
		CALL "\"later\"}\n",
		CALL "\"subscribe\"}\n",
		CALL "\"ec",
	};
	struct stage_rpc_client *other = demo_client(*state);

	for (int i = 0; i < 60; i++) {
		int ready[2];
		pid_t pid;
		char byte;
		assert_int_equal(pipe(ready), 0);
		pid = fork();
		if (pid == 0) {
			int fd = demo_socket(*state);
			raw_send(fd, requests[i % 4]);
			alarm(60); // should nobody kill it
			_exit(write(ready[1], "r", 1) == 1 ? pause() : 1);
		}
		assert_true(pid > 0);
		assert_int_equal(read(ready[0], &byte, 1), 1);
		publish(other, "a", 10, 1000);
		assert_int_equal(kill(pid, SIGKILL), 0);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		publish(other, "a", 10, 1000);
		close(ready[0]);
		close(ready[1]);
	}
	demo_await(other, "connections", 1);
	assert_int_equal(demo_stat(other, "queued"), 0);
	demo_do(other, "complete", NULL);
	stage_rpc_client_destroy(other);
}

static void
test_connection_limit(void **state)
{
	enum {
		MAX = STAGE_RPC_CONNECTIONS
	};
	struct stage_rpc_client *other = demo_client(*state);
	int fds[MAX - 1];
	json_t *answer;
	int fd;

	for (int i = 0; i < MAX - 1; i++) {
		fds[i] = demo_socket(*state);
		raw_send(fds[i], CALL "\"ping\"}\n");
		json_decref(read_result(fds[i]));
	}
	assert_int_equal(demo_stat(other, "connections"), MAX);
	for (int i = 0; i < 500; i++) {
		fd = demo_socket(*state);
		answer = raw_read(fd);
		assert_int_equal(error_code(answer), -32004);
		assert_non_null(strstr(error_text(answer), "too many clients"));
		json_decref(answer);
		assert_null(raw_read(fd));
		close(fd);
	}
	assert_int_equal(demo_stat(other, "connections"), MAX);
	close(fds[0]);
	demo_await(other, "connections", MAX - 1);
	fds[0] = demo_socket(*state);
	raw_send(fds[0], CALL "\"ping\"}\n");
	json_decref(read_result(fds[0]));
	for (int i = 0; i < MAX - 1; i++) {
		close(fds[i]);
	}
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

// Connects and hangs up 5000 times; nothing is left of it.
static void
test_connection_storm(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);

	for (int i = 0; i < 5000; i++) {
		int fd = demo_socket(*state);
		if (i % 3 == 0) {
			raw_send(fd, CALL "\"ping\"}\n");
		}
		close(fd);
	}
	demo_await(other, "connections", 1);
	stage_rpc_client_destroy(other);
}

// What another user sees: 1 when served, 2 when told off, 3 when the file mode
// kept it out.
static int
try_as(uid_t uid, gid_t gid, gid_t group, const char *path)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client;
	enum stage_status status;

	if (setgroups(1, &group) != 0 || setgid(gid) != 0 || setuid(uid) != 0) {
		return 100;
	}
	client = stage_rpc_client_create(path, DEMO_TIMEOUT_NS, &err);
	if (client == NULL) {
		return err.status == STAGE_DENIED ? 3 : 101;
	}
	status = stage_rpc_client_call(
		client, "ping", NULL, DEMO_TIMEOUT_NS, NULL, &err);
	stage_rpc_client_destroy(client);
	if (status == STAGE_DENIED) {
		return strstr(err.text, "not permitted") != NULL ? 2 : 102;
	}
	return status == STAGE_OK ? 1 : 103;
}

static int
run_as(uid_t uid, gid_t gid, gid_t group, const char *path)
{
	int wait_status;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(try_as(uid, gid, group, path));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_true(WIFEXITED(wait_status));
	return WEXITSTATUS(wait_status);
}

static void
test_other_users(void **state)
{
	struct demo *self = *state;

	if (geteuid() != 0) {
		skip();
	}
	self->config.group = "4321";
	demo_start(self);
	assert_int_equal(chmod(self->scratch.dir, 0755), 0);
	assert_int_equal(run_as(0, 0, 0, self->path), 1);
	assert_int_equal(run_as(65534, 65534, 65534, self->path), 3);
	assert_int_equal(run_as(65534, 4321, 65534, self->path), 1);
	assert_int_equal(run_as(65534, 65534, 4321, self->path), 1);
	// Somebody opened the mode: credentials still decide.
	assert_int_equal(chmod(self->path, 0666), 0);
	assert_int_equal(run_as(65534, 65534, 65534, self->path), 2);
	assert_int_equal(run_as(65534, 65534, 4321, self->path), 1);
}

// The server goes inside a handler: all clients see the end, nothing leaks.
static void
test_quit_in_handler(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);
	int waiting = demo_socket(*state);

	raw_send(waiting, CALL "\"later\"}\n");
	demo_await(other, "waiting", 1);
	raw_send(fd, CALL "\"ping\"}\n" CALL "\"quit\"}\n" CALL "\"ping\"}\n");
	json_decref(read_result(fd));
	assert_null(raw_read(fd));
	assert_null(raw_read(waiting));
	assert_int_equal(stage_rpc_client_call(other, "ping", NULL,
				 DEMO_TIMEOUT_NS, NULL, NULL),
		STAGE_GONE);
	assert_false(scratch_has(&demo.scratch, "demo.sock"));
	close(fd);
	close(waiting);
	stage_rpc_client_destroy(other);
}

// The server goes inside the callback that tells of a client's end.
static void
test_quit_in_gone(void **state)
{
	struct stage_rpc_client *other = demo_client(*state);
	int fd = demo_socket(*state);

	raw_send(fd, CALL "\"later\"}\n" CALL "\"later\"}\n");
	demo_await(other, "waiting", 2);
	demo_do(other, "doom", NULL);
	close(fd);
	assert_int_equal(stage_rpc_client_next_event(other, DEMO_TIMEOUT_NS,
				 &(struct stage_rpc_event){0}, NULL),
		STAGE_GONE);
	stage_rpc_client_destroy(other);
}

static void
test_create_errors(void **state)
{
	static const struct stage_verb nameless = {.help = "x"};
	static const struct stage_verb *const bad[] = {&nameless, NULL};
	struct stage_verb own = **demo.config.verbs;
	const struct stage_verb *const taken[] = {&own, NULL};
	struct stage_rpc_config config = demo.config;
	struct stage_err err = STAGE_ERR_INIT;

	demo_listen(*state);
	assert_null(stage_rpc_server_create(
		&demo.loop, demo.path, &demo.config, &err));
	assert_int_equal(err.status, STAGE_BUSY);
	config.verbs = bad;
	assert_null(
		stage_rpc_server_create(&demo.loop, demo.path, &config, &err));
	assert_int_equal(err.status, STAGE_BUG);
	own.name = "state";
	config.verbs = taken;
	assert_null(
		stage_rpc_server_create(&demo.loop, demo.path, &config, &err));
	assert_int_equal(err.status, STAGE_BUG);
	assert_string_equal(err.text, "the verb \"state\" is the server's own");
	stage_rpc_server_destroy(NULL);
	stage_rpc_reply_ok(NULL, json_true());
	stage_rpc_reply_fail(NULL, &err);
}

// A stale socket with a full directory of clients' hopes is simply replaced.
static void
test_restart_over_stale_socket(void **state)
{
	int wait_status;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(stage_rpc_server_create(
			      &demo.loop, demo.path, &demo.config, NULL) != NULL
				? 0
				: 1);
	}
	assert_int_equal(waitpid(pid, &wait_status, 0), pid);
	assert_int_equal(wait_status, 0);
	assert_true(scratch_has(&demo.scratch, "demo.sock"));
	demo_start(*state);
	stage_rpc_client_destroy(demo_client(*state));
}

static void
test_destroy_sends_what_is_ready(void **state)
{
	int fd;

	demo_listen(*state);
	fd = demo_socket(*state);
	raw_send(fd, CALL "\"ping\"}\n" CALL "\"quit\"}\n");
	while (demo.server != NULL) {
		uv_run(&demo.loop, UV_RUN_ONCE);
	}
	json_decref(read_result(fd));
	assert_null(raw_read(fd));
	close(fd);
}

// Lets no descriptor be opened any more; gives the limit that was.
static struct rlimit
use_up_descriptors(void)
{
	struct rlimit before;
	struct rlimit narrow;
	int fd = dup(STDIN_FILENO);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	narrow = before;
	narrow.rlim_cur = (rlim_t)fd; // all below are in use
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &narrow), 0);
	return before;
}

// They are told off, and nobody waits for ever.
static void
test_without_descriptors(void **state)
{
	enum {
		COUNT = 20 // more than are accepted in one turn
	};
	struct rlimit before;
	int fds[COUNT];
	json_t *answer;
	int old;

	demo_listen(*state);
	old = demo_socket(*state);
	while (stage_rpc_server_connections(demo.server) == 0) {
		uv_run(&demo.loop, UV_RUN_ONCE);
	}
	for (int i = 0; i < COUNT; i++) {
		fds[i] = demo_socket(*state);
	}
	before = use_up_descriptors();
	for (int i = 0; i < COUNT; i++) {
		uv_run(&demo.loop, UV_RUN_NOWAIT);
	}
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	for (int i = 0; i < COUNT; i++) {
		answer = raw_read(fds[i]);
		assert_int_equal(error_code(answer), -32006);
		assert_non_null(strstr(
			error_text(answer), "no file descriptor is left"));
		json_decref(answer);
		assert_null(raw_read(fds[i]));
		close(fds[i]);
	}
	assert_int_equal(stage_rpc_server_connections(demo.server), 1);
	fds[0] = demo_socket(*state); // now there are some again
	raw_send(fds[0], CALL "\"ping\"}\n");
	raw_send(old, CALL "\"ping\"}\n");
	for (int i = 0; i < COUNT; i++) {
		uv_run(&demo.loop, UV_RUN_NOWAIT);
	}
	json_decref(read_result(fds[0]));
	json_decref(read_result(old));
	close(fds[0]);
	close(old);
}

#define STARTED(test)                                                          \
	cmocka_unit_test_setup_teardown(test, setup_started, teardown)
#define PLAIN(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STARTED(test_rows),
		STARTED(test_silent_lines),
		STARTED(test_ids_come_back),
		STARTED(test_builtin_verbs),
		STARTED(test_state_out_of_memory),
		PLAIN(test_no_verbs_no_state),
		PLAIN(test_known_topics),
		STARTED(test_too_many_topics),
		STARTED(test_events),
		STARTED(test_event_without_memory),
		STARTED(test_epoch_differs),
		STARTED(test_slow_subscriber),
		PLAIN(test_event_too_big),
		STARTED(test_subscribe_again_while_behind),
		STARTED(test_slow_caller_is_paused),
		STARTED(test_slow_caller_is_closed),
		STARTED(test_pending_limit),
		STARTED(test_deferred_failure),
		STARTED(test_deferred_after_client_gone),
		STARTED(test_half_closed),
		STARTED(test_half_closed_without_answers),
		STARTED(test_half_closed_then_gone),
		STARTED(test_half_closed_subscriber),
		STARTED(test_half_lines),
		STARTED(test_garbage),
		STARTED(test_long_lines),
		STARTED(test_killed_clients),
		STARTED(test_connection_limit),
		STARTED(test_connection_storm),
		PLAIN(test_other_users),
		STARTED(test_quit_in_handler),
		STARTED(test_quit_in_gone),
		PLAIN(test_create_errors),
		PLAIN(test_restart_over_stale_socket),
		PLAIN(test_destroy_sends_what_is_ready),
		PLAIN(test_without_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
