/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rt/rtlog_private.h"

#define TEXT_MAX 512 // bytes of a line
#define RECORD_BYTES                                                           \
	(STAGE_RING_HEADER_BYTES + sizeof(struct stage_rtlog_record))

struct stage_rtlog *
stage_rtlog_create(
	const struct stage_rtlog_line *lines, size_t count, size_t records)
{
	struct stage_rtlog *self;

	if (records > STAGE_RING_BYTES_MAX / RECORD_BYTES) {
		return NULL;
	}
	self = calloc(1, sizeof(*self));
	if (self == NULL) {
		return NULL;
	}
	self->ring = stage_ring_create(records * RECORD_BYTES);
	if (self->ring == NULL) {
		free(self);
		return NULL;
	}
	self->lines = lines;
	self->count = count;
	atomic_init(&self->dropped, 0);
	return self;
}

void
stage_rtlog_destroy(struct stage_rtlog *self)
{
	if (self != NULL) {
		stage_ring_destroy(self->ring);
		free(self);
	}
}

enum stage_status
stage_rtlog_lock_memory(struct stage_rtlog *self, struct stage_err *err)
{
	return stage_ring_lock_memory(self->ring, err);
}

// Appends to text[TEXT_MAX] what fits; returns the new length.
static size_t
append(char *text, size_t len, const char *part, size_t part_len)
{
	size_t room = TEXT_MAX - 1 - len;
	size_t fitting = part_len < room ? part_len : room;

	memcpy(text + len, part, fitting);
	text[len + fitting] = '\0';
	return len + fitting;
}

static size_t
append_number(char *text, size_t len, int64_t number)
{
	char digits[24];
	int count = snprintf(digits, sizeof(digits), "%" PRId64, number);

	return append(text, len, digits, (size_t)count);
}

static void
expand(char *text, const char *from, const struct stage_rtlog_record *record)
{
	size_t len = 0;

	text[0] = '\0';
	while (*from != '\0') {
		if (strncmp(from, "{a}", 3) == 0) {
			len = append_number(text, len, record->a);
			from += 3;
		} else if (strncmp(from, "{b}", 3) == 0) {
			len = append_number(text, len, record->b);
			from += 3;
		} else {
			len = append(text, len, from, 1);
			from++;
		}
	}
}

static void
write_record(const struct stage_rtlog *self, uint32_t id,
	const struct stage_rtlog_record *record)
{
	static void (*const log[])(const char *format, ...) = {
		[STAGE_LOG_ERROR] = stage_log_err,
		[STAGE_LOG_WARNING] = stage_log_warn,
		[STAGE_LOG_INFO] = stage_log_info,
		[STAGE_LOG_DEBUG] = stage_log_debug,
	};
	char text[TEXT_MAX];

	static_assert(STAGE_COUNT_OF(log) == STAGE_LOG_LEVEL_COUNT,
		"every level has a function");
	if (id >= self->count || self->lines[id].text == NULL) {
		stage_log_err("unknown real-time message %" PRIu32 " (%" PRId64
			      ", %" PRId64 ")",
			id, record->a, record->b);
		return;
	}
	expand(text, self->lines[id].text, record);
	log[self->lines[id].level]("%s", text);
}

// At most what one ring holds: a busy writer cannot keep us here.
size_t
stage_rtlog_drain(struct stage_rtlog *self)
{
	size_t limit = stage_ring_capacity(self->ring) / RECORD_BYTES;
	struct stage_ring_header header;
	struct stage_rtlog_record record;
	uint32_t dropped;
	size_t count = 0;

	while (count < limit && stage_ring_read(self->ring, &header, &record,
					sizeof(record)) == STAGE_OK) {
		write_record(self, header.type, &record);
		count++;
	}
	dropped = atomic_exchange_explicit(
		&self->dropped, 0, memory_order_relaxed);
	if (dropped > 0) {
		stage_log_warn(
			"%" PRIu32 " real-time messages were lost", dropped);
	}
	return count;
}
