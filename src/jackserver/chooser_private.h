/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What chooser.c, which decides, and chooser_tell.c, which tells of it, share.
 */

#ifndef STAGE_JACKSERVER_CHOOSER_PRIVATE_H
#define STAGE_JACKSERVER_CHOOSER_PRIVATE_H

#include "jackserver/chooser.h"

/** What is known of a device, as long as it stays plugged. */
struct stage_chooser_attempt {
	char device[STAGE_WISH_NAME_MAX];
	uint64_t life;
	bool is_good; // the probe that was asked for last went well
	struct stage_probed probed;
	int64_t retry_ns; // -1: not by itself
	int64_t wait_ns;  // before the one after
};

enum stage_chooser_running {
	STAGE_RUNNING_NOTHING,
	STAGE_RUNNING_FIXED,
	STAGE_RUNNING_DUMMY,
	STAGE_RUNNING_DEVICE
};

struct stage_chooser {
	struct stage_chooser_config config;
	struct stage_cards cards;
	struct stage_candidates candidates;
	struct stage_chooser_attempt attempts[STAGE_CANDIDATES_MAX];
	size_t attempt_count;

	enum stage_chooser_running running;
	struct stage_candidate playing; // STAGE_RUNNING_DEVICE
	bool is_dead;                   // it gives no cycles any more
	bool has_new_settings;          // others than it was opened with
	bool has_gone;                  // the device, once it played
	char gone_words[STAGE_WISH_NAME_MAX];
	struct stage_control_want used;
	struct stage_control_have have;
	int64_t opened_ns;

	enum stage_step asked; // what is being done
	struct stage_candidate target;
	struct stage_control_want target_want;
	struct stage_err failure; // of the last thing that did not open
};

/** Whether the settings name a driver, so that there is nothing to choose. */
bool stage_chooser_is_fixed(const struct stage_chooser *self);

/** What is known of a device; NULL: nothing. Ownership: borrowed until the next
 * call that changes something, as with all here. */
const struct stage_chooser_attempt *stage_chooser_find_attempt(
	const struct stage_chooser *self, const struct stage_candidate *one);

/** The candidate that plays; NULL when it is none any more. */
const struct stage_candidate *stage_chooser_find_playing(
	const struct stage_chooser *self);

/** Whether the card of that number is the one whose device was opened last. */
bool stage_chooser_is_playing_card(
	const struct stage_chooser *self, size_t index);

#endif
