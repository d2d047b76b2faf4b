/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What MIDI asks of the show: the rig's file show.midi.
 *
 *     map  cc    any 64   next        # channel, number, what
 *     map  note  10 36    play 3      # a number where it takes one
 *     map  program  1 127 panic
 *     program  any                    # or a channel, or off
 *     msc  any                        # or a device id, or off
 *     msc  4 lighting sound           # and formats; else sound and all
 *
 * Channels are from 1, numbers from 0 as in MIDI. A program change that is not
 * mapped plays the song of that number, where `program` lets it. The file, and
 * each of its lines, may be left out; of two lines about one pedal the later
 * one counts.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_PEDALS_H
#define STAGE_SHOW_PEDALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "show/midi.h"
#include "show/remote.h"

#define STAGE_SHOW_PEDALS_FILE "show.midi"
#define STAGE_SHOW_PEDALS_MAX 256 // map lines

/** A note, a controller or a program, and what it asks. */
struct stage_show_pedal {
	enum stage_show_midi_kind kind; // NOTE, CC or PROGRAM
	uint8_t channel;                // 0: any; else from 1
	uint32_t number;
	enum stage_show_act act;
	long act_number; // 0: none
};

#define STAGE_SHOW_CHANNEL_ANY 0
#define STAGE_SHOW_CHANNEL_OFF 255
#define STAGE_SHOW_DEVICE_OFF 255

struct stage_show_pedals {
	uint8_t program_channel; // whose programs are songs
	uint8_t msc_device;      // STAGE_SHOW_MSC_ALL: any
	bool formats[128];       // of MSC, that are ours
	struct stage_show_pedal items[STAGE_SHOW_PEDALS_MAX];
	size_t count;
	struct stage_strv complaints; // "FILE:LINE:COLUMN: sentence"; owned
};

/** What is so without a file: programs of any channel, MSC for any device. */
void stage_show_pedals_init(struct stage_show_pedals *self);

/** Reads text[len] into one that need not be initialised; what is wrong is
 * complained of and left out. Ownership: the caller calls
 * stage_show_pedals_finish. Errors: STAGE_NO_MEMORY, as init then. */
STAGE_NODISCARD enum stage_status stage_show_pedals_parse(
	struct stage_show_pedals *out, const char *text, size_t len,
	const char *name);
void stage_show_pedals_finish(struct stage_show_pedals *self);

/** What is to be done about a message. */
struct stage_show_pedal_wish {
	bool has_act;
	bool is_song; // program calls one; not an act
	enum stage_show_act act;
	long number;      // of the act; 0: none
	uint32_t program; // with is_song
	const char *why;  // with neither: why not. Static
};

void stage_show_pedals_find(const struct stage_show_pedals *self,
	const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out);

/** Whether an act can be learned from such a message. */
bool stage_show_pedals_can_learn(const struct stage_show_midi_said *said);

/** Appends text[len], which is such a file, with a line behind it that maps the
 * message to an act; lines about the same pedal are left out, every other byte
 * stays. Errors: STAGE_NO_MEMORY, out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_show_pedals_learn(const char *text,
	size_t len, const struct stage_show_midi_said *said,
	enum stage_show_act act, long number, struct stage_str *out);

/** Likewise without the lines that map something to an act; *count: how many
 * these were. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_pedals_forget(const char *text,
	size_t len, enum stage_show_act act, long number, size_t *count,
	struct stage_str *out);

#endif
