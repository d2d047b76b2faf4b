/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/plan.h"

#include <stdio.h>
#include <string.h>

#include "jack/names.h"
#include "jackserver/cards.h"

static void
plan_driver(const struct stage_jackserver_config *config, const char *cards_dir,
	struct stage_plan *out)
{
	struct stage_control_want *want = &out->want;
	struct stage_err err = STAGE_ERR_INIT;
	bool is_auto =
		strcmp(config->driver, STAGE_JACKSERVER_DRIVER_AUTO) == 0;

	stage_jack_copy_text(
		want->device, sizeof(want->device), config->device);
	if (!is_auto) {
		stage_jack_copy_text(
			want->driver, sizeof(want->driver), config->driver);
		snprintf(out->why_driver, sizeof(out->why_driver),
			"the settings say so");
	} else if (config->device[0] != '\0') {
		stage_jack_copy_text(
			want->driver, sizeof(want->driver), "alsa");
		snprintf(out->why_driver, sizeof(out->why_driver),
			"the settings name this device");
	} else if (stage_cards_choose(cards_dir, want->device,
			   sizeof(want->device), &err) == STAGE_OK) {
		stage_jack_copy_text(
			want->driver, sizeof(want->driver), "alsa");
		snprintf(out->why_driver, sizeof(out->why_driver),
			"it is the first usable card");
	} else {
		stage_jack_copy_text(
			want->driver, sizeof(want->driver), "dummy");
		stage_jack_copy_text(
			out->why_driver, sizeof(out->why_driver), err.text);
	}
	out->has_fallback = is_auto && strcmp(want->driver, "dummy") != 0;
}

static void
plan_realtime(const struct stage_jackserver_config *config,
	enum stage_status realtime, const struct stage_err *denied,
	struct stage_plan *out)
{
	out->want.is_realtime = false;
	out->why_realtime[0] = '\0';
	if (config->realtime == STAGE_JACKSERVER_REALTIME_NO) {
		snprintf(out->why_realtime, sizeof(out->why_realtime),
			"the settings forbid it");
	} else if (realtime != STAGE_OK) {
		stage_jack_copy_text(out->why_realtime,
			sizeof(out->why_realtime), denied->text);
	} else {
		out->want.is_realtime = true;
	}
}

void
stage_plan_make(const struct stage_jackserver_config *config,
	const char *cards_dir, enum stage_status realtime,
	const struct stage_err *denied, struct stage_plan *out)
{
	*out = (struct stage_plan){
		.want = {.rate_hz = (uint32_t)config->rate_hz,
			.period_frames = (uint32_t)config->period_frames,
			.periods = (uint32_t)config->periods,
			.priority = (int)config->priority,
			.ports = (uint32_t)config->ports}};
	stage_jack_copy_text(
		out->want.server, sizeof(out->want.server), config->server);
	plan_driver(config, cards_dir, out);
	plan_realtime(config, realtime, denied, out);
	out->fallback = out->want;
	stage_jack_copy_text(
		out->fallback.driver, sizeof(out->fallback.driver), "dummy");
	out->fallback.device[0] = '\0';
}
