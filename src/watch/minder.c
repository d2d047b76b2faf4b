/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/minder.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "rig/control.h"
#include "rig/crash_record.h"
#include "rig/death.h"
#include "rig/mark.h"
#include "rig/path_watch.h"
#include "runit/scan.h"
#include "runit/status.h"

#define PERSIST_MS 300 // for the logger to write a dead service's last words
#define FILE_CLOCK_NS (10 * STAGE_NS_PER_MS) // files' times may lag by a tick

// One writing of the crash record, on a thread of the loop's pool: a slow disk
// must not hold up the watcher. It has copies of all that it needs.
struct save {
	uv_work_t work;
	struct stage_minder *minder; // NULL: it has gone
	struct stage_rig rig;
	char service[STAGE_SERVICE_NAME_MAX + 1];
	struct stage_deaths deaths;
	enum stage_status status;
	struct stage_err err;
};

struct stage_minder {
	struct stage_minder_config config;
	char service[STAGE_SERVICE_NAME_MAX + 1];
	struct stage_path_watch *status;
	struct stage_path_watch *marks;
	uv_timer_t hold;
	uv_timer_t persist;
	int64_t known_total;   // deaths that are on disk
	int64_t doubted_total; // deaths at the last retry out of doubt
	struct save *save;     // the one that is going on; NULL: none
	int open_timers;
	bool is_closing;
};

static void
release(struct stage_minder *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_control_start(self->config.rig, self->service, &err) !=
		STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

// True while runsv keeps it down. The mark outlives its hold, and each word to
// runsv changes its status, which calls us again.
static bool
is_kept_down(const struct stage_minder *self)
{
	struct stage_runit_status status;
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->config.rig, path, "tree/%s", self->service);
	return stage_runit_status_read(path, &status, NULL) == STAGE_OK &&
	       status.state == STAGE_RUNIT_DOWN && !status.wants_up;
}

static bool
find_hold(const struct stage_minder *self, struct stage_hold *hold)
{
	return stage_mark_get_hold(self->config.rig, self->service, hold) &&
	       hold->until_ns >= 0 && is_kept_down(self);
}

static void
on_hold_over(uv_timer_t *timer)
{
	struct stage_minder *self = timer->data;
	struct stage_hold hold;

	if (find_hold(self, &hold)) {
		// The mark stays, so that a next crash is held longer.
		stage_control_retry(self->config.rig, self->service);
	}
}

static void
arm_hold(struct stage_minder *self)
{
	struct stage_hold hold;

	if (!find_hold(self, &hold)) {
		uv_timer_stop(&self->hold);
		return;
	}
	uv_timer_start(&self->hold, on_hold_over,
		(uint64_t)stage_clock_until_ms(hold.until_ns), 0);
}

static void look_for_deaths(struct stage_minder *self);

static void
write_record(uv_work_t *work)
{
	struct save *save = work->data;

	save->status = stage_crash_record_save(
		&save->rig, save->service, &save->deaths, &save->err);
}

static void
on_written(uv_work_t *work, int result)
{
	struct save *save = work->data;
	struct stage_minder *self = save->minder;

	(void)result;
	if (save->status != STAGE_OK) {
		stage_log_warn("%s", save->err.text);
	}
	if (self != NULL) {
		self->save = NULL;
		if (save->status == STAGE_OK) {
			self->known_total = save->deaths.total;
			look_for_deaths(self); // that came meanwhile
		}
	}
	free(save);
}

static void
on_persist(uv_timer_t *timer)
{
	struct stage_minder *self = timer->data;
	struct save *save = calloc(1, sizeof(*save));

	if (save == NULL) {
		stage_log_err("out of memory");
		return;
	}
	save->minder = self;
	save->rig = *self->config.rig;
	snprintf(save->service, sizeof(save->service), "%s", self->service);
	stage_deaths_load(self->config.rig, self->service, &save->deaths);
	save->work.data = save;
	self->save = save;
	uv_queue_work(self->config.loop, &save->work, write_record, on_written);
}

static void
look_for_deaths(struct stage_minder *self)
{
	struct stage_deaths deaths;

	stage_deaths_load(self->config.rig, self->service, &deaths);
	if (deaths.total > self->known_total && self->save == NULL &&
		!uv_is_active((uv_handle_t *)&self->persist)) {
		uv_timer_start(&self->persist, on_persist, PERSIST_MS, 0);
	}
}

static void look_for_late_changes(struct stage_minder *self);

void
stage_minder_look(struct stage_minder *self)
{
	arm_hold(self);
	look_for_deaths(self);
	look_for_late_changes(self);
}

static void
on_change(void *user)
{
	struct stage_minder *self = user;

	stage_minder_look(self);
	self->config.changed(self->config.user, self->service);
}

static void
init_timer(struct stage_minder *self, uv_timer_t *timer)
{
	uv_timer_init(self->config.loop, timer);
	timer->data = self;
	self->open_timers++;
}

enum stage_status
stage_minder_create(struct stage_minder **out,
	const struct stage_minder_config *config, struct stage_err *err)
{
	struct stage_minder *self = calloc(1, sizeof(*self));
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->doubted_total = -1;
	snprintf(self->service, sizeof(self->service), "%s", config->service);
	init_timer(self, &self->hold);
	init_timer(self, &self->persist);
	stage_rig_run_path(
		config->rig, path, "tree/%s/supervise/status", config->service);
	status = stage_path_watch_create(
		&self->status, config->loop, path, on_change, self, err);
	if (status == STAGE_OK) {
		stage_rig_run_path(
			config->rig, path, "svc/%s/ready", config->service);
		status = stage_path_watch_create(
			&self->marks, config->loop, path, on_change, self, err);
	}
	if (status != STAGE_OK) {
		stage_minder_destroy(self);
		return status;
	}
	on_change(self);
	*out = self;
	return STAGE_OK;
}

void
stage_minder_lift_hold(struct stage_minder *self)
{
	struct stage_hold hold;

	if (stage_mark_get_hold(self->config.rig, self->service, &hold)) {
		stage_log_info("%s is tried again: what it is made of changed",
			self->service);
		release(self);
	}
}

// When a directory, or anything in it, was changed last; 0 when it is none.
static int64_t
newest_in_ns(const char *directory)
{
	struct stage_strv names = {0};
	int64_t newest_ns = stage_io_change_time_ns(directory, false);

	(void)!stage_io_list_dir(directory, &names, NULL);
	for (size_t i = 0; i < names.count; i++) {
		char path[STAGE_PATH_MAX];
		if (stage_io_join(path, sizeof(path), directory, names.items[i],
			    NULL) == STAGE_OK) {
			int64_t ns = stage_io_change_time_ns(path, false);
			newest_ns = ns > newest_ns ? ns : newest_ns;
		}
	}
	stage_strv_finish(&names);
	return newest_ns;
}

// Of a service and its directories, which are looked into as the watch does.
static int64_t
newest_change_ns(const struct stage_minder *self)
{
	char path[STAGE_PATH_MAX];
	int64_t newest_ns;

	stage_rig_path(self->config.rig, path, "services/%s", self->service);
	newest_ns = newest_in_ns(path);
	for (size_t i = 0; i < STAGE_RUNIT_SCAN_SUBDIR_COUNT; i++) {
		int64_t ns;
		stage_rig_path(self->config.rig, path, "services/%s/%s",
			self->service, stage_runit_scan_subdirs[i]);
		ns = newest_in_ns(path);
		newest_ns = ns > newest_ns ? ns : newest_ns;
	}
	return newest_ns;
}

// Of what a service is started by. What else is in its directory may be its own
// writing: logs, settings, cores.
static int64_t
newest_read_ns(const struct stage_minder *self)
{
	static const char *const names[] = {"run", "provides", "needs", "ready",
		"stop", "rack", "env", "env-all"};
	int64_t newest_ns = 0;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		char path[STAGE_PATH_MAX];
		int64_t ns;
		stage_rig_path(self->config.rig, path, "services/%s/%s",
			self->service, names[i]);
		ns = newest_in_ns(path); // of a file: its own
		newest_ns = ns > newest_ns ? ns : newest_ns;
	}
	return newest_ns;
}

/* A file that is written in steps may be read between two of them, and a
 * service then gives up over what is whole by its end. Nothing comes after
 * that, so it is tried again. Only once: it may write there, too. */
static void
look_for_late_changes(struct stage_minder *self)
{
	const struct stage_death *last;
	struct stage_deaths deaths;
	struct stage_hold hold;

	if (!stage_mark_get_hold(self->config.rig, self->service, &hold) ||
		hold.until_ns >= 0 || !is_kept_down(self)) {
		return;
	}
	stage_deaths_load(self->config.rig, self->service, &deaths);
	if (deaths.count == 0 || deaths.total <= self->doubted_total + 1) {
		return;
	}
	last = &deaths.items[deaths.count - 1];
	if (last->ran_ns >= 0 &&
		newest_read_ns(self) >=
			last->wall_ns - last->ran_ns - FILE_CLOCK_NS) {
		self->doubted_total = deaths.total;
		stage_minder_lift_hold(self);
	}
}

void
stage_minder_touched(struct stage_minder *self)
{
	struct stage_runit_status status;
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->config.rig, path, "tree/%s", self->service);
	if (!is_kept_down(self) ||
		stage_runit_status_read(path, &status, NULL) != STAGE_OK) {
		return;
	}
	if (newest_change_ns(self) > status.since_wall_ns) {
		stage_minder_lift_hold(self);
	}
}

const char *
stage_minder_service(const struct stage_minder *self)
{
	return self->service;
}

bool
stage_minder_is_saving(const struct stage_minder *self)
{
	return self->save != NULL;
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_minder *self = handle->data;

	self->open_timers--;
	if (self->open_timers == 0) {
		free(self);
	}
}

void
stage_minder_destroy(struct stage_minder *self)
{
	if (self == NULL || self->is_closing) {
		return;
	}
	self->is_closing = true;
	if (self->save != NULL) {
		self->save->minder = NULL; // it goes on, and frees itself
	}
	stage_path_watch_destroy(self->status);
	stage_path_watch_destroy(self->marks);
	uv_close((uv_handle_t *)&self->hold, on_closed);
	uv_close((uv_handle_t *)&self->persist, on_closed);
}
