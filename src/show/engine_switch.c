/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Programs that say that they can take another song while they run, and crash
 * or hang when they are told to: from then on they are started anew for each
 * song, as those that never said so. */

#include <stdio.h>
#include <string.h>

#include "show/engine_private.h"

bool
stage_show_may_switch(const struct stage_show_engine *self,
	const struct stage_show_program *program)
{
	return (program->caps & STAGE_SHOW_CAP_SWITCH) != 0 &&
	       !stage_strv_has(&self->bad_switchers, program->executable);
}

void
stage_show_bad_switcher(struct stage_show_engine *self, const char *executable)
{
	if (!stage_strv_has(&self->bad_switchers, executable)) {
		// Without memory for it, it is tried again.
		(void)!stage_strv_add(&self->bad_switchers, executable);
	}
}

void
stage_show_renew(
	struct stage_show_engine *self, struct stage_show_program *program)
{
	struct stage_show_slot *slot = program->slot;

	stage_show_bad_switcher(self, program->executable);
	program->slot = NULL;
	slot->program = NULL;
	// Who comes in its place waits for its end: they have one id.
	stage_show_set_state(self, slot, STAGE_SHOW_WAITING);
	stage_show_end(self, program);
}
