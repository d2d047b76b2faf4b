/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft patch: what its verbs share.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_PATCH_H
#define STAGE_CLI_PATCH_H

#include "cli/ask.h"

/** As those of ask.h, of the patchbay. */
struct stage_rpc_client *stage_patch_connect(
	struct stage_cli *cli, struct stage_err *err);
STAGE_NODISCARD enum stage_status stage_patch_call(struct stage_cli *cli,
	const char *method, json_t *params, json_t **result,
	struct stage_err *err);
int stage_patch_do(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result));

/** {from, to} of the first two operands. */
json_t *stage_patch_pair(const struct stage_cli *cli);

extern const struct stage_cli_verb stage_patch_verb_connect;
extern const struct stage_cli_verb stage_patch_verb_diff;
extern const struct stage_cli_verb stage_patch_verb_disconnect;
extern const struct stage_cli_verb stage_patch_verb_explain;
extern const struct stage_cli_verb stage_patch_verb_export;
extern const struct stage_cli_verb stage_patch_verb_forbid;
extern const struct stage_cli_verb stage_patch_verb_history;
extern const struct stage_cli_verb stage_patch_verb_import;
extern const struct stage_cli_verb stage_patch_verb_learn;
extern const struct stage_cli_verb stage_patch_verb_list;
extern const struct stage_cli_verb stage_patch_verb_lock;
extern const struct stage_cli_verb stage_patch_verb_missing;
extern const struct stage_cli_verb stage_patch_verb_mode;
extern const struct stage_cli_verb stage_patch_verb_plan;
extern const struct stage_cli_verb stage_patch_verb_redo;
extern const struct stage_cli_verb stage_patch_verb_rules;
extern const struct stage_cli_verb stage_patch_verb_scene;
extern const struct stage_cli_verb stage_patch_verb_hush;
extern const struct stage_cli_verb stage_patch_verb_undo;
extern const struct stage_cli_verb stage_patch_verb_watch;

#endif
