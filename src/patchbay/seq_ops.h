/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The ALSA sequencer as the patchbay needs it, so that a fake can stand in.
 *
 * All calls are short system calls. Results are 0, or an errno with a minus.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_PATCHBAY_SEQ_OPS_H
#define STAGE_PATCHBAY_SEQ_OPS_H

#include <stdbool.h>

#include "patchbay/statement.h"

#define STAGE_SEQ_NAME_MAX 64 // the kernel's, with the zero
#define STAGE_SEQ_CLIENTS 256 // numbers of clients are below

struct stage_seq;

struct stage_seq_addr {
	int client;
	int port;
};

struct stage_seq_client {
	int client;
	char name[STAGE_SEQ_NAME_MAX];
	int card; // of a device; -1: none
};

struct stage_seq_port {
	struct stage_seq_addr addr;
	char name[STAGE_SEQ_NAME_MAX];
	bool is_output; // others may connect what comes from it
	bool is_input;  // others may connect to it
	bool is_physical;
};

/** What is announced. Of "changed" what it is now is asked for, since it may
 * have come, changed or gone again. */
enum stage_seq_event_kind {
	STAGE_SEQ_CLIENT_CHANGED, // from.client; or it has come
	STAGE_SEQ_CLIENT_GONE,    // from.client
	STAGE_SEQ_PORT_CHANGED,   // from; or it has come
	STAGE_SEQ_PORT_GONE,      // from
	STAGE_SEQ_CONNECTED,      // from, to
	STAGE_SEQ_DISCONNECTED,   // from, to; by somebody, while both are there
	STAGE_SEQ_EVENT_KIND_COUNT,
};

struct stage_seq_event {
	enum stage_seq_event_kind kind;
	struct stage_seq_addr from;
	struct stage_seq_addr to;
};

struct stage_seq_ops {
	const char *path; // of the device, for the watch and for sentences
	const char *sys;  // as for stage_seq_device_read

	/** Becomes a client that hears what is announced and that nobody else
	 * connects to. Ownership: *out goes with close. */
	int (*open)(struct stage_seq **out);
	void (*close)(struct stage_seq *self);

	/** To be polled for reading. */
	int (*fd)(const struct stage_seq *self);

	/** The next event; -EAGAIN: there is none; -ENOSPC: some were lost;
	 * else the sequencer is gone. */
	int (*read)(struct stage_seq *self, struct stage_seq_event *out);

	/** What there is now. -ENOENT: nothing (any more). */
	int (*client)(struct stage_seq *self, int client,
		struct stage_seq_client *out);
	int (*port)(struct stage_seq *self, struct stage_seq_addr addr,
		struct stage_seq_port *out);
	int (*how)(struct stage_seq *self, struct stage_seq_addr from,
		struct stage_seq_addr to, struct stage_patch_how *out);

	/** The next one behind what *out holds; -1 in it: the first one.
	 * -ENOENT: there is no more. */
	int (*next_client)(
		struct stage_seq *self, struct stage_seq_client *out);
	int (*next_port)(struct stage_seq *self, struct stage_seq_port *out);

	/** The connection number `index` from a port. -ENOENT likewise. */
	int (*next_connection)(struct stage_seq *self,
		struct stage_seq_addr from, unsigned index,
		struct stage_seq_addr *to, struct stage_patch_how *how);

	/** -EBUSY: it is there already, or something exclusive is. */
	int (*connect)(struct stage_seq *self, struct stage_seq_addr from,
		struct stage_seq_addr to, const struct stage_patch_how *how);
	int (*disconnect)(struct stage_seq *self, struct stage_seq_addr from,
		struct stage_seq_addr to);
};

/** The kernel's, by alsa-lib. */
const struct stage_seq_ops *stage_seq_ops(void);

#endif
