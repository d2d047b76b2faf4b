/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** An ALSA sequencer in memory: what stage_seq_ops() gives to whoever is linked
 * with it. It announces what is done to it, as the kernel does: of a port that
 * dies it tells no disconnections.
 *
 * Failures fail the cmocka test. Thread: the loop's; there is one of it.
 */

#ifndef STAGE_TESTS_FAKE_SEQ_H
#define STAGE_TESTS_FAKE_SEQ_H

#include "patchbay/seq_ops.h"

#define FAKE_SEQ_MAX 64

struct fake_seq_link {
	struct stage_seq_addr from;
	struct stage_seq_addr to;
	struct stage_patch_how how;
};

struct fake_seq {
	int open_error; // 0: it opens
	int read_error; // 0: it is read; else once
	bool is_open;
	bool is_deaf; // nothing is announced
	int pipe[2];
	struct stage_seq_client clients[FAKE_SEQ_MAX];
	size_t client_count;
	struct stage_seq_port ports[FAKE_SEQ_MAX];
	size_t port_count;
	struct fake_seq_link links[FAKE_SEQ_MAX];
	size_t link_count;
	struct stage_seq_event events[FAKE_SEQ_MAX];
	size_t event_count;
	unsigned connects; // that we asked for, and were done
	unsigned lists;    // how often all clients were asked for
};

/** The one there is, anew: empty, and there. path: of the device, below a
 * directory of the test; sys: as in the ops. Both are borrowed. */
struct fake_seq *fake_seq_init(const char *path, const char *sys);

/** Closes its pipe. */
void fake_seq_finish(void);

/** A client or port comes, or is another one now. ways: "r" can be read from,
 * "w" written to, "rw" both, "" neither. */
void fake_seq_client(int client, const char *name, int card);
void fake_seq_port(int client, int port, const char *name, const char *ways);

/** They die. */
void fake_seq_remove_client(int client);
void fake_seq_remove_port(int client, int port);

/** Somebody else connects and disconnects. how: NULL is plainly. */
void fake_seq_connect(int from_client, int from_port, int to_client,
	int to_port, const struct stage_patch_how *how);
void fake_seq_disconnect(
	int from_client, int from_port, int to_client, int to_port);

/** The connection, or NULL. */
const struct fake_seq_link *fake_seq_find(
	int from_client, int from_port, int to_client, int to_port);

/** Announces something of its own. */
void fake_seq_announce(const struct stage_seq_event *event);

/** Forgets what was announced and not read, as if too much came. */
void fake_seq_overflow(void);

#endif
