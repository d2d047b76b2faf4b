/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** midi.conf of a rig: what the bridge leaves out, and how it treats the rest.
 *
 *     ignore   f_midi                       # no JACK ports for it
 *     bridge   "Midi Through"               # all the same
 *     label    "Keystation 61 #2" "Left hand"
 *     filter   "Keystation*" clock sensing  # does not reach JACK
 *     filter   Pads* ch1 ch3-16             # all of these channels
 *     pass     Akai* sensing                # does
 *     latency  "Keystation*" asap           # or period
 *     note0    Akai* pass                   # or off
 *     pace     "MT4*" din                   # usb, none, or bytes per second
 *     pin      "Pads*"                      # in use also when unconnected
 *     pipewire yes                          # also where PipeWire bridges
 *
 * A pattern is that of JACK names (jack/names.h), `*` and `?`, over the name of
 * the device ("Keystation 61 #2") or of device and port ("Keystation 61 #2:
 * Keystation 61 MIDI 1"). A name without a number is that of all twins, but for
 * a label, which is for one. Of several lines the last one that fits decides;
 * filter and pass take effect one after the other. Ports called "Midi Through"
 * are ignored unless a line bridges them, active sensing is filtered unless it
 * is passed: it ends with the cable.
 *
 * Pure, but for the loading. Thread: any but the real-time one.
 */

#ifndef STAGE_MIDI_RULES_H
#define STAGE_MIDI_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "midi/endpoints.h"

#define STAGE_MIDI_RULES_MAX 256
#define STAGE_MIDI_PATTERN_MAX 256 // bytes with the zero

/** What a filter can keep away from JACK; channel 1 is bit 16. */
enum stage_midi_class {
	STAGE_MIDI_CLASS_CLOCK = 1 << 0, // clock, start, stop, position
	STAGE_MIDI_CLASS_SENSING = 1 << 1,
	STAGE_MIDI_CLASS_SYSEX = 1 << 2,
	STAGE_MIDI_CLASS_PROGRAM = 1 << 3, // program and bank change
	STAGE_MIDI_CLASS_PRESSURE = 1 << 4,
	STAGE_MIDI_CLASS_ALL = (1 << 5) - 1, // but for the channels
	STAGE_MIDI_CLASS_CHANNEL = 1 << 16,  // the first one
};

#define STAGE_MIDI_PACE_DIN 3125
#define STAGE_MIDI_PACE_USB 1000000

/** How one endpoint is treated. */
struct stage_midi_treatment {
	bool is_ignored;
	bool is_asap;      // at once, instead of exactly one period later
	bool passes_note0; // note-ons of velocity 0 stay what they are
	bool is_pinned;
	unsigned filter;   // enum stage_midi_class
	int64_t pace;      // bytes per second; 0: none
	const char *label; // borrowed from the rules; NULL: no line
};

struct stage_midi_rules;

/** Rules without a line. NULL when out of memory. */
struct stage_midi_rules *stage_midi_rules_create(void);
void stage_midi_rules_destroy(struct stage_midi_rules *self);

/** Reads text[len] into rules of its own. Ownership: *out is the caller's.
 * Errors: STAGE_BAD_INPUT, "NAME:LINE:COLUMN: sentence"; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_rules_parse(const char *text,
	size_t len, const char *name, struct stage_midi_rules **out,
	struct stage_err *err);

/** The same of a file; one that is not there is rules without a line. */
STAGE_NODISCARD enum stage_status stage_midi_rules_load(
	const char *path, struct stage_midi_rules **out, struct stage_err *err);

/** Says how an endpoint is treated. */
struct stage_midi_treatment stage_midi_rules_treat(
	const struct stage_midi_rules *self,
	const struct stage_midi_endpoint *endpoint);

/** True when PipeWire's own bridge is no reason to stand back. */
bool stage_midi_rules_pipewire(const struct stage_midi_rules *self);

/** The classes that a message belongs to, its channel among them; 0 for none.
 */
unsigned stage_midi_class_of(const uint8_t *bytes, size_t len);

#endif
