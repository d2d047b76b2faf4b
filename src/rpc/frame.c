/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/frame.h"

#include <string.h>

#define KEEP_BYTES 65536 // memory kept while there is nothing to hold

enum stage_status
stage_rpc_frame_feed(
	struct stage_rpc_frame *self, const void *bytes, size_t len)
{
	return stage_str_append(&self->bytes, bytes, len);
}

// Gives back what was handed out, and large memory that is not needed now.
static void
compact(struct stage_rpc_frame *self)
{
	stage_str_consume(&self->bytes, self->at);
	self->scanned -= self->at;
	self->at = 0;
	if (self->bytes.len == 0 && self->bytes.cap > KEEP_BYTES) {
		stage_str_finish(&self->bytes);
	}
}

enum stage_status
stage_rpc_frame_next(
	struct stage_rpc_frame *self, const char **line, size_t *len)
{
	const char *newline = NULL;
	size_t end;

	if (self->scanned < self->bytes.len) {
		newline = memchr(self->bytes.data + self->scanned, '\n',
			self->bytes.len - self->scanned);
	}
	end = newline != NULL ? (size_t)(newline - self->bytes.data)
			      : self->bytes.len;
	if (end - self->at > self->max_bytes) {
		return STAGE_TOO_LONG;
	}
	if (newline == NULL) {
		self->scanned = end;
		compact(self);
		return STAGE_NOT_FOUND;
	}
	self->bytes.data[end] = '\0';
	*line = self->bytes.data + self->at;
	*len = end - self->at;
	self->at = end + 1;
	self->scanned = self->at;
	return STAGE_OK;
}

void
stage_rpc_frame_finish(struct stage_rpc_frame *self)
{
	if (self != NULL) {
		stage_str_finish(&self->bytes);
		self->at = 0;
		self->scanned = 0;
	}
}
