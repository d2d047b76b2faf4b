/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/own.h"

#include <math.h>
#include <string.h>

#include "base/atomic_file.h"
#include "base/str.h"
#include "rack/kept.h"

#define URI "urn:stagecraft:rack" // in place of a plug-in's
#define FILE_NAME ".rack"         // no slot is called so
#define GENERATIONS 5
#define SILENT_DB (-119.9F) // as good as nothing

static const struct {
	const char *name;
	float value, min, max;
} kinds[] = {
	[STAGE_RACK_OWN_GAIN] = {"gain", 0, STAGE_RACK_GAIN_MIN_DB,
		STAGE_RACK_GAIN_MAX_DB},
	[STAGE_RACK_OWN_MUTE] = {"mute", 0, 0, 1},
};

_Static_assert(STAGE_COUNT_OF(kinds) == STAGE_RACK_OWN_COUNT, "all are there");

bool
stage_rack_own_find(const char *name, enum stage_rack_own_value *out)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].name, name) == 0) {
			*out = (enum stage_rack_own_value)i;
			return true;
		}
	}
	return false;
}

const char *
stage_rack_own_name(enum stage_rack_own_value which)
{
	return kinds[which].name;
}

void
stage_rack_own_range(enum stage_rack_own_value which, float *min, float *max)
{
	*min = kinds[which].min;
	*max = kinds[which].max;
}

// What a slot file would be that says the same.
static void
configure(struct stage_rack_slot_config *config,
	struct stage_rack_setting *setting, double gain_db)
{
	memset(config, 0, sizeof(*config));
	memset(setting, 0, sizeof(*setting));
	(void)!stage_format(config->plugin, sizeof(config->plugin), URI);
	(void)!stage_format(setting->symbol, sizeof(setting->symbol), "%s",
		kinds[STAGE_RACK_OWN_GAIN].name);
	setting->value = (float)gain_db;
	config->settings = setting;
	config->count = 1;
}

static enum stage_status
recall(const struct stage_rack_own *self, const char *page_path,
	struct stage_rack_memory *now)
{
	struct stage_rack_memory kept = {.plugin = ""};
	struct stage_rack_memory page = {.plugin = ""};
	struct stage_rack_slot_config config;
	struct stage_rack_setting setting;
	enum stage_status status = STAGE_OK;

	configure(&config, &setting, self->configured_db);
	memcpy(now->plugin, config.plugin, sizeof(now->plugin));
	now->wet = now->configured_wet = 1;
	stage_rack_kept_checkpoint(self->memory, &kept);
	stage_rack_kept_page(page_path, &page);
	for (size_t i = 0; status == STAGE_OK && i < STAGE_RACK_OWN_COUNT;
		i++) {
		bool is_gain = i == STAGE_RACK_OWN_GAIN;
		struct stage_rack_value value = {
			.value = is_gain ? setting.value : kinds[i].value,
			.configured = is_gain ? setting.value : 0,
			.has_configured = is_gain};
		(void)!stage_format(value.symbol, sizeof(value.symbol), "%s",
			kinds[i].name);
		stage_rack_memory_recall(
			&kept, &config, value.symbol, &value.value);
		stage_rack_memory_recall(
			&page, &config, value.symbol, &value.value);
		value.value =
			fminf(fmaxf(value.value, kinds[i].min), kinds[i].max);
		status = stage_rack_memory_add_value(now, &value);
	}
	stage_rack_memory_finish(&kept);
	stage_rack_memory_finish(&page);
	return status;
}

enum stage_status
stage_rack_own_init(struct stage_rack_own *self, const char *pages,
	const char *memories, double configured_db, struct stage_err *err)
{
	struct stage_rack_memory now = {.plugin = ""};
	char page[STAGE_PATH_MAX];
	enum stage_status status;

	memset(self, 0, sizeof(*self));
	self->configured_db = configured_db;
	status = stage_io_join(
		page, sizeof(page), pages, FILE_NAME ".page", err);
	if (status == STAGE_OK) {
		status = stage_io_join(self->memory, sizeof(self->memory),
			memories, FILE_NAME, err);
	}
	if (status == STAGE_OK && recall(self, page, &now) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK) {
		status = stage_rack_page_init(&self->page, page, &now, err);
	}
	stage_rack_memory_finish(&now);
	return status;
}

void
stage_rack_own_finish(struct stage_rack_own *self)
{
	stage_rack_page_finish(&self->page);
}

void
stage_rack_own_configure(struct stage_rack_own *self, double gain_db)
{
	float value = (float)gain_db;

	if (self->configured_db != gain_db) {
		self->configured_db = gain_db;
		stage_rack_page_configure(
			&self->page, STAGE_RACK_OWN_GAIN, &value);
		self->is_dirty = true;
	}
}

void
stage_rack_own_revert(struct stage_rack_own *self)
{
	stage_rack_own_set(
		self, STAGE_RACK_OWN_GAIN, (float)self->configured_db);
	stage_rack_own_set(self, STAGE_RACK_OWN_MUTE, 0);
}

float
stage_rack_own_get(
	const struct stage_rack_own *self, enum stage_rack_own_value which)
{
	return stage_rack_page_get(&self->page, which);
}

void
stage_rack_own_set(struct stage_rack_own *self, enum stage_rack_own_value which,
	float value)
{
	stage_rack_page_set(&self->page, which, value);
	self->is_dirty = true;
}

float
stage_rack_own_level(const struct stage_rack_own *self)
{
	float gain_db = stage_rack_own_get(self, STAGE_RACK_OWN_GAIN);

	if (stage_rack_own_get(self, STAGE_RACK_OWN_MUTE) > 0 ||
		gain_db < SILENT_DB) {
		return 0;
	}
	return powf(10, gain_db / 20);
}

enum stage_status
stage_rack_own_save(struct stage_rack_own *self, struct stage_err *err)
{
	struct stage_rack_memory memory = {.plugin = ""};
	struct stage_str text = {0};
	enum stage_status status;

	if (!self->is_dirty) {
		return STAGE_OK;
	}
	status = stage_rack_page_copy(&self->page, &memory);
	if (status == STAGE_OK) {
		status = stage_rack_memory_write(&memory, &text);
	}
	if (status != STAGE_OK) {
		stage_err_set(err, status, "unable to save %s: %s",
			self->memory, stage_strerror(status));
	} else {
		status = stage_atomic_save(self->memory, stage_str_text(&text),
			text.len, GENERATIONS, err);
	}
	self->is_dirty = status != STAGE_OK;
	stage_rack_memory_finish(&memory);
	stage_str_finish(&text);
	return status;
}
