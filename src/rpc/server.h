/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A JSON-RPC 2.0 server on a unix socket, in a libuv loop.
 *
 * Each daemon creates one, hands it its verb table, and publishes its events.
 * Beside the daemon's verbs the server has `state`, `subscribe`, `unsubscribe`,
 * `verbs` and `ping`. docs/internals/rpc.md describes what goes over the wire.
 *
 * Nothing a client does blocks the loop or grows memory without bound: lines,
 * connections, unanswered calls and unsent bytes are limited, and SIGPIPE never
 * arises. A subscriber that reads too slowly loses events and is told so by one
 * `resync`; any other client whose answers pile up is disconnected.
 *
 * Out of memory costs a client its answer or connection, never the daemon.
 *
 * Thread: all functions in the thread of the loop.
 */

#ifndef STAGE_RPC_SERVER_H
#define STAGE_RPC_SERVER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "rpc/peer.h"
#include "rpc/verb.h"

struct uv_loop_s; // uv_loop_t

struct stage_rpc_server;
struct stage_rpc_call;
struct stage_rpc_reply;

// Whose members may talk to the daemons of root, where there is such a group.
#define STAGE_RPC_GROUP "stagecraft"
#define STAGE_RPC_CONNECTIONS 64                  // default limit
#define STAGE_RPC_OUTPUT_BYTES (4L * 1024 * 1024) // default, per connection
#define STAGE_RPC_PENDING_MAX 256 // unanswered deferred calls, per connection

/** Everything is borrowed until stage_rpc_server_destroy. */
struct stage_rpc_config {
	const char *name; // of the daemon, for sentences and `ping`
	const struct stage_verb *const *verbs; // ended by NULL; may be NULL

	/** Makes the whole state, a new reference; NULL: out of memory.
	 * The member itself may be NULL: the state is {} then. */
	json_t *(*state)(void *ctx);

	const char *const *topics; // ended by NULL; NULL: any topic is fine
	void *ctx;                 // for handlers and state
	const char *group; // of the socket file; NULL: as STAGE_RPC_GROUP says
	size_t connections_max;  // 0: STAGE_RPC_CONNECTIONS
	size_t output_max_bytes; // 0: STAGE_RPC_OUTPUT_BYTES
	size_t line_max_bytes;   // 0: STAGE_RPC_REQUEST_MAX
};

/** Listens at `path` and serves from the next turn of the loop on.
 *
 * Ownership: the caller's. Errors: NULL with a sentence in err, statuses as
 * stage_rpc_listener_init; STAGE_BUG for a wrong verb table.
 */
struct stage_rpc_server *stage_rpc_server_create(struct uv_loop_s *loop,
	const char *path, const struct stage_rpc_config *config,
	struct stage_err *err);

/** Stops serving: sends what can be sent without waiting, closes all
 * connections, removes the socket file if it is still ours.
 *
 * May be called from a handler. No handler is called afterwards, but
 * callbacks of stage_rpc_reply_on_gone are during the call. The memory is
 * freed by close callbacks of libuv: the loop must turn until uv_run returns
 * 0, or at least once more, before uv_loop_close. self may be NULL.
 */
void stage_rpc_server_destroy(struct stage_rpc_server *self);

/** Tells all subscribers of `topic`: gives the event the next sequence number.
 *
 * Never fails: a subscriber that cannot get it gets a resync instead. Change
 * your state first, then publish.
 * Ownership: data becomes the server's; NULL counts as out of memory.
 */
void stage_rpc_server_publish(
	struct stage_rpc_server *self, const char *topic, json_t *data);

/** How many clients are connected, and how many of them subscribed. */
size_t stage_rpc_server_connections(const struct stage_rpc_server *self);
size_t stage_rpc_server_subscribers(const struct stage_rpc_server *self);

/** Bytes queued for all clients together; what many get counts for each. */
size_t stage_rpc_server_queued_bytes(const struct stage_rpc_server *self);

/** Who calls. Ownership: borrowed until the handler returns. */
const struct stage_rpc_peer *stage_rpc_call_peer(
	const struct stage_rpc_call *call);

/** Answers this call later: the handler returns STAGE_OK and its result is
 * ignored; the handle is completed by exactly one of stage_rpc_reply_ok and
 * stage_rpc_reply_fail, inside the handler or any time later. A handler that
 * returns an error after all must not use the handle again.
 *
 * The handle stays valid when the client goes away, and even when the server
 * is destroyed; completing it then only frees it.
 * Errors: STAGE_BUSY when the client has STAGE_RPC_PENDING_MAX calls open,
 * STAGE_BUG when the call was deferred already, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_rpc_call_defer(
	struct stage_rpc_call *call, struct stage_rpc_reply **out,
	struct stage_err *err);

/** Completes with a result and frees the handle. Ownership: result becomes the
 * server's; NULL is sent as null. reply may be NULL. */
void stage_rpc_reply_ok(struct stage_rpc_reply *reply, json_t *result);

/** Completes with an error and frees the handle. reply may be NULL. */
void stage_rpc_reply_fail(
	struct stage_rpc_reply *reply, const struct stage_err *error);

/** True while there is somebody to answer. */
bool stage_rpc_reply_is_wanted(const struct stage_rpc_reply *reply);

/** Has `gone(data)` called once when the client goes away before the answer,
 * so that the work can be given up. The handle is still to be completed, in
 * the callback or later. */
void stage_rpc_reply_on_gone(
	struct stage_rpc_reply *reply, void (*gone)(void *data), void *data);

#endif
