/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/gone.h"

#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/proc.h"
#include "rig/tree.h"
#include "runit/control.h"
#include "runit/status.h"

#define GONE_TERM_NS (3 * STAGE_NS_PER_S)
#define GONE_KILL_NS (13 * STAGE_NS_PER_S)

static bool
kill_left(pid_t pid, const char *comm, void *user)
{
	const pid_t *runsv = user;

	(void)comm;
	if (stage_proc_parent(pid) != *runsv) {
		kill(pid, SIGKILL);
	}
	return true;
}

// runsv runs no finish for a directory that was taken out, so nobody ends what
// the program left behind; holding its log's pipe that would keep runsv, too.
static void
end_left(const char *path)
{
	char log[STAGE_PATH_MAX];
	struct stage_runit_status status;
	pid_t runsv;

	if (stage_io_join(log, sizeof(log), path, "log", NULL) != STAGE_OK ||
		stage_runit_status_read(log, &status, NULL) != STAGE_OK ||
		status.pid <= 0) {
		return;
	}
	runsv = getsid(status.pid);
	if (runsv > 0 && stage_proc_parent(status.pid) == runsv) {
		stage_proc_each_in_session(runsv, kill_left, &runsv);
	}
}

void
stage_watch_end_gone(const struct stage_rig *rig, int64_t period_ns)
{
	struct stage_strv ending = {0};

	(void)stage_tree_clean(rig, &ending);
	for (size_t i = 0; i < ending.count; i++) {
		const char *path = ending.items[i];
		int64_t age_ns = stage_tree_gone_age_ns(path);
		if (age_ns >= GONE_KILL_NS) {
			(void)!stage_runit_control(path, "xk", NULL);
			end_left(path);
		} else if (age_ns >= GONE_TERM_NS &&
			   age_ns < GONE_TERM_NS + period_ns) {
			(void)!stage_runit_control(path, "x", NULL);
		}
	}
	stage_strv_finish(&ending);
}
