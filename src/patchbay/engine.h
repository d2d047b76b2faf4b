/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Makes the graph be what is desired, and finds out what people mean by what
 * they do to it: events and time in, edits and learned changes out.
 *
 * Events are given one by one as the server tells them; after a batch of them
 * the owner calls stage_engine_act, which asks for edits, all of the batch at
 * once: first what is forbidden is removed, then what is wanted is connected,
 * then what is no longer wanted is removed (make before break).
 *
 * Who did it? JACK does not say who connects and disconnects. It is concluded.
 * What was connected came of
 *
 * - us, when an edit of ours was under way;
 * - a program, when an end is younger than SETTLE, or the server came or the
 *   song changed just now;
 * - a hand, else; it is learned after QUIET.
 *
 * What was disconnected was so by
 *
 * - us, when an edit of ours was under way;
 * - a death, when an end goes within GRACE;
 * - a rival, less than FIGHT after we had made it;
 * - a mass event, together with too many others: nothing is learned, nor made
 *   again before somebody says so;
 * - a hand, else; it is learned after GRACE.
 *
 * What is done with that is up to the mode (statement.h). A connection that
 * rivals keep removing is contested: it is made again ever more rarely. So is
 * one by which a client that hangs would hold others up: it is cut, and made
 * when that client goes on. The absence of a port never says anything about a
 * wish.
 *
 * Pure: the clock is the caller's. Thread: any, one object by one thread at a
 * time.
 */

#ifndef STAGE_PATCHBAY_ENGINE_H
#define STAGE_PATCHBAY_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/err.h"
#include "patchbay/desired.h"
#include "patchbay/engine_link.h"
#include "patchbay/graph.h"

#define STAGE_ENGINE_SETTLE_NS (3 * STAGE_NS_PER_S)
#define STAGE_ENGINE_QUIET_NS (1 * STAGE_NS_PER_S)
#define STAGE_ENGINE_GRACE_NS (1 * STAGE_NS_PER_S)
#define STAGE_ENGINE_FIGHT_NS (2 * STAGE_NS_PER_S)
// Ports that appear are connected when no more of them come, and at the latest
// then: the server does one thing at a time, so that to connect the first of a
// client's would make it wait for its next ones. They are told of in handfuls
// (jack/rest.h, LOOK_MS of jack/client_graph.c), whose pauses must not look
// like it.
#define STAGE_ENGINE_ARRIVAL_NS (4 * STAGE_NS_PER_MS)
#define STAGE_ENGINE_ARRIVAL_MOST_NS (300 * STAGE_NS_PER_MS)
#define STAGE_ENGINE_MASS_EDGES 8 // more at once are no one's hand
#define STAGE_ENGINE_FIGHTS 3     // lost ones, and it is contested

struct stage_engine;

enum stage_engine_kind {
	STAGE_ENGINE_SERVER_UP,     // all is known after the next SCAN_END
	STAGE_ENGINE_SERVER_GONE,   // and every port with it
	STAGE_ENGINE_SCAN_BEGIN,    // a full listing
	STAGE_ENGINE_SCAN_END,      // what was not listed has gone
	STAGE_ENGINE_PORT_APPEARED, // port
	STAGE_ENGINE_PORT_GONE,     // port.name; in ALSA port.is_output
	STAGE_ENGINE_PORT_RENAMED,  // likewise, to: the new name
	STAGE_ENGINE_CONNECTED,     // from, to
	STAGE_ENGINE_DISCONNECTED,  // from, to
	STAGE_ENGINE_EDIT_DONE,     // from, to, is_disconnect, outcome
	STAGE_ENGINE_KIND_COUNT,
};

enum stage_engine_outcome {
	STAGE_ENGINE_OUTCOME_DONE,    // or it was so already
	STAGE_ENGINE_OUTCOME_REFUSED, // not now; it is tried again
	STAGE_ENGINE_OUTCOME_GONE,    // with the server
};

struct stage_engine_event {
	enum stage_engine_kind kind;
	enum stage_patch_system system;
	struct stage_graph_port_info port;
	const char *from;
	const char *to;
	struct stage_patch_how how; // of CONNECTED
	bool is_disconnect;
	enum stage_engine_outcome outcome;
};

/** What is told of a connection. */
enum stage_engine_note {
	STAGE_NOTE_MADE,      // by us
	STAGE_NOTE_REMOVED,   // by us: forbidden, or wanted no longer
	STAGE_NOTE_AUTO,      // a program connected itself; not learned
	STAGE_NOTE_LOST,      // with an end of it; it is kept in mind
	STAGE_NOTE_CONTESTED, // a rival keeps removing it
	STAGE_NOTE_FAILED,    // it could not be made
	STAGE_NOTE_WITHHELD,  // removed with many others; left so, not learned
	STAGE_NOTE_COUNT,
};

/** A connection that a person has made (WANT) or removed (NOT). */
struct stage_engine_word {
	enum stage_patch_policy policy;
	enum stage_patch_system system;
	const char *from; // as statements name it, or are to name it
	const char *to;
	const char *from_port; // what it is called now
	const char *to_port;
	struct stage_patch_how how;
};

/** What is to be done to a connection. */
enum stage_engine_edit {
	STAGE_ENGINE_CONNECT,
	STAGE_ENGINE_DISCONNECT,
	STAGE_ENGINE_FORBID, // disconnect, before all that is not done yet
};

struct stage_engine_ops {
	/** Asks for an edit; its EDIT_DONE must come. how: of a CONNECT.
	 * Names are borrowed for the call. Errors: STAGE_NO_MEMORY; nothing
	 * will come of it, and it is asked for again by the next act. */
	enum stage_status (*edit)(void *user, enum stage_engine_edit edit,
		enum stage_patch_system system, const char *from,
		const char *to, const struct stage_patch_how *how);

	/** A person has made and removed connections. The owner writes it down
	 * and sets a new desired state. Words are borrowed for the call. */
	void (*learned)(void *user, const struct stage_engine_word *words,
		size_t count);

	/** For people and their logs. */
	void (*note)(void *user, enum stage_engine_note note,
		enum stage_patch_system system, const char *from,
		const char *to);
};

/** Makes one with nothing desired, in mode LEARN, without a server.
 *
 * ops and user are borrowed. Ownership: the caller calls stage_engine_destroy.
 * NULL when out of memory.
 */
struct stage_engine *stage_engine_create(
	const struct stage_engine_ops *ops, void *user);
void stage_engine_destroy(struct stage_engine *self);

/** Takes over a desired state made of patch files, and destroys the one before.
 * What was wanted and is so no longer is removed at the next act.
 *
 * is_switch: the song has changed, so that programs that connect themselves now
 * are not taken for a hand. Errors: STAGE_NO_MEMORY; the one before stays then,
 * and `desired` the caller's.
 */
STAGE_NODISCARD enum stage_status stage_engine_set_desired(
	struct stage_engine *self, struct stage_desired *desired,
	bool is_switch, int64_t now_ns);

/** Whether words of a server wait somewhere, or were lost. As long as they do,
 * nobody's hand is concluded from what has not been told: a port that goes may
 * be among them. To be said before each stage_engine_act; another one must
 * follow when they have been told. */
void stage_engine_set_behind(struct stage_engine *self,
	enum stage_patch_system system, bool is_behind);

/** The mode where no file says another. LOCK stands above those. */
void stage_engine_set_mode(
	struct stage_engine *self, enum stage_patch_mode mode);

/** Takes an event in. Errors: STAGE_NO_MEMORY; the owner then asks for a scan.
 * Names that are not known are passed over. */
STAGE_NODISCARD enum stage_status stage_engine_take(struct stage_engine *self,
	const struct stage_engine_event *event, int64_t now_ns);

/** Does what is to be done now. Returns the time of the next act that is needed
 * without an event, or 0. */
int64_t stage_engine_act(struct stage_engine *self, int64_t now_ns);

/** None of the edits of a system that are under way will ever be told of: the
 * next act asks for them anew. */
void stage_engine_lose_edits(
	struct stage_engine *self, enum stage_patch_system system);

/** What is remembered of the connection of two ports; an IDLE one when nothing
 * is. Its texts are not to be used. */
struct stage_link stage_engine_look(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** Calls `visit` with each link that waits: for an edit, a time, or a word.
 * Nothing may be changed meanwhile. */
void stage_engine_waiting(const struct stage_engine *self,
	void (*visit)(void *user, const struct stage_link *link), void *user);

/** Says that a client of JACK finishes no cycles any more, or goes on again.
 *
 * JACK runs nobody before all have finished that feed it, so the next act cuts
 * a hung client off from the clients that it feeds, but where the mode is OFF.
 * What is wanted of that is made again when the client goes on. What feeds it
 * stays, and so do its ports of the computer's, for which nobody waits. Errors:
 * STAGE_NO_MEMORY; it is left as it is.
 */
STAGE_NODISCARD enum stage_status stage_engine_set_hung(
	struct stage_engine *self, const char *client, bool is_hung);

bool stage_engine_is_hung(const struct stage_engine *self, const char *client);

/** All clients go on, or are others: the server has gone. */
void stage_engine_none_hung(struct stage_engine *self);

/** True when two ports are kept apart because the first one's client hangs. */
bool stage_engine_is_cut(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** How much is kept silent. */
enum stage_hush {
	STAGE_HUSH_NONE,
	STAGE_HUSH_SONG, // audio of the song's layer, and of some clients
	STAGE_HUSH_ALL,  // and all that goes to ports of the computer's
	STAGE_HUSH_COUNT,
};

/** Has the next act withhold these connections, whatever the mode, until they
 * are let go: then it makes what is wanted of them, and puts the others back.
 * Nothing is learned of that. clients[count] are copied: their outputs are
 * silent too, those of "NAME/...", and of "NAME-01". MIDI stays as it is.
 * Errors: STAGE_NO_MEMORY; all is then as before. */
STAGE_NODISCARD enum stage_status stage_engine_set_hush(
	struct stage_engine *self, enum stage_hush hush,
	const char *const *clients, size_t count);

enum stage_hush stage_engine_hush(const struct stage_engine *self);

/** True when two ports are kept apart for that. */
bool stage_engine_is_hushed(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to);

/** What is said about the two ports that these names mean now. *policy is as
 * stage_desired_judge returns it.
 *
 * False when one of them is not there (or not known, for lack of memory):
 * *policy is then NOT, and nothing is said.
 */
bool stage_engine_judge(const struct stage_engine *self,
	enum stage_patch_system system, const char *from, const char *to,
	enum stage_patch_policy *policy, struct stage_reason *reason);

/** Calls `visit` with each connection between ports that are known, and what is
 * said about it, in no order. Nothing may be changed meanwhile. */
void stage_engine_each_connection(const struct stage_engine *self,
	void (*visit)(void *user, const struct stage_graph_port *from,
		const struct stage_graph_port *to,
		const struct stage_reason *reason),
	void *user);

/** The mode that holds for a connection. */
enum stage_patch_mode stage_engine_mode(
	const struct stage_engine *self, const struct stage_reason *reason);

/** Has `look` see `desired` as if it were in force: with all ports that are
 * there. It must not keep anything of it. Nothing is done.
 *
 * Errors: STAGE_NO_MEMORY; the owner then asks for a scan.
 */
STAGE_NODISCARD enum stage_status stage_engine_try(struct stage_engine *self,
	struct stage_desired *desired, void (*look)(void *user), void *user);

/** Calls `visit` for each edit that an act would ask for, in their order, if
 * `desired` were in force (NULL: what is) and the mode were another one; what
 * is under way or waits is left out. Nothing is done.
 *
 * Errors: STAGE_NO_MEMORY; the owner then asks for a scan.
 */
STAGE_NODISCARD enum stage_status stage_engine_plan(struct stage_engine *self,
	struct stage_desired *desired, enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user);

/** Whether connections are asked for that have not been told of yet. */
bool stage_engine_is_connecting(const struct stage_engine *self);

/** Has the next act make again what a mass event removed; with `forget`, it is
 * learned as removed by hand. Returns how many connections. */
size_t stage_engine_release(struct stage_engine *self, bool forget);

/** For those who explain: the graph and the desired state, borrowed. */
const struct stage_graph *stage_engine_graph(const struct stage_engine *self);
const struct stage_desired *stage_engine_desired(
	const struct stage_engine *self);

/** Says a note in a few words. Never NULL. */
const char *stage_engine_note_name(enum stage_engine_note note);

#endif
