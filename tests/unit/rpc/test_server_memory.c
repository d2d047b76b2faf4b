/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// A server that has no memory tells so or hangs up, and leaves nothing behind.

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "demo.h"
#include "failing_alloc.h"

#define CALL(id) "{\"jsonrpc\":\"2.0\",\"id\":" #id ",\"method\":"
#define ANSWER(id) "{\"jsonrpc\":\"2.0\",\"id\":" #id ","
#define HEARD_MAX (1024 * 1024)
#define FIRST_PART 13 // of the rows

// What is asked, and what is in the answer or event that it brings.
static const struct {
	const char *line;
	const char *start; // of the line that is expected
	const char *says;  // in it, when there is memory
} rows[] = {
	{CALL(1) "\"ping\"}", ANSWER(1), "\"name\":\"demo\""},
	{CALL(2) "\"state\"}", ANSWER(2), "\"demo\":\"on\""},
	{CALL(3) "\"subscribe\",\"params\":{\"topics\":[\"a\",\"b\"]}}",
		ANSWER(3), "\"demo\":\"on\""},
	{CALL(4) "\"verbs\"}", ANSWER(4), "\"echo\""},
	{CALL(5) "\"echo\",\"params\":{\"text\":\"x\",\"count\":1}}", ANSWER(5),
		"\"text\":\"x\""},
	{CALL(6) "\"echo\",\"params\":[\"x\",1]}", ANSWER(6), "\"text\":\"x\""},
	{CALL(7) "\"echo\",\"params\":{\"count\":\"x\"}}", ANSWER(7),
		"\"bad_input\""},
	{CALL(8) "\"echo\",\"params\":{\"txt\":1}}", ANSWER(8),
		"\"bad_input\""},
	{CALL(9) "\"pin\"}", ANSWER(9), "did you mean \\\"ping\\\""},
	{"garbage", ANSWER(null), "not JSON"},
	{CALL(10) "\"later\"}", ANSWER(10), "\"result\":"},
	{CALL(11) "\"complete\"}", ANSWER(11), "\"result\":"},
	{CALL(12) "\"publish\",\"params\":[\"a\"]}", ANSWER(12), "null"},
	{CALL(13) "\"subscribe\",\"params\":{\"topics\":[\"c\"]}}", ANSWER(13),
		"its topics are: a, b"},
	{CALL(14) "\"unsubscribe\"}", ANSWER(14), "null"},
	{CALL(15) "\"fail\",\"params\":[\"busy\",\"not now\"]}", ANSWER(15),
		"not now"},
};

struct run {
	struct demo demo;
	char heard[HEARD_MAX];
	size_t len;
};

static int
setup(void **state)
{
	static const char *const topics[] = {"a", "b", NULL};
	static struct run run;

	demo_init(&run.demo);
	run.demo.config.topics = topics;
	*state = &run;
	return 0;
}

static int
teardown(void **state)
{
	demo_finish(&((struct run *)*state)->demo);
	return 0;
}

static void
ask(int fd, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++) {
		raw_send(fd, rows[i].line);
		raw_send(fd, "\n");
	}
}

static size_t
count_answers(const struct run *run)
{
	const char *at = run->heard;
	size_t count = 0;

	while ((at = strstr(at, "{\"jsonrpc\":\"2.0\",\"id\":")) != NULL) {
		at = strchr(at, '\n');
		if (at == NULL) {
			return count;
		}
		count++;
	}
	return count;
}

// Turns the loop and takes down what the server says, until it has given so
// many answers or has hung up.
static void
hear(struct run *run, int fd, size_t answers)
{
	int64_t deadline_ns = stage_clock_now_ns() + DEMO_TIMEOUT_NS;
	ssize_t got = -1;

	do {
		uv_run(&run->demo.loop, UV_RUN_NOWAIT);
		demo_complete_all(&run->demo); // if "complete" was not read
		got = recv(fd, run->heard + run->len, HEARD_MAX - 1 - run->len,
			MSG_DONTWAIT);
		run->len += got > 0 ? (size_t)got : 0;
		run->heard[run->len] = '\0';
		assert_true(stage_clock_now_ns() < deadline_ns);
	} while (count_answers(run) < answers &&
		 (got > 0 || (got < 0 && errno == EAGAIN)));
	assert_true(got >= 0 || errno == ECONNRESET);
}

// A first part that ends with an event, since the second would drop it unsent.
static void
ask_all(struct run *run, int fd)
{
	run->len = 0;
	run->heard[0] = '\0';
	ask(fd, 0, FIRST_PART);
	hear(run, fd, FIRST_PART);
	ask(fd, FIRST_PART, STAGE_COUNT_OF(rows) - FIRST_PART);
	hear(run, fd, STAGE_COUNT_OF(rows));
}

// The line that starts so; NULL: there is none.
static const char *
find_line(const struct run *run, const char *start)
{
	const char *line = run->heard;

	while (line != NULL && strncmp(line, start, strlen(start)) != 0) {
		line = strchr(line, '\n');
		line = line != NULL ? line + 1 : NULL;
	}
	return line;
}

static bool
has_in_line(const char *line, const char *text)
{
	const char *at = strstr(line, text);

	return at != NULL && at < strchr(line, '\n');
}

/* STAGE_OK: all was answered as it should be. STAGE_NO_MEMORY: some were told
 * that there was none, or after some of them there was no more. */
static enum stage_status
judge(const struct run *run)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		const char *line = find_line(run, rows[i].start);
		if (line == NULL) {
			status = STAGE_NO_MEMORY;
		} else if (!has_in_line(line, rows[i].says)) {
			// What an error has to say is cut short, if need be. A
			// word that jansson has no memory for is a wrong one.
			if (!has_in_line(line, "\"no_memory\"") &&
				!has_in_line(line, "\"error\"") &&
				!has_in_line(line, "\"result\":null")) {
				print_error("%s", line);
				return STAGE_BUG;
			}
			status = STAGE_NO_MEMORY;
		}
	}
	return status;
}

static enum stage_status
serve(void *user)
{
	struct run *run = user;
	struct demo *demo = &run->demo;
	struct stage_err err = STAGE_ERR_INIT;
	int fd;

	demo->server = stage_rpc_server_create(
		&demo->loop, demo->path, &demo->config, &err);
	if (demo->server == NULL) {
		return err.status;
	}
	fd = demo_socket(demo);
	ask_all(run, fd);
	close(fd);
	stage_rpc_server_destroy(demo->server);
	demo->server = NULL;
	demo_complete_all(demo);
	assert_int_equal(uv_run(&demo->loop, UV_RUN_DEFAULT), 0);
	return judge(run);
}

static void
each_allocation_may_fail(void **state)
{
	struct run *run = *state;

	json_set_alloc_funcs(malloc, free); // jansson's, too
	assert_int_equal(serve(run), STAGE_OK);
	assert_non_null(find_line(run,
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":"
		"{\"topic\":\"a\","));
	assert_true(failing_alloc_sweep_tolerant(serve, run) > 500);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			each_allocation_may_fail, setup, teardown),
	};

	return cmocka_run_group_tests_name(
		"rpc/server_memory", tests, NULL, NULL);
}
