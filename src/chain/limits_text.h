/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads what a command line wants of limits, scheduling and CPUs; limits.h
 * makes it so. Each of them is one word, so that a wrong one can be told before
 * anything is waited for.
 *
 * Pure. Thread: any. Errors are STAGE_BAD_INPUT with a sentence; `out` is then
 * untouched.
 */

#ifndef STAGE_CHAIN_LIMITS_TEXT_H
#define STAGE_CHAIN_LIMITS_TEXT_H

#include <stdbool.h>
#include <sys/resource.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_limit {
	int resource; // RLIMIT_...
	rlim_t value;
};

/** Reads "NAME=VALUE", NAME one of rtprio memlock nofile core as nproc stack
 * cpu rttime, VALUE a number or "unlimited". */
STAGE_NODISCARD enum stage_status stage_limit_parse(
	const char *text, struct stage_limit *out, struct stage_err *err);

struct stage_scheduling {
	int policy;   // SCHED_...
	int priority; // 0 for SCHED_OTHER
};

/** Reads "fifo:PRIORITY", "rr:PRIORITY" (1 to 99) or "other". */
STAGE_NODISCARD enum stage_status stage_scheduling_parse(
	const char *text, struct stage_scheduling *out, struct stage_err *err);

#define STAGE_CPUS_MAX 1024

struct stage_cpus {
	bool has[STAGE_CPUS_MAX]; // one at least
};

/** Reads a list such as "0,2-3". */
STAGE_NODISCARD enum stage_status stage_cpus_parse(
	const char *text, struct stage_cpus *out, struct stage_err *err);

#endif
