/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who has a sound card open: the kernel tells everybody, in /proc/asound.
 *
 * Thread: any but the real-time one; reads some small files.
 */

#ifndef STAGE_SEQ_HOLDER_H
#define STAGE_SEQ_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stage_holder {
	pid_t pid;
	char program[64]; // "" when it cannot be told
};

/** Finds a process that has a PCM of card number `card` open. proc: "/proc".
 * False when there is none. */
bool stage_holder_find(const char *proc, int card, struct stage_holder *out);

/** The same of a MIDI device of the card: of what the computer sends to it
 * (is_output), or of what it sends. Our own process is none. */
bool stage_holder_find_midi(
	const char *proc, int card, bool is_output, struct stage_holder *out);

#endif
