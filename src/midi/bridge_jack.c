/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What the JACK side tells the bridge.

#include <stdio.h>
#include <unistd.h>

#include "base/exits.h"
#include "base/log.h"
#include "midi/bridge_private.h"

void
stage_midi_bridge_stand_back(struct stage_midi_bridge *self)
{
	bool must =
		self->is_pipewire && !stage_midi_rules_pipewire(self->rules);

	if (must == self->is_standing_back) {
		return;
	}
	self->is_standing_back = must;
	if (must) {
		stage_log_info("PipeWire bridges MIDI itself, so this bridge "
			       "stands back; pipewire yes in midi.conf has it "
			       "bridge all the same");
	}
	stage_midi_jack_stand_back(self->jack, must);
}

static void
on_opened(void *user, const struct stage_jack_info *info)
{
	struct stage_midi_bridge *self = user;

	self->jack_reason[0] = '\0';
	self->is_pipewire = info->is_pipewire;
	stage_log_info("%zu ports in JACK, %u Hz, %u frames",
		atomic_load(&self->wire->way_count), info->rate_hz,
		info->period_frames);
	stage_midi_bridge_set_priority(self);
	stage_midi_bridge_stand_back(self);
	stage_midi_bridge_settle(self);
	stage_midi_bridge_check_ready(self);
	stage_midi_bridge_tell(self, "status");
}

static void
on_lost(void *user, const char *reason)
{
	struct stage_midi_bridge *self = user;

	snprintf(self->jack_reason, sizeof(self->jack_reason), "%s", reason);
	stage_log_warn("%s; waiting for it", reason);
	self->has_rival = self->is_stalled = false;
	stage_midi_bridge_relink(self);
	stage_midi_bridge_tell(self, "status");
}

static void
on_stalled(void *user, const char *reason)
{
	struct stage_midi_bridge *self = user;

	snprintf(self->jack_reason, sizeof(self->jack_reason), "%s", reason);
	stage_log_warn("%s", reason);
	self->is_stalled = true;
	// As if one had run just now: a whole tick has to be without any.
	self->stall_cycles = atomic_load(&self->wire->cycles) - 1;
	stage_midi_bridge_wait(self);
	stage_midi_bridge_tell(self, "status");
}

static void
on_alive(void *user)
{
	struct stage_midi_bridge *self = user;

	self->jack_reason[0] = '\0';
	self->is_stalled = false;
	stage_log_info("the JACK server moves again");
	stage_midi_bridge_tell(self, "status");
}

static void
on_rival(void *user)
{
	struct stage_midi_bridge *self = user;

	self->has_rival = true;
	stage_log_warn("the JACK server bridges devices itself (jackd -X), so "
		       "devices have no ports here; leave -X out");
	stage_midi_bridge_relink(self);
	stage_midi_bridge_tell(self, "endpoint");
}

static void
on_connected(void *user)
{
	stage_midi_bridge_settle(user);
	stage_midi_bridge_tell(user, "endpoint");
}

static void
on_warn(void *user, const char *sentence)
{
	struct stage_midi_bridge *self = user;

	if (!stage_midi_jack_is_open(self->jack)) {
		snprintf(self->jack_reason, sizeof(self->jack_reason), "%s",
			sentence);
	}
	stage_log_warn("%s", sentence);
	stage_midi_bridge_tell(self, "status");
}

// Nothing in this process can be done about it; runit starts another one.
static void
on_hung(void *user, const char *sentence)
{
	(void)user;
	stage_log_err("%s; starting anew", sentence);
	_exit(STAGE_EXIT_TEMPORARY);
}

const struct stage_midi_jack_events stage_midi_bridge_jack_events = {
	.tended = stage_midi_bridge_notify,
	.opened = on_opened,
	.lost = on_lost,
	.stalled = on_stalled,
	.alive = on_alive,
	.connected = on_connected,
	.rival = on_rival,
	.warn = on_warn,
	.hung = on_hung,
	.ended = stage_midi_bridge_on_jack_ended,
};
