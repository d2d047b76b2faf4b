/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/snapshot.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "rig/needs.h"
#include "rig/tree.h"
#include "runit/control.h"
#include "runit/status.h"

#define DISABLED ".DISABLED"
#define PAUSED "paused"

static const char *const words[] = {
	[STAGE_PHASE_NEW] = "new",
	[STAGE_PHASE_DISABLED] = "disabled",
	[STAGE_PHASE_DOWN] = "down",
	[STAGE_PHASE_HELD] = "held",
	[STAGE_PHASE_FAILED] = "failed",
	[STAGE_PHASE_WAITING] = "waiting",
	[STAGE_PHASE_IDLE] = "idle",
	[STAGE_PHASE_STARTING] = "starting",
	[STAGE_PHASE_READY] = "ready",
	[STAGE_PHASE_STOPPING] = "stopping",
};

static_assert(
	STAGE_COUNT_OF(words) == STAGE_PHASE_COUNT, "every phase has a word");

const char *
stage_phase_word(enum stage_phase phase)
{
	return (size_t)phase < STAGE_COUNT_OF(words) ? words[phase] : "unknown";
}

bool
stage_phase_is_settled(enum stage_phase phase)
{
	return phase != STAGE_PHASE_NEW && phase != STAGE_PHASE_WAITING &&
	       phase != STAGE_PHASE_STARTING && phase != STAGE_PHASE_STOPPING;
}

// Idle when all that is missing comes from outside the rig.
static bool
is_idle_wait(const char *text)
{
	char copy[STAGE_MARK_WORDS_MAX];
	char *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *need = strtok_r(copy, ",", &save); need != NULL;
		need = strtok_r(NULL, ",", &save)) {
		need += strspn(need, " ");
		if (!stage_need_is_outside(need)) {
			return false;
		}
	}
	return true;
}

static void
note_hold(struct stage_service *service, const struct stage_hold *hold)
{
	char left[16];

	service->phase =
		hold->until_ns < 0 ? STAGE_PHASE_FAILED : STAGE_PHASE_HELD;
	if (hold->until_ns < 0) {
		snprintf(service->note, sizeof(service->note),
			"%s; stagecraft logs %s says why", hold->text,
			service->name);
		return;
	}
	stage_clock_words(
		stage_clock_between_ns(stage_clock_now_ns(), hold->until_ns),
		left, sizeof(left));
	snprintf(service->note, sizeof(service->note), "%s, next try in %s",
		hold->text, left);
}

static void
note_wait(struct stage_service *service, const struct stage_wait *wait)
{
	char since[16];
	int64_t for_ns = stage_clock_between_ns(
		wait->since_wall_ns, stage_clock_wall_ns());

	service->phase = is_idle_wait(wait->text) ? STAGE_PHASE_IDLE
						  : STAGE_PHASE_WAITING;
	stage_clock_words(for_ns, since, sizeof(since));
	snprintf(service->note, sizeof(service->note), "waits for %s since %s",
		wait->text, since);
}

static void
decide_down(const struct stage_rig *rig, struct stage_service *service,
	const struct stage_runit_status *status)
{
	struct stage_hold hold;

	if (status->wants_up) {
		service->phase = STAGE_PHASE_STARTING;
		snprintf(service->note, sizeof(service->note),
			"starts again within a second");
	} else if (stage_mark_get_hold(rig, service->name, &hold)) {
		note_hold(service, &hold);
	} else if (status->state == STAGE_RUNIT_FINISH) {
		service->phase = STAGE_PHASE_STOPPING;
	} else {
		service->phase = STAGE_PHASE_DOWN;
	}
}

static void
decide_running(const struct stage_rig *rig, struct stage_service *service,
	const struct stage_runit_status *status)
{
	struct stage_wait wait;
	struct stage_process process;

	service->phase = STAGE_PHASE_STARTING;
	if (stage_mark_get_process(
		    rig, service->name, STAGE_MARK_PROCESS, &process) &&
		process.id.pid == status->pid) {
		service->up_ns = stage_clock_between_ns(
			process.since_ns, stage_clock_now_ns());
	}
	if (!status->wants_up || status->term_sent) {
		service->phase = STAGE_PHASE_STOPPING;
	} else if (stage_mark_is_ready(rig, service->name)) {
		service->phase = STAGE_PHASE_READY;
		stage_mark_get_text(
			rig, service->name, STAGE_MARK_NOTE, service->note);
	} else if (stage_mark_get_wait(rig, service->name, &wait)) {
		note_wait(service, &wait);
	}
	if (status->is_paused) {
		snprintf(service->note, sizeof(service->note), PAUSED);
	}
}

// Of all that is amiss with it this is told: as long as it lasts the program
// itself says nothing new.
static void
note_stopped(struct stage_service *service)
{
	if (service->use.stopped > 0 && strcmp(service->note, PAUSED) != 0) {
		snprintf(service->note, sizeof(service->note),
			"stands still: process %ld was stopped by a signal; "
			"kill -CONT %ld lets it go on",
			(long)service->use.stopped, (long)service->use.stopped);
	}
}

// The session leader of a service is its runsv (runsvdir -P).
static void
read_use(struct stage_services *services)
{
	struct stage_proc_session *sessions =
		calloc(services->count, sizeof(*sessions));
	size_t count = 0;

	// Without memory for it the rest is told all the same.
	for (size_t i = 0; sessions != NULL && i < services->count; i++) {
		struct stage_service *service = &services->items[i];
		pid_t leader = service->pid > 0 ? getsid(service->pid) : -1;
		if (leader > 0) {
			sessions[count].leader = leader;
			sessions[count].use = &service->use;
			count++;
		}
	}
	stage_proc_sessions_use(sessions, count);
	free(sessions);
	for (size_t i = 0; i < services->count; i++) {
		note_stopped(&services->items[i]);
	}
}

// Without a run, or a link in its place, nothing will happen by itself; nor in
// a rig of more services than runsvdir takes.
static void
decide_unsupervised(const struct stage_rig *rig, struct stage_service *service)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	service->phase = STAGE_PHASE_NEW;
	stage_rig_path(rig, path, "services/%s/run", service->name);
	if (lstat(path, &st) != 0 && errno == ENOENT &&
		strcmp(service->name, STAGE_WATCH_SERVICE) != 0) {
		service->phase = STAGE_PHASE_IDLE;
		snprintf(service->note, sizeof(service->note),
			"has no file \"run\"");
	} else if (stage_tree_is_overfull(rig)) {
		service->phase = STAGE_PHASE_IDLE;
		snprintf(service->note, sizeof(service->note),
			"is left out: runit runs %d services at most, with %s",
			STAGE_TREE_MAX, STAGE_WATCH_SERVICE);
	}
}

static void
read_service(const struct stage_rig *rig, struct stage_service *service)
{
	char path[STAGE_PATH_MAX];
	struct stage_runit_status status;
	struct stage_deaths deaths;

	stage_deaths_load(rig, service->name, &deaths);
	service->restarts = deaths.total;
	service->crashes = deaths.crashes;
	service->has_died = deaths.count > 0;
	if (deaths.count > 0) {
		service->last_death = deaths.items[deaths.count - 1];
	}
	stage_rig_run_path(rig, path, "tree/%s", service->name);
	service->is_supervised = stage_runit_is_supervised(path);
	if (stage_runit_status_read(path, &status, NULL) != STAGE_OK ||
		!service->is_supervised) {
		decide_unsupervised(rig, service);
		return;
	}
	service->up_ns = stage_clock_between_ns(
		status.since_wall_ns, stage_clock_wall_ns());
	if (status.state == STAGE_RUNIT_RUN) {
		service->pid = status.pid;
		decide_running(rig, service, &status);
	} else {
		decide_down(rig, service, &status);
	}
}

static bool
is_directory(const struct stage_rig *rig, const char *name)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_path(rig, path, "services/%s", name);
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static enum stage_status
add_name(const struct stage_rig *rig, bool enabled, const char *entry,
	struct stage_strv *names)
{
	char name[NAME_MAX + 1];

	snprintf(name, sizeof(name), "%s", entry);
	if (stage_ends_with(name, DISABLED) != !enabled ||
		!is_directory(rig, entry)) {
		return STAGE_OK;
	}
	if (!enabled) {
		name[strlen(name) - strlen(DISABLED)] = '\0';
	}
	return stage_service_name_ok(name) ? stage_strv_add(names, name)
					   : STAGE_OK;
}

enum stage_status
stage_snapshot_names(const struct stage_rig *rig, bool enabled,
	struct stage_strv *names, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv entries = {0};
	enum stage_status status;

	stage_rig_path(rig, path, "services");
	status = stage_io_list_dir(path, &entries, err);
	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		status = add_name(rig, enabled, entries.items[i], names);
		if (status != STAGE_OK) {
			stage_err_set(err, status, "unable to list %s: %s",
				path, stage_strerror(status));
		}
	}
	stage_strv_finish(&entries);
	return status;
}

static void
init_service(struct stage_service *service, const char *name)
{
	*service = (struct stage_service){.up_ns = -1};
	snprintf(service->name, sizeof(service->name), "%.200s", name);
}

static enum stage_status
not_found(const struct stage_rig *rig, const char *name, struct stage_err *err)
{
	struct stage_strv names = {0};
	struct stage_str list = {0};
	enum stage_status status = stage_snapshot_names(rig, true, &names, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			&list, "%s%s", i > 0 ? ", " : "", names.items[i]);
	}
	if (status == STAGE_OK) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"there is no service \"%s\" in %s; there are: %s", name,
			rig->rig, list.len > 0 ? list.data : "none");
	}
	stage_strv_finish(&names);
	stage_str_finish(&list);
	return status;
}

enum stage_status
stage_snapshot_phase(const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err)
{
	init_service(service, name);
	if (strcmp(name, STAGE_WATCH_SERVICE) == 0) {
		read_service(rig, service);
		return STAGE_OK;
	}
	if (!stage_service_name_ok(name) || !is_directory(rig, name)) {
		char disabled[NAME_MAX + 1];
		if (stage_format(disabled, sizeof(disabled), "%s" DISABLED,
			    name) != STAGE_OK ||
			!stage_service_name_ok(name) ||
			!is_directory(rig, disabled)) {
			return not_found(rig, name, err);
		}
		service->phase = STAGE_PHASE_DISABLED;
		return STAGE_OK;
	}
	read_service(rig, service);
	return STAGE_OK;
}

enum stage_status
stage_snapshot_enabled(const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err)
{
	enum stage_status status =
		stage_snapshot_phase(rig, name, service, err);

	return status == STAGE_OK && service->phase == STAGE_PHASE_DISABLED
		       ? stage_err_set(err, STAGE_NOT_FOUND,
				 "service %s is disabled; stagecraft enable %s "
				 "switches it on",
				 name, name)
		       : status;
}

enum stage_status
stage_snapshot_one(const struct stage_rig *rig, const char *name,
	struct stage_service *service, struct stage_err *err)
{
	enum stage_status status =
		stage_snapshot_phase(rig, name, service, err);
	struct stage_services one = {.items = service, .count = 1};

	if (status == STAGE_OK) {
		read_use(&one);
	}
	return status;
}

enum stage_status
stage_snapshot_all(const struct stage_rig *rig, struct stage_services *services,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	size_t enabled_count = 0;
	enum stage_status status;

	*services = (struct stage_services){0};
	status = stage_snapshot_names(rig, true, &names, err);
	enabled_count = names.count;
	if (status == STAGE_OK) {
		status = stage_snapshot_names(rig, false, &names, err);
	}
	if (status != STAGE_OK) {
		goto finish;
	}
	services->items = calloc(names.count + 1, sizeof(*services->items));
	if (services->items == NULL) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
		goto finish;
	}
	for (size_t i = 0; i < names.count; i++) {
		init_service(&services->items[i], names.items[i]);
		services->items[i].phase = STAGE_PHASE_DISABLED;
		if (i < enabled_count) {
			read_service(rig, &services->items[i]);
		}
	}
	init_service(&services->items[names.count], STAGE_WATCH_SERVICE);
	read_service(rig, &services->items[names.count]);
	services->count = names.count + 1;
	read_use(services);
finish:
	stage_strv_finish(&names);
	return status;
}

void
stage_snapshot_finish(struct stage_services *services)
{
	if (services != NULL) {
		free(services->items);
		*services = (struct stage_services){0};
	}
}

json_t *
stage_snapshot_to_json(const struct stage_service *service)
{
	char last[STAGE_DEATH_WORDS_MAX] = "";
	bool is_ready = service->phase == STAGE_PHASE_READY;

	if (service->has_died) {
		stage_death_words(&service->last_death, last);
	}
	return json_pack("{s:s, s:s, s:b, s:b, s:i, s:f, s:I, s:I, s:f, s:I, "
			 "s:i, s:i, s:s, s:s}",
		"name", service->name, "state",
		stage_phase_word(service->phase), "ready", is_ready,
		"supervised", service->is_supervised, "pid", (int)service->pid,
		"uptime_s",
		service->up_ns < 0 ? -1.0 : (double)service->up_ns / 1e9,
		"restarts", (json_int_t)service->restarts, "crashes",
		(json_int_t)service->crashes, "cpu_s",
		(double)service->use.cpu_ns / 1e9, "memory_bytes",
		(json_int_t)service->use.rss_bytes, "processes",
		service->use.process_count, "realtime_threads",
		service->use.rt_thread_count, "last_exit", last, "note",
		service->note);
}
