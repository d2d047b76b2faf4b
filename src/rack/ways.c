/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/ways.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "rack/link.h"

// Which there are.

struct settling {
	struct stage_rack_side_wish *wishes; // [STAGE_RACK_SIDES_MAX]
	size_t count;
};

static void
complain(struct stage_rack_slot *slot, const char *sentence)
{
	if (sentence[0] != '\0' && strcmp(slot->side_note, sentence) != 0) {
		stage_log_warn("slot %s: %s", slot->config.id, sentence);
	}
	snprintf(slot->side_note, sizeof(slot->side_note), "%s", sentence);
}

// What is wrong with a port beside those before it; "": nothing.
static void
judge(const struct settling *self, const struct stage_rack_side_item *item,
	char *out, size_t size)
{
	out[0] = '\0';
	for (size_t i = 0; i < self->count; i++) {
		if (strcmp(self->wishes[i].name, item->wish.name) == 0) {
			snprintf(out, size,
				"port %s is there already, of another line",
				item->wish.name);
			return;
		}
	}
	if (self->count == STAGE_RACK_SIDES_MAX) {
		snprintf(out, size,
			"there is no port %s: all slots have %d at most",
			item->wish.name, STAGE_RACK_SIDES_MAX);
	}
}

static const char *
find_lack(const struct stage_rack_side_list *list)
{
	for (unsigned i = 0; i < STAGE_RACK_SIDE_KIND_COUNT; i++) {
		if (list->lacks[i]) {
			return stage_rack_side_lack(
				(enum stage_rack_side_kind)i);
		}
	}
	return "";
}

static bool
is_of(const struct stage_rack_side *side, const struct stage_rack_slot *slot)
{
	return atomic_load(&side->state) == STAGE_RACK_SIDE_WANTED &&
	       !atomic_load(&side->is_leaving) &&
	       strcmp(side->slot, slot->config.id) == 0;
}

// While there is a slip in its file a slot has the ports that it had: who is
// connected to them stays so.
static enum stage_status
list_as_before(
	const struct stage_rack_slot *slot, struct stage_rack_side_list *out)
{
	const struct stage_rack_sides *sides = &slot->shop->host.wire->sides;

	out->items = calloc(STAGE_RACK_SIDES_MAX, sizeof(*out->items));
	for (uint32_t i = 0;
		out->items != NULL && i < atomic_load(&sides->count); i++) {
		const struct stage_rack_side *side = &sides->items[i];
		struct stage_rack_side_item *item = &out->items[out->count];
		if (!is_of(side, slot)) {
			continue;
		}
		out->count++;
		memcpy(item->wish.name, side->name, sizeof(item->wish.name));
		memcpy(item->wish.slot, side->slot, sizeof(item->wish.slot));
		item->wish.is_input = side->is_input;
		item->wish.is_delayed = side->dry.width > 0;
		item->kind = STAGE_RACK_SIDE_SEND;
	}
	return out->items != NULL ? STAGE_OK : STAGE_NO_MEMORY;
}

static void
list_ports(struct stage_rack_slot *slot, struct stage_rack_side_list *out)
{
	enum stage_status status = STAGE_OK;

	memset(out, 0, sizeof(*out));
	if (slot->config.fault[0] != '\0') {
		status = list_as_before(slot, out);
	} else if (slot->plugin != NULL) {
		status = stage_rack_side_list_make(
			&slot->config, slot->plugin, slot->shop->width, out);
	}
	if (status != STAGE_OK) {
		stage_log_err("out of memory; slot %s keeps the ports it has",
			slot->config.id);
		*out = slot->sides;
		memset(&slot->sides, 0, sizeof(slot->sides));
	}
}

// Keeps what can be had in the slot's list.
static void
settle_slot(struct settling *self, struct stage_rack_slot *slot)
{
	struct stage_rack_side_list list;
	char why[STAGE_ERR_TEXT_MAX] = "";
	size_t kept = 0;

	list_ports(slot, &list);
	snprintf(why, sizeof(why), "%s", find_lack(&list));
	for (size_t i = 0; i < list.count; i++) {
		char fault[STAGE_ERR_TEXT_MAX];
		judge(self, &list.items[i], fault, sizeof(fault));
		if (fault[0] == '\0') {
			self->wishes[self->count++] = list.items[i].wish;
			list.items[kept++] = list.items[i];
		} else if (why[0] == '\0') {
			memcpy(why, fault, sizeof(why));
		}
	}
	list.count = kept;
	complain(slot, why);
	stage_rack_side_list_finish(&slot->sides);
	slot->sides = list;
}

// What was found for each; they stand in the same order.
static void
hand_out(struct stage_rack *rack, const struct stage_rack_side_wish *wishes)
{
	for (size_t i = 0; i < rack->count; i++) {
		struct stage_rack_side_list *list = &rack->slots[i]->sides;
		for (size_t k = 0; k < list->count; k++) {
			list->items[k].wish = *wishes++;
		}
	}
}

void
stage_rack_ways_settle(struct stage_rack *rack)
{
	struct settling self = {
		.wishes = calloc(STAGE_RACK_SIDES_MAX, sizeof(*self.wishes))};

	if (self.wishes == NULL) {
		stage_log_err("out of memory; the ports of slots stay");
		return;
	}
	for (size_t i = 0; i < rack->count; i++) {
		settle_slot(&self, rack->slots[i]);
	}
	if (!stage_rack_sides_settle(
		    &rack->wire->sides, self.wishes, self.count)) {
		stage_log_err("there is no room for all ports of slots");
	}
	hand_out(rack, self.wishes);
	free(self.wishes);
}

// Of a plan.

static bool
make_row(struct stage_rack_side ***row, uint32_t count)
{
	if (*row == NULL) {
		*row = calloc((size_t)count + 1, sizeof(**row));
	}
	return *row != NULL;
}

// Puts a port where the units of a link have it.
static bool
put(struct stage_rack_ways *ways, const struct stage_rack_link *link,
	const struct stage_rack_side_item *item, struct stage_rack_side *side)
{
	const struct stage_rack_unit *unit = link->units[0];
	uint32_t count = item->wish.is_input
				 ? unit->in_count + unit->side_in_count
				 : unit->out_count + unit->side_out_count;
	struct stage_rack_side ***row =
		item->wish.is_input ? &ways->ins : &ways->outs;

	if (!make_row(row, count * link->unit_count)) {
		return false;
	}
	for (uint32_t i = 0; i < link->unit_count; i++) {
		if (item->unit == STAGE_RACK_SIDE_UNITS_ALL ||
			item->unit == i) {
			(*row)[i * count + item->at] = side;
		}
	}
	return true;
}

static bool
make_link(struct stage_rack_plan *plan, size_t at)
{
	const struct stage_rack_link *link = plan->links[at];
	const struct stage_rack_side_list *list = &link->slot->sides;
	bool is_made = true;

	for (size_t i = 0; is_made && i < list->count; i++) {
		struct stage_rack_side *side = list->items[i].wish.side;
		if (side != NULL) {
			is_made = put(
				&plan->ways[at], link, &list->items[i], side);
			side->refs++;
			plan->sides[plan->side_count++] = side;
		}
	}
	return is_made;
}

static size_t
count_sides(const struct stage_rack_plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->count; i++) {
		count += plan->links[i]->slot->sides.count;
	}
	return count;
}

bool
stage_rack_ways_make(struct stage_rack_plan *plan)
{
	size_t count = count_sides(plan);
	bool is_made = true;

	if (count == 0) {
		return true;
	}
	plan->ways = calloc(plan->count, sizeof(*plan->ways));
	plan->sides = calloc(count, sizeof(struct stage_rack_side *));
	if (plan->ways == NULL || plan->sides == NULL) {
		return false;
	}
	for (size_t i = 0; is_made && i < plan->count; i++) {
		is_made = make_link(plan, i);
	}
	return is_made;
}

void
stage_rack_ways_finish(struct stage_rack_plan *plan)
{
	for (size_t i = 0; i < plan->side_count; i++) {
		plan->sides[i]->refs--;
	}
	for (size_t i = 0; plan->ways != NULL && i < plan->count; i++) {
		free(plan->ways[i].ins);
		free(plan->ways[i].outs);
	}
	free(plan->sides);
	free(plan->ways);
}

// How late they are.

static uint32_t
passing_latency(const struct stage_rack_link *link)
{
	return link != NULL && link->dry.width > 0
		       ? atomic_load(&link->latency_frames)
		       : 0;
}

static bool
is_instrument(const struct stage_rack_link *link)
{
	return link != NULL && link->units[0]->in_count == 0;
}

// True when that is something new.
static bool
measure_item(const struct stage_rack_slot *slot,
	const struct stage_rack_side_item *item, uint32_t before,
	uint32_t whole)
{
	struct stage_rack_side *side = item->wish.side;
	bool is_source =
		item->kind == STAGE_RACK_SIDE_OUTS && is_instrument(slot->link);
	bool is_return = item->kind == STAGE_RACK_SIDE_RETURN;
	uint32_t frames = before;
	bool is_new;

	if (side == NULL) {
		return false;
	}
	if (item->kind == STAGE_RACK_SIDECHAIN) {
		frames = whole; // it is delayed as what it is for
	} else if (is_return) {
		frames = whole - before;
	} else if (is_source) {
		frames = atomic_load(&slot->link->latency_frames);
	} else if (item->kind == STAGE_RACK_SIDE_OUTS) {
		frames += passing_latency(slot->link);
	}
	atomic_store(&side->is_source, is_source);
	is_new = atomic_exchange(&side->is_return, is_return) != is_return;
	return atomic_exchange(&side->frames, frames) != frames || is_new;
}

// How much later than the sound that passes a slot comes what it was sent to.
static uint32_t
away_of(const struct stage_rack_slot *slot, uint32_t before)
{
	int64_t away = 0;

	for (size_t i = 0; i < slot->sides.count; i++) {
		const struct stage_rack_side_item *item = &slot->sides.items[i];
		if (item->kind == STAGE_RACK_SIDE_RETURN &&
			item->wish.side != NULL) {
			int64_t came = atomic_load(&item->wish.side->came);
			away = came - before > away ? came - before : away;
		}
	}
	return away < STAGE_RACK_DRY_MAX ? (uint32_t)away : STAGE_RACK_DRY_MAX;
}

static bool
measure(struct stage_rack *rack)
{
	uint32_t before = 0;
	uint32_t whole = 0;
	bool is_new = false;

	for (size_t i = 0; i < rack->count; i++) {
		whole += passing_latency(rack->slots[i]->link);
	}
	for (size_t i = 0; i < rack->count; i++) {
		const struct stage_rack_slot *slot = rack->slots[i];
		for (size_t k = 0; k < slot->sides.count; k++) {
			is_new |= measure_item(
				slot, &slot->sides.items[k], before, whole);
		}
		if (slot->link != NULL) {
			stage_rack_link_set_away(
				slot->link, away_of(slot, before));
		}
		before += passing_latency(slot->link);
	}
	return is_new;
}

// What the server has no room for.

static const char *
first_refused(const struct stage_rack_sides *sides)
{
	for (uint32_t i = 0; i < atomic_load(&sides->count); i++) {
		const struct stage_rack_side *side = &sides->items[i];
		if (atomic_load(&side->is_refused) &&
			!atomic_load(&side->is_leaving)) {
			return side->name;
		}
	}
	return "";
}

static void
tell_refused(struct stage_rack *rack)
{
	uint32_t count = atomic_load(&rack->wire->sides.refused);

	if (count > rack->refused_sides) {
		stage_log_err(
			"the JACK server has no room for %u port%s of this "
			"rack, %s and on; it plays on without, and jack.ports "
			"in rig.conf makes room",
			count, count == 1 ? "" : "s",
			first_refused(&rack->wire->sides));
	}
	rack->refused_sides = count;
}

bool
stage_rack_ways_tidy(struct stage_rack *rack)
{
	bool has_work = stage_rack_sides_tidy(&rack->wire->sides);

	has_work |= measure(rack);
	tell_refused(rack);
	return has_work;
}

// Asked by others.

const char *
stage_rack_ways_note(const struct stage_rack_slot *slot, char *out, size_t size)
{
	snprintf(out, size, "%s", slot->side_note);
	for (size_t i = 0; out[0] == '\0' && i < slot->sides.count; i++) {
		const struct stage_rack_side *side =
			slot->sides.items[i].wish.side;
		if (side != NULL && atomic_load(&side->is_refused)) {
			snprintf(out, size,
				"the JACK server has no room for its port %s; "
				"jack.ports in rig.conf makes room",
				side->name);
		}
	}
	return out;
}

json_t *
stage_rack_ways_describe(const struct stage_rack_slot *slot)
{
	json_t *out = json_array();

	for (size_t i = 0; out != NULL && i < slot->sides.count; i++) {
		json_array_append_new(
			out, json_string(slot->sides.items[i].wish.name));
	}
	return out;
}
