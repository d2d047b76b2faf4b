/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/daemon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"
#include "base/log.h"
#include "base/notify.h"
#include "midi/verbs.h"
#include "rig/note.h"
#include "rig/path_watch.h"
#include "rig/run_file.h"
#include "rpc/server.h"

#define LOOK_MS 50 // after a hint that the rules have changed

struct stage_midi_daemon {
	const struct stage_rig *rig;
	struct stage_midi_bridge *bridge;
	struct stage_rpc_server *rpc;
	struct stage_rpc_config rpc_config;
	struct stage_path_watch *rules_watch;
	uv_timer_t *look;              // after a hint of it; owned by the loop
	char slip[STAGE_ERR_TEXT_MAX]; // told of the rules as they are; "":
				       // none
	char note[STAGE_ERR_TEXT_MAX]; // that `stagecraft status` shows
	bool has_started;
	bool has_tried; // to make a bridge, whose end frees this
};

struct stage_midi_bridge *
stage_midi_daemon_bridge(struct stage_midi_daemon *self)
{
	return self->bridge;
}

static json_t *
make_state(void *ctx)
{
	struct stage_midi_daemon *self = ctx;

	return self->bridge != NULL ? stage_midi_bridge_state(self->bridge)
				    : json_object();
}

static void
tell_note(struct stage_midi_daemon *self)
{
	const char *trouble = stage_midi_bridge_trouble(self->bridge);

	if (strcmp(trouble, self->note) != 0) {
		snprintf(self->note, sizeof(self->note), "%s", trouble);
		stage_note_set(self->note);
	}
}

static void
on_changed(void *user, const char *topic)
{
	struct stage_midi_daemon *self = user;

	if (self->has_started) {
		tell_note(self);
		stage_rpc_server_publish(self->rpc, topic, json_object());
	}
}

static void
on_ready(void *user)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)user;
	if (stage_notify_ready(&err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
}

static void
on_ended(void *user)
{
	free(user);
}

static const struct stage_midi_bridge_events bridge_events = {
	.changed = on_changed,
	.ready = on_ready,
	.ended = on_ended,
};

// For the one that comes after us, should there be a slip in them then.
static void
keep_rules(const char *path, const char *kept)
{
	struct stage_str text = {0};

	if (stage_io_read_file(path, STAGE_CONF_FILE_MAX, &text, NULL) ==
		STAGE_OK) {
		(void)!stage_run_file_replace(kept, text.data, text.len, 0644);
	} else {
		unlink(kept);
	}
	stage_str_finish(&text);
}

// What held before a crash.
static struct stage_midi_rules *
kept_rules(const char *kept)
{
	struct stage_midi_rules *rules = NULL;

	return access(kept, F_OK) == 0 && stage_midi_rules_load(kept, &rules,
						  NULL) == STAGE_OK
		       ? rules
		       : NULL;
}

/* Reads them. A slip, of which is told once, leaves what was before, even
 * before a crash. NULL: nothing is to be changed. Ownership: the caller's. */
static struct stage_midi_rules *
read_rules(struct stage_midi_daemon *self)
{
	struct stage_midi_rules *rules = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	char kept[STAGE_PATH_MAX];

	stage_rig_path(self->rig, path, "midi.conf");
	stage_rig_run_path(self->rig, kept, "midi.conf");
	if (stage_midi_rules_load(path, &rules, &err) == STAGE_OK) {
		keep_rules(path, kept);
		self->slip[0] = '\0';
		return rules;
	}
	if (strcmp(err.text, self->slip) == 0) {
		return NULL;
	}
	memcpy(self->slip, err.text, sizeof(self->slip));
	if (self->bridge == NULL) {
		rules = kept_rules(kept);
	}
	stage_log_err("%s; %s", err.text,
		self->bridge != NULL || rules != NULL ? "the rules before hold"
						      : "no rule holds");
	return rules;
}

static void
on_look(uv_timer_t *timer)
{
	struct stage_midi_daemon *self = timer->data;
	struct stage_midi_rules *rules = read_rules(self);

	if (rules != NULL) {
		stage_midi_bridge_set_rules(self->bridge, rules);
	}
}

// Not at once: an editor that writes a file in its place empties it first.
static void
on_rules(void *user)
{
	struct stage_midi_daemon *self = user;

	uv_timer_start(self->look, on_look, LOOK_MS, 0);
}

static void
on_look_closed(uv_handle_t *handle)
{
	free(handle);
}

static enum stage_status
serve(struct stage_midi_daemon *self, uv_loop_t *loop, struct stage_err *err)
{
	static const char *const topics[] = {"endpoint", "status", NULL};
	const struct stage_rpc_config config = {
		.name = "stagecraft-midi",
		.verbs = stage_midi_verbs,
		.state = make_state,
		.topics = topics,
		.ctx = self,
	};
	char path[STAGE_PATH_MAX];

	stage_rig_run_path(self->rig, path, "midi.sock");
	self->rpc_config = config;
	self->rpc = stage_rpc_server_create(loop, path, &self->rpc_config, err);
	if (self->rpc == NULL && err->status == STAGE_BUSY) {
		stage_err_prefix(
			err, "a MIDI bridge serves this rig already: ");
	}
	return self->rpc != NULL ? STAGE_OK : err->status;
}

static enum stage_status
start(struct stage_midi_daemon *self, uv_loop_t *loop,
	const struct stage_midi_seq_class *seq_class, struct stage_err *err)
{
	struct stage_midi_rules *rules;
	char path[STAGE_PATH_MAX];
	enum stage_status status = serve(self, loop, err);

	if (status == STAGE_OK) {
		rules = read_rules(self);
		self->has_tried = true;
		status = stage_midi_bridge_create(loop, self->rig,
			rules != NULL ? rules : stage_midi_rules_create(),
			seq_class, NULL, &bridge_events, self, &self->bridge,
			err);
	}
	if (status != STAGE_OK) {
		return status;
	}
	self->has_started = true;
	tell_note(self);
	self->look = malloc(sizeof(*self->look));
	if (self->look == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	uv_timer_init(loop, self->look);
	self->look->data = self;
	stage_rig_path(self->rig, path, "midi.conf");
	return stage_path_watch_create(
		&self->rules_watch, loop, path, on_rules, self, err);
}

enum stage_status
stage_midi_daemon_create(uv_loop_t *loop, const struct stage_rig *rig,
	const struct stage_midi_seq_class *seq_class,
	struct stage_midi_daemon **out, struct stage_err *err)
{
	struct stage_midi_daemon *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->rig = rig;
	status = start(self, loop, seq_class, err);
	if (status != STAGE_OK) {
		stage_midi_daemon_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_midi_daemon_destroy(struct stage_midi_daemon *self)
{
	if (self == NULL) {
		return;
	}
	self->has_started = false;
	stage_path_watch_destroy(self->rules_watch);
	if (self->look != NULL) {
		uv_close((uv_handle_t *)self->look, on_look_closed);
	}
	stage_rpc_server_destroy(self->rpc);
	stage_midi_bridge_destroy(self->bridge);
	if (!self->has_tried) {
		free(self);
	}
}
