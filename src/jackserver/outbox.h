/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Cuts off clients that do not read what the server tells them.
 *
 * JACK2 tells each client of each port and connection over a socket, and waits
 * without end where that is full: one client that stands still has the server
 * answer nobody any more, for ever. What it is told last is lost to it anyway.
 *
 * Thread: one.
 */

#ifndef STAGE_JACKSERVER_OUTBOX_H
#define STAGE_JACKSERVER_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STAGE_OUTBOX_NAME_MAX 108 // a client's name, as sockets have it
#define STAGE_OUTBOX_MAX 16       // sockets that are looked at side by side
#define STAGE_OUTBOX_CUT_NS 4000000000LL // that long nothing was read

struct stage_outbox_socket {
	int fd;
	ino_t inode;      // of which socket it is the number
	int queued;       // at the last look
	int64_t since_ns; // nothing was read since then
	bool is_seen;     // in this look
	bool is_cut;      // until somebody closes it
};

/** Zeroed is empty and valid. */
struct stage_outbox {
	struct stage_outbox_socket sockets[STAGE_OUTBOX_MAX];
	size_t count;
};

/** Looks at all sockets of this process that lead to clients' names
 * ("jack_NAME_UID_0", as libjack's JackSocket.cpp calls them), but for those to
 * its own `server`, whose audio thread writes to another of its threads: that
 * one may be slow for as long as a client is. One that is half
 * full, and of which nothing was read for STAGE_OUTBOX_CUT_NS, is shut down:
 * who waits to write is refused, and the client sees its server gone once it
 * reads again. To be called once a second.
 *
 * cut: called with the client's name before, for who writes complains then;
 * NULL is fine.
 */
void stage_outbox_look(struct stage_outbox *self, const char *server,
	int64_t now_ns, void (*cut)(void *user, const char *client),
	void *user);

#endif
