/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What show control by OSC sees and does of the daemon. */

#include <string.h>

#include "base/clock.h"
#include "show/daemon_private.h"
#include "show/osc_control_side.h"
#include "show/remote.h"

static int64_t
now_ns(void *user)
{
	(void)user;
	return stage_clock_now_ns();
}

static const char *
name_of_rig(const struct stage_show_daemon *self)
{
	const char *slash = strrchr(self->rig->rig, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : "stagecraft";
}

static bool
is_sick(const struct stage_show_song *song)
{
	for (const struct stage_show_slot *slot = song->slots; slot != NULL;
		slot = slot->next) {
		if (slot->state == STAGE_SHOW_FAILED || slot->is_late) {
			return true;
		}
	}
	return false;
}

static const char *
state_of(const struct stage_show_daemon *self,
	const struct stage_show_song *song, bool is_loading)
{
	if (is_loading) {
		return "loading";
	}
	if (stage_show_panic_level(self->panic) != STAGE_SHOW_CALM) {
		return "panic";
	}
	if (self->has_failed || (song != NULL && is_sick(song))) {
		return "error";
	}
	return song != NULL ? "ready" : "idle";
}

static void
look(void *user, struct stage_show_sight *out)
{
	struct stage_show_daemon *self = user;
	const struct stage_show_place *place =
		stage_show_conductor_place(self->conductor);
	const struct stage_show_song *song =
		stage_show_engine_current(self->engine);
	const struct stage_show_song *coming =
		stage_show_engine_incoming(self->engine);
	struct stage_show_jack_view jack;

	stage_show_jack_view(self->jack, &jack);
	*out = (struct stage_show_sight){
		.name = name_of_rig(self),
		.place = place,
		.list = stage_show_conductor_list(self->conductor),
		.song = song != NULL ? song->name : "",
		.loading = coming != NULL ? coming->name : "",
		.state = state_of(self, song, coming != NULL),
		.progress = coming != NULL ? stage_show_song_progress(coming)
			    : song != NULL ? 1
					   : 0,
		.is_edit = stage_show_engine_is_edit(self->engine),
		.is_paused = self->is_paused,
		.is_rolling = jack.is_rolling,
		.bar = jack.bar,
		.beat = jack.beat,
		.tempo_bpm = self->pulse.tempo.micro_bpm / 1e6,
		.guard_s = (double)place->guard_ns / (double)STAGE_NS_PER_S,
		.needs_passcode = self->settings.osc.passcode[0] != '\0',
		.port = (int)self->settings.osc.port,
	};
}

static void
act(void *user, enum stage_show_act what, long number,
	struct stage_show_asker asker)
{
	stage_show_remote_do(user, what, number, asker);
}

static const struct stage_show_osc_side_ops ops = {
	.now_ns = now_ns,
	.look = look,
	.act = act,
};

static void
on_told(void *user, const struct stage_show_told *told)
{
	struct stage_show_daemon *self = user;

	self->has_osc_news = true;
	switch (told->event) {
	case STAGE_SHOW_TOLD_LOADING:
	case STAGE_SHOW_TOLD_GO:
		self->has_failed = false;
		break;
	case STAGE_SHOW_TOLD_FAILED:
		self->has_failed = true;
		break;
	case STAGE_SHOW_TOLD_TRANSPORT:
		self->is_paused = told->number == STAGE_SHOW_ROLLING_PAUSE;
		break;
	case STAGE_SHOW_TOLD_PANIC:
	case STAGE_SHOW_TOLD_READY:
	case STAGE_SHOW_TOLD_LEFT:
	case STAGE_SHOW_TOLD_PLACE:
	case STAGE_SHOW_TOLD_MODE:
	case STAGE_SHOW_TOLD_TAP:
	case STAGE_SHOW_TOLD_REFUSED:
	case STAGE_SHOW_EVENT_COUNT:
		break;
	}
}

enum stage_status
stage_show_daemon_begin_osc(
	struct stage_show_daemon *self, struct stage_err *err)
{
	enum stage_status status = stage_show_daemon_watch(self, on_told, self);

	self->has_osc_news = true;
	if (status != STAGE_OK) {
		return stage_err_set(err, status, "out of memory");
	}
	status = stage_show_osc_side_create(
		self->loop, &self->settings.osc, &ops, self, &self->osc, err);
	if (status == STAGE_OK) { // the latest wish wins, by either
		stage_show_osc_side_order(self->osc, self->udp);
	}
	return status;
}

void
stage_show_daemon_note_osc(struct stage_show_daemon *self)
{
	if (self->has_osc_news || self->has_news) {
		self->has_osc_news = false;
		stage_show_osc_side_tell(self->osc);
	}
}
