/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files of the server share: server.c accepts and dispatches, conn.c
 * moves bytes, reply.c completes calls later, builtin.c has the verbs that
 * every server knows. Nothing else includes this.
 *
 * The life of a connection:
 *
 *	conn_create ──► [ open ] ── end of input ──► [ eof ] ─ all answered ─┐
 *	                   │ line too long             │                     │
 *	                   ▼                           ▼                     ▼
 *	               [ ending ] ── error sent ──► [ closed ] ◄── [ broken ]
 *	                                               │
 *	                                     libuv's close callback: freed
 *
 * `broken` (a failed send, too much unsent, no memory) may be set anywhere;
 * only the poll callback and the server's end turn it into `closed`, so that
 * no list changes under a loop and no connection goes under a handler.
 */

#ifndef STAGE_RPC_SERVER_PRIVATE_H
#define STAGE_RPC_SERVER_PRIVATE_H

#include <uv.h>

#include "base/str.h"
#include "rpc/frame.h"
#include "rpc/listen.h"
#include "rpc/proto.h"
#include "rpc/queue.h"
#include "rpc/server.h"

#define STAGE_RPC_EPOCH_CHARS 16
#define STAGE_RPC_TOPICS_MAX 64 // in one subscription

struct stage_rpc_server {
	uv_loop_t *loop; // borrowed
	struct stage_rpc_config config;
	struct stage_rpc_listener listener;
	uv_poll_t poll;               // of the listening socket
	struct stage_rpc_conn *conns; // open ones, owned
	size_t conn_count;
	size_t handles; // of libuv, not closed yet; 0 frees the server
	int spare_fd;   // given up to accept when descriptors have run out
	char epoch[STAGE_RPC_EPOCH_CHARS + 1];
	int64_t seq; // of the last event
	bool is_destroyed;
};

struct stage_rpc_conn {
	struct stage_rpc_server *server; // borrowed, outlives the connection
	struct stage_rpc_conn *prev;
	struct stage_rpc_conn *next;
	uv_poll_t poll;
	int fd;       // -1 once closed
	int poll_for; // what is polled for now
	struct stage_rpc_peer peer;
	struct stage_rpc_frame input;
	struct stage_rpc_queue output;
	struct stage_rpc_reply *replies; // open ones, borrowed
	size_t reply_count;
	struct stage_strv topics; // none: all of them
	bool is_subscribed;
	bool is_eof;
	bool is_ending;
	bool is_broken;
	bool is_closed;
};

/** A call while its handler runs. */
struct stage_rpc_call {
	struct stage_rpc_conn *conn;
	json_t *id;                    // borrowed; NULL: no answer is wanted
	struct stage_rpc_reply *reply; // deferred and still open
	bool is_deferred;
};

extern const struct stage_verb *const stage_rpc_builtin_verbs[];

/** Takes over an accepted socket, which is closed when that fails. */
STAGE_NODISCARD enum stage_status stage_rpc_conn_create(
	struct stage_rpc_server *server, int fd,
	const struct stage_rpc_peer *peer);

/** Closes at once; the memory goes with libuv's close callback. */
void stage_rpc_conn_close(struct stage_rpc_conn *self);

/** Polls for what is to happen next, as the fields now say. */
void stage_rpc_conn_wake(struct stage_rpc_conn *self);

/** Sends what can be sent without waiting. */
void stage_rpc_conn_flush(struct stage_rpc_conn *self);

/** Queue an answer or event, or break the connection. A NULL id is null; a
 * NULL line is an event that could not be made. */
void stage_rpc_conn_answer_result(
	struct stage_rpc_conn *self, json_t *id, json_t *result);
void stage_rpc_conn_answer_error(struct stage_rpc_conn *self, json_t *id,
	int code, const struct stage_err *error);
void stage_rpc_conn_send_event(
	struct stage_rpc_conn *self, struct stage_rpc_line *line);

/** Handles one line of a client. Called by the connection. */
void stage_rpc_server_handle_line(
	struct stage_rpc_conn *conn, const char *line, size_t len);

/** Frees the server after the last of its handles. */
void stage_rpc_server_handle_closed(struct stage_rpc_server *self);

/** Frees a reply without answering; it is no longer the handler's. */
void stage_rpc_reply_drop(struct stage_rpc_reply *self);

/** Tells all open replies of a connection that nobody waits any more. */
void stage_rpc_reply_all_gone(struct stage_rpc_conn *conn);

/** Ends the part of a reply's life in which its call is on the stack. */
void stage_rpc_reply_call_over(struct stage_rpc_reply *self);

#endif
