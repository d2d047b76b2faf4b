/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/daemon.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/exits.h"
#include "base/log.h"
#include "base/notify.h"
#include "jack/clean.h"
#include "jackserver/cards.h"
#include "jackserver/chatter.h"
#include "jackserver/host.h"
#include "jackserver/note.h"
#include "jackserver/plan.h"
#include "jackserver/realtime.h"
#include "jackserver/report.h"
#include "rpc/server.h"

#define STOP_TIMEOUT_MS 10000
#define CHECK_MS 1000  // how often it is seen whether cycles run
#define STILL_CHECKS 3 // that many in a row, and the device is dead
#define SIGNAL_COUNT 3

struct daemon {
	uv_loop_t loop;
	uv_signal_t signals[SIGNAL_COUNT];
	uv_timer_t stop_timer;
	uv_timer_t check_timer;
	struct stage_host *host;
	struct stage_rpc_server *rpc; // NULL: nobody can ask
	struct stage_plan plan;
	struct stage_report report;
	uint32_t frames; // at the last check
	unsigned still_count;
	bool is_stopping;
	int exit_code;
};

static size_t
count_all(const struct stage_jack_counts *counts)
{
	return counts->slots + counts->entries + counts->segments +
	       counts->sockets + counts->semaphores + counts->databases +
	       counts->registries;
}

static enum stage_status
clean(pid_t ending)
{
	struct stage_jack_survey survey;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_jack_registry_clean(
		STAGE_JACK_SHM_DIR, getuid(), ending, &survey, &err);

	if (status != STAGE_OK) {
		stage_log_warn("unable to clean up after dead JACK servers: %s",
			err.text);
	} else if (count_all(&survey.stale) > 0) {
		stage_log_info("removed what dead JACK servers left: %zu "
			       "registry slots, %zu segments, %zu sockets, %zu "
			       "semaphores",
			survey.stale.slots, survey.stale.segments,
			survey.stale.sockets, survey.stale.semaphores);
	}
	return status;
}

int
stage_jackserver_clean(void)
{
	return clean(0) == STAGE_OK ? STAGE_EXIT_OK : STAGE_EXIT_TEMPORARY;
}

enum stage_status
stage_jackserver_check(
	const struct stage_jackserver_config *config, struct stage_err *err)
{
	enum stage_status status = stage_control_check_library(err);

	stage_chatter_init();
	if (status == STAGE_OK &&
		strcmp(config->driver, STAGE_JACKSERVER_DRIVER_AUTO) != 0) {
		status = stage_control_check_driver(config->driver, err);
	}
	return status;
}

static void
publish(struct daemon *self)
{
	if (self->rpc != NULL) {
		stage_rpc_server_publish(
			self->rpc, "state", stage_report_json(&self->report));
	}
}

static void
set_state(struct daemon *self, const char *state)
{
	self->report.state = state;
	publish(self);
}

static void
close_handle(uv_handle_t *handle, void *arg)
{
	(void)arg;
	if (!uv_is_closing(handle)) {
		uv_close(handle, NULL);
	}
}

// The server does not stop: its clients must be sick. What it holds is cleaned
// up from under it, since the process ends now.
static void
on_stop_timeout(uv_timer_t *timer)
{
	struct daemon *self = timer->data;

	stage_log_warn("the JACK server has not stopped within %d s; ending "
		       "without it",
		STOP_TIMEOUT_MS / 1000);
	stage_rpc_server_destroy(self->rpc);
	clean(getpid());
	_exit(self->exit_code);
}

static void
stop(struct daemon *self, int exit_code)
{
	if (self->is_stopping) {
		return;
	}
	self->is_stopping = true;
	self->exit_code = exit_code;
	self->report.control = NULL;
	stage_chatter_set_stopping();
	uv_timer_stop(&self->check_timer);
	uv_timer_start(&self->stop_timer, on_stop_timeout, STOP_TIMEOUT_MS, 0);
	stage_host_stop(self->host);
	set_state(self, "stopping");
}

static void
on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stop(handle->data, STAGE_EXIT_OK);
}

static void
on_check(uv_timer_t *timer)
{
	struct daemon *self = timer->data;
	const struct stage_control *control = stage_host_control(self->host);
	uint32_t frames;

	if (control == NULL) {
		return;
	}
	frames = stage_control_frames(control);
	self->still_count = frames == self->frames ? self->still_count + 1 : 0;
	self->frames = frames;
	if (self->still_count < STILL_CHECKS) {
		return;
	}
	stage_log_err("the JACK server stands still: driver %s delivers no "
		      "cycles any more; was the device pulled?",
		self->report.used.driver);
	stop(self, STAGE_EXIT_TEMPORARY);
}

static void
verify(struct daemon *self)
{
	const struct stage_report *report = &self->report;

	if (report->have.rate_hz != self->plan.want.rate_hz ||
		report->have.period_frames != self->plan.want.period_frames) {
		stage_log_warn("wanted %u Hz and %u frames, the device runs "
			       "at %u Hz and %u frames",
			self->plan.want.rate_hz, self->plan.want.period_frames,
			report->have.rate_hz, report->have.period_frames);
	}
	if (self->plan.want.is_realtime && !report->is_realtime) {
		stage_log_warn("no real-time thread runs, although it is "
			       "permitted");
	}
	if (!stage_report_is_memory_locked(report)) {
		stage_log_warn("JACK's memory is not locked (%lld kB allowed): "
			       "raise RLIMIT_MEMLOCK, or lower jack.ports",
			(long long)report->memory.limit_kb);
	}
}

static void
on_started(void *user, const struct stage_control_want *used,
	const struct stage_control_have *have, bool is_fallback,
	const char *why)
{
	struct daemon *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	self->report.used = *used;
	self->report.have = *have;
	self->report.control = stage_host_control(self->host);
	if (is_fallback) {
		stage_report_set_reason(&self->report, why);
	}
	stage_note_set(&self->plan, used, why);
	stage_report_look(&self->report);
	verify(self);
	stage_log_info("JACK server %s runs with driver %s%s%s at %u Hz, %u "
		       "frames%s",
		used->server, used->driver,
		used->device[0] != '\0' ? " on " : "", used->device,
		have->rate_hz, have->period_frames,
		self->report.is_realtime ? ", real-time" : "");
	if (self->is_stopping) {
		return;
	}
	uv_timer_start(&self->check_timer, on_check, CHECK_MS, CHECK_MS);
	set_state(self, "running");
	if (stage_notify_ready(&err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
on_failed(void *user, const struct stage_err *why)
{
	struct daemon *self = user;

	stage_log_err("%s", why->text);
	if (!self->is_stopping) {
		self->exit_code = why->status == STAGE_BAD_INPUT
					  ? STAGE_EXIT_PERMANENT
					  : STAGE_EXIT_TEMPORARY;
	}
}

static void
on_stopped(void *user)
{
	struct daemon *self = user;

	self->report.control = NULL;
	stage_host_destroy(self->host);
	stage_rpc_server_destroy(self->rpc);
	self->rpc = NULL;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		close_handle((uv_handle_t *)&self->signals[i], NULL);
	}
	close_handle((uv_handle_t *)&self->stop_timer, NULL);
	close_handle((uv_handle_t *)&self->check_timer, NULL);
}

static json_t *
make_state(void *ctx)
{
	struct daemon *self = ctx;

	return stage_report_json(&self->report);
}

static enum stage_status
create_rpc(struct daemon *self, const char *run, struct stage_err *err)
{
	static const char *const topics[] = {"state", NULL};
	const struct stage_rpc_config config = {.name = "stagecraft-jack",
		.state = make_state,
		.topics = topics,
		.ctx = self};
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), run, "jack.sock", err);

	if (status == STAGE_OK) {
		self->rpc = stage_rpc_server_create(
			&self->loop, path, &config, err);
	}
	return self->rpc != NULL ? STAGE_OK : err->status;
}

// That nobody can ask how the sound is does not stop the sound. Another server
// in the same run directory does: it is the rig's.
static enum stage_status
open_rpc(struct daemon *self, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	const char *run = getenv("STAGECRAFT_RUN");

	if (run == NULL || run[0] == '\0' ||
		create_rpc(self, run, &why) == STAGE_OK) {
		return STAGE_OK;
	}
	if (why.status == STAGE_BUSY) {
		return stage_err_set(err, STAGE_BUSY, "%s", why.text);
	}
	stage_log_warn("%s; it plays, but cannot be asked how it is", why.text);
	return STAGE_OK;
}

static void
init_handles(struct daemon *self)
{
	static const int numbers[SIGNAL_COUNT] = {SIGTERM, SIGINT, SIGHUP};

	uv_timer_init(&self->loop, &self->stop_timer);
	uv_timer_init(&self->loop, &self->check_timer);
	self->stop_timer.data = self;
	self->check_timer.data = self;
	for (size_t i = 0; i < SIGNAL_COUNT; i++) {
		uv_signal_init(&self->loop, &self->signals[i]);
		self->signals[i].data = self;
		uv_signal_start(&self->signals[i], on_signal, numbers[i]);
	}
}

static void
block_sigpipe(void)
{
	sigset_t pipe_only;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_only, NULL);
}

static void
make_plan(struct daemon *self, const struct stage_jackserver_config *config)
{
	struct stage_err denied = STAGE_ERR_INIT;
	enum stage_status realtime =
		stage_realtime_probe((int)config->priority, &denied);

	stage_plan_make(
		config, STAGE_CARDS_DIR, realtime, &denied, &self->plan);
	if (self->plan.want.is_realtime ||
		config->realtime == STAGE_JACKSERVER_REALTIME_NO) {
		return;
	}
	if (config->realtime == STAGE_JACKSERVER_REALTIME_YES) {
		stage_log_err("running without real-time scheduling, although "
			      "jack.realtime says yes: %s",
			denied.text);
	} else {
		stage_log_warn("running without real-time scheduling: %s",
			denied.text);
	}
}

static enum stage_status
check_nobody_runs(const char *server, struct stage_err *err)
{
	pid_t pid = stage_jack_server_pid(STAGE_JACK_SHM_DIR, getuid(), server);

	if (pid != 0) {
		return stage_err_set(err, STAGE_BUSY,
			"a JACK server %s runs already, process %ld; stop it, "
			"or give this one another name with jack.server",
			server, (long)pid);
	}
	return STAGE_OK;
}

static enum stage_status
start(struct daemon *self, struct stage_err *err)
{
	enum stage_status status =
		check_nobody_runs(self->plan.want.server, err);

	if (status == STAGE_OK) {
		status = open_rpc(self, err);
	}
	if (status == STAGE_OK) {
		static const struct stage_host_ops ops = {
			on_started, on_failed, on_stopped};
		status = stage_host_create(
			&self->loop, &self->plan, &ops, self, &self->host, err);
	}
	return status;
}

int
stage_jackserver_run(const struct stage_jackserver_config *config)
{
	struct daemon self = {.exit_code = STAGE_EXIT_OK};
	struct stage_err err = STAGE_ERR_INIT;

	block_sigpipe();
	setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
	if (stage_jackserver_check(config, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	clean(0);
	make_plan(&self, config);
	stage_report_init(&self.report, &self.plan);
	uv_loop_init(&self.loop);
	init_handles(&self);
	if (start(&self, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		self.exit_code = STAGE_EXIT_TEMPORARY;
		on_stopped(&self);
	}
	uv_run(&self.loop, UV_RUN_DEFAULT);
	uv_loop_close(&self.loop);
	if (self.host != NULL) {
		clean(0);
	}
	return self.exit_code;
}
