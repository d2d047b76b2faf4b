/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/value.h"

#include <string.h>

#define USUAL_RATE_HZ 48000.0F // until it is known

uint32_t
stage_rack_slot_value_count(const struct stage_rack_slot *self)
{
	return self->count + STAGE_RACK_EXTRA_COUNT;
}

uint32_t
stage_rack_slot_extra(
	const struct stage_rack_slot *self, enum stage_rack_extra extra)
{
	return self->count + (uint32_t)extra;
}

bool
stage_rack_slot_is_switch(const struct stage_rack_slot *self, uint32_t index)
{
	return index == stage_rack_slot_extra(self, STAGE_RACK_SMITTEN);
}

const struct stage_rack_port *
stage_rack_slot_port(const struct stage_rack_slot *self, uint32_t index)
{
	return &self->plugin->ports[self->ports[index]];
}

const char *
stage_rack_slot_symbol(const struct stage_rack_slot *self, uint32_t index)
{
	return index < self->count
		       ? stage_rack_slot_port(self, index)->symbol
		       : stage_rack_extras[index - self->count].symbol;
}

bool
stage_rack_slot_find(
	const struct stage_rack_slot *self, const char *symbol, uint32_t *index)
{
	const struct stage_rack_extra_kind *kind = stage_rack_extra_of(symbol);

	for (uint32_t i = 0; i < self->count; i++) {
		if (strcmp(stage_rack_slot_port(self, i)->symbol, symbol) ==
			0) {
			*index = i;
			return true;
		}
	}
	if (kind != NULL) {
		*index = self->count + (uint32_t)(kind - stage_rack_extras);
	}
	return kind != NULL;
}

static float
scaled(const struct stage_rack_slot *self, const struct stage_rack_port *port,
	float value)
{
	float rate_hz = self->shop->rate_hz > 0 ? (float)self->shop->rate_hz
						: USUAL_RATE_HZ;

	return port->is_rate_scaled ? value * rate_hz : value;
}

void
stage_rack_slot_range(const struct stage_rack_slot *self, uint32_t index,
	float *min, float *max)
{
	const struct stage_rack_port *port;

	if (index >= self->count) {
		*min = stage_rack_extras[index - self->count].min;
		*max = stage_rack_extras[index - self->count].max;
		return;
	}
	port = stage_rack_slot_port(self, index);
	*min = scaled(self, port, port->min);
	*max = scaled(self, port, port->max);
}

float
stage_rack_slot_clamp(
	const struct stage_rack_slot *self, uint32_t index, float value)
{
	float min;
	float max;

	stage_rack_slot_range(self, index, &min, &max);
	if (value < min) {
		return min;
	}
	return value > max ? max : value;
}

float
stage_rack_slot_default(const struct stage_rack_slot *self, uint32_t index)
{
	const struct stage_rack_port *port;

	if (index >= self->count) {
		return stage_rack_extras[index - self->count].value;
	}
	port = stage_rack_slot_port(self, index);
	return scaled(self, port, port->value);
}

float
stage_rack_slot_configured(const struct stage_rack_slot *self, uint32_t index)
{
	const float *configured = stage_rack_slot_config_get(
		&self->config, stage_rack_slot_symbol(self, index));
	float value = configured != NULL ? *configured
					 : stage_rack_slot_default(self, index);

	return stage_rack_slot_clamp(self, index, value);
}
