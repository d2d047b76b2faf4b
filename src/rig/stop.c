/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/stop.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "rig/await.h"
#include "rig/mark.h"
#include "runit/control.h"
#include "runit/status.h"

#define KILLS 2
#define KILL_NS (2 * STAGE_NS_PER_S) // for the kernel to end what was killed

bool
stage_stop_is_running(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];
	struct stage_runit_status status;
	struct stage_process process;

	stage_rig_run_path(rig, path, "tree/%s", service);
	if (stage_runit_is_supervised(path) &&
		stage_runit_status_read(path, &status, NULL) == STAGE_OK &&
		(status.state != STAGE_RUNIT_DOWN || status.wants_up)) {
		return true;
	}
	return stage_mark_get_process(
		       rig, service, STAGE_MARK_PROCESS, &process) &&
	       stage_proc_alive(&process.id);
}

struct level {
	const struct stage_rig *rig;
	const struct stage_strv *names;
	const struct stage_stop_config *config;
	bool *is_down; // [names->count]
	size_t ended;  // how many of them are
	bool was_killed;
};

static bool
level_is_down(void *user)
{
	struct level *level = user;
	bool all = true;

	for (size_t i = 0; i < level->names->count; i++) {
		const char *name = level->names->items[i];
		if (level->is_down[i]) {
			continue;
		}
		if (stage_stop_is_running(level->rig, name)) {
			all = false;
			continue;
		}
		level->is_down[i] = true;
		level->ended++;
		if (level->config->stopped != NULL) {
			level->config->stopped(
				level->config->user, name, level->was_killed);
		}
	}
	return all;
}

static void
signal_orphan(const struct stage_rig *rig, const char *service, int signum)
{
	struct stage_process process;

	if (stage_mark_get_process(
		    rig, service, STAGE_MARK_PROCESS, &process) &&
		stage_proc_alive(&process.id)) {
		kill(process.id.pid, signum);
	}
}

static void
ask_to_stop(const struct level *level, const char *service)
{
	char path[STAGE_PATH_MAX];

	stage_mark_clear(level->rig, service, STAGE_MARK_HOLD);
	if (!stage_stop_is_running(level->rig, service)) {
		return;
	}
	// Without the mark the end is told as a request of somebody's.
	(void)!stage_mark_set_text(
		level->rig, service, STAGE_MARK_ASKED, level->config->asked);
	stage_rig_run_path(level->rig, path, "tree/%s", service);
	// A paused program cannot hear TERM before CONT.
	if (stage_runit_control(path, "dc", NULL) != STAGE_OK) {
		signal_orphan(level->rig, service, SIGTERM);
	}
}

// To runsv `k` means the program alone; heard while a finish hangs, it would
// have that started once more.
static bool
kill_finish(const char *path)
{
	struct stage_runit_status status;

	if (stage_runit_status_read(path, &status, NULL) != STAGE_OK ||
		status.state != STAGE_RUNIT_FINISH || status.pid <= 0) {
		return false;
	}
	kill(status.pid, SIGKILL);
	return true;
}

static void
kill_rest(struct level *level)
{
	level->was_killed = true;
	for (size_t i = 0; i < level->names->count; i++) {
		char path[STAGE_PATH_MAX];
		const char *name = level->names->items[i];
		if (level->is_down[i]) {
			continue;
		}
		stage_rig_run_path(level->rig, path, "tree/%s", name);
		if (stage_runit_control(path, kill_finish(path) ? "d" : "dk",
			    NULL) != STAGE_OK) {
			signal_orphan(level->rig, name, SIGKILL);
		}
		// An orphan that another stands in for hears only its own.
		signal_orphan(level->rig, name, SIGKILL);
	}
}

// Waits for all. While one after the other ends they are only slow, as where a
// JACK server says goodbye to many clients: the time begins anew.
static enum stage_status
await_level(struct level *level, int64_t patience_ns, struct stage_err *err)
{
	enum stage_status status;
	size_t before;

	do {
		before = level->ended;
		status = stage_await(level->rig, level->names,
			stage_clock_now_ns() + patience_ns, level_is_down,
			level, err);
	} while (status == STAGE_TIMEOUT && level->ended > before);
	return status;
}

static enum stage_status
name_survivor(const struct level *level, struct stage_err *err)
{
	for (size_t i = 0; i < level->names->count; i++) {
		if (!level->is_down[i]) {
			return stage_err_set(err, STAGE_TIMEOUT,
				"unable to stop %s: it does not even end when "
				"killed; see its state with ps",
				level->names->items[i]);
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_stop_level(const struct stage_rig *rig, const struct stage_strv *names,
	const struct stage_stop_config *config, struct stage_err *err)
{
	struct level level = {.rig = rig, .names = names, .config = config};
	enum stage_status status;

	level.is_down = calloc(names->count + 1, sizeof(*level.is_down));
	if (level.is_down == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (size_t i = 0; i < names->count; i++) {
		ask_to_stop(&level, names->items[i]);
	}
	status = await_level(&level, config->level_ns, err);
	// The first KILL is for the program, the second for a finish that
	// hangs.
	for (int i = 0; i < KILLS && status == STAGE_TIMEOUT; i++) {
		kill_rest(&level);
		status = await_level(&level, KILL_NS, err);
	}
	if (status == STAGE_TIMEOUT) {
		status = name_survivor(&level, err);
	}
	free(level.is_down);
	return status;
}

enum stage_status
stage_stop_all(const struct stage_rig *rig,
	const struct stage_stop_config *config, struct stage_err *err)
{
	struct stage_runit_tree *tree = NULL;
	enum stage_status first =
		stage_stop_order(rig, STAGE_STOP_SAFE, &tree, err);

	for (size_t i = 0;
		tree != NULL && i < stage_runit_tree_level_count(tree); i++) {
		enum stage_status status = stage_stop_level(
			rig, stage_runit_tree_level(tree, i), config, err);
		first = first == STAGE_OK ? status : first;
	}
	stage_runit_tree_destroy(tree);
	return first;
}
