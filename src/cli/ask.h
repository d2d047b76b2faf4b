/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the verbs share that ask a daemon of the rig by its socket, and show
 * what it says.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_ASK_H
#define STAGE_CLI_ASK_H

#include <jansson.h>

#include "cli/cli.h"
#include "cli/table.h"
#include "rpc/client.h"

#define STAGE_CLI_JSON                                                         \
	{                                                                      \
		"json", 'j', NULL, "print JSON, for programs"                  \
	}

/** A daemon, as its verbs know it. */
struct stage_ask_daemon {
	const char *socket;  // in the run directory
	const char *absent;  // what to say when it does not run
	const char *no_text; // what to say of a word that is no UTF-8
	int64_t patience_ns; // for an answer
};

/** Connects to a daemon of the rig that is up.
 *
 * Ownership: the caller's. NULL with a sentence in err: no rig is up, or the
 * daemon is not.
 */
struct stage_rpc_client *stage_ask_connect(struct stage_cli *cli,
	const struct stage_ask_daemon *daemon, struct stage_err *err);

/** Calls a verb of a daemon. params becomes ours; NULL when out of memory, or
 * when a word is no UTF-8, which is an error. Ownership: *result is the
 * caller's. */
STAGE_NODISCARD enum stage_status stage_ask_call(struct stage_cli *cli,
	const struct stage_ask_daemon *daemon, const char *method,
	json_t *params, json_t **result, struct stage_err *err);

/** Calls a verb, prints its result as JSON or by `show`, and its warning.
 *
 * show may be NULL: then nothing is said of what went well; what it returns is
 * the exit code. Returns the exit code.
 */
int stage_ask_do(struct stage_cli *cli, const struct stage_ask_daemon *daemon,
	const char *method, json_t *params, int (*show)(const json_t *result));

/** Prints a table as wide as the terminal, and destroys it. Returns the exit
 * code. table may be NULL: out of memory. */
int stage_ask_print_table(struct stage_table *table);

/** Prints "1 line", "2 lines" and so on. thing: in the singular. */
void stage_ask_print_count(const json_t *count, const char *thing);

/** Prints JSON in one line. */
void stage_ask_print_json(const json_t *json);

/** A text of an object, or "". */
const char *stage_ask_text(const json_t *object, const char *key);

#endif
