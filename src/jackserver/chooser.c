/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/chooser_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "jack/names.h"

#define RETRY_FIRST_NS (1 * STAGE_NS_PER_S)
#define RETRY_LAST_NS (60 * STAGE_NS_PER_S)
#define NEVER_NS (-1)
#define PLAYED_WELL_NS (60 * STAGE_NS_PER_S) // then its past is forgotten

static const struct stage_candidate no_device = {.card = -1, .number = -1};

bool
stage_chooser_is_fixed(const struct stage_chooser *self)
{
	return self->config.driver[0] != '\0';
}

static bool
is_same(const struct stage_candidate *a, const struct stage_candidate *b)
{
	return a->life == b->life && a->number == b->number &&
	       strcmp(a->device, b->device) == 0;
}

// attempt_count when there is none.
static size_t
attempt_index(
	const struct stage_chooser *self, const struct stage_candidate *one)
{
	size_t i = 0;

	while (i < self->attempt_count &&
		(self->attempts[i].life != one->life ||
			strcmp(self->attempts[i].device, one->device) != 0)) {
		i++;
	}
	return i;
}

const struct stage_chooser_attempt *
stage_chooser_find_attempt(
	const struct stage_chooser *self, const struct stage_candidate *one)
{
	size_t index = attempt_index(self, one);

	return index < self->attempt_count ? &self->attempts[index] : NULL;
}

static struct stage_chooser_attempt *
make_attempt(struct stage_chooser *self, const struct stage_candidate *one)
{
	size_t index = attempt_index(self, one);
	struct stage_chooser_attempt *attempt =
		index < STAGE_CANDIDATES_MAX ? &self->attempts[index] : NULL;

	if (attempt != NULL && index == self->attempt_count) {
		self->attempt_count++;
		*attempt = (struct stage_chooser_attempt){.life = one->life,
			.retry_ns = NEVER_NS,
			.wait_ns = RETRY_FIRST_NS};
		memcpy(attempt->device, one->device, sizeof(one->device));
	}
	return attempt;
}

// Forgets what is not there any more: plugged in anew it is tried anew.
static void
prune(struct stage_chooser *self)
{
	size_t kept = 0;

	for (size_t i = 0; i < self->attempt_count; i++) {
		bool is_there = false;
		for (size_t j = 0; j < self->candidates.count; j++) {
			is_there = is_there ||
				   stage_chooser_find_attempt(
					   self, &self->candidates.items[j]) ==
					   &self->attempts[i];
		}
		if (is_there) {
			self->attempts[kept] = self->attempts[i];
			kept++;
		}
	}
	self->attempt_count = kept;
}

static void
match(struct stage_chooser *self)
{
	stage_wishes_match(self->config.wishes, self->config.wish_count,
		&self->cards, &self->candidates);
	prune(self);
}

struct stage_chooser *
stage_chooser_create(const struct stage_chooser_config *config)
{
	struct stage_chooser *self = calloc(1, sizeof(*self));

	if (self != NULL) {
		self->config = *config;
		match(self);
	}
	return self;
}

void
stage_chooser_destroy(struct stage_chooser *self)
{
	free(self);
}

void
stage_chooser_configure(
	struct stage_chooser *self, const struct stage_chooser_config *config)
{
	const struct stage_control_want *old = &self->config.base;
	const struct stage_control_want *new = &config->base;

	self->has_new_settings = self->has_new_settings ||
				 old->rate_hz != new->rate_hz ||
				 old->period_frames != new->period_frames ||
				 old->periods != new->periods;
	self->config = *config;
	self->attempt_count = 0;
	match(self);
}

void
stage_chooser_cards(struct stage_chooser *self, const struct stage_cards *cards)
{
	self->cards = *cards;
	match(self);
}

static bool
may_have_changed(const struct stage_chooser_attempt *attempt)
{
	return !attempt->is_good && attempt->retry_ns != NEVER_NS &&
	       (attempt->probed.err.status == STAGE_BUSY ||
		       attempt->probed.err.status == STAGE_DENIED ||
		       attempt->probed.err.status == STAGE_NOT_FOUND);
}

void
stage_chooser_touched(struct stage_chooser *self, int64_t now_ns)
{
	for (size_t i = 0; i < self->attempt_count; i++) {
		if (may_have_changed(&self->attempts[i])) {
			self->attempts[i].retry_ns = now_ns;
		}
	}
}

static void
fail_attempt(struct stage_chooser_attempt *attempt, const struct stage_err *err,
	int64_t now_ns)
{
	attempt->is_good = false;
	attempt->probed.err = *err;
	attempt->retry_ns = now_ns + attempt->wait_ns;
	attempt->wait_ns = attempt->wait_ns * 2 < RETRY_LAST_NS
				   ? attempt->wait_ns * 2
				   : RETRY_LAST_NS;
}

void
stage_chooser_stands_still(struct stage_chooser *self, int64_t now_ns)
{
	struct stage_chooser_attempt *attempt;
	struct stage_err err = STAGE_ERR_INIT;

	self->is_dead = true;
	if (self->running != STAGE_RUNNING_DEVICE) {
		return;
	}
	stage_err_set(&err, STAGE_IO, "%s gives no cycles any more",
		self->playing.device);
	attempt = make_attempt(self, &self->playing);
	if (attempt != NULL) {
		if (now_ns - self->opened_ns >= PLAYED_WELL_NS) {
			attempt->wait_ns = RETRY_FIRST_NS;
		}
		fail_attempt(attempt, &err, now_ns);
	}
}

void
stage_chooser_probed(struct stage_chooser *self,
	const struct stage_probed *result, int64_t now_ns)
{
	struct stage_chooser_attempt *attempt =
		make_attempt(self, &self->target);

	self->asked = STAGE_STEP_NONE;
	if (attempt == NULL) {
		return;
	}
	if (result->err.status != STAGE_OK) {
		fail_attempt(attempt, &result->err, now_ns);
		return;
	}
	attempt->is_good = true;
	attempt->probed = *result;
}

/* One that does not open, after all was well when it was probed, ends a server
 * that is switched to it. One that opened and gave no cycles does not: it may
 * have been the computer, which had too much to do when it started. */
static void
distrust(
	struct stage_chooser *self, const struct stage_err *err, int64_t now_ns)
{
	struct stage_chooser_attempt *attempt =
		make_attempt(self, &self->target);

	if (attempt != NULL && err->status == STAGE_TIMEOUT) {
		fail_attempt(attempt, err, now_ns);
	} else if (attempt != NULL) {
		attempt->is_good = false;
		attempt->probed.err = *err;
		attempt->retry_ns = NEVER_NS;
	}
}

void
stage_chooser_opened(struct stage_chooser *self, const struct stage_err *err,
	const struct stage_control_have *have, int64_t now_ns)
{
	bool is_device = self->target.device[0] != '\0';
	size_t index = attempt_index(self, &self->target);

	self->asked = STAGE_STEP_NONE;
	if (err->status != STAGE_OK) {
		self->failure = *err;
		if (is_device) {
			distrust(self, err, now_ns);
		} else {
			self->is_dead = true;
		}
		return;
	}
	if (index < self->attempt_count) {
		self->attempts[index].is_good = false; // it was, for this once
		self->attempts[index].retry_ns = NEVER_NS;
	}
	self->running = stage_chooser_is_fixed(self) ? STAGE_RUNNING_FIXED
			: is_device                  ? STAGE_RUNNING_DEVICE
						     : STAGE_RUNNING_DUMMY;
	self->playing = self->target;
	self->used = self->target_want;
	self->have = *have;
	self->is_dead = false;
	self->has_gone = self->has_gone && self->running == STAGE_RUNNING_DUMMY;
	self->has_new_settings = false;
	self->opened_ns = now_ns;
}

static enum stage_step
open_it(struct stage_chooser *self, struct stage_order *order)
{
	self->target_want = order->want;
	self->asked = STAGE_STEP_OPEN;
	return STAGE_STEP_OPEN;
}

static enum stage_step
give_up(const struct stage_chooser *self, const char *words,
	struct stage_order *order)
{
	if (self->failure.status != STAGE_OK) {
		order->why = self->failure;
	} else {
		stage_err_set(&order->why, STAGE_IO, "%s", words);
	}
	return STAGE_STEP_GIVE_UP;
}

static enum stage_step
next_fixed(struct stage_chooser *self, struct stage_order *order)
{
	bool is_dummy = strcmp(self->config.driver, "dummy") == 0;

	if (self->is_dead) {
		return give_up(self, "the JACK server stands still", order);
	}
	if (self->running == STAGE_RUNNING_FIXED && !self->has_new_settings) {
		return STAGE_STEP_NONE;
	}
	if (self->running == STAGE_RUNNING_FIXED && !is_dummy) {
		return give_up(self, "new settings need a new start", order);
	}
	self->target = no_device;
	stage_jack_copy_text(order->want.driver, sizeof(order->want.driver),
		self->config.driver);
	stage_jack_copy_text(order->want.device, sizeof(order->want.device),
		self->config.device);
	return open_it(self, order);
}

// At the rate and period in force, so that no client has to follow, and with
// as many ports as there were.
static enum stage_step
open_dummy(struct stage_chooser *self, struct stage_order *order)
{
	if (self->running == STAGE_RUNNING_NOTHING && self->is_dead) {
		return give_up(self, "no driver opens", order);
	}
	self->target = no_device;
	stage_jack_copy_text(
		order->want.driver, sizeof(order->want.driver), "dummy");
	order->want.device[0] = '\0';
	if (self->running == STAGE_RUNNING_DEVICE) {
		order->want.inputs = self->have.inputs;
		order->want.outputs = self->have.outputs;
		if (!self->has_new_settings) {
			order->want.rate_hz = self->have.rate_hz;
			order->want.period_frames = self->have.period_frames;
		}
	}
	return open_it(self, order);
}

const struct stage_candidate *
stage_chooser_find_playing(const struct stage_chooser *self)
{
	for (size_t i = 0; i < self->candidates.count; i++) {
		if (is_same(&self->candidates.items[i], &self->playing)) {
			return &self->candidates.items[i];
		}
	}
	return NULL;
}

bool
stage_chooser_is_playing_card(const struct stage_chooser *self, size_t index)
{
	const struct stage_sound_card *card = &self->cards.cards[index];

	return card->life == self->playing.life &&
	       card->is.card == self->playing.number;
}

// The card that plays is there, whether it is wished for or not.
static bool
is_present(const struct stage_chooser *self)
{
	if (self->playing.number < 0) {
		return true;
	}
	for (size_t i = 0; i < self->cards.count; i++) {
		if (stage_chooser_is_playing_card(self, i)) {
			return true;
		}
	}
	return false;
}

static bool
is_named(const struct stage_candidate *one)
{
	return one->key != STAGE_WISH_AUTO;
}

static enum stage_step
ask_probe(struct stage_chooser *self, struct stage_order *order)
{
	if (!self->config.can_probe) {
		return open_it(self, order);
	}
	self->target_want = order->want;
	self->asked = STAGE_STEP_PROBE;
	return STAGE_STEP_PROBE;
}

// The step towards a candidate; NONE when it has failed and is not due.
static enum stage_step
approach(struct stage_chooser *self, const struct stage_candidate *one,
	int64_t now_ns, struct stage_order *order)
{
	const struct stage_chooser_attempt *attempt =
		stage_chooser_find_attempt(self, one);

	if (attempt != NULL && !attempt->is_good &&
		attempt->probed.err.status != STAGE_OK &&
		(attempt->retry_ns == NEVER_NS || attempt->retry_ns > now_ns)) {
		return STAGE_STEP_NONE;
	}
	self->target = *one;
	stage_jack_copy_text(
		order->want.driver, sizeof(order->want.driver), "alsa");
	memcpy(order->want.device, one->device, sizeof(one->device));
	if (attempt == NULL || !attempt->is_good) {
		return ask_probe(self, order);
	}
	order->want.rate_hz = attempt->probed.rate_hz;
	order->want.period_frames = attempt->probed.period_frames;
	order->want.periods = attempt->probed.periods;
	return open_it(self, order);
}

// True when the device that plays must be left, whatever there is besides.
static bool
must_leave(const struct stage_chooser *self)
{
	return self->running == STAGE_RUNNING_DEVICE &&
	       (self->is_dead || self->has_new_settings || !is_present(self));
}

static enum stage_step
leave(struct stage_chooser *self, struct stage_order *order)
{
	self->has_gone = !is_present(self);
	stage_jack_copy_text(self->gone_words, sizeof(self->gone_words),
		self->playing.device);
	if (!self->config.can_probe) {
		if (self->has_new_settings) {
			return give_up(
				self, "new settings need a new start", order);
		}
		stage_err_set(&order->why, STAGE_IO,
			"%s gives no cycles any more; was the device pulled?",
			self->playing.device);
		return STAGE_STEP_GIVE_UP;
	}
	return open_dummy(self, order);
}

static enum stage_step
next_wished(
	struct stage_chooser *self, int64_t now_ns, struct stage_order *order)
{
	const struct stage_candidate *playing =
		self->running == STAGE_RUNNING_DEVICE
			? stage_chooser_find_playing(self)
			: NULL;
	bool may_move = self->running == STAGE_RUNNING_NOTHING ||
			self->config.can_probe;

	for (size_t i = 0; may_move && i < self->candidates.count; i++) {
		const struct stage_candidate *one = &self->candidates.items[i];
		enum stage_step step;
		if (one == playing) {
			break;
		}
		if (playing != NULL && !is_named(one)) {
			continue; // what plays well is left for a wish only
		}
		step = approach(self, one, now_ns, order);
		if (step != STAGE_STEP_NONE) {
			return step;
		}
	}
	return self->running == STAGE_RUNNING_NOTHING ? open_dummy(self, order)
						      : STAGE_STEP_NONE;
}

enum stage_step
stage_chooser_next(
	struct stage_chooser *self, int64_t now_ns, struct stage_order *order)
{
	order->want = self->config.base;
	order->why = (struct stage_err)STAGE_ERR_INIT;
	if (self->asked != STAGE_STEP_NONE) {
		return STAGE_STEP_NONE;
	}
	if (stage_chooser_is_fixed(self)) {
		return next_fixed(self, order);
	}
	if (must_leave(self)) {
		return leave(self, order);
	}
	if (self->running == STAGE_RUNNING_DUMMY && self->is_dead) {
		return give_up(self,
			"the JACK server stands still, on the dummy driver",
			order);
	}
	if (self->running == STAGE_RUNNING_DUMMY && self->has_new_settings &&
		self->config.can_probe) {
		return open_dummy(self, order);
	}
	return next_wished(self, now_ns, order);
}

int64_t
stage_chooser_due_ns(const struct stage_chooser *self)
{
	const struct stage_candidate *playing =
		self->running == STAGE_RUNNING_DEVICE
			? stage_chooser_find_playing(self)
			: NULL;
	int64_t due_ns = NEVER_NS;

	for (size_t i = 0;
		self->config.can_probe && !stage_chooser_is_fixed(self) &&
		i < self->candidates.count;
		i++) {
		const struct stage_candidate *one = &self->candidates.items[i];
		const struct stage_chooser_attempt *attempt =
			stage_chooser_find_attempt(self, one);
		if (one == playing) {
			break;
		}
		if (attempt != NULL && attempt->retry_ns != NEVER_NS &&
			(playing == NULL || is_named(one)) &&
			(due_ns == NEVER_NS || attempt->retry_ns < due_ns)) {
			due_ns = attempt->retry_ns;
		}
	}
	return due_ns;
}
