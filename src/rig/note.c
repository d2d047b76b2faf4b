/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/note.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "rig/mark.h"

void
stage_note_set(const char *words)
{
	const char *run = getenv("STAGECRAFT_RUN");
	const char *service = getenv("STAGECRAFT_SERVICE");
	struct stage_rig rig = {.rig = ""};

	if (run == NULL || run[0] == '\0' || service == NULL ||
		!stage_service_name_ok(service) ||
		stage_format(rig.run, sizeof(rig.run), "%s", run) != STAGE_OK) {
		return;
	}
	if (words[0] == '\0') {
		stage_mark_clear(&rig, service, STAGE_MARK_NOTE);
	} else if (stage_mark_set_text(&rig, service, STAGE_MARK_NOTE, words) !=
		   STAGE_OK) {
		stage_log_warn("unable to write the note of %s", service);
	}
}
