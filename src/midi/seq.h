/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the bridge needs of the ALSA sequencer, so that a test can put a fake
 * there.
 *
 * The real one has two clients: one hears what is announced and lists, one has
 * the events, so that however many of these come no news of a device is lost.
 * Thread: as each function says; functions of different threads may run at
 * once.
 */

#ifndef STAGE_MIDI_SEQ_H
#define STAGE_MIDI_SEQ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "midi/endpoints.h"

struct stage_midi_seq;

/** What was announced. */
enum stage_midi_news {
	STAGE_MIDI_NEWS_NONE, // nothing is left
	STAGE_MIDI_NEWS_GONE, // a port, or with port -1 a client; `address`
	STAGE_MIDI_NEWS_LOOK, // something else has changed, or news were lost
};

enum stage_midi_input_kind {
	STAGE_MIDI_INPUT_WOKEN,    // `wake` was called; nothing came
	STAGE_MIDI_INPUT_MESSAGES, // whole ones
	STAGE_MIDI_INPUT_SYSEX,    // a chunk
	STAGE_MIDI_INPUT_LOST,     // the input overflowed; it is empty now
	STAGE_MIDI_INPUT_BROKEN,   // the sequencer is gone
};

#define STAGE_MIDI_INPUT_MESSAGES_MAX 4

/** What came in. */
struct stage_midi_input {
	enum stage_midi_input_kind kind;
	struct stage_midi_address from;
	struct stage_midi_address to; // our own port
	bool is_virtual;              // which a user asked for
	int64_t at_ns;                // CLOCK_MONOTONIC, by the kernel's stamp
	uint8_t messages[STAGE_MIDI_INPUT_MESSAGES_MAX][3];
	size_t lens[STAGE_MIDI_INPUT_MESSAGES_MAX];
	size_t count;
	const uint8_t *sysex; // [sysex_len], until the next read
	size_t sysex_len;
};

struct stage_midi_seq_class {
	/** [main] Opens it. Errors, with a sentence: STAGE_NOT_FOUND when the
	 * kernel has no sequencer, STAGE_DENIED, STAGE_BUSY, STAGE_UNSUPPORTED
	 * when this build has no ALSA. */
	enum stage_status (*open)(
		struct stage_midi_seq **out, struct stage_err *err);

	/** [main] When no other thread uses it. NULL is fine. */
	void (*close)(struct stage_midi_seq *self);

	/** [main] A descriptor that is readable when there are news. */
	int (*news_fd)(const struct stage_midi_seq *self);
	enum stage_midi_news (*news)(struct stage_midi_seq *self,
		struct stage_midi_address *address);

	/** [main] Lists all ports to bridge, by address, into out[max]. Returns
	 * how many, max at most. */
	size_t (*list)(struct stage_midi_seq *self,
		struct stage_midi_found *out, size_t max);

	/** [main] Opens and closes the way to a port. STAGE_BUSY: somebody else
	 * has the device. */
	enum stage_status (*subscribe)(struct stage_midi_seq *self,
		struct stage_midi_address address,
		enum stage_midi_direction direction, struct stage_err *err);
	void (*unsubscribe)(struct stage_midi_seq *self,
		struct stage_midi_address address,
		enum stage_midi_direction direction);

	/** [main] Makes a port of our own for an endpoint that a user asked
	 * for. Gives its address. Errors: with a sentence. */
	enum stage_status (*make_port)(struct stage_midi_seq *self,
		const char *name, struct stage_midi_address *out,
		struct stage_err *err);

	/** [main] Compares the sequencer's clock with ours; once a second. */
	void (*keep_time)(struct stage_midi_seq *self);

	/** [main] How many bytes the kernel buffers for a device. */
	size_t (*output_bytes)(const struct stage_midi_seq *self);

	/** [reader] Waits for something that comes in. */
	void (*read)(struct stage_midi_seq *self, struct stage_midi_input *out);

	/** Any: ends a wait of [reader], now or the next one. */
	void (*wake)(struct stage_midi_seq *self);

	/** [sender] Sends a message, or a chunk of SysEx, at once; [main], too,
	 * one of at most three bytes. From a port of our own it goes to whoever
	 * is subscribed. */
	enum stage_status (*send)(struct stage_midi_seq *self,
		struct stage_midi_address to, const uint8_t *bytes, size_t len);
};

/** The real one, or, in a build without ALSA, one that says so. */
const struct stage_midi_seq_class *stage_midi_seq_alsa(void);

#endif
