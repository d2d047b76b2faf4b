/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A keyed hash for tables whose keys come from outside: SipHash-2-4.
 *
 * Who does not know the key cannot choose many inputs that fall into one
 * bucket, so a table stays fast whatever names it is given. Thread: any.
 */

#ifndef STAGE_BASE_HASH_H
#define STAGE_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct stage_hash_key {
	uint64_t words[2];
};

/** Fills key from the system's random source. Never waits and never fails:
 * where that source cannot answer yet (early at boot), clocks and addresses
 * serve. */
void stage_hash_key_init(struct stage_hash_key *key);

/** The SipHash-2-4 of bytes[len]. */
uint64_t stage_hash(
	const struct stage_hash_key *key, const void *bytes, size_t len);

#endif
