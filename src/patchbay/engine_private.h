/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files engine*.c share:
 *
 * - engine.c: the engine as its owner sees it, and the desired state in force;
 * - engine_take.c: what the server tells;
 * - engine_act.c: what is due, in its order;
 * - engine_walk.c: ports are looked at, and edits asked for;
 * - engine_words.c: what is learned, and what is withheld from that;
 * - engine_link.c: what is remembered of a connection;
 * - engine_hung.c, engine_hush.c: clients that hang, and silence.
 */

#ifndef STAGE_PATCHBAY_ENGINE_PRIVATE_H
#define STAGE_PATCHBAY_ENGINE_PRIVATE_H

#include "base/map.h"
#include "base/str.h"
#include "patchbay/desired_private.h"
#include "patchbay/engine.h"

/** What is known of one server. */
struct stage_engine_side {
	bool is_up;
	bool is_scanning;
	bool is_behind;                // words of it wait to be told
	bool has_scanned;              // since the server came
	int64_t settled_ns;            // before it, nothing is taken for a hand
	struct stage_desired *earlier; // in force before a switch that came
				       // before the first scan; NULL: none;
				       // sides may share it
};

struct stage_engine {
	const struct stage_engine_ops *ops; // borrowed
	void *user;
	struct stage_graph *graph;
	struct stage_desired *desired;
	enum stage_patch_mode mode;
	struct stage_engine_side sides[STAGE_PATCH_SYSTEM_COUNT];

	struct stage_map *links; // by both names, to struct stage_link
	struct stage_bag waking; // links that wait for a time, a word, an edit
	struct stage_bag dirty;  // ports to be looked at: those that is_listed
	bool is_all_dirty;

	struct stage_strv hung; // clients that finish no cycles

	enum stage_hush hush;
	struct stage_strv hushed_clients;
	struct stage_strv hushed; // withheld, and nobody wants them: from, to

	struct stage_bag arriving; // ports just told of: those that is_arriving
	int64_t arrival_first_ns;  // of these
	int64_t arrival_last_ns;
};

/** A port to be looked at by the next act of an engine, user. Without memory,
 * all of them. */
void stage_engine_touch(void *user, struct stage_graph_port *port);

/** Whether a system can be acted on: it is there, and not being listed. */
bool stage_engine_is_open(
	const struct stage_engine *self, enum stage_patch_system system);

/** Whether an output is connected by nobody's wish, for a moment. */
bool stage_engine_is_momentary(const struct stage_graph_port *from);

/** A connection that nobody wants is withheld for silence. */
void stage_engine_remember_hushed(struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** The link of two ports; NULL when nothing is remembered / without memory. */
struct stage_link *stage_link_find(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);
struct stage_link *stage_link_make(struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** The link of two ports in either order. */
struct stage_link *stage_link_between(const struct stage_engine *self,
	const struct stage_graph_port *a, const struct stage_graph_port *b);

/** Puts a link into a state. at_ns: when it is to be looked at; 0: never. */
void stage_link_set(struct stage_engine *self, struct stage_link *link,
	enum stage_link_state state, int64_t at_ns);

/** Forgets a link that is idle and has no history. */
void stage_link_forget(struct stage_engine *self, struct stage_link *link);

/** How long to wait before a connection that a rival removed is made again. */
int64_t stage_link_pause_ns(struct stage_engine *self, struct stage_link *link);

/** Whether whose hand it was is concluded from what has not been told. */
bool stage_link_is_judged(const struct stage_link *link);

/** Whether a link is to be looked at when its time comes. What is about a
 * server that is being listed waits for the end of that. */
bool stage_link_is_timed(
	const struct stage_engine *self, const struct stage_link *link);

/** Whether that time has come. */
bool stage_link_is_due(const struct stage_engine *self,
	const struct stage_link *link, int64_t now_ns);

/** Frees one, for the map. */
void stage_link_destroy(void *link);

/** Looks at the ports to be looked at: forbids, wants, then what is left over.
 * Without memory for an edit, all are looked at in the next act. */
void stage_engine_look_at_ports(struct stage_engine *self);

/** Makes or removes a connection again that the server or a rival has undone,
 * if it is still to be. The link may be forgotten then. */
void stage_engine_retry(struct stage_engine *self, struct stage_link *link);

/** Tells the owner what is learned by now, or withholds it: the first doubt
 * that is due decides for all that there are by then. Without memory it is left
 * to the next act. */
void stage_engine_learn_due(struct stage_engine *self, int64_t now_ns);

/** Takes all ports out of one desired state and into another, as far as memory
 * goes. */
STAGE_NODISCARD enum stage_status stage_engine_move_ports(
	struct stage_engine *self, struct stage_desired *from,
	struct stage_desired *to);

/** After the first listing of a server: where the song was changed before it
 * was known what is connected, what the earlier one wanted is taken for ours,
 * so that the next act takes it away. */
STAGE_NODISCARD enum stage_status stage_engine_adopt_earlier(
	struct stage_engine *self, enum stage_patch_system system);

#endif
