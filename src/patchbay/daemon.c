/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/daemon.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/exits.h"
#include "base/log.h"
#include "base/notify.h"
#include "patchbay/daemon_private.h"
#include "patchbay/verbs.h"

#define AUDIT_MS 30000
// PipeWire does not tell when ports are called system:* at last, or no longer.
#define PIPEWIRE_AUDIT_MS 2000

static void
on_act(uv_timer_t *timer)
{
	stage_patchbay_act(timer->data);
}

// One sentence for all of them; there may be a thousand.
static void
tell_withheld(struct stage_patchbay *self)
{
	int64_t count = self->notes[STAGE_NOTE_WITHHELD] - self->withheld_told;

	if (count > 0) {
		self->withheld_told += count;
		stage_log_warn("%lld connections were removed at once, which "
			       "is no hand: they are left so; stagecraft patch "
			       "learn --keep makes them again, --drop forgets "
			       "them",
			(long long)count);
	}
}

static void
flush_all(struct stage_patchbay *self)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		struct stage_patchbay_server *server = &self->servers[i];
		if (server->backend != NULL &&
			!server->class->flush(server->backend)) {
			// It has gone, or there is no memory.
			stage_engine_lose_edits(
				self->engine, (enum stage_patch_system)i);
			server->class->scan(server->backend);
		}
	}
}

static void
scan_all(struct stage_patchbay *self)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		struct stage_patchbay_server *server = &self->servers[i];
		if (server->backend != NULL) {
			server->class->scan(server->backend);
		}
	}
}

static void
look_behind(struct stage_patchbay *self)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		const struct stage_patchbay_server *server = &self->servers[i];

		stage_engine_set_behind(self->engine,
			(enum stage_patch_system)i,
			server->backend != NULL &&
				server->class->is_behind != NULL &&
				server->class->is_behind(server->backend));
	}
}

static void
tell_made(struct stage_patchbay *self)
{
	for (size_t i = 0; i < self->made_count; i++) {
		stage_rpc_reply_ok(self->made[i].reply, self->made[i].result);
	}
	self->made_count = 0;
}

void
stage_patchbay_answer_made(struct stage_patchbay *self,
	struct stage_rpc_reply *reply, json_t *result)
{
	if (!stage_engine_is_connecting(self->engine) ||
		self->made_count == STAGE_PATCHBAY_MADE_MAX) {
		stage_rpc_reply_ok(reply, result);
		return;
	}
	self->made[self->made_count++] =
		(struct stage_patchbay_made){reply, result};
}

// Whoever has made them: who shows all ports and connections is to look again.
static void
tell_graph(struct stage_patchbay *self)
{
	const struct stage_graph *graph = stage_engine_graph(self->engine);
	size_t ports = stage_graph_port_count(graph);
	size_t edges = stage_graph_connection_count(graph);

	if (self->rpc == NULL ||
		(!self->have_ports_moved && ports == self->ports_told &&
			edges == self->edges_told)) {
		return;
	}
	self->have_ports_moved = false;
	self->ports_told = ports;
	self->edges_told = edges;
	stage_rpc_server_publish(self->rpc, "graph",
		json_pack("{s:I, s:I}", "ports", (json_int_t)ports, "edges",
			(json_int_t)edges));
}

void
stage_patchbay_act_now(struct stage_patchbay *self)
{
	int64_t next_ns;

	look_behind(self);
	next_ns = stage_engine_act(self->engine, stage_clock_now_ns());
	tell_withheld(self);
	flush_all(self);
	tell_graph(self);
	if (next_ns != 0) {
		uv_timer_start(&self->act_timer, on_act,
			(uint64_t)stage_clock_until_ms(next_ns), 0);
	} else {
		uv_timer_stop(&self->act_timer);
	}
	if (self->is_lacking_memory) {
		self->is_lacking_memory = false;
		scan_all(self);
	}
	if (!stage_engine_is_connecting(self->engine)) {
		tell_made(self);
	}
}

// Sound first: the disk may be slow.
void
stage_patchbay_act(struct stage_patchbay *self)
{
	stage_patchbay_act_now(self);
	if (!stage_patch_store_is_saved(self->store) &&
		!uv_is_active((uv_handle_t *)&self->save_timer)) {
		stage_patchbay_save(self);
		// The user's own edit of the file may have come in by that.
		stage_patchbay_act_now(self);
	}
}

static void
on_audit(uv_timer_t *timer)
{
	struct stage_patchbay *self = timer->data;

	if (self->is_desire_late) {
		stage_patchbay_desire(self, false);
	}
	stage_patch_hung_listen(self->hung);
	scan_all(self);
}

static void
start_audits(struct stage_patchbay *self)
{
	uint64_t audit_ms = self->is_pipewire ? PIPEWIRE_AUDIT_MS : AUDIT_MS;

	uv_timer_start(&self->audit_timer, on_audit, audit_ms, audit_ms);
}

// What the server tells.

static void
on_up(void *user, bool is_pipewire)
{
	struct stage_patchbay *self = user;

	stage_patch_hung_listen(self->hung);
	if (self->is_pipewire != is_pipewire) {
		self->is_pipewire = is_pipewire;
		stage_patchbay_desire(self, false);
		start_audits(self);
	}
}

static void
on_event(void *user, const struct stage_engine_event *event)
{
	struct stage_patchbay *self = user;
	struct stage_patchbay_server *server = &self->servers[event->system];

	if (stage_engine_take(self->engine, event, stage_clock_now_ns()) !=
		STAGE_OK) {
		self->is_lacking_memory = true;
	}
	if (event->kind == STAGE_ENGINE_PORT_GONE ||
		event->kind == STAGE_ENGINE_PORT_RENAMED) {
		self->have_ports_moved = true;
	}
	if (event->kind == STAGE_ENGINE_SERVER_UP) {
		server->is_up = true;
	} else if (event->kind == STAGE_ENGINE_SCAN_END) {
		server->has_scanned = true;
	} else if (event->kind == STAGE_ENGINE_SERVER_GONE) {
		server->is_up = false;
		if (event->system == STAGE_PATCH_JACK) {
			self->rivals = (struct stage_patch_rivals_seen){0};
			stage_engine_none_hung(self->engine);
		}
	}
}

static void
on_hung_client(void *user, const char *client, bool is_hung)
{
	struct stage_patchbay *self = user;

	if (is_hung == stage_engine_is_hung(self->engine, client)) {
		return;
	}
	if (stage_engine_set_hung(self->engine, client, is_hung) != STAGE_OK) {
		self->is_lacking_memory = true;
	}
	if (is_hung) {
		stage_log_warn("client %s finishes no cycles: the clients that "
			       "it feeds are cut off from it until it goes on",
			client);
	} else {
		stage_log_info(
			"client %s goes on, and is connected again", client);
	}
	stage_patchbay_act(self);
}

// One that has come is another one, whatever its name.
static void
on_client(void *user, const char *name, bool is_there)
{
	struct stage_patchbay *self = user;

	(void)!stage_engine_set_hung(self->engine, name, false); // needs none
	if (stage_patch_rivals_note(&self->rivals, name, is_there)) {
		stage_log_warn("%s changes connections too, and each will undo "
			       "what the other does; end it, and import its "
			       "file: stagecraft patch import",
			name);
	}
}

// The ALSA sequencer may be missing for good.
static bool
has_all(const struct stage_patchbay *self)
{
	const struct stage_patchbay_server *alsa =
		&self->servers[STAGE_PATCH_ALSA];

	return self->servers[STAGE_PATCH_JACK].has_scanned &&
	       (!alsa->is_up || alsa->has_scanned);
}

static void
on_settled(void *user)
{
	struct stage_patchbay *self = user;
	struct stage_err err = STAGE_ERR_INIT;

	stage_patchbay_act(self);
	if (has_all(self) && !self->is_ready) {
		self->is_ready = true;
		if (stage_notify_ready(&err) != STAGE_OK) {
			stage_log_warn("%s", err.text);
		}
	}
}

static void
on_warn(void *user, const char *sentence)
{
	(void)user;
	stage_log_warn("%s", sentence);
}

// Nothing in this process can be done about it; runit starts another one.
static void
on_hung(void *user, const char *what)
{
	(void)user;
	stage_log_err("%s; starting anew", what);
	_exit(STAGE_EXIT_TEMPORARY);
}

static const struct stage_patch_backend_events backend_events = {
	.up = on_up,
	.event = on_event,
	.client = on_client,
	.settled = on_settled,
	.warn = on_warn,
	.hung = on_hung,
};

static void
start_timers(struct stage_patchbay *self)
{
	uv_timer_init(self->loop, &self->act_timer);
	uv_timer_init(self->loop, &self->audit_timer);
	uv_timer_init(self->loop, &self->save_timer);
	uv_timer_init(self->loop, &self->look_timer);
	self->open_timers = 4;
	self->act_timer.data = self;
	self->audit_timer.data = self;
	self->save_timer.data = self;
	self->look_timer.data = self;
	start_audits(self);
}

static void
free_all(struct stage_patchbay *self)
{
	stage_engine_destroy(self->engine);
	stage_patch_hung_destroy(self->hung);
	stage_patch_store_destroy(self->store);
	free(self);
}

static void
on_closed(uv_handle_t *handle)
{
	struct stage_patchbay *self = handle->data;

	self->open_timers--;
	if (self->open_timers == 0) {
		free_all(self);
	}
}

static void
on_complaint(void *user, const struct stage_err *err)
{
	(void)user;
	stage_log_err("%s", err->text);
}

static enum stage_status
serve(struct stage_patchbay *self, struct stage_err *err)
{
	static const char *const topics[] = {"connection", "graph", "learned",
		"files", "mode", "scene", "silence", NULL};
	const struct stage_rpc_config config = {
		.name = "stagecraft-patchbay",
		.verbs = stage_patch_verbs,
		.state = stage_patchbay_state,
		.topics = topics,
		.ctx = self,
	};
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "patchbay.sock");
	self->rpc_config = config;
	self->rpc = stage_rpc_server_create(
		self->loop, path, &self->rpc_config, err);
	if (self->rpc == NULL) {
		if (err->status == STAGE_BUSY) {
			stage_err_prefix(err,
				"a patchbay serves this rig already, and two "
				"would fight: ");
		}
		return err->status;
	}
	return STAGE_OK;
}

static enum stage_status
create_backends(struct stage_patchbay *self, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT && status == STAGE_OK;
		i++) {
		struct stage_patchbay_server *server = &self->servers[i];
		if (server->class != NULL) {
			status = server->class->create(self->loop,
				&backend_events, self, &server->backend, err);
		}
	}
	return status;
}

// Of two at once, the one that has the socket is the patchbay.
static enum stage_status
start(struct stage_patchbay *self, struct stage_err *err)
{
	enum stage_status status = serve(self, err);

	if (status == STAGE_OK) {
		status = stage_patch_store_create(
			self->rig, on_complaint, NULL, &self->store, err);
	}
	if (status == STAGE_OK) {
		stage_engine_set_mode(self->engine,
			stage_patch_store_settings(self->store)->mode);
		stage_patchbay_desire(self, false);
		status = create_backends(self, err);
	}
	return status == STAGE_OK ? stage_patchbay_watch_files(self, err)
				  : status;
}

static struct stage_patch_hung *
create_hung(struct stage_patchbay *self)
{
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "jack.sock");
	return stage_patch_hung_create(self->loop, path, on_hung_client, self);
}

enum stage_status
stage_patchbay_create(uv_loop_t *loop, const struct stage_rig *rig,
	const struct stage_patch_backend_class *const *backends,
	struct stage_patchbay **out, struct stage_err *err)
{
	struct stage_patchbay *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->rig = rig;
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		self->servers[i].class = backends[i];
	}
	self->engine = stage_engine_create(&stage_patchbay_engine_ops, self);
	self->hung = create_hung(self);
	if (self->engine == NULL || self->hung == NULL) {
		free_all(self);
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	start_timers(self);
	status = start(self, err);
	if (status != STAGE_OK) {
		stage_patchbay_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_patchbay_destroy(struct stage_patchbay *self)
{
	if (self == NULL) {
		return;
	}
	if (self->store != NULL && !stage_patch_store_is_saved(self->store)) {
		stage_patchbay_save(self);
	}
	stage_patch_hung_destroy(self->hung);
	self->hung = NULL;
	stage_path_watch_destroy(self->watch);
	stage_path_watch_destroy(self->song);
	stage_path_watch_destroy(self->set);
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		if (self->servers[i].backend != NULL) {
			self->servers[i].class->destroy(
				self->servers[i].backend);
		}
	}
	tell_made(self);
	stage_rpc_server_destroy(self->rpc);
	self->rpc = NULL;
	uv_close((uv_handle_t *)&self->act_timer, on_closed);
	uv_close((uv_handle_t *)&self->audit_timer, on_closed);
	uv_close((uv_handle_t *)&self->save_timer, on_closed);
	uv_close((uv_handle_t *)&self->look_timer, on_closed);
}
