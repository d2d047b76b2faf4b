/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Goes on giving lines as they are written, and takes in the logs of services
 * that come later. Thread: main; makes a loop of its own. */

#ifndef STAGE_CLI_LOG_FOLLOW_H
#define STAGE_CLI_LOG_FOLLOW_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/log_merge.h"
#include "rig/paths.h"

struct stage_log_follow_config {
	const struct stage_rig *rig;    // borrowed
	struct stage_log_merge *merge;  // borrowed; holds the logs of `names`
	const struct stage_strv *names; // borrowed, in the order of addition
	bool takes_new;                 // also services that come later
	/** Prints what merge has; false to end. */
	bool (*drain)(void *user);
	void *user;
};

/** Runs until SIGINT, SIGTERM or SIGHUP, or until drain returns false.
 *
 * Errors: STAGE_NO_MEMORY; STAGE_FULL when the system has no watches left.
 */
STAGE_NODISCARD enum stage_status stage_log_follow(
	const struct stage_log_follow_config *config, struct stage_err *err);

#endif
