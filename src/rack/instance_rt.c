/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/instance.h"

// Events that are not MIDI have nobody who reads them; the place is theirs.
STAGE_RT static void
offer_other_events(struct stage_rack_instance *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		struct stage_rack_events events = {
			self->buffers[i], plugin->ports[i].bytes};
		if (events.atom == NULL ||
			events.atom == self->unit.midi_out.atom ||
			events.atom == self->unit.midi_in.atom) {
			continue;
		}
		if (plugin->ports[i].kind == STAGE_RACK_EVENTS_OUT) {
			stage_rack_events_offer(&events, &self->host->numbers);
		} else if (plugin->ports[i].kind == STAGE_RACK_EVENTS_IN) {
			stage_rack_events_clear(&events, &self->host->numbers);
		}
	}
}

STAGE_RT void
stage_rack_instance_run(struct stage_rack_unit *unit, uint32_t frames)
{
	struct stage_rack_instance *self = (struct stage_rack_instance *)unit;

	offer_other_events(self);
	lilv_instance_run(self->lilv, frames);
	stage_rack_work_answer(&self->work);
}
