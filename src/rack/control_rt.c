/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>

#include "rack/chain.h"
#include "rack/control.h"

#define NEAR 0.02F // of its way: as good as where the value is

enum {
	NOTE_ON = 0x90,
	CONTROL = 0xb0,
	PROGRAM = 0xc0,
	BEND = 0xe0,
	DATA_COARSE = 6,
	DATA_FINE = 38,
	NRPN_FINE = 98,
	NRPN_COARSE = 99,
	RPN_FINE = 100,
	RPN_COARSE = 101,
	FINE = 32, // the fine part of a controller is so far behind
};

// Who listens to one event.
struct hearing {
	struct stage_rack_decoder *decoder;
	struct stage_rack_control *controls;
	size_t count;
	struct stage_rack_hits *hits;
	uint32_t frame;
	uint8_t channel; // from 1
	bool has_told;
};

STAGE_RT static void
tell(struct hearing *hearing, enum stage_rack_map_kind kind, uint16_t number,
	uint32_t index, float part)
{
	struct stage_rack_told told = {.kind = kind,
		.channel = hearing->channel,
		.number = number,
		.index = index,
		.part = part};

	if (hearing->decoder->told != NULL &&
		stage_ring_write(hearing->decoder->told, 0, &told,
			sizeof(told)) == STAGE_OK) {
		hearing->has_told = true;
	}
}

STAGE_RT static void
hit(struct hearing *hearing, struct stage_rack_control *control, float part)
{
	struct stage_rack_hits *hits = hearing->hits;

	if (hits->count == STAGE_RACK_HITS_MAX) {
		atomic_fetch_add(&hearing->decoder->lost, 1);
		return;
	}
	hits->items[hits->count++] = (struct stage_rack_hit){
		.control = control, .frame = hearing->frame, .part = part};
}

STAGE_RT static void
move(struct hearing *hearing, enum stage_rack_map_kind kind, uint16_t number,
	float part)
{
	if (kind != STAGE_RACK_MAP_CC14 &&
		atomic_load(&hearing->decoder->is_learning)) {
		tell(hearing, kind, number, UINT32_MAX, part);
	}
	for (size_t i = 0; i < hearing->count; i++) {
		struct stage_rack_control *control = &hearing->controls[i];
		if (control->kind != kind || control->number != number ||
			(control->channel != 0 &&
				control->channel != hearing->channel)) {
			continue;
		}
		if (control->goal == STAGE_RACK_GOAL_RACK) {
			tell(hearing, kind, number, control->index, part);
		} else {
			hit(hearing, control, part);
		}
	}
}

STAGE_RT static float
part_of_14(unsigned coarse, unsigned fine)
{
	return (float)((coarse << 7U) | fine) / 16383.0F;
}

STAGE_RT static void
move_nrpn(struct hearing *hearing, uint8_t fine)
{
	struct stage_rack_decoder *decoder = hearing->decoder;
	uint8_t at = hearing->channel - 1;

	if (decoder->has_nrpn[at]) {
		move(hearing, STAGE_RACK_MAP_NRPN,
			(uint16_t)((decoder->nrpn_coarse[at] << 7U) |
				   decoder->nrpn_fine[at]),
			part_of_14(decoder->data_coarse[at], fine));
	}
}

// What belongs to NRPN is no controller besides.
STAGE_RT static bool
hear_nrpn(struct hearing *hearing, uint8_t number, uint8_t value)
{
	struct stage_rack_decoder *decoder = hearing->decoder;
	uint8_t at = hearing->channel - 1;

	switch (number) {
	case NRPN_COARSE:
		decoder->nrpn_coarse[at] = value;
		decoder->has_nrpn[at] = true;
		return true;
	case NRPN_FINE:
		decoder->nrpn_fine[at] = value;
		decoder->has_nrpn[at] = true;
		return true;
	case RPN_COARSE:
	case RPN_FINE:
		decoder->has_nrpn[at] = false;
		return true;
	case DATA_COARSE:
		decoder->data_coarse[at] = value;
		move_nrpn(hearing, 0);
		return decoder->has_nrpn[at];
	case DATA_FINE:
		move_nrpn(hearing, value);
		return decoder->has_nrpn[at];
	default:
		return false;
	}
}

STAGE_RT static void
hear_control(struct hearing *hearing, uint8_t number, uint8_t value)
{
	uint8_t at = hearing->channel - 1;

	if (hear_nrpn(hearing, number, value)) {
		return;
	}
	move(hearing, STAGE_RACK_MAP_CC, number, (float)value / 127.0F);
	if (number < FINE) {
		hearing->decoder->coarse[at][number] = value;
		move(hearing, STAGE_RACK_MAP_CC14, number,
			part_of_14(value, 0));
	} else if (number < 2 * FINE) {
		number -= FINE;
		move(hearing, STAGE_RACK_MAP_CC14, number,
			part_of_14(
				hearing->decoder->coarse[at][number], value));
	}
}

STAGE_RT static void
hear(struct hearing *hearing, const uint8_t *bytes, uint32_t size)
{
	uint8_t status = size > 0 ? bytes[0] & 0xf0U : 0;

	if (size < 2 || bytes[1] > 127 || (size > 2 && bytes[2] > 127)) {
		return;
	}
	hearing->channel = (bytes[0] & 0x0fU) + 1;
	if (status == PROGRAM) {
		move(hearing, STAGE_RACK_MAP_PROGRAM, bytes[1], 1);
	} else if (size < 3) {
		return;
	} else if (status == CONTROL) {
		hear_control(hearing, bytes[1], bytes[2]);
	} else if (status == BEND) {
		move(hearing, STAGE_RACK_MAP_BEND, 0,
			part_of_14(bytes[2], bytes[1]));
	} else if (status == NOTE_ON && bytes[2] > 0) {
		move(hearing, STAGE_RACK_MAP_NOTE, bytes[1],
			(float)bytes[2] / 127.0F);
	}
}

STAGE_RT bool
stage_rack_controls_hear(struct stage_rack_decoder *decoder,
	const struct stage_rack_events *midi,
	const struct stage_rack_urids *urids,
	struct stage_rack_control *controls, size_t count,
	struct stage_rack_hits *hits)
{
	struct hearing hearing = {.decoder = decoder,
		.controls = controls,
		.count = count,
		.hits = hits};
	const LV2_Atom_Event *event = NULL;

	hits->count = 0;
	while ((event = stage_rack_events_next(midi, urids, event)) != NULL) {
		hearing.frame = (uint32_t)event->time.frames;
		hear(&hearing, (const void *)(event + 1), event->body.size);
	}
	return hearing.has_told;
}

// A hit becomes a value.

STAGE_RT static float
now_of(const struct stage_rack_control *control)
{
	const struct stage_rack_page *page = control->link->page;

	switch (control->goal) {
	case STAGE_RACK_GOAL_WET:
		return stage_rack_page_wet(page);
	case STAGE_RACK_GOAL_BYPASS:
		return stage_rack_page_is_bypassed(page) ? 1 : 0;
	case STAGE_RACK_GOAL_VALUE:
	case STAGE_RACK_GOAL_RACK:
		break;
	}
	return stage_rack_page_get(page, control->index);
}

STAGE_RT static void
put(const struct stage_rack_control *control, float value)
{
	struct stage_rack_page *page = control->link->page;

	if (control->goal == STAGE_RACK_GOAL_WET) {
		stage_rack_page_set_wet(page, value);
	} else if (control->goal == STAGE_RACK_GOAL_BYPASS) {
		stage_rack_page_set_bypassed(page, value > 0.5F);
	} else {
		stage_rack_page_set(page, control->index, value);
	}
}

// True once the controller has come by where the value is.
STAGE_RT static bool
catches(struct stage_rack_control *control, float part)
{
	float now = stage_rack_map_part(
		control->min, control->max, control->is_log, now_of(control));
	bool has_passed = control->has_last &&
			  (control->last_part - now) * (part - now) <= 0;

	control->has_caught =
		control->has_caught || has_passed || fabsf(part - now) <= NEAR;
	control->last_part = part;
	control->has_last = true;
	return control->has_caught;
}

STAGE_RT static float
switched(const struct stage_rack_control *control, float part)
{
	float middle = 0.5F * (control->min + control->max);
	bool is_high = now_of(control) > middle;
	bool is_max_high = control->max > middle;

	if (stage_rack_map_is_press(control->kind)) {
		return is_high == is_max_high ? control->min : control->max;
	}
	return part >= 0.5F ? control->max : control->min;
}

STAGE_RT bool
stage_rack_control_turn(const struct stage_rack_hit *hit)
{
	struct stage_rack_control *control = hit->control;
	float value;

	if (control->is_switch) {
		value = switched(control, hit->part);
	} else {
		if (control->has_pickup && !catches(control, hit->part)) {
			return false;
		}
		value = stage_rack_map_scale(
			control->min, control->max, control->is_log, hit->part);
		if (control->is_whole) {
			value = (float)lrintf(value);
		}
	}
	if (value == now_of(control)) {
		return false;
	}
	put(control, value);
	return true;
}
