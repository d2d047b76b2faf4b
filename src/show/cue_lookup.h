/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Finds the addresses of hosts, beside the loop. Numeric ones are found at
 * once; of names no more than two are looked up at a time, so that a name
 * server that is silent leaves workers for others.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_SHOW_CUE_LOOKUP_H
#define STAGE_SHOW_CUE_LOOKUP_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "osc/peer.h"

#define STAGE_SHOW_ADDRESSES_MAX 8 // of one host

struct stage_show_book;
struct stage_show_lookup;

/** count 0: there are none, why is a clause then. All is borrowed for the call,
 * before which the lookup has gone. */
typedef void stage_show_found(void *user, const struct stage_osc_peer *peers,
	size_t count, const char *why);

/** NULL: out of memory. */
struct stage_show_book *stage_show_book_create(uv_loop_t *loop);

/** Lookups must have been cancelled. The memory goes when what was being looked
 * up has come back. NULL is fine. */
void stage_show_book_destroy(struct stage_show_book *self);

/** Calls found, once, from the loop; or, for a numeric host or when it fails at
 * once, in this call, and returns NULL then. socktype: SOCK_STREAM or
 * SOCK_DGRAM. */
struct stage_show_lookup *stage_show_lookup_start(struct stage_show_book *book,
	const char *host, uint16_t port, int socktype, stage_show_found *found,
	void *user);

/** found is not called any more. NULL is fine. */
void stage_show_lookup_cancel(struct stage_show_lookup *self);

#endif
