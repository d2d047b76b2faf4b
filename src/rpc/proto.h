/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** JSON-RPC 2.0 messages: reads one from a line, writes one to a line. Pure.
 *
 * Stricter than JSON asks for: valid UTF-8, no key twice in an object, no zero
 * character, nesting of STAGE_RPC_DEPTH_MAX at most. Batches (arrays) are
 * refused with a sentence: requests may be sent without waiting for answers,
 * one a line, which does the same.
 *
 * Every error object carries, beside code and message (one full sentence for a
 * person), data.status: the enum stage_status as a lower-case word.
 *
 * Ownership: json_t arguments are borrowed unless a line says otherwise.
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RPC_PROTO_H
#define STAGE_RPC_PROTO_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

#define STAGE_RPC_REQUEST_MAX (1024L * 1024)     // bytes of a line to a server
#define STAGE_RPC_ANSWER_MAX (16L * 1024 * 1024) // bytes of a line to a client
#define STAGE_RPC_DEPTH_MAX 64                   // objects and arrays inside
#define STAGE_RPC_ID_MAX 256                     // bytes of a text as id
#define STAGE_RPC_METHOD_MAX 128                 // bytes of a method's name

enum stage_rpc_code {
	STAGE_RPC_PARSE_ERROR = -32700,
	STAGE_RPC_INVALID_REQUEST = -32600,
	STAGE_RPC_METHOD_NOT_FOUND = -32601,
	STAGE_RPC_INVALID_PARAMS = -32602,
	STAGE_RPC_INTERNAL_ERROR = -32603,
	STAGE_RPC_STATUS_FIRST =
		-32000, // less the status: ours, down to -32099
};

enum stage_rpc_kind {
	STAGE_RPC_REQUEST,      // method, params, id: wants an answer
	STAGE_RPC_NOTIFICATION, // method, params
	STAGE_RPC_RESULT,       // id, result
	STAGE_RPC_ERROR,        // id, error
};

struct stage_rpc_message {
	enum stage_rpc_kind kind;
	json_t *root;       // owned; all below is borrowed from it
	json_t *id;         // text, whole number or null; NULL: there is none
	const char *method; // NULL in answers
	json_t *params;     // object or array; NULL: there are none
	json_t *result;     // NULL but for STAGE_RPC_RESULT
	json_t *error;      // NULL but for STAGE_RPC_ERROR
	int code;           // STAGE_RPC_ERROR and after a failed parse, else 0
};

/** Reads one line (without newline) into self, which may be uninitialised.
 *
 * self is to be finished whatever is returned. After a failure self->code says
 * which error object belongs to it, and self->id is set if it could be read.
 * Errors, all with a sentence: STAGE_BAD_INPUT, STAGE_UNSUPPORTED for a batch,
 * STAGE_TOO_LONG for a depth, id or method name over the limits above,
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_rpc_message_parse(
	struct stage_rpc_message *self, const char *line, size_t len,
	struct stage_err *err);

/** Frees it and leaves a zeroed one. self may be NULL. */
void stage_rpc_message_finish(struct stage_rpc_message *self);

/** Fills err from a message of kind STAGE_RPC_ERROR and returns its status,
 * which is never STAGE_OK. */
enum stage_status stage_rpc_message_error(
	const struct stage_rpc_message *self, struct stage_err *err);

/** A status as the word of error.data.status ("not_found"), and back; a word
 * that is not known gives STAGE_IO. Ownership: the word is static. */
const char *stage_rpc_status_word(enum stage_status status);
enum stage_status stage_rpc_status_from_word(const char *word);

/** The error code that stands for a status: -32602 for STAGE_BAD_INPUT, -32603
 * for STAGE_BUG, otherwise STAGE_RPC_STATUS_FIRST less the status. */
int stage_rpc_code_from_status(enum stage_status status);

/** A JSON text of bytes that need not be UTF-8, such as a file name: each byte
 * that is not part of a character becomes U+FFFD.
 *
 * Ownership: the caller's. NULL when out of memory.
 */
json_t *stage_rpc_text(const char *text);

/** Each of these appends one message with its newline to `out`, which is
 * unchanged after a failure. An id or params of NULL are written as null and
 * not at all. Errors: STAGE_NO_MEMORY (also for a NULL result, which is what a
 * failed constructor of jansson leaves). */
STAGE_NODISCARD enum stage_status stage_rpc_write_result(
	struct stage_str *out, json_t *id, json_t *result);
STAGE_NODISCARD enum stage_status stage_rpc_write_error(struct stage_str *out,
	json_t *id, int code, const struct stage_err *error);
STAGE_NODISCARD enum stage_status stage_rpc_write_request(
	struct stage_str *out, int64_t id, const char *method, json_t *params);
STAGE_NODISCARD enum stage_status stage_rpc_write_notification(
	struct stage_str *out, const char *method, json_t *params);

#endif
