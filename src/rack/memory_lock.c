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

// JACK2 locks a few pages for each client, and opens none where it may not.
#define JACK_BYTES ((rlim_t)64 * 1024)

// As far as it may be raised; what it is then.
static rlim_t
raise_limit(void)
{
	struct rlimit limit = {0};

	if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
		return 0;
	}
	if (limit.rlim_cur != limit.rlim_max) {
		rlim_t before = limit.rlim_cur;
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_MEMLOCK, &limit) != 0) {
			return before;
		}
	}
	return limit.rlim_cur;
}

void
stage_rack_memory_lock(void)
{
	rlim_t limit_bytes = raise_limit();

	// For root there is no limit, whatever it says.
	if (geteuid() != 0 && limit_bytes < JACK_BYTES) {
		stage_log_warn("memory is not locked: its limit (ulimit -l) is "
			       "%llu bytes; JACK lets no client in that may "
			       "not lock some pages",
			(unsigned long long)limit_bytes);
	} else if (geteuid() != 0 && limit_bytes != RLIM_INFINITY) {
		stage_log_warn("memory is not locked, which may be heard when "
			       "the computer runs short of it: its limit "
			       "(ulimit -l) is not unlimited");
	} else if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
		stage_log_warn("memory cannot be locked: %s", strerror(errno));
	}
}
