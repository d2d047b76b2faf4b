/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether a rig lives longer than its user's login. Thread: main. */

#ifndef STAGE_CLI_LOGOUT_H
#define STAGE_CLI_LOGOUT_H

#include <stdbool.h>
#include <sys/types.h>

#include "rig/paths.h"

/** True when systemd-logind will take the run directory away at the user's last
 * logout: it is below /run/user/UID, logind knows the user, and the user does
 * not linger (loginctl(1), enable-linger).
 *
 * root: "" but in tests, what the paths of the system stand below.
 */
bool stage_logout_ends_rig(
	const struct stage_rig *rig, uid_t uid, const char *root);

#endif
