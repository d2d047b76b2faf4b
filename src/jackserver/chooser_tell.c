/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/chooser_private.h"

#include <stdio.h>

#include "jack/names.h"

static bool
runs_as_asked(const struct stage_chooser *self)
{
	const struct stage_control_want *base = &self->config.base;

	return self->have.rate_hz == base->rate_hz &&
	       self->have.period_frames == base->period_frames;
}

// What is wrong with the best of what was wished for; "" when it is not there.
static const char *
first_failure(const struct stage_chooser *self, const char **device)
{
	const struct stage_candidate *playing =
		stage_chooser_find_playing(self);

	for (size_t i = 0; i < self->candidates.count; i++) {
		const struct stage_candidate *one = &self->candidates.items[i];
		const struct stage_chooser_attempt *attempt =
			stage_chooser_find_attempt(self, one);
		if (self->running == STAGE_RUNNING_DEVICE && one == playing) {
			break;
		}
		if (attempt != NULL && attempt->probed.err.status != STAGE_OK) {
			*device = one->device;
			return attempt->probed.err.text;
		}
	}
	return "";
}

bool
stage_chooser_is_content(const struct stage_chooser *self)
{
	const struct stage_candidate *playing =
		stage_chooser_find_playing(self);
	const char *device;

	if (self->running == STAGE_RUNNING_NOTHING) {
		return false;
	}
	if (stage_chooser_is_fixed(self)) {
		return runs_as_asked(self);
	}
	return self->running == STAGE_RUNNING_DEVICE && playing != NULL &&
	       playing->wish == 0 && runs_as_asked(self) &&
	       first_failure(self, &device)[0] == '\0';
}

static void
tell_why_not(const struct stage_chooser *self, char *out, size_t size)
{
	const char *device = "";
	const char *failure = first_failure(self, &device);
	char wish[STAGE_WISH_NAME_MAX];

	if (failure[0] != '\0') {
		snprintf(out, size, "%s", failure);
	} else if (self->has_gone) {
		snprintf(out, size, "%s was pulled", self->gone_words);
	} else if (self->config.wish_count == 0 ||
		   self->config.wishes[0].is_auto) {
		snprintf(out, size, "no sound card was found");
	} else {
		stage_wish_words(&self->config.wishes[0], wish, sizeof(wish));
		snprintf(out, size, "%s is not there", wish);
	}
}

static void
tell_rate(const struct stage_chooser *self, const char *device, char *out,
	size_t size)
{
	const struct stage_control_want *base = &self->config.base;
	const struct stage_control_have *have = &self->have;
	size_t len = (size_t)snprintf(out, size, "%s runs ", device);

	if (have->rate_hz != base->rate_hz) {
		len += (size_t)snprintf(out + len, size - len,
			"at %u Hz: it does not do %u Hz", have->rate_hz,
			base->rate_hz);
	}
	if (have->period_frames != base->period_frames) {
		snprintf(out + len, size - len,
			"%swith periods of %u frames: it does not do %u",
			have->rate_hz != base->rate_hz ? ", and " : "",
			have->period_frames, base->period_frames);
	}
}

void
stage_chooser_note(const struct stage_chooser *self, char *out, size_t size)
{
	char why[STAGE_ERR_TEXT_MAX];
	char words[STAGE_ERR_TEXT_MAX + STAGE_WISH_NAME_MAX + 64];

	out[0] = '\0';
	if (self->running == STAGE_RUNNING_NOTHING ||
		stage_chooser_is_content(self)) {
		return;
	}
	tell_why_not(self, why, sizeof(why));
	if (self->running == STAGE_RUNNING_DUMMY) {
		snprintf(words, sizeof(words),
			"plays on the dummy driver, silent: %s", why);
	} else if (!runs_as_asked(self)) {
		tell_rate(self,
			stage_chooser_is_fixed(self) ? self->used.driver
						     : self->playing.device,
			words, sizeof(words));
	} else {
		snprintf(words, sizeof(words), "plays on %s: %s",
			self->playing.device, why);
	}
	stage_jack_copy_text(out, size, words);
}

void
stage_chooser_reason(const struct stage_chooser *self, char *out, size_t size)
{
	static const char *const words[STAGE_WISH_KEY_COUNT] = {
		"it was found by its serial number",
		"it was found by where it is plugged in",
		"it was found by its USB ids", "it was found by its id",
		"the settings name it",
		"it is the first usable card, USB before others"};
	const struct stage_candidate *playing =
		stage_chooser_find_playing(self);

	if (stage_chooser_is_fixed(self)) {
		snprintf(out, size, "the settings say so");
	} else if (self->running == STAGE_RUNNING_DEVICE) {
		snprintf(out, size, "%s%s",
			playing != NULL ? words[playing->key]
					: "it played already",
			playing != NULL && playing->has_twins
				? ", one of several like it: another key "
				  "would tell them apart"
				: "");
	} else {
		tell_why_not(self, out, size);
	}
}

bool
stage_chooser_card(const struct stage_chooser *self, size_t card, size_t *rank,
	enum stage_wish_key *key, const char **wrong)
{
	for (size_t i = 0;
		!stage_chooser_is_fixed(self) && i < self->candidates.count;
		i++) {
		const struct stage_candidate *one = &self->candidates.items[i];
		const struct stage_chooser_attempt *attempt =
			stage_chooser_find_attempt(self, one);
		if (one->card == (int)card) {
			*rank = i;
			*key = one->key;
			*wrong =
				attempt != NULL ? attempt->probed.err.text : "";
			return true;
		}
	}
	return false;
}

const struct stage_cards *
stage_chooser_get_cards(const struct stage_chooser *self)
{
	return &self->cards;
}

int
stage_chooser_running_card(const struct stage_chooser *self)
{
	for (size_t i = 0;
		self->running == STAGE_RUNNING_DEVICE && i < self->cards.count;
		i++) {
		if (stage_chooser_is_playing_card(self, i)) {
			return (int)i;
		}
	}
	return -1;
}

bool
stage_chooser_on_device(const struct stage_chooser *self)
{
	return self->running == STAGE_RUNNING_DEVICE;
}
