/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Quotes words for sh. Thread: any. Pure. */

#ifndef STAGE_BASE_QUOTE_H
#define STAGE_BASE_QUOTE_H

#include "base/attr.h"
#include "base/str.h"

/** Appends a word so that sh reads it back byte for byte: as it is when that is
 * safe, else in quotes: single ones, or double ones where it holds what single
 * ones cannot or what would look like a slip in them. Errors: STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_quote_add(
	struct stage_str *out, const char *word);

#endif
