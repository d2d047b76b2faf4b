/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Questions about the rig's directory that several verbs ask. Thread: any. */

#ifndef STAGE_CLI_RIGDIR_H
#define STAGE_CLI_RIGDIR_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Writes the path of services/ into out[STAGE_PATH_MAX].
 *
 * Errors: STAGE_NOT_FOUND when it is not there, with what to do.
 */
STAGE_NODISCARD enum stage_status stage_rigdir_services(
	const struct stage_rig *rig, char *out, struct stage_err *err);

/** True when services/NAME, or with `disabled` services/NAME.DISABLED, is there
 * in any form. */
bool stage_rigdir_has(
	const struct stage_rig *rig, const char *name, bool disabled);

/** Says that there is no such service, and which was perhaps meant.
 *
 * Returns: STAGE_NOT_FOUND.
 */
enum stage_status stage_rigdir_not_there(
	const struct stage_rig *rig, const char *name, struct stage_err *err);

/** Warns on standard error of the services that need one, which will miss it.
 * Not being able to tell is no reason to refuse: then it says nothing. */
void stage_rigdir_warn_dependents(
	const struct stage_rig *rig, const char *name);

#endif
