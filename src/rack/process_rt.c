/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <jack/jack.h>
#include <jack/midiport.h>
#include <math.h>
#include <string.h>

#include "rack/fpu.h"
#include "rack/glide.h"
#include "rack/wire.h"

#define WIRED_CYCLES 3 // for so long, or a part of a second
#define WIRED_PER_S 50

// No plug-in is run for more frames than the period had when it was made: some
// have no more room. A longer one is several pieces.
struct piece {
	uint32_t at;     // its first frame
	uint32_t frames; // of it
	uint32_t period; // of all
};

STAGE_RT static float *
buffer_of(void *port, const struct piece *piece)
{
	return (float *)jack_port_get_buffer(port, piece->period) + piece->at;
}

STAGE_RT static void
read_audio(const struct stage_rack_wire *wire, struct stage_rack_plan *plan,
	const struct piece *piece)
{
	stage_rack_chain_begin(plan);
	for (uint32_t i = 0; i < plan->width; i++) {
		const float *from;
		if (wire->in_count == 0) {
			memset(plan->bus[i], 0, piece->frames * sizeof(float));
			continue;
		}
		// One input is for all channels.
		from = buffer_of(wire->ins[i % wire->in_count], piece);
		stage_rack_copy_clean(plan->bus[i], from, piece->frames);
	}
}

// Each port of a slot is silent, unless the chain puts something out there.
STAGE_RT static void
find_sides(struct stage_rack_wire *wire, const struct piece *piece)
{
	uint32_t count = atomic_load(&wire->sides.count);

	for (uint32_t i = 0; i < count; i++) {
		struct stage_rack_side *side = &wire->sides.items[i];
		void *port = atomic_load(&side->port);
		float *buffer =
			port != NULL ? jack_port_get_buffer(port, piece->period)
				     : NULL;
		side->buffer = buffer != NULL ? buffer + piece->at : NULL;
		if (buffer != NULL && !side->is_input) {
			memset(side->buffer, 0, piece->frames * sizeof(float));
		}
	}
}

// They fade in from here.
STAGE_RT static void
silence_sides(struct stage_rack_wire *wire)
{
	uint32_t count = atomic_load(&wire->sides.count);

	for (uint32_t i = 0; i < count; i++) {
		wire->sides.items[i].level = 0;
	}
}

// Takes what somebody has asked for. To look first is to lock nothing.
STAGE_RT static bool
take(_Atomic bool *asked)
{
	return atomic_load(asked) && atomic_exchange(asked, false);
}

// Before all that comes in with this cycle.
STAGE_RT static void
let_go(struct stage_rack_wire *wire, struct stage_rack_plan *plan)
{
	bool must_release = take(&wire->must_release);

	plan->must_panic = take(&wire->must_panic);
	if (plan->must_panic) {
		stage_rack_held_panic(&wire->held, plan->urids, &plan->midi, 0);
	} else if (must_release) {
		stage_rack_held_release(
			&wire->held, plan->urids, &plan->midi, 0);
	}
}

STAGE_RT static void
read_midi(struct stage_rack_wire *wire, struct stage_rack_plan *plan,
	const struct piece *piece)
{
	void *buffer;
	uint32_t count;

	stage_rack_events_clear(&plan->midi, plan->urids);
	let_go(wire, plan);
	if (wire->midi_in == NULL) {
		return;
	}
	buffer = jack_port_get_buffer(wire->midi_in, piece->period);
	count = jack_midi_get_event_count(buffer);
	for (uint32_t i = 0; i < count; i++) {
		jack_midi_event_t event;
		int failed = jack_midi_event_get(&event, buffer, i);
		if (failed == 0 &&
			(event.time < piece->at ||
				event.time - piece->at >= piece->frames)) {
			continue;
		}
		if (failed != 0 ||
			!stage_rack_events_add(&plan->midi, plan->urids,
				event.time - piece->at, event.buffer,
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
	const struct piece *piece)
{
	const LV2_Atom_Event *event = NULL;
	uint32_t last = 0;
	void *buffer;

	if (wire->midi_out == NULL) {
		return;
	}
	buffer = jack_port_get_buffer(wire->midi_out, piece->period);
	if (piece->at == 0) {
		jack_midi_clear_buffer(buffer);
	}
	while (plan != NULL && (event = stage_rack_events_next(&plan->midi,
					plan->urids, event)) != NULL) {
		int64_t at = event->time.frames;
		if (at >= last && at < piece->frames) {
			last = (uint32_t)at;
		}
		if (jack_midi_max_event_size(buffer) < event->body.size ||
			jack_midi_event_write(buffer, piece->at + last,
				(const void *)(event + 1),
				event->body.size) != 0) {
			atomic_fetch_add(&wire->lost_midi, 1);
		}
	}
}

// Whatever the way is, it takes as long as a fade.
STAGE_RT static float
step_to(struct stage_rack_fader *fader, const struct stage_rack_plan *plan,
	float target)
{
	if (target != fader->goal) {
		fader->goal = target;
		fader->step = fabsf(target - fader->gain) * plan->fade_step;
	}
	return fader->step;
}

STAGE_RT static void
fade(const float *from, float *out, uint32_t frames,
	struct stage_rack_fader *fader, float step)
{
	float gain = fader->gain;
	float target = fader->goal;

	if (gain == target) {
		stage_rack_scale(out, from, frames, gain);
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		gain = stage_rack_glide(gain, target, step);
		out[i] = from[i] * gain;
	}
	fader->gain = gain;
}

// Who connects an output would hear the middle of a sound begin: what nobody
// hears is silent, and fades in with its first connection. Of several that are
// made at once, with the last one: each takes a cycle or two.
STAGE_RT static bool
is_heard(struct stage_rack_wire *wire, uint32_t channel,
	const struct piece *piece)
{
	struct stage_rack_ears *ears = &wire->ears[channel];
	uint32_t wait = WIRED_CYCLES * piece->period;
	int count;

	if (!wire->knows_wires || piece->at > 0) {
		return !wire->knows_wires || ears->are_there;
	}
	if (wait > atomic_load(&wire->rate_hz) / WIRED_PER_S) {
		wait = atomic_load(&wire->rate_hz) / WIRED_PER_S;
	}
	count = jack_port_connected(wire->outs[channel]);
	if (count != ears->count || atomic_load(&wire->is_wiring)) {
		ears->count = count;
		ears->frames = 0;
	} else {
		ears->frames += piece->period;
	}
	ears->are_there =
		count > 0 && (ears->are_there || ears->frames >= wait);
	return ears->are_there;
}

// Those of all slots have one gain.
STAGE_RT static void
write_sides(struct stage_rack_wire *wire, const struct stage_rack_plan *plan,
	uint32_t frames, float target)
{
	float step = step_to(&wire->side_fader, plan, target);
	float way = step * (float)frames;

	for (uint32_t i = 0; i < plan->side_count; i++) {
		const struct stage_rack_side *side = plan->sides[i];
		struct stage_rack_fader fader = wire->side_fader;
		if (side->buffer != NULL && !side->is_input) {
			fade(side->buffer, side->buffer, frames, &fader, step);
		}
	}
	wire->side_fader.gain =
		stage_rack_glide(wire->side_fader.gain, target, way);
}

// The gain moves as everything does: a server that has just come hears us fade
// in.
STAGE_RT static void
write_audio(struct stage_rack_wire *wire, const struct stage_rack_plan *plan,
	const struct piece *piece)
{
	float level = atomic_load(&wire->level);
	float target = atomic_load(&wire->must_fade_out) ? 0 : level;

	for (uint32_t c = 0; c < wire->out_count; c++) {
		struct stage_rack_fader *fader = &wire->faders[c];
		float *out = buffer_of(wire->outs[c], piece);
		if (is_heard(wire, c, piece)) {
			fade(plan->bus[c], out, piece->frames, fader,
				step_to(fader, plan, target));
		} else {
			*fader = (struct stage_rack_fader){0};
			memset(out, 0, piece->frames * sizeof(float));
		}
		if (plan->is_metered) {
			stage_rack_peaks_see(
				&wire->peaks, c, out, piece->frames);
		}
	}
	write_sides(wire, plan, piece->frames, target);
}

STAGE_RT static void
be_silent(struct stage_rack_wire *wire, uint32_t frames)
{
	const struct piece all = {0, frames, frames};

	find_sides(wire, &all);
	silence_sides(wire);
	for (uint32_t c = 0; c < wire->out_count; c++) {
		memset(buffer_of(wire->outs[c], &all), 0,
			frames * sizeof(float));
	}
	write_midi(wire, NULL, &all);
	stage_rack_wire_mute(wire);
}

// True when the loop is to look.
STAGE_RT static bool
hear(struct stage_rack_wire *wire, struct stage_rack_plan *plan)
{
	return plan->hits != NULL &&
	       stage_rack_controls_hear(&wire->decoder, &plan->midi,
		       plan->urids, plan->controls, plan->control_count,
		       plan->hits);
}

STAGE_RT static void
run_piece(struct stage_rack_wire *wire, struct stage_rack_plan *plan,
	const struct piece *piece)
{
	bool has_news;

	plan->is_metered =
		atomic_load_explicit(&wire->is_metered, memory_order_relaxed);
	find_sides(wire, piece);
	read_audio(wire, plan, piece);
	read_midi(wire, plan, piece);
	has_news = hear(wire, plan);
	if (stage_rack_chain_run(plan, piece->frames) || has_news) {
		stage_rack_wire_tell(wire);
	}
	if (plan->was_rescued) {
		stage_rack_wire_mute(wire); // nothing was heard for a while
		silence_sides(wire);
	}
	write_audio(wire, plan, piece);
	write_midi(wire, plan, piece);
}

STAGE_RT static void
read_transport(struct stage_rack_wire *wire, uint32_t frames)
{
	struct stage_rack_moment now = {0};
	jack_position_t position;
	jack_transport_state_t state =
		jack_transport_query(wire->client, &position);

	now.frame = position.frame;
	now.is_rolling = state == JackTransportRolling;
	now.has_bars = (position.valid & JackPositionBBT) != 0 &&
		       position.ticks_per_beat > 0;
	if (now.has_bars) {
		now.bar = position.bar - 1;
		now.bar_beat = (float)(position.beat - 1 +
				       position.tick / position.ticks_per_beat);
		now.beats_per_minute = position.beats_per_minute;
		now.beats_per_bar = position.beats_per_bar;
		now.beat_unit = (int32_t)position.beat_type;
	}
	stage_rack_transport_move(&wire->transport, &now, frames);
}

STAGE_RT static bool
is_faded_out(const struct stage_rack_wire *wire)
{
	for (uint32_t c = 0; c < wire->out_count; c++) {
		if (wire->faders[c].gain > 0) {
			return false;
		}
	}
	return atomic_load(&wire->sides.count) == 0 ||
	       wire->side_fader.gain <= 0;
}

// Before anything is played: the end of the fade may be heard a cycle later, by
// who is a part of a loop.
STAGE_RT static void
look_at_end(struct stage_rack_wire *wire)
{
	if (atomic_load(&wire->must_fade_out) && is_faded_out(wire) &&
		!atomic_exchange(&wire->is_silent, true)) {
		stage_rack_wire_tell(wire);
	}
}

STAGE_RT int
stage_rack_process(uint32_t frames, void *arg)
{
	struct stage_rack_wire *wire = arg;
	struct stage_rack_plan *plan;
	bool must_pass = take(&wire->sides.must_pass);

	stage_fpu_flush();
	stage_rack_rescue_introduce(&wire->rescue);
	look_at_end(wire);
	stage_rack_wire_take(wire);
	read_transport(wire, frames);
	plan = wire->current;
	if (plan == NULL || plan->rate_hz != atomic_load(&wire->rate_hz)) {
		be_silent(wire, frames);
	} else {
		struct piece piece = {0, 0, frames};
		for (; piece.at < frames; piece.at += piece.frames) {
			uint32_t left = frames - piece.at;
			piece.frames = left < plan->frames_max
					       ? left
					       : plan->frames_max;
			run_piece(wire, plan, &piece);
		}
	}
	if (must_pass) {
		sem_post(&wire->sides.passed);
	}
	atomic_fetch_add(&wire->cycles, 1);
	if (!atomic_load(&wire->is_called) &&
		!atomic_exchange(&wire->is_called, true)) {
		stage_rack_wire_tell(wire);
	}
	return 0;
}
