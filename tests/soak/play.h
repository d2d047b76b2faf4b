/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** One plug-in in a rack of its own, without JACK: what a process of the soak
 * does, and what it tells the one that started it, in memory they share.
 */

#ifndef STAGE_TESTS_SOAK_PLAY_H
#define STAGE_TESTS_SOAK_PLAY_H

#include <stdbool.h>
#include <stdint.h>

#define PLAY_VALUES_MAX 4096
#define PLAY_TEXT_MAX 1024
#define PLAY_PATH_MAX 512
#define PLAY_CHECKPOINT "memories/it" // of the slot, under the place

enum play_step {
	PLAY_LOAD, // also: restore, activate, warm up
	PLAY_RUN,
	PLAY_SILENCE,
	PLAY_KNOBS,
	PLAY_LENGTHS,
	PLAY_SAVE,
	PLAY_COMPARE,
	PLAY_END,
	PLAY_DONE,
	PLAY_STEP_COUNT,
};

enum play_exit {
	PLAY_OK = 0,
	PLAY_REFUSED = 2, // text says why
	PLAY_DIFFERS = 3, // likewise
	PLAY_BROKEN = 4,  // likewise; the soak's own trouble
};

/** What a process has done so far. */
struct play_seen {
	volatile enum play_step step;
	uint32_t guarded; // blocks that the guard did not let through
	uint32_t count;
	float values[PLAY_VALUES_MAX]; // [count], as they were when it ended
	char text[PLAY_TEXT_MAX];
};

struct play {
	const char *place; // a directory: rack, pages, memories
	const char *uri;
	uint32_t period_frames;
	uint32_t blocks; // of sound; half as many of silence
	struct play_seen *seen;
};

/** The word for a step. */
const char *play_step_word(enum play_step step);

/** Plays the plug-in, turns its knobs, saves, and is killed. Never returns. */
_Noreturn void play_first(const struct play *play);

/** Plays it again from what was saved, compares, and ends as a rack does. Never
 * returns. */
_Noreturn void play_again(const struct play *play);

#endif
