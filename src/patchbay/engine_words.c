/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdlib.h>
#include <string.h>

#include "patchbay/engine_private.h"

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

static bool
is_doubt_due(const struct stage_engine *self, enum stage_patch_system system,
	int64_t now_ns)
{
	for (size_t i = 0; i < self->waking.count; i++) {
		const struct stage_link *link = self->waking.items[i];
		if (link->state == STAGE_LINK_DOUBTED &&
			link->system == system &&
			stage_link_is_due(self, link, now_ns)) {
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

void
stage_engine_learn_due(struct stage_engine *self, int64_t now_ns)
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
		if (stage_link_is_judged(link) &&
			stage_link_is_due(self, link, now_ns)) {
			add_word(self, &words, link,
				is_new ? STAGE_PATCH_WANT : STAGE_PATCH_NOT);
		} else {
			i++;
		}
	}
	end_words(self, &words);
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
