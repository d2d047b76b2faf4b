/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the wildcards or groups of a pattern matched: \1 to \9.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_CAPTURE_H
#define STAGE_PATCHBAY_CAPTURE_H

#include <stddef.h>

#include "patchbay/statement.h"

struct stage_capture {
	const char *text; // borrowed from the name that matched
	size_t len;       // bytes, may be 0
};

struct stage_captures {
	struct stage_capture at[STAGE_PATCH_CAPTURES_MAX]; // \1 is at[0]
	size_t count;
};

#endif
