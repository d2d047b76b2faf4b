/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/daemon.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "rig/run_file.h"
#include "show/daemon_private.h"
#include "show/journal.h"
#include "show/verbs.h"

#define HOST "127.0.0.1"
// Below what the system gives away by itself, and not where liblo looks for
// ports of its clients (10000 to 20000): the one that comes after a crash must
// find it free.
#define FIRST_PORT 21420
#define PORTS 32
#define JOURNAL_MAX 4194304 // bytes

struct stage_show_engine *
stage_show_daemon_engine(struct stage_show_daemon *self)
{
	return self->engine;
}

struct stage_show_conductor *
stage_show_daemon_conductor(struct stage_show_daemon *self)
{
	return self->conductor;
}

const struct stage_show_store *
stage_show_daemon_store(const struct stage_show_daemon *self)
{
	return &self->store;
}

const char *
stage_show_daemon_url(const struct stage_show_daemon *self)
{
	return self->url;
}

// The socket.

static void
on_heard(void *user, const struct stage_osc_peer *from,
	const struct stage_osc_message *message)
{
	struct stage_show_daemon *self = user;

	stage_show_nsm_heard(self->nsm, from, message);
}

static void
send_bytes(void *user, const struct stage_osc_peer *to, const void *bytes,
	size_t len)
{
	struct stage_show_daemon *self = user;

	if (self->udp != NULL) {
		stage_osc_udp_send(self->udp, to, bytes, len);
	}
}

static void
list_songs(void *user, void (*each)(void *ctx, const char *name), void *ctx)
{
	struct stage_show_daemon *self = user;
	struct stage_strv names = {0};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_store_list(&self->store, &names, NULL, &err) !=
		STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
	for (size_t i = 0; i < names.count; i++) {
		each(ctx, names.items[i]);
	}
	stage_strv_finish(&names);
}

static const struct stage_show_nsm_ops nsm_ops = {
	.send = send_bytes,
	.list = list_songs,
};

// kept: the port of the one before, by which its clients know us; 0: none.
static enum stage_status
listen_at(struct stage_show_daemon *self, int kept, struct stage_err *err)
{
	enum stage_status status = STAGE_BUSY;
	int wanted = (int)self->settings.port;
	int port = wanted > 0 ? wanted : FIRST_PORT;

	if (kept > 0) {
		port = kept;
	}
	status = stage_osc_udp_create(
		self->loop, HOST, port, on_heard, self, &self->udp, err);
	if (status == STAGE_BUSY && kept > 0) {
		stage_log_warn("port %d, by which clients know the show "
			       "manager, is taken; they are started anew",
			kept);
	} else if (status == STAGE_BUSY && wanted > 0) {
		stage_log_warn("port %d, which show.port of rig.conf names, "
			       "is taken; another one serves",
			wanted);
	}
	for (int i = 0; i < PORTS && status == STAGE_BUSY; i++) {
		status = stage_osc_udp_create(self->loop, HOST, FIRST_PORT + i,
			on_heard, self, &self->udp, err);
	}
	if (status == STAGE_OK) {
		snprintf(self->url, sizeof(self->url), "osc.udp://%s:%d/", HOST,
			stage_osc_udp_port(self->udp));
	}
	return status;
}

// What the next one must know.

static void
journal_path(const struct stage_show_daemon *self, char out[STAGE_PATH_MAX])
{
	(void)!stage_format(out, STAGE_PATH_MAX, "%s/journal", self->run);
}

static json_t *
read_journal(const struct stage_show_daemon *self)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	json_t *journal = NULL;

	journal_path(self, path);
	if (stage_io_read_file(path, JOURNAL_MAX, &text, NULL) == STAGE_OK) {
		journal = json_loadb(text.data, text.len, 0, NULL);
	}
	stage_str_finish(&text);
	return json_is_object(journal) ? journal : NULL;
}

static void
write_journal(struct stage_show_daemon *self)
{
	json_t *journal = stage_show_journal_write(self->engine);
	char path[STAGE_PATH_MAX];
	char *text = NULL;

	if (journal != NULL) {
		json_object_set_new(journal, "cues",
			stage_show_cue_out_journal(
				stage_show_cues_out(self->cues)));
		json_object_set_new(journal, "port",
			json_integer(stage_osc_udp_port(self->udp)));
		json_object_set_new(journal, "unwritten",
			stage_show_daemon_write_unwritten(self));
		stage_show_daemon_write_jack(self, journal);
		text = json_dumps(journal, JSON_COMPACT);
	}
	journal_path(self, path);
	if (text == NULL || stage_run_file_replace(path, text, strlen(text),
				    0600) != STAGE_OK) {
		stage_log_warn("unable to write %s; a crash would cost the "
			       "song",
			path);
	}
	free(text);
	json_decref(journal);
}

// The files by which other session managers know us.

static void
make_locks(struct stage_show_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	char directory[STAGE_PATH_MAX];

	stage_show_locks_find(
		getenv("XDG_RUNTIME_DIR"), self->rig->run, directory);
	if (stage_show_locks_init(&self->locks, directory, self->url, &err) !=
		STAGE_OK) {
		stage_log_warn("%s; other session managers will not see which "
			       "songs are open",
			err.text);
	}
}

static void
keep_locks(struct stage_show_daemon *self)
{
	struct stage_strv sessions = {0};

	for (const struct stage_show_song *at =
			stage_show_engine_songs(self->engine);
		at != NULL; at = at->next) {
		(void)!stage_strv_add(&sessions, at->path);
		(void)!stage_show_locks_take(&self->locks, at->path, NULL);
	}
	stage_show_locks_keep(&self->locks, &sessions);
	stage_strv_finish(&sessions);
}

// Time.

static void
on_timer(uv_timer_t *timer)
{
	struct stage_show_daemon *self = timer->data;

	stage_show_engine_step(self->engine);
}

static void
set_timer(struct stage_show_daemon *self)
{
	int64_t deadline_ns = stage_show_engine_deadline_ns(self->engine);

	if (deadline_ns == INT64_MAX) {
		uv_timer_stop(self->timer);
		return;
	}
	uv_update_time(self->loop);
	uv_timer_start(self->timer, on_timer,
		(uint64_t)stage_clock_until_ms(deadline_ns), 0);
}

static void dismantle(struct stage_show_daemon *self);

// Behind each turn of the loop, before it waits.
static void
on_prepare(uv_prepare_t *prepare)
{
	struct stage_show_daemon *self = prepare->data;

	stage_show_daemon_note_news(self);
	if (self->has_ended && self->is_ending &&
		stage_show_worker_is_idle(self->worker) &&
		stage_show_worker_is_idle(self->files)) {
		stage_show_daemon_save_habits(self, true);
		dismantle(self);
		return;
	}
	stage_show_daemon_note_place(self);
	stage_show_daemon_look_ahead(self);
	stage_show_daemon_note_osc(self);
	set_timer(self);
	stage_show_logs_watch(
		self->logs, stage_show_engine_programs(self->engine) != NULL);
	if (!self->has_news) {
		return;
	}
	self->has_news = false;
	stage_show_daemon_keep_apart(self);
	keep_locks(self);
	write_journal(self);
	stage_show_daemon_remember_song(self);
	stage_show_daemon_save_habits(self, false);
	stage_rpc_server_publish(self->rpc, "show", json_object());
}

void
stage_show_daemon_ended(void *user)
{
	struct stage_show_daemon *self = user;
	char path[STAGE_PATH_MAX];

	// It is over: the next one has nothing to go on with.
	journal_path(self, path);
	(void)unlink(path);
	self->has_news = false;
	self->has_ended = true;
	if (!self->is_ending) {
		stage_show_daemon_remember_song(self);
		(void)kill(getpid(), SIGTERM); // by a message: as by a signal
	}
}

static bool
on_exited(void *user, pid_t pid, bool is_clean, const char *how)
{
	struct stage_show_daemon *self = user;

	return stage_show_engine_exited(self->engine, pid, is_clean, how);
}

// Its life.

static enum stage_status
serve(struct stage_show_daemon *self, struct stage_err *err)
{
	static const char *const topics[] = {"show", NULL};
	const struct stage_rpc_config config = {
		.name = "stagecraft-show",
		.verbs = stage_show_verbs,
		.state = stage_show_state,
		.topics = topics,
		.ctx = self,
	};
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "show.sock");
	self->rpc_config = config;
	self->rpc = stage_rpc_server_create(
		self->loop, path, &self->rpc_config, err);
	if (self->rpc == NULL && err->status == STAGE_BUSY) {
		stage_err_prefix(
			err, "a show manager serves this rig already: ");
	}
	return self->rpc != NULL ? STAGE_OK : err->status;
}

static enum stage_status
make_places(struct stage_show_daemon *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_show_store_init(&self->store, self->rig->rig, err);

	if (status == STAGE_OK) {
		stage_rig_run_path(self->rig, self->run, "show");
		stage_rig_run_path(self->rig, path, "show/log");
		status = stage_io_make_dirs(path, err);
	}
	return status;
}

static enum stage_status
read_settings(struct stage_show_daemon *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	stage_show_settings_init(&self->settings);
	stage_rig_path(self->rig, path, "rig.conf");
	return stage_show_settings_load(&self->settings, path, err);
}

static enum stage_status
make_parts(struct stage_show_daemon *self, struct stage_err *err)
{
	struct stage_show_limits limits = STAGE_SHOW_LIMITS_DEFAULT;
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	limits.preload = (size_t)self->settings.preload;
	stage_rig_run_path(self->rig, path, "patchbay.sock");
	status = stage_show_scene_create(self->loop, path,
		stage_show_daemon_wired, self, &self->scene, err);
	if (status == STAGE_OK) {
		status = stage_show_scene_create(
			self->loop, path, NULL, NULL, &self->set_scene, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_daemon_make_names(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_launcher_create(
			self->loop, on_exited, self, &self->launcher, err);
	}
	stage_rig_run_path(self->rig, path, "show/log");
	if (status == STAGE_OK) {
		status = stage_show_logs_create(
			self->loop, path, &self->logs, err);
	}
	self->nsm = stage_show_nsm_create(&nsm_ops, self, self->store.songs);
	self->engine =
		stage_show_engine_create(&stage_show_daemon_ops, self, &limits);
	self->newsroom = stage_show_newsroom_create();
	if (status == STAGE_OK) {
		status = stage_show_daemon_make_place(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_daemon_make_files(self, err);
	}
	if (status == STAGE_OK &&
		(self->newsroom == NULL ||
			stage_show_daemon_begin_news(self) != STAGE_OK)) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		status = stage_show_daemon_make_cues(self, err);
	}
	self->timer = calloc(1, sizeof(*self->timer));
	self->look = calloc(1, sizeof(*self->look));
	self->prepare = calloc(1, sizeof(*self->prepare));
	if (status == STAGE_OK &&
		(self->nsm == NULL || self->engine == NULL ||
			self->timer == NULL || self->look == NULL ||
			self->prepare == NULL)) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return status;
}

static void
start(struct stage_show_daemon *self, json_t *journal)
{
	static const struct stage_show_asker nobody;
	struct stage_err err = STAGE_ERR_INIT;
	bool goes_on = false;
	char *last;

	stage_show_nsm_set_engine(self->nsm, self->engine);
	stage_show_engine_set_habits(self->engine, self->habits);
	uv_timer_init(self->loop, self->timer);
	uv_timer_init(self->loop, self->look);
	uv_prepare_init(self->loop, self->prepare);
	self->timer->data = self;
	self->look->data = self;
	self->prepare->data = self;
	uv_prepare_start(self->prepare, on_prepare);
	self->has_started = true;
	self->has_news = true;
	last = stage_show_daemon_recall_song(self);
	stage_show_daemon_recall_place(self);
	make_locks(self);
	if (!stage_show_journal_knows_any(journal)) {
		stage_show_daemon_end_strays(self);
	}
	if (journal != NULL) {
		stage_show_cues_recall(
			self->cues, json_object_get(journal, "cues"));
		goes_on = stage_show_daemon_resume(self, journal);
		self->has_resumed =
			stage_show_engine_current(self->engine) != NULL;
	}
	if (!goes_on && last != NULL && last[0] != '\0') {
		stage_show_engine_open(
			self->engine, last, STAGE_SHOW_SAVE_NOT, nobody);
	}
	free(last);
	stage_log_info("songs of %s, NSM at %s", self->store.songs, self->url);
	if (stage_notify_ready(&err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle);
}

static void
close_handle(uv_handle_t *handle, bool has_started)
{
	if (has_started) {
		uv_close(handle, on_closed);
	} else {
		free(handle);
	}
}

static void
dismantle(struct stage_show_daemon *self)
{
	close_handle((uv_handle_t *)self->timer, self->has_started);
	close_handle((uv_handle_t *)self->look, self->has_started);
	close_handle((uv_handle_t *)self->prepare, self->has_started);
	stage_rpc_server_destroy(self->rpc);
	stage_show_osc_side_destroy(self->osc);
	stage_show_daemon_end_jack(self);
	stage_osc_udp_destroy(self->udp);
	self->udp = NULL;
	stage_show_launcher_destroy(self->launcher);
	stage_show_logs_destroy(self->logs);
	stage_show_scene_destroy(self->scene);
	stage_show_scene_destroy(self->set_scene);
	stage_show_daemon_end_names(self);
	stage_show_engine_destroy(self->engine);
	stage_show_nsm_destroy(self->nsm);
	stage_show_locks_finish(&self->locks);
	stage_show_cues_destroy(self->cues);
	stage_show_newsroom_destroy(self->newsroom);
	stage_show_conductor_destroy(self->conductor);
	stage_show_worker_destroy(self->worker);
	stage_show_saver_destroy(self->place_saver);
	stage_path_watch_destroy(self->list_watch);
	stage_strv_finish(&self->ringing);
	free(self->selected);
	stage_show_daemon_end_files(self);
	free(self);
}

enum stage_status
stage_show_daemon_create(uv_loop_t *loop, const struct stage_rig *rig,
	struct stage_show_daemon **out, struct stage_err *err)
{
	struct stage_show_daemon *self = calloc(1, sizeof(*self));
	json_t *journal = NULL;
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	status = read_settings(self, err);
	if (status == STAGE_OK) {
		status = make_places(self, err);
	}
	if (status == STAGE_OK) {
		status = make_parts(self, err);
	}
	if (status == STAGE_OK) {
		status = serve(self, err);
	}
	if (status == STAGE_OK) {
		journal = read_journal(self);
		status = listen_at(self,
			(int)json_integer_value(
				json_object_get(journal, "port")),
			err);
	}
	if (status == STAGE_OK) {
		status = stage_show_daemon_begin_osc(self, err);
	}
	if (status == STAGE_OK) {
		status = stage_show_daemon_make_jack(self, journal, err);
	}
	if (status != STAGE_OK) {
		dismantle(self);
	} else {
		start(self, journal);
		*out = self;
	}
	json_decref(journal);
	return status;
}

void
stage_show_daemon_destroy(struct stage_show_daemon *self)
{
	static const struct stage_show_asker nobody;

	if (self != NULL && !self->is_ending) {
		self->is_ending = true;
		if (!self->has_ended) {
			stage_show_engine_quit(
				self->engine, STAGE_SHOW_SAVE_BY_MODE, nobody);
		}
	}
}
