/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/plan.h"

#include <stdio.h>
#include <string.h>

#include "jack/names.h"

bool
stage_plan_is_free(const struct stage_jackserver_config *config)
{
	return strcmp(config->driver, STAGE_JACKSERVER_DRIVER_AUTO) == 0 ||
	       strcmp(config->driver, "alsa") == 0;
}

static void
plan_driver(const struct stage_jackserver_config *config,
	struct stage_chooser_config *out)
{
	memcpy(out->wishes, config->wishes, sizeof(out->wishes));
	out->wish_count = config->wish_count;
	if (!stage_plan_is_free(config)) {
		stage_jack_copy_text(
			out->driver, sizeof(out->driver), config->driver);
		if (config->wish_count > 0) {
			stage_wish_words(&config->wishes[0], out->device,
				sizeof(out->device));
		}
	}
}

static void
plan_realtime(const struct stage_jackserver_config *config,
	enum stage_status realtime, const struct stage_err *denied,
	struct stage_plan *out)
{
	struct stage_control_want *base = &out->chooser.base;

	base->is_realtime = false;
	out->why_realtime[0] = '\0';
	if (config->realtime == STAGE_JACKSERVER_REALTIME_NO) {
		snprintf(out->why_realtime, sizeof(out->why_realtime),
			"the settings forbid it");
	} else if (realtime != STAGE_OK) {
		stage_jack_copy_text(out->why_realtime,
			sizeof(out->why_realtime), denied->text);
	} else {
		base->is_realtime = true;
	}
}

void
stage_plan_make(const struct stage_jackserver_config *config,
	enum stage_status realtime, const struct stage_err *denied,
	bool can_probe, struct stage_plan *out)
{
	*out = (struct stage_plan){
		.chooser = {.base = {.rate_hz = (uint32_t)config->rate_hz,
				    .period_frames =
					    (uint32_t)config->period_frames,
				    .periods = (uint32_t)config->periods,
				    .priority = (int)config->priority,
				    .ports = (uint32_t)config->ports},
			.can_probe = can_probe}};
	stage_jack_copy_text(out->chooser.base.server,
		sizeof(out->chooser.base.server), config->server);
	plan_driver(config, &out->chooser);
	plan_realtime(config, realtime, denied, out);
}
