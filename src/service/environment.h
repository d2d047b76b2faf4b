/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The environment of a service, as the directories of the rig have it.
 *
 * What comes later wins: env-all/ of every service that is enabled, env/ of the
 * rig, env/ of the service itself.
 *
 * Thread: main.
 */

#ifndef STAGE_SERVICE_ENVIRONMENT_H
#define STAGE_SERVICE_ENVIRONMENT_H

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"

/** Changes into the service's directory and takes over its environment.
 *
 * When that names other libraries than those that this process was loaded with
 * (PipeWire's libjack in place of JACK's), the process starts anew, with the
 * same pid, as `stagecraft-service run SERVICE`.
 *
 * Errors: as chdir(2); those of rig/env_dir.h. A fault in another service's
 * env-all is only logged.
 */
STAGE_NODISCARD enum stage_status stage_environment_enter(
	const struct stage_rig *rig, const char *service,
	struct stage_err *err);

#endif
