/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What is played with: MIDI, the tempo, the transport, and panic.

#include "base/clock.h"
#include "base/log.h"
#include "rpc/proto.h"
#include "show/daemon_private.h"
#include "show/pedals.h"
#include "show/remote.h"

// From JACK.

static void
on_heard(void *user, const uint8_t *bytes, size_t len, int64_t at_ns)
{
	struct stage_show_daemon *self = user;

	if (!self->is_ending) {
		stage_show_pedalside_hear(self->pedalside, bytes, len, at_ns);
	}
}

static void
on_changed(void *user)
{
	struct stage_show_daemon *self = user;

	self->has_news = true;
}

static void
on_beat(void *user)
{
	struct stage_show_daemon *self = user;

	self->has_osc_news = true;
}

static void
on_warning(void *user, const char *sentence)
{
	(void)user;
	stage_log_warn("%s", sentence);
}

static void
on_hung(void *user, const char *what)
{
	(void)user;
	stage_log_warn(
		"%s; songs are played without JACK's MIDI and tempo", what);
}

static const struct stage_show_jack_events jack_events = {
	.heard = on_heard,
	.changed = on_changed,
	.beat = on_beat,
	.warn = on_warning,
	.hung = on_hung,
};

// From the show.

void
stage_show_daemon_calm(struct stage_show_daemon *self)
{
	self->panic_ns = 0; // the next one is a first one
	stage_show_panic_lift(self->panic);
}

static void
song_plays(struct stage_show_daemon *self, bool is_old)
{
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);
	struct stage_show_jack_view view;

	if (!is_old) {
		stage_show_daemon_calm(self);
	}
	stage_show_jack_view(self->jack, &view);
	self->counts_xruns = !is_old;
	self->xruns_before = view.xruns;
	stage_show_pulse_song(
		&self->pulse, song != NULL ? &song->conf : NULL, is_old);
}

static void
tap(struct stage_show_daemon *self)
{
	int64_t at_ns = stage_show_pedalside_now_ns(self->pedalside);

	stage_show_pulse_tap(
		&self->pulse, at_ns > 0 ? at_ns : stage_clock_now_ns());
}

static void
roll(struct stage_show_daemon *self, enum stage_show_rolling rolling)
{
	if (rolling == STAGE_SHOW_ROLLING_RESUME) {
		stage_show_daemon_calm(self);
	}
	stage_show_pulse_roll(&self->pulse, rolling);
}

static void
on_told(void *user, const struct stage_show_told *told)
{
	struct stage_show_daemon *self = user;

	switch (told->event) {
	case STAGE_SHOW_TOLD_GO:
		song_plays(self, told->number == 1);
		break;
	case STAGE_SHOW_TOLD_PANIC:
		stage_show_panic_raise(
			self->panic, told->number > 1 ? STAGE_SHOW_PANIC_ALL
						      : STAGE_SHOW_PANIC_SONG);
		break;
	case STAGE_SHOW_TOLD_TRANSPORT:
		roll(self, (enum stage_show_rolling)told->number);
		break;
	case STAGE_SHOW_TOLD_TAP:
		tap(self);
		break;
	case STAGE_SHOW_TOLD_LOADING:
	case STAGE_SHOW_TOLD_READY:
	case STAGE_SHOW_TOLD_LEFT:
	case STAGE_SHOW_TOLD_FAILED:
	case STAGE_SHOW_TOLD_PLACE:
	case STAGE_SHOW_TOLD_MODE:
	case STAGE_SHOW_TOLD_REFUSED:
	case STAGE_SHOW_EVENT_COUNT:
		return;
	}
	self->has_news = true;
}

// Its life. The show goes on without JACK, whatever the reason.

static void
make_client(struct stage_show_daemon *self)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_show_jack_create(self->loop, NULL, &jack_events, self,
		    &self->jack, &err) != STAGE_OK) {
		stage_log_warn("no MIDI and no tempo: %s", err.text);
		self->jack = NULL;
	}
}

static enum stage_show_panic_level
read_level(const json_t *journal)
{
	json_int_t level =
		json_integer_value(json_object_get(journal, "panic"));

	return level == STAGE_SHOW_PANIC_SONG || level == STAGE_SHOW_PANIC_ALL
		       ? (enum stage_show_panic_level)level
		       : STAGE_SHOW_CALM;
}

enum stage_status
stage_show_daemon_make_jack(struct stage_show_daemon *self,
	const json_t *journal, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	stage_rig_path(self->rig, path, "%s", STAGE_SHOW_PEDALS_FILE);
	status = stage_show_pedalside_create(
		self->loop, path, self, &self->pedalside, err);
	if (status != STAGE_OK) {
		return status;
	}
	make_client(self);
	stage_show_pulse_init(&self->pulse, self->jack);
	stage_show_pulse_read(&self->pulse, json_object_get(journal, "tempo"));
	status = stage_show_panic_create(self->loop, self->rig, self->jack,
		self->engine, &self->names, read_level(journal), on_changed,
		self, &self->panic, err);
	if (status == STAGE_OK &&
		stage_show_daemon_watch(self, on_told, self) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return status;
}

void
stage_show_daemon_end_jack(struct stage_show_daemon *self)
{
	stage_show_panic_destroy(self->panic);
	stage_show_jack_destroy(self->jack);
	stage_show_pedalside_destroy(self->pedalside);
	self->panic = NULL;
	self->jack = NULL;
	self->pedalside = NULL;
}

void
stage_show_daemon_write_jack(
	const struct stage_show_daemon *self, json_t *journal)
{
	json_object_set_new(
		journal, "tempo", stage_show_pulse_write(&self->pulse));
	json_object_set_new(journal, "panic",
		json_integer(stage_show_panic_level(self->panic)));
}

// For people.

// Since the song began; null where that is not known, which it is not of one
// that plays since before this process.
static json_t *
view_xruns(const struct stage_show_daemon *self,
	const struct stage_show_jack_view *view)
{
	return self->counts_xruns && view->is_open &&
			       stage_show_engine_current(self->engine) != NULL
		       ? json_integer(
				 (json_int_t)(view->xruns - self->xruns_before))
		       : json_null();
}

static json_t *
view_client(const struct stage_show_daemon *self)
{
	struct stage_show_jack_view view;

	stage_show_jack_view(self->jack, &view);
	return json_pack("{s:o, s:b, s:o, s:I, s:I, s:I, s:I}", "xruns",
		view_xruns(self, &view), "open", (int)view.is_open, "why",
		stage_rpc_text(view.why), "sent", (json_int_t)view.sent, "lost",
		(json_int_t)view.lost, "lost_in", (json_int_t)view.lost_in,
		"waiting", (json_int_t)view.waiting);
}

void
stage_show_daemon_view_jack(const struct stage_show_daemon *self, json_t *state)
{
	json_object_set_new(state, "jack", view_client(self));
	json_object_set_new(
		state, "midi", stage_show_pedalside_view(self->pedalside));
	json_object_set_new(
		state, "tempo", stage_show_pulse_view(&self->pulse));
	json_object_set_new(state, "panic",
		json_pack("{s:i, s:o}", "level",
			(int)stage_show_panic_level(self->panic), "why",
			stage_rpc_text(stage_show_panic_why(self->panic))));
}
