/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// Files and what they come to; what the engine asks for.

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "patchbay/daemon_private.h"
#include "patchbay/view.h"

#define SAVE_AGAIN_MS 10000
#define LOOK_MS 50                  // after the last hint
#define LOOK_MOST_NS STAGE_NS_PER_S // after the first one

static void
on_save(uv_timer_t *timer)
{
	stage_patchbay_act(timer->data);
}

static void
tell_saved(struct stage_patchbay *self, const char *reason)
{
	stage_rpc_server_publish(self->rpc, "learned",
		json_pack("{s:s, s:I}", "reason", reason, "generation",
			(json_int_t)stage_history_current(
				stage_patch_store_history(self->store))));
}

// Returns what went wrong, in err.
static enum stage_status
save(struct stage_patchbay *self, const char *reason, struct stage_err *err)
{
	bool has_changed = false;
	enum stage_status status =
		stage_patch_store_save(self->store, reason, &has_changed, err);

	if (has_changed) {
		stage_patchbay_desire(self, false);
	}
	if (status == STAGE_OK) {
		tell_saved(self, reason);
		return STAGE_OK;
	}
	stage_log_err("%s; what was learned is kept in memory", err->text);
	uv_timer_start(&self->save_timer, on_save, SAVE_AGAIN_MS, 0);
	return status;
}

void
stage_patchbay_save(struct stage_patchbay *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)!save(self, "learned by hand", &err);
}

void
stage_patchbay_desire(struct stage_patchbay *self, bool is_switch)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_desired *desired;

	self->is_desire_late = true;
	if (stage_patch_store_desire(self->store, self->is_pipewire, NULL,
		    &desired, &err) != STAGE_OK) {
		stage_log_err("%s; what was desired before stays", err.text);
		return;
	}
	if (stage_engine_set_desired(self->engine, desired, is_switch,
		    stage_clock_now_ns()) != STAGE_OK) {
		stage_desired_destroy(desired);
		stage_log_err("out of memory; what was desired before stays");
		return;
	}
	self->is_desire_late = false;
}

void
stage_patchbay_commit(
	struct stage_patchbay *self, const char *reason, json_t *result)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_patchbay_desire(self, false);
	stage_patchbay_act_now(self);
	if (!stage_patch_store_is_saved(self->store) &&
		save(self, reason, &err) != STAGE_OK) {
		json_object_set_new(result, "warning",
			json_sprintf("%s; it is in force, and kept in memory",
				err.text));
	}
	stage_patchbay_act_now(self);
}

void
stage_patchbay_cut(struct stage_patchbay *self, enum stage_patch_system system,
	const char *from, const char *to)
{
	const struct stage_patchbay_server *server = &self->servers[system];
	const struct stage_desired *desired =
		stage_engine_desired(self->engine);
	const struct stage_graph_port *source =
		stage_desired_find_port(desired, system, true, from);
	const struct stage_graph_port *target =
		stage_desired_find_port(desired, system, false, to);

	if (source != NULL && target != NULL &&
		stage_graph_is_connected(source, target) &&
		stage_engine_look(self->engine, source, target).state !=
			STAGE_LINK_DISCONNECTING &&
		server->class->edit(server->backend, STAGE_ENGINE_DISCONNECT,
			source->name, target->name,
			&(struct stage_patch_how){0}) == STAGE_OK) {
		(void)server->class->flush(server->backend);
	}
}

void
stage_patchbay_join(
	struct stage_patchbay *self, const char *from, const char *to)
{
	const struct stage_patchbay_server *server =
		&self->servers[STAGE_PATCH_JACK];
	enum stage_patch_policy policy;
	struct stage_reason reason;

	if (stage_engine_judge(self->engine, STAGE_PATCH_JACK, from, to,
		    &policy, &reason) &&
		!reason.is_said &&
		server->class->edit(server->backend, STAGE_ENGINE_CONNECT, from,
			to, &(struct stage_patch_how){0}) == STAGE_OK) {
		(void)server->class->flush(server->backend);
	}
}

void
stage_patchbay_reload(struct stage_patchbay *self)
{
	self->hinted_ns = 0;
	if (stage_patch_store_read(self->store)) {
		stage_rpc_server_publish(self->rpc, "files", json_object());
		stage_patchbay_desire(self, false);
	}
	stage_patchbay_act(self);
}

static void
on_look(uv_timer_t *timer)
{
	stage_patchbay_reload(timer->data);
}

/* Not at once: an editor that writes a file in its place empties it first, and
 * what it says would be gone for as long, on the stage too. */
static void
on_files(void *user)
{
	struct stage_patchbay *self = user;
	int64_t now_ns = stage_clock_now_ns();

	if (self->hinted_ns == 0) {
		self->hinted_ns = now_ns;
	}
	if (now_ns - self->hinted_ns < LOOK_MOST_NS) {
		uv_timer_start(&self->look_timer, on_look, LOOK_MS, 0);
	}
}

static void
watch_one(struct stage_patchbay *self, struct stage_path_watch **watch,
	const char *path)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_path_watch_destroy(*watch);
	*watch = NULL;
	if (path[0] != '\0' && stage_path_watch_create(watch, self->loop, path,
				       on_files, self, &err) != STAGE_OK) {
		stage_log_warn(
			"%s; a change of %s is not noticed", err.text, path);
	}
}

void
stage_patchbay_watch_scene(struct stage_patchbay *self)
{
	char path[STAGE_PATH_MAX];

	stage_patch_store_song_path(self->store, path);
	watch_one(self, &self->song, path);
	stage_patch_store_set_path(self->store, path);
	watch_one(self, &self->set, path);
}

enum stage_status
stage_patchbay_watch_files(struct stage_patchbay *self, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];

	stage_rig_path(self->rig, path, "patchbay");
	stage_patchbay_watch_scene(self);
	return stage_path_watch_create(
		&self->watch, self->loop, path, on_files, self, err);
}

// What the engine asks for.

static enum stage_status
on_edit(void *user, enum stage_engine_edit edit, enum stage_patch_system system,
	const char *from, const char *to, const struct stage_patch_how *how)
{
	struct stage_patchbay *self = user;
	struct stage_patchbay_server *server = &self->servers[system];
	struct stage_patch_waiting *waiting =
		stage_patch_store_waiting(self->store);

	if (edit == STAGE_ENGINE_FORBID &&
		(stage_patch_waiting_has(waiting, from) ||
			stage_patch_waiting_has(waiting, to))) {
		stage_patch_waiting_keep(waiting, from, to);
	}
	if (server->class->edit(server->backend, edit, from, to, how) !=
		STAGE_OK) {
		self->is_lacking_memory = true;
		return STAGE_NO_MEMORY;
	}
	return STAGE_OK;
}

// Whether what is desired comes to the same as a word.
static bool
is_said(struct stage_patchbay *self, const struct stage_engine_word *word)
{
	enum stage_patch_policy policy;
	struct stage_reason reason;

	return stage_engine_judge(self->engine, word->system, word->from_port,
		       word->to_port, &policy, &reason) &&
	       stage_patch_policy_is_wanted(policy) ==
		       (word->policy == STAGE_PATCH_WANT) &&
	       (word->policy == STAGE_PATCH_NOT ||
		       stage_patch_how_is_same(&reason.how, &word->how));
}

static void
learn_word(struct stage_patchbay *self, const struct stage_engine_word *word)
{
	bool has_changed = false;

	if (stage_patch_store_learn_pair(self->store, word->policy,
		    word->system, word->from, word->to, &word->how,
		    &has_changed) != STAGE_OK) {
		stage_log_err("out of memory; not learned");
	}
}

static const char *
prefix_of(enum stage_patch_system system)
{
	return system == STAGE_PATCH_ALSA ? "alsa " : "";
}

static void
tell_word(struct stage_patchbay *self, const struct stage_engine_word *word)
{
	bool is_want = word->policy == STAGE_PATCH_WANT;

	stage_log_info("learned by hand: %s %s%s -> %s",
		is_want ? "connected" : "disconnected", prefix_of(word->system),
		word->from, word->to);
	stage_rpc_server_publish(self->rpc, "connection",
		stage_patch_view_event(
			is_want ? "connected by hand" : "disconnected by hand",
			word->system, word->from, word->to));
}

/* First as if the other files might say it already; what they do not is said
 * here. */
static void
on_learned(void *user, const struct stage_engine_word *words, size_t count)
{
	struct stage_patchbay *self = user;
	bool has_any = false;

	for (size_t i = 0; i < count; i++) {
		stage_patch_store_unlearn(self->store, words[i].system,
			words[i].from, words[i].to);
	}
	stage_patchbay_desire(self, false);
	for (size_t i = 0; i < count; i++) {
		if (!is_said(self, &words[i])) {
			learn_word(self, &words[i]);
			has_any = true;
		}
		tell_word(self, &words[i]);
	}
	if (has_any) {
		stage_patchbay_desire(self, false);
	}
}

static void
on_note(void *user, enum stage_engine_note note, enum stage_patch_system system,
	const char *from, const char *to)
{
	struct stage_patchbay *self = user;
	const char *name = stage_engine_note_name(note);

	self->notes[note]++;
	if (note == STAGE_NOTE_CONTESTED || note == STAGE_NOTE_FAILED) {
		stage_log_warn(
			"%s: %s%s -> %s", name, prefix_of(system), from, to);
	}
	if (stage_rpc_server_subscribers(self->rpc) > 0) {
		stage_rpc_server_publish(self->rpc, "connection",
			stage_patch_view_event(name, system, from, to));
	}
}

const struct stage_engine_ops stage_patchbay_engine_ops = {
	.edit = on_edit, .learned = on_learned, .note = on_note};
