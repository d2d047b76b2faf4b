/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Has a patchbay do what a command line of aj-snapshot asks for (options.h).
 *
 * Thread: main.
 */

#ifndef STAGE_AJSNAPSHOT_ACT_H
#define STAGE_AJSNAPSHOT_ACT_H

#include "ajsnapshot/options.h"
#include "base/attr.h"
#include "base/err.h"
#include "rpc/client.h"

/** Does it. With -d it blocks INT, TERM and HUP, and returns at INT or TERM.
 *
 * A question is asked on standard output and answered on standard input; what
 * the patchbay reports is logged unless -q is given. Errors: the patchbay's;
 * STAGE_NOT_FOUND when there is no file to restore; STAGE_EXISTS when one is
 * not to be overwritten; those of stage_atomic_save; STAGE_BAD_INPUT when the
 * answer is no file.
 */
STAGE_NODISCARD enum stage_status stage_aj_act(struct stage_rpc_client *client,
	const struct stage_aj_options *options, struct stage_err *err);

#endif
