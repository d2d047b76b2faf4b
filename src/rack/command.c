/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/command.h"

#include <string.h>

#include "base/suggest.h"
#include "rack/value.h"

static enum stage_status
fail_symbol(const struct stage_rack_slot *slot, const char *symbol,
	struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(symbol);

	for (uint32_t i = 0; i < slot->count; i++) {
		stage_suggest_offer(
			&suggest, stage_rack_slot_port(slot, i)->symbol);
	}
	return suggest.best != NULL
		       ? stage_err_set(err, STAGE_NOT_FOUND,
				 "slot %s has no value \"%s\"; did you mean "
				 "\"%s\"?",
				 slot->config.id, symbol, suggest.best)
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "slot %s has no value \"%s\"", slot->config.id,
				 symbol);
}

// True also when it is NaN.
static bool
is_outside(double value, float min, float max)
{
	return !(value >= (double)min && value <= (double)max);
}

static enum stage_status
fail_range(const char *symbol, float min, float max, struct stage_err *err)
{
	return stage_err_set(err, STAGE_BAD_INPUT, "%s goes from %g to %g",
		symbol, (double)min, (double)max);
}

enum stage_status
stage_rack_set(struct stage_rack_slot *slot, const char *symbol, double value,
	struct stage_err *err)
{
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);
	uint32_t index;
	float min = 0;
	float max = 1;

	if (status != STAGE_OK) {
		return status;
	}
	if (stage_rack_slot_find(slot, symbol, &index)) {
		stage_rack_slot_range(slot, index, &min, &max);
		if (is_outside(value, min, max)) {
			return fail_range(symbol, min, max, err);
		}
		stage_rack_page_set(&slot->page, index, (float)value);
	} else if (strcmp(symbol, "wet") == 0 || strcmp(symbol, ":wet") == 0) {
		if (is_outside(value, min, max)) {
			return fail_range(symbol, min, max, err);
		}
		stage_rack_page_set_wet(&slot->page, (float)value);
	} else {
		return fail_symbol(slot, symbol, err);
	}
	slot->is_dirty = true;
	return STAGE_OK;
}

enum stage_status
stage_rack_bypass(
	struct stage_rack_slot *slot, bool is_bypassed, struct stage_err *err)
{
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);

	if (status == STAGE_OK) {
		stage_rack_page_set_bypassed(&slot->page, is_bypassed);
		slot->is_dirty = true;
	}
	return status;
}

enum stage_status
stage_rack_revive(struct stage_rack *self, struct stage_rack_slot *slot,
	struct stage_err *err)
{
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);

	if (status == STAGE_OK && slot->link == NULL) {
		stage_rack_slot_revive(slot);
		slot->resets = 0;
		stage_rack_slot_play(slot, false);
		stage_rack_publish(self);
	}
	return status;
}

enum stage_status
stage_rack_set_own(struct stage_rack *self, const char *symbol, double value,
	struct stage_err *err)
{
	enum stage_rack_own_value which;
	float min;
	float max;

	if (!stage_rack_own_find(symbol, &which)) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"a rack has no value \"%s\"; it has gain and mute",
			symbol);
	}
	stage_rack_own_range(which, &min, &max);
	if (is_outside(value, min, max)) {
		return fail_range(symbol, min, max, err);
	}
	stage_rack_own_set(&self->own, which, (float)value);
	stage_rack_apply_own(self);
	return STAGE_OK;
}

enum stage_status
stage_rack_smite(struct stage_rack *self, struct stage_rack_slot *slot,
	struct stage_err *err)
{
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);

	if (status == STAGE_OK && !stage_rack_slot_is_smitten(slot)) {
		stage_rack_slot_smite(slot);
		stage_rack_publish(self);
	}
	return status;
}

// Going back.

static enum stage_status
load_generation(const struct stage_rack_slot *slot, unsigned generation,
	struct stage_rack_memory *out, struct stage_err *err)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_format(path, sizeof(path), "%s/%s.%u",
		slot->shop->memories, slot->config.id, generation);

	if (status == STAGE_OK) {
		status = stage_io_read_file(
			path, STAGE_RACK_MEMORY_BYTES_MAX, &text, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_memory_parse(
			stage_str_text(&text), text.len, path, out, err);
	}
	stage_str_finish(&text);
	if (status == STAGE_NOT_FOUND) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"slot %s was not saved %u times; there are fewer "
			"generations of it",
			slot->config.id, generation);
	}
	if (status == STAGE_OK &&
		!stage_rack_memory_is_of(out, &slot->config)) {
		stage_rack_memory_finish(out);
		return stage_err_set(err, STAGE_UNSUPPORTED,
			"slot %s had another plug-in then", slot->config.id);
	}
	return status;
}

static void
go_back(struct stage_rack_slot *slot, const struct stage_rack_memory *memory)
{
	for (uint32_t i = 0; i < stage_rack_slot_value_count(slot); i++) {
		float value = stage_rack_slot_configured(slot, i);
		if (stage_rack_slot_is_switch(slot, i)) {
			continue;
		}
		for (size_t k = 0; k < memory->value_count; k++) {
			const struct stage_rack_value *then =
				&memory->values[k];
			if (strcmp(then->symbol,
				    stage_rack_slot_symbol(slot, i)) == 0) {
				value = stage_rack_slot_clamp(
					slot, i, then->value);
			}
		}
		stage_rack_page_set(&slot->page, i, value);
	}
	stage_rack_page_set_bypassed(&slot->page, memory->is_bypassed);
	stage_rack_page_set_wet(&slot->page, memory->wet);
	slot->is_dirty = true;
}

// What its plug-in said of itself cannot be given to one that plays: another
// one is made with it, and faded in. One that does not play begins with it.
static void
replace_state(struct stage_rack_slot *slot, struct stage_rack_memory *memory)
{
	stage_rack_memory_finish(&slot->kept);
	slot->kept = *memory;
	memset(memory, 0, sizeof(*memory));
	memcpy(slot->kept.plugin, slot->config.plugin,
		sizeof(slot->kept.plugin));
	if (slot->link != NULL) {
		stage_rack_slot_play(slot, true);
	}
}

static bool
has_state(const struct stage_rack_slot *slot,
	const struct stage_rack_memory *memory)
{
	return memory->property_count > 0 || slot->kept.property_count > 0;
}

static enum stage_status
revert_slot(struct stage_rack_slot *slot, unsigned generation,
	struct stage_err *err)
{
	struct stage_rack_memory memory = {
		.is_bypassed = slot->config.is_bypassed,
		.wet = slot->config.wet};
	enum stage_status status = stage_rack_slot_need_plugin(slot, err);

	if (status == STAGE_OK && generation > 0) {
		status = load_generation(slot, generation, &memory, err);
		memcpy(memory.configured_preset, slot->config.preset,
			sizeof(memory.configured_preset)); // it counts no more
	}
	if (status != STAGE_OK) {
		return status;
	}
	go_back(slot, &memory);
	if (has_state(slot, &memory)) {
		replace_state(slot, &memory);
	}
	stage_rack_memory_finish(&memory);
	return STAGE_OK;
}

enum stage_status
stage_rack_revert(struct stage_rack *self, struct stage_rack_slot *slot,
	unsigned generation, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (slot != NULL) {
		status = revert_slot(slot, generation, err);
	}
	for (size_t i = 0;
		slot == NULL && status == STAGE_OK && i < self->count; i++) {
		if (self->slots[i]->plugin != NULL) {
			status = revert_slot(self->slots[i], generation, err);
		}
	}
	if (slot == NULL && generation == 0) {
		stage_rack_own_revert(&self->own);
		stage_rack_apply_own(self);
	}
	stage_rack_publish(self);
	return status;
}

void
stage_rack_panic(struct stage_rack *self)
{
	atomic_store(&self->wire->must_panic, true);
}
