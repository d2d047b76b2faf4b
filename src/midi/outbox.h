/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What waits to be sent to devices, each message at its time.
 *
 * Three lanes lead to each device: for real-time messages (clock), for short
 * ones and for SysEx. The
 * next message of each lane stands in a binary heap, ordered by deadline and
 * then by the order in which they were given, so nothing can be sent out of
 * order however late it is. A device that takes bytes only so fast (a token
 * bucket) holds up itself alone; SysEx goes to it in slices, and short messages
 * pass a dump between two SysEx messages, clock also within one.
 *
 *     rings ---- load ----> lane heads ---- heap ----> send
 *
 * Thread: the one that sends; the rings' other end is the process callback.
 */

#ifndef STAGE_MIDI_OUTBOX_H
#define STAGE_MIDI_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "midi/bytes.h"
#include "rt/ring.h"
#include "rt/rt.h"

#define STAGE_MIDI_OUT_BYTES_MAX 32768 // of one event
#define STAGE_MIDI_OUT_SHORT_MAX 256   // of one in the lane for short ones

enum stage_midi_lane {
	STAGE_MIDI_LANE_REALTIME,
	STAGE_MIDI_LANE_SHORT,
	STAGE_MIDI_LANE_BULK,
	STAGE_MIDI_LANES,
};

/** What stands before the bytes of each message in a ring. */
struct stage_midi_out_header {
	int64_t deadline_ns;
	uint32_t order; // counts up over all devices, and wraps
	uint32_t reserved;
};

/** How fast a device takes bytes. rate 0: as fast as they come. Zeroed is good.
 */
struct stage_midi_pace {
	int64_t rate;    // bytes per second
	int64_t burst;   // bytes that may go at once after a rest
	int64_t full_ns; // when the bucket was, or will be, full
};

/** When `bytes` may go: a time that has passed, or one to wait for. */
STAGE_RT int64_t stage_midi_pace_when(
	const struct stage_midi_pace *self, size_t bytes, int64_t now_ns);

/** Takes the tokens of bytes that go now. */
STAGE_RT void stage_midi_pace_take(
	struct stage_midi_pace *self, size_t bytes, int64_t now_ns);

struct stage_midi_outbox;

/** Sends one message, or a chunk of SysEx, to a device. */
typedef void stage_midi_send(
	void *user, size_t device, const uint8_t *bytes, size_t len);

/** Makes an outbox for `devices` of them, 1 or more. NULL when out of memory.
 * Ownership: stage_midi_outbox_destroy. Thread: any but the real-time one. */
struct stage_midi_outbox *stage_midi_outbox_create(size_t devices);
void stage_midi_outbox_destroy(struct stage_midi_outbox *self);

/** Gives a device its rings, once. They are borrowed. Thread: any but the
 * real-time one, also while the outbox runs, as long as nobody loads that
 * device. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_midi_outbox_set(
	struct stage_midi_outbox *self, size_t device,
	struct stage_ring *const rings[STAGE_MIDI_LANES]);

/** Says how fast a device takes bytes (struct stage_midi_pace). */
STAGE_RT void stage_midi_outbox_set_pace(struct stage_midi_outbox *self,
	size_t device, int64_t rate, int64_t burst);

/** Looks into the rings of a device for the next messages. */
STAGE_RT void stage_midi_outbox_load(
	struct stage_midi_outbox *self, size_t device, int64_t now_ns);

/** Drops what waits for a device, in the rings, too. Returns true when a SysEx
 * was cut. */
STAGE_RT bool stage_midi_outbox_drop(
	struct stage_midi_outbox *self, size_t device);

#define STAGE_MIDI_NEVER INT64_MAX

/** Sends all that is due, at most `most` messages. Returns when the next one
 * is, STAGE_MIDI_NEVER for none. No deadline is taken to be later than
 * longest_ns from when it was loaded. */
STAGE_RT int64_t stage_midi_outbox_run(struct stage_midi_outbox *self,
	int64_t now_ns, size_t most, stage_midi_send *send, void *user);

/** The longest that a message may wait for its time, two periods: whatever a
 * clock says. At first 100 ms. */
STAGE_RT void stage_midi_outbox_set_longest(
	struct stage_midi_outbox *self, int64_t longest_ns);

/** Bytes that belonged to nothing, of all devices. */
STAGE_RT uint32_t stage_midi_outbox_lost(const struct stage_midi_outbox *self);

#endif
