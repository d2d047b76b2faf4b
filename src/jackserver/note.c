/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/note.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/str.h"
#include "rig/mark.h"

static void
tell_fallback(const struct stage_plan *plan,
	const struct stage_control_want *used, const char *why,
	const char *service, char *out, size_t size)
{
	const char *wanted = plan->want.device;
	bool is_dummy = strcmp(used->driver, "dummy") == 0;

	snprintf(out, size,
		"plays on %s: %s %s; stagecraft restart %s tries again",
		is_dummy ? "the dummy driver, silent" : used->device,
		wanted[0] != '\0' ? wanted : "the sound card",
		strstr(why, "in use") != NULL ? "is in use" : "cannot be used",
		service);
}

void
stage_note_words(const struct stage_plan *plan,
	const struct stage_control_want *used, const char *why,
	const char *service, char *out, size_t size)
{
	bool is_fallback = strcmp(used->driver, plan->want.driver) != 0 ||
			   strcmp(used->device, plan->want.device) != 0;

	out[0] = '\0';
	if (is_fallback) {
		tell_fallback(plan, used, why, service, out, size);
	} else if (plan->lacks_card) {
		snprintf(out, size,
			"plays on the dummy driver: no sound card was found");
	}
}

void
stage_note_set(const struct stage_plan *plan,
	const struct stage_control_want *used, const char *why)
{
	const char *run = getenv("STAGECRAFT_RUN");
	const char *service = getenv("STAGECRAFT_SERVICE");
	char words[STAGE_MARK_WORDS_MAX];
	struct stage_rig rig = {.rig = ""};

	if (run == NULL || run[0] == '\0' || service == NULL ||
		!stage_service_name_ok(service) ||
		stage_format(rig.run, sizeof(rig.run), "%s", run) != STAGE_OK) {
		return;
	}
	stage_note_words(plan, used, why, service, words, sizeof(words));
	if (words[0] != '\0' && stage_mark_set_text(&rig, service,
					STAGE_MARK_NOTE, words) != STAGE_OK) {
		stage_log_warn("unable to write the note of %s", service);
	}
}
