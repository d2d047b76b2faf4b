/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A small daemon for tests: a server with verbs that answer, fail, wait, and
 * publish on request, in its own thread, and raw sockets to try it with.
 *
 * Verbs: echo, fail, nothing, big, later, complete, publish, stats, quit and
 * others; see demo.c. Whatever a test wants done in the server's thread it
 * asks for with a call.
 */

#ifndef STAGE_TESTS_RPC_DEMO_H
#define STAGE_TESTS_RPC_DEMO_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "rpc/client.h"
#include "rpc/server.h"
#include "scratch.h"

#define DEMO_REPLIES_MAX 1024
#define DEMO_TIMEOUT_NS (20 * 1000000000LL)

struct demo {
	struct scratch scratch;
	char path[SCRATCH_PATH_MAX];
	struct stage_rpc_config config;
	uv_loop_t loop;
	struct stage_rpc_server *server;
	struct stage_rpc_reply *replies[DEMO_REPLIES_MAX]; // by `later`
	size_t reply_count;
	int64_t gone_count;    // clients that went before their answer
	bool is_out_of_memory; // what `state` says next
	struct stage_rpc_server **victim; // destroyed by the next gone callback

	uv_thread_t thread;
	uv_async_t stop;
	bool has_thread;
};

/** Makes scratch directory, loop and configuration; a test may change the
 * configuration before it starts the server. */
void demo_init(struct demo *self);

/** Creates the server; the test turns the loop itself. */
void demo_listen(struct demo *self);

/** Creates the server and turns the loop in a thread. */
void demo_start(struct demo *self);

/** Ends thread, server and loop and checks that nothing is left. */
void demo_finish(struct demo *self);

/** Completes the replies left open by `later`, in the thread of the loop. */
void demo_complete_all(struct demo *self);

/** A client of it. Fails the test if that cannot be. */
struct stage_rpc_client *demo_client(struct demo *self);

/** Calls and fails the test unless it works. Ownership: params become the
 * client's, the result is the caller's. */
json_t *demo_call(
	struct stage_rpc_client *client, const char *method, json_t *params);

/** As demo_call, and lets go of the result. */
void demo_do(
	struct stage_rpc_client *client, const char *method, json_t *params);

/** One number out of the verb `stats`. */
int64_t demo_stat(struct stage_rpc_client *client, const char *name);

/** Asks for `stats` until that number is `wanted`; fails after the time-out. */
void demo_await(
	struct stage_rpc_client *client, const char *name, int64_t wanted);

/** A connected socket, blocking, with a time-out on reading. */
int demo_socket(struct demo *self);

void raw_send(int fd, const char *text);
void raw_send_bytes(int fd, const void *bytes, size_t len);

/** Reads one line of JSON. Ownership: the caller's. NULL at the end of input,
 * which counts a reset, too. */
json_t *raw_read(int fd);

/** Reads until the end and throws all away. */
void raw_drain(int fd);

#endif
