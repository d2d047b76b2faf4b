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
#include "jack/clean.h"
#include "jackserver/alsa_probe.h"
#include "jackserver/chatter.h"
#include "jackserver/daemon_private.h"
#include "jackserver/realtime.h"
#include "rpc/proto.h"

#define STOP_TIMEOUT_MS 10000

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
list_hung(void *user, const char *client)
{
	json_array_append_new(user, stage_rpc_text(client));
}

static json_t *
make_state(void *ctx)
{
	struct stage_daemon *self = ctx;
	json_t *state = stage_report_json(&self->report);
	json_t *hung = json_array();

	stage_guard_each_hung(self->guard, list_hung, hung);
	json_object_set_new(state, "hung", hung);
	return state;
}

void
stage_daemon_publish(struct stage_daemon *self)
{
	if (self->rpc != NULL) {
		stage_rpc_server_publish(self->rpc, "state", make_state(self));
	}
}

void
stage_daemon_die(struct stage_daemon *self, int exit_code)
{
	stage_rpc_server_destroy(self->rpc);
	clean(getpid());
	_exit(exit_code);
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
	struct stage_daemon *self = timer->data;

	stage_log_warn("the JACK server has not stopped within %d s; ending "
		       "without it",
		STOP_TIMEOUT_MS / 1000);
	stage_daemon_die(self, self->exit_code);
}

void
stage_daemon_stop(struct stage_daemon *self, int exit_code)
{
	if (self->is_stopping) {
		return;
	}
	self->is_stopping = true;
	self->exit_code = exit_code;
	self->report.control = NULL;
	stage_chatter_set_stopping();
	uv_timer_stop(&self->check_timer);
	uv_timer_stop(&self->retry_timer);
	uv_timer_start(&self->stop_timer, on_stop_timeout, STOP_TIMEOUT_MS, 0);
	stage_host_stop(self->host);
	self->report.state = "stopping";
	stage_daemon_publish(self);
}

static void
on_signal(uv_signal_t *handle, int number)
{
	(void)number;
	stage_daemon_stop(handle->data, STAGE_EXIT_OK);
}

void
stage_daemon_stopped(void *user)
{
	struct stage_daemon *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	self->report.control = NULL;
	stage_err_set(&err, STAGE_GONE, "the JACK server stops");
	stage_rpc_reply_fail(self->reply, &err);
	self->reply = NULL;
	stage_rpc_server_destroy(self->rpc);
	self->rpc = NULL;
	stage_player_finish(self);
	for (size_t i = 0; i < STAGE_DAEMON_SIGNALS; i++) {
		close_handle((uv_handle_t *)&self->signals[i], NULL);
	}
	close_handle((uv_handle_t *)&self->stop_timer, NULL);
	close_handle((uv_handle_t *)&self->check_timer, NULL);
	close_handle((uv_handle_t *)&self->retry_timer, NULL);
}

static enum stage_status
create_rpc(struct stage_daemon *self, const char *run, struct stage_err *err)
{
	static const char *const topics[] = {
		"state", "device", "xrun", "load", "client", "clients", NULL};
	const struct stage_rpc_config config = {.name = "stagecraft-jack",
		.verbs = stage_jackserver_verbs,
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
open_rpc(struct stage_daemon *self, struct stage_err *err)
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
init_handles(struct stage_daemon *self)
{
	static const int numbers[STAGE_DAEMON_SIGNALS] = {
		SIGTERM, SIGINT, SIGHUP};

	uv_timer_init(&self->loop, &self->stop_timer);
	uv_timer_init(&self->loop, &self->check_timer);
	uv_timer_init(&self->loop, &self->retry_timer);
	self->stop_timer.data = self;
	self->check_timer.data = self;
	self->retry_timer.data = self;
	for (size_t i = 0; i < STAGE_DAEMON_SIGNALS; i++) {
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
tell_realtime(const struct stage_daemon *self, const struct stage_err *denied)
{
	if (self->plan.chooser.base.is_realtime ||
		self->config.realtime == STAGE_JACKSERVER_REALTIME_NO) {
		return;
	}
	if (self->config.realtime == STAGE_JACKSERVER_REALTIME_YES) {
		stage_log_err("running without real-time scheduling, although "
			      "jack.realtime says yes: %s",
			denied->text);
	} else {
		stage_log_warn("running without real-time scheduling: %s",
			denied->text);
	}
}

void
stage_daemon_plan(struct stage_daemon *self)
{
	struct stage_err denied = STAGE_ERR_INIT;
	enum stage_status realtime = stage_realtime_probe(
		(int)self->options->config.priority, &denied);

	self->config = self->options->config;
	stage_jackserver_set_put(&self->set, &self->config);
	stage_plan_make(&self->config, realtime, &denied,
		stage_alsa_can_probe(), &self->plan);
	self->report.wanted = self->plan.chooser.base;
	if (!self->is_ready) {
		tell_realtime(self, &denied);
	}
}

// What was set last is no reason not to play.
static void
load_set(struct stage_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->options->state[0] != '\0' &&
		stage_jackserver_set_load(
			&self->set, self->options->state, &err) != STAGE_OK) {
		stage_log_warn("%s; plays as rig.conf says", err.text);
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
start(struct stage_daemon *self, struct stage_err *err)
{
	enum stage_status status = check_nobody_runs(self->config.server, err);

	if (status == STAGE_OK) {
		status = open_rpc(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_player_start(self, err);
	}
	return status;
}

static int
run(struct stage_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	load_set(self);
	stage_daemon_plan(self);
	stage_report_init(&self->report, &self->plan);
	uv_loop_init(&self->loop);
	init_handles(self);
	if (start(self, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		self->exit_code = STAGE_EXIT_TEMPORARY;
		stage_daemon_stopped(self);
	}
	uv_run(&self->loop, UV_RUN_DEFAULT);
	uv_loop_close(&self->loop);
	if (self->host != NULL) {
		clean(0);
	}
	return self->exit_code;
}

int
stage_jackserver_run(const struct stage_jackserver_options *options)
{
	struct stage_daemon *self = calloc(1, sizeof(*self));
	struct stage_err err = STAGE_ERR_INIT;
	int code;

	block_sigpipe();
	setenv("JACK_NO_AUDIO_RESERVATION", "1", 1);
	if (self == NULL) {
		stage_log_err("out of memory");
		return STAGE_EXIT_TEMPORARY;
	}
	if (stage_jackserver_check(&options->config, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
		free(self);
		return STAGE_EXIT_PERMANENT;
	}
	clean(0);
	self->options = options;
	code = run(self);
	free(self);
	return code;
}
