/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a MIDI device is known by, and which known device a present one is.
 *
 * Never by number and never by order: a USB device by its serial number, as
 * long as no other shows the same one; else by the socket it is in; else, when
 * only one of its kind is missing and only one has come, by its kind. Two
 * devices whose serial numbers differ are never the same one. Other cards are
 * known by their place and name, programs by their name.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_MIDI_IDENTITY_H
#define STAGE_MIDI_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/str.h"
#include "seq/device.h"

#define STAGE_MIDI_NAME_MAX 64 // bytes with the zero, as the kernel has it
#define STAGE_MIDI_SERIAL_MAX 128
#define STAGE_MIDI_PLACE_MAX 128
#define STAGE_MIDI_DEVICES_MAX 256

enum stage_midi_kind {
	STAGE_MIDI_USB,      // a USB device
	STAGE_MIDI_CARD,     // any other card
	STAGE_MIDI_SOFTWARE, // a client of the sequencer that is no card
	STAGE_MIDI_VIRTUAL,  // a port of our own that a user asked for
	STAGE_MIDI_KIND_COUNT,
};

struct stage_midi_identity {
	enum stage_midi_kind kind;
	uint16_t vid, pid;                  // USB
	char serial[STAGE_MIDI_SERIAL_MAX]; // USB; "": none
	char place[STAGE_MIDI_PLACE_MAX];   // USB and CARD
	char name[STAGE_MIDI_NAME_MAX];     // of the sequencer's client
};

/** Makes the identity of a client of that name on a card; device NULL: on none.
 */
void stage_midi_identity_init(struct stage_midi_identity *self,
	const char *name, const struct stage_seq_device *device);

/** A kind in one lower-case word, and back; STAGE_MIDI_KIND_COUNT for no kind.
 */
const char *stage_midi_kind_word(enum stage_midi_kind kind);
enum stage_midi_kind stage_midi_kind_from_word(const char *word);

/** Appends what it is known by, without blanks where its texts have none:
 * "usb-1d6b:0104-SN0001", "card-snd_virmidi.0", "software-Hydrogen". */
STAGE_NODISCARD enum stage_status stage_midi_identity_add(
	const struct stage_midi_identity *self, struct stage_str *out);

/** A present device, and the known one that it is already, if it is one. */
struct stage_midi_present {
	const struct stage_midi_identity *identity;
	size_t known; // in: index of what it is bound to, out: of what it is;
		      // STAGE_MIDI_NOT_KNOWN
};

#define STAGE_MIDI_NOT_KNOWN ((size_t)-1)

/** Says for each of present[present_count] which of known[known_count] it is.
 *
 * What is bound stays so. Each known device is given once. The result does not
 * depend on the order of `present`, but for several with equal identities.
 * At most STAGE_MIDI_DEVICES_MAX of each are looked at.
 */
void stage_midi_identify(const struct stage_midi_identity *const *known,
	size_t known_count, struct stage_midi_present *present,
	size_t present_count);

#endif
