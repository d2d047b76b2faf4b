/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The socket calls of servers that differ between systems. For this
 * directory. All sockets are non-blocking and close-on-exec. Thread: any. */

#ifndef STAGE_OSC_SOCK_H
#define STAGE_OSC_SOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "osc/peer.h"

/** A socket that listens at that address. -1 with errno set when it cannot. */
int stage_osc_sock_listen(const struct stage_osc_peer *at);

/** Accepts a connection, and says whose. -1 with errno set when there is none.
 * It sends without delay, and notices after a minute when the other computer
 * has gone without a word. */
int stage_osc_sock_accept(int fd, struct stage_osc_peer *out);

/** Sends without blocking and without SIGPIPE, receives without blocking: the
 * bytes, or -1 with errno set. Restarts after EINTR. What was received is
 * acknowledged at once, so that the other side does not hold back the rest. */
ssize_t stage_osc_sock_send(int fd, const void *bytes, size_t len);
ssize_t stage_osc_sock_receive(int fd, void *bytes, size_t len);

/** Takes a datagram of a UDP socket without blocking, and says whose. -1 with
 * errno set when there is none, or to tell of an error. Restarts after EINTR.
 */
ssize_t stage_osc_sock_take(
	int fd, void *bytes, size_t len, struct stage_osc_peer *out);

/** When the datagram that was taken last of a UDP socket arrived, and when the
 * first of those that wait did, which waits on: by the system's clock, of use
 * only beside each other. -1: there is none, or the system does not say. It
 * begins to note the times when it is first asked. */
int64_t stage_osc_sock_taken_ns(int fd);
int64_t stage_osc_sock_waiting_ns(int fd);

/** Has the system keep, for a UDP socket, who refused what it was sent (ICMP).
 * Where it cannot, nothing is ever refused. */
void stage_osc_sock_keep_refusals(int fd);

/** Takes one of those. False: there is none left. out is nobody where it was
 * another error. */
bool stage_osc_sock_refusal(int fd, struct stage_osc_peer *out);

#endif
