/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The observed graph: the ports and connections that a server has told of.
 *
 * It believes what it is told, in any order and more than once: a port that is
 * told again is brought up to date, a connection with an end that is not there
 * is not kept. A full listing is put between stage_graph_scan_begin and
 * stage_graph_scan_end, which finds out what was missed.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_GRAPH_H
#define STAGE_PATCHBAY_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/status.h"
#include "patchbay/statement.h"

#define STAGE_GRAPH_ALIASES_MAX 2

struct stage_graph;

/** Among which ports a name is the only one of its kind. A port of the ALSA
 * sequencer may go both ways under one name; here that is two ports. */
enum stage_graph_space {
	STAGE_GRAPH_JACK,
	STAGE_GRAPH_ALSA_OUTPUTS,
	STAGE_GRAPH_ALSA_INPUTS,
	STAGE_GRAPH_SPACE_COUNT,
};

/** What is told of a port. Texts are copied. */
struct stage_graph_port_info {
	enum stage_patch_system system;
	const char *name; // full, "CLIENT:PORT"; alsa_name.h has ALSA's
	const char *type; // only ports of one type can be connected
	const char *aliases[STAGE_GRAPH_ALIASES_MAX]; // NULL: none
	bool is_output;
	bool is_physical;
};

/** A port that is there. Others read it; only the graph writes it. */
struct stage_graph_port {
	enum stage_patch_system system;
	const char *name;
	const char *type;
	const char *aliases[STAGE_GRAPH_ALIASES_MAX];
	bool is_output;
	bool is_physical;
	int64_t since_ns; // when it was first told of

	struct stage_graph_port **peers; // what it is connected with
	size_t peer_count;

	struct stage_graph_port *next; // of all ports, in no order
	void *mark;                    // the owner's; NULL at first
	bool is_listed;                // the owner's; false at first
	bool is_arriving;              // likewise
};

/** Ownership: the caller calls stage_graph_destroy. NULL when out of memory. */
struct stage_graph *stage_graph_create(void);

/** Frees it with all ports; marks are not touched. NULL is fine. */
void stage_graph_destroy(struct stage_graph *self);

/** Adds a port, or brings up to date the one of this name.
 *
 * *is_new: whether it was not there. A port that has changed its direction or
 * type is another port: *is_new, without connections, and `gone` is called with
 * the old one first. Errors: STAGE_NO_MEMORY, nothing has changed then.
 */
STAGE_NODISCARD enum stage_status stage_graph_add(struct stage_graph *self,
	const struct stage_graph_port_info *info, int64_t now_ns,
	void (*gone)(void *user, struct stage_graph_port *port), void *user,
	struct stage_graph_port **out, bool *is_new);

/** The port of that name, or NULL; is_output plays no part in JACK. Ownership:
 * borrowed. */
struct stage_graph_port *stage_graph_find(const struct stage_graph *self,
	enum stage_patch_system system, bool is_output, const char *name);

/** The space of a name. */
enum stage_graph_space stage_graph_space(
	enum stage_patch_system system, bool is_output);

/** Takes a port and its connections out, and frees it. */
void stage_graph_remove(
	struct stage_graph *self, struct stage_graph_port *port);

/** Gives a port another name; connections stay.
 *
 * Errors: STAGE_EXISTS when another port has it, STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_graph_rename(struct stage_graph *self,
	struct stage_graph_port *port, const char *name);

/** Notes a connection from an output to an input. *is_new: whether it was not
 * there. Errors: STAGE_NO_MEMORY; STAGE_BAD_INPUT when these two cannot be
 * connected. */
STAGE_NODISCARD enum stage_status stage_graph_connect(struct stage_graph *self,
	struct stage_graph_port *from, struct stage_graph_port *to,
	bool *is_new);

/** Notes that it has gone. Returns whether it was there. */
bool stage_graph_disconnect(struct stage_graph *self,
	struct stage_graph_port *from, struct stage_graph_port *to);

/** How two ports are connected, as it was told last; plainly when they are not.
 */
struct stage_patch_how stage_graph_how(
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** Notes how; they are connected. */
void stage_graph_set_how(struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_patch_how *how);

/** Whether only listings have shown this connection of two connected ports;
 * false from then on. */
bool stage_graph_take_found(
	struct stage_graph_port *from, const struct stage_graph_port *to);

/** None of the port's connections counts as shown by listings only any more. */
void stage_graph_age(struct stage_graph_port *port);

bool stage_graph_is_connected(
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** True when a server would connect them: an output and an input of one system
 * and type. */
bool stage_graph_can_connect(
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** Begins a listing of a system: all of it counts as not seen. */
void stage_graph_scan_begin(
	struct stage_graph *self, enum stage_patch_system system);

/** Ends it: each connection, then each port that was not told since the
 * beginning is given to its function and then taken out.
 *
 * Returns whether a listing was going on; else nothing is done.
 */
bool stage_graph_scan_end(struct stage_graph *self,
	enum stage_patch_system system,
	void (*disconnected)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void (*gone)(void *user, struct stage_graph_port *port), void *user);

/** The first of all ports; `next` leads on. NULL: there are none. */
struct stage_graph_port *stage_graph_first(const struct stage_graph *self);

/** Calls `visit` with each connection, in no order; nothing may be changed
 * meanwhile. */
void stage_graph_each_connection(const struct stage_graph *self,
	void (*visit)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void *user);

size_t stage_graph_port_count(const struct stage_graph *self);
size_t stage_graph_connection_count(const struct stage_graph *self);

/** Those of one system. Time: its outputs. */
size_t stage_graph_connections_of(
	const struct stage_graph *self, enum stage_patch_system system);

/** How many bytes of a full name are the client's: in JACK up to the first
 * colon, or the whole name; in ALSA as stage_alsa_client_len. */
size_t stage_graph_client_len(enum stage_patch_system system, const char *name);

#endif
