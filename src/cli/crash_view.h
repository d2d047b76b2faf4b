/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What `stagecraft crashes` shows of one service. Pure. Thread: any. */

#ifndef STAGE_CLI_CRASH_VIEW_H
#define STAGE_CLI_CRASH_VIEW_H

#include "base/attr.h"
#include "base/str.h"
#include "cli/crash_list.h"

/** Appends a heading and each death with its last lines, the newest first, with
 * what could harm a terminal replaced (width.h); an empty line comes before it
 * when there is something in `out` already. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_crash_view(const char *name,
	const struct stage_crashes *crashes, struct stage_str *out);

#endif
