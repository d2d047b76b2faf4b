/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/wire.h"

STAGE_RT void
stage_rack_wire_tell(struct stage_rack_wire *wire)
{
	atomic_store(&wire->has_news, true);
	sem_post(&wire->work);
}

STAGE_RT void
stage_rack_wire_mute(struct stage_rack_wire *wire)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(wire->faders); i++) {
		wire->faders[i] = (struct stage_rack_fader){0};
	}
	wire->side_fader = (struct stage_rack_fader){0};
}

STAGE_RT void
stage_rack_wire_take(struct stage_rack_wire *wire)
{
	struct stage_rack_plan *old = wire->current;
	struct stage_rack_plan *next;

	if (atomic_load(&wire->next) == NULL ||
		atomic_load(&wire->retired) != NULL) {
		return;
	}
	if (old != NULL && old->rate_hz == atomic_load(&wire->rate_hz) &&
		!stage_rack_chain_has_faded(old)) {
		return;
	}
	next = atomic_exchange(&wire->next, NULL);
	if (next != NULL) { // the loop may have taken it back
		wire->current = next;
		atomic_store(&wire->retired, old);
		stage_rack_wire_tell(wire);
	}
}
