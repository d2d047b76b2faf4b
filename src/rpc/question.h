/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One call of a verb of another daemon, from a loop that never waits: a
 * connection that lasts for one question.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RPC_QUESTION_H
#define STAGE_RPC_QUESTION_H

#include <jansson.h>
#include <uv.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_rpc_question;

/** Takes the answer, once, from the loop. err->status is STAGE_OK and result
 * what it says, or err is the server's or why there is none: STAGE_NOT_FOUND,
 * nobody is there; STAGE_GONE, it hung up; STAGE_TIMEOUT; STAGE_BAD_INPUT.
 * Ownership: borrowed for the call; the question is gone after it. */
typedef void stage_rpc_answered(
	void *user, const struct stage_err *err, const json_t *result);

/** Asks the server of the socket `path`. timeout_ms: for all of it.
 *
 * Ownership: params (NULL: none) becomes ours, whatever happens; *out, which
 * may be NULL, is good until `answered`. Errors: STAGE_NO_MEMORY,
 * STAGE_TOO_LONG; nothing is answered then.
 */
STAGE_NODISCARD enum stage_status stage_rpc_question_ask(uv_loop_t *loop,
	const char *path, const char *method, json_t *params,
	unsigned timeout_ms, stage_rpc_answered *answered, void *user,
	struct stage_rpc_question **out, struct stage_err *err);

/** Nobody wants to know any more. What was asked may be done all the same. NULL
 * is fine. */
void stage_rpc_question_drop(struct stage_rpc_question *self);

#endif
