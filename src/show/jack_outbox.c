/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

// What goes out by midi_out, and what waits for a server.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "show/jack_private.h"
#include "show/midi.h"

#define WAITING_MAX 256 // messages

struct stage_show_waiting {
	struct stage_show_waiting *next;
	int64_t until_ns;
	size_t messages;
	size_t len;
	uint8_t bytes[];
};

// Whether bytes are whole messages; how many.
static enum stage_status
count_messages(
	const uint8_t *bytes, size_t len, size_t *count, struct stage_err *err)
{
	size_t at = 0;

	for (*count = 0; at < len; (*count)++) {
		size_t size = stage_show_midi_length(bytes + at, len - at);

		if (size == 0) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"byte %zu begins no whole MIDI message", at);
		}
		if (size > STAGE_SHOW_MIDI_MAX) {
			return stage_err_set(err, STAGE_TOO_LONG,
				"a MIDI message of %zu bytes; %d are the most",
				size, STAGE_SHOW_MIDI_MAX);
		}
		at += size;
	}
	return STAGE_OK;
}

// There is room for all: the other side only makes more of it.
static void
put(struct stage_show_jack *self, const uint8_t *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t size = stage_show_midi_length(bytes + at, len - at);

		(void)!stage_ring_write(
			self->wire.out, 0, bytes + at, (uint32_t)size);
		at += size;
	}
}

static bool
has_room(const struct stage_show_jack *self, size_t count, size_t len)
{
	return stage_ring_room(self->wire.out) >=
	       len + count * STAGE_RING_HEADER_BYTES;
}

static enum stage_status
keep(struct stage_show_jack *self, const uint8_t *bytes, size_t len,
	size_t count, struct stage_err *err)
{
	struct stage_show_waiting **at = &self->outbox.first;
	struct stage_show_waiting *fresh;

	if (self->outbox.count + count > WAITING_MAX) {
		return stage_err_set(err, STAGE_FULL,
			"JACK is away, and %zu MIDI messages wait for it",
			self->outbox.count);
	}
	fresh = calloc(1, sizeof(*fresh) + len);
	if (fresh == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	fresh->until_ns = stage_clock_now_ns() +
			  STAGE_SHOW_MIDI_WAIT_MS * STAGE_NS_PER_MS;
	fresh->messages = count;
	fresh->len = len;
	memcpy(fresh->bytes, bytes, len);
	while (*at != NULL) {
		at = &(*at)->next;
	}
	*at = fresh;
	self->outbox.count += count;
	stage_show_jack_set_timer(self);
	stage_show_jack_changed(self);
	return STAGE_OK;
}

enum stage_status
stage_show_jack_send(struct stage_show_jack *self, const uint8_t *bytes,
	size_t len, struct stage_err *err)
{
	enum stage_status status;
	size_t count = 0;

	if (self == NULL) {
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"stagecraft was built without JACK");
	}
	status = count_messages(bytes, len, &count, err);
	if (status != STAGE_OK || len == 0) {
		return status;
	}
	if (!self->is_open) {
		return keep(self, bytes, len, count, err);
	}
	if (!has_room(self, count, len)) {
		return stage_err_set(err, STAGE_FULL,
			"JACK takes no MIDI messages; too many wait for it");
	}
	put(self, bytes, len);
	return STAGE_OK;
}

static void
drop_first(struct stage_show_outbox *self)
{
	struct stage_show_waiting *first = self->first;

	self->first = first->next;
	self->count -= first->messages;
	free(first);
}

void
stage_show_outbox_flush(struct stage_show_jack *self)
{
	stage_show_outbox_expire(self);
	while (self->outbox.first != NULL) {
		const struct stage_show_waiting *first = self->outbox.first;

		if (has_room(self, first->messages, first->len)) {
			put(self, first->bytes, first->len);
		} else {
			atomic_fetch_add(&self->wire.lost, first->messages);
		}
		drop_first(&self->outbox);
	}
	stage_show_jack_set_timer(self);
}

void
stage_show_outbox_expire(struct stage_show_jack *self)
{
	int64_t now_ns = stage_clock_now_ns();
	size_t count = 0;
	char text[128];

	while (self->outbox.first != NULL &&
		self->outbox.first->until_ns <= now_ns) {
		count += self->outbox.first->messages;
		drop_first(&self->outbox);
	}
	if (count > 0) {
		atomic_fetch_add(&self->wire.lost, count);
		snprintf(text, sizeof(text),
			"%zu MIDI messages were not sent: JACK was away for "
			"too long",
			count);
		self->events->warn(self->user, text);
	}
}

int64_t
stage_show_outbox_wait_ms(const struct stage_show_outbox *self)
{
	int64_t until_ms;

	if (self->first == NULL) {
		return -1;
	}
	until_ms = stage_clock_until_ms(self->first->until_ns);
	return until_ms > 0 ? until_ms : 0;
}

void
stage_show_outbox_finish(struct stage_show_outbox *self)
{
	while (self->first != NULL) {
		drop_first(self);
	}
}
