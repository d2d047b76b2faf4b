/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is in a client; for client*.c only. Thread: the caller's. */

#ifndef STAGE_RPC_CLIENT_PRIVATE_H
#define STAGE_RPC_CLIENT_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "rpc/client.h"
#include "rpc/frame.h"
#include "rpc/proto.h"

struct stage_rpc_client {
	int fd;
	char *path; // owned
	struct stage_rpc_frame input;
	int64_t last_id;
	json_t *events;          // owned array of whole messages
	struct stage_err broken; // why it is of no more use; STAGE_OK: it is
};

/** One wait: for what, and how long. */
struct stage_rpc_wait {
	const char *method; // asked for; NULL: an event
	int64_t timeout_ns;
	int64_t deadline_ns;
	bool is_over; // nothing more is read from the socket
};

/** A wait that begins now. method: what was asked, NULL for an event. */
struct stage_rpc_wait stage_rpc_client_start_wait(
	const char *method, int64_t timeout_ns);

/** Says in err why a wait failed, and returns status. Only a time-out leaves
 * the connection usable. */
enum stage_status stage_rpc_client_explain(struct stage_rpc_client *self,
	struct stage_rpc_wait wait, enum stage_status status,
	struct stage_err *err);

/** Sends a line, which it empties, and reads what comes meanwhile. */
enum stage_status stage_rpc_client_send(struct stage_rpc_client *self,
	struct stage_str *line, struct stage_rpc_wait wait);

/** Waits for a message. Ownership: where it is STAGE_OK, the caller finishes
 * it. */
enum stage_status stage_rpc_client_next_message(struct stage_rpc_client *self,
	struct stage_rpc_wait wait, struct stage_rpc_message *message,
	struct stage_err *err);

#endif
