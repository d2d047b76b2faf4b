/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // setresuid

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/sock.h"
#include "failing_alloc.h"
#include "rpc/client.h"
#include "rpc/proto.h"
#include "rpc/sock.h"
#include "script.h"

#define SHORT_NS (20 * STAGE_NS_PER_MS) // of what does not come
#define NOBODY 65534
#define ANSWER "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"
#define FAILURE "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":"
#define FAILURE_OF_ALL "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":"
#define EVENT                                                                  \
	"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"epoch\":"     \
	"\"e\",\"topic\":"
#define RESYNC                                                                 \
	"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":{\"epoch\":"    \
	"\"e\",\"seq\":"

static int
setup(void **state)
{
	static struct script script;

	script_init(&script);
	*state = &script;
	return 0;
}

static int
teardown(void **state)
{
	script_finish(*state);
	return 0;
}

static void
expect_says(const struct stage_err *err, const char *says)
{
	if (strstr(err->text, says) == NULL) {
		fail_msg("\"%s\" is not in \"%s\"", says, err->text);
	}
}

// Calls a verb and holds how that ends; the answer, if there is one, as text.
static void
expect_call(struct script *script, int64_t timeout_ns, enum stage_status status,
	const char *says)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *result = NULL;

	assert_int_equal(stage_rpc_client_call(script->client, "verb", NULL,
				 timeout_ns, &result, &err),
		status);
	if (status == STAGE_OK) {
		char *text = json_dumps(result, JSON_ENCODE_ANY | JSON_COMPACT);
		assert_string_equal(text, says);
		free(text);
		json_decref(result);
		assert_int_equal(err.status, STAGE_OK);
	} else {
		assert_null(result);
		assert_int_equal(err.status, status);
		expect_says(&err, says);
	}
}

static void
expect_no_event(struct script *script, int64_t timeout_ns,
	enum stage_status status, const char *says)
{
	struct stage_rpc_event event = {.seq = 77};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_rpc_client_next_event(
				 script->client, timeout_ns, &event, &err),
		status);
	assert_int_equal(event.seq, 77);
	expect_says(&err, says);
}

static void
next_event(struct script *script, struct stage_rpc_event *event)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_rpc_client_next_event(script->client,
				 SCRIPT_TIMEOUT_NS, event, &err),
		STAGE_OK);
	assert_string_equal(err.text, "");
}

static void
expect_event(struct script *script, const char *topic, int64_t seq, int data)
{
	struct stage_rpc_event event;

	next_event(script, &event);
	assert_false(event.is_resync);
	assert_string_equal(event.topic, topic);
	assert_string_equal(event.epoch, "e");
	assert_int_equal(event.seq, seq);
	assert_int_equal(event.dropped, 0);
	assert_int_equal(json_integer_value(event.data), data);
	stage_rpc_event_finish(&event);
	assert_null(event.owned);
}

static void
expect_resync(struct script *script, int64_t seq, int64_t dropped)
{
	struct stage_rpc_event event;

	next_event(script, &event);
	assert_true(event.is_resync);
	assert_null(event.topic);
	assert_null(event.data);
	assert_string_equal(event.epoch, "e");
	assert_int_equal(event.seq, seq);
	assert_int_equal(event.dropped, dropped);
	stage_rpc_event_finish(&event);
}

// The connection is of no more use, and says why each time.
static void
expect_broken(struct script *script, enum stage_status status, const char *says)
{
	for (int i = 0; i < 2; i++) {
		expect_call(script, SCRIPT_TIMEOUT_NS, status, says);
		expect_no_event(script, SCRIPT_TIMEOUT_NS, status, says);
	}
}

static void
expect_refused(const char *path, int64_t timeout_ns, enum stage_status status,
	const char *says)
{
	struct stage_err err = STAGE_ERR_INIT;

	assert_null(stage_rpc_client_create(path, timeout_ns, &err));
	assert_int_equal(err.status, status);
	expect_says(&err, says);
}

static void
no_server_is_told_in_words(void **state)
{
	struct script *script = *state;
	struct scratch *scratch = &script->scratch;
	char path[300];

	expect_refused(scratch_path(scratch, "none"), SCRIPT_TIMEOUT_NS,
		STAGE_NOT_FOUND, "the rig is not running here: ");
	expect_refused(scratch_path(scratch, "none/none"), SCRIPT_TIMEOUT_NS,
		STAGE_NOT_FOUND, "the rig is not running here: ");
	expect_refused(scratch_write(scratch, "file", ""), SCRIPT_TIMEOUT_NS,
		STAGE_GONE, "the rig is not running here: ");
	close(script->listen_fd); // dead now
	expect_refused(script->path, SCRIPT_TIMEOUT_NS, STAGE_GONE,
		"the rig is not running here: unable to connect to ");
	expect_refused(script->path, 0, STAGE_GONE, "Connection refused");
	expect_refused("", SCRIPT_TIMEOUT_NS, STAGE_BAD_INPUT, "is empty");
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	expect_refused(
		path, SCRIPT_TIMEOUT_NS, STAGE_TOO_LONG, "107 bytes at most");
	script->listen_fd = -1;
}

static void
a_server_that_is_known_by_name_is_missed_by_name(void **state)
{
	struct script *script = *state;
	struct stage_rpc_client *client;
	struct stage_err err = STAGE_ERR_INIT;
	const char *gone =
		scratch_write(&script->scratch, "file", ""); // no socket

	assert_null(stage_rpc_client_reach(
		gone, SCRIPT_TIMEOUT_NS, "no bell rings", &err));
	assert_int_equal(err.status, STAGE_NOT_FOUND);
	assert_string_equal(err.text, "no bell rings");
	err = (struct stage_err)STAGE_ERR_INIT;
	assert_null(
		stage_rpc_client_reach(scratch_path(&script->scratch, "none"),
			SCRIPT_TIMEOUT_NS, "no bell rings", &err));
	assert_int_equal(err.status, STAGE_NOT_FOUND);
	assert_string_equal(err.text, "no bell rings");
	err = (struct stage_err)STAGE_ERR_INIT;
	assert_null(stage_rpc_client_reach(
		"", SCRIPT_TIMEOUT_NS, "no bell rings", &err));
	assert_int_equal(err.status, STAGE_BAD_INPUT);
	expect_says(&err, "is empty");
	err = (struct stage_err)STAGE_ERR_INIT;
	client = stage_rpc_client_reach(
		script->path, SCRIPT_TIMEOUT_NS, "no bell rings", &err);
	assert_non_null(client);
	assert_string_equal(err.text, "");
	stage_rpc_client_destroy(client);
}

static void
other_sockets_are_refused(void **state)
{
	struct script *script = *state;
	const char *path = scratch_path(&script->scratch, "datagrams");
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	assert_int_equal(
		stage_rpc_sock_address(&address, path, NULL), STAGE_OK);
	assert_int_equal(
		bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	expect_refused(path, SCRIPT_TIMEOUT_NS,
		stage_status_from_errno(EPROTOTYPE), "unable to connect to ");
	close(fd);
}

static void
who_may_not_connect_is_told_who_may(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client;

	if (getuid() != 0) {
		skip(); // nobody to become
	}
	assert_int_equal(chmod(script->scratch.dir, 0755), 0);
	assert_int_equal(chmod(script->path, 0600), 0);
	assert_int_equal(setresuid(NOBODY, NOBODY, 0), 0);
	client = stage_rpc_client_create(script->path, SCRIPT_TIMEOUT_NS, &err);
	assert_int_equal(setresuid(0, 0, 0), 0);
	assert_null(client);
	assert_int_equal(err.status, STAGE_DENIED);
	expect_says(&err, "a member of the group of the socket");
}

static void
without_descriptors_it_says_so(void **state)
{
	struct script *script = *state;
	int fd = dup(script->listen_fd);
	struct rlimit limit;
	struct rlimit narrow;

	close(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	narrow = limit;
	narrow.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &narrow), 0);
	expect_refused(script->path, SCRIPT_TIMEOUT_NS, STAGE_FULL,
		"unable to make a socket");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

struct backlog {
	int fds[64];
	size_t count;
};

// Connects until the server's queue of those it has not accepted is full.
static void
fill_backlog(struct script *script, struct backlog *backlog)
{
	struct sockaddr_un address;

	assert_int_equal(
		stage_rpc_sock_address(&address, script->path, NULL), STAGE_OK);
	backlog->count = 0;
	for (;;) {
		int fd = stage_sock_open(AF_UNIX);
		assert_true(backlog->count < STAGE_COUNT_OF(backlog->fds));
		backlog->fds[backlog->count++] = fd;
		if (connect(fd, (struct sockaddr *)&address, sizeof(address)) !=
			0) {
			assert_int_equal(errno, EAGAIN);
			return;
		}
	}
}

static void
empty_backlog(struct backlog *backlog)
{
	for (size_t i = 0; i < backlog->count; i++) {
		close(backlog->fds[i]);
	}
}

static void
a_server_that_hangs_is_not_waited_for_longer(void **state)
{
	static const int64_t timeouts_ns[] = {SHORT_NS, 0, -1, INT64_MIN};
	struct script *script = *state;
	struct backlog backlog;

	fill_backlog(script, &backlog);
	for (size_t i = 0; i < STAGE_COUNT_OF(timeouts_ns); i++) {
		int64_t start_ns = stage_clock_now_ns();
		expect_refused(script->path, timeouts_ns[i], STAGE_TIMEOUT,
			"takes no connection, it may hang");
		assert_true(stage_clock_now_ns() - start_ns >= timeouts_ns[i]);
	}
	empty_backlog(&backlog);
}

// For a signal handler, which is given nothing else.
static volatile sig_atomic_t alarm_count;
static volatile sig_atomic_t accepting_fd;
static volatile sig_atomic_t accepted_fd;

static void
on_alarm(int signal_number)
{
	int errnum = errno;

	(void)signal_number;
	alarm_count++;
	if (alarm_count == 3) {
		accepted_fd = accept(accepting_fd, NULL, NULL);
	}
	errno = errnum;
}

// The signals come only while it waits in connect, so none is lost.
static void
it_waits_in_a_full_backlog(void **state)
{
	struct script *script = *state;
	struct sigaction action = {.sa_handler = on_alarm};
	struct itimerval often = {{0, 5000}, {0, 5000}};
	struct itimerval never = {{0, 0}, {0, 0}};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client;
	struct backlog backlog;

	fill_backlog(script, &backlog);
	alarm_count = 0;
	accepting_fd = script->listen_fd;
	accepted_fd = -1;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	client = stage_rpc_client_create(script->path, SCRIPT_TIMEOUT_NS, &err);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	signal(SIGALRM, SIG_DFL);
	assert_string_equal(err.text, "");
	assert_non_null(client);
	assert_true(alarm_count >= 3);
	assert_true(accepted_fd >= 0);
	stage_rpc_client_destroy(client);
	close(accepted_fd);
	empty_backlog(&backlog);
}

static void
answers_are_understood(void **state)
{
	static const struct {
		const char *line;
		enum stage_status status;
		const char *says; // in the sentence; the whole of a result
	} rows[] = {
		{ANSWER "{\"a\":[1]}}\n", STAGE_OK, "{\"a\":[1]}"},
		{ANSWER "null}\n", STAGE_OK, "null"},
		{ANSWER "false}\r\n", STAGE_OK, "false"},
		{FAILURE "{\"code\":-32004,\"message\":\"too much\"}}\n",
			STAGE_BUSY, "too much"},
		{FAILURE "{\"code\":1,\"message\":\"odd\"}}\n", STAGE_IO,
			"odd"},
		{FAILURE "{\"code\":1,\"message\":\"no\",\"data\":{\"status\":"
			 "\"denied\"}}}\n",
			STAGE_DENIED, "no"},
		// never taken for a success, whatever it says
		{FAILURE "{\"code\":0,\"message\":\"\",\"data\":{\"status\":"
			 "\"ok\"}}}\n",
			STAGE_IO, ""},
		// about the connection: it answers any call
		{FAILURE_OF_ALL "{\"code\":-32005,\"message\":\"go away\"}}\n",
			STAGE_DENIED, "go away"},
		// what is none of ours is passed over
		{"{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":0}\n" ANSWER "1}\n",
			STAGE_OK, "1"},
		{"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":0}\n" ANSWER "1}\n",
			STAGE_OK, "1"},
		{"{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":0}\n" ANSWER
		 "1}\n",
			STAGE_OK, "1"},
		{"{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":0}\n" ANSWER
		 "1}\n",
			STAGE_OK, "1"},
		{"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\"}\n" ANSWER
		 "1}\n",
			STAGE_OK, "1"},
		{"{\"jsonrpc\":\"2.0\",\"method\":\"news\"}\n" ANSWER "1}\n",
			STAGE_OK, "1"},
		{EVENT "\"t\",\"seq\":1,\"data\":0}}\n" ANSWER "1}\n", STAGE_OK,
			"1"},
	};
	struct script *script = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		print_message("# row %zu\n", i);
		script_say(script, rows[i].line);
		expect_call(script, SCRIPT_TIMEOUT_NS, rows[i].status,
			rows[i].says);
		// The next call has the next number, and still works.
		script_say(script,
			"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}\n");
		expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "2");
		script_again(script);
	}
}

static void
the_request_is_one_line(void **state)
{
	struct script *script = *state;
	char got[256];
	ssize_t len;

	script_say(script, ANSWER "1}\n");
	assert_int_equal(stage_rpc_client_call(script->client, "v",
				 json_pack("{s:s}", "a", "\n"),
				 SCRIPT_TIMEOUT_NS, NULL, NULL),
		STAGE_OK); // and nobody wants to know the result
	len = recv(script->fd, got, sizeof(got) - 1, 0);
	assert_true(len > 0);
	got[len] = '\0';
	assert_string_equal(got, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":"
				 "\"v\",\"params\":{\"a\":\"\\n\"}}\n");
}

static void
garbage_ends_it(void **state)
{
	static const char deep[] = ANSWER
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
		"[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
		"]]]]]]]]]]]]}\n";
	static const struct {
		const char *line;
		size_t len; // 0: as many as there are
		enum stage_status status;
		const char *says;
	} rows[] = {
		{"HTTP/1.1 400 Bad Request\n", 0, STAGE_BAD_INPUT, "not JSON"},
		{"\n", 0, STAGE_BAD_INPUT, "not JSON"},
		{"\0\n", 2, STAGE_BAD_INPUT, "not JSON"},
		{ANSWER "\"\0\"}\n", sizeof(ANSWER "\"\0\"}\n") - 1,
			STAGE_BAD_INPUT, "not JSON"},
		{ANSWER "\"\xff\"}\n", 0, STAGE_BAD_INPUT, "not JSON"},
		{ANSWER "1,\"id\":1}\n", 0, STAGE_BAD_INPUT, "not JSON"},
		{ANSWER "1}{}\n", 0, STAGE_BAD_INPUT, "not JSON"},
		{"1\n", 0, STAGE_BAD_INPUT, "not a JSON-RPC message"},
		{"{}\n", 0, STAGE_BAD_INPUT, "not a JSON-RPC message"},
		{"[]\n", 0, STAGE_UNSUPPORTED, "batches"},
		{"{\"jsonrpc\":\"1.0\",\"id\":1,\"result\":1}\n", 0,
			STAGE_BAD_INPUT, "must be \"2.0\""},
		{FAILURE "\"no object\"}\n", 0, STAGE_BAD_INPUT,
			"must have \"code\""},
		{ANSWER "1,\"error\":{}}\n", 0, STAGE_BAD_INPUT, "has both"},
		{deep, 0, STAGE_TOO_LONG, "nested deeper"},
	};
	struct script *script = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		size_t len = rows[i].len;
		print_message("# row %zu\n", i);
		script_say_bytes(script, rows[i].line,
			len != 0 ? len : strlen(rows[i].line));
		script_say(script, ANSWER "1}\n"); // too late
		expect_call(script, SCRIPT_TIMEOUT_NS, rows[i].status,
			"unable to understand the server at ");
		expect_broken(script, rows[i].status, rows[i].says);
		script_again(script);
		script_say_bytes(script, rows[i].line,
			len != 0 ? len : strlen(rows[i].line));
		expect_no_event(script, SCRIPT_TIMEOUT_NS, rows[i].status,
			rows[i].says);
		expect_broken(script, rows[i].status, rows[i].says);
		script_again(script);
	}
}

static void
act_endless_line(int fd)
{
	static char chunk[65536];

	memset(chunk, 'x', sizeof(chunk));
	for (size_t i = 0; i < STAGE_RPC_ANSWER_MAX / sizeof(chunk) + 2; i++) {
		actor_write(fd, chunk, sizeof(chunk));
	}
}

static void
a_line_without_end_ends_it(void **state)
{
	struct script *script = *state;

	script_act(script, act_endless_line);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_TOO_LONG,
		"sent a line of more than 16777216 bytes");
	expect_broken(script, STAGE_TOO_LONG, "sent a line of more than");
}

static void
act_long_answer(int fd)
{
	static char text[STAGE_RPC_ANSWER_MAX + 1];
	static const char start[] = ANSWER "\"";

	memset(text, 'x', sizeof(text));
	memcpy(text, start, sizeof(start) - 1);
	memcpy(text + STAGE_RPC_ANSWER_MAX - 2, "\"}\n", 3);
	actor_read_lines(fd, 1);
	actor_write(fd, text, sizeof(text));
}

static void
the_longest_line_is_read(void **state)
{
	struct script *script = *state;
	json_t *result = NULL;

	script_act(script, act_long_answer);
	assert_int_equal(stage_rpc_client_call(script->client, "verb", NULL,
				 SCRIPT_TIMEOUT_NS, &result, NULL),
		STAGE_OK);
	assert_int_equal(json_string_length(result),
		STAGE_RPC_ANSWER_MAX - strlen(ANSWER "\"\"}"));
	json_decref(result);
}

// At each byte of an answer, before it and after it, with and without having
// read the question, which is a reset and not an end.
static void
a_server_may_hang_up_at_any_moment(void **state)
{
	static const char answer[] = ANSWER "1}\n";
	struct script *script = *state;

	for (size_t said = 0; said < sizeof(answer) - 1; said++) {
		script_say_bytes(script, answer, said);
		script_hang_up(script);
		expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
		expect_broken(script, STAGE_GONE, "the server at ");
		script_again(script);
		script_say_bytes(script, answer, said);
		script_hang_up(script);
		expect_no_event(
			script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
		expect_broken(script, STAGE_GONE, "the server at ");
		script_again(script);
	}
	script_say(script, answer);
	script_hang_up(script);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "1");
	expect_broken(script, STAGE_GONE, " ended");
}

static void
a_question_that_nobody_read_is_a_reset(void **state)
{
	struct script *script = *state;

	expect_call(script, 0, STAGE_TIMEOUT, "did not answer");
	script_hang_up(script);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
	script_again(script);
	expect_call(script, 0, STAGE_TIMEOUT, "did not answer");
	script_hang_up(script);
	expect_no_event(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
}

// A server that turns a client away says why before it hangs up.
static void
why_it_was_hung_up_is_told(void **state)
{
	struct script *script = *state;

	for (int i = 0; i < 2; i++) {
		script_say(script, FAILURE_OF_ALL
			"{\"code\":-32004,\"message\":\"too many\"}}\n");
		script_hang_up(script);
		if (i == 0) {
			expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_BUSY,
				"too many");
		} else {
			expect_no_event(script, SCRIPT_TIMEOUT_NS, STAGE_BUSY,
				"too many");
		}
		expect_broken(script, STAGE_GONE, " ended");
		script_again(script);
	}
}

static void
a_late_answer_is_thrown_away(void **state)
{
	static const struct {
		int64_t timeout_ns;
		const char *words;
	} rows[] = {
		{SHORT_NS, "did not answer \"verb\" within 20 ms"},
		{0, "did not answer \"verb\" within 0"},
		{-1, "did not answer \"verb\" within 0"},
		{INT64_MIN, "it may hang"},
	};
	struct script *script = *state;
	char line[256];
	int id = 1;

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		int64_t start_ns = stage_clock_now_ns();
		expect_call(script, rows[i].timeout_ns, STAGE_TIMEOUT,
			rows[i].words);
		assert_true(
			stage_clock_now_ns() - start_ns >= rows[i].timeout_ns);
		snprintf(line, sizeof(line),
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":\"late\"}\n"
			"{\"jsonrpc\":\"2.0\",\"id\":%d,\"result\":\"new\"}\n",
			id, id + 1);
		script_say(script, line);
		// As long as anybody likes.
		expect_call(script, INT64_MAX, STAGE_OK, "\"new\"");
		id += 2;
	}
	expect_no_event(script, 0, STAGE_TIMEOUT, "there was no event within");
	expect_no_event(script, SHORT_NS, STAGE_TIMEOUT, "within 20 ms");
}

// What comes before the answer, without end maybe, takes none of the time that
// there is not.
static void
other_messages_do_not_hold_a_call_up(void **state)
{
	static const char *const others[] = {
		EVENT "\"t\",\"seq\":1,\"data\":2}}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"news\"}\n",
	};
	struct script *script = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		script_say(script, others[i]);
		script_say(script, ANSWER "1}\n");
		expect_call(script, 0, STAGE_TIMEOUT, "did not answer");
		script_again(script);
		script_say(script, others[i]);
		script_say(script, ANSWER "1}\n");
		expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "1");
		script_again(script);
	}
}

// A look takes a part of what is there, whatever follows it.
static void
a_look_has_an_end(void **state)
{
	static const char news[] = "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n";
	static char many[3000 * (sizeof(news) - 1)];
	struct script *script = *state;
	struct stage_rpc_event event;
	enum stage_status status;
	int looks = 0;

	for (size_t at = 0; at < sizeof(many); at += sizeof(news) - 1) {
		memcpy(many + at, news, sizeof(news) - 1);
	}
	script_say_bytes(script, many, sizeof(many));
	script_say(script, EVENT "\"t\",\"seq\":1,\"data\":2}}\n");
	do {
		status = stage_rpc_client_next_event(
			script->client, 0, &event, NULL);
		looks++;
	} while (status == STAGE_TIMEOUT && looks < 100);
	assert_int_equal(status, STAGE_OK);
	stage_rpc_event_finish(&event);
	assert_true(looks > 1);
}

static json_t *
make_params(size_t bytes)
{
	char *text = malloc(bytes + 1);
	json_t *params;

	memset(text, 'x', bytes);
	text[bytes] = '\0';
	params = json_pack("{s:s}", "text", text);
	free(text);
	return params;
}

static enum stage_status
call_with(struct script *script, size_t bytes, int64_t timeout_ns,
	struct stage_err *err)
{
	return stage_rpc_client_call(script->client, "verb", make_params(bytes),
		timeout_ns, NULL, err);
}

static void
too_long_a_question_is_not_asked(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(call_with(script, STAGE_RPC_REQUEST_MAX,
				 SCRIPT_TIMEOUT_NS, &err),
		STAGE_TOO_LONG);
	expect_says(&err, "the arguments of \"verb\" have more than 1048576");
	script_say(script, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}\n");
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "2");
}

static void
half_a_question_ends_it(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		call_with(script, STAGE_RPC_REQUEST_MAX / 2, SHORT_NS, &err),
		STAGE_TIMEOUT);
	expect_says(&err, "did not answer \"verb\"");
	expect_broken(script, STAGE_TIMEOUT, "stopped reading");
}

// A server whose own answers nobody reads would read no more, either.
static void
act_answer_before_reading(int fd)
{
	static const char event[] = EVENT "\"t\",\"seq\":1,\"data\":0}}\n";

	for (int i = 0; i < 4000; i++) { // far more than a buffer holds
		actor_write(fd, event, sizeof(event) - 1);
	}
	actor_read_lines(fd, 1);
	actor_write(fd, ANSWER "1}\n", sizeof(ANSWER "1}\n") - 1);
}

static void
it_reads_while_it_asks(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;

	script_act(script, act_answer_before_reading);
	assert_int_equal(call_with(script, STAGE_RPC_REQUEST_MAX / 2,
				 SCRIPT_TIMEOUT_NS, &err),
		STAGE_OK);
	assert_string_equal(err.text, "");
	for (int i = 0; i < 4000; i++) {
		expect_event(script, "t", 1, 0);
	}
	expect_no_event(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
}

static void
act_leave_while_asked(int fd)
{
	char byte;

	if (read(fd, &byte, 1) != 1) {
		_exit(2);
	}
}

static void
a_server_may_leave_while_it_is_asked(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;

	script_act(script, act_leave_while_asked);
	assert_int_equal(call_with(script, STAGE_RPC_REQUEST_MAX / 2,
				 SCRIPT_TIMEOUT_NS, &err),
		STAGE_GONE);
	expect_broken(script, STAGE_GONE, " ended");
}

static void
events_are_kept_in_order(void **state)
{
	struct script *script = *state;
	struct pollfd ready = {
		.fd = stage_rpc_client_fd(script->client), .events = POLLIN};

	assert_int_equal(poll(&ready, 1, 0), 0);
	script_say(script,
		EVENT "\"a\",\"seq\":5,\"data\":50}}\n" RESYNC
		      "7,\"dropped\":2}}\n" EVENT
		      "\"b\",\"seq\":8,\"data\":80}}\n" ANSWER "1}\n" EVENT
		      "\"c\",\"seq\":9,\"data\":90}}\n");
	assert_int_equal(poll(&ready, 1, 0), 1);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "1");
	assert_int_equal(poll(&ready, 1, 0), 0); // all of it is read
	expect_event(script, "a", 5, 50);
	expect_resync(script, 7, 2);
	expect_event(script, "b", 8, 80);
	expect_event(script, "c", 9, 90);
	expect_no_event(script, 0, STAGE_TIMEOUT, "no event");
	stage_rpc_event_finish(NULL);
}

// One that only looks must find what lies behind other messages: it polls the
// socket afterwards, where nothing is left to be seen.
static void
looking_passes_over_what_is_no_event(void **state)
{
	static const char *const others[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"late\"}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"news\"}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\"}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":[]}\n",
		EVENT "\"t\",\"data\":0}}\n",
		EVENT "\"t\",\"seq\":1.5,\"data\":0}}\n",
		EVENT "\"t\",\"seq\":1}}\n",
		EVENT "1,\"seq\":1,\"data\":0}}\n",
		RESYNC "\"1\"}}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":"
		"{\"topic\":\"t\",\"seq\":1,\"data\":0}}\n",
		"{\"jsonrpc\":\"2.0\",\"method\":\"resync\",\"params\":"
		"{\"seq\":1}}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"event\","
		"\"params\":{\"topic\":\"t\",\"epoch\":\"e\",\"seq\":1,"
		"\"data\":0}}\n",
		"{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":1,"
		"\"message\":\"late\"}}\n",
	};
	struct script *script = *state;

	for (size_t i = 0; i < STAGE_COUNT_OF(others); i++) {
		struct stage_rpc_event event;
		print_message("# row %zu\n", i);
		script_say(script, others[i]);
		script_say(script, others[i]);
		script_say(script, EVENT "\"t\",\"seq\":3,\"data\":4}}\n");
		assert_int_equal(stage_rpc_client_next_event(
					 script->client, 0, &event, NULL),
			STAGE_OK);
		assert_int_equal(event.seq, 3);
		stage_rpc_event_finish(&event);
		expect_no_event(script, 0, STAGE_TIMEOUT, "no event");
	}
}

static void
act_crowd_of_events(int fd)
{
	char line[256];

	// One more than are kept, then two.
	for (int i = 1; i <= STAGE_RPC_EVENTS_KEPT + 3; i++) {
		int len = snprintf(line, sizeof(line),
			EVENT "\"t\",\"seq\":%d,\"data\":%d}}\n", i, 2 * i);
		actor_write(fd, line, (size_t)len);
	}
	actor_write(fd, ANSWER "1}\n", sizeof(ANSWER "1}\n") - 1);
}

static void
too_many_events_become_one_resync(void **state)
{
	const int kept = STAGE_RPC_EVENTS_KEPT;
	struct script *script = *state;

	script_act(script, act_crowd_of_events);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "1");
	expect_resync(script, kept + 1, kept + 1);
	expect_event(script, "t", kept + 2, 2 * (kept + 2));
	expect_event(script, "t", kept + 3, 2 * (kept + 3));
	expect_no_event(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
}

static void
act_crowd_with_resyncs(int fd)
{
	static const char huge[] = RESYNC "1,\"dropped\":9223372036854775807"
					  "}}\n";
	static const char below[] = RESYNC "1,\"dropped\":-5}}\n";
	static const char plain[] = RESYNC "2,\"dropped\":10}}\n";
	static const char none[] = RESYNC "3}}\n";

	for (int i = 0; i < STAGE_RPC_EVENTS_KEPT / 2; i++) {
		actor_write(fd, plain, sizeof(plain) - 1);
		actor_write(fd, none, sizeof(none) - 1);
	}
	actor_write(fd, below, sizeof(below) - 1);
	actor_write(fd, ANSWER "1}\n", sizeof(ANSWER "1}\n") - 1);
	for (int i = 0; i < STAGE_RPC_EVENTS_KEPT + 1; i++) {
		actor_write(fd, huge, sizeof(huge) - 1);
	}
	actor_write(fd, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}\n",
		sizeof("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}\n") - 1);
}

// What the server lost counts, too, and no number of it is too high.
static void
what_the_server_lost_counts_too(void **state)
{
	struct script *script = *state;

	script_act(script, act_crowd_with_resyncs);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "1");
	expect_resync(script, 1, STAGE_RPC_EVENTS_KEPT / 2 * 10);
	expect_call(script, SCRIPT_TIMEOUT_NS, STAGE_OK, "2");
	expect_resync(script, 1, INT64_MAX);
	expect_no_event(script, SCRIPT_TIMEOUT_NS, STAGE_GONE, " ended");
}

static void
a_snapshot_is_newer_than_what_was_kept(void **state)
{
	static const char *const topics[] = {"a", "b", NULL};
	struct script *script = *state;
	json_t *snapshot = NULL;
	char got[256];
	ssize_t len;

	script_say(script,
		EVENT "\"t\",\"seq\":4,\"data\":0}}\n" ANSWER
		      "{\"seq\":5}}\n" EVENT "\"t\",\"seq\":6,\"data\":7}}\n");
	assert_int_equal(stage_rpc_client_subscribe(script->client, topics,
				 SCRIPT_TIMEOUT_NS, &snapshot, NULL),
		STAGE_OK);
	assert_int_equal(
		json_integer_value(json_object_get(snapshot, "seq")), 5);
	json_decref(snapshot);
	expect_event(script, "t", 6, 7);
	len = recv(script->fd, got, sizeof(got) - 1, 0);
	assert_true(len > 0);
	got[len] = '\0';
	assert_non_null(strstr(got, "\"method\":\"subscribe\",\"params\":"
				    "{\"topics\":[\"a\",\"b\"]}"));
}

static void
a_failed_subscription_keeps_the_events(void **state)
{
	struct script *script = *state;
	struct stage_err err = STAGE_ERR_INIT;
	json_t *snapshot = NULL;

	script_say(script,
		EVENT "\"t\",\"seq\":4,\"data\":0}}\n" FAILURE
		      "{\"code\":-32602,\"message\":\"no such topic\"}}\n");
	assert_int_equal(stage_rpc_client_subscribe(script->client, NULL,
				 SCRIPT_TIMEOUT_NS, &snapshot, &err),
		STAGE_BAD_INPUT);
	assert_null(snapshot);
	expect_says(&err, "no such topic");
	expect_event(script, "t", 4, 0);
}

static enum stage_status
talk(void *user)
{
	static const char *const topics[] = {"t", NULL};
	struct script *script = user;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_event event = {0};
	enum stage_status status;
	json_t *result = NULL;
	struct stage_rpc_client *client =
		stage_rpc_client_create(script->path, SCRIPT_TIMEOUT_NS, &err);

	if (client == NULL) {
		return err.status;
	}
	script->fd = accept(script->listen_fd, NULL, NULL);
	script_say(script,
		ANSWER "{\"a\":[1,\"b\"]}}\n" EVENT
		       "\"t\",\"seq\":4,\"data\":{\"a\":1}}}\n"
		       "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":2}\n");
	status = stage_rpc_client_subscribe(
		client, topics, SCRIPT_TIMEOUT_NS, &result, &err);
	json_decref(result);
	result = NULL;
	if (status == STAGE_OK) {
		status = stage_rpc_client_call(client, "verb",
			json_pack("{s:s}", "a", "b"), SCRIPT_TIMEOUT_NS,
			&result, &err);
		json_decref(result);
	}
	if (status == STAGE_OK) {
		status = stage_rpc_client_next_event(
			client, SCRIPT_TIMEOUT_NS, &event, &err);
		stage_rpc_event_finish(&event);
	}
	stage_rpc_client_destroy(client);
	script_hang_up(script);
	// jansson cannot always tell a word that it has no memory for from a
	// wrong one; where it has no words at all it is not for want of sense.
	return status == STAGE_BAD_INPUT &&
			       strstr(err.text, "not JSON") != NULL &&
			       strstr(err.text, "column -1") == NULL
		       ? STAGE_NO_MEMORY
		       : status;
}

// With jansson's as well. One of them is the test's own question: without its
// arguments it is asked all the same.
static void
each_allocation_may_fail(void **state)
{
	struct script *script = *state;

	script_hang_up(script);
	json_set_alloc_funcs(malloc, free);
	assert_true(failing_alloc_sweep_tolerant(talk, script) > 50);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_server_is_told_in_words),
		TEST(a_server_that_is_known_by_name_is_missed_by_name),
		TEST(other_sockets_are_refused),
		TEST(who_may_not_connect_is_told_who_may),
		TEST(without_descriptors_it_says_so),
		TEST(a_server_that_hangs_is_not_waited_for_longer),
		TEST(it_waits_in_a_full_backlog),
		TEST(answers_are_understood),
		TEST(the_request_is_one_line),
		TEST(garbage_ends_it),
		TEST(a_line_without_end_ends_it),
		TEST(the_longest_line_is_read),
		TEST(a_server_may_hang_up_at_any_moment),
		TEST(a_question_that_nobody_read_is_a_reset),
		TEST(why_it_was_hung_up_is_told),
		TEST(a_late_answer_is_thrown_away),
		TEST(other_messages_do_not_hold_a_call_up),
		TEST(a_look_has_an_end),
		TEST(too_long_a_question_is_not_asked),
		TEST(half_a_question_ends_it),
		TEST(it_reads_while_it_asks),
		TEST(a_server_may_leave_while_it_is_asked),
		TEST(events_are_kept_in_order),
		TEST(looking_passes_over_what_is_no_event),
		TEST(too_many_events_become_one_resync),
		TEST(what_the_server_lost_counts_too),
		TEST(a_snapshot_is_newer_than_what_was_kept),
		TEST(a_failed_subscription_keeps_the_events),
		TEST(each_allocation_may_fail),
	};
#undef TEST

	return cmocka_run_group_tests_name("rpc/client", tests, NULL, NULL);
}
