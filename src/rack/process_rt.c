/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <jack/jack.h>
#include <jack/midiport.h>
#include <string.h>

#include "rack/fpu.h"
#include "rack/wire.h"

STAGE_RT static void
read_audio(const struct stage_rack_wire *wire,
	const struct stage_rack_plan *plan, uint32_t frames)
{
	for (uint32_t i = 0; i < plan->width; i++) {
		const float *from;
		if (wire->in_count == 0) {
			memset(plan->bus[i], 0, frames * sizeof(float));
			continue;
		}
		// One input is for all channels.
		from = jack_port_get_buffer(
			wire->ins[i % wire->in_count], frames);
		memcpy(plan->bus[i], from, frames * sizeof(float));
		stage_rack_clean(plan->bus[i], frames);
	}
}

// Before all that comes in with this cycle.
STAGE_RT static void
let_go(struct stage_rack_wire *wire, struct stage_rack_plan *plan)
{
	bool must_release = atomic_exchange(&wire->must_release, false);

	plan->must_panic = atomic_exchange(&wire->must_panic, false);
	if (plan->must_panic) {
		stage_rack_held_panic(&wire->held, plan->urids, &plan->midi, 0);
	} else if (must_release) {
		stage_rack_held_release(
			&wire->held, plan->urids, &plan->midi, 0);
	}
}

STAGE_RT static void
read_midi(struct stage_rack_wire *wire, struct stage_rack_plan *plan,
	uint32_t frames)
{
	void *buffer;
	uint32_t count;

	stage_rack_events_clear(&plan->midi, plan->urids);
	let_go(wire, plan);
	if (wire->midi_in == NULL) {
		return;
	}
	buffer = jack_port_get_buffer(wire->midi_in, frames);
	count = jack_midi_get_event_count(buffer);
	for (uint32_t i = 0; i < count; i++) {
		jack_midi_event_t event;
		if (jack_midi_event_get(&event, buffer, i) != 0 ||
			!stage_rack_events_add(&plan->midi, plan->urids,
				event.time, event.buffer,
				(uint32_t)event.size)) {
			atomic_fetch_add(&wire->lost_midi, 1);
			continue;
		}
		stage_rack_held_see(
			&wire->held, event.buffer, (uint32_t)event.size);
	}
}

STAGE_RT static void
write_midi(struct stage_rack_wire *wire, const struct stage_rack_plan *plan,
	uint32_t frames)
{
	const LV2_Atom_Event *event = NULL;
	uint32_t last = 0;
	void *buffer;

	if (wire->midi_out == NULL) {
		return;
	}
	buffer = jack_port_get_buffer(wire->midi_out, frames);
	jack_midi_clear_buffer(buffer);
	while (plan != NULL && (event = stage_rack_events_next(&plan->midi,
					plan->urids, event)) != NULL) {
		int64_t at = event->time.frames;
		if (at >= last && at < frames) {
			last = (uint32_t)at;
		}
		if (jack_midi_max_event_size(buffer) < event->body.size ||
			jack_midi_event_write(buffer, last,
				(const void *)(event + 1),
				event->body.size) != 0) {
			atomic_fetch_add(&wire->lost_midi, 1);
		}
	}
}

// The gain moves as everything does: a server that has just come hears us fade
// in.
STAGE_RT static void
write_audio(struct stage_rack_wire *wire, const struct stage_rack_plan *plan,
	uint32_t frames)
{
	float level = atomic_load(&wire->level);
	float target = atomic_load(&wire->must_fade_out) ? 0 : level;
	float gain = wire->gain;
	float most = level > gain ? level : gain;
	float step = plan->fade_step * (most > 1 ? most : 1);

	for (uint32_t c = 0; c < wire->out_count; c++) {
		float *out = jack_port_get_buffer(wire->outs[c], frames);
		gain = wire->gain;
		for (uint32_t i = 0; i < frames; i++) {
			if (gain < target) {
				gain = gain + step < target ? gain + step
							    : target;
			} else if (gain > target) {
				gain = gain - step > target ? gain - step
							    : target;
			}
			out[i] = plan->bus[c][i] * gain;
		}
	}
	wire->gain = gain;
}

STAGE_RT static void
be_silent(struct stage_rack_wire *wire, uint32_t frames)
{
	for (uint32_t c = 0; c < wire->out_count; c++) {
		memset(jack_port_get_buffer(wire->outs[c], frames), 0,
			frames * sizeof(float));
	}
	write_midi(wire, NULL, frames);
	wire->gain = 0;
}

STAGE_RT static void
look_at_end(struct stage_rack_wire *wire)
{
	if (atomic_load(&wire->must_fade_out) && wire->gain <= 0 &&
		!atomic_exchange(&wire->is_silent, true)) {
		stage_rack_wire_tell(wire);
	}
}

STAGE_RT int
stage_rack_process(uint32_t frames, void *arg)
{
	struct stage_rack_wire *wire = arg;
	struct stage_rack_plan *plan;

	stage_fpu_flush();
	stage_rack_rescue_introduce(&wire->rescue);
	stage_rack_wire_take(wire);
	plan = wire->current;
	if (plan == NULL || frames > STAGE_RACK_FRAMES_MAX ||
		plan->rate_hz != atomic_load(&wire->rate_hz)) {
		be_silent(wire, frames);
	} else {
		read_audio(wire, plan, frames);
		read_midi(wire, plan, frames);
		if (stage_rack_chain_run(plan, frames)) {
			stage_rack_wire_tell(wire);
		}
		if (plan->was_rescued) {
			wire->gain = 0; // nothing was heard for a while
		}
		write_audio(wire, plan, frames);
		write_midi(wire, plan, frames);
	}
	look_at_end(wire);
	atomic_fetch_add(&wire->cycles, 1);
	if (!atomic_exchange(&wire->is_called, true)) {
		stage_rack_wire_tell(wire);
	}
	return 0;
}
