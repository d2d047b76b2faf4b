/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What plug-ins said of themselves: Carla's CustomData becomes a checkpoint. */

#include <lv2/atom/atom.h>
#include <lv2/state/state.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "rack/carxp_private.h"
#include "rack/recall.h"

#define OWN_TYPES "http://kxstudio.sf.net/ns/carla/"
#define BLANKS " \t\r\n"

static bool
is_text(const char *type)
{
	return strcmp(type, LV2_ATOM__String) == 0 ||
	       strcmp(type, LV2_ATOM__Path) == 0 ||
	       strcmp(type, LV2_ATOM__URI) == 0;
}

// Text is with its zero in LV2; the rest is base64, with blanks in it.
static enum stage_status
read_bytes(const struct stage_carxp_custom *custom, struct stage_str *out)
{
	struct stage_str plain = {0};
	enum stage_status status = STAGE_OK;

	if (is_text(custom->type)) {
		return stage_str_append(
			out, custom->value, strlen(custom->value) + 1);
	}
	for (const char *at = custom->value; status == STAGE_OK && *at != '\0';
		at++) {
		if (strchr(BLANKS, *at) == NULL) {
			status = stage_str_append(&plain, at, 1);
		}
	}
	if (status == STAGE_OK) {
		status = stage_base64_decode(
			out, stage_str_text(&plain), plain.len);
	}
	stage_str_finish(&plain);
	return status;
}

static void
add_custom(struct stage_carxp_making *self,
	const struct stage_carxp_custom *custom,
	struct stage_rack_memory *memory)
{
	const struct stage_carxp_facts *facts = self->facts;
	struct stage_str bytes = {0};
	enum stage_status status = read_bytes(custom, &bytes);

	if (status == STAGE_OK) {
		self->status = stage_rack_memory_add_property(memory,
			custom->key, custom->type,
			LV2_STATE_IS_POD | LV2_STATE_IS_PORTABLE,
			stage_str_text(&bytes), bytes.len);
	} else if (status == STAGE_NO_MEMORY) {
		self->status = status;
	} else {
		stage_carxp_put(self, &self->plan->left,
			"%s: its %s, which is no base64\n", self->rack,
			custom->key);
	}
	if (strcmp(custom->type, LV2_ATOM__Path) == 0 &&
		!facts->has_file(facts->user, custom->value)) {
		stage_carxp_put(self, &self->plan->missing, "%s: the file %s\n",
			self->rack, custom->value);
	}
	stage_str_finish(&bytes);
}

void
stage_carxp_state(struct stage_carxp_making *self, const char *slot,
	const struct stage_carxp_plugin *plugin, double wet)
{
	struct stage_rack_memory memory = {.is_bypassed = plugin->is_off,
		.was_configured_bypassed = plugin->is_off,
		.wet = (float)wet,
		.configured_wet = (float)wet};
	struct stage_str *text;
	char path[STAGE_RACK_URI_MAX];

	snprintf(memory.plugin, sizeof(memory.plugin), "%s", plugin->uri);
	for (size_t i = 0; self->status == STAGE_OK && i < plugin->custom_count;
		i++) {
		const struct stage_carxp_custom *custom = &plugin->customs[i];
		if (custom->type != NULL && custom->key != NULL &&
			custom->value != NULL && custom->key[0] != '\0' &&
			!stage_starts_with(custom->type, OWN_TYPES)) {
			add_custom(self, custom, &memory);
		}
	}
	if (self->status == STAGE_OK && memory.property_count > 0) {
		snprintf(path, sizeof(path), "state/%s", slot);
		text = stage_carxp_file(self, path);
		if (text != NULL) {
			self->status = stage_rack_memory_write(&memory, text);
		}
	}
	stage_rack_memory_finish(&memory);
}
