/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// The finish role: keeps the record of a death and decides on a hold.

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/num.h"
#include "base/utf8.h"
#include "chain/child.h"
#include "rig/death.h"
#include "rig/mark.h"
#include "rig/stray.h"
#include "rig/tree.h"
#include "runit/control.h"
#include "runit/status.h"
#include "service/roles.h"

#define SIGNAL_BITS 0x7f // of a wait status, as waitpid(2) lays them out
#define CORE_BIT 0x80

static void
describe(const struct stage_rig *rig, const char *service, char **args,
	struct stage_death *death)
{
	struct stage_process process;
	int64_t code = -1;
	int64_t signal = 0;

	death->wall_ns = stage_clock_wall_ns();
	death->mono_ns = stage_clock_now_ns();
	death->ran_ns = -1;
	if (args[0] == NULL || args[1] == NULL ||
		stage_num_parse(args[0], -1, 255, &code, NULL) != STAGE_OK ||
		stage_num_parse(args[1], 0, 255, &signal, NULL) != STAGE_OK) {
		stage_log_warn("finish was called without an exit code");
	}
	death->exit_code = (int)code;
	// runsv hands over the low byte of the wait status, with the core bit.
	death->signal = code == -1 ? (int)signal & SIGNAL_BITS : 0;
	death->dumped_core = code == -1 && (signal & CORE_BIT) != 0;
	if (stage_mark_get_process(
		    rig, service, STAGE_MARK_PROCESS, &process)) {
		death->ran_ns = stage_clock_between_ns(
			process.since_ns, death->mono_ns);
	}
}

// Who asked for this end: our own mark, or somebody's `sv down`.
static void
find_asker(const struct stage_rig *rig, const char *service,
	struct stage_death *death)
{
	char path[STAGE_PATH_MAX];
	char text[STAGE_MARK_WORDS_MAX];
	struct stage_runit_status status;

	if (stage_tree_is_taken_out()) {
		snprintf(death->asked, sizeof(death->asked),
			"the removal of its directory");
		return;
	}
	if (stage_mark_get_text(rig, service, STAGE_MARK_ASKED, text)) {
		size_t len = stage_utf8_clip(
			text, strlen(text), sizeof(death->asked) - 1);
		snprintf(death->asked, sizeof(death->asked), "%.*s", (int)len,
			text);
		stage_mark_clear(rig, service, STAGE_MARK_ASKED);
		return;
	}
	stage_rig_run_path(rig, path, "tree/%s", service);
	if (stage_runit_status_read(path, &status, NULL) == STAGE_OK &&
		!status.wants_up) {
		snprintf(death->asked, sizeof(death->asked), "a request");
	} else if (death->signal == SIGTERM) {
		snprintf(death->asked, sizeof(death->asked),
			"signal 15 (terminated)");
	}
}

static void
hold_back(const struct stage_rig *rig, const char *service,
	const struct stage_deaths *deaths)
{
	struct stage_hold before;
	struct stage_hold hold;
	enum stage_status status;
	char path[STAGE_PATH_MAX];
	bool was_held = stage_mark_get_hold(rig, service, &before);

	if (!stage_deaths_hold(deaths, was_held ? &before : NULL, &hold)) {
		if (was_held) {
			stage_mark_clear(rig, service, STAGE_MARK_HOLD);
		}
		return;
	}
	stage_rig_run_path(rig, path, "tree/%s", service);
	status = stage_mark_set_hold(rig, service, &hold);
	if (status == STAGE_OK) {
		status = stage_runit_control(path, "d", NULL);
	}
	if (status != STAGE_OK) {
		stage_log_warn("unable to hold %s back: %s", service,
			stage_strerror(status));
		return;
	}
	stage_log_info("%s is held back: %s", service, hold.text);
}

static void
record(const struct stage_rig *rig, const char *service, char **args)
{
	struct stage_deaths deaths;
	struct stage_death death = {0};

	describe(rig, service, args, &death);
	find_asker(rig, service, &death);
	stage_deaths_load(rig, service, &deaths);
	stage_deaths_add(&deaths, &death);
	if (stage_deaths_save(rig, service, &deaths) != STAGE_OK) {
		stage_log_warn(
			"unable to keep the record of a death of %s", service);
	}
	// The marks are those of the next one by now.
	if (!stage_tree_is_taken_out()) {
		hold_back(rig, service, &deaths);
	}
}

// What the program forked and left behind would play on beside the next one.
static void
end_stragglers(const struct stage_rig *rig, const char *service)
{
	struct stage_process process;
	pid_t spared[2];
	size_t count = 0;

	if (stage_logger_find(rig, service, &spared[count])) {
		count++;
	}
	// A process that we stood in for, and that outlived even this.
	if (stage_mark_get_process(
		    rig, service, STAGE_MARK_PROCESS, &process) &&
		stage_proc_alive(&process.id)) {
		spared[count] = process.id.pid;
		count++;
	}
	stage_stray_end_session(spared, count);
}

int
stage_role_finish(const struct stage_rig *rig, const char *service, char **args)
{
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	char program[] = "./finish";
	char *argv[] = {
		program, args[0], args[0] != NULL ? args[1] : NULL, NULL};

	// Of a directory that was replaced the marks are the next one's, which
	// may be starting at this moment; a ready mark of ours holds no more.
	if (!stage_tree_is_taken_out()) {
		stage_mark_clear(rig, service, STAGE_MARK_READY);
		stage_mark_clear(rig, service, STAGE_MARK_WAIT);
		stage_mark_clear(rig, service, STAGE_MARK_NOTE);
	}
	end_stragglers(rig, service);
	record(rig, service, args);
	stage_rig_path(rig, path, "services/%s", service);
	if (chdir(path) != 0 || access("finish", X_OK) != 0) {
		return STAGE_EXIT_OK;
	}
	stage_child_exec(argv, &err);
	stage_log_err("%s", err.text);
	return STAGE_EXIT_PERMANENT;
}
