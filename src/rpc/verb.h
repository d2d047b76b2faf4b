/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Verbs: what a daemon can be asked to do. Pure; knows no sockets.
 *
 * A verb is written once, in a file of its own: name, arguments, help and
 * handler in one `const struct stage_verb`. A daemon lists pointers to them in
 * an array ended by NULL. Command line, web and OSC are made from the same
 * table, by stage_verbs_describe on the wire.
 *
 *	static const struct stage_verb_arg args[] = {
 *		{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
 *		{"force", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL, "even if ..."},
 *		STAGE_ARGS_END,
 *	};
 *	const struct stage_verb rig_verb_start = {
 *		.name = "start", .args = args, .help = "Starts a service",
 *		.handler = start, .deed = STAGE_DEED_CHANGES,
 *	};
 *
 * Thread: the checks any; handlers run in the server's loop.
 */

#ifndef STAGE_RPC_VERB_H
#define STAGE_RPC_VERB_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "rpc/deed.h"

struct stage_rpc_call; // a call being handled: see rpc/server.h

enum stage_verb_arg_type {
	STAGE_ARG_TEXT,
	STAGE_ARG_INTEGER, // whole, 64 bits with sign
	STAGE_ARG_NUMBER,  // whole or not
	STAGE_ARG_BOOLEAN,
	STAGE_ARG_TEXTS,  // an array of texts
	STAGE_ARG_OBJECT, // by name, content not checked
	STAGE_ARG_ANY,
	STAGE_ARG_TYPE_COUNT,
};

enum stage_verb_arg_need {
	STAGE_ARG_OPTIONAL,
	STAGE_ARG_REQUIRED,
};

struct stage_verb_arg {
	const char *name; // NULL ends the table
	enum stage_verb_arg_type type;
	enum stage_verb_arg_need need; // required ones come first
	const char *help;              // a few words
};

#define STAGE_ARGS_END                                                         \
	{                                                                      \
		NULL, STAGE_ARG_ANY, STAGE_ARG_OPTIONAL, NULL                  \
	}

/** Does what the verb says, in the server's loop, without blocking.
 *
 * `ctx` is the daemon's, `args` a checked object: every required argument is
 * there, every one of the right type, none unknown; a null is as good as
 * absent and was taken out. On success *result becomes the server's; left NULL
 * it is sent as null. On failure the sentence in err (never NULL here) is the
 * answer; without one the status' own words are. A handler that cannot answer
 * yet calls stage_rpc_call_defer.
 *
 * Ownership: args and call are borrowed until the handler returns.
 */
typedef enum stage_status stage_verb_handler(void *ctx,
	struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err);

struct stage_verb {
	const char *name;
	const struct stage_verb_arg *args; // ended by STAGE_ARGS_END; or NULL
	const char *help; // one sentence, capital first, no full stop
	stage_verb_handler *handler;
	enum stage_deed deed; // who may is decided by it
};

/** The verb of that name in a table ended by NULL, or NULL. */
const struct stage_verb *stage_verbs_find(
	const struct stage_verb *const *verbs, const char *name);

/** Checks the table itself: names, help, handlers and deeds there, no name
 * twice, required arguments before optional ones. `verbs` may be NULL (empty).
 *
 * Errors: STAGE_BUG with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_verbs_check(
	const struct stage_verb *const *verbs, struct stage_err *err);

/** The table as JSON: [{name, help, deed, args: [{name, type, required,
 * help}]}].
 *
 * Ownership: the caller's. NULL when out of memory.
 */
json_t *stage_verbs_describe(const struct stage_verb *const *verbs);

/** Checks `params` (object, array or NULL) against the verb's arguments and
 * makes the object that the handler gets.
 *
 * Ownership: *args is the caller's, set on success only.
 * Errors: STAGE_BAD_INPUT with a sentence that names the argument;
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_verb_bind(const struct stage_verb *verb,
	json_t *params, json_t **args, struct stage_err *err);

/** Turns a word of a command line or form into the argument's type: numbers,
 * "true/false/yes/no/on/off", texts parted by commas, or JSON where the type
 * is object or any (where "any" and not JSON: the text itself).
 *
 * Ownership: *out is the caller's, set on success only.
 * Errors: STAGE_BAD_INPUT with a sentence, also when out of memory.
 */
STAGE_NODISCARD enum stage_status stage_verb_arg_parse(
	const struct stage_verb_arg *arg, const char *text, json_t **out,
	struct stage_err *err);

/** A type as the word used in stage_verbs_describe ("text", "integer"), and
 * back; STAGE_ARG_TYPE_COUNT for a word that is none. */
const char *stage_verb_arg_type_word(enum stage_verb_arg_type type);
enum stage_verb_arg_type stage_verb_arg_type_from_word(const char *word);

/** An argument out of checked `args`, or the fallback when it is absent.
 * Ownership: texts are borrowed from args. */
const char *stage_args_text(
	const json_t *args, const char *name, const char *fallback);
int64_t stage_args_integer(
	const json_t *args, const char *name, int64_t fallback);
double stage_args_number(const json_t *args, const char *name, double fallback);
bool stage_args_boolean(const json_t *args, const char *name, bool fallback);

#endif
