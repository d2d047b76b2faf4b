/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft set: what its files share. Thread: main. */

#ifndef STAGE_CLI_SET_H
#define STAGE_CLI_SET_H

#include <stdio.h>

#include "cli/song.h"

/** Prints the lines of a setlist as a table; place, which may be NULL, says
 * what plays and what is selected. Returns the exit code. */
int stage_set_show_list(const json_t *list, const json_t *place);

/** Asks the show manager for its verb that is called as this one's last word.
 * Returns the exit code. */
int stage_set_run_go(struct stage_cli *cli);

extern const struct stage_cli_verb stage_set_cli_go;
extern const struct stage_cli_verb stage_set_cli_list;
extern const struct stage_cli_verb stage_set_cli_next;
extern const struct stage_cli_verb stage_set_cli_play;
extern const struct stage_cli_verb stage_set_cli_previous;
extern const struct stage_cli_verb stage_set_cli_select;
extern const struct stage_cli_verb stage_set_cli_show;
extern const struct stage_cli_verb stage_set_cli_verify;

extern const struct stage_cli_verb stage_show_cli_cue;
extern const struct stage_cli_verb stage_show_cli_cues;
extern const struct stage_cli_verb stage_show_cli_probe;

// The same, for fewer letters to type.
extern const struct stage_cli_verb stage_show_cli_go;
extern const struct stage_cli_verb stage_show_cli_next;
extern const struct stage_cli_verb stage_show_cli_play;
extern const struct stage_cli_verb stage_show_cli_previous;
extern const struct stage_cli_verb stage_show_cli_select;

#endif
