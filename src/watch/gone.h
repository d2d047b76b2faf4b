/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Ends services that were removed, and that runsvdir does not know of since it
 * was started anew. Thread: the loop's. */

#ifndef STAGE_WATCH_GONE_H
#define STAGE_WATCH_GONE_H

#include <stdint.h>

#include "rig/paths.h"

/** Tells each to end at the first look that comes 3 s after it was removed, and
 * kills it, with what it left behind, at those that come after 13 s. period_ns:
 * from one look to the next. */
void stage_watch_end_gone(const struct stage_rig *rig, int64_t period_ns);

#endif
