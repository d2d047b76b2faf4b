/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Marks: the small files RUN/svc/NAME/MARK by which the processes of a rig
 * tell each other what a service is doing (docs/internals/state-files.md).
 *
 * A mark is replaced by rename, so that a reader sees an old or a new one,
 * never half of it. The run directory is memory: nothing is synced to a disk.
 * A missing or malformed mark reads as "not set".
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RIG_MARK_H
#define STAGE_RIG_MARK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "rig/paths.h"
#include "rig/proc.h"

#define STAGE_MARK_TEXT_MAX 512  // bytes of a whole mark, with a zero
#define STAGE_MARK_WORDS_MAX 400 // bytes of the words in one, with a zero

enum stage_mark {
	STAGE_MARK_PROCESS, // which process runsv started
	STAGE_MARK_READY,   // which process is ready
	STAGE_MARK_WAIT,    // what it waits for
	STAGE_MARK_HOLD,    // why it is held back
	STAGE_MARK_ASKED,   // who asked for the stop that is going on
	STAGE_MARK_NOTE,    // what its program has to say of how it plays
	STAGE_MARK_COUNT,
};

/** What a service waits for. */
struct stage_wait {
	int64_t since_wall_ns;
	char text[STAGE_MARK_WORDS_MAX]; // "jack", "port:Synth:*, alsa"
};

/** Why a service is held back, and until when. */
struct stage_hold {
	int64_t until_ns; // monotonic; -1: until somebody lifts it
	int level; // 1 for the first hold, one more for each that follows
	char text[STAGE_MARK_WORDS_MAX]; // "crashed 5 times in 8 s, signal 11"
};

/** The process that runsv started for a service. */
struct stage_process {
	struct stage_proc_id id;
	int64_t since_ns; // monotonic
};

/** Copies words into out[size], fit for one line of a mark, of a log and of
 * JSON: what does not fit is cut between two characters; bytes that are no
 * UTF-8 and control characters become "?". */
void stage_mark_words(char *out, size_t size, const char *words);

/** Makes RUN/svc/NAME. Errors: as mkdir(2). */
STAGE_NODISCARD enum stage_status stage_mark_prepare(
	const struct stage_rig *rig, const char *service,
	struct stage_err *err);

/** Removes a mark; one that is not set is fine. */
void stage_mark_clear(
	const struct stage_rig *rig, const char *service, enum stage_mark mark);

/** Sets a mark that is one line of text (STAGE_MARK_ASKED, STAGE_MARK_NOTE), as
 * stage_mark_words makes it; so for the words of the other marks. Errors: as
 * open(2), write(2), rename(2). */
STAGE_NODISCARD enum stage_status stage_mark_set_text(
	const struct stage_rig *rig, const char *service, enum stage_mark mark,
	const char *text);
/** Reads it into text[STAGE_MARK_WORDS_MAX], without the newline. False, and
 * nothing changed, when it is not set; so for all that follow. */
bool stage_mark_get_text(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, char *text);

/** STAGE_MARK_PROCESS and STAGE_MARK_READY. */
STAGE_NODISCARD enum stage_status stage_mark_set_process(
	const struct stage_rig *rig, const char *service, enum stage_mark mark,
	const struct stage_process *process);
bool stage_mark_get_process(const struct stage_rig *rig, const char *service,
	enum stage_mark mark, struct stage_process *process);

/** STAGE_MARK_WAIT. */
STAGE_NODISCARD enum stage_status stage_mark_set_wait(
	const struct stage_rig *rig, const char *service,
	const struct stage_wait *wait);
bool stage_mark_get_wait(const struct stage_rig *rig, const char *service,
	struct stage_wait *wait);

/** STAGE_MARK_HOLD. */
STAGE_NODISCARD enum stage_status stage_mark_set_hold(
	const struct stage_rig *rig, const char *service,
	const struct stage_hold *hold);
bool stage_mark_get_hold(const struct stage_rig *rig, const char *service,
	struct stage_hold *hold);

/** True while the process that was marked ready lives. */
bool stage_mark_is_ready(const struct stage_rig *rig, const char *service);

#endif
