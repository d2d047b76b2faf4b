/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/stray.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "rig/proc.h"

#define STRAYS_MAX 256 // in one call; what is beyond them stays
#define DEPTH_MAX 32   // of parents that are asked
#define TERM_NS (500 * STAGE_NS_PER_MS)

struct strays {
	bool spare_supervision;
	pid_t minder;        // whose own children are spared; 0: none
	const pid_t *spared; // [spared_count], with all that they started
	size_t spared_count;
	struct stage_proc_id ids[STRAYS_MAX];
	size_t count;
};

static bool
is_supervision(const char *comm)
{
	return strcmp(comm, "runsv") == 0 || strcmp(comm, "svlogd") == 0;
}

static bool
is_spared(const struct strays *strays, pid_t pid)
{
	for (size_t i = 0; i < strays->spared_count; i++) {
		if (strays->spared[i] == pid) {
			return true;
		}
	}
	return strays->minder > 0 && stage_proc_parent(pid) == strays->minder;
}

// A processor of svlogd, or the pipeline of a log/run, is the logger's to end.
static bool
is_of_spared(const struct strays *strays, pid_t pid)
{
	for (int depth = 0; pid > 1 && depth < DEPTH_MAX; depth++) {
		if (is_spared(strays, pid)) {
			return true;
		}
		pid = stage_proc_parent(pid);
	}
	return false;
}

static bool
collect(pid_t pid, const char *comm, void *user)
{
	struct strays *strays = user;

	if ((strays->spare_supervision && is_supervision(comm)) ||
		is_of_spared(strays, pid) ||
		stage_proc_identify(pid, &strays->ids[strays->count]) !=
			STAGE_OK) {
		return true;
	}
	if (!is_supervision(comm)) {
		stage_log_info("ending process %ld (%s), which a service left "
			       "behind",
			(long)pid, comm);
	}
	strays->count++;
	return strays->count < STRAYS_MAX;
}

static void
end_collected(struct strays *strays)
{
	static const int signums[] = {SIGTERM, SIGKILL};

	for (size_t s = 0; s < STAGE_COUNT_OF(signums); s++) {
		int64_t deadline_ns = stage_clock_now_ns() + TERM_NS;
		for (size_t i = 0; i < strays->count; i++) {
			if (stage_proc_alive(&strays->ids[i])) {
				kill(strays->ids[i].pid, signums[s]);
			}
		}
		for (size_t i = 0; i < strays->count; i++) {
			(void)!stage_proc_wait(&strays->ids[i], deadline_ns);
		}
	}
}

void
stage_stray_end_tree(const struct stage_rig *rig, bool spare_supervision)
{
	struct strays strays = {.spare_supervision = spare_supervision};
	char needle[STAGE_PATH_MAX + 32];

	snprintf(needle, sizeof(needle), "STAGECRAFT_TREE=%s", rig->run);
	stage_proc_each_with_env(needle, collect, &strays);
	end_collected(&strays);
}

void
stage_stray_end_session(const pid_t *spared, size_t count)
{
	struct strays strays = {.spared = spared, .spared_count = count};

	// What runsv started itself, such as a logger, is minded by it.
	strays.minder = getppid() == getsid(0) ? getppid() : 0;
	stage_proc_each_in_session(getsid(0), collect, &strays);
	end_collected(&strays);
}
