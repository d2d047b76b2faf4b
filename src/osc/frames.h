/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Cuts a byte stream into OSC packets, and makes a stream of packets. Pure.
 *
 * There are two ways, and a stream has one of them, which its first byte tells:
 *
 *     00            OSC 1.0: a size of four bytes, then that many
 *     c0, '/', '#'  OSC 1.1: SLIP (RFC 1055), an END before and behind each;
 *                   who leaves out the first END is understood, too
 *     all else      no OSC
 *
 * A zeroed struct with `max_bytes` set is empty and valid. Feed what arrived,
 * then ask for packets until there is none; memory stays under twice max_bytes
 * plus one feed.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_OSC_FRAMES_H
#define STAGE_OSC_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/status.h"
#include "base/str.h"

enum stage_osc_framing {
	STAGE_OSC_UNKNOWN, // nothing has come yet
	STAGE_OSC_SIZED,
	STAGE_OSC_SLIP,
};

struct stage_osc_frames {
	enum stage_osc_framing framing;
	size_t max_bytes;        // longest packet
	struct stage_str bytes;  // owned; what arrived and was not looked at
	size_t at;               // where that begins in bytes
	struct stage_str packet; // owned; SLIP: as far as it has come
	bool is_handed_out;      // the packet, and it is done with
	bool is_escaped;         // SLIP: the next byte stands for another
};

/** Appends what arrived. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_osc_frames_feed(
	struct stage_osc_frames *self, const void *bytes, size_t len);

/** Hands out the next whole packet; empty ones are passed over.
 *
 * Ownership: the packet is borrowed until the next call with these frames.
 * Errors: STAGE_NOT_FOUND when there is no whole one yet. The stream is lost
 * after STAGE_TOO_LONG, for one that is over max_bytes (or will be),
 * STAGE_BAD_INPUT, for what is no stream of OSC, and STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_osc_frames_next(
	struct stage_osc_frames *self, const void **packet, size_t *len);

/** Appends a packet as the stream has it. Errors, and nothing is appended:
 * STAGE_NO_MEMORY; STAGE_BUG while the framing is not known. */
STAGE_NODISCARD enum stage_status stage_osc_frames_write(struct stage_str *out,
	enum stage_osc_framing framing, const void *packet, size_t len);

/** Frees the memory and leaves empty, valid frames. self may be NULL. */
void stage_osc_frames_finish(struct stage_osc_frames *self);

#endif
