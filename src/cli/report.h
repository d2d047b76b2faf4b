/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Waits for services and tells of each as it settles: what up, start, restart
 * and wait print. Thread: main. */

#ifndef STAGE_CLI_REPORT_H
#define STAGE_CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "cli/cli.h"

/** When a service counts as having got there. */
enum stage_report_goal {
	STAGE_REPORT_SETTLED, // nothing more will happen by itself
	STAGE_REPORT_STARTED, // as settled, but not down: it was just wanted up
	/** Ready, or it will not be without somebody's help. */
	STAGE_REPORT_READY,
};

/** Waits until each of the services has got there, and prints a line for each
 * as it does.
 *
 * timeout_ns: 0 looks once, less waits for ever. Returns the exit code:
 * STAGE_EXIT_OK when all play or wait for hardware, STAGE_EXIT_NO when one is
 * held, failed or down (with STAGE_REPORT_READY also when one was removed
 * meanwhile), STAGE_EXIT_TEMPORARY after the time-out, which names who is late
 * and why, and when the rig was taken down meanwhile.
 */
int stage_report_until_settled(struct stage_cli *cli,
	const struct stage_strv *services, enum stage_report_goal goal,
	int64_t timeout_ns);

/** What start and restart do: has `act` start the services of the operands, and
 * waits for each as stage_report_until_settled does, half a minute at most.
 * Returns the exit code, also when there was nothing to wait for. */
int stage_report_start(struct stage_cli *cli,
	enum stage_status (*act)(struct stage_cli *cli,
		const struct stage_strv *names, struct stage_err *err));

/** Told by stage_stop_config.stopped: prints "  stopped  NAME". */
void stage_report_stopped(void *user, const char *service, bool was_killed);

#endif
