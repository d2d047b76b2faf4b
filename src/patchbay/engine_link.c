/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/engine_link.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "patchbay/engine_private.h"

#define AGAIN_NS (50 * STAGE_NS_PER_MS) // a death shows itself before
#define CONTESTED_NS (1 * STAGE_NS_PER_S)
#define CONTESTED_MOST_NS (60 * STAGE_NS_PER_S)

struct stage_link *
stage_link_find(const struct stage_engine *self,
	const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	struct stage_str key = {0};
	struct stage_link *link = NULL;

	if (stage_patch_pair_key(&key, from->system, from->name, to->name) ==
		STAGE_OK) {
		link = stage_map_get(self->links, stage_str_text(&key));
	}
	stage_str_finish(&key);
	return link;
}

struct stage_link *
stage_link_between(const struct stage_engine *self,
	const struct stage_graph_port *a, const struct stage_graph_port *b)
{
	return stage_link_find(
		self, a->is_output ? a : b, a->is_output ? b : a);
}

static struct stage_link *
create(const struct stage_graph_port *from, const struct stage_graph_port *to)
{
	struct stage_link *link = calloc(1, sizeof(*link));

	if (link == NULL) {
		return NULL;
	}
	link->system = from->system;
	link->from = strdup(from->name);
	link->to = strdup(to->name);
	if (link->from == NULL || link->to == NULL) {
		stage_link_destroy(link);
		return NULL;
	}
	return link;
}

struct stage_link *
stage_link_make(struct stage_engine *self, const struct stage_graph_port *from,
	const struct stage_graph_port *to)
{
	struct stage_link *link = stage_link_find(self, from, to);
	struct stage_str key = {0};

	if (link != NULL) {
		return link;
	}
	link = create(from, to);
	if (link != NULL &&
		(stage_patch_pair_key(&key, from->system, from->name,
			 to->name) != STAGE_OK ||
			stage_map_put(self->links, stage_str_text(&key),
				link) != STAGE_OK)) {
		stage_link_destroy(link);
		link = NULL;
	}
	stage_str_finish(&key);
	return link;
}

void
stage_link_destroy(void *link)
{
	struct stage_link *self = link;

	if (self != NULL) {
		free(self->from);
		free(self->to);
		free(self);
	}
}

// Those that must be found again when an end of theirs goes.
static bool
is_waiting(enum stage_link_state state, int64_t at_ns)
{
	return at_ns != 0 || state == STAGE_LINK_WITHHELD ||
	       state == STAGE_LINK_CONNECTING ||
	       state == STAGE_LINK_DISCONNECTING;
}

static void
add_waking(struct stage_engine *self, struct stage_link *link)
{
	link->waking_at = self->waking.count;
	link->is_waking = stage_bag_add(&self->waking, link) == STAGE_OK;
	self->is_all_dirty = self->is_all_dirty || !link->is_waking;
}

// The last one takes its place.
static void
remove_waking(struct stage_engine *self, struct stage_link *link)
{
	struct stage_link *last = self->waking.items[self->waking.count - 1];

	self->waking.items[link->waking_at] = last;
	last->waking_at = link->waking_at;
	self->waking.count--;
	link->is_waking = false;
}

void
stage_link_set(struct stage_engine *self, struct stage_link *link,
	enum stage_link_state state, int64_t at_ns)
{
	link->state = state;
	link->at_ns = at_ns;
	if (!is_waiting(state, at_ns)) {
		if (link->is_waking) {
			remove_waking(self, link);
		}
	} else if (!link->is_waking) {
		add_waking(self, link);
	}
}

void
stage_link_forget(struct stage_engine *self, struct stage_link *link)
{
	struct stage_str key = {0};

	if (link->state != STAGE_LINK_IDLE || link->fights > 0) {
		return;
	}
	if (stage_patch_pair_key(&key, link->system, link->from, link->to) ==
		STAGE_OK) {
		(void)stage_map_remove(self->links, stage_str_text(&key));
	}
	stage_str_finish(&key);
}

int64_t
stage_link_pause_ns(struct stage_engine *self, struct stage_link *link)
{
	int64_t pause_ns = CONTESTED_NS;

	if (link->fights < STAGE_ENGINE_FIGHTS) {
		return AGAIN_NS;
	}
	if (link->fights == STAGE_ENGINE_FIGHTS) {
		self->ops->note(self->user, STAGE_NOTE_CONTESTED, link->system,
			link->from, link->to);
	}
	for (unsigned i = STAGE_ENGINE_FIGHTS;
		i < link->fights && pause_ns < CONTESTED_MOST_NS; i++) {
		pause_ns *= 2;
	}
	return pause_ns < CONTESTED_MOST_NS ? pause_ns : CONTESTED_MOST_NS;
}

bool
stage_link_is_judged(const struct stage_link *link)
{
	return link->state == STAGE_LINK_DOUBTED ||
	       link->state == STAGE_LINK_LEARNING;
}

bool
stage_link_is_timed(
	const struct stage_engine *self, const struct stage_link *link)
{
	return link->at_ns != 0 && stage_engine_is_open(self, link->system) &&
	       !(stage_link_is_judged(link) &&
		       self->sides[link->system].is_behind);
}

bool
stage_link_is_due(const struct stage_engine *self,
	const struct stage_link *link, int64_t now_ns)
{
	return stage_link_is_timed(self, link) && link->at_ns <= now_ns;
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
