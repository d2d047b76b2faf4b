/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which device a sound card is, read from /sys, so that it is known again
 * under another card number, in another order, after another boot.
 *
 * The number of a card and of its sequencer client says nothing: it follows the
 * order in which devices were found. What stays is, from the best:
 *
 *  - the serial number of a USB device, where it has one; twins may share one;
 *  - where it is plugged in: the USB controller and the chain of ports from it
 *    ("0000:00:14.0-1.2"), not the number of the bus, which follows the order
 *    in which controllers were found; of other cards the name of the device on
 *    its bus ("0000:00:1b.0", "snd_virmidi.0");
 *  - what it is: the USB ids of maker and product.
 *
 * Thread: any but the real-time one; reads some small files.
 */

#ifndef STAGE_SEQ_DEVICE_H
#define STAGE_SEQ_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_SEQ_SYS_DIR "/sys"
#define STAGE_SEQ_ID_MAX 32      // bytes with the zero; the kernel has 16
#define STAGE_SEQ_SERIAL_MAX 384 // 126 characters of UTF-16 at most
#define STAGE_SEQ_PLACE_MAX 256

struct stage_seq_device {
	int card;                          // the number it has now
	char id[STAGE_SEQ_ID_MAX];         // the card's: "K61"; or ""
	bool is_usb;                       // vid and pid are good
	uint16_t vid, pid;                 // of a USB device
	char serial[STAGE_SEQ_SERIAL_MAX]; // of a USB device; "": has none
	char place[STAGE_SEQ_PLACE_MAX];   // see above; "": it is nowhere
	unsigned midi_count; // raw MIDI devices; each has several ports
};

/** Reads which device card number `card` is, below sys (STAGE_SEQ_SYS_DIR, or
 * a tree of the same form).
 *
 * Texts in `out` are UTF-8 without control characters: other bytes become '?'.
 * Blanks at their ends are left out. A text that is too long is as if it were
 * not there: half a serial number may be another device's. Errors:
 * STAGE_NOT_FOUND when there is no such card (any more), STAGE_TOO_LONG; `out`
 * is then untouched.
 */
STAGE_NODISCARD enum stage_status stage_seq_device_read(const char *sys,
	int card, struct stage_seq_device *out, struct stage_err *err);

#endif
