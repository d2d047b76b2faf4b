/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the bridge calls of libjack, in its place: ports, their buffers and
 * their metadata. A call that asks the server waits as long as FAKE_OWN of the
 * fake backend (tests/unit/jack/fake_backend.h) is blocked.
 *
 * Thread: any; one for the process.
 */

#ifndef STAGE_TESTS_FAKE_LIBJACK_H
#define STAGE_TESTS_FAKE_LIBJACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Forgets everything, of a client as well. */
void fake_libjack_reset(void);

/** Whether a port of that name, without the client, is registered. */
bool fake_libjack_has(const char *name);
size_t fake_libjack_count(void);

/** How many ports are taken at most; SIZE_MAX after reset. */
void fake_libjack_set_room(size_t ports);

/** What JACK knows of a port; "" for nothing. Ownership: borrowed until the
 * next call by this thread. */
const char *fake_libjack_alias(const char *name, int index);
const char *fake_libjack_property(const char *name, const char *key);

unsigned long fake_libjack_flags(const char *name);
unsigned fake_libjack_recomputes(void); // of latencies
unsigned fake_libjack_changes(void);    // of aliases and properties
uint32_t fake_libjack_latency(const char *name, bool is_least);

/** Asks the latency callback, as JACK does. */
void fake_libjack_ask_latency(bool is_capture);

/** One cycle of that many frames: the process callback of who set it. */
void fake_libjack_cycle(uint32_t frames);
void fake_libjack_xrun(void);

/** Called with each buffer that is asked for in a cycle; NULL: nothing. */
void fake_libjack_on_buffer(void (*act)(void *user), void *user);

/** The port's buffer: events that a cycle wrote, or is to read. */
struct fake_event {
	uint32_t time;
	size_t size;
	uint8_t bytes[8]; // the first ones
};
void fake_libjack_put(
	const char *name, uint32_t time, const uint8_t *bytes, size_t size);
void fake_libjack_empty(const char *name);
size_t fake_libjack_events(
	const char *name, struct fake_event *out, size_t max);

/** How many bytes fit into a buffer. */
void fake_libjack_set_buffer_bytes(size_t bytes);

#endif
