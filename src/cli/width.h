/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** How much room a text takes on a terminal, and text that does no harm there.
 *
 * Knows wide (East Asian, emoji) and combining characters from a table of its
 * own, so that it does not depend on the locale. Thread: any. Pure.
 */

#ifndef STAGE_CLI_WIDTH_H
#define STAGE_CLI_WIDTH_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/** Appends text[len] with control characters, bytes that are no UTF-8 and
 * characters that turn the direction of writing replaced by "?"; a tab becomes
 * a blank. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_width_clean(
	struct stage_str *out, const char *text, size_t len);

/** Columns that a clean text takes. */
size_t stage_width_of(const char *text);

/** The most bytes of a clean text that fit into `columns`; a combining
 * character stays with the one before it. */
size_t stage_width_fit(const char *text, size_t columns);

#endif
