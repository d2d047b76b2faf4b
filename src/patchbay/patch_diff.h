/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What two lists of statements do not have in common.
 *
 * Lists are compared as sets of lines: since when, line numbers, order and how
 * often a line is there do not count. Pure. Thread: any.
 */

#ifndef STAGE_PATCHBAY_PATCH_DIFF_H
#define STAGE_PATCHBAY_PATCH_DIFF_H

#include "base/attr.h"
#include "patchbay/statement.h"

/** Appends to `out` what is in `list` and not in `other`, mode lines too, each
 * once and in their order. Time: both lengths added up.
 *
 * Errors: STAGE_NO_MEMORY; STAGE_BAD_INPUT and STAGE_TOO_LONG for what no patch
 * file can hold. out may then hold a part.
 */
STAGE_NODISCARD enum stage_status stage_patch_diff(
	const struct stage_patch_list *list,
	const struct stage_patch_list *other, struct stage_patch_list *out);

#endif
