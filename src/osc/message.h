/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One OSC packet becomes messages: bytes come in, messages go out. No sockets.
 *
 * Bundles are taken apart, at once, whatever their time. Any bytes may come:
 * what is no OSC is refused, and costs no more than its length.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_OSC_MESSAGE_H
#define STAGE_OSC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STAGE_OSC_BYTES_MAX 1048576 // of a packet

struct stage_osc_message {
	const char *address; // begins with '/'; may hold any other bytes
	const char *types;   // one letter an argument, without the comma
	size_t count;        // of arguments
	void *raw;           // for the functions below
};

/** Takes one message, which is borrowed for the call with all its texts. */
typedef void stage_osc_handler(
	void *user, const struct stage_osc_message *message);

/** Gives the messages of a packet to the handler, in their order. The bytes
 * need not outlive the first call of it.
 *
 * False: something that is no OSC was met (or there was no memory), and nothing
 * behind it was handled; what stood before it was.
 */
bool stage_osc_read(
	const void *bytes, size_t len, stage_osc_handler *handler, void *user);

// Arguments. A place that the message does not have is never an error.

/** False, and *out untouched, unless there is an i at that place. */
bool stage_osc_int(
	const struct stage_osc_message *message, size_t at, int32_t *out);

/** False, and *out untouched, unless there is a finite number at that place: i,
 * h, f, d, T as 1, F as 0. */
bool stage_osc_number(
	const struct stage_osc_message *message, size_t at, double *out);

/** The text at that place, an s or S; NULL for all else. It may hold any bytes.
 * Ownership: borrowed as the message is. */
const char *stage_osc_text(const struct stage_osc_message *message, size_t at);

#endif
