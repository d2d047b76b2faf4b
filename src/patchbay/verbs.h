/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the patchbay can be asked to do over its socket: one verb_NAME.c each
 * for what belongs together, the table of all of them, and what they share.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_VERBS_H
#define STAGE_PATCHBAY_VERBS_H

#include "patchbay/engine.h"
#include "patchbay/operand.h"
#include "patchbay/statement.h"
#include "rpc/verb.h"

/** Ended by NULL. */
extern const struct stage_verb *const stage_patch_verbs[];

/** The arguments from, to and perhaps except of most of them; a table may begin
 * with the first two. */
#define STAGE_PATCH_ARG_FROM                                                   \
	{                                                                      \
		"from", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED,                    \
			"the output, as in a patch file"                       \
	}
#define STAGE_PATCH_ARG_TO                                                     \
	{                                                                      \
		"to", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the input"          \
	}

/** Reads those arguments into a list of one statement. Errors: those of
 * stage_patch_operands_read. */
STAGE_NODISCARD enum stage_status stage_patch_verb_statement(const json_t *args,
	enum stage_patch_policy policy, struct stage_patch_list *out,
	struct stage_err *err);

struct stage_patchbay;

/** Has a statement speak of ports that are there as others do
 * (stage_desired_names), where it has their very names. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patchbay_speak(
	const struct stage_patchbay *self,
	struct stage_patch_statement *statement);

/** Learns all of a list, as if by command; with is_only, everything else that
 * is connected in the system (SYSTEM_COUNT: in all), but for the clients that
 * are ignored (NULL: none), is disconnected, as by command, too. What could not
 * be saved is put into result as "warning". Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_patchbay_learn_list(
	struct stage_patchbay *self, const struct stage_patch_list *list,
	bool is_only, enum stage_patch_system system, const json_t *ignored,
	json_t *result, struct stage_err *err);

/** Reads the argument `system`: the one that is meant alone, or
 * STAGE_PATCH_SYSTEM_COUNT for all. Errors: STAGE_BAD_INPUT. */
STAGE_NODISCARD enum stage_status stage_patch_verb_system(const json_t *args,
	enum stage_patch_system *out, struct stage_err *err);

/** True when a port's client matches one of an array of fnmatch(3) patterns;
 * NULL: none. */
bool stage_patch_is_ignored(const json_t *ignored,
	enum stage_patch_system system, const char *port);

extern const struct stage_verb stage_patch_verb_clear;
extern const struct stage_verb stage_patch_verb_connect;
extern const struct stage_verb stage_patch_verb_diff;
extern const struct stage_verb stage_patch_verb_disconnect;
extern const struct stage_verb stage_patch_verb_explain;
extern const struct stage_verb stage_patch_verb_export;
extern const struct stage_verb stage_patch_verb_forbid;
extern const struct stage_verb stage_patch_verb_history;
extern const struct stage_verb stage_patch_verb_import;
extern const struct stage_verb stage_patch_verb_learn;
extern const struct stage_verb stage_patch_verb_list;
extern const struct stage_verb stage_patch_verb_lock;
extern const struct stage_verb stage_patch_verb_missing;
extern const struct stage_verb stage_patch_verb_mode;
extern const struct stage_verb stage_patch_verb_plan;
extern const struct stage_verb stage_patch_verb_ports;
extern const struct stage_verb stage_patch_verb_redo;
extern const struct stage_verb stage_patch_verb_rules;
extern const struct stage_verb stage_patch_verb_scene;
extern const struct stage_verb stage_patch_verb_hush;
extern const struct stage_verb stage_patch_verb_undo;

/** Says a silence in one lower-case word. Never NULL. */
const char *stage_patch_hush_word(enum stage_hush hush);

#endif
