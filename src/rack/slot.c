/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/atomic_file.h"
#include "base/io.h"
#include "base/log.h"
#include "base/str.h"
#include "rack/carry.h"
#include "rack/health.h"
#include "rack/kept.h"
#include "rack/link.h"
#include "rack/parameters.h"
#include "rack/preset_line.h"
#include "rack/value.h"

_Static_assert(STAGE_RACK_FILES_MAX <= 64, "each has a bit");

#define SMITTEN                                                                \
	"it was switched off by hand; stagecraft rack revive brings it back"

// What it remembers.

static void
path_of(const struct stage_rack_slot *self, char *out, const char *directory,
	const char *suffix)
{
	(void)!stage_format(out, STAGE_PATH_MAX, "%s/%s%s", directory,
		self->config.id, suffix);
}

// Of another plug-in it is none.
static void
drop_of_another(
	const struct stage_rack_slot *self, struct stage_rack_memory *memory)
{
	if (!stage_rack_memory_is_of(memory, &self->config)) {
		stage_rack_memory_finish(memory);
	}
}

static enum stage_status
recall_value(const struct stage_rack_slot *self,
	const struct stage_rack_memory *page, uint32_t index,
	struct stage_rack_memory *now)
{
	const char *symbol = stage_rack_slot_symbol(self, index);
	const float *configured =
		stage_rack_slot_config_get(&self->config, symbol);
	struct stage_rack_value value = {
		.value = stage_rack_slot_default(self, index)};

	(void)!stage_format(value.symbol, sizeof(value.symbol), "%s", symbol);
	if (configured != NULL) {
		value.has_configured = true;
		value.configured = *configured;
		value.value = *configured;
	}
	if (stage_rack_slot_config_recall(&self->config, symbol) !=
		STAGE_RACK_RECALL_RESET) {
		stage_rack_memory_recall(
			&self->kept, &self->config, symbol, &value.value);
	}
	stage_rack_memory_recall(page, &self->config, symbol, &value.value);
	value.value = stage_rack_slot_clamp(self, index, value.value);
	return stage_rack_memory_add_value(now, &value);
}

// What the file says, what was kept, and what the page has, in this order.
static enum stage_status
recall(const struct stage_rack_slot *self, const struct stage_rack_memory *page,
	struct stage_rack_memory *now)
{
	const struct stage_rack_slot_config *config = &self->config;
	enum stage_status status = STAGE_OK;

	memcpy(now->crashed_ns, page->crashed_ns, sizeof(now->crashed_ns));
	memcpy(now->plugin, config->plugin, sizeof(now->plugin));
	now->is_bypassed = now->was_configured_bypassed = config->is_bypassed;
	now->wet = now->configured_wet = config->wet;
	if (self->kept.plugin[0] != '\0') {
		stage_rack_memory_recall_slot(
			&self->kept, config, &now->is_bypassed, &now->wet);
	}
	if (page->plugin[0] != '\0') {
		stage_rack_memory_recall_slot(
			page, config, &now->is_bypassed, &now->wet);
	}
	for (uint32_t i = 0;
		status == STAGE_OK && i < stage_rack_slot_value_count(self);
		i++) {
		status = recall_value(self, page, i, now);
	}
	return status;
}

static enum stage_status
make_page(struct stage_rack_slot *self, struct stage_err *err)
{
	struct stage_rack_memory page = {.plugin = ""};
	struct stage_rack_memory now = {.plugin = ""};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	path_of(self, path, self->shop->memories, "");
	stage_rack_kept_checkpoint(path, &self->kept);
	drop_of_another(self, &self->kept);
	path_of(self, path, self->shop->pages, ".page");
	stage_rack_kept_page(path, &page);
	drop_of_another(self, &page);
	status = recall(self, &page, &now);
	if (status == STAGE_OK) {
		status = stage_rack_carry(
			self, &page, &self->kept, &self->is_dirty);
	}
	if (status == STAGE_OK) {
		status = stage_rack_page_init(&self->page, path, &now, err);
		self->page.all_changes =
			self->shop->host.wire != NULL
				? &self->shop->host.wire->page_changes
				: NULL;
	} else {
		stage_err_set(err, status, "out of memory");
	}
	stage_rack_memory_finish(&page);
	stage_rack_memory_finish(&now);
	return status;
}

// Making it.

static enum stage_status
list_values(struct stage_rack_slot *self, struct stage_err *err)
{
	const struct stage_rack_plugin *plugin = self->plugin;

	self->ports = calloc(plugin->port_count + 1, sizeof(*self->ports));
	if (self->ports == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	for (uint32_t i = 0; i < plugin->port_count; i++) {
		if (stage_rack_port_is_value(&plugin->ports[i])) {
			self->ports[self->count++] = i;
		}
	}
	return STAGE_OK;
}

// A sample that is not there is silence, which does not say why.
static void
note_files(struct stage_rack_slot *self)
{
	struct stage_rack_shop *shop = self->shop;

	self->absent = 0;
	for (size_t i = 0; self->plugin != NULL && i < self->config.files.count;
		i++) {
		const struct stage_rack_file *file =
			&self->config.files.items[i];
		char lack[STAGE_ERR_TEXT_MAX];
		if (stage_rack_parameters_lack_file(
			    shop->directory, file->path, lack)) {
			self->absent |= UINT64_C(1) << i;
		} else if (!stage_rack_parameters_lack(&shop->host,
				   self->plugin, file->parameter, lack)) {
			continue;
		}
		memcpy(self->note, lack, sizeof(self->note));
		stage_log_warn("%s: %s", self->config.id, self->note);
	}
}

static void
note_unknown(struct stage_rack_slot *self)
{
	const struct stage_rack_slot_config *config = &self->config;
	uint32_t index;

	self->note[0] = '\0';
	if (self->plugin != NULL) {
		stage_rack_carry_note(self);
	}
	for (size_t i = 0; self->plugin != NULL && i < config->count; i++) {
		const char *symbol = config->settings[i].symbol;
		bool is_known = stage_rack_slot_find(self, symbol, &index) &&
				(index < self->count || symbol[0] == ':');
		if (!is_known) {
			snprintf(self->note, sizeof(self->note),
				"its plug-in has no \"%s\", which is set",
				symbol);
			stage_log_warn("%s: %s", config->id, self->note);
		}
	}
	note_files(self);
}

static enum stage_status
furnish(struct stage_rack_slot *self, struct stage_err *err)
{
	enum stage_status status = stage_rack_plugin_create(
		&self->shop->host, self->config.plugin, &self->plugin, err);

	if (self->plugin != NULL) {
		status = stage_rack_preset_line_take(&self->shop->host,
			self->plugin, self->shop->directory, &self->config,
			err);
	}
	if (status == STAGE_OK) {
		status = list_values(self, err);
	}
	if (status == STAGE_OK) {
		status = make_page(self, err);
	}
	return status;
}

static void
fail(struct stage_rack_slot *self, const char *why)
{
	if (why != self->fault) {
		snprintf(self->fault, sizeof(self->fault), "%s", why);
	}
	stage_log_err(
		"%s; slot %s passes through", self->fault, self->config.id);
}

enum stage_status
stage_rack_slot_need_plugin(
	const struct stage_rack_slot *self, struct stage_err *err)
{
	return self->plugin != NULL ? STAGE_OK
				    : stage_err_set(err, STAGE_UNSUPPORTED,
					      "slot %s passes through: %s",
					      self->config.id, self->fault);
}

bool
stage_rack_slot_is_smitten(const struct stage_rack_slot *self)
{
	return self->plugin != NULL &&
	       stage_rack_page_get(&self->page,
		       stage_rack_slot_extra(self, STAGE_RACK_SMITTEN)) > 0;
}

static void
set_smitten(struct stage_rack_slot *self, bool is_so)
{
	stage_rack_page_set(&self->page,
		stage_rack_slot_extra(self, STAGE_RACK_SMITTEN),
		is_so ? 1.0F : 0.0F);
	self->is_dirty = true;
	snprintf(self->fault, sizeof(self->fault), "%s", is_so ? SMITTEN : "");
}

struct stage_rack_slot *
stage_rack_slot_create(
	struct stage_rack_shop *shop, struct stage_rack_slot_config *config)
{
	struct stage_rack_slot *self = calloc(1, sizeof(*self));
	struct stage_err err = STAGE_ERR_INIT;

	if (self == NULL) {
		return NULL;
	}
	self->shop = shop;
	self->refs = 1;
	self->config = *config;
	memset(config, 0, sizeof(*config));
	if (self->config.fault[0] != '\0') {
		fail(self, self->config.fault);
	} else if (furnish(self, &err) != STAGE_OK) {
		stage_rack_plugin_destroy(self->plugin);
		self->plugin = NULL;
		fail(self, err.text);
	} else {
		stage_rack_health_recall(self);
		if (stage_rack_slot_is_smitten(self)) {
			set_smitten(self, true);
		}
	}
	note_unknown(self);
	return self;
}

void
stage_rack_slot_unref(struct stage_rack_slot *self)
{
	if (self == NULL || --self->refs > 0) {
		return;
	}
	stage_rack_page_finish(&self->page);
	stage_rack_memory_finish(&self->kept);
	stage_rack_plugin_destroy(self->plugin);
	stage_rack_slot_config_finish(&self->config);
	stage_rack_side_list_finish(&self->sides);
	free(self->ports);
	free(self);
}

// What the user said by then and what he says now, where they differ.
static void
change_values(struct stage_rack_slot *self,
	const struct stage_rack_slot_config *config)
{
	for (uint32_t i = 0; i < stage_rack_slot_value_count(self); i++) {
		const char *symbol = stage_rack_slot_symbol(self, i);
		const float *before =
			stage_rack_slot_config_get(&self->config, symbol);
		const float *now = stage_rack_slot_config_get(config, symbol);
		bool is_same = before == NULL || now == NULL ? before == now
							     : *before == *now;
		if (!is_same) {
			stage_rack_page_configure(&self->page, i, now);
			self->is_dirty = true;
		}
	}
}

// Of another preset the state is another one, too: it fades in.
static void
take_preset(struct stage_rack_slot *self)
{
	LilvState *state =
		self->link != NULL ? stage_rack_preset_line_state(self) : NULL;

	if (state != NULL) {
		lilv_state_free(state);
		stage_rack_slot_play(self, true);
	}
	self->is_dirty = true;
}

// Those that were not there and are by now, as a new line would.
static void
take_late_files(struct stage_rack_slot *self, uint64_t absent)
{
	const struct stage_rack_files none = {0};

	for (size_t i = 0; i < self->config.files.count; i++) {
		const struct stage_rack_files one = {
			&self->config.files.items[i], 1};
		bool is_late =
			((absent & ~self->absent) >> i & UINT64_C(1)) != 0;
		for (uint32_t k = 0; is_late && self->link != NULL &&
				     k < self->link->unit_count;
			k++) {
			self->is_dirty |= stage_rack_instance_ask_files(
				(struct stage_rack_instance *)
					self->link->units[k],
				self->shop->directory, &one, &none);
		}
	}
}

bool
stage_rack_slot_change(
	struct stage_rack_slot *self, struct stage_rack_slot_config *config)
{
	bool has_other_preset =
		strcmp(self->config.preset, config->preset) != 0;
	uint64_t absent = self->absent;

	if (self->plugin == NULL || config->fault[0] != '\0' ||
		strcmp(self->config.plugin, config->plugin) != 0 ||
		stage_rack_preset_line_take(&self->shop->host, self->plugin,
			self->shop->directory, config, NULL) != STAGE_OK) {
		return false;
	}
	change_values(self, config);
	for (uint32_t i = 0; self->link != NULL && i < self->link->unit_count;
		i++) {
		self->is_dirty |= stage_rack_instance_ask_files(
			(struct stage_rack_instance *)self->link->units[i],
			self->shop->directory, &config->files,
			&self->config.files);
	}
	stage_rack_page_configure_slot(
		&self->page, config->is_bypassed, config->wet);
	stage_rack_slot_config_finish(&self->config);
	self->config = *config;
	memset(config, 0, sizeof(*config));
	note_unknown(self);
	take_late_files(self, absent);
	if (has_other_preset) {
		take_preset(self);
	}
	return true;
}

// Its link.

// What a running plug-in says of itself, for the one that follows.
static void
keep_state(struct stage_rack_slot *self)
{
	struct stage_rack_memory memory = {.plugin = ""};

	if (stage_rack_link_save(self->link, &memory) == STAGE_OK &&
		stage_rack_carry(self, &self->kept, &memory, NULL) ==
			STAGE_OK &&
		stage_rack_files_copy(&self->config.files,
			&memory.configured_files) == STAGE_OK) {
		stage_rack_memory_finish(&self->kept);
		self->kept = memory;
		memcpy(self->kept.plugin, self->config.plugin,
			sizeof(self->kept.plugin));
		memcpy(self->kept.configured_preset, self->config.preset,
			sizeof(self->kept.configured_preset));
	} else {
		stage_rack_memory_finish(&memory);
	}
}

// What it begins with is remembered soon, so that it begins so once.
static void
make_link(struct stage_rack_slot *self, struct stage_err *err)
{
	LilvState *state = self->preset == NULL
				   ? stage_rack_preset_line_state(self)
				   : NULL;

	if (state != NULL) {
		self->preset = state;
		self->is_dirty = true;
	}
	self->link = stage_rack_link_create(self, err);
	if (state != NULL) {
		self->preset = NULL;
		if (err->status != STAGE_TIMEOUT) { // what hangs has it
			lilv_state_free(state);
		}
	}
}

void
stage_rack_slot_play(struct stage_rack_slot *self, bool is_fresh)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rack_link *before = self->link;

	if (self->plugin == NULL || self->is_quarantined ||
		stage_rack_slot_is_smitten(self) || self->shop->rate_hz == 0) {
		return;
	}
	if (before != NULL && !is_fresh) {
		if (before->rate_hz == self->shop->rate_hz) {
			return;
		}
		keep_state(self);
	}
	make_link(self, &err);
	self->strikes = 0; // those are the link's
	if (self->link == NULL) {
		// What hung is not tried again at each occasion.
		self->is_quarantined = err.status == STAGE_TIMEOUT;
		fail(self, err.text);
	} else {
		self->fault[0] = '\0';
	}
	stage_rack_link_unref(before);
}

void
stage_rack_slot_smite(struct stage_rack_slot *self)
{
	if (self->link != NULL) {
		keep_state(self);
		stage_rack_link_unref(self->link);
		self->link = NULL;
	}
	set_smitten(self, true);
}

void
stage_rack_slot_revive(struct stage_rack_slot *self)
{
	if (stage_rack_slot_is_smitten(self)) {
		set_smitten(self, false);
	}
	if (self->is_quarantined) {
		self->is_quarantined = false;
		self->fault[0] = '\0';
		stage_rack_page_forgive(&self->page);
	}
}

// Asked by others.

static enum stage_status
add_kept(const struct stage_rack_slot *self, struct stage_rack_memory *memory)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; status == STAGE_OK && i < self->kept.property_count;
		i++) {
		const struct stage_rack_property *property =
			&self->kept.properties[i];
		status = stage_rack_memory_add_property(memory, property->key,
			property->type, property->flags,
			stage_str_text(&property->bytes), property->bytes.len);
	}
	return status;
}

// All that there is to remember. A plug-in that is not there, cannot say what
// it is, or does not come back from being asked, is what it was last; its
// values are remembered all the same.
static enum stage_status
collect(struct stage_rack_slot *self, bool is_last,
	struct stage_rack_memory *memory)
{
	enum stage_status status = stage_rack_page_copy(&self->page, memory);

	if (status == STAGE_OK) {
		status = stage_rack_carry(self, &self->kept, memory, NULL);
	}
	if (status == STAGE_OK) {
		status = stage_rack_files_copy(
			&self->config.files, &memory->configured_files);
	}
	memcpy(memory->configured_preset,
		self->link != NULL ? self->config.preset
				   : self->kept.configured_preset,
		sizeof(memory->configured_preset));
	if (status == STAGE_OK && self->link != NULL) {
		status = stage_rack_link_save(self->link, memory);
	}
	if (status == STAGE_TIMEOUT) {
		snprintf(self->note, sizeof(self->note),
			"its plug-in does not say what it is to remember");
	}
	if (status == STAGE_IO && !self->is_speechless) {
		stage_log_warn("slot %s: its plug-in cannot save its state",
			self->config.id);
	}
	self->is_speechless = status == STAGE_IO;
	return status == STAGE_TIMEOUT || status == STAGE_IO ||
			       status == STAGE_UNSUPPORTED ||
			       (status == STAGE_BUSY && is_last) ||
			       (status == STAGE_OK && self->link == NULL)
		       ? add_kept(self, memory)
		       : status;
}

enum stage_status
stage_rack_slot_save(
	struct stage_rack_slot *self, bool is_last, struct stage_err *err)
{
	struct stage_rack_memory memory = {.plugin = ""};
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (self->plugin == NULL || self->page.bytes == NULL ||
		!self->is_dirty) {
		return STAGE_OK;
	}
	status = stage_io_make_dirs(self->shop->memories, err);
	if (status != STAGE_OK) {
		return status;
	}
	status = collect(self, is_last, &memory);
	if (status == STAGE_OK) {
		status = stage_rack_memory_write(&memory, &text);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to save slot %s: %s",
			self->config.id, stage_strerror(status));
	} else {
		path_of(self, path, self->shop->memories, "");
		status = stage_atomic_save(path, stage_str_text(&text),
			text.len, STAGE_RACK_GENERATIONS, err);
	}
	if (status == STAGE_OK) {
		self->is_dirty = false;
		stage_rack_memory_finish(&self->kept);
		self->kept = memory;
	} else {
		stage_rack_memory_finish(&memory);
	}
	stage_str_finish(&text);
	return status;
}

void
stage_rack_slot_forget_page(const struct stage_rack_slot *self)
{
	char path[STAGE_PATH_MAX];

	path_of(self, path, self->shop->pages, ".page");
	(void)unlink(path);
}
