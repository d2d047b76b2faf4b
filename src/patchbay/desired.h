/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The desired state: what all patch files together say, by port.
 *
 * It is made of lists of statements and not changed afterwards; who learns
 * something makes a new one. What it keeps up to date is which port each wanted
 * name means at the moment (identity.h): it is told of ports that come, change
 * and go. A port that better answers to a name takes it over; when two answer
 * equally well, none has it.
 *
 * Time: a port that comes costs what is said about it, not what is said
 * otherwise; but each statement with a pattern in it is tried.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_PATCHBAY_DESIRED_H
#define STAGE_PATCHBAY_DESIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "patchbay/graph.h"
#include "patchbay/identity.h"
#include "patchbay/statement.h"

struct stage_desired;

/** From high to low. */
enum stage_layer {
	STAGE_LAYER_FORBID,
	STAGE_LAYER_SONG,
	STAGE_LAYER_SET,
	STAGE_LAYER_GLOBAL,
	STAGE_LAYER_RULES,
	STAGE_LAYER_RINGING, // what a song had that fades away; sound only
	STAGE_LAYER_COUNT,
};

/** A patch file, read. Of two files of one layer the later one wins. */
struct stage_desired_file {
	const char *name;                    // for people; copied
	enum stage_layer layer;              // SONG, SET, GLOBAL or RINGING;
					     // FORBID where it only forbids
	const struct stage_patch_list *list; // borrowed for the call
};

/** Why two ports should be connected or not. Texts are borrowed from the
 * desired state. */
struct stage_reason {
	bool is_said; // false: nobody says anything, the rest is of no use
	enum stage_patch_policy policy;
	enum stage_layer layer;
	const char *file;
	unsigned line;
	int64_t since_s;
	struct stage_patch_how how;
	bool has_mode; // of the file, or of a client that it names
	enum stage_patch_mode mode;
};

/** One wanted connection between two names, for whoever lists them. */
struct stage_wish {
	enum stage_patch_system system;
	const char *from;
	const char *to;
	const struct stage_graph_port *from_port; // what it means; may be NULL
	const struct stage_graph_port *to_port;
	bool is_from_ambiguous; // two ports answer to it equally well
	bool is_to_ambiguous;
	struct stage_reason reason;
};

/** Makes it of files; no port is known then.
 *
 * is_pipewire: how names are decorated (identity.h). Ownership: the caller
 * calls stage_desired_destroy before the graph goes. Errors: STAGE_BAD_INPUT
 * with "FILE:LINE: " and what is wrong with a pattern; STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_desired_create(
	const struct stage_desired_file *files, size_t count, bool is_pipewire,
	struct stage_desired **out, struct stage_err *err);

/** Frees it; ports' marks are NULL afterwards. NULL is fine. */
void stage_desired_destroy(struct stage_desired *self);

/** Called for a port that may be meant by other names than before. */
typedef void (*stage_desired_touch)(void *user, struct stage_graph_port *port);

/** Takes a port in, or again when it has new aliases. `touch` is called for it
 * and for others whose names it takes over. Errors: STAGE_NO_MEMORY; the port
 * is then not known. */
STAGE_NODISCARD enum stage_status stage_desired_add_port(
	struct stage_desired *self, struct stage_graph_port *port,
	stage_desired_touch touch, void *user);

/** Takes a port out that goes, or is about to be renamed. `touch` is called for
 * those that take over its names. */
void stage_desired_remove_port(struct stage_desired *self,
	struct stage_graph_port *port, stage_desired_touch touch, void *user);

/** The port that a name means now: that of the statements which name it; else
 * that of this very name, or the one that has it as an alias. NULL: none, or
 * several. */
const struct stage_graph_port *stage_desired_find_port(
	const struct stage_desired *self, enum stage_patch_system system,
	bool is_output, const char *name);

/** The name by which somebody should speak of a port from now on: that of a
 * statement which means it now at a rank weaker than an alias, since it would
 * mean it no longer once the port's own name stood anywhere; else its own. */
const char *stage_desired_name_of(const struct stage_graph_port *port);

/** Likewise of two ports: the names in the statement that decides about them,
 * if any does. They stay as long as the desired state. */
void stage_desired_names(const struct stage_graph_port *from,
	const struct stage_graph_port *to, const char **from_name,
	const char **to_name);

/** What is said about a connection of two ports that are known.
 *
 * WANT and ONLY mean that it should be; NOT, FORBID and nothing that it should
 * not. An ALSO comes out as a WANT. Returns reason->policy when something is
 * said, else STAGE_PATCH_NOT. */
enum stage_patch_policy stage_desired_judge(const struct stage_desired *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	struct stage_reason *reason);

/** Likewise of two names, whether their ports are there or not: what lines say
 * about these very names, and patterns that match them. */
enum stage_patch_policy stage_desired_judge_names(
	const struct stage_desired *self, enum stage_patch_system system,
	const char *from, const char *to, struct stage_reason *reason);

/** Calls `visit` with each pair of ports that is worth judging because of one
 * port, twice perhaps: those that it may be wanted with. */
void stage_desired_partners(const struct stage_desired *self,
	const struct stage_graph *graph, struct stage_graph_port *port,
	void (*visit)(void *user, struct stage_graph_port *from,
		struct stage_graph_port *to),
	void *user);

/** True when a port is named by any statement, so that it is managed. */
bool stage_desired_knows(
	const struct stage_desired *self, const struct stage_graph_port *port);

/** Calls `visit` for each wanted connection between two names, in no order. */
void stage_desired_wishes(const struct stage_desired *self,
	void (*visit)(void *user, const struct stage_wish *wish), void *user);

/** Says a layer in one lower-case word. Never NULL. */
const char *stage_layer_name(enum stage_layer layer);

#endif
