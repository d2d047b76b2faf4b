/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A blocking JSON-RPC 2.0 client for small programs and tests: no loop, every
 * wait with a deadline. `stagecraft` itself does not need it: it works on the
 * files of the run directory.
 *
 * Events that arrive while a call waits for its answer are kept for
 * stage_rpc_client_next_event, STAGE_RPC_EVENTS_KEPT at most; more than that
 * and they are dropped for one resync, as a server does.
 * After STAGE_GONE, STAGE_IO, STAGE_BAD_INPUT or STAGE_TOO_LONG from reading
 * the connection is of no more use; every later call says so again.
 *
 * Thread: any, one client by one thread at a time. SIGPIPE never arises.
 */

#ifndef STAGE_RPC_CLIENT_H
#define STAGE_RPC_CLIENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_RPC_EVENTS_KEPT 4096

struct stage_rpc_client;

/** Connects to a server's socket, waiting at most timeout_ns.
 *
 * Ownership: the caller's. Errors: NULL with a sentence in err:
 * STAGE_NOT_FOUND when there is no socket and STAGE_GONE when its server is
 * dead (both: "the rig is not running here"), STAGE_DENIED, STAGE_TIMEOUT,
 * STAGE_TOO_LONG for the path, STAGE_NO_MEMORY.
 */
struct stage_rpc_client *stage_rpc_client_create(
	const char *path, int64_t timeout_ns, struct stage_err *err);

/** The same, for a person who knows the server by its name: when it does not
 * run, err is STAGE_NOT_FOUND with the sentence `absent`. */
struct stage_rpc_client *stage_rpc_client_reach(const char *path,
	int64_t timeout_ns, const char *absent, struct stage_err *err);

/** Hangs up. self may be NULL. */
void stage_rpc_client_destroy(struct stage_rpc_client *self);

/** Calls a verb and waits for its answer.
 *
 * Ownership: params (NULL: none) becomes the client's, whatever happens;
 * *result is the caller's, set on success only, never NULL then; `result`
 * itself may be NULL.
 * Errors: status and sentence of the server's answer; STAGE_TIMEOUT (a late
 * answer is thrown away), STAGE_GONE when the server ended, STAGE_BAD_INPUT
 * when it does not speak JSON-RPC, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_rpc_client_call(
	struct stage_rpc_client *self, const char *method, json_t *params,
	int64_t timeout_ns, json_t **result, struct stage_err *err);

/** Subscribes to `topics` (ended by NULL; NULL: all) and returns the snapshot
 * {epoch, seq, state}. Events kept from before are dropped.
 *
 * Ownership and errors as stage_rpc_client_call.
 */
STAGE_NODISCARD enum stage_status stage_rpc_client_subscribe(
	struct stage_rpc_client *self, const char *const *topics,
	int64_t timeout_ns, json_t **snapshot, struct stage_err *err);

struct stage_rpc_event {
	bool is_resync;    // events were lost: ask for the state again
	const char *topic; // NULL for a resync
	const char *epoch; // of the server instance
	int64_t seq;       // of this event; of the last lost one for a resync
	int64_t dropped;   // how many were lost, for a resync
	json_t *data;      // NULL for a resync
	json_t *owned;     // all above is borrowed from it
};

/** Waits for the next event, at most timeout_ns (0: only looks).
 *
 * Ownership: *event is to be finished by the caller, set on success only.
 * Errors: STAGE_TIMEOUT when there was none, otherwise as
 * stage_rpc_client_call.
 */
STAGE_NODISCARD enum stage_status stage_rpc_client_next_event(
	struct stage_rpc_client *self, int64_t timeout_ns,
	struct stage_rpc_event *event, struct stage_err *err);

/** Frees what it holds and leaves a zeroed one. self may be NULL. */
void stage_rpc_event_finish(struct stage_rpc_event *self);

/** The socket, to be polled for reading beside others; call
 * stage_rpc_client_next_event with 0 until STAGE_TIMEOUT before and after. */
int stage_rpc_client_fd(const struct stage_rpc_client *self);

#endif
