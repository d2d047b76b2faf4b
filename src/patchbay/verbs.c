/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/verbs.h"

#include <stddef.h>
#include <string.h>

const struct stage_verb *const stage_patch_verbs[] = {
	&stage_patch_verb_list,
	&stage_patch_verb_ports,
	&stage_patch_verb_connect,
	&stage_patch_verb_disconnect,
	&stage_patch_verb_clear,
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
	NULL,
};

enum stage_status
stage_patch_verb_statement(const json_t *args, enum stage_patch_policy policy,
	struct stage_patch_list *out, struct stage_err *err)
{
	const struct stage_patch_operands operands = {
		.policy = policy,
		.from = stage_args_text(args, "from", ""),
		.to = stage_args_text(args, "to", ""),
		.except = stage_args_text(args, "except", NULL),
	};

	return stage_patch_operands_read(&operands, out, err);
}

enum stage_status
stage_patch_verb_system(
	const json_t *args, enum stage_patch_system *out, struct stage_err *err)
{
	const char *word = stage_args_text(args, "system", NULL);

	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		*out = (enum stage_patch_system)i;
		if (word != NULL &&
			strcmp(word, stage_patch_system_name(*out)) == 0) {
			return STAGE_OK;
		}
	}
	*out = STAGE_PATCH_SYSTEM_COUNT;
	return word == NULL ? STAGE_OK
			    : stage_err_set(err, STAGE_BAD_INPUT,
				      "there is no system \"%s\"; there are "
				      "jack and alsa",
				      word);
}
