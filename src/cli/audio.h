/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** stagecraft audio: what its verbs share.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_AUDIO_H
#define STAGE_CLI_AUDIO_H

#include "cli/ask.h"

/** As stage_ask_do, of stagecraft-jack. */
int stage_audio_do(struct stage_cli *cli, const char *method, json_t *params,
	int (*show)(const json_t *result));

/** A number of an object, 0 when it is not there. */
int stage_audio_number(const json_t *object, const char *key);

/** Prints what it plays on, and why it is not what it should be. object: has
 * driver, device, rate_hz, period_frames, reason, note. */
void stage_audio_print_device(const json_t *object);

extern const struct stage_cli_verb stage_audio_verb_list;
extern const struct stage_cli_verb stage_audio_verb_status;
extern const struct stage_cli_verb stage_audio_verb_use;
extern const struct stage_cli_verb stage_audio_verb_set;

#endif
