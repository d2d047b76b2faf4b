/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The clients and ports of the ALSA sequencer by their numbers, and the names
 * that they have for the engine: it turns what is announced into the engine's
 * events, and its names back into numbers.
 *
 * Two clients of one name and device get the numbers 1, 2 ... (alsa_name.h) in
 * the order in which they show their first port; each keeps its own as long as
 * it has ports.
 *
 * What is told again is brought up to date. A full listing is put between
 * stage_seq_table_scan_begin and stage_seq_table_scan_end; what was not told in
 * between is forgotten at its end.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_SEQ_TABLE_H
#define STAGE_PATCHBAY_SEQ_TABLE_H

#include "base/attr.h"
#include "base/status.h"
#include "patchbay/engine.h"
#include "patchbay/seq_ops.h"
#include "seq/device.h"

struct stage_seq_table;

/** Where its events go; texts in them are borrowed for the call. */
struct stage_seq_table_events {
	void (*event)(void *user, const struct stage_engine_event *event);

	/** A client has this name now, or it has gone. */
	void (*client)(void *user, const char *name, bool is_there);
};

/** Ownership: the caller calls stage_seq_table_destroy. events and user are
 * borrowed. NULL when out of memory. */
struct stage_seq_table *stage_seq_table_create(
	const struct stage_seq_table_events *events, void *user);

/** Nothing is told. NULL is fine. */
void stage_seq_table_destroy(struct stage_seq_table *self);

/** Takes a client in, or what has changed about it: its ports are renamed.
 * device: NULL for a program. Errors: STAGE_NO_MEMORY; a listing mends it. */
STAGE_NODISCARD enum stage_status stage_seq_table_put_client(
	struct stage_seq_table *self, const struct stage_seq_client *client,
	const struct stage_seq_device *device);

/** A client goes, with its ports. */
void stage_seq_table_remove_client(struct stage_seq_table *self, int number);

bool stage_seq_table_has_client(const struct stage_seq_table *self, int client);

/** Takes a port in, or what has changed about it; one that nobody may connect
 * is as if it were not there. The client is known. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_seq_table_put_port(
	struct stage_seq_table *self, const struct stage_seq_port *port);

void stage_seq_table_remove_port(
	struct stage_seq_table *self, struct stage_seq_addr addr);

/** Tells of a connection when both ends are known. how: NULL: it was removed.
 */
void stage_seq_table_tell_pair(struct stage_seq_table *self,
	struct stage_seq_addr from, struct stage_seq_addr to,
	const struct stage_patch_how *how);

/** The port of that name. Returns whether there is one. */
bool stage_seq_table_find(const struct stage_seq_table *self, bool is_output,
	const char *name, struct stage_seq_addr *out);

void stage_seq_table_scan_begin(struct stage_seq_table *self);
void stage_seq_table_scan_end(struct stage_seq_table *self);

/** Forgets all, and tells nothing. NULL is fine. */
void stage_seq_table_clear(struct stage_seq_table *self);

#endif
