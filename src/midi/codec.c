/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/codec.h"

#include "midi/bytes.h"

#define OFF_VELOCITY 64
#define CONTROLLER 0xb0

static void
add(struct stage_midi_decoded *out, unsigned status, unsigned first,
	unsigned second)
{
	uint8_t *bytes = out->messages[out->count];

	bytes[0] = (uint8_t)status;
	bytes[1] = (uint8_t)(first & 0x7f);
	bytes[2] = (uint8_t)(second & 0x7f);
	out->lens[out->count] = stage_midi_message_bytes(bytes[0]);
	out->count++;
}

static void
add_note(const snd_seq_event_t *event, bool passes_note0,
	struct stage_midi_decoded *out)
{
	const snd_seq_ev_note_t *note = &event->data.note;
	unsigned channel = note->channel & 0x0f;

	if (event->type == SND_SEQ_EVENT_KEYPRESS) {
		add(out, 0xa0 | channel, note->note, note->velocity);
	} else if (event->type == SND_SEQ_EVENT_NOTEOFF) {
		add(out, 0x80 | channel, note->note, note->velocity);
	} else if (note->velocity == 0 && !passes_note0) {
		add(out, 0x80 | channel, note->note, OFF_VELOCITY);
	} else {
		add(out, 0x90 | channel, note->note, note->velocity);
	}
}

// A parameter's number in two controllers, then its value in two.
static void
add_parameter(unsigned channel, unsigned high, unsigned low,
	const snd_seq_ev_ctrl_t *control, struct stage_midi_decoded *out)
{
	add(out, CONTROLLER | channel, high, control->param >> 7);
	add(out, CONTROLLER | channel, low, control->param);
	add(out, CONTROLLER | channel, 6, (unsigned)control->value >> 7);
	add(out, CONTROLLER | channel, 38, (unsigned)control->value);
}

static void
add_wide_controller(unsigned channel, const snd_seq_ev_ctrl_t *control,
	struct stage_midi_decoded *out)
{
	if (control->param < 32) {
		add(out, CONTROLLER | channel, control->param,
			(unsigned)control->value >> 7);
		add(out, CONTROLLER | channel, control->param + 32,
			(unsigned)control->value);
	} else {
		add(out, CONTROLLER | channel, control->param,
			(unsigned)control->value);
	}
}

static void
add_control(const snd_seq_event_t *event, struct stage_midi_decoded *out)
{
	const snd_seq_ev_ctrl_t *control = &event->data.control;
	unsigned channel = control->channel & 0x0f;
	unsigned value = (unsigned)control->value;

	switch (event->type) {
	case SND_SEQ_EVENT_CONTROLLER:
		add(out, CONTROLLER | channel, control->param, value);
		break;
	case SND_SEQ_EVENT_PGMCHANGE:
		add(out, 0xc0 | channel, value, 0);
		break;
	case SND_SEQ_EVENT_CHANPRESS:
		add(out, 0xd0 | channel, value, 0);
		break;
	case SND_SEQ_EVENT_PITCHBEND:
		value = (unsigned)(control->value + 8192);
		add(out, 0xe0 | channel, value, value >> 7);
		break;
	case SND_SEQ_EVENT_CONTROL14:
		add_wide_controller(channel, control, out);
		break;
	case SND_SEQ_EVENT_NONREGPARAM:
		add_parameter(channel, 99, 98, control, out);
		break;
	case SND_SEQ_EVENT_REGPARAM:
		add_parameter(channel, 101, 100, control, out);
		break;
	case SND_SEQ_EVENT_SONGPOS:
		add(out, 0xf2, value, value >> 7);
		break;
	case SND_SEQ_EVENT_SONGSEL:
		add(out, 0xf3, value, 0);
		break;
	case SND_SEQ_EVENT_QFRAME:
		add(out, 0xf1, value, 0);
		break;
	default:
		break;
	}
}

// Those without data, by the sequencer's type.
static const struct {
	snd_seq_event_type_t type;
	uint8_t status;
} plain[] = {
	{SND_SEQ_EVENT_TUNE_REQUEST, 0xf6},
	{SND_SEQ_EVENT_CLOCK, 0xf8},
	{SND_SEQ_EVENT_START, 0xfa},
	{SND_SEQ_EVENT_CONTINUE, 0xfb},
	{SND_SEQ_EVENT_STOP, 0xfc},
	{SND_SEQ_EVENT_SENSING, 0xfe},
	{SND_SEQ_EVENT_RESET, 0xff},
};

void
stage_midi_decode(const snd_seq_event_t *event, bool passes_note0,
	struct stage_midi_decoded *out)
{
	out->count = 0;
	if (event->type == SND_SEQ_EVENT_NOTEON ||
		event->type == SND_SEQ_EVENT_NOTEOFF ||
		event->type == SND_SEQ_EVENT_KEYPRESS) {
		add_note(event, passes_note0, out);
		return;
	}
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (plain[i].type == event->type) {
			add(out, plain[i].status, 0, 0);
			return;
		}
	}
	add_control(event, out);
}

static void
encode_channel(const uint8_t *bytes, snd_seq_event_t *event)
{
	unsigned char channel = bytes[0] & 0x0f;

	switch (bytes[0] & 0xf0) {
	case 0x80:
		snd_seq_ev_set_noteoff(event, channel, bytes[1], bytes[2]);
		break;
	case 0x90:
		snd_seq_ev_set_noteon(event, channel, bytes[1], bytes[2]);
		break;
	case 0xa0:
		snd_seq_ev_set_keypress(event, channel, bytes[1], bytes[2]);
		break;
	case 0xb0:
		snd_seq_ev_set_controller(event, channel, bytes[1], bytes[2]);
		break;
	case 0xc0:
		snd_seq_ev_set_pgmchange(event, channel, bytes[1]);
		break;
	case 0xd0:
		snd_seq_ev_set_chanpress(event, channel, bytes[1]);
		break;
	default:
		snd_seq_ev_set_pitchbend(
			event, channel, (bytes[1] | bytes[2] << 7) - 8192);
		break;
	}
}

static bool
encode_system(const uint8_t *bytes, snd_seq_event_t *event)
{
	snd_seq_ev_set_fixed(event);
	event->data.control = (snd_seq_ev_ctrl_t){.value = bytes[1]};
	if (bytes[0] == 0xf1) {
		event->type = SND_SEQ_EVENT_QFRAME;
		return true;
	}
	if (bytes[0] == 0xf2) {
		event->type = SND_SEQ_EVENT_SONGPOS;
		event->data.control.value = bytes[1] | bytes[2] << 7;
		return true;
	}
	if (bytes[0] == 0xf3) {
		event->type = SND_SEQ_EVENT_SONGSEL;
		return true;
	}
	event->data.control.value = 0;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (plain[i].status == bytes[0]) {
			event->type = plain[i].type;
			return true;
		}
	}
	return false;
}

bool
stage_midi_encode(const uint8_t *bytes, size_t len, snd_seq_event_t *event)
{
	uint8_t whole[3] = {0, 0, 0};

	if (len == 0 || len > 3 || stage_midi_message_bytes(bytes[0]) != len) {
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		whole[i] = bytes[i];
		if (i > 0 && bytes[i] > 127) {
			return false;
		}
	}
	if (whole[0] >= 0xf0) {
		return encode_system(whole, event);
	}
	encode_channel(whole, event);
	return true;
}
