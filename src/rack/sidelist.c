/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/sidelist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "rack/builtin.h"

// What is being listed.
struct listing {
	const struct stage_rack_slot_config *config;
	const struct stage_rack_plugin *plugin;
	uint32_t width;
	struct stage_rack_side_list *out;
};

static bool
is_builtin(
	const struct stage_rack_plugin *plugin, enum stage_rack_builtin_way way)
{
	return plugin->builtin != NULL && plugin->builtin->way == way;
}

static bool
is_send_or_return(const struct stage_rack_plugin *plugin)
{
	return is_builtin(plugin, STAGE_RACK_BUILTIN_SEND) ||
	       is_builtin(plugin, STAGE_RACK_BUILTIN_RETURN);
}

// One main input and one output, whatever sidechains there are.
static bool
is_mono(const struct stage_rack_plugin *plugin)
{
	return stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_IN) == 1 &&
	       stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_OUT) == 1;
}

uint32_t
stage_rack_side_units(const struct stage_rack_plugin *plugin, uint32_t width)
{
	return width > 0 && (is_mono(plugin) || is_send_or_return(plugin))
		       ? width
		       : 1;
}

// Counted from 1.
static void
name(const struct listing *self, enum stage_rack_side_kind kind,
	unsigned number, char out[STAGE_RACK_PORT_MAX])
{
	const struct stage_rack_side_line *line = &self->config->sides[kind];

	if (line->name[0] != '\0') {
		snprintf(out, STAGE_RACK_PORT_MAX, "%s_%u", line->name, number);
	} else {
		snprintf(out, STAGE_RACK_PORT_MAX, "%s-%s_%u", self->config->id,
			stage_rack_side_word(kind), number);
	}
}

static void
add(struct listing *self, enum stage_rack_side_kind kind, unsigned number,
	uint32_t unit, uint32_t at)
{
	struct stage_rack_side_item *item =
		&self->out->items[self->out->count++];

	name(self, kind, number, item->wish.name);
	item->wish.is_input =
		kind == STAGE_RACK_SIDECHAIN || kind == STAGE_RACK_SIDE_RETURN;
	item->wish.is_delayed = kind == STAGE_RACK_SIDECHAIN;
	memcpy(item->wish.slot, self->config->id, sizeof(item->wish.slot));
	item->kind = kind;
	item->unit = unit;
	item->at = at;
}

// Where a port stands among those of its unit: the main ones come first.
struct counts {
	uint32_t mains, sides;
};

static uint32_t
count_on(struct counts *counts, const struct stage_rack_port *port,
	uint32_t mains)
{
	return port->is_side ? mains + counts->sides++ : counts->mains++;
}

// What the plug-in calls so; where it calls nothing so, what the bus has no
// channel for.
static void
list_sidechain(struct listing *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;
	uint32_t mains =
		stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_IN);
	bool has_sides =
		stage_rack_plugin_count(plugin, STAGE_RACK_AUDIO_IN) > mains;
	uint32_t units = stage_rack_side_units(plugin, self->width);
	struct counts counts = {0, 0};
	unsigned number = 0;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		const struct stage_rack_port *port = &plugin->ports[i];
		uint32_t at;
		if (port->kind != STAGE_RACK_AUDIO_IN) {
			continue;
		}
		at = count_on(&counts, port, mains);
		if (has_sides ? port->is_side
			      : units == 1 && mains > 1 && at >= self->width) {
			add(self, STAGE_RACK_SIDECHAIN, ++number,
				STAGE_RACK_SIDE_UNITS_ALL, at);
		}
	}
	self->out->lacks[STAGE_RACK_SIDECHAIN] = number == 0;
}

// Numbered as the plug-in has them. One main output alone is for all channels.
static void
list_outs(struct listing *self)
{
	const struct stage_rack_plugin *plugin = self->plugin;
	uint32_t mains =
		stage_rack_plugin_count_main(plugin, STAGE_RACK_AUDIO_OUT);
	uint32_t heard = self->width > 0 && mains == 1 ? 1 : self->width;
	size_t before = self->out->count;
	struct counts counts = {0, 0};
	unsigned number = 0;

	for (uint32_t i = 0; i < plugin->port_count; i++) {
		const struct stage_rack_port *port = &plugin->ports[i];
		uint32_t at;
		if (port->kind != STAGE_RACK_AUDIO_OUT) {
			continue;
		}
		number++;
		at = count_on(&counts, port, mains);
		if (port->is_side || at >= heard) {
			add(self, STAGE_RACK_SIDE_OUTS, number, 0, at);
		}
	}
	self->out->lacks[STAGE_RACK_SIDE_OUTS] = self->out->count == before;
}

// One for each channel, whose unit has no other.
static void
list_channels(struct listing *self, enum stage_rack_side_kind kind)
{
	for (uint32_t i = 0; i < self->width; i++) {
		add(self, kind, i + 1, i, 0);
	}
}

static void
list_builtin(struct listing *self)
{
	bool is_send = is_builtin(self->plugin, STAGE_RACK_BUILTIN_SEND);
	bool is_return = is_builtin(self->plugin, STAGE_RACK_BUILTIN_RETURN);
	const struct stage_rack_side_line *lines = self->config->sides;
	bool *lacks = self->out->lacks;

	if (is_send) {
		list_channels(self, STAGE_RACK_SIDE_SEND);
	}
	if (is_return) {
		list_channels(self, STAGE_RACK_SIDE_RETURN);
	}
	lacks[STAGE_RACK_SIDE_SEND] =
		lines[STAGE_RACK_SIDE_SEND].is_there && !is_send;
	lacks[STAGE_RACK_SIDE_RETURN] =
		lines[STAGE_RACK_SIDE_RETURN].is_there && !is_return;
}

static void
list_plugin(struct listing *self)
{
	const struct stage_rack_side_line *lines = self->config->sides;
	bool *lacks = self->out->lacks;

	if (is_send_or_return(self->plugin)) {
		lacks[STAGE_RACK_SIDECHAIN] =
			lines[STAGE_RACK_SIDECHAIN].is_there;
		lacks[STAGE_RACK_SIDE_OUTS] =
			lines[STAGE_RACK_SIDE_OUTS].is_there;
		return;
	}
	if (lines[STAGE_RACK_SIDECHAIN].is_there) {
		list_sidechain(self);
	}
	if (lines[STAGE_RACK_SIDE_OUTS].is_there) {
		list_outs(self);
	}
}

enum stage_status
stage_rack_side_list_make(const struct stage_rack_slot_config *config,
	const struct stage_rack_plugin *plugin, uint32_t width,
	struct stage_rack_side_list *out)
{
	struct listing self = {config, plugin, width, out};

	memset(out, 0, sizeof(*out));
	out->items = calloc(
		(size_t)plugin->port_count + width + 1, sizeof(*out->items));
	if (out->items == NULL) {
		return STAGE_NO_MEMORY;
	}
	list_plugin(&self);
	list_builtin(&self);
	return STAGE_OK;
}

void
stage_rack_side_list_finish(struct stage_rack_side_list *self)
{
	free(self->items);
	memset(self, 0, sizeof(*self));
}

const char *
stage_rack_side_lack(enum stage_rack_side_kind kind)
{
	static const char *const sentences[] = {
		[STAGE_RACK_SIDECHAIN] = "its plug-in has no sidechain",
		[STAGE_RACK_SIDE_OUTS] =
			"its plug-in has no outputs but those that are heard",
		[STAGE_RACK_SIDE_SEND] = "only builtin:send has a send",
		[STAGE_RACK_SIDE_RETURN] = "only builtin:return has a return",
	};

	return sentences[kind];
}
