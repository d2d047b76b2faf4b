/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/patch_how.h"

#include <string.h>

#define WORD "alsa"
#define EXCLUSIVE "exclusive"

// The words of the stamps, with what stands before the queue's number.
static const char *const stamp_words[STAGE_PATCH_STAMP_COUNT] = {
	[STAGE_PATCH_UNSTAMPED] = "",
	[STAGE_PATCH_TICK] = "tick=",
	[STAGE_PATCH_REAL] = "real=",
};

static bool
take_text(struct stage_patch_cursor *cursor, const char *text)
{
	size_t len = strlen(text);

	if ((size_t)(cursor->end - cursor->at) < len ||
		memcmp(cursor->at, text, len) != 0) {
		return false;
	}
	cursor->at += len;
	return true;
}

const char stage_patch_no_mix[] =
	"a connection has both ends in JACK, or both in the ALSA sequencer "
	"(alsa:CLIENT:PORT); a bridge such as stagecraft-midi leads from one "
	"to the other";

bool
stage_patch_take_prefix(struct stage_patch_cursor *cursor)
{
	return take_text(cursor, STAGE_PATCH_ALSA_PREFIX);
}

bool
stage_patch_at_alsa(const struct stage_patch_cursor *cursor)
{
	struct stage_patch_cursor ahead = *cursor;

	return stage_patch_at_word(cursor, WORD) || take_text(&ahead, WORD "(");
}

// Digits of a queue, of which the sequencer has 32.
static bool
take_queue(struct stage_patch_cursor *cursor, unsigned *out)
{
	unsigned queue = 0;
	const char *start = cursor->at;

	while (cursor->at != cursor->end && *cursor->at >= '0' &&
		*cursor->at <= '9' && queue < STAGE_PATCH_QUEUES) {
		queue = queue * 10 + (unsigned)(*cursor->at - '0');
		cursor->at++;
	}
	*out = queue;
	return cursor->at != start && queue < STAGE_PATCH_QUEUES;
}

static bool
take_flag(struct stage_patch_cursor *cursor, struct stage_patch_how *out)
{
	if (take_text(cursor, EXCLUSIVE)) {
		bool is_first = !out->is_exclusive;
		out->is_exclusive = true;
		return is_first;
	}
	for (int i = STAGE_PATCH_TICK; i < STAGE_PATCH_STAMP_COUNT; i++) {
		if (take_text(cursor, stamp_words[i])) {
			bool is_first = out->stamp == STAGE_PATCH_UNSTAMPED;
			out->stamp = (enum stage_patch_stamp)i;
			return take_queue(cursor, &out->queue) && is_first;
		}
	}
	return false;
}

static enum stage_status
take_flags(struct stage_patch_cursor *cursor, struct stage_patch_how *out)
{
	const char *start = cursor->at;

	do {
		stage_patch_skip_blanks(cursor);
		start = cursor->at;
		if (!take_flag(cursor, out)) {
			break;
		}
		stage_patch_skip_blanks(cursor);
		start = cursor->at;
		if (take_text(cursor, ")")) {
			if (stage_patch_at_blank(cursor)) {
				stage_patch_skip_blanks(cursor);
				return STAGE_OK;
			}
			break;
		}
	} while (take_text(cursor, ","));
	return stage_patch_refuse(cursor, start,
		"behind alsa( comes exclusive, tick=QUEUE or real=QUEUE, or "
		"exclusive and one of these with a comma between them, then ) "
		"and a blank; put quotes around a port's name that begins so");
}

enum stage_status
stage_patch_take_alsa(struct stage_patch_cursor *cursor, bool *is_there,
	struct stage_patch_how *out)
{
	*out = (struct stage_patch_how){0};
	*is_there = stage_patch_at_alsa(cursor);
	if (!*is_there || stage_patch_take_word(cursor, WORD)) {
		return STAGE_OK;
	}
	(void)take_text(cursor, WORD "(");
	return take_flags(cursor, out);
}

enum stage_status
stage_patch_how_write(const struct stage_patch_how *self, struct stage_str *out)
{
	bool is_stamped = self->stamp != STAGE_PATCH_UNSTAMPED;
	enum stage_status status;

	if (!self->is_exclusive && !is_stamped) {
		return STAGE_OK;
	}
	status = stage_str_addf(out, "(%s%s",
		self->is_exclusive ? EXCLUSIVE : "",
		self->is_exclusive && is_stamped ? ", " : "");
	if (status == STAGE_OK && is_stamped) {
		status = stage_str_addf(
			out, "%s%u", stamp_words[self->stamp], self->queue);
	}
	return status == STAGE_OK ? stage_str_add(out, ")") : status;
}
