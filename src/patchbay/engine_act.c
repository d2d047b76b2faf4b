/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "patchbay/engine_private.h"

struct walk {
	struct stage_engine *self;
	bool is_lacking_memory;
	/** Where to tell what would be done; NULL: it is done. */
	void (*plan)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to);
	void *plan_user;
};

enum stage_patch_mode
stage_engine_mode(
	const struct stage_engine *self, const struct stage_reason *reason)
{
	return self->mode != STAGE_PATCH_MODE_LOCK && reason->has_mode
		       ? reason->mode
		       : self->mode;
}

static void
edit(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to, enum stage_engine_edit what,
	const struct stage_reason *reason)
{
	bool is_disconnect = what != STAGE_ENGINE_CONNECT;
	struct stage_engine *self = walk->self;
	struct stage_link *link;

	if (walk->plan != NULL) {
		walk->plan(walk->plan_user, is_disconnect, from, to);
		return;
	}
	link = stage_link_make(self, from, to);
	if (link == NULL) {
		walk->is_lacking_memory = true;
		return;
	}
	stage_link_set(self, link,
		is_disconnect ? STAGE_LINK_DISCONNECTING
			      : STAGE_LINK_CONNECTING,
		0);
	if (self->ops->edit(self->user, what, from->system, from->name,
		    to->name, &reason->how) != STAGE_OK) {
		stage_link_set(self, link, STAGE_LINK_IDLE, 0);
		stage_link_forget(self, link);
		walk->is_lacking_memory = true;
	}
}

// A plan is made of what was told last, whatever happens meanwhile.
static bool
is_closed(const struct walk *walk, const struct stage_graph_port *port)
{
	return walk->plan == NULL &&
	       !stage_engine_is_open(walk->self, port->system);
}

static bool
is_kept_apart(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	return stage_engine_is_cut(self, from, to) ||
	       stage_engine_is_hushed(self, from, to);
}

// A wanted pair: connected unless somebody's word is waited for.
static void
connect_pair(
	void *user, struct stage_graph_port *from, struct stage_graph_port *to)
{
	struct walk *walk = user;
	struct stage_engine *self = walk->self;
	const struct stage_link *link;
	struct stage_reason reason;

	if (walk->plan == NULL && (from->is_arriving || to->is_arriving)) {
		return; // once no more of them come
	}
	if (is_closed(walk, from) || !stage_graph_can_connect(from, to) ||
		stage_graph_is_connected(from, to) ||
		is_kept_apart(self, from, to) ||
		!stage_patch_policy_is_wanted(stage_desired_judge(
			self->desired, from, to, &reason)) ||
		stage_engine_mode(self, &reason) == STAGE_PATCH_MODE_OFF) {
		return;
	}
	link = stage_link_find(self, from, to);
	if (link == NULL || link->state == STAGE_LINK_IDLE) {
		edit(walk, from, to, STAGE_ENGINE_CONNECT, &reason);
	}
}

// True when the input is fed by what alone may feed it.
static bool
is_taken(const struct stage_engine *self, const struct stage_graph_port *to)
{
	struct stage_reason reason;

	for (size_t i = 0; i < to->peer_count; i++) {
		if (to->peers[i]->mark != NULL &&
			stage_desired_judge(self->desired, to->peers[i], to,
				&reason) == STAGE_PATCH_ONLY) {
			return true;
		}
	}
	return false;
}

static bool
is_unwelcome(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to,
	enum stage_patch_mode mode, const struct stage_link *link)
{
	if (link != NULL && link->state == STAGE_LINK_HELD) {
		return true; // it was wanted, and is so no longer
	}
	if (mode == STAGE_PATCH_MODE_EXCLUSIVE &&
		(stage_desired_knows(self->desired, from) ||
			stage_desired_knows(self->desired, to))) {
		return true;
	}
	return is_taken(self, to);
}

// Connected by hand in another way than is wanted: that is about to be learned.
static bool
is_learned_anew(
	const struct stage_link *link, const struct stage_reason *reason)
{
	return link->state == STAGE_LINK_LEARNING &&
	       !stage_patch_how_is_same(&link->how, &reason->how);
}

// Cut before, it would be no hand's any more.
static bool
is_being_learned(const struct stage_link *link)
{
	return link != NULL && link->state == STAGE_LINK_LEARNING;
}

static void
hold(struct walk *walk, const struct stage_graph_port *from,
	const struct stage_graph_port *to, const struct stage_reason *reason)
{
	struct stage_link *link;

	if (walk->plan == NULL) {
		link = stage_link_make(walk->self, from, to);
		if (link != NULL && !is_learned_anew(link, reason)) {
			stage_link_set(walk->self, link, STAGE_LINK_HELD, 0);
		}
	}
}

/* What is connected: held when it is wanted, else removed perhaps. What is
 * forbidden or cut goes in the first walk, before anything is made, other
 * things in the last. */
static void
judge_connection(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to, bool is_for_forbidden)
{
	struct stage_engine *self = walk->self;
	struct stage_reason reason;
	enum stage_patch_policy policy =
		stage_desired_judge(self->desired, from, to, &reason);
	enum stage_patch_mode mode = stage_engine_mode(self, &reason);
	struct stage_link *link = stage_link_find(self, from, to);
	bool is_under_way =
		link != NULL && (link->state == STAGE_LINK_DISCONNECTING ||
					link->state == STAGE_LINK_CONNECTING);
	bool is_hushed = stage_engine_is_hushed(self, from, to);
	bool must_go = policy == STAGE_PATCH_FORBID || is_hushed ||
		       (stage_engine_is_cut(self, from, to) &&
			       !is_being_learned(link));

	if ((mode == STAGE_PATCH_MODE_OFF && !is_hushed) || is_under_way ||
		must_go != is_for_forbidden ||
		stage_engine_is_momentary(from)) {
		return;
	}
	if (is_hushed && walk->plan == NULL &&
		(!stage_patch_policy_is_wanted(policy) ||
			mode == STAGE_PATCH_MODE_OFF)) {
		stage_engine_remember_hushed(self, from, to);
	}
	if (stage_patch_policy_is_wanted(policy) && !must_go) {
		hold(walk, from, to, &reason);
	} else if (must_go || is_unwelcome(self, from, to, mode, link)) {
		edit(walk, from, to,
			is_for_forbidden ? STAGE_ENGINE_FORBID
					 : STAGE_ENGINE_DISCONNECT,
			&reason);
	}
}

static void
judge_port(
	struct walk *walk, struct stage_graph_port *port, bool is_for_forbidden)
{
	for (size_t i = 0; i < port->peer_count; i++) {
		struct stage_graph_port *peer = port->peers[i];
		if (peer->mark == NULL) {
			continue; // as in walk_port
		}
		judge_connection(walk, port->is_output ? port : peer,
			port->is_output ? peer : port, is_for_forbidden);
	}
}

static void
walk_port(struct walk *walk, struct stage_graph_port *port, int step)
{
	if (port->mark == NULL || is_closed(walk, port)) {
		return; // there was no memory for it; a scan brings it again
	}
	if (step == 1) {
		stage_desired_partners(walk->self->desired, walk->self->graph,
			port, connect_pair, walk);
	} else {
		judge_port(walk, port, step == 0);
	}
}

// Those of a server that is being listed stay.
static void
empty_dirty(struct stage_engine *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->dirty.count; i++) {
		struct stage_graph_port *port = self->dirty.items[i];
		port->is_listed = !stage_engine_is_open(self, port->system);
		if (port->is_listed) {
			self->dirty.items[kept] = port;
			kept++;
		}
	}
	self->dirty.count = kept;
}

// Forbids, wants, then what is left over.
static void
look_at_ports(struct stage_engine *self)
{
	struct walk walk = {.self = self};
	bool is_all = self->is_all_dirty;

	self->is_all_dirty = false;
	for (int step = 0; step < 3; step++) {
		struct stage_graph_port *port = stage_graph_first(self->graph);
		for (; is_all && port != NULL; port = port->next) {
			walk_port(&walk, port, step);
		}
		for (size_t i = 0; !is_all && i < self->dirty.count; i++) {
			walk_port(&walk, self->dirty.items[i], step);
		}
	}
	empty_dirty(self);
	self->is_all_dirty = self->is_all_dirty || walk.is_lacking_memory;
}

struct stage_link
stage_engine_look(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	const struct stage_link *link = stage_link_find(self, from, to);

	return link != NULL ? *link
			    : (struct stage_link){.state = STAGE_LINK_IDLE};
}

void
stage_engine_waiting(const struct stage_engine *self,
	void (*visit)(void *user, const struct stage_link *link), void *user)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		visit(user, self->waking.items[i]);
	}
}

// From the outputs alone, so that nothing is told from both ends.
static void
walk_outputs(struct walk *walk)
{
	for (int step = 0; step < 3; step++) {
		struct stage_graph_port *port =
			stage_graph_first(walk->self->graph);
		for (; port != NULL; port = port->next) {
			if (port->is_output) {
				walk_port(walk, port, step);
			}
		}
	}
}

enum stage_status
stage_engine_try(struct stage_engine *self, struct stage_desired *desired,
	void (*look)(void *user), void *user)
{
	struct stage_desired *in_force = self->desired;
	enum stage_status status =
		stage_engine_move_ports(self, in_force, desired);

	self->desired = desired;
	if (status == STAGE_OK) {
		look(user);
	}
	self->desired = in_force;
	if (stage_engine_move_ports(self, desired, in_force) != STAGE_OK) {
		self->is_all_dirty = true;
		status = STAGE_NO_MEMORY;
	}
	return status;
}

static void
look_at_plan(void *user)
{
	walk_outputs(user);
}

enum stage_status
stage_engine_plan(struct stage_engine *self, struct stage_desired *desired,
	enum stage_patch_mode mode,
	void (*visit)(void *user, bool is_disconnect,
		const struct stage_graph_port *from,
		const struct stage_graph_port *to),
	void *user)
{
	struct walk walk = {.self = self, .plan = visit, .plan_user = user};
	enum stage_patch_mode mode_before = self->mode;
	enum stage_status status = STAGE_OK;

	self->mode = mode;
	if (desired != NULL) {
		status = stage_engine_try(self, desired, look_at_plan, &walk);
	} else {
		walk_outputs(&walk);
	}
	self->mode = mode_before;
	return status;
}

// The words that are waited for.

static size_t
count_doubted(const struct stage_engine *self, enum stage_patch_system system)
{
	size_t count = 0;

	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];
		count += link->state == STAGE_LINK_DOUBTED &&
			 link->system == system;
	}
	return count;
}

/* More removals than a hand makes, or, with a few, a good part of all that is
 * connected. */
static bool
is_mass_event(const struct stage_engine *self, enum stage_patch_system system)
{
	size_t doubted = count_doubted(self, system);
	size_t there = stage_graph_connections_of(self->graph, system);

	return doubted > STAGE_ENGINE_MASS_EDGES ||
	       (doubted > STAGE_ENGINE_MASS_EDGES / 2 &&
		       doubted * 4 > doubted + there);
}

static void
withhold_doubted(struct stage_engine *self, enum stage_patch_system system)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		struct stage_link *link = self->waking.items[i];
		if (link->state == STAGE_LINK_DOUBTED &&
			link->system == system) {
			stage_link_set(self, link, STAGE_LINK_WITHHELD, 0);
			self->ops->note(self->user, STAGE_NOTE_WITHHELD,
				link->system, link->from, link->to);
		}
	}
}

// The server has refused to disconnect them; perhaps they may stay by now.
static void
disconnect_pair(struct walk *walk, struct stage_graph_port *from,
	struct stage_graph_port *to)
{
	const struct stage_engine *self = walk->self;
	struct stage_reason reason;
	enum stage_patch_policy policy =
		stage_desired_judge(self->desired, from, to, &reason);
	bool must_go =
		policy == STAGE_PATCH_FORBID || is_kept_apart(self, from, to);

	if (stage_engine_mode(self, &reason) == STAGE_PATCH_MODE_OFF &&
		!stage_engine_is_hushed(self, from, to)) {
		return;
	}
	if (stage_patch_policy_is_wanted(policy) && !must_go) {
		hold(walk, from, to, &reason);
	} else {
		edit(walk, from, to,
			must_go ? STAGE_ENGINE_FORBID : STAGE_ENGINE_DISCONNECT,
			&reason);
	}
}

static void
retry(struct stage_engine *self, struct stage_link *link)
{
	struct walk walk = {.self = self};
	struct stage_graph_port *from =
		stage_graph_find(self->graph, link->system, true, link->from);
	struct stage_graph_port *to =
		stage_graph_find(self->graph, link->system, false, link->to);

	stage_link_set(self, link, STAGE_LINK_IDLE, 0);
	if (from != NULL && to != NULL && from->mark != NULL &&
		to->mark != NULL) {
		if (stage_graph_is_connected(from, to)) {
			disconnect_pair(&walk, from, to);
		} else {
			connect_pair(&walk, from, to);
		}
	}
	stage_link_forget(self, link);
	self->is_all_dirty = self->is_all_dirty || walk.is_lacking_memory;
}

// Whose hand it was is concluded from what has not been told.
static bool
is_judged(const struct stage_link *link)
{
	return link->state == STAGE_LINK_DOUBTED ||
	       link->state == STAGE_LINK_LEARNING;
}

// What is about a server that is being listed waits for the end of that.
static bool
is_timed(const struct stage_engine *self, const struct stage_link *link)
{
	return link->at_ns != 0 && stage_engine_is_open(self, link->system) &&
	       !(is_judged(link) && self->sides[link->system].is_behind);
}

static bool
is_due(const struct stage_engine *self, const struct stage_link *link,
	int64_t now_ns)
{
	return is_timed(self, link) && link->at_ns <= now_ns;
}

static bool
is_doubt_due(const struct stage_engine *self, enum stage_patch_system system,
	int64_t now_ns)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];
		if (link->state == STAGE_LINK_DOUBTED &&
			link->system == system && is_due(self, link, now_ns)) {
			return true;
		}
	}
	return false;
}

// Words for the owner, and the links that they are of, which are borrowed.
struct words {
	struct stage_engine_word *items;
	struct stage_link **links;
	struct stage_strv names; // that are not the ports' own
	size_t count;
};

// Returns whether there is memory for a word of each link that waits.
static bool
begin_words(const struct stage_engine *self, struct words *words)
{
	size_t most = self->waking.count + 1;

	*words = (struct words){0};
	words->items = calloc(most, sizeof(*words->items));
	words->links = calloc(most, sizeof(struct stage_link *));
	if (words->items != NULL && words->links != NULL) {
		return true;
	}
	free(words->items);
	free(words->links);
	return false;
}

/* Under which names it is written down: those of the statement that decides, or
 * means the ports in spite of their names now. Without memory, their own. */
static void
name_word(struct stage_engine *self, struct words *words,
	const struct stage_link *link, struct stage_engine_word *word)
{
	const struct stage_graph_port *from =
		stage_graph_find(self->graph, link->system, true, link->from);
	const struct stage_graph_port *to =
		stage_graph_find(self->graph, link->system, false, link->to);
	const char *from_name;
	const char *to_name;

	if (from == NULL || to == NULL) {
		return;
	}
	stage_desired_names(from, to, &from_name, &to_name);
	if (strcmp(from_name, link->from) == 0 &&
		strcmp(to_name, link->to) == 0) {
		return;
	}
	if (stage_strv_add(&words->names, from_name) == STAGE_OK &&
		stage_strv_add(&words->names, to_name) == STAGE_OK) {
		word->from = words->names.items[words->names.count - 2];
		word->to = words->names.items[words->names.count - 1];
	}
}

static void
add_word(struct stage_engine *self, struct words *words,
	struct stage_link *link, enum stage_patch_policy policy)
{
	struct stage_engine_word *word = &words->items[words->count];

	stage_link_set(self, link, STAGE_LINK_IDLE, 0);
	*word = (struct stage_engine_word){policy, link->system, link->from,
		link->to, link->from, link->to, {0}};
	if (policy == STAGE_PATCH_WANT) {
		word->how = link->how;
	}
	name_word(self, words, link, word);
	words->links[words->count] = link;
	words->count++;
}

// All at once: what it costs to make a desired state anew is paid once.
static void
end_words(struct stage_engine *self, struct words *words)
{
	if (words->count > 0) {
		self->ops->learned(self->user, words->items, words->count);
	}
	for (size_t i = 0; i < words->count; i++) {
		words->links[i]->fights = 0;
		stage_link_forget(self, words->links[i]);
	}
	stage_strv_finish(&words->names);
	free(words->items);
	free(words->links);
}

static void
withhold_masses(struct stage_engine *self, int64_t now_ns)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		enum stage_patch_system system = (enum stage_patch_system)i;
		if (is_doubt_due(self, system, now_ns) &&
			is_mass_event(self, system)) {
			withhold_doubted(self, system);
		}
	}
}

/* The first doubt that is due decides for all that there are by then. Without
 * memory it is left to the next act. */
static void
learn_due(struct stage_engine *self, int64_t now_ns)
{
	struct words words;
	size_t i = 0;

	withhold_masses(self, now_ns);
	if (!begin_words(self, &words)) {
		return;
	}
	while (i < self->waking.count) {
		struct stage_link *link = self->waking.items[i];
		bool is_new = link->state == STAGE_LINK_LEARNING;
		if (is_judged(link) && is_due(self, link, now_ns)) {
			add_word(self, &words, link,
				is_new ? STAGE_PATCH_WANT : STAGE_PATCH_NOT);
		} else {
			i++;
		}
	}
	end_words(self, &words);
}

static void
retry_due(struct stage_engine *self, int64_t now_ns)
{
	size_t i = 0;

	while (i < self->waking.count) {
		struct stage_link *link = self->waking.items[i];
		if (link->state == STAGE_LINK_RETRY &&
			is_due(self, link, now_ns)) {
			retry(self, link); // now another one may be here
		} else {
			i++;
		}
	}
}

static int64_t
next_due(const struct stage_engine *self)
{
	int64_t next_ns = 0;

	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];
		if (is_timed(self, link) &&
			(next_ns == 0 || link->at_ns < next_ns)) {
			next_ns = link->at_ns;
		}
	}
	return next_ns;
}

/* Lets those go on that have come, once there are no more. Returns when to look
 * again, 0 when none wait. */
static int64_t
end_arrival(struct stage_engine *self, int64_t now_ns)
{
	int64_t end_ns = self->arrival_last_ns + STAGE_ENGINE_ARRIVAL_NS;
	int64_t most_ns = self->arrival_first_ns + STAGE_ENGINE_ARRIVAL_MOST_NS;

	end_ns = most_ns < end_ns ? most_ns : end_ns;
	if (self->arriving.count > 0 && now_ns < end_ns) {
		return end_ns;
	}
	for (size_t i = 0; i < self->arriving.count; i++) {
		struct stage_graph_port *port = self->arriving.items[i];
		port->is_arriving = false;
		stage_engine_touch(self, port);
	}
	self->arriving.count = 0;
	return 0;
}

static int64_t
earlier(int64_t a_ns, int64_t b_ns)
{
	if (a_ns == 0 || b_ns == 0) {
		return a_ns + b_ns;
	}
	return a_ns < b_ns ? a_ns : b_ns;
}

static bool
is_any_open(const struct stage_engine *self)
{
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		if (stage_engine_is_open(self, (enum stage_patch_system)i)) {
			return true;
		}
	}
	return false;
}

int64_t
stage_engine_act(struct stage_engine *self, int64_t now_ns)
{
	int64_t arrival_ns;
	int64_t due_ns;

	if (!is_any_open(self)) {
		return 0;
	}
	due_ns = next_due(self);
	if (due_ns != 0 && due_ns <= now_ns) {
		learn_due(self, now_ns);
		retry_due(self, now_ns);
	}
	arrival_ns = end_arrival(self, now_ns);
	look_at_ports(self);
	return earlier(next_due(self), arrival_ns);
}

bool
stage_engine_is_connecting(const struct stage_engine *self)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];

		if (link->state == STAGE_LINK_CONNECTING) {
			return true;
		}
	}
	return false;
}

void
stage_engine_lose_edits(
	struct stage_engine *self, enum stage_patch_system system)
{
	for (size_t i = self->waking.count; i > 0; i--) {
		struct stage_link *link = self->waking.items[i - 1];
		if (link->system == system &&
			(link->state == STAGE_LINK_CONNECTING ||
				link->state == STAGE_LINK_DISCONNECTING)) {
			stage_link_set(self, link, STAGE_LINK_IDLE, 0);
			stage_link_forget(self, link);
		}
	}
	self->is_all_dirty = true;
}

size_t
stage_engine_release(struct stage_engine *self, bool forget)
{
	struct words words;
	size_t count = 0;
	size_t i = 0;

	if (!begin_words(self, &words)) {
		return 0;
	}
	while (i < self->waking.count) {
		struct stage_link *link = self->waking.items[i];
		if (link->state != STAGE_LINK_WITHHELD) {
			i++;
			continue;
		}
		count++;
		if (forget) {
			add_word(self, &words, link, STAGE_PATCH_NOT);
		} else {
			stage_link_set(self, link, STAGE_LINK_IDLE, 0);
			stage_link_forget(self, link);
		}
	}
	self->is_all_dirty = self->is_all_dirty || count > 0;
	end_words(self, &words);
	return count;
}
