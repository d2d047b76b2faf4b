/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the verbs share that ask the show manager. Thread: main. */

#ifndef STAGE_CLI_SONG_H
#define STAGE_CLI_SONG_H

#include "cli/ask.h"

/** As stage_ask_do, of the show manager. */
int stage_song_ask(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result));

/** The same with the first operand as the argument `what`. */
int stage_song_ask_of(
	struct stage_cli *cli, const char *method, const char *what);

/** Prints tempo, metre and notes of a song, those that it has. */
void stage_song_show_conf(const json_t *info);

/** Prints the song that plays, its notes and its clients, and what is about to
 * play. Returns the exit code. */
int stage_song_show_now(const json_t *state);

#define STAGE_CLI_NO_NUMBER (-1)

/** A word as a number from 0; STAGE_CLI_NO_NUMBER with the sentence told. */
json_int_t stage_song_number(const char *word);

extern const struct stage_cli_verb stage_song_cli_add;
extern const struct stage_cli_verb stage_song_cli_delete;
extern const struct stage_cli_verb stage_song_cli_generations;
extern const struct stage_cli_verb stage_song_cli_hide;
extern const struct stage_cli_verb stage_song_cli_info;
extern const struct stage_cli_verb stage_song_cli_remove;
extern const struct stage_cli_verb stage_song_cli_rename;
extern const struct stage_cli_verb stage_song_cli_revert;
extern const struct stage_cli_verb stage_song_cli_said;
extern const struct stage_cli_verb stage_song_cli_show;
extern const struct stage_cli_verb stage_song_cli_start;
extern const struct stage_cli_verb stage_song_cli_stop;

#endif
