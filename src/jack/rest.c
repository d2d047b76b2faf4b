/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jack/rest.h"

// Others connect, too, so that the count may be too high for ever.
#define OWED_MOST (2 * STAGE_JACK_REST_HANDFUL)

void
stage_jack_rest_edit_done(struct stage_jack_rest *self)
{
	self->is_done = true;
	if (self->owed < OWED_MOST) {
		self->owed++;
	}
}

static bool
is_apart(const struct stage_jack_rest *self, int64_t now_ns)
{
	int64_t gap_ns = now_ns - self->heard_ns;

	return gap_ns >= STAGE_JACK_REST_APART_NS &&
	       gap_ns <= STAGE_JACK_REST_ROW_NS;
}

int64_t
stage_jack_rest_begin(
	struct stage_jack_rest *self, bool is_editing, int64_t now_ns)
{
	self->apart = is_apart(self, now_ns) ? self->apart + 1 : 0;
	if (self->owed > 0) {
		self->owed--;
	}
	if (!is_editing) {
		self->owed = 0;
		return self->apart >= STAGE_JACK_REST_ROW
			       ? now_ns + STAGE_JACK_REST_NS
			       : 0;
	}
	// One may have been told before its edit was known to be done.
	if (!self->is_done || self->owed > 1) {
		return 0;
	}
	self->is_done = false;
	return now_ns + STAGE_JACK_REST_EDITS_NS;
}

bool
stage_jack_rest_is_over(const struct stage_jack_rest *self)
{
	return self->owed >= STAGE_JACK_REST_HANDFUL;
}

void
stage_jack_rest_end(struct stage_jack_rest *self, int64_t now_ns)
{
	self->heard_ns = now_ns;
}
