/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_private.h"

#include <assert.h>
#include <string.h>

#include "base/str.h"

void
stage_jack_client_set_reason(struct stage_jack_client *self, const char *reason)
{
	stage_jack_copy_text(self->reason, sizeof(self->reason), reason);
}

static void
tell_opened(struct stage_jack_client *self)
{
	stage_jack_client_set_reason(self, "");
	self->told_reason[0] = '\0';
	if (self->ops.opened != NULL) {
		self->ops.opened(self->user, &self->info);
	}
}

static void
tell_failed(struct stage_jack_client *self)
{
	if (strcmp(self->reason, self->told_reason) == 0) {
		return;
	}
	memcpy(self->told_reason, self->reason, sizeof(self->reason));
	if (self->ops.failed != NULL) {
		self->ops.failed(self->user, self->reason);
	}
}

static void
tell_lost(struct stage_jack_client *self)
{
	if (self->ops.lost != NULL) {
		self->ops.lost(self->user, self->reason);
	}
}

static void
tell_stalled(struct stage_jack_client *self)
{
	stage_jack_client_set_reason(
		self, self->core.is_beat_out
			      ? "the JACK server does not answer"
			      : "the JACK server answers but its audio "
				"stands still");
	if (self->ops.stalled != NULL) {
		self->ops.stalled(self->user, self->reason);
	}
}

static void
tell_alive(struct stage_jack_client *self)
{
	stage_jack_client_set_reason(self, "");
	if (self->ops.alive != NULL) {
		self->ops.alive(self->user);
	}
}

static void
tell_hung(struct stage_jack_client *self)
{
	const char *doing = stage_jack_box_doing(self->box);
	char what[STAGE_JACK_REASON_MAX];

	if (stage_format(what, sizeof(what),
		    "libjack has not come back from %s for %u ms",
		    doing != NULL ? doing : self->asked,
		    self->overdue_ms) == STAGE_OK &&
		self->ops.hung != NULL) {
		self->ops.hung(self->user, what);
	}
}

static void
tell_gone(struct stage_jack_client *self)
{
	if (self->core.owed > 0) {
		stage_jack_worker_abandon(self->worker, self->texts);
		self->texts = NULL;
	} else {
		stage_jack_worker_destroy(self->worker);
	}
	self->worker = NULL;
	self->box = NULL;
	stage_jack_client_close_handles(self);
}

static const struct {
	unsigned action;
	void (*tell)(struct stage_jack_client *self);
} tells[] = {
	{STAGE_JACK_TELL_OPENED, tell_opened},
	{STAGE_JACK_TELL_FAILED, tell_failed},
	{STAGE_JACK_TELL_LOST, tell_lost},
	{STAGE_JACK_TELL_STALLED, tell_stalled},
	{STAGE_JACK_TELL_ALIVE, tell_alive},
	{STAGE_JACK_TELL_HUNG, tell_hung},
	{STAGE_JACK_TELL_GONE, tell_gone},
};

static const struct {
	unsigned action;
	enum stage_jack_command command;
	const char *words;
} asks[] = {
	{STAGE_JACK_ASK_OPEN, STAGE_JACK_COMMAND_OPEN, "opening a client"},
	{STAGE_JACK_ASK_CLOSE, STAGE_JACK_COMMAND_CLOSE, "closing a client"},
	{STAGE_JACK_ASK_BEAT, STAGE_JACK_COMMAND_BEAT, "asking the server"},
	{STAGE_JACK_ASK_QUIT, STAGE_JACK_COMMAND_QUIT, "ending"},
};

static_assert(STAGE_COUNT_OF(asks) == STAGE_JACK_COMMAND_COUNT,
	"every command has its action");

static void
ask_worker(struct stage_jack_client *self, unsigned actions)
{
	if ((actions & STAGE_JACK_ASK_OPEN) != 0) {
		self->generation++;
		self->has_frames = false;
		stage_jack_feed_reset(self->feed);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(asks); i++) {
		if ((actions & asks[i].action) != 0) {
			self->asked = asks[i].words;
			stage_jack_box_ask(self->box, asks[i].command);
		}
	}
}

static void
on_timer(uv_timer_t *timer)
{
	stage_jack_client_step(timer->data, STAGE_JACK_EVENT_TIMER);
}

/* JACK2 makes everybody wait who asks it for something as long as any client
 * does not answer it: with one that stands still, an open takes 10 s. To begin
 * anew would only ask for more. But in an open libjack itself may hang, too. */
static unsigned
longest_ms(const struct stage_jack_client *self)
{
	enum stage_jack_core_state state = self->core.state;

	if (self->info.is_pipewire) {
		return 0;
	}
	if (state == STAGE_JACK_CORE_OPENING) {
		return self->patience_ms / 3;
	}
	return state == STAGE_JACK_CORE_OPEN || state == STAGE_JACK_CORE_STALLED
		       ? self->patience_ms
		       : 0;
}

static void
on_watchdog(uv_timer_t *timer)
{
	struct stage_jack_client *self = timer->data;

	self->overdue_ms += self->look_ms;
	if (self->overdue_ms >= longest_ms(self)) {
		stage_jack_client_step(self, STAGE_JACK_EVENT_WATCHDOG);
	}
}

void
stage_jack_client_start_watchdog(
	struct stage_jack_client *self, unsigned look_ms)
{
	self->overdue_ms = 0;
	self->look_ms = look_ms;
	uv_timer_start(&self->watchdog, on_watchdog, look_ms, look_ms);
}

static void
set_timers(struct stage_jack_client *self, unsigned actions)
{
	unsigned delay_ms = 0;

	if ((actions & STAGE_JACK_TIMER_PAUSE) != 0) {
		delay_ms = stage_jack_core_pause_ms(&self->core);
	} else if ((actions & STAGE_JACK_TIMER_RETRY) != 0) {
		delay_ms = self->retry_ms;
	} else if ((actions & STAGE_JACK_TIMER_BEAT) != 0) {
		delay_ms = self->heartbeat_ms;
	}
	if ((actions & STAGE_JACK_TIMER_OFF) != 0) {
		uv_timer_stop(&self->timer);
	} else if (delay_ms > 0) {
		uv_timer_start(&self->timer, on_timer, delay_ms, 0);
	}
	if ((actions & STAGE_JACK_WATCHDOG_OFF) != 0) {
		uv_timer_stop(&self->watchdog);
	} else if ((actions & STAGE_JACK_WATCHDOG_ON) != 0) {
		stage_jack_client_start_watchdog(
			self, self->core.state == STAGE_JACK_CORE_LOST
				      ? self->close_ms
				      : self->watchdog_ms);
	}
}

void
stage_jack_client_step(
	struct stage_jack_client *self, enum stage_jack_core_event event)
{
	unsigned actions = stage_jack_core_step(&self->core, event);

	ask_worker(self, actions);
	set_timers(self, actions);
	for (size_t i = 0; i < STAGE_COUNT_OF(tells); i++) {
		if ((actions & tells[i].action) != 0) {
			tells[i].tell(self);
			break; // there is never more than one
		}
	}
}

// A server whose count of frames is the same at two heartbeats stands still.
static enum stage_jack_core_event
judge_beat(struct stage_jack_client *self, uint32_t frames)
{
	bool is_same = self->has_frames && frames == self->last_frames;

	self->has_frames = true;
	self->last_frames = frames;
	return is_same ? STAGE_JACK_EVENT_BEAT_STUCK : STAGE_JACK_EVENT_BEAT_OK;
}

// PipeWire 0.3 says that the server has gone when anything fails, a port that
// went before libjack could ask about it, for one. There will be no sign of a
// server that was there all the time.
static void
doubt_shutdown(struct stage_jack_client *self)
{
	stage_jack_client_step(self, STAGE_JACK_EVENT_APPEARED);
}

static void
handle_event(struct stage_jack_client *self,
	const struct stage_jack_message *message)
{
	enum stage_jack_core_event event = message->event;

	if (event == STAGE_JACK_EVENT_OPENED) {
		self->info = message->info;
	} else if (event == STAGE_JACK_EVENT_BEAT_OK) {
		event = judge_beat(self, message->frames);
	} else if (event == STAGE_JACK_EVENT_BEAT_FAILED) {
		stage_jack_client_set_reason(
			self, "the JACK server does not know us any more");
	} else if (event == STAGE_JACK_EVENT_FAILED ||
		   event == STAGE_JACK_EVENT_SHUTDOWN) {
		stage_jack_client_set_reason(self, message->text);
	}
	if (event == STAGE_JACK_EVENT_SHUTDOWN && self->info.is_pipewire) {
		doubt_shutdown(self);
	}
	stage_jack_client_step(self, event);
}

static bool
is_stale(const struct stage_jack_client *self,
	const struct stage_jack_message *message)
{
	return message->event == STAGE_JACK_EVENT_SHUTDOWN &&
	       message->generation != self->generation;
}

void
stage_jack_client_take_messages(struct stage_jack_client *self)
{
	struct stage_jack_message message;

	while (self->worker != NULL &&
		stage_jack_box_take(self->box, &message)) {
		if (!is_stale(self, &message)) {
			handle_event(self, &message);
		}
	}
}
