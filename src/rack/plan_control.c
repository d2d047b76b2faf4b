/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/plan_control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rack/value.h"

#define WIDE 1e29F // of a value that says no range

// What a map is for, of a slot. Errors: STAGE_NOT_FOUND, STAGE_BAD_INPUT.
static enum stage_status
fill(const struct stage_rack_slot *slot, const struct stage_rack_map *map,
	struct stage_rack_control *out, struct stage_err *err)
{
	const struct stage_rack_port *port;

	out->min = 0;
	out->max = 1;
	if (strcmp(map->target, "bypass") == 0) {
		out->goal = STAGE_RACK_GOAL_BYPASS;
		out->is_switch = true;
	} else if (stage_rack_slot_find(slot, map->target, &out->index)) {
		out->goal = STAGE_RACK_GOAL_VALUE;
		stage_rack_slot_range(slot, out->index, &out->min, &out->max);
	} else if (strcmp(map->target, "wet") == 0) {
		out->goal = STAGE_RACK_GOAL_WET;
	} else {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"slot %s has no value \"%s\", which is mapped",
			slot->config.id, map->target);
	}
	if (out->goal == STAGE_RACK_GOAL_VALUE && out->index < slot->count) {
		port = stage_rack_slot_port(slot, out->index);
		out->is_switch = port->is_toggled;
		out->is_whole = port->is_whole;
	}
	if (!map->has_range && (out->min < -WIDE || out->max > WIDE)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"slot %s: %s has no range of its own; its map needs "
			"one",
			slot->config.id, map->target);
	}
	return STAGE_OK;
}

static float
clamped(float value, float min, float max)
{
	if (value < min) {
		return min;
	}
	return value > max ? max : value;
}

static void
take_over(const struct stage_rack_map *map, struct stage_rack_control *out)
{
	out->kind = map->kind;
	out->channel = map->channel;
	out->number = map->number;
	out->is_log = map->is_log;
	out->has_pickup = map->has_pickup;
	if (map->has_range) {
		float min = out->min;
		float max = out->max;
		out->min = clamped(map->min, min, max);
		out->max = clamped(map->max, min, max);
	}
}

static void
add(struct stage_rack_plan *plan, struct stage_rack_slot *slot,
	const struct stage_rack_map *map)
{
	struct stage_rack_control *control =
		&plan->controls[plan->control_count];
	struct stage_err err = STAGE_ERR_INIT;

	memset(control, 0, sizeof(*control));
	if (fill(slot, map, control, &err) != STAGE_OK) {
		snprintf(slot->note, sizeof(slot->note), "%s", err.text);
		return;
	}
	take_over(map, control);
	control->link = slot->link;
	plan->control_count++;
}

// Those of the rack go to the loop, by their place.
static void
add_own(struct stage_rack_plan *plan, const struct stage_rack_map *map,
	uint32_t index)
{
	struct stage_rack_control *control =
		&plan->controls[plan->control_count++];

	memset(control, 0, sizeof(*control));
	take_over(map, control);
	control->goal = STAGE_RACK_GOAL_RACK;
	control->index = index;
}

static size_t
count_all(const struct stage_rack *rack)
{
	size_t count = rack->config.map_count + rack->learned.count;

	for (size_t i = 0; i < rack->count; i++) {
		count += rack->slots[i]->config.maps.count;
	}
	return count;
}

static void
add_learned(
	const struct stage_rack *rack, struct stage_rack_plan *plan, size_t at)
{
	const struct stage_rack_learned_item *item = &rack->learned.items[at];

	if (item->slot[0] == '\0') {
		add_own(plan, &item->map,
			(uint32_t)(rack->config.map_count + at));
	}
	for (size_t i = 0; item->slot[0] != '\0' && i < rack->count; i++) {
		if (rack->slots[i]->link != NULL &&
			strcmp(rack->slots[i]->config.id, item->slot) == 0) {
			add(plan, rack->slots[i], &item->map);
		}
	}
}

bool
stage_rack_plan_control(
	const struct stage_rack *rack, struct stage_rack_plan *plan)
{
	plan->controls = calloc(count_all(rack) + 1, sizeof(*plan->controls));
	if (plan->controls == NULL) {
		return false;
	}
	for (size_t i = 0; i < rack->count; i++) {
		struct stage_rack_slot *slot = rack->slots[i];
		for (size_t k = 0;
			slot->link != NULL && k < slot->config.maps.count;
			k++) {
			add(plan, slot, &slot->config.maps.items[k]);
		}
	}
	for (size_t i = 0; i < rack->config.map_count; i++) {
		add_own(plan, &rack->config.maps[i], (uint32_t)i);
	}
	for (size_t i = 0; i < rack->learned.count; i++) {
		add_learned(rack, plan, i);
	}
	return true;
}

enum stage_status
stage_rack_plan_check_map(const struct stage_rack_slot *slot,
	const struct stage_rack_map *map, struct stage_err *err)
{
	struct stage_rack_control control = {.index = 0};

	return fill(slot, map, &control, err);
}
