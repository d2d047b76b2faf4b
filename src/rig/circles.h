/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds services that need each other in a circle: each waits for the next,
 * and none of them ever starts. Thread: main. */

#ifndef STAGE_RIG_CIRCLES_H
#define STAGE_RIG_CIRCLES_H

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"
#include "rig/paths.h"

/** Appends one sentence for each circle among the services of the rig: which it
 * is, and what to do. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_circles_tell(
	const struct stage_rig *rig, struct stage_strv *out);

#endif
