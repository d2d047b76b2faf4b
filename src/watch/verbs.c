/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "watch/verbs.h"

#include <stddef.h>

const struct stage_verb_arg stage_watch_service_args[] = {
	{"name", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
	STAGE_ARGS_END,
};

const struct stage_verb *const stage_watch_verbs[] = {
	&stage_watch_verb_start,
	&stage_watch_verb_stop,
	&stage_watch_verb_restart,
	&stage_watch_verb_enable,
	&stage_watch_verb_disable,
	&stage_watch_verb_remove,
	&stage_watch_verb_crashes,
	&stage_watch_verb_log,
	&stage_watch_verb_doctor,
	&stage_watch_verb_templates,
	NULL,
};
