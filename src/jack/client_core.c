/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/client_core.h"

#include <assert.h>
#include <stdint.h>

#include "base/attr.h"

// Pauses between the attempts of a burst. A server's socket may be there some
// milliseconds before it answers; a stale one never does.
static const unsigned pauses_ms[] = {5, 10, 20, 40, 80, 160, 320, 640};

struct row {
	bool is_set; // unset rows stay in their state and do nothing
	enum stage_jack_core_state next;
	unsigned actions;
};

#define S(name) STAGE_JACK_CORE_##name
#define E(name) [STAGE_JACK_EVENT_##name]
#define TO(state, actions)                                                     \
	{                                                                      \
		true, S(state), (actions)                                      \
	}
#define OPEN_ANEW                                                              \
	(STAGE_JACK_BURST_NEW | STAGE_JACK_ASK_OPEN | STAGE_JACK_TIMER_OFF)
#define OPEN_ONCE (STAGE_JACK_BURST_NONE | STAGE_JACK_ASK_OPEN)
#define LOSE                                                                   \
	(STAGE_JACK_TELL_LOST | STAGE_JACK_ASK_CLOSE | STAGE_JACK_TIMER_OFF)
#define QUIT (STAGE_JACK_ASK_QUIT | STAGE_JACK_TIMER_OFF)
#define END_OPEN (STAGE_JACK_ASK_CLOSE | STAGE_JACK_TIMER_OFF)

static const struct row table[][STAGE_JACK_EVENT_TABLE_COUNT] = {
	[S(WAITING)] =
		{
			E(APPEARED) = TO(OPENING, OPEN_ANEW),
			E(TIMER) = TO(OPENING, OPEN_ONCE),
			E(END) = TO(ENDED, QUIT),
		},
	[S(PAUSING)] =
		{
			E(APPEARED) = TO(OPENING, OPEN_ANEW),
			E(TIMER) = TO(OPENING, STAGE_JACK_ASK_OPEN),
			E(END) = TO(ENDED, QUIT),
		},
	[S(OPENING)] =
		{
			E(APPEARED) = TO(OPENING, STAGE_JACK_BURST_NEW),
			E(OPENED) = TO(OPEN,
				STAGE_JACK_TELL_OPENED | STAGE_JACK_TIMER_BEAT),
			E(FAILED) = TO(PAUSING, STAGE_JACK_TIMER_PAUSE),
			E(FAILED_LAST) =
				TO(WAITING, STAGE_JACK_TELL_FAILED |
						    STAGE_JACK_TIMER_RETRY),
			E(SHUTDOWN) = TO(DOOMED, 0),
			E(WATCHDOG) = TO(OPENING, STAGE_JACK_TELL_HUNG),
			E(END) = TO(ENDING_OPEN, 0),
		},
	[S(DOOMED)] =
		{
			E(APPEARED) = TO(DOOMED, STAGE_JACK_BURST_NEW),
			E(OPENED) = TO(LOST, STAGE_JACK_ASK_CLOSE),
			E(FAILED) = TO(PAUSING, STAGE_JACK_TIMER_PAUSE),
			E(FAILED_LAST) =
				TO(WAITING, STAGE_JACK_TELL_FAILED |
						    STAGE_JACK_TIMER_RETRY),
			E(WATCHDOG) = TO(DOOMED, STAGE_JACK_TELL_HUNG),
			E(END) = TO(ENDING_OPEN, 0),
		},
	[S(OPEN)] =
		{
			E(TIMER) = TO(OPEN,
				STAGE_JACK_ASK_BEAT | STAGE_JACK_TIMER_BEAT),
			E(TIMER_LATE) =
				TO(STALLED, STAGE_JACK_TELL_STALLED |
						    STAGE_JACK_TIMER_BEAT),
			E(BEAT_STUCK) = TO(STALLED, STAGE_JACK_TELL_STALLED),
			E(BEAT_FAILED) = TO(LOST, LOSE),
			E(SHUTDOWN) = TO(LOST, LOSE),
			E(WATCHDOG) = TO(OPEN, STAGE_JACK_TELL_HUNG),
			E(END) = TO(ENDING, END_OPEN),
		},
	[S(STALLED)] =
		{
			E(TIMER) =
				TO(STALLED, STAGE_JACK_ASK_BEAT |
						    STAGE_JACK_TIMER_BEAT),
			E(TIMER_LATE) = TO(STALLED, STAGE_JACK_TIMER_BEAT),
			E(BEAT_OK) = TO(OPEN, STAGE_JACK_TELL_ALIVE),
			E(BEAT_FAILED) = TO(LOST, LOSE),
			E(SHUTDOWN) = TO(LOST, LOSE),
			E(WATCHDOG) = TO(STALLED, STAGE_JACK_TELL_HUNG),
			E(END) = TO(ENDING, END_OPEN),
		},
	[S(LOST)] =
		{
			E(CLOSED) = TO(WAITING, STAGE_JACK_TIMER_RETRY),
			E(CLOSED_AGAIN) = TO(OPENING, OPEN_ANEW),
			E(WATCHDOG) = TO(LOST, STAGE_JACK_TELL_HUNG),
			E(END) = TO(ENDING, 0),
		},
	[S(ENDING_OPEN)] =
		{
			E(OPENED) = TO(ENDING, STAGE_JACK_ASK_CLOSE),
			E(FAILED) = TO(ENDED, QUIT),
			E(FAILED_LAST) = TO(ENDED, QUIT),
			E(WATCHDOG) = TO(GONE, STAGE_JACK_TELL_GONE),
		},
	[S(ENDING)] =
		{
			E(CLOSED) = TO(ENDED, QUIT),
			E(CLOSED_AGAIN) = TO(ENDED, QUIT),
			E(WATCHDOG) = TO(GONE, STAGE_JACK_TELL_GONE),
		},
	[S(ENDED)] =
		{
			E(QUIT) = TO(GONE, STAGE_JACK_TELL_GONE),
			E(WATCHDOG) = TO(GONE, STAGE_JACK_TELL_GONE),
		},
	[S(GONE)] = {{0}},
};

static_assert(STAGE_COUNT_OF(table) == STAGE_JACK_CORE_STATE_COUNT,
	"every state has its rows");

static const char *const state_names[] = {
	[S(WAITING)] = "waiting",
	[S(PAUSING)] = "pausing",
	[S(OPENING)] = "opening",
	[S(DOOMED)] = "doomed",
	[S(OPEN)] = "open",
	[S(STALLED)] = "stalled",
	[S(LOST)] = "lost",
	[S(ENDING_OPEN)] = "ending-open",
	[S(ENDING)] = "ending",
	[S(ENDED)] = "ended",
	[S(GONE)] = "gone",
};

static_assert(STAGE_COUNT_OF(state_names) == STAGE_JACK_CORE_STATE_COUNT,
	"every state has a name");

static const char *const event_names[] = {
	E(APPEARED) = "appeared",
	E(TIMER) = "timer",
	E(WATCHDOG) = "watchdog",
	E(OPENED) = "opened",
	E(FAILED) = "failed",
	E(CLOSED) = "closed",
	E(BEAT_OK) = "beat-ok",
	E(BEAT_STUCK) = "beat-stuck",
	E(BEAT_FAILED) = "beat-failed",
	E(SHUTDOWN) = "shutdown",
	E(END) = "end",
	E(QUIT) = "quit",
	E(FAILED_LAST) = "failed-last",
	E(CLOSED_AGAIN) = "closed-again",
	E(TIMER_LATE) = "timer-late",
};

static_assert(STAGE_COUNT_OF(event_names) == STAGE_JACK_EVENT_TABLE_COUNT,
	"every event has a name");

static bool
is_answer(enum stage_jack_core_event event)
{
	return (event >= STAGE_JACK_EVENT_OPENED &&
		       event <= STAGE_JACK_EVENT_BEAT_FAILED) ||
	       event == STAGE_JACK_EVENT_QUIT;
}

static bool
is_beat(enum stage_jack_core_event event)
{
	return event >= STAGE_JACK_EVENT_BEAT_OK &&
	       event <= STAGE_JACK_EVENT_BEAT_FAILED;
}

// Picks the row of the table that stands for the event as things are.
static enum stage_jack_core_event
refine(const struct stage_jack_core *self, enum stage_jack_core_event event)
{
	if (event == STAGE_JACK_EVENT_FAILED &&
		self->attempt >= STAGE_COUNT_OF(pauses_ms)) {
		return STAGE_JACK_EVENT_FAILED_LAST;
	}
	if (event == STAGE_JACK_EVENT_CLOSED && self->has_appeared) {
		return STAGE_JACK_EVENT_CLOSED_AGAIN;
	}
	if (event == STAGE_JACK_EVENT_TIMER && self->is_beat_out) {
		return STAGE_JACK_EVENT_TIMER_LATE;
	}
	return event;
}

static void
take_event(struct stage_jack_core *self, enum stage_jack_core_event event)
{
	if (event == STAGE_JACK_EVENT_APPEARED) {
		self->has_appeared = true;
	}
	if (is_answer(event) && self->owed > 0) {
		self->owed--;
	}
	if (is_beat(event)) {
		self->is_beat_out = false;
	}
}

static void
take_actions(struct stage_jack_core *self, unsigned actions)
{
	static const unsigned asks[] = {STAGE_JACK_ASK_OPEN,
		STAGE_JACK_ASK_CLOSE, STAGE_JACK_ASK_BEAT, STAGE_JACK_ASK_QUIT};

	for (size_t i = 0; i < STAGE_COUNT_OF(asks); i++) {
		self->owed += (actions & asks[i]) != 0;
	}
	if ((actions & STAGE_JACK_BURST_NEW) != 0) {
		self->attempt = 0;
	}
	if ((actions & STAGE_JACK_BURST_NONE) != 0) {
		self->attempt = STAGE_COUNT_OF(pauses_ms);
	}
	if ((actions & STAGE_JACK_TIMER_PAUSE) != 0) {
		self->attempt++;
	}
	if ((actions & STAGE_JACK_ASK_OPEN) != 0) {
		self->has_appeared = false;
	}
	if ((actions & STAGE_JACK_ASK_BEAT) != 0) {
		self->is_beat_out = true;
	}
}

// The watchdog watches each answer anew.
static unsigned
watchdog_action(const struct stage_jack_core *before,
	const struct stage_jack_core *now, bool is_answered)
{
	if (now->owed == 0 || now->state == STAGE_JACK_CORE_GONE) {
		return before->owed != 0 ? STAGE_JACK_WATCHDOG_OFF : 0U;
	}
	return before->owed == 0 || is_answered ? STAGE_JACK_WATCHDOG_ON : 0U;
}

unsigned
stage_jack_core_step(
	struct stage_jack_core *self, enum stage_jack_core_event event)
{
	struct stage_jack_core before = *self;
	const struct row *row;
	unsigned actions = 0;

	if (event >= STAGE_JACK_EVENT_COUNT) {
		return 0;
	}
	take_event(self, event);
	row = &table[self->state][refine(self, event)];
	if (row->is_set) {
		self->state = row->next;
		actions = row->actions;
	}
	take_actions(self, actions);
	return actions | watchdog_action(&before, self, is_answer(event));
}

unsigned
stage_jack_core_pause_ms(const struct stage_jack_core *self)
{
	size_t last = STAGE_COUNT_OF(pauses_ms) - 1;

	if (self->attempt == 0) {
		return pauses_ms[0];
	}
	return pauses_ms[self->attempt - 1 < last ? self->attempt - 1 : last];
}

const char *
stage_jack_core_state_name(enum stage_jack_core_state state)
{
	return state < STAGE_COUNT_OF(state_names) ? state_names[state] : "?";
}

const char *
stage_jack_core_event_name(enum stage_jack_core_event event)
{
	return event < STAGE_COUNT_OF(event_names) ? event_names[event] : "?";
}
