/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What was learned, as a list of statements in which no two contradict each
 * other about two names.
 *
 * Pure. Thread: any, one list by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_LEARNED_H
#define STAGE_PATCHBAY_LEARNED_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/status.h"
#include "patchbay/statement.h"

/** Adds a statement, unless it is there. One about two names takes the place of
 * what was said about them before, but a forbid: it stands beside that.
 *
 * *has_changed: whether the list has. Errors: STAGE_NO_MEMORY; what was said
 * before may be gone then.
 */
STAGE_NODISCARD enum stage_status stage_learned_add(
	struct stage_patch_list *list,
	const struct stage_patch_statement *statement, bool *has_changed);

/** Takes out what is said about two names, forbids apart. Returns whether there
 * was anything. */
bool stage_learned_drop(struct stage_patch_list *list,
	enum stage_patch_system system, const char *from, const char *to);

#endif
