/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Slows down who guesses: the longer, the more often an address was wrong.
 *
 * The first STAGE_WEB_FREE_TRIES mistakes cost nothing; each one after them
 * doubles the time in which nothing more is looked at, from a second to five
 * minutes. What is forgotten first, when there are too many addresses, is who
 * made the least mistakes.
 *
 * Pure. Thread: one object by one thread at a time.
 */

#ifndef STAGE_WEB_BACKOFF_H
#define STAGE_WEB_BACKOFF_H

#include <stdint.h>

#define STAGE_WEB_FREE_TRIES 5
#define STAGE_WEB_BACKOFF_ADDRESSES 256
#define STAGE_WEB_ADDRESS_MAX 48 // bytes with the zero; of IPv6 with its zone

struct stage_web_backoff_row {
	char address[STAGE_WEB_ADDRESS_MAX];
	unsigned wrong; // how often
	int64_t until_ns;
};

/** Zeroed is empty and valid. */
struct stage_web_backoff {
	struct stage_web_backoff_row rows[STAGE_WEB_BACKOFF_ADDRESSES];
};

/** Whole seconds for which an address has to wait yet, rounded up; 0: none. */
int64_t stage_web_backoff_wait_s(const struct stage_web_backoff *self,
	const char *address, int64_t now_ns);

/** It was wrong once more. */
void stage_web_backoff_wrong(
	struct stage_web_backoff *self, const char *address, int64_t now_ns);

/** It was right: what it did before is forgotten. */
void stage_web_backoff_right(
	struct stage_web_backoff *self, const char *address);

#endif
