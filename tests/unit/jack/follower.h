/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A client that follows the graph of a real server into a model. A wait that
 * is too long fails the cmocka test. Thread: the test's.
 */

#ifndef STAGE_TESTS_FOLLOWER_H
#define STAGE_TESTS_FOLLOWER_H

#include "client_loop.h"
#include "graph_model.h"
#include "puppet.h"

struct follower {
	struct client_loop in;
	struct stage_jack_info info;
	struct graph_model model;
	unsigned lost;
	char last_alias[STAGE_JACK_PORT_NAME_MAX];
	const char *texts[2]; // what is awaited
	const unsigned *count;
	unsigned least;
};

/** Starts it, named "follower" exactly; it sees the server's sign. */
void follower_init(struct follower *self);

/** Ends it and sees that nothing of it is left in the loop. */
void follower_finish(struct follower *self);

/** Waits for so many events of a kind / a line of the protocol / a port / a
 * connection / a loss / a text that is not empty. */
void follower_await(
	struct follower *self, enum stage_jack_graph_kind kind, unsigned count);
void follower_await_line(struct follower *self, const char *line);
void follower_await_port(struct follower *self, const char *name);
void follower_await_link(
	struct follower *self, const char *from, const char *to);
void follower_await_lost(struct follower *self, unsigned count);
void follower_await_text(struct follower *self, const char *text);

/** Waits for a line or another loss. True for the line. */
bool follower_await_line_or_loss(struct follower *self, const char *line);

/** Waits for the end of a scan that was asked for now. */
void follower_scan(struct follower *self);

/** Asks for one edit / for one of each of a:out_1 -> b:in_1 ... */
void follower_edit(struct follower *self, bool is_disconnect, const char *from,
	const char *to, uint64_t tag);
void follower_edit_many(struct follower *self, bool is_disconnect, int count);

/** Waits until all is told that has happened, and fails the test unless the
 * model is what the puppet sees of the graph. Opens it, as "eye", where that
 * was not done. */
void follower_compare(struct follower *self, struct puppet *eye);

#endif
