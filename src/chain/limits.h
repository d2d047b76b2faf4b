/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a program may do: real-time priority, locked memory, user, environment.
 *
 * Everything here acts on the calling process. Thread: main.
 */

#ifndef STAGE_CHAIN_LIMITS_H
#define STAGE_CHAIN_LIMITS_H

#include "base/attr.h"
#include "base/err.h"

/** Raises the limits for real-time priority (95), locked memory (all) and open
 * files (65536) as far as this process may; what it may not stays as it is.
 * limits.d does not reach services, so somebody has to (supervision 1.4). */
void stage_limits_raise(void);

/** Sets one limit from "NAME=VALUE", NAME one of rtprio memlock nofile core as
 * nproc stack cpu rttime, VALUE a number or "unlimited".
 *
 * Errors: STAGE_BAD_INPUT, STAGE_DENIED, with a sentence. limits_text.h checks
 * this word and those below without setting anything.
 */
STAGE_NODISCARD enum stage_status stage_limits_set(
	const char *text, struct stage_err *err);

/** Sets the scheduling from "fifo:PRIORITY", "rr:PRIORITY" or "other".
 *
 * Errors: STAGE_BAD_INPUT; STAGE_DENIED when this process may not.
 */
STAGE_NODISCARD enum stage_status stage_limits_set_scheduling(
	const char *text, struct stage_err *err);

/** Binds to the CPUs of a list such as "0,2-3". Errors: STAGE_BAD_INPUT,
 * STAGE_UNSUPPORTED. */
STAGE_NODISCARD enum stage_status stage_limits_set_cpus(
	const char *text, struct stage_err *err);

/** Becomes USER or USER:GROUP with that user's groups. Errors: STAGE_NOT_FOUND,
 * STAGE_DENIED. */
STAGE_NODISCARD enum stage_status stage_limits_set_user(
	const char *text, struct stage_err *err);

#endif
