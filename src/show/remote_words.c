/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/remote.h"

#include <string.h>

static const char *const words[STAGE_SHOW_ACT_COUNT] = {
	[STAGE_SHOW_ACT_GO] = "go",
	[STAGE_SHOW_ACT_NEXT] = "next",
	[STAGE_SHOW_ACT_PREVIOUS] = "previous",
	[STAGE_SHOW_ACT_PLAY] = "play",
	[STAGE_SHOW_ACT_SELECT] = "select",
	[STAGE_SHOW_ACT_SELECT_NEXT] = "select-next",
	[STAGE_SHOW_ACT_SELECT_PREVIOUS] = "select-previous",
	[STAGE_SHOW_ACT_RESET] = "reset",
	[STAGE_SHOW_ACT_STOP] = "stop",
	[STAGE_SHOW_ACT_PAUSE] = "pause",
	[STAGE_SHOW_ACT_RESUME] = "resume",
	[STAGE_SHOW_ACT_SAVE] = "save",
	[STAGE_SHOW_ACT_PANIC] = "panic",
	[STAGE_SHOW_ACT_TAP] = "tap",
};

const char *
stage_show_act_word(enum stage_show_act act)
{
	return (unsigned)act < STAGE_SHOW_ACT_COUNT ? words[act] : "?";
}

enum stage_show_act
stage_show_act_from_word(const char *word)
{
	int act = 0;

	while (act < STAGE_SHOW_ACT_COUNT && strcmp(words[act], word) != 0) {
		act++;
	}
	return (enum stage_show_act)act;
}
