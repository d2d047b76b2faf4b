/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A daemon as seen from a loop that never waits: connected to whenever its
 * socket is there, and asked many things at a time.
 *
 *	            socket appears          connected
 *	[ away ] ─────────────────► [ on the way ] ─────► [ up ]
 *	   ▲                              │ refused         │ hung up, or said
 *	   └──────────────────────────────┴─────────────────┘ what is no message
 *
 * Each call is answered once: by the daemon, by its deadline, or because the
 * daemon has gone. What has gone is connected to again as soon as its socket
 * appears anew; one that hangs up by itself is tried again, ever less often.
 *
 * Thread: the loop's. Callbacks come from the loop but where a function says
 * otherwise; all functions, destroying too, may be called from each of them.
 */

#ifndef STAGE_RPC_LINK_H
#define STAGE_RPC_LINK_H

#include <jansson.h>
#include <stdbool.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_RPC_LINK_CALLS_MAX 256                 // that wait for answers
#define STAGE_RPC_LINK_OUTPUT_MAX (4L * 1024 * 1024) // bytes not sent yet

struct stage_rpc_link;

/** Each may be NULL. */
struct stage_rpc_link_events {
	/** It can be asked. */
	void (*up)(void *user);
	/** It says something of its own accord: "event", "resync". Borrowed. */
	void (*told)(void *user, const char *method, const json_t *params);
	/** It has gone, and all calls have failed. */
	void (*down)(void *user);
};

/** Takes the answer to a call, once. err->status is STAGE_OK and result what it
 * says, or err is the daemon's, or why there is none: STAGE_GONE, it has gone;
 * STAGE_NOT_FOUND, there was nobody to connect to; STAGE_TIMEOUT, and the
 * daemon may do it yet; STAGE_BAD_INPUT or STAGE_TOO_LONG, it does not speak
 * JSON-RPC; STAGE_FULL, it does not keep up; STAGE_NO_MEMORY. Ownership:
 * borrowed; a reference of the result may be kept. */
typedef void stage_rpc_answered(
	void *user, const struct stage_err *err, json_t *result);

/** Begins: connects in the loop's next turn, if the socket `path` is there.
 *
 * name: for sentences ("the patchbay"). Both are copied; events (NULL: none)
 * and user are borrowed until it is destroyed.
 * Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG, STAGE_BAD_INPUT for an empty path.
 */
STAGE_NODISCARD enum stage_status stage_rpc_link_create(
	struct stage_rpc_link **out, uv_loop_t *loop, const char *name,
	const char *path, const struct stage_rpc_link_events *events,
	void *user, struct stage_err *err);

/** Ends. Calls that wait fail with STAGE_GONE first; nothing else is called
 * then. The loop frees it. NULL is fine. */
void stage_rpc_link_destroy(struct stage_rpc_link *self);

bool stage_rpc_link_is_up(const struct stage_rpc_link *self);

/** Calls a verb. timeout_ms: that the answer may take. answered is called
 * before this returns when it cannot even be asked.
 * Ownership: params (NULL: none) becomes ours, whatever happens. */
void stage_rpc_link_call(struct stage_rpc_link *self, const char *verb,
	json_t *params, unsigned timeout_ms, stage_rpc_answered *answered,
	void *user);

struct stage_rpc_question;

/** Asks one thing of the server of a socket, now or never, by a connection that
 * lasts for it. Sentences say "it".
 *
 * Ownership: params (NULL: none) becomes ours, whatever happens; *out, which
 * may be NULL, is good until `answered`, which comes from the loop.
 * Errors: STAGE_NO_MEMORY, STAGE_TOO_LONG, STAGE_BAD_INPUT; nothing is answered
 * then.
 */
STAGE_NODISCARD enum stage_status stage_rpc_ask(uv_loop_t *loop,
	const char *path, const char *verb, json_t *params, unsigned timeout_ms,
	stage_rpc_answered *answered, void *user,
	struct stage_rpc_question **out, struct stage_err *err);

/** Nobody wants to know any more. What was asked may be done all the same. NULL
 * is fine. */
void stage_rpc_question_drop(struct stage_rpc_question *self);

#endif
