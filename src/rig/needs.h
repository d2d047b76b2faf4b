/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a service directory says of itself: `needs`, `ready`, `provides`,
 * `stop`.
 *
 * Pure but for stage_needs_load. Grammar in docs/internals/state-files.md and
 * stagecraft-service(5). Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_RIG_NEEDS_H
#define STAGE_RIG_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum stage_need_kind {
	STAGE_NEED_JACK,    // the audio server answers
	STAGE_NEED_PORT,    // a JACK port that matches `argument` exists
	STAGE_NEED_ALSA,    // the ALSA sequencer is there
	STAGE_NEED_SERVICE, // service `argument` is ready
	STAGE_NEED_NET,     // interface `argument` is up and has an address
	STAGE_NEED_FILE,    // path `argument` exists
	STAGE_NEED_KIND_COUNT,
};

struct stage_need {
	enum stage_need_kind kind;
	char *argument; // owned; "" for jack and alsa
};

enum stage_ready_kind {
	STAGE_READY_STARTED, // as soon as the program was started
	STAGE_READY_JACK,    // when the audio server answers
	STAGE_READY_PORT,    // when a JACK port that matches appears
	STAGE_READY_NOTIFY, // when it says so: sd_notify or STAGECRAFT_READY_FD
	STAGE_READY_FILE,   // when the path exists
	STAGE_READY_CHECK,  // when ./check exits 0
	STAGE_READY_KIND_COUNT,
};

/** All that a directory declares; zeroed is "nothing" and valid. */
struct stage_needs {
	struct stage_need *items; // owned
	size_t count;
	bool is_bound; // "jack bound": end the program when the server goes
	enum stage_ready_kind ready;
	char *ready_argument; // owned; NULL unless PORT or FILE
	int stop_signal;      // what ends the program; 0: SIGTERM
	struct stage_strv provides;
};

/** Reads one need such as "port:Synth:*" and adds it; one that is there already
 * is not added twice.
 *
 * Errors: STAGE_BAD_INPUT with a sentence that lists what is possible;
 * STAGE_NO_MEMORY.
 */
STAGE_NODISCARD enum stage_status stage_needs_add(
	struct stage_needs *needs, const char *text, struct stage_err *err);

/** Reads one readiness such as "port:Synth:*" or "notify". Errors: as above. */
STAGE_NODISCARD enum stage_status stage_needs_set_ready(
	struct stage_needs *needs, const char *text, struct stage_err *err);

/** Reads the name of the signal that ends the program, such as "INT". Errors:
 * STAGE_BAD_INPUT with a sentence that lists what is possible. */
STAGE_NODISCARD enum stage_status stage_needs_set_stop(
	struct stage_needs *needs, const char *text, struct stage_err *err);

enum stage_needs_file {
	STAGE_NEEDS_FILE_PROVIDES,
	STAGE_NEEDS_FILE_NEEDS,
	STAGE_NEEDS_FILE_READY,
	STAGE_NEEDS_FILE_STOP,
	STAGE_NEEDS_FILE_COUNT,
};

/** Reads text[len] as one of the files. Errors: as stage_needs_load. */
STAGE_NODISCARD enum stage_status stage_needs_parse(struct stage_needs *needs,
	enum stage_needs_file file, const char *text, size_t len,
	struct stage_err *err);

/** Reads these files, and the presence of check, in a directory.
 *
 * Errors: the first, STAGE_BAD_INPUT as "FILE:LINE:COLUMN: sentence"; all that
 * could be read is kept, so that a stop can still be ordered.
 */
STAGE_NODISCARD enum stage_status stage_needs_load(struct stage_needs *needs,
	const char *directory, struct stage_err *err);

/** Formats one need as it is written in the file. text[size] */
void stage_need_text(const struct stage_need *need, char *text, size_t size);

/** True when libjack is needed to see this need / any need or readiness. */
bool stage_needs_use_jack(const struct stage_needs *needs);

/** True when the line of a need asks for what no service makes: hardware,
 * network, files. A service that waits for one of these is idle, not late. */
bool stage_need_is_outside(const char *line);

/** Frees all and leaves "nothing". needs may be NULL. */
void stage_needs_finish(struct stage_needs *needs);

#endif
