/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Puts variables into what a service directory declares, so that `ready` can
 * speak of a name that a user sets in env/: port:${FX_NAME}:*
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_EXPAND_H
#define STAGE_RIG_EXPAND_H

#include "base/attr.h"
#include "base/err.h"
#include "rig/needs.h"

/** Replaces each ${NAME} in the arguments of port:, file: and net:, in needs
 * and readiness. In a port pattern the value stands for itself, whatever is in
 * it. A dollar sign before anything else stays as it is.
 *
 * get: as getenv(3). Errors: STAGE_BAD_INPUT for a variable that is not set,
 * and for a port pattern that is none any more; STAGE_NO_MEMORY. What was
 * replaced before an error stays so.
 */
STAGE_NODISCARD enum stage_status stage_needs_expand(struct stage_needs *needs,
	char *(*get)(const char *name), struct stage_err *err);

#endif
