/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Between events of the ALSA sequencer and bytes. The only place that knows
 * both, so that MIDI 2.0 would go here.
 *
 * What the sequencer has as one event (RPN, NRPN, controllers of 14 bits)
 * becomes several messages, each whole. SysEx is not for this; it needs no
 * coding.
 *
 * Pure; needs alsa-lib's headers, not the library. Thread: any, the real-time
 * one too.
 */

#ifndef STAGE_MIDI_CODEC_H
#define STAGE_MIDI_CODEC_H

#include <alsa/asoundlib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_MIDI_DECODED_MAX 4 // messages of one event

struct stage_midi_decoded {
	uint8_t messages[STAGE_MIDI_DECODED_MAX][3];
	size_t lens[STAGE_MIDI_DECODED_MAX];
	size_t count; // 0: nothing that has bytes
};

/** Makes messages of an event. passes_note0: a note-on of velocity 0 stays one,
 * else it is a note-off. Values out of range are cut to seven bits. */
void stage_midi_decode(const snd_seq_event_t *event, bool passes_note0,
	struct stage_midi_decoded *out);

/** Makes an event of one whole message, type and data only. False for what is
 * none. */
bool stage_midi_encode(
	const uint8_t *bytes, size_t len, snd_seq_event_t *event);

#endif
