/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/plan.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "jack/names.h"

static void
choose(struct stage_control_want *want, const char *driver, const char *device)
{
	stage_jack_copy_text(want->driver, sizeof(want->driver), driver);
	stage_jack_copy_text(want->device, sizeof(want->device), device);
}

static void
choose_card(const char *cards_dir, struct stage_cards *cards,
	struct stage_plan *out)
{
	stage_cards_list(cards_dir, cards);
	if (cards->count > 0) {
		choose(&out->want, "alsa", cards->devices[0]);
		snprintf(out->why_driver, sizeof(out->why_driver),
			"it is the first usable card, USB before others");
	} else {
		choose(&out->want, "dummy", "");
		out->lacks_card = true;
		snprintf(out->why_driver, sizeof(out->why_driver),
			"%s lists no sound card that plays, other than "
			"screens (HDMI) and loopbacks",
			cards_dir);
	}
}

// cards: those of which the first was chosen; empty when the settings name one.
static void
plan_driver(const struct stage_jackserver_config *config, const char *cards_dir,
	struct stage_cards *cards, struct stage_plan *out)
{
	if (strcmp(config->driver, STAGE_JACKSERVER_DRIVER_AUTO) != 0) {
		choose(&out->want, config->driver, config->device);
		snprintf(out->why_driver, sizeof(out->why_driver),
			"the settings say so");
	} else if (config->device[0] != '\0') {
		choose(&out->want, "alsa", config->device);
		snprintf(out->why_driver, sizeof(out->why_driver),
			"the settings name this device");
	} else {
		choose_card(cards_dir, cards, out);
	}
}

static void
add_fallback(struct stage_plan *out, const char *driver, const char *device)
{
	struct stage_control_want *next = &out->fallbacks[out->fallback_count];

	*next = out->want;
	choose(next, driver, device);
	out->fallback_count++;
}

// A show without sound is mended more easily than one that is not there.
static void
plan_fallbacks(const struct stage_cards *cards, struct stage_plan *out)
{
	if (strcmp(out->want.driver, "alsa") != 0) {
		return;
	}
	for (size_t i = 1; i < cards->count; i++) {
		add_fallback(out, "alsa", cards->devices[i]);
	}
	add_fallback(out, "dummy", "");
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
	struct stage_cards cards = {.count = 0};

	*out = (struct stage_plan){
		.want = {.rate_hz = (uint32_t)config->rate_hz,
			.period_frames = (uint32_t)config->period_frames,
			.periods = (uint32_t)config->periods,
			.priority = (int)config->priority,
			.ports = (uint32_t)config->ports}};
	stage_jack_copy_text(
		out->want.server, sizeof(out->want.server), config->server);
	plan_driver(config, cards_dir, &cards, out);
	plan_realtime(config, realtime, denied, out);
	plan_fallbacks(&cards, out);
}
