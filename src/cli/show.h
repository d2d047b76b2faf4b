/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft show: the verbs of show_midi.c. Thread: main. */

#ifndef STAGE_CLI_SHOW_H
#define STAGE_CLI_SHOW_H

#include "cli/cli.h"

extern const struct stage_cli_verb stage_show_cli_calm;
extern const struct stage_cli_verb stage_show_cli_forget;
extern const struct stage_cli_verb stage_show_cli_learn;
extern const struct stage_cli_verb stage_show_cli_midi;
extern const struct stage_cli_verb stage_show_cli_send;
extern const struct stage_cli_verb stage_show_cli_tempo;

#endif
