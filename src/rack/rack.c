/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/rack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/suggest.h"
#include "rack/health.h"
#include "rack/hear.h"
#include "rack/link.h"
#include "rack/plan.h"
#include "rack/value.h"
#include "rack/ways.h"
#include "rack/words.h"

#define HURRY_NS STAGE_NS_PER_S

static uint32_t
width_of(const struct stage_rack_config *config)
{
	return (uint32_t)config->outs;
}

// The slots of a directory, whole, or what there was before.
static bool
read_slots(struct stage_rack *self, struct stage_rack_slots *slots)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_slots_load(self->shop.directory, slots, &err) ==
		STAGE_OK) {
		return true;
	}
	stage_log_err("%s", err.text);
	stage_rack_slots_finish(slots);
	return false;
}

static struct stage_rack_slot *
slot_of(const struct stage_rack *self, const char *id)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->slots[i] != NULL &&
			strcmp(self->slots[i]->config.id, id) == 0) {
			return self->slots[i];
		}
	}
	return NULL;
}

// A slot that goes remembers what it was.
static void
let_go(struct stage_rack_slot *slot, bool is_replaced)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_slot_save(slot, true, &err) != STAGE_OK) {
		stage_log_warn("%s", err.text);
	}
	if (!is_replaced) {
		stage_rack_slot_forget_page(slot);
	}
	stage_rack_link_unref(slot->link);
	slot->link = NULL;
	stage_rack_slot_unref(slot);
}

static struct stage_rack_slot *
adopt(struct stage_rack *self, struct stage_rack_slot_config *config)
{
	struct stage_rack_slot *slot = slot_of(self, config->id);
	struct stage_rack_slot *other;

	if (slot != NULL && stage_rack_slot_change(slot, config)) {
		return slot;
	}
	other = stage_rack_slot_create(&self->shop, config);
	if (other != NULL) {
		stage_rack_slot_play(other, false);
	}
	return other;
}

static bool
has_slot(struct stage_rack_slot *const *slots, size_t count,
	const struct stage_rack_slot *slot)
{
	for (size_t i = 0; i < count; i++) {
		if (slots[i] == slot) {
			return true;
		}
	}
	return false;
}

static void
put_slots(struct stage_rack *self, struct stage_rack_slots *configs)
{
	struct stage_rack_slot *next[STAGE_RACK_SLOTS_MAX];
	size_t count = 0;

	for (size_t i = 0; i < configs->count; i++) {
		struct stage_rack_slot *slot = adopt(self, &configs->items[i]);
		if (slot != NULL) {
			next[count++] = slot;
		}
	}
	for (size_t i = 0; i < self->count; i++) {
		struct stage_rack_slot *slot = self->slots[i];
		bool is_replaced = false;
		if (has_slot(next, count, slot)) {
			continue;
		}
		for (size_t k = 0; k < count; k++) {
			is_replaced |= strcmp(next[k]->config.id,
					       slot->config.id) == 0;
		}
		let_go(slot, is_replaced);
	}
	memcpy(self->slots, next, count * sizeof(next[0]));
	self->count = count;
	stage_rack_ways_settle(self);
}

void
stage_rack_apply_own(struct stage_rack *self)
{
	atomic_store(&self->wire->level, stage_rack_own_level(&self->own));
}

void
stage_rack_publish(struct stage_rack *self)
{
	if (self->shop.rate_hz > 0 &&
		stage_rack_plan_publish(self) != STAGE_OK) {
		stage_log_err("out of memory; the rack stays as it was");
	}
}

void
stage_rack_reload(struct stage_rack *self)
{
	struct stage_rack_slots configs;
	struct stage_rack_config config;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_rack_config_load(self->shop.directory, &config, &err) ==
		STAGE_OK) {
		// Its ports and its name stay, for the patches made with them.
		memcpy(self->config.maps, config.maps, sizeof(config.maps));
		self->config.map_count = config.map_count;
		stage_rack_own_configure(&self->own, config.gain_db);
		stage_rack_apply_own(self);
		self->config.fade_ns = config.fade_ns;
		self->config.hold_ns = config.hold_ns;
		self->shop.patience_ns = config.patience_ns;
	} else {
		stage_log_err("%s; what it said before holds", err.text);
	}
	if (read_slots(self, &configs)) {
		put_slots(self, &configs);
		stage_rack_slots_finish(&configs);
	}
	stage_rack_publish(self);
}

static enum stage_status
make_places(struct stage_rack *self, const struct stage_rack_places *places,
	struct stage_err *err)
{
	enum stage_status status = stage_io_make_dirs(places->pages, err);

	if (status == STAGE_OK &&
		(stage_format(self->shop.directory, STAGE_PATH_MAX, "%s",
			 places->directory) != STAGE_OK ||
			stage_format(self->shop.pages, STAGE_PATH_MAX, "%s",
				places->pages) != STAGE_OK ||
			stage_format(self->shop.memories, STAGE_PATH_MAX, "%s",
				places->memories) != STAGE_OK)) {
		status = stage_err_set(
			err, STAGE_TOO_LONG, "the rack's path is too long");
	}
	return status;
}

enum stage_status
stage_rack_create(const struct stage_rack_places *places,
	const struct stage_rack_config *config, struct stage_rack_wire *wire,
	struct stage_rack **out, struct stage_err *err)
{
	struct stage_rack *self = calloc(1, sizeof(*self));
	struct stage_rack_slots configs;
	char files[STAGE_PATH_MAX];
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->config = *config;
	self->wire = wire;
	self->shop.patience_ns = config->patience_ns;
	self->shop.width = width_of(config);
	status = make_places(self, places, err);
	if (status == STAGE_OK) {
		status = stage_io_join(
			files, sizeof(files), places->memories, "files", err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_own_init(&self->own, places->pages,
			places->memories, config->gain_db, err);
	}
	if (status == STAGE_OK) {
		status = stage_rack_host_init(
			&self->shop.host, files, wire, err);
		memcpy(self->shop.host.directory, self->shop.directory,
			sizeof(self->shop.directory));
	}
	self->shop.errands = stage_rack_errands_create();
	wire->decoder.told = stage_ring_create(STAGE_RACK_TOLD_BYTES);
	if (status == STAGE_OK &&
		(self->shop.errands == NULL || wire->decoder.told == NULL)) {
		stage_rack_host_finish(&self->shop.host);
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status != STAGE_OK) {
		stage_rack_own_finish(&self->own);
		stage_rack_errands_destroy(self->shop.errands);
		stage_ring_destroy(wire->decoder.told);
		wire->decoder.told = NULL;
		free(self);
		return status;
	}
	stage_rack_apply_own(self);
	stage_rack_learned_load(&self->learned, places->memories);
	if (read_slots(self, &configs)) {
		put_slots(self, &configs);
		stage_rack_slots_finish(&configs);
	}
	*out = self;
	return STAGE_OK;
}

void
stage_rack_hurry(struct stage_rack *self)
{
	self->is_ending = true;
	if (self->shop.patience_ns > HURRY_NS) {
		self->shop.patience_ns = HURRY_NS;
	}
}

// What hangs uses what it always used.
static bool
free_shop(struct stage_rack *self)
{
	stage_ring_destroy(self->wire->decoder.told);
	self->wire->decoder.told = NULL;
	if (self->shop.left_count > 0) {
		return false;
	}
	stage_rack_errands_destroy(self->shop.errands);
	stage_rack_host_finish(&self->shop.host);
	stage_rack_own_finish(&self->own);
	free(self);
	return true;
}

bool
stage_rack_destroy(struct stage_rack *self)
{
	if (self == NULL) {
		return true;
	}
	stage_rack_hurry(self);
	stage_rack_plan_destroy(atomic_exchange(&self->wire->next, NULL));
	stage_rack_plan_destroy(atomic_exchange(&self->wire->retired, NULL));
	stage_rack_plan_destroy(self->wire->current);
	self->wire->current = NULL;
	for (size_t i = 0; i < self->count; i++) {
		stage_rack_link_unref(self->slots[i]->link);
		self->slots[i]->link = NULL;
		stage_rack_slot_unref(self->slots[i]);
	}
	return free_shop(self);
}

void
stage_rack_set_rate(
	struct stage_rack *self, uint32_t rate_hz, uint32_t period_frames)
{
	bool is_other = self->shop.rate_hz != rate_hz;

	self->shop.rate_hz = rate_hz;
	self->shop.period_frames = period_frames;
	stage_rack_host_set_rate(&self->shop.host, rate_hz, period_frames);
	for (size_t i = 0; i < self->count; i++) {
		struct stage_rack_slot *slot = self->slots[i];
		const struct stage_rack_link *before = slot->link;
		stage_rack_slot_play(slot, false);
		is_other |= slot->link != before;
	}
	if (is_other) {
		stage_rack_publish(self);
	}
}

// Its plug-in says that there is something new to remember. True when there was
// nothing before: one that says it all the time is not told each time.
static bool
note_change(struct stage_rack_slot *slot)
{
	bool was_dirty = slot->is_dirty;

	for (uint32_t i = 0; slot->link != NULL && i < slot->link->unit_count;
		i++) {
		struct stage_rack_instance *instance =
			(struct stage_rack_instance *)slot->link->units[i];
		if (atomic_exchange(&instance->has_changed, false)) {
			slot->is_dirty = true;
		}
	}
	return slot->is_dirty && !was_dirty;
}

bool
stage_rack_note_turned(struct stage_rack *self)
{
	bool has_turned = false;

	for (size_t i = 0; i < self->count; i++) {
		struct stage_rack_slot *slot = self->slots[i];
		if (slot->link != NULL &&
			atomic_exchange(&slot->link->has_turned, false)) {
			slot->is_dirty = true;
			has_turned = true;
		}
	}
	return has_turned;
}

bool
stage_rack_tidy(struct stage_rack *self)
{
	bool has_mended = false;
	bool has_changed = stage_rack_note_turned(self);

	has_changed |= stage_rack_hear(self);
	stage_rack_lines_log(&self->shop.host.lines);
	stage_rack_plan_collect(self);
	for (size_t i = 0; i < self->count; i++) {
		has_mended |= stage_rack_health_mend(self->slots[i]);
		has_changed |= note_change(self->slots[i]);
	}
	if (has_mended) {
		stage_rack_publish(self);
	}
	return has_mended || has_changed;
}

// Saving.

bool
stage_rack_is_dirty(const struct stage_rack *self)
{
	for (size_t i = 0; i < self->count; i++) {
		if (self->slots[i]->is_dirty) {
			return true;
		}
	}
	return self->own.is_dirty;
}

// The first thing that went wrong is told; what is busy is none.
static bool
is_saved(enum stage_status status, const struct stage_err *err,
	struct stage_err *first)
{
	if (status != STAGE_OK && status != STAGE_BUSY &&
		first->status == STAGE_OK) {
		*first = *err;
	}
	return status == STAGE_OK;
}

static void
complain(struct stage_rack *self, const struct stage_err *why)
{
	if (why->status != STAGE_OK &&
		strcmp(self->complaint, why->text) != 0) {
		stage_log_err("%s; trying again", why->text);
	}
	memcpy(self->complaint, why->text, sizeof(self->complaint));
}

bool
stage_rack_save(struct stage_rack *self)
{
	struct stage_err first = STAGE_ERR_INIT;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_io_make_dirs(self->shop.memories, &err);
	bool is_whole;

	if (status == STAGE_OK) {
		status = stage_rack_own_save(&self->own, &err);
	}
	is_whole = is_saved(status, &err, &first);
	for (size_t i = 0; i < self->count; i++) {
		struct stage_err why = STAGE_ERR_INIT;
		status = stage_rack_slot_save(
			self->slots[i], self->is_ending, &why);
		is_whole &= is_saved(status, &why, &first);
	}
	complain(self, &first);
	return is_whole;
}

enum stage_status
stage_rack_save_now(struct stage_rack *self, struct stage_err *err)
{
	if (stage_rack_save(self)) {
		return STAGE_OK;
	}
	return self->complaint[0] != '\0'
		       ? stage_err_set(err, STAGE_IO, "%s", self->complaint)
		       : stage_err_set(err, STAGE_BUSY,
				 "a plug-in is at work; it is saved when that "
				 "is done");
}

// What can be asked.

static const char *
state_of(const struct stage_rack_slot *slot)
{
	if (stage_rack_slot_is_smitten(slot)) {
		return "smitten";
	}
	if (slot->plugin == NULL || slot->fault[0] != '\0') {
		return "passes";
	}
	if (slot->link == NULL) {
		return "waits";
	}
	return stage_rack_page_is_bypassed(&slot->page) ? "bypassed" : "plays";
}

static json_t *
describe_briefly(const struct stage_rack_slot *slot)
{
	char note[STAGE_ERR_TEXT_MAX];
	json_t *out = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "slot",
		slot->config.id, "label", slot->config.label, "plugin",
		slot->config.plugin, "name",
		slot->plugin != NULL ? slot->plugin->name : "", "state",
		state_of(slot), "fault", slot->fault, "note",
		slot->note[0] != '\0'
			? slot->note
			: stage_rack_ways_note(slot, note, sizeof(note)));

	if (out != NULL) {
		json_object_set_new(
			out, "ports", stage_rack_ways_describe(slot));
	}
	if (out != NULL && slot->plugin != NULL) {
		json_object_set_new(out, "bypassed",
			json_boolean(stage_rack_page_is_bypassed(&slot->page)));
		json_object_set_new(out, "wet",
			json_real((double)stage_rack_page_wet(&slot->page)));
	}
	if (out != NULL && slot->link != NULL) {
		json_object_set_new(out, "guarded",
			json_integer(atomic_load(&slot->link->guarded)));
		json_object_set_new(out, "latency_frames",
			json_integer(atomic_load(&slot->link->latency_frames)));
	}
	return out;
}

json_t *
stage_rack_describe(const struct stage_rack *self)
{
	json_t *slots = json_array();
	const struct stage_rack_own *own = &self->own;

	for (size_t i = 0; slots != NULL && i < self->count; i++) {
		json_array_append_new(slots, describe_briefly(self->slots[i]));
	}
	return json_pack("{s:s, s:o, s:i, s:i, s:I, s:f, s:b, s:b}",
		"directory", self->shop.directory, "slots", slots, "rate_hz",
		(int)self->shop.rate_hz, "lost_midi",
		(int)atomic_load(&self->wire->lost_midi), "cycles",
		(json_int_t)atomic_load(&self->wire->cycles), "gain_db",
		(double)stage_rack_own_get(own, STAGE_RACK_OWN_GAIN), "mute",
		stage_rack_own_get(own, STAGE_RACK_OWN_MUTE) > 0, "learning",
		atomic_load(&self->wire->decoder.is_learning));
}

static json_t *
describe_value(
	const struct stage_rack_slot *slot, uint32_t index, const char *name)
{
	float min;
	float max;

	stage_rack_slot_range(slot, index, &min, &max);
	return json_pack("{s:s, s:f, s:f, s:f}", "symbol", name, "value",
		(double)stage_rack_page_get(&slot->page, index), "min",
		(double)min, "max", (double)max);
}

// What each slot has besides the values of its plug-in.
static json_t *
describe_mixer(const struct stage_rack_slot *slot)
{
	json_t *out = json_pack("[{s:s, s:f, s:f, s:f}]", "symbol", "wet",
		"value", (double)stage_rack_page_wet(&slot->page), "min", 0.0,
		"max", 1.0);

	for (size_t i = 0; out != NULL && i < STAGE_RACK_EXTRA_COUNT; i++) {
		if (stage_rack_extras[i].key != NULL) {
			json_array_append_new(out,
				describe_value(slot, slot->count + (uint32_t)i,
					stage_rack_extras[i].key));
		}
	}
	return out;
}

json_t *
stage_rack_describe_slot(const struct stage_rack_slot *slot)
{
	json_t *out = describe_briefly(slot);
	json_t *values = json_array();

	for (uint32_t i = 0; out != NULL && values != NULL && i < slot->count;
		i++) {
		json_t *value = describe_value(
			slot, i, stage_rack_slot_symbol(slot, i));

		stage_rack_words_add(
			value, &slot->shop->host, slot->plugin, slot->ports[i]);
		json_array_append_new(values, value);
	}
	if (out != NULL) {
		json_object_set_new(out, "values", values);
	}
	if (out != NULL && slot->plugin != NULL) {
		json_object_set_new(out, "mixer", describe_mixer(slot));
	}
	return out;
}

json_t *
stage_rack_describe_own(const struct stage_rack *self)
{
	json_t *values = json_array();

	for (unsigned i = 0; values != NULL && i < STAGE_RACK_OWN_COUNT; i++) {
		enum stage_rack_own_value which = i;
		float min;
		float max;
		stage_rack_own_range(which, &min, &max);
		json_array_append_new(values,
			json_pack("{s:s, s:f, s:f, s:f}", "symbol",
				stage_rack_own_name(which), "value",
				(double)stage_rack_own_get(&self->own, which),
				"min", (double)min, "max", (double)max));
	}
	return json_pack("{s:s, s:s, s:o}", "slot", "rack", "state",
		stage_rack_own_level(&self->own) > 0 ? "plays" : "mute",
		"values", values);
}

enum stage_status
stage_rack_file(const struct stage_rack *self, const char *file,
	char out[STAGE_PATH_MAX], struct stage_err *err)
{
	return stage_io_join(
		out, STAGE_PATH_MAX, self->shop.directory, file, err);
}

enum stage_status
stage_rack_find(const struct stage_rack *self, const char *name,
	struct stage_rack_slot **out, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);

	*out = slot_of(self, name);
	for (size_t i = 0; *out == NULL && i < self->count; i++) {
		struct stage_rack_slot *slot = self->slots[i];
		if (slot == NULL) {
			continue; // there was no memory for it
		}
		if (strcmp(slot->config.label, name) == 0) {
			*out = slot;
		}
		stage_suggest_offer(&suggest, slot->config.id);
	}
	if (*out != NULL) {
		return STAGE_OK;
	}
	if (suggest.best != NULL) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"there is no slot \"%s\"; did you mean \"%s\"?", name,
			suggest.best);
	}
	return stage_err_set(
		err, STAGE_NOT_FOUND, "there is no slot \"%s\"", name);
}

enum stage_status
stage_rack_find_any(const struct stage_rack *self, const char *name,
	struct stage_rack_slot **out, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = stage_rack_find(self, name, out, &why);

	return status == STAGE_OK || strcmp(name, STAGE_RACK_OWN_SLOT) == 0
		       ? STAGE_OK
		       : stage_err_set(err, status, "%s", why.text);
}

// An instrument's counts where nothing comes in: else the sound passes it by,
// and waits for nothing.
static bool
makes_late(const struct stage_rack *self, const struct stage_rack_link *link)
{
	return link != NULL && (link->dry.width > 0 || self->config.ins == 0);
}

uint32_t
stage_rack_latency(const struct stage_rack *self)
{
	uint32_t frames = 0;

	for (size_t i = 0; i < self->count; i++) {
		const struct stage_rack_link *link = self->slots[i]->link;
		if (makes_late(self, link)) {
			frames += atomic_load(&link->latency_frames);
		}
	}
	return frames;
}
