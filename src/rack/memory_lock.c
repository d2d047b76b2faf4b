/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _GNU_SOURCE // MCL_ONFAULT

#include "rack/memory_lock.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

// Without it each thread's whole stack is taken at once.
#if !defined(MCL_ONFAULT)
#	define MCL_ONFAULT 0
#endif

void
stage_rack_memory_lock(void)
{
	struct rlimit limit = {0};

	// For root there is no limit, whatever it says.
	if (geteuid() != 0 && (getrlimit(RLIMIT_MEMLOCK, &limit) != 0 ||
				      limit.rlim_cur != RLIM_INFINITY)) {
		stage_log_warn("memory is not locked, which may be heard when "
			       "the computer runs short of it: its limit "
			       "(ulimit -l) is not unlimited");
	} else if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
		stage_log_warn("memory cannot be locked: %s", strerror(errno));
	}
}
