/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <string.h>

#include "rack/blame.h"
#include "rack/chain.h"
#include "rack/feed.h"
#include "rack/glide.h"
#include "rack/play.h"

#define LATENCY_MAX 1e7F // frames; more is a slip

// The sound that a link makes for a channel; NULL: none.
STAGE_RT static float *
sound_of(const struct stage_rack_link *link, uint32_t channel)
{
	const struct stage_rack_unit *unit = link->units[0];

	if (unit->out_count == 0) {
		return NULL;
	}
	if (link->unit_count > 1) {
		return channel < link->unit_count
			       ? link->units[channel]->outs[0]
			       : NULL;
	}
	if (unit->out_count == 1) {
		return unit->outs[0];
	}
	return channel < unit->out_count ? unit->outs[channel] : NULL;
}

// True when the first two channels of a link are in plan->shaped.
STAGE_RT static bool
shape_outputs(const struct stage_rack_plan *plan,
	const struct stage_rack_link *link, uint32_t frames)
{
	const float *left = sound_of(link, 0);
	const float *right = sound_of(link, 1);

	return link->has_extras && plan->width > 1 && left != NULL &&
	       right != NULL &&
	       stage_rack_shape_out(&link->shape, left, right, plan->shaped[0],
		       plan->shaped[1], frames, plan->fade_step);
}

// Where nothing moves.
STAGE_RT static void
mix_steady(float *restrict bus, const float *restrict wet, uint32_t frames,
	float mix, bool keeps_dry)
{
	float dry = keeps_dry ? 1 : 1 - mix;

	if (mix == 1 && !keeps_dry) {
		memcpy(bus, wet, frames * sizeof(float));
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		bus[i] = bus[i] * dry + wet[i] * mix;
	}
}

// By equal gain. To an instrument's sound the bus is added.
STAGE_RT static void
mix_channel(float *bus, const float *wet, uint32_t frames, float mix,
	float target, float step, bool keeps_dry)
{
	if (mix == target) {
		mix_steady(bus, wet, frames, mix, keeps_dry);
		return;
	}
	for (uint32_t i = 0; i < frames; i++) {
		mix = stage_rack_glide(mix, target, step);
		bus[i] = (keeps_dry ? bus[i] : bus[i] * (1 - mix)) +
			 wet[i] * mix;
	}
}

STAGE_RT static float
target_of(const struct stage_rack_link *link)
{
	return atomic_load_explicit(&link->is_leaving, memory_order_relaxed)
		       ? 0
		       : link->wanted;
}

// A plug-in that is late begins with silence, and then in the middle of what
// came in: both are over when it is mixed in.
STAGE_RT static bool
is_filling(const struct stage_rack_link *link)
{
	return link->dry.width > 0 &&
	       !stage_rack_dry_has(
		       &link->dry, atomic_load_explicit(&link->latency_frames,
					   memory_order_relaxed));
}

STAGE_RT static void
mix_link(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames, float target)
{
	bool keeps_dry = link->units[0]->in_count == 0;
	bool is_shaped = shape_outputs(plan, link, frames);

	for (uint32_t c = 0; c < plan->width; c++) {
		const float *wet = is_shaped && c < STAGE_COUNT_OF(plan->shaped)
					   ? plan->shaped[c]
					   : sound_of(link, c);
		if (wet != NULL && (link->mix > 0 || target > 0)) {
			mix_channel(plan->bus[c], wet, frames, link->mix,
				target, plan->fade_step, keeps_dry);
		}
	}
	link->mix = stage_rack_glide(
		link->mix, target, plan->fade_step * (float)frames);
	stage_rack_shape_move(&link->shape, frames, plan->fade_step);
}

// Whether all that is heard behind a link is what it makes, as it makes it.
STAGE_RT static bool
is_alone(const struct stage_rack_link *link, float target)
{
	return link->is_whole && link->mix == 1 && target == 1 &&
	       (!link->has_extras || link->shape.is_flat);
}

// Has the bus be in the other place of the plan.
STAGE_RT static void
turn_bus(struct stage_rack_plan *plan)
{
	plan->way ^= 1;
	for (uint32_t c = 0; c < plan->width; c++) {
		plan->bus[c] = plan->own[plan->way & 1][c];
	}
}

// Whether each channel of what a link makes is where the bus will be.
STAGE_RT static bool
is_in_place(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	for (uint32_t c = 0; c < plan->width; c++) {
		if (sound_of(link, c) != plan->own[~plan->way & 1][c]) {
			return false;
		}
	}
	return true;
}

// Whether what passes by a link is as late as its sound, and stays so.
STAGE_RT static bool
is_dry_settled(const struct stage_rack_link *link)
{
	uint32_t late = atomic_load_explicit(
		&link->latency_frames, memory_order_relaxed);

	return link->dry.width == 0 ||
	       (link->dry.late == late && link->dry.later == late);
}

// Whether there will be nothing to do but to play, until something changes: the
// link reads in the bus, writes where it goes on, and is all that is heard.
STAGE_RT static bool
will_be_steady(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	return plan->ways == NULL && link->way == plan->way &&
	       link->seam.left <= 0 && is_dry_settled(link) &&
	       link->units[0]->midi_out.atom == NULL && is_in_place(plan, link);
}

// Has the bus be where a link has written.
STAGE_RT static void
hand_on(struct stage_rack_plan *plan, const struct stage_rack_link *link,
	uint32_t frames)
{
	float *const *to =
		plan->is_shared ? plan->own[~plan->way & 1] : plan->bus;

	for (uint32_t c = 0; c < plan->width; c++) {
		const float *wet = sound_of(link, c);
		if (wet != to[c]) {
			memcpy(to[c], wet, frames * sizeof(float));
		}
	}
	if (plan->is_shared) {
		turn_bus(plan);
	}
}

// What a link does to the MIDI that those behind it hear: an effect for MIDI
// alone stands in its place. What sounds behind it while it is switched on or
// off would sound for ever: nobody else will end those notes.
STAGE_RT static void
pass_midi(struct stage_rack_plan *plan, struct stage_rack_link *link,
	const struct stage_rack_events *in, const struct stage_rack_events *out)
{
	const struct stage_rack_unit *unit = link->units[0];
	bool is_heard = link->mix > 0;

	if (unit->midi_out.atom == NULL ||
		unit->in_count + unit->side_in_count > 0 ||
		unit->out_count + unit->side_out_count > 0) {
		return;
	}
	if (is_heard || link->was_heard) {
		stage_rack_events_clear(&plan->midi, plan->urids);
		if (plan->must_panic) {
			stage_rack_held_panic(
				&link->held, plan->urids, &plan->midi, 0);
		} else if (is_heard != link->was_heard) {
			stage_rack_held_release(
				&link->held, plan->urids, &plan->midi, 0);
		}
		stage_rack_events_append(
			&plan->midi, plan->urids, is_heard ? out : in, 0);
	}
	link->was_heard = is_heard;
	stage_rack_held_see_all(&link->held, plan->urids, &plan->midi);
}

// True when it is to be told.
STAGE_RT static bool
guard(const struct stage_rack_plan *plan, struct stage_rack_link *link)
{
	if (link->mix > 0) {
		stage_rack_give_cut(plan, link);
		stage_rack_seam_cut(&link->seam, plan->bus, plan->width);
		link->mix = 0;
	}
	if (link->bad_blocks++ == 0) {
		atomic_fetch_add_explicit(
			&link->strikes, 1, memory_order_relaxed);
	}
	atomic_fetch_add_explicit(&link->guarded, 1, memory_order_relaxed);
	if (link->bad_blocks == STAGE_RACK_BAD_MAX) {
		atomic_store(&link->wants_reset, true);
	}
	return link->bad_blocks == 1 || link->bad_blocks == STAGE_RACK_BAD_MAX;
}

STAGE_RT static uint32_t
latency_of(float frames)
{
	return frames > 0 && frames < LATENCY_MAX ? (uint32_t)frames : 0;
}

// True when it is another one than before.
STAGE_RT static bool
look_at_latency(struct stage_rack_link *link)
{
	uint32_t latency;

	if (link->latency == NULL) {
		return false;
	}
	latency = latency_of(*link->latency);
	// What leaves leaves nothing late behind.
	stage_rack_dry_aim(&link->dry,
		atomic_load_explicit(&link->is_leaving, memory_order_relaxed)
			? 0
			: latency);
	if (atomic_load_explicit(&link->latency_frames, memory_order_relaxed) ==
		latency) {
		return false;
	}
	atomic_store(&link->latency_frames, latency);
	return true;
}

STAGE_RT void
stage_rack_link_begin(struct stage_rack_link *link)
{
	(void)look_at_latency(link);
}

// A plug-in that was let read in the bus, and has failed, may have written
// there what is to pass by it.
STAGE_RT static void
clean_bus(const struct stage_rack_plan *plan, uint32_t frames)
{
	for (uint32_t c = 0; plan->is_shared && c < plan->width; c++) {
		stage_rack_clean(plan->bus[c], frames);
	}
}

// Does with what the units of a link have made what is to be done with it.
STAGE_RT static bool
end_piece(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames, bool is_good)
{
	bool has_news = look_at_latency(link);
	// From the first frame on, or not at all.
	float target = is_filling(link) ? 0 : target_of(link);

	link->is_steady = false;
	if (is_good && is_alone(link, target)) {
		link->is_steady = will_be_steady(plan, link);
		link->bad_blocks = 0;
		if (link->dry.width > 0) {
			stage_rack_dry_keep(
				&link->dry, plan->bus, frames, plan->fade_step);
		}
		if (plan->ways != NULL) {
			stage_rack_give(plan, link, frames, target);
		}
		hand_on(plan, link, frames);
	} else if (is_good) {
		link->bad_blocks = 0;
		stage_rack_dry_pass(
			&link->dry, plan->bus, frames, plan->fade_step);
		stage_rack_give(plan, link, frames, target);
		mix_link(plan, link, frames, target);
	} else {
		clean_bus(plan, frames);
		stage_rack_dry_pass(
			&link->dry, plan->bus, frames, plan->fade_step);
		has_news |= guard(plan, link);
		stage_rack_give_rest(plan, link, frames);
	}
	stage_rack_seam_pass(
		&link->seam, plan->bus, plan->width, frames, plan->fade_step);
	return has_news;
}

// Runs a link for a part of the period, or all of it; what it heard of MIDI is
// `heard`. The bus begins with that part.
STAGE_RT static bool
run_piece(struct stage_rack_plan *plan, struct stage_rack_link *link,
	const struct stage_rack_events *heard, uint32_t frames)
{
	return end_piece(
		plan, link, frames, stage_rack_play(plan, link, heard, frames));
}

// Has the bus begin at a frame of the period.
STAGE_RT static void
shift_bus(struct stage_rack_plan *plan, uint32_t at)
{
	for (uint32_t c = 0; c < plan->width; c++) {
		plan->bus[c] = plan->bus[c] - plan->shift + at;
	}
	plan->shift = at;
}

// Turns what controllers have turned from one frame to another.
STAGE_RT static bool
turn(struct stage_rack_plan *plan, struct stage_rack_link *link, uint32_t from,
	uint32_t to)
{
	bool has_turned = false;

	for (uint32_t i = 0; plan->hits != NULL && i < plan->hits->count; i++) {
		const struct stage_rack_hit *hit = &plan->hits->items[i];
		if (hit->control->link == link && hit->frame >= from &&
			hit->frame < to) {
			has_turned |= stage_rack_control_turn(hit);
		}
	}
	if (has_turned) {
		atomic_store(&link->has_turned, true);
	}
	return has_turned;
}

STAGE_RT static bool
is_turned(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	for (uint32_t i = 0; plan->hits != NULL && i < plan->hits->count; i++) {
		if (plan->hits->items[i].control->link == link) {
			return true;
		}
	}
	return false;
}

// Where the piece that begins at a frame ends: at the next turn of a
// controller, and while values move, after a few frames.
STAGE_RT static uint32_t
find_end(const struct stage_rack_plan *plan, const struct stage_rack_link *link,
	uint32_t at, uint32_t frames)
{
	uint32_t end = frames;

	for (uint32_t i = 0; plan->hits != NULL && i < plan->hits->count; i++) {
		const struct stage_rack_hit *hit = &plan->hits->items[i];
		if (hit->control->link == link && hit->frame > at &&
			hit->frame < end) {
			end = hit->frame;
		}
	}
	return link->is_moving && end - at > STAGE_RACK_PIECE_FRAMES
		       ? at + STAGE_RACK_PIECE_FRAMES
		       : end;
}

STAGE_RT static bool
run_pieces(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames)
{
	bool has_news = false;
	uint32_t turned = 0; // up to here
	uint32_t end;

	plan->is_shared = false; // pieces are put together in the bus
	stage_rack_events_clear(&plan->made, plan->urids);
	for (uint32_t at = 0; at < frames; at = end) {
		has_news |= turn(plan, link, turned, at + 1);
		turned = at + 1;
		stage_rack_link_apply(link);
		end = find_end(plan, link, at, frames);
		stage_rack_link_move(link, end - at);
		stage_rack_events_slice(
			&plan->heard, plan->urids, &plan->midi, at, end);
		shift_bus(plan, at);
		has_news |= run_piece(plan, link, &plan->heard, end - at);
		shift_bus(plan, 0);
		if (link->units[0]->midi_out.atom != NULL) {
			stage_rack_events_append(&plan->made, plan->urids,
				&link->units[0]->midi_out, at);
		}
	}
	stage_rack_events_copy(&plan->heard, plan->urids, &plan->midi);
	pass_midi(plan, link, &plan->heard, &plan->made);
	return has_news;
}

// Whether a link may read in the bus, and write beside it: nothing of what it
// reads is changed, or heard beside what it writes.
STAGE_RT static bool
may_share(const struct stage_rack_link *link)
{
	return link->mix == 1 && link->units[0]->in_rooms != NULL &&
	       (!link->has_extras || link->shape.is_flat);
}

// Whether nothing has changed since the link was found to be steady. What a
// plan changes is seen by its way.
STAGE_RT static bool
is_steady(
	const struct stage_rack_plan *plan, const struct stage_rack_link *link)
{
	return link->is_steady && link->way == plan->way && plan->is_quiet &&
	       !atomic_load_explicit(&link->is_leaving, memory_order_relaxed);
}

STAGE_RT static bool
is_as_late(const struct stage_rack_link *link)
{
	return link->latency == NULL ||
	       latency_of(*link->latency) ==
		       atomic_load_explicit(
			       &link->latency_frames, memory_order_relaxed);
}

// What is the same each cycle, for most links most of the time.
STAGE_RT static bool
run_steady(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames)
{
	bool is_good;

	plan->is_shared = true;
	is_good = stage_rack_play_on(plan, link, frames);
	if (!is_good || !is_as_late(link)) {
		return end_piece(plan, link, frames, is_good);
	}
	if (link->dry.width > 0) {
		stage_rack_dry_keep(
			&link->dry, plan->bus, frames, plan->fade_step);
	}
	turn_bus(plan);
	stage_rack_seam_see(&link->seam, plan->bus, plan->width, frames);
	return false;
}

STAGE_RT static bool
run_link(struct stage_rack_plan *plan, struct stage_rack_link *link,
	uint32_t frames)
{
	bool has_news;

	if (atomic_load_explicit(&link->is_hung, memory_order_relaxed)) {
		return false;
	}
	if (is_steady(plan, link)) {
		return run_steady(plan, link, frames);
	}
	link->bytes = link->page->bytes;
	stage_rack_link_apply(link);
	if (link->is_moving || is_turned(plan, link)) {
		return run_pieces(plan, link, frames);
	}
	plan->is_shared = may_share(link);
	has_news = run_piece(plan, link, &plan->midi, frames);
	if (link->units[0]->midi_out.atom != NULL) {
		pass_midi(plan, link, &link->units[0]->midi_in,
			&link->units[0]->midi_out);
	}
	return has_news;
}

// Its plug-in hangs, and this thread has been got out of it: the sound passes
// by, and so does MIDI. Nobody else ends the notes that it holds.
STAGE_RT static void
leave_behind(struct stage_rack_plan *plan, struct stage_rack_link *link)
{
	stage_rack_rescue_leave(plan->rescue);
	stage_rack_blame_note(stage_rack_blame(NULL));
	shift_bus(plan, 0);
	clean_bus(plan, plan->frames);
	plan->was_left |= plan->is_shared;
	link->mix = 0;
	stage_rack_events_copy(&plan->heard, plan->urids, &plan->midi);
	pass_midi(plan, link, &plan->heard, &plan->made);
	atomic_store(&link->is_hung, true);
	plan->was_rescued = true;
	plan->has_news = true;
}

// How much later the sound is behind a link: nothing passes by an instrument.
STAGE_RT static uint32_t
lateness_of(const struct stage_rack_link *link)
{
	return link->dry.width > 0 && !atomic_load(&link->is_hung)
		       ? link->dry.later
		       : 0;
}

STAGE_RT void
stage_rack_chain_begin(struct stage_rack_plan *plan)
{
	if ((plan->way & 1) != 0) {
		turn_bus(plan);
	}
}

// What all links would look for each, once.
STAGE_RT static bool
is_quiet(struct stage_rack_plan *plan)
{
	uint32_t before = plan->seen;

	if (plan->page_changes == NULL) {
		return false;
	}
	plan->seen =
		atomic_load_explicit(plan->page_changes, memory_order_acquire);
	return plan->seen == before &&
	       (plan->hits == NULL || plan->hits->count == 0);
}

// How loud it is behind a link.
STAGE_RT static void
see_peaks(struct stage_rack_plan *plan, struct stage_rack_link *link)
{
	for (uint32_t c = 0; c < plan->width; c++) {
		stage_rack_peaks_see(
			&link->peaks, c, plan->bus[c], plan->frames);
	}
}

// What changes while it runs is in the plan: a jump back does not keep locals.
STAGE_RT bool
stage_rack_chain_run(struct stage_rack_plan *plan, uint32_t frames)
{
	plan->at = 0;
	plan->late = 0;
	plan->frames = frames;
	plan->has_news = false;
	plan->was_rescued = false;
	plan->is_quiet = is_quiet(plan);
	for (size_t i = 0; i < plan->side_count; i++) {
		stage_rack_side_begin(plan->sides[i]);
	}
	if (plan->rescue != NULL && setjmp(plan->rescue->out) != 0) {
		leave_behind(plan, plan->links[plan->at++]);
	}
	for (; plan->at < plan->count; plan->at++) {
		plan->has_news |= run_link(plan, plan->links[plan->at], frames);
		plan->late += lateness_of(plan->links[plan->at]);
		if (plan->is_metered) {
			see_peaks(plan, plan->links[plan->at]);
		}
	}
	for (size_t i = 0; i < plan->side_count; i++) {
		stage_rack_side_end(plan->sides[i], frames, plan->fade_step);
	}
	return plan->has_news;
}

STAGE_RT bool
stage_rack_chain_has_faded(const struct stage_rack_plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct stage_rack_link *link = plan->links[i];
		bool is_heard =
			link->mix > 0 || stage_rack_dry_is_late(&link->dry);
		if (is_heard && atomic_load(&link->is_leaving) &&
			!atomic_load(&link->is_hung)) {
			return false;
		}
	}
	for (size_t i = 0; i < plan->side_count; i++) {
		const struct stage_rack_side *side = plan->sides[i];
		if (side->level > 0 && atomic_load(&side->is_leaving)) {
			return false;
		}
	}
	return true;
}
