/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Gives away what root may, where a rig is run by root.
 *
 * There the page is served by a user of its own, STAGE_WEB_USER, if there is
 * one who may talk to the daemons and can reach what we need; else by a root
 * who has no capabilities, and a warning says why. Where somebody else runs the
 * rig nothing changes.
 *
 * Thread: before there are others.
 */

#ifndef STAGE_WEB_DROP_H
#define STAGE_WEB_DROP_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_WEB_USER "stagecraft-web"

/** Does so. run: must be reachable; state: is made, and given to the user with
 * the files in it. binds_low: ports below 1024 are to be had later on, too.
 *
 * Errors: STAGE_DENIED when root cannot be given away; one must not go on then.
 */
STAGE_NODISCARD enum stage_status stage_web_drop(const char *run,
	const char *state, bool binds_low, struct stage_err *err);

#endif
