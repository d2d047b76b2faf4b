/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a listener and its links know of each other. For tcp.c and link.c.
 * Thread: the loop's. */

#ifndef STAGE_OSC_TCP_PRIVATE_H
#define STAGE_OSC_TCP_PRIVATE_H

#include <stdbool.h>

#include "osc/frames.h"
#include "osc/tcp.h"

#define STAGE_OSC_CHUNK_BYTES 65536 // read at a time

struct stage_osc_link {
	struct stage_osc_tcp *tcp;
	struct stage_osc_link *next; // older
	struct stage_osc_link *prev;
	uv_poll_t poll;
	int poll_for; // events
	int fd;       // -1: it has ended
	struct stage_osc_peer peer;
	bool has_spoken; // a message came
	struct stage_osc_frames input;
	struct stage_str output; // owned; the first `sent` bytes have gone
	size_t sent;
};

struct stage_osc_tcp {
	uv_loop_t *loop;
	uv_poll_t poll;
	int fd; // -1: it is destroyed
	int spare_fd;
	struct stage_osc_tcp_config config;
	struct stage_osc_tcp_ops ops;
	void *user;
	struct stage_osc_link *links; // those that have not ended, newest first
	size_t link_count;
	size_t handles; // that are not closed yet
	char chunk[STAGE_OSC_CHUNK_BYTES];
};

/** Makes a link of a connection, which it owns from now on. Without memory the
 * connection is closed. */
void stage_osc_link_create(
	struct stage_osc_tcp *tcp, int fd, const struct stage_osc_peer *peer);

/** One handle less; the last one frees the listener. */
void stage_osc_tcp_handle_closed(struct stage_osc_tcp *self);

#endif
