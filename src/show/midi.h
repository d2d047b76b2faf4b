/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** MIDI messages as a show understands them: where one ends, what a pedal's
 * says, and MIDI Show Control (MMA RP-002).
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_MIDI_H
#define STAGE_SHOW_MIDI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_SHOW_CHANNELS 16
#define STAGE_SHOW_MSC_ALL 0x7f // the device that everybody is

/** The length of the first message in bytes[len]: with its status byte, and of
 * system exclusive up to F7. 0: it is none, or not whole. */
size_t stage_show_midi_length(const uint8_t *bytes, size_t len);

enum stage_show_midi_kind {
	STAGE_SHOW_MIDI_OTHER,   // nothing that anything is made of
	STAGE_SHOW_MIDI_NOTE,    // it begins
	STAGE_SHOW_MIDI_CC,      // a controller is pressed: see below
	STAGE_SHOW_MIDI_PROGRAM, // number: with the bank
	STAGE_SHOW_MIDI_MSC,
	STAGE_SHOW_MIDI_RELEASE, // of a note or a controller
	STAGE_SHOW_MIDI_MOVE,    // of a controller that is pressed, or is not
	STAGE_SHOW_MIDI_BANK,    // for the program that comes
	STAGE_SHOW_MIDI_KIND_COUNT,
};

/** Commands of MSC that mean something to a show (RP-002, 4.2 and 4.3). */
enum stage_show_msc {
	STAGE_SHOW_MSC_OTHER,
	STAGE_SHOW_MSC_GO,
	STAGE_SHOW_MSC_STOP,
	STAGE_SHOW_MSC_RESUME,
	STAGE_SHOW_MSC_LOAD,
	STAGE_SHOW_MSC_ALL_OFF,
	STAGE_SHOW_MSC_RESTORE,
	STAGE_SHOW_MSC_RESET,
	STAGE_SHOW_MSC_STANDBY_NEXT,
	STAGE_SHOW_MSC_STANDBY_PREVIOUS,
	STAGE_SHOW_MSC_NEXT,
	STAGE_SHOW_MSC_PREVIOUS,
	STAGE_SHOW_MSC_COUNT,
};

struct stage_show_midi_said {
	enum stage_show_midi_kind kind;
	uint8_t channel; // from 0
	uint32_t number; // key, controller, program; of MSC the cue, 0: none
	uint8_t value;
	enum stage_show_msc command;
	uint8_t device; // of MSC, as the next
	uint8_t format;
	bool has_part; // of MSC: the cue is no whole number, or too large
};

/** What is remembered between two messages. Zeroed memory is a fresh one. */
struct stage_show_midi_ear {
	struct {
		uint8_t high, low; // CC 0 and CC 32
		bool has_low;
	} banks[STAGE_SHOW_CHANNELS];
	uint8_t controllers[STAGE_SHOW_CHANNELS][128]; // 1 and more: the last
						       // value, plus 1
};

/** Understands one whole message.
 *
 * A controller is pressed when it comes to 64 or above from below, and released
 * when it comes back; one that says the same value again is pressed again, for
 * there are pedals that never say that they are up.
 *
 * A program with a bank is bank * 128 + program, the bank being that of CC 0
 * alone, or, where CC 32 has come, CC 0 * 128 + CC 32. */
void stage_show_midi_understand(struct stage_show_midi_ear *self,
	const uint8_t *bytes, size_t len, struct stage_show_midi_said *out);

/** Writes a message down for people: "note 1 60 100", "cc 1 64 127",
 * "program 1 12", "msc 3 go 12" with what it is, else its bytes. size of 64 is
 * enough for all but long exclusive ones, which are cut. */
void stage_show_midi_write(const struct stage_show_midi_said *said,
	const uint8_t *bytes, size_t len, char *out, size_t size);

/** The word for a command of MSC. Never NULL. */
const char *stage_show_msc_word(enum stage_show_msc command);

#endif
