/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whether the targets of cues are there. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/proto.h"
#include "show/cue_eye.h"
#include "show/cue_out_private.h"
#include "show/cue_qlc.h"
#include "show/cues_private.h"

// A function of QLC+ that a cue names.
struct named {
	struct named *next;
	char *function;
	char place[]; // song "X": song.conf:3
};

struct goal {
	struct goal *next;
	struct stage_show_probe *probe;
	struct stage_show_cue_target target;
	struct stage_show_carrier *carrier;
	struct named *named; // of QLC+
	unsigned cues;
	char *place; // of the first cue
	char why[STAGE_ERR_TEXT_MAX];
};

struct stage_show_probe {
	struct stage_show_probe *next;
	struct stage_show_cues *cues;
	struct goal *goals;
	unsigned waiting;
	struct stage_strv wrong;
	uv_timer_t starter; // tells of the end in the loop
	stage_show_probed *done;
	void *user;
};

static void
on_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
free_goal(struct goal *goal)
{
	struct named *named;

	while ((named = goal->named) != NULL) {
		goal->named = named->next;
		free(named->function);
		free(named);
	}
	stage_show_carrier_destroy(goal->carrier);
	free(goal->target.host);
	free(goal->place);
	free(goal);
}

static void
free_probe(struct stage_show_probe *self)
{
	struct goal *goal;

	while ((goal = self->goals) != NULL) {
		self->goals = goal->next;
		free_goal(goal);
	}
	stage_strv_finish(&self->wrong);
	uv_close((uv_handle_t *)&self->starter, on_closed);
}

void
stage_show_cues_end_probes(struct stage_show_cues *self)
{
	struct stage_show_probe *probe;

	while ((probe = self->probes) != NULL) {
		self->probes = probe->next;
		probe->done(probe->user, NULL);
		free_probe(probe);
	}
}

// The report.

static json_t *
view_goal(const struct goal *goal)
{
	return json_pack("{s:s, s:i, s:o, s:o}", "target", goal->target.text,
		"cues", (int)goal->cues, "place", stage_rpc_text(goal->place),
		"why", stage_rpc_text(goal->why));
}

static json_t *
make_report(const struct stage_show_probe *self)
{
	json_t *targets = json_array();
	json_t *wrong = json_array();

	for (const struct goal *at = self->goals; at != NULL; at = at->next) {
		(void)json_array_append_new(targets, view_goal(at));
	}
	for (size_t i = 0; i < self->wrong.count; i++) {
		(void)json_array_append_new(
			wrong, stage_rpc_text(self->wrong.items[i]));
	}
	return json_pack("{s:o, s:o}", "targets", targets, "wrong", wrong);
}

static void
on_end(uv_timer_t *timer)
{
	struct stage_show_probe *self = timer->data;
	struct stage_show_probe **at = &self->cues->probes;
	json_t *report = make_report(self);

	while (*at != self) {
		at = &(*at)->next;
	}
	*at = self->next;
	self->done(self->user, report);
	json_decref(report);
	free_probe(self);
}

static void
count_down(struct stage_show_probe *self)
{
	if (--self->waiting == 0) {
		uv_timer_start(&self->starter, on_end, 0, 0);
	}
}

// One target.

static void
check_functions(struct goal *goal)
{
	const struct stage_show_qlc *qlc =
		stage_show_carrier_functions(goal->carrier);

	for (const struct named *at = goal->named; at != NULL; at = at->next) {
		struct stage_err err = STAGE_ERR_INIT;

		if (stage_show_qlc_find(qlc, at->function) == NULL) {
			(void)stage_err_set(&err, STAGE_NOT_FOUND,
				"%s: QLC+ has no function \"%s\"", at->place,
				at->function);
			(void)!stage_strv_add(&goal->probe->wrong, err.text);
		}
	}
}

static void
finish(struct goal *goal, const char *why)
{
	struct stage_err err = STAGE_ERR_INIT;

	snprintf(goal->why, sizeof(goal->why), "%s", why);
	if (why[0] != '\0') {
		(void)stage_err_set(&err, STAGE_GONE, "%s: %s is not there: %s",
			goal->place, goal->target.text, why);
		(void)!stage_strv_add(&goal->probe->wrong, err.text);
	}
	count_down(goal->probe);
}

static void
on_done(void *user, enum stage_show_cue_result result, const char *why)
{
	struct goal *goal = user;

	if (result == STAGE_SHOW_CUE_SAID &&
		goal->target.kind == STAGE_SHOW_CUE_QLC) {
		check_functions(goal);
	}
	finish(goal, result == STAGE_SHOW_CUE_SAID ? "" : why);
}

static void
on_lost(void *user, bool is_back, const char *why)
{
	(void)user; // it was there when it was asked
	(void)is_back;
	(void)why;
}

static void
probe_goal(struct goal *goal)
{
	static const struct stage_show_carrier_ops ops = {on_done, on_lost};
	struct stage_show_cues *cues = goal->probe->cues;

	goal->probe->waiting++;
	if (stage_show_cue_identify(&goal->target) == 0) {
		finish(goal, "nobody listens there");
		return;
	}
	if (goal->target.kind == STAGE_SHOW_CUE_MIDI) {
		finish(goal, ""); // its port is ours
		return;
	}
	goal->carrier = stage_show_carrier_create(
		cues->config.loop, cues->book, &goal->target, &ops, goal);
	if (goal->carrier == NULL) {
		finish(goal, "out of memory");
		return;
	}
	stage_show_carrier_probe(goal->carrier);
}

// Which there are.

static struct goal *
goal_of(struct stage_show_probe *self, const struct stage_show_cue *cue,
	const char *place)
{
	const struct stage_show_cue_out *out = self->cues->out;
	char text[STAGE_SHOW_TARGET_TEXT_MAX];
	struct goal **at = &self->goals;
	bool is_qlc = cue->kind == STAGE_SHOW_CUE_QLC;
	const char *host = is_qlc ? out->qlc_host : cue->host;

	stage_show_cue_target_text(cue, out->qlc_host, out->qlc_port, text);
	while (*at != NULL && strcmp((*at)->target.text, text) != 0) {
		at = &(*at)->next;
	}
	if (*at == NULL) {
		struct goal *goal = calloc(1, sizeof(*goal));

		if (goal == NULL) {
			return NULL;
		}
		*at = goal;
		goal->probe = self;
		goal->target.kind = cue->kind;
		goal->target.transport = cue->transport;
		goal->target.port = is_qlc ? out->qlc_port : cue->port;
		goal->target.host = strdup(host != NULL ? host : "");
		goal->place = strdup(place);
		memcpy(goal->target.text, text, sizeof(text));
	}
	return *at;
}

static bool
add_name(struct goal *goal, const char *function, const char *place)
{
	struct named *named = calloc(1, sizeof(*named) + strlen(place) + 1);

	if (named == NULL) {
		return false;
	}
	memcpy(named->place, place, strlen(place) + 1);
	named->function = strdup(function);
	named->next = goal->named;
	goal->named = named;
	return named->function != NULL;
}

static bool
add_cue(struct stage_show_probe *self, const char *song,
	const struct stage_show_cue *cue)
{
	char place[STAGE_SHOW_NAME_MAX + 64];
	struct goal *goal;

	snprintf(place, sizeof(place),
		"song \"%s\": " STAGE_SHOW_CONF_FILE ":%u", song, cue->line);
	goal = goal_of(self, cue, place);
	if (goal == NULL || goal->target.host == NULL || goal->place == NULL) {
		return false;
	}
	goal->cues++;
	return cue->kind != STAGE_SHOW_CUE_QLC ||
	       add_name(goal, cue->target, place);
}

static bool
add_song(struct stage_show_probe *self, const char *song)
{
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	bool is_ok = true;

	if (stage_show_store_load(self->cues->config.store, song, &session,
		    &conf, NULL) != STAGE_OK) {
		return true; // then it has no cues
	}
	for (size_t i = 0; i < conf.cue_count && is_ok; i++) {
		is_ok = add_cue(self, song, &conf.cues[i]);
	}
	stage_show_session_finish(&session);
	stage_show_song_conf_finish(&conf);
	return is_ok;
}

static enum stage_status
add_songs(struct stage_show_probe *self, const struct stage_strv *songs,
	struct stage_err *err)
{
	struct stage_strv all = {0};
	enum stage_status status = STAGE_OK;

	if (songs == NULL) {
		status = stage_show_store_list(
			self->cues->config.store, &all, NULL, err);
		songs = &all;
	}
	for (size_t i = 0; i < songs->count && status == STAGE_OK; i++) {
		if (!add_song(self, songs->items[i])) {
			status = stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
	}
	stage_strv_finish(&all);
	return status;
}

enum stage_status
stage_show_cue_out_probe(struct stage_show_cues *self,
	const struct stage_strv *songs, stage_show_probed *done, void *user,
	struct stage_err *err)
{
	struct stage_show_probe *probe = calloc(1, sizeof(*probe));
	enum stage_status status;

	if (probe == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	probe->cues = self;
	probe->done = done;
	probe->user = user;
	uv_timer_init(self->config.loop, &probe->starter);
	probe->starter.data = probe;
	status = add_songs(probe, songs, err);
	if (status != STAGE_OK) {
		free_probe(probe);
		return status;
	}
	probe->next = self->probes;
	self->probes = probe;
	probe->waiting = 1; // so that it does not end in here
	for (struct goal *at = probe->goals; at != NULL; at = at->next) {
		probe_goal(at);
	}
	count_down(probe);
	return STAGE_OK;
}
