/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <uv.h>

#include "base/sock.h"
#include "check.h"
#include "fuzz.h"
#include "rpc/frame.h"
#include "rpc/proto.h"
#include "rpc/server.h"
#include "rpc/sock.h"

#define INPUT_MAX 4096 // bytes; the system holds so many without a reader
#define LINE_MAX_BYTES 512
#define TURNS_MAX 10000 // of the loop; a few are enough

// The server under test, which serves one client after another, and a client
// that is only bytes.
struct world {
	uv_loop_t loop;
	struct stage_rpc_server *server;
	struct stage_rpc_reply *later; // of the last call of "later"
	int fd;
	char dir[FUZZ_DIR_MAX];
	char path[FUZZ_DIR_MAX + 2];
};

static struct world *the_world;

static enum stage_status
echo(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	*result = json_incref(given);
	return STAGE_OK;
}

static enum stage_status
fail(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)result;
	return stage_err_set(
		err, STAGE_BUSY, "%s", stage_args_text(given, "text", "busy"));
}

// Answered by the next call of it, or at the end.
static enum stage_status
later(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	struct world *world = ctx;

	(void)given;
	(void)result;
	stage_rpc_reply_ok(world->later, NULL);
	world->later = NULL;
	return stage_rpc_call_defer(call, &world->later, err);
}

static enum stage_status
publish(void *ctx, struct stage_rpc_call *call, json_t *given, json_t **result,
	struct stage_err *err)
{
	struct world *world = ctx;

	(void)call;
	(void)result;
	(void)err;
	stage_rpc_server_publish(world->server,
		stage_args_text(given, "text", "a"), json_integer(1));
	return STAGE_OK;
}

static const struct stage_verb_arg text_arg[] = {
	{"text", STAGE_ARG_TEXT, STAGE_ARG_OPTIONAL, "anything"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb_echo = {.name = "echo",
	.args = text_arg,
	.help = "Says it",
	.deed = STAGE_DEED_CHANGES,
	.handler = echo};
static const struct stage_verb verb_fail = {.name = "fail",
	.args = text_arg,
	.help = "Fails",
	.deed = STAGE_DEED_CHANGES,
	.handler = fail};
static const struct stage_verb verb_later = {.name = "later",
	.help = "Answers later",
	.deed = STAGE_DEED_CHANGES,
	.handler = later};
static const struct stage_verb verb_publish = {.name = "publish",
	.args = text_arg,
	.help = "Publishes",
	.deed = STAGE_DEED_CHANGES,
	.handler = publish};
static const struct stage_verb *const verbs[] = {
	&verb_echo, &verb_fail, &verb_later, &verb_publish, NULL};

static void
close_world(void)
{
	stage_rpc_server_destroy(the_world->server);
	uv_run(&the_world->loop, UV_RUN_DEFAULT);
	uv_loop_close(&the_world->loop);
	fuzz_dir_remove(the_world->dir);
	free(the_world);
}

// Making a server takes much longer than a talk with it.
static struct world *
open_world(void)
{
	static const char *const topics[] = {"a", "b", NULL};
	struct world *world = calloc(1, sizeof(*world));
	struct stage_rpc_config config = {.name = "fuzzed",
		.verbs = verbs,
		.topics = topics,
		.ctx = world,
		.line_max_bytes = LINE_MAX_BYTES};

	FUZZ_CHECK(world != NULL);
	fuzz_dir_make(world->dir);
	snprintf(world->path, sizeof(world->path), "%s/s", world->dir);
	FUZZ_CHECK(uv_loop_init(&world->loop) == 0);
	world->server = stage_rpc_server_create(
		&world->loop, world->path, &config, NULL);
	FUZZ_CHECK(world->server != NULL);
	the_world = world;
	atexit(close_world);
	return world;
}

static void
come(struct world *world)
{
	struct sockaddr_un address;

	FUZZ_CHECK(stage_rpc_sock_address(&address, world->path, NULL) ==
		   STAGE_OK);
	world->fd = stage_sock_open(AF_UNIX);
	FUZZ_CHECK(connect(world->fd, (const struct sockaddr *)&address,
			   sizeof(address)) == 0);
}

// The server is left as it was.
static void
leave(struct world *world)
{
	int turns = 0;

	close(world->fd);
	stage_rpc_reply_ok(world->later, NULL);
	world->later = NULL;
	while (stage_rpc_server_connections(world->server) > 0) {
		uv_run(&world->loop, UV_RUN_NOWAIT);
		turns++;
		FUZZ_CHECK(turns < TURNS_MAX);
	}
	FUZZ_CHECK(stage_rpc_server_subscribers(world->server) == 0);
	FUZZ_CHECK(stage_rpc_server_queued_bytes(world->server) == 0);
}

// Each line of the server is JSON-RPC. Returns how many are answers.
static size_t
check_lines(struct stage_rpc_frame *frame)
{
	size_t answers = 0;
	const char *line;
	size_t len;

	while (stage_rpc_frame_next(frame, &line, &len) == STAGE_OK) {
		struct stage_rpc_message message;
		FUZZ_CHECK(stage_rpc_message_parse(&message, line, len, NULL) ==
			   STAGE_OK);
		FUZZ_CHECK(message.kind != STAGE_RPC_REQUEST);
		FUZZ_CHECK(message.kind != STAGE_RPC_NOTIFICATION ||
			   strcmp(message.method, "event") == 0 ||
			   strcmp(message.method, "resync") == 0);
		answers += message.method == NULL;
		stage_rpc_message_finish(&message);
	}
	return answers;
}

// True when a line is to be answered.
static bool
is_answered(const char *line, size_t len)
{
	struct stage_rpc_message message;
	bool is_blank = strspn(line, " \t\r") == len;
	bool wants;

	if (is_blank) {
		return false;
	}
	wants = stage_rpc_message_parse(&message, line, len, NULL) !=
			STAGE_OK ||
		message.kind != STAGE_RPC_NOTIFICATION;
	stage_rpc_message_finish(&message);
	return wants;
}

// How many answers the stream is to get: a line that is too long gets the last
// one, what stands behind the last newline gets none.
static size_t
count_expected(const uint8_t *data, size_t size)
{
	struct stage_rpc_frame frame = {.max_bytes = LINE_MAX_BYTES};
	enum stage_status status;
	size_t expected = 0;
	const char *line;
	size_t len;

	FUZZ_CHECK(stage_rpc_frame_feed(&frame, data, size) == STAGE_OK);
	while ((status = stage_rpc_frame_next(&frame, &line, &len)) ==
		STAGE_OK) {
		expected += is_answered(line, len);
	}
	stage_rpc_frame_finish(&frame);
	return expected + (status == STAGE_TOO_LONG);
}

// What the client has got so far.
struct got {
	struct stage_rpc_frame frame;
	size_t answers;
	bool is_over; // the server has hung up
};

static void
take(struct world *world, struct got *got)
{
	char bytes[4096];
	ssize_t len;

	while ((len = recv(world->fd, bytes, sizeof(bytes), MSG_DONTWAIT)) >
		0) {
		FUZZ_CHECK(stage_rpc_frame_feed(&got->frame, bytes,
				   (size_t)len) == STAGE_OK);
		got->answers += check_lines(&got->frame);
	}
	got->is_over = len == 0;
}

static void
turn(struct world *world, struct got *got)
{
	uv_run(&world->loop, UV_RUN_NOWAIT);
	take(world, got);
}

// Turns the loop until the server has hung up, or waits with all said: for the
// call that is to be answered later, or to tell a subscriber more.
static void
turn_to_end(struct world *world, struct got *got, size_t expected)
{
	int turns = 0;

	while (!got->is_over && (got->answers < expected || turns < 4)) {
		turn(world, got);
		turns++;
		if (turns % 8 == 0 && world->later != NULL) {
			stage_rpc_reply_ok(world->later, NULL);
			world->later = NULL;
		}
		FUZZ_CHECK(turns < TURNS_MAX);
	}
}

// Sends it all in two parts and reads until nothing more comes.
static void
talk(struct world *world, const uint8_t *data, size_t size, size_t first)
{
	struct got got = {.frame.max_bytes = STAGE_RPC_ANSWER_MAX};
	size_t expected = count_expected(data, size);

	FUZZ_CHECK(first == 0 || send(world->fd, data, first, MSG_NOSIGNAL) ==
					 (ssize_t)first);
	turn(world, &got);
	turn(world, &got);
	// The server may have had enough of the first part.
	if (first < size) {
		(void)!send(
			world->fd, data + first, size - first, MSG_NOSIGNAL);
	}
	shutdown(world->fd, SHUT_WR);
	turn_to_end(world, &got, expected);
	FUZZ_CHECK(got.answers == expected);
	FUZZ_CHECK(got.frame.bytes.len == 0); // no half line
	stage_rpc_frame_finish(&got.frame);
}

// The first byte is where the stream is cut in two.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world *world = the_world != NULL ? the_world : open_world();

	if (size < 1 || size > INPUT_MAX) {
		return 0;
	}
	come(world);
	talk(world, data + 1, size - 1, (size - 1) * data[0] / 256);
	leave(world);
	return 0;
}
