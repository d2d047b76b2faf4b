/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/watch.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "rig/keeper.h"
#include "rig/path_watch.h"
#include "rig/snapshot.h"
#include "rig/tree.h"
#include "rpc/proto.h"
#include "rpc/server.h"
#include "runit/control.h"
#include "runit/dirwatch.h"
#include "runit/waker.h"
#include "watch/computer.h"
#include "watch/disabled.h"
#include "watch/gone.h"
#include "watch/minders.h"
#include "watch/news.h"
#include "watch/tails.h"
#include "watch/verbs.h"

#define LOG_MAX_BYTES (64 * 1024L) // of runsvdir.log, which nobody rotates
#define HOUSEKEEPING_MS 5000
#define SETTINGS "rig.conf"

struct stage_watch {
	uv_loop_t *loop;
	const struct stage_rig *rig;
	struct stage_keeper *keeper;
	struct stage_runit_dirwatch *services;
	struct stage_disabled *disabled;
	struct stage_path_watch *settings; // rig.conf
	int64_t settings_ns;               // its last change that we know
	struct stage_runit_waker *waker;
	struct stage_rpc_server *server;
	struct stage_news *news; // NULL: it comes or has gone
	struct stage_tails *tails;
	struct stage_computer computer;
	struct stage_proc_id runsvdir;
	struct stage_minders minders;
	uv_timer_t housekeeping;
	bool has_looked; // at services/, since we began
	bool is_closing;
};

const struct stage_rig *
stage_watch_rig(const struct stage_watch *self)
{
	return self->rig;
}

uv_loop_t *
stage_watch_loop(const struct stage_watch *self)
{
	return self->loop;
}

struct stage_tails *
stage_watch_tails(const struct stage_watch *self)
{
	return self->tails;
}

static void
publish(void *user, const char *service)
{
	struct stage_watch *self = user;

	if (self->news != NULL) {
		stage_news_add(self->news, service);
	}
}

// The tree.

// Whether runsvdir has seen all that was added and taken out.
static bool
is_noticed(void *user)
{
	struct stage_watch *self = user;
	char tree[STAGE_PATH_MAX];
	struct stage_strv names = {0};
	bool all = true;

	stage_rig_run_path(self->rig, tree, "tree");
	if (stage_io_list_dir(tree, &names, NULL) != STAGE_OK) {
		stage_strv_finish(&names);
		return true;
	}
	for (size_t i = 0; i < names.count && all; i++) {
		char path[STAGE_PATH_MAX];
		if (names.items[i][0] == '.') {
			continue;
		}
		stage_rig_run_path(self->rig, path, "tree/%s", names.items[i]);
		all = stage_runit_is_supervised(path);
	}
	stage_strv_finish(&names);
	return all && stage_tree_clean(self->rig, NULL) == 0;
}

static void
wake(struct stage_watch *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (self->runsvdir.pid <= 0) {
		return;
	}
	if (stage_runit_waker_wake(self->waker, self->runsvdir.pid, &err) !=
		STAGE_OK) {
		stage_log_debug("%s", err.text);
	}
}

static void
log_names(const char *what, const struct stage_strv *names)
{
	for (size_t i = 0; i < names->count; i++) {
		stage_log_info("%s %s", names->items[i], what);
	}
}

static void
sync_tree(struct stage_watch *self)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_tree_change change;

	if (stage_tree_sync(self->rig, &change, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
	log_names("was added", &change.added);
	log_names("was taken out", &change.removed);
	if (change.added.count + change.removed.count > 0) {
		wake(self);
	}
	stage_tree_change_finish(&change);
	stage_minders_sync(&self->minders);
}

static void
replace(struct stage_watch *self, const char *service)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_log_info("%s was replaced by another directory", service);
	if (stage_tree_replace(self->rig, service, &err) != STAGE_OK) {
		stage_log_err("%s", err.text);
	}
	wake(self);
}

// What was replaced before this watcher began to look.
static void
replace_others(struct stage_watch *self)
{
	char tree[STAGE_PATH_MAX];
	struct stage_strv names = {0};

	stage_rig_run_path(self->rig, tree, "tree");
	if (stage_io_list_dir(tree, &names, NULL) == STAGE_OK) {
		for (size_t i = 0; i < names.count; i++) {
			if (stage_service_name_ok(names.items[i]) &&
				stage_tree_is_replaced(
					self->rig, names.items[i])) {
				replace(self, names.items[i]);
			}
		}
	}
	stage_strv_finish(&names);
}

// It may have gone and come back while we looked: then we were told that it
// went, and found it there when we looked what was to be done.
static void
on_added(struct stage_watch *self, const char *service)
{
	struct stage_minder *minder =
		stage_minders_find(&self->minders, service);

	if (stage_tree_is_replaced(self->rig, service)) {
		replace(self, service);
	} else if (minder != NULL) {
		stage_minder_lift_hold(minder); // the stick is back
	}
}

static void
on_services_change(
	struct stage_watch *self, const struct stage_runit_change *change)
{
	struct stage_minder *minder =
		stage_minders_find(&self->minders, change->name);
	struct stage_err err = STAGE_ERR_INIT;

	switch (change->kind) {
	case STAGE_RUNIT_ADDED:
		on_added(self, change->name);
		break;
	case STAGE_RUNIT_REPLACED:
		if (stage_tree_has(self->rig, change->name)) {
			replace(self, change->name);
		}
		break;
	case STAGE_RUNIT_TOUCHED:
		if (minder != NULL) {
			stage_minder_touched(minder);
		}
		break;
	case STAGE_RUNIT_UNUSABLE:
		(void)!stage_service_name_check(change->name, &err);
		stage_log_warn("%s", err.text);
		break;
	case STAGE_RUNIT_REMOVED: // sync_tree sees what is no longer there
	case STAGE_RUNIT_CHANGE_KIND_COUNT:
		break;
	}
}

static void
on_services(
	void *user, bool is_there, const struct stage_runit_changes *changes)
{
	struct stage_watch *self = user;

	if (!is_there) {
		// A rig whose stick was pulled must go on playing.
		stage_log_warn("%s/services is not there; what runs goes on",
			self->rig->rig);
		return;
	}
	if (!self->has_looked) {
		self->has_looked = true;
		replace_others(self);
	}
	for (size_t i = 0; i < changes->count; i++) {
		on_services_change(self, &changes->items[i]);
	}
	sync_tree(self);
}

static int64_t
settings_time_ns(const struct stage_watch *self)
{
	char path[STAGE_PATH_MAX];

	stage_rig_path(self->rig, path, SETTINGS);
	return stage_io_change_time_ns(path, true);
}

// Who gave up because of a wrong line may have been mended by this.
static void
on_settings(void *user)
{
	struct stage_watch *self = user;
	int64_t now_ns = settings_time_ns(self);

	if (now_ns == self->settings_ns) {
		return;
	}
	self->settings_ns = now_ns;
	stage_minders_lift_holds(&self->minders);
}

static void
on_notice(void *user, const struct stage_err *err)
{
	(void)user;
	stage_log_warn("%s", err->text);
}

static const struct stage_runit_dirwatch_ops services_ops = {
	.changed = on_services,
	.notice = on_notice,
};

// Housekeeping.

static void
cut_log(struct stage_watch *self)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	stage_rig_run_path(self->rig, path, "runsvdir.log");
	if (stat(path, &st) == 0 && st.st_size > LOG_MAX_BYTES &&
		truncate(path, 0) != 0) {
		stage_log_warn_errno("unable to cut %s", path);
	}
}

static void
on_housekeeping(uv_timer_t *timer)
{
	struct stage_watch *self = timer->data;

	cut_log(self);
	if (stage_computer_look(&self->computer)) {
		stage_rpc_server_publish(self->server, "computer",
			json_pack("{s:o}", "troubles",
				stage_computer_view(&self->computer)));
	}
	stage_watch_end_gone(self->rig, HOUSEKEEPING_MS * STAGE_NS_PER_MS);
	// libuv does not tell that the system dropped events (IN_Q_OVERFLOW);
	// a hold that was missed would last for ever.
	stage_minders_look(&self->minders);
}

static void
on_runsvdir(void *user, const struct stage_proc_id *runsvdir)
{
	struct stage_watch *self = user;

	self->runsvdir = *runsvdir;
	wake(self);
}

// RPC.

static json_t *
make_state(void *ctx)
{
	const struct stage_watch *self = ctx;
	struct stage_services services;
	json_t *list = json_array();

	if (stage_snapshot_all(self->rig, &services, NULL) != STAGE_OK) {
		json_decref(list);
		return NULL;
	}
	for (size_t i = 0; i < services.count; i++) {
		json_array_append_new(
			list, stage_snapshot_to_json(&services.items[i]));
	}
	stage_snapshot_finish(&services);
	// Paths need not be UTF-8, as JSON must.
	return json_pack("{s:o, s:o, s:o, s:o}", "rig",
		stage_rpc_text(self->rig->rig), "run",
		stage_rpc_text(self->rig->run), "services", list, "troubles",
		stage_computer_view(&self->computer));
}

static const char *const topics[] = {
	"service", "removed", "log", "computer", NULL};

static void
on_lines(void *user, json_t *lines)
{
	struct stage_watch *self = user;

	stage_rpc_server_publish(self->server, "log", lines);
}

static enum stage_status
serve(struct stage_watch *self, struct stage_err *err)
{
	static const struct stage_rpc_config model = {
		.name = "stagecraft-watch",
		.verbs = stage_watch_verbs,
		.state = make_state,
		.topics = topics,
	};
	struct stage_rpc_config config = model;
	struct stage_tails_config tails = {.loop = self->loop,
		.rig = self->rig,
		.told = on_lines,
		.user = self};
	enum stage_status status;
	char path[STAGE_PATH_MAX];

	config.ctx = self;
	stage_rig_run_path(self->rig, path, "rig.sock");
	self->server = stage_rpc_server_create(self->loop, path, &config, err);
	if (self->server == NULL) {
		return err->status;
	}
	status = stage_tails_create(&self->tails, &tails, err);
	return status == STAGE_OK ? stage_news_create(&self->news, self->loop,
					    self->rig, self->server, err)
				  : status;
}

static enum stage_status
start(struct stage_watch *self, struct stage_err *err)
{
	struct stage_keeper_config keeper = {.loop = self->loop,
		.rig = self->rig,
		.found = on_runsvdir,
		.user = self};
	char path[STAGE_PATH_MAX];
	struct stage_disabled_config disabled = {.loop = self->loop,
		.rig = self->rig,
		.changed = publish,
		.user = self};
	enum stage_status status = serve(self, err);

	if (status == STAGE_OK) {
		stage_rig_run_path(self->rig, path, "tree");
		status = stage_runit_waker_create(
			self->loop, path, is_noticed, self, &self->waker);
		if (status != STAGE_OK) {
			stage_err_set(err, status,
				"unable to wake runsvdir: %s",
				stage_strerror(status));
		}
	}
	if (status == STAGE_OK) {
		status = stage_keeper_create(&self->keeper, &keeper, err);
	}
	if (status == STAGE_OK) {
		stage_rig_path(self->rig, path, "services");
		status = stage_runit_dirwatch_create(self->loop, path,
			&services_ops, self, &self->services, err);
	}
	if (status == STAGE_OK) {
		status = stage_disabled_create(&self->disabled, &disabled, err);
	}
	if (status == STAGE_OK) {
		stage_rig_path(self->rig, path, SETTINGS);
		self->settings_ns = settings_time_ns(self);
		status = stage_path_watch_create(&self->settings, self->loop,
			path, on_settings, self, err);
	}
	return status;
}

enum stage_status
stage_watch_create(struct stage_watch **out, uv_loop_t *loop,
	const struct stage_rig *rig, struct stage_err *err)
{
	struct stage_watch *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	stage_computer_init(&self->computer, rig, "");
	self->minders.config = (struct stage_minder_config){
		.loop = loop, .rig = rig, .changed = publish, .user = self};
	uv_timer_init(loop, &self->housekeeping);
	self->housekeeping.data = self;
	status = start(self, err);
	if (status != STAGE_OK) {
		stage_watch_destroy(self);
		return status;
	}
	uv_timer_start(&self->housekeeping, on_housekeeping, HOUSEKEEPING_MS,
		HOUSEKEEPING_MS);
	*out = self;
	return STAGE_OK;
}

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
stage_watch_destroy(struct stage_watch *self)
{
	if (self == NULL || self->is_closing) {
		return;
	}
	self->is_closing = true;
	stage_runit_dirwatch_destroy(self->services);
	stage_disabled_destroy(self->disabled);
	stage_keeper_destroy(self->keeper);
	stage_runit_waker_destroy(self->waker);
	stage_path_watch_destroy(self->settings);
	stage_news_destroy(self->news);
	self->news = NULL;
	stage_tails_destroy(self->tails);
	self->tails = NULL;
	stage_rpc_server_destroy(self->server);
	self->server = NULL;
	stage_minders_finish(&self->minders);
	uv_close((uv_handle_t *)&self->housekeeping, on_closed);
}
