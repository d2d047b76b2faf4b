/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The part of the environment that everything in a rig has from us. Thread:
 * main. */

#ifndef STAGE_RIG_OWN_ENV_H
#define STAGE_RIG_OWN_ENV_H

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Puts our programs first in PATH, names the rig, and forbids JACK's clients
 * to start servers of their own; to be called after a user's variables were
 * read, which may not take that away.
 *
 * XDG_RUNTIME_DIR is set where there is none. Errors: those of
 * stage_install_bin; STAGE_TOO_LONG for PATH.
 */
STAGE_NODISCARD enum stage_status stage_own_env_set(
	const struct stage_rig *rig, struct stage_err *err);

#endif
