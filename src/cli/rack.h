/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft rack: what its verbs share.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_RACK_H
#define STAGE_CLI_RACK_H

#include "cli/ask.h"
#include "rpc/verb.h"

/** Asks the rack that the first operand names; as stage_ask_do. */
int stage_rack_ask(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result));

/** Connects to the rack that the first operand names; as stage_ask_connect. */
struct stage_rpc_client *stage_rack_connect(
	struct stage_cli *cli, struct stage_err *err);

/** A word as the argument of a verb. Ownership: the caller's; NULL when it is
 * none, which is told. */
json_t *stage_rack_word(
	const char *name, enum stage_verb_arg_type type, const char *word);

/** Gives params one more word; as it is when there is none. Ownership: takes
 * and gives back params, which may be NULL. NULL when out of memory, or when
 * the word is no UTF-8: never params without it. */
STAGE_NODISCARD json_t *stage_rack_with(
	json_t *params, const char *key, const char *word);

extern const struct stage_cli_verb stage_rack_cli_add;
extern const struct stage_cli_verb stage_rack_cli_check;
extern const struct stage_cli_verb stage_rack_cli_commit;
extern const struct stage_cli_verb stage_rack_cli_import;
extern const struct stage_cli_verb stage_rack_cli_learn;
extern const struct stage_cli_verb stage_rack_cli_map;
extern const struct stage_cli_verb stage_rack_cli_meter;
extern const struct stage_cli_verb stage_rack_cli_move;
extern const struct stage_cli_verb stage_rack_cli_mute;
extern const struct stage_cli_verb stage_rack_cli_panic;
extern const struct stage_cli_verb stage_rack_cli_new;
extern const struct stage_cli_verb stage_rack_cli_plugins;
extern const struct stage_cli_verb stage_rack_cli_preset;
extern const struct stage_cli_verb stage_rack_cli_remove;
extern const struct stage_cli_verb stage_rack_cli_revert;
extern const struct stage_cli_verb stage_rack_cli_smite;
extern const struct stage_cli_verb stage_rack_cli_snapshot;

#endif
