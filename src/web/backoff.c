/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/backoff.h"

#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

#define WAIT_MOST_S 300

// Where an address is; STAGE_WEB_BACKOFF_ADDRESSES: nowhere.
static size_t
find(const struct stage_web_backoff *self, const char *address)
{
	size_t i = 0;

	while (i < STAGE_WEB_BACKOFF_ADDRESSES &&
		(self->rows[i].wrong == 0 ||
			strcmp(self->rows[i].address, address) != 0)) {
		i++;
	}
	return i;
}

// A free one, or that of who made the least mistakes.
static struct stage_web_backoff_row *
make(struct stage_web_backoff *self, const char *address)
{
	struct stage_web_backoff_row *least = &self->rows[0];

	for (size_t i = 1; i < STAGE_WEB_BACKOFF_ADDRESSES; i++) {
		if (self->rows[i].wrong < least->wrong) {
			least = &self->rows[i];
		}
	}
	memset(least, 0, sizeof(*least));
	if (stage_format(least->address, sizeof(least->address), "%s",
		    address) != STAGE_OK) {
		memcpy(least->address, address, sizeof(least->address) - 1);
	}
	return least;
}

int64_t
stage_web_backoff_wait_s(const struct stage_web_backoff *self,
	const char *address, int64_t now_ns)
{
	size_t at = find(self, address);
	int64_t until_ns = at < STAGE_WEB_BACKOFF_ADDRESSES
				   ? self->rows[at].until_ns
				   : now_ns;

	return until_ns <= now_ns ? 0
				  : (until_ns - now_ns + STAGE_NS_PER_S - 1) /
					    STAGE_NS_PER_S;
}

void
stage_web_backoff_wrong(
	struct stage_web_backoff *self, const char *address, int64_t now_ns)
{
	size_t at = find(self, address);
	struct stage_web_backoff_row *row = at < STAGE_WEB_BACKOFF_ADDRESSES
						    ? &self->rows[at]
						    : make(self, address);
	int64_t wait_s = 1;

	row->wrong++;
	for (unsigned i = STAGE_WEB_FREE_TRIES + 1;
		i < row->wrong && wait_s < WAIT_MOST_S; i++) {
		wait_s *= 2;
	}
	if (row->wrong > STAGE_WEB_FREE_TRIES) {
		row->until_ns =
			now_ns + (wait_s < WAIT_MOST_S ? wait_s : WAIT_MOST_S) *
					 STAGE_NS_PER_S;
	}
}

void
stage_web_backoff_right(struct stage_web_backoff *self, const char *address)
{
	size_t at = find(self, address);

	if (at < STAGE_WEB_BACKOFF_ADDRESSES) {
		memset(&self->rows[at], 0, sizeof(self->rows[at]));
	}
}
