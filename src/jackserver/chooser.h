/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Decides what the JACK server is to play on: wishes, the cards that are there
 * and what was tried, to the next step.
 *
 * The owner tells what happens and does one step at a time, then asks again:
 *
 *                     +-- failed: the next candidate -----+
 *                     v                                   |
 *   nothing --> PROBE a candidate --good--> OPEN it --> a card plays
 *      |              ^                                   |
 *      |              | a better one came,                | pulled, stands
 *      |              | or is tried again                 | still, or other
 *      |              |                                   v settings
 *      +--nothing--> OPEN the dummy <---------------------+
 *         is good     (silent, same rate, clients live)
 *
 * A device that did not probe well is tried again when something happened to it
 * and otherwise less and less often. One that failed to open although it probed
 * well is not tried again before it was plugged in anew or somebody asks:
 * switching a running server to a device that does not open kills the server.
 *
 * Thread: one. Pure: no files, no clock.
 */

#ifndef STAGE_JACKSERVER_CHOOSER_H
#define STAGE_JACKSERVER_CHOOSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "jackserver/cards.h"
#include "jackserver/wish.h"

/** What the server is to be opened with, or switched to. */
struct stage_control_want {
	char server[64];
	char driver[64];
	char device[STAGE_WISH_NAME_MAX]; // "" for the driver's own
	uint32_t rate_hz;
	uint32_t period_frames;
	uint32_t periods;
	uint32_t inputs, outputs; // of the dummy driver; 0: its own number
	bool is_realtime;
	int priority;
	uint32_t ports;
};

/** What a device said when it was tried. */
struct stage_probed {
	struct stage_err err; // status STAGE_OK: it can be opened so:
	uint32_t rate_hz;     // the nearest to what was wanted
	uint32_t period_frames;
	uint32_t periods;
};

/** How the server runs. */
struct stage_control_have {
	uint32_t rate_hz;
	uint32_t period_frames;
	uint32_t inputs, outputs; // physical audio ports
	bool is_realtime;         // the server believes so; see realtime.h
};

struct stage_chooser_config {
	struct stage_control_want base; // driver and device are not looked at
	/** Another JACK driver than ALSA's, and its device: nothing else is
	 * ever tried. "": the wishes decide. */
	char driver[64];
	char device[STAGE_WISH_NAME_MAX];
	struct stage_wish wishes[STAGE_WISHES_MAX];
	size_t wish_count;
	bool can_probe; // else a running server is never switched
};

enum stage_step {
	STAGE_STEP_NONE,
	STAGE_STEP_PROBE,   // try order.want, without touching the server
	STAGE_STEP_OPEN,    // start with it, or switch to it
	STAGE_STEP_GIVE_UP, // order.why; a new start may do better
	STAGE_STEP_COUNT,
};

struct stage_order {
	struct stage_control_want want;
	struct stage_err why;
};

struct stage_chooser;

/** Ownership: the caller's. NULL when out of memory. */
struct stage_chooser *stage_chooser_create(
	const struct stage_chooser_config *config);
void stage_chooser_destroy(struct stage_chooser *self);

/** Replaces the settings; what was tried is forgotten, so that all is tried
 * once more. A card that plays and is still the best is kept, but when rate,
 * period or periods are others. */
void stage_chooser_configure(
	struct stage_chooser *self, const struct stage_chooser_config *config);

/** What happened. cards is copied. */
void stage_chooser_cards(
	struct stage_chooser *self, const struct stage_cards *cards);
void stage_chooser_touched(struct stage_chooser *self, int64_t now_ns);
void stage_chooser_stands_still(struct stage_chooser *self, int64_t now_ns);

/** How the last step ended. */
void stage_chooser_probed(struct stage_chooser *self,
	const struct stage_probed *result, int64_t now_ns);
void stage_chooser_opened(struct stage_chooser *self,
	const struct stage_err *err, const struct stage_control_have *have,
	int64_t now_ns);

/** The next step. */
enum stage_step stage_chooser_next(
	struct stage_chooser *self, int64_t now_ns, struct stage_order *order);

/** When to ask again although nothing happened; -1: never. */
int64_t stage_chooser_due_ns(const struct stage_chooser *self);

/** True when it plays on what it would play on if all were well. */
bool stage_chooser_is_content(const struct stage_chooser *self);

/** One sentence without a capital: what it plays on and why not on better, ""
 * when it is content. */
void stage_chooser_note(
	const struct stage_chooser *self, char *out, size_t size);

/** Why this device: "found by its serial number", ... */
void stage_chooser_reason(
	const struct stage_chooser *self, char *out, size_t size);

/** What the list of cards shows: is there a candidate for that card, and what
 * went wrong with it ("": nothing). Index into the cards given last. */
bool stage_chooser_card(const struct stage_chooser *self, size_t card,
	size_t *rank, enum stage_wish_key *key, const char **wrong);
const struct stage_cards *stage_chooser_get_cards(
	const struct stage_chooser *self);

/** The index of the card that it plays on; -1 for the dummy, a name of ALSA's,
 * or nothing. */
int stage_chooser_running_card(const struct stage_chooser *self);

/** True while it plays on ALSA's driver. */
bool stage_chooser_on_device(const struct stage_chooser *self);

#endif
