/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Completes a new rig: what its file `templates` names becomes services.
 * Thread: main. */

#ifndef STAGE_CLI_FILL_RIG_H
#define STAGE_CLI_FILL_RIG_H

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Makes services/ from the templates that RIG/templates lists, one a line, and
 * removes that file. Errors: those of base/conf.h and template.h. */
STAGE_NODISCARD enum stage_status stage_fill_rig(
	const struct stage_rig *draft, struct stage_err *err);

#endif
