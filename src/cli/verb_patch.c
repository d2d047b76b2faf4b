/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/clock.h"
#include "cli/patch.h"

static const struct stage_ask_daemon patchbay = {
	.socket = "patchbay.sock",
	.absent = "the patchbay is not running; stagecraft status says why, "
		  "stagecraft enable patchbay makes its service",
	.no_text = "a name is no UTF-8 text: write it in quotes, and in it "
		   "\\xNN for each byte that is none, as stagecraft patch list "
		   "shows it",
	.patience_ns = 10 * STAGE_NS_PER_S,
};

struct stage_rpc_client *
stage_patch_connect(struct stage_cli *cli, struct stage_err *err)
{
	return stage_ask_connect(cli, &patchbay, err);
}

enum stage_status
stage_patch_call(struct stage_cli *cli, const char *method, json_t *params,
	json_t **result, struct stage_err *err)
{
	return stage_ask_call(cli, &patchbay, method, params, result, err);
}

int
stage_patch_do(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result))
{
	return stage_ask_do(cli, &patchbay, method, params, show);
}

json_t *
stage_patch_pair(const struct stage_cli *cli)
{
	return json_pack(
		"{s:s, s:s}", "from", cli->operands[0], "to", cli->operands[1]);
}

static const struct stage_cli_verb *const verbs[] = {
	&stage_patch_verb_list,
	&stage_patch_verb_connect,
	&stage_patch_verb_disconnect,
	&stage_patch_verb_forbid,
	&stage_patch_verb_rules,
	&stage_patch_verb_mode,
	&stage_patch_verb_lock,
	&stage_patch_verb_learn,
	&stage_patch_verb_undo,
	&stage_patch_verb_redo,
	&stage_patch_verb_history,
	&stage_patch_verb_diff,
	&stage_patch_verb_plan,
	&stage_patch_verb_explain,
	&stage_patch_verb_missing,
	&stage_patch_verb_scene,
	&stage_patch_verb_hush,
	&stage_patch_verb_import,
	&stage_patch_verb_export,
	&stage_patch_verb_watch,
	NULL,
};

const struct stage_cli_verb stage_verb_patch = {
	.name = "patch",
	.operands = "VERB",
	.max_operands = -1,
	.summary = "Shows and changes what is connected; has verbs of its own",
	.details =
		"The patchbay keeps what should be connected, over every crash "
		"and start. It learns what you connect and disconnect by hand; "
		"these verbs do the same, and show what it knows. Names are "
		"written as in a patch file: stagecraft-patch(1) has it all.",
	.verbs = verbs,
};
