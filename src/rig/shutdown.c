/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/shutdown.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "jack/clean.h"
#include "rig/proc.h"
#include "rig/stray.h"
#include "rig/supervisor.h"
#include "rig/tree.h"
#include "rig/unbroken.h"
#include "runit/control.h"

#define RUNSV_NS (3 * STAGE_NS_PER_S) // for loggers to write what they have
#define RUNSVDIR_NS (1 * STAGE_NS_PER_S)

static enum stage_status
first_of(enum stage_status first, enum stage_status next)
{
	return first != STAGE_OK ? first : next;
}

// Without RUN/rig the watcher starts no other runsvdir. What it said is kept,
// so that a second call can go on where a first one was killed.
static void
mark_ending(struct stage_rig *rig)
{
	char wanted[STAGE_PATH_MAX];
	char ending[STAGE_PATH_MAX];

	stage_rig_run_path(rig, wanted, "rig");
	stage_rig_run_path(rig, ending, "ending");
	if (rename(wanted, ending) != 0) {
		unlink(wanted);
	}
	if (stage_rig_read_ending(rig, ending, sizeof(ending)) == STAGE_OK) {
		memcpy(rig->rig, ending, sizeof(ending));
	}
}

static void
end_supervisor(const struct stage_rig *rig)
{
	struct stage_proc_id id;

	if (stage_supervisor_find(rig, &id)) {
		kill(id.pid, SIGTERM);
		(void)!stage_proc_wait(&id, stage_clock_now_ns() + RUNSVDIR_NS);
	}
}

static enum stage_status
stop_watcher(const struct stage_rig *rig,
	const struct stage_stop_config *config, struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_stop_config quiet = *config;
	enum stage_status status = stage_strv_add(&names, STAGE_WATCH_SERVICE);

	quiet.stopped = NULL;
	if (status == STAGE_OK) {
		status = stage_stop_level(rig, &names, &quiet, err);
	}
	stage_strv_finish(&names);
	return status;
}

// Closing the last reader of its control pipe is how a runsv is seen to end.
static void
wait_for_hang_up(struct pollfd *fds, size_t count, int64_t deadline_ns)
{
	size_t open_count = count;

	while (open_count > 0 && stage_clock_until_ms(deadline_ns) > 0) {
		if (poll(fds, count, stage_clock_until_ms(deadline_ns)) < 0) {
			continue;
		}
		for (size_t i = 0; i < count; i++) {
			if (fds[i].fd >= 0 && fds[i].revents != 0) {
				close(fds[i].fd);
				fds[i].fd = -1;
				open_count--;
			}
		}
	}
	for (size_t i = 0; i < count; i++) {
		if (fds[i].fd >= 0) {
			close(fds[i].fd);
		}
	}
}

static void
end_runsvs(const struct stage_rig *rig)
{
	char tree[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	struct pollfd *fds;
	size_t count = 0;

	stage_rig_run_path(rig, tree, "tree");
	if (stage_io_list_dir(tree, &names, NULL) != STAGE_OK) {
		stage_strv_finish(&names);
		return;
	}
	fds = calloc(names.count + 1, sizeof(*fds));
	for (size_t i = 0; fds != NULL && i < names.count; i++) {
		char path[STAGE_PATH_MAX];
		stage_rig_run_path(rig, path, "tree/%s", names.items[i]);
		if (stage_runit_control_open(path, &fds[count].fd, NULL) ==
			STAGE_OK) {
			(void)!stage_runit_control(path, "x", NULL);
			count++;
		}
	}
	if (fds != NULL) {
		wait_for_hang_up(fds, count, stage_clock_now_ns() + RUNSV_NS);
	}
	free(fds);
	stage_strv_finish(&names);
}

static enum stage_status
clean_up(const struct stage_rig *rig, struct stage_err *err)
{
	struct stage_jack_survey survey;
	struct stage_strv names = {0};
	enum stage_status status = STAGE_OK;

	if (access(STAGE_JACK_SHM_DIR, W_OK) == 0) {
		status = stage_jack_registry_clean(
			STAGE_JACK_SHM_DIR, geteuid(), 0, &survey, err);
	}
	if (stage_io_list_dir(rig->run, &names, NULL) != STAGE_OK) {
		stage_strv_finish(&names);
		return status;
	}
	for (size_t i = 0; i < names.count; i++) {
		char path[STAGE_PATH_MAX];
		if (strcmp(names.items[i], "log") == 0 ||
			strcmp(names.items[i], "lock") == 0) {
			continue;
		}
		stage_rig_run_path(rig, path, "%s", names.items[i]);
		status = first_of(status, stage_io_remove_tree(path, err));
	}
	stage_strv_finish(&names);
	return status;
}

enum stage_status
stage_rig_shut_down(const struct stage_rig *asked,
	const struct stage_stop_config *config, struct stage_err *err)
{
	struct stage_rig own = *asked;
	const struct stage_rig *rig = &own;
	enum stage_status status;
	sigset_t before;

	stage_unbroken_begin(&before);
	mark_ending(&own);
	end_supervisor(rig);
	status = stop_watcher(rig, config, err);
	status = first_of(status, stage_stop_all(rig, config, err));
	// What still holds a log's pipe would keep its logger, and so its
	// runsv.
	stage_stray_end_tree(rig, true);
	end_runsvs(rig);
	stage_stray_end_tree(rig, false);
	status = first_of(status, clean_up(rig, err));
	stage_unbroken_end(&before);
	return status;
}
