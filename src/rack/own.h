/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The values of the rack itself: how loud it is, and whether it is mute. They
 * are kept and remembered as those of a slot are.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_OWN_H
#define STAGE_RACK_OWN_H

#include "base/io.h"
#include "rack/page.h"

enum stage_rack_own_value {
	STAGE_RACK_OWN_GAIN, // dB
	STAGE_RACK_OWN_MUTE, // 1: nothing comes out
	STAGE_RACK_OWN_COUNT,
};

struct stage_rack_own {
	struct stage_rack_page page;
	char memory[STAGE_PATH_MAX]; // the file of its checkpoint
	double configured_db;
	bool is_dirty;
};

/** Finds what is remembered in these directories, over what the file `rack`
 * says. Ownership: the caller calls stage_rack_own_finish. Errors: as
 * stage_rack_page_init. */
STAGE_NODISCARD enum stage_status stage_rack_own_init(
	struct stage_rack_own *self, const char *pages, const char *memories,
	double configured_db, struct stage_err *err);

/** Lets go of it. Zeroed memory is fine. */
void stage_rack_own_finish(struct stage_rack_own *self);

/** Takes over what the file `rack` says now, where that is something new. */
void stage_rack_own_configure(struct stage_rack_own *self, double gain_db);

/** Goes back to what the file says. */
void stage_rack_own_revert(struct stage_rack_own *self);

/** The value of that name; false when there is none. */
bool stage_rack_own_find(const char *name, enum stage_rack_own_value *out);

/** Its name and range. */
const char *stage_rack_own_name(enum stage_rack_own_value which);
void stage_rack_own_range(
	enum stage_rack_own_value which, float *min, float *max);

float stage_rack_own_get(
	const struct stage_rack_own *self, enum stage_rack_own_value which);

/** Sets a value, which is in its range. */
void stage_rack_own_set(struct stage_rack_own *self,
	enum stage_rack_own_value which, float value);

/** What the outputs are multiplied by. */
float stage_rack_own_level(const struct stage_rack_own *self);

/** Writes the checkpoint, when there is something new. Errors: as
 * stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_rack_own_save(
	struct stage_rack_own *self, struct stage_err *err);

#endif
