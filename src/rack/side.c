/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/side.h"

#include <string.h>

void
stage_rack_sides_init(struct stage_rack_sides *self)
{
	sem_init(&self->passed, 0, 0);
}

void
stage_rack_sides_finish(struct stage_rack_sides *self)
{
	for (size_t i = 0; i < STAGE_RACK_SIDES_MAX; i++) {
		stage_rack_dry_finish(&self->items[i].dry);
	}
	sem_destroy(&self->passed);
}

static bool
is_at_work(const struct stage_rack_side *side)
{
	unsigned state = atomic_load(&side->state);

	return state == STAGE_RACK_SIDE_WANTED ||
	       state == STAGE_RACK_SIDE_DROPPED;
}

static struct stage_rack_side *
find(struct stage_rack_sides *self, const struct stage_rack_side_wish *wish)
{
	for (uint32_t i = 0; i < atomic_load(&self->count); i++) {
		struct stage_rack_side *side = &self->items[i];
		if (is_at_work(side) && side->is_input == wish->is_input &&
			(side->dry.width > 0) == wish->is_delayed &&
			strcmp(side->name, wish->name) == 0) {
			return side;
		}
	}
	return NULL;
}

static void
clear(struct stage_rack_side *side)
{
	stage_rack_dry_finish(&side->dry);
	memset(side->name, 0, sizeof(side->name));
	memset(side->slot, 0, sizeof(side->slot));
	atomic_store(&side->is_refused, false);
	atomic_store(&side->is_leaving, false);
	atomic_store(&side->is_source, false);
	atomic_store(&side->is_return, false);
	atomic_store(&side->came, 0);
	atomic_store(&side->frames, 0);
	side->level = 0;
	side->last = 0;
	side->left = 0;
	atomic_store(&side->state, STAGE_RACK_SIDE_EMPTY);
}

static struct stage_rack_side *
find_empty(struct stage_rack_sides *self)
{
	for (uint32_t i = 0; i < STAGE_RACK_SIDES_MAX; i++) {
		struct stage_rack_side *side = &self->items[i];
		if (atomic_load(&side->state) == STAGE_RACK_SIDE_EMPTY) {
			return side;
		}
	}
	return NULL;
}

static struct stage_rack_side *
add(struct stage_rack_sides *self, const struct stage_rack_side_wish *wish,
	uint32_t rank)
{
	struct stage_rack_side *side = find_empty(self);
	uint32_t at;

	if (side == NULL ||
		(wish->is_delayed && !stage_rack_dry_init(&side->dry, 1))) {
		return NULL;
	}
	memcpy(side->name, wish->name, sizeof(side->name));
	memcpy(side->slot, wish->slot, sizeof(side->slot));
	side->is_input = wish->is_input;
	atomic_store(&side->rank, rank);
	at = (uint32_t)(side - self->items);
	if (at >= atomic_load(&self->count)) {
		atomic_store(&self->count, at + 1);
	}
	atomic_store(&side->state, STAGE_RACK_SIDE_WANTED);
	return side;
}

// One that is being dropped is wanted again, unless it is gone by now.
static bool
keep(struct stage_rack_side *side, const struct stage_rack_side_wish *wish,
	uint32_t rank)
{
	unsigned dropped = STAGE_RACK_SIDE_DROPPED;

	atomic_store(&side->rank, rank);
	if (atomic_load(&side->state) == STAGE_RACK_SIDE_DROPPED &&
		!atomic_compare_exchange_strong(
			&side->state, &dropped, STAGE_RACK_SIDE_WANTED)) {
		return false;
	}
	memcpy(side->slot, wish->slot, sizeof(side->slot));
	atomic_store(&side->is_leaving, false);
	return true;
}

bool
stage_rack_sides_settle(struct stage_rack_sides *self,
	struct stage_rack_side_wish *wishes, size_t count)
{
	bool stays[STAGE_RACK_SIDES_MAX] = {false};
	bool are_all = true;

	for (size_t i = 0; i < count; i++) {
		struct stage_rack_side_wish *wish = &wishes[i];
		struct stage_rack_side *side = find(self, wish);
		if (side == NULL || !keep(side, wish, (uint32_t)i)) {
			side = add(self, wish, (uint32_t)i);
		}
		wish->side = side;
		are_all &= side != NULL;
		if (side != NULL) {
			stays[side - self->items] = true;
		}
	}
	for (uint32_t i = 0; i < atomic_load(&self->count); i++) {
		if (!stays[i]) {
			atomic_store(&self->items[i].is_leaving, true);
		}
	}
	return are_all;
}

bool
stage_rack_sides_tidy(struct stage_rack_sides *self)
{
	bool has_work = false;

	for (uint32_t i = 0; i < atomic_load(&self->count); i++) {
		struct stage_rack_side *side = &self->items[i];
		switch (atomic_load(&side->state)) {
		case STAGE_RACK_SIDE_WANTED:
			if (atomic_load(&side->is_leaving) && side->refs == 0) {
				atomic_store(
					&side->state, STAGE_RACK_SIDE_DROPPED);
				has_work = true;
			} else if (!atomic_load(&side->is_leaving)) {
				has_work |= atomic_load(&side->port) == NULL &&
					    !atomic_load(&side->is_refused);
			}
			break;
		case STAGE_RACK_SIDE_DROPPED:
			has_work = true;
			break;
		case STAGE_RACK_SIDE_RELEASED:
			clear(side);
			break;
		default:
			break;
		}
	}
	return has_work;
}
