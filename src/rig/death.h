/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Deaths of services: how they are told, kept, and answered with a hold.
 *
 * `finish` adds each death to RUN/svc/NAME/deaths: one line of totals, then one
 * JSON object a line; the last STAGE_DEATHS_KEPT stay. Times are monotonic, so
 * that a step of the wall clock neither lifts nor causes a hold.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_DEATH_H
#define STAGE_RIG_DEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "rig/mark.h"
#include "rig/paths.h"

#define STAGE_DEATHS_KEPT 20
#define STAGE_DEATH_WORDS_MAX 96 // bytes of stage_death_words
#define STAGE_DEATH_ASKED_MAX 64

struct stage_death {
	int64_t wall_ns;                   // when, on the wall clock
	int64_t mono_ns;                   // when, monotonic
	int64_t ran_ns;                    // how long it had run; -1 unknown
	int exit_code;                     // -1 when a signal ended it
	int signal;                        // 0 when it exited
	bool dumped_core;                  // the signal left a core file
	char asked[STAGE_DEATH_ASKED_MAX]; // who asked for it; "" nobody
};

struct stage_deaths {
	struct stage_death items[STAGE_DEATHS_KEPT]; // oldest first
	size_t count;
	int64_t total;   // since the rig came up, including those not kept
	int64_t crashes; // as total, without those that somebody asked for
};

/** Says how it ended: "exit 3", "killed by signal 11 (segmentation fault)",
 * "asked to stop by down". words[STAGE_DEATH_WORDS_MAX]. */
void stage_death_words(const struct stage_death *death, char *words);

/** True when nobody asked for it: it counts towards a hold. */
bool stage_death_is_crash(const struct stage_death *death);

/** Adds one, dropping the oldest when there are too many. */
void stage_deaths_add(
	struct stage_deaths *deaths, const struct stage_death *death);

/** Decides whether the newest death leads to a hold.
 *
 * STAGE_EXIT_PERMANENT holds for good. Five crashes within ten seconds hold for
 * 5 s, and each further hold for twice the one before up to 60 s; a run of a
 * minute starts anew at 5 s. previous: the hold before this one, or NULL.
 * Returns true and fills `hold` (its until_ns on the clock of the deaths).
 */
bool stage_deaths_hold(const struct stage_deaths *deaths,
	const struct stage_hold *previous, struct stage_hold *hold);

/** As JSON and back. Ownership: the caller owns the object made.
 * stage_death_from_json: false, and nothing changed, when a field is missing,
 * of a wrong type or impossible. */
json_t *stage_death_to_json(const struct stage_death *death);
bool stage_death_from_json(json_t *json, struct stage_death *death);

/** Reads text[len] as a file of deaths; malformed lines and impossible values
 * are passed over. */
void stage_deaths_parse(
	const char *text, size_t len, struct stage_deaths *deaths);

/** Appends what such a file holds. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_deaths_format(
	const struct stage_deaths *deaths, struct stage_str *out);

/** Reads RUN/svc/NAME/deaths; a missing file gives none. */
void stage_deaths_load(const struct stage_rig *rig, const char *service,
	struct stage_deaths *deaths);

/** Replaces RUN/svc/NAME/deaths. Errors: as rename(2); STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_deaths_save(const struct stage_rig *rig,
	const char *service, const struct stage_deaths *deaths);

#endif
