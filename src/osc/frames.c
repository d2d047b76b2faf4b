/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "osc/frames.h"

#include <stdint.h>
#include <string.h>

#include "osc/bytes.h"

#define KEEP_BYTES 65536 // memory kept while there is nothing to hold
#define SIZE_BYTES 4

#define END 0xc0
#define ESCAPE 0xdb
#define ESCAPED_END 0xdc
#define ESCAPED_ESCAPE 0xdd

enum stage_status
stage_osc_frames_feed(
	struct stage_osc_frames *self, const void *bytes, size_t len)
{
	return stage_str_append(&self->bytes, bytes, len);
}

static const unsigned char *
bytes_of(const struct stage_osc_frames *self)
{
	return (const unsigned char *)self->bytes.data + self->at;
}

static size_t
left_of(const struct stage_osc_frames *self)
{
	return self->bytes.len - self->at;
}

static enum stage_osc_framing
framing_of(unsigned char first)
{
	switch (first) {
	case 0:
		return STAGE_OSC_SIZED;
	case END:
	case '/':
	case '#':
		return STAGE_OSC_SLIP;
	default:
		return STAGE_OSC_UNKNOWN;
	}
}

static void
forget(struct stage_str *bytes)
{
	if (bytes->cap > KEEP_BYTES) {
		stage_str_finish(bytes);
	} else {
		stage_str_clear(bytes);
	}
}

// Nothing more can be taken from what there is: the rest moves to the front.
static enum stage_status
wait_for_more(struct stage_osc_frames *self)
{
	if (left_of(self) == 0) {
		forget(&self->bytes);
	} else {
		stage_str_consume(&self->bytes, self->at);
	}
	self->at = 0;
	return STAGE_NOT_FOUND;
}

// OSC 1.0.

static enum stage_status
next_sized(struct stage_osc_frames *self, const void **packet, size_t *len)
{
	size_t size = 0;

	while (size == 0) {
		if (left_of(self) < SIZE_BYTES) {
			return wait_for_more(self);
		}
		size = stage_osc_get_uint(bytes_of(self));
		if (size > self->max_bytes) {
			return STAGE_TOO_LONG;
		}
		if (left_of(self) - SIZE_BYTES < size) {
			return wait_for_more(self);
		}
		self->at += SIZE_BYTES;
	}
	*packet = bytes_of(self);
	*len = size;
	self->at += size;
	return STAGE_OK;
}

// OSC 1.1.

static enum stage_status
put(struct stage_osc_frames *self, const unsigned char *bytes, size_t len)
{
	return len <= self->max_bytes - self->packet.len
		       ? stage_str_append(&self->packet, bytes, len)
		       : STAGE_TOO_LONG;
}

static enum stage_status
put_escaped(struct stage_osc_frames *self, unsigned char byte)
{
	unsigned char meant = byte == ESCAPED_END ? END : ESCAPE;

	self->is_escaped = false;
	return byte == ESCAPED_END || byte == ESCAPED_ESCAPE
		       ? put(self, &meant, 1)
		       : STAGE_BAD_INPUT;
}

static size_t
count_plain(const unsigned char *bytes, size_t len)
{
	size_t count = 0;

	while (count < len && bytes[count] != END && bytes[count] != ESCAPE) {
		count++;
	}
	return count;
}

// Takes what is of one kind: plain bytes, or one that is not. True in
// *is_whole: it ended a packet.
static enum stage_status
take(struct stage_osc_frames *self, bool *is_whole)
{
	const unsigned char *bytes = bytes_of(self);
	size_t plain;

	if (self->is_escaped) {
		self->at++;
		return put_escaped(self, bytes[0]);
	}
	plain = count_plain(bytes, left_of(self));
	if (plain > 0) {
		self->at += plain;
		return put(self, bytes, plain);
	}
	self->at++;
	self->is_escaped = bytes[0] == ESCAPE;
	*is_whole = bytes[0] == END && self->packet.len > 0;
	return STAGE_OK;
}

static enum stage_status
next_slip(struct stage_osc_frames *self, const void **packet, size_t *len)
{
	bool is_whole = false;
	enum stage_status status = STAGE_OK;

	if (self->is_handed_out) {
		forget(&self->packet);
		self->is_handed_out = false;
	}
	while (status == STAGE_OK && !is_whole && left_of(self) > 0) {
		status = take(self, &is_whole);
	}
	if (status == STAGE_OK && !is_whole) {
		return wait_for_more(self);
	}
	if (status == STAGE_OK) {
		self->is_handed_out = true;
		*packet = self->packet.data;
		*len = self->packet.len;
	}
	return status;
}

enum stage_status
stage_osc_frames_next(
	struct stage_osc_frames *self, const void **packet, size_t *len)
{
	if (self->framing == STAGE_OSC_UNKNOWN && left_of(self) > 0) {
		self->framing = framing_of(*bytes_of(self));
		if (self->framing == STAGE_OSC_UNKNOWN) {
			return STAGE_BAD_INPUT;
		}
	}
	switch (self->framing) {
	case STAGE_OSC_SIZED:
		return next_sized(self, packet, len);
	case STAGE_OSC_SLIP:
		return next_slip(self, packet, len);
	case STAGE_OSC_UNKNOWN:
		return STAGE_NOT_FOUND;
	}
	return STAGE_BUG;
}

void
stage_osc_frames_finish(struct stage_osc_frames *self)
{
	if (self != NULL) {
		stage_str_finish(&self->bytes);
		stage_str_finish(&self->packet);
		*self = (struct stage_osc_frames){.max_bytes = self->max_bytes};
	}
}

// Writing.

static enum stage_status
write_sized(struct stage_str *out, const unsigned char *packet, size_t len)
{
	unsigned char size[SIZE_BYTES];
	enum stage_status status;

	stage_osc_put_uint(size, (uint32_t)len);
	status = stage_str_append(out, size, sizeof(size));
	return status == STAGE_OK ? stage_str_append(out, packet, len) : status;
}

static enum stage_status
write_special(struct stage_str *out, unsigned char byte)
{
	unsigned char pair[] = {
		ESCAPE, byte == END ? ESCAPED_END : ESCAPED_ESCAPE};

	return stage_str_append(out, pair, sizeof(pair));
}

static enum stage_status
write_slip(struct stage_str *out, const unsigned char *packet, size_t len)
{
	static const unsigned char end = END;
	enum stage_status status = stage_str_append(out, &end, 1);
	size_t at = 0;

	while (status == STAGE_OK && at < len) {
		size_t plain = count_plain(packet + at, len - at);
		if (plain > 0) {
			status = stage_str_append(out, packet + at, plain);
			at += plain;
		} else {
			status = write_special(out, packet[at]);
			at++;
		}
	}
	return status == STAGE_OK ? stage_str_append(out, &end, 1) : status;
}

enum stage_status
stage_osc_frames_write(struct stage_str *out, enum stage_osc_framing framing,
	const void *packet, size_t len)
{
	size_t start = out->len;
	enum stage_status status = STAGE_BUG;

	if (framing == STAGE_OSC_SIZED) {
		status = write_sized(out, packet, len);
	} else if (framing == STAGE_OSC_SLIP) {
		status = write_slip(out, packet, len);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, start);
	}
	return status;
}
