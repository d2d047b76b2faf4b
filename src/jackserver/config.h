/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the JACK server is to be: from rig.conf, the command line and the
 * environment, in rising order; the last word has $JACK_DEFAULT_SERVER.
 *
 * Thread: any.
 */

#ifndef STAGE_JACKSERVER_CONFIG_H
#define STAGE_JACKSERVER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "jackserver/wish.h"

#define STAGE_JACKSERVER_DRIVER_AUTO "auto"
#define STAGE_JACKSERVER_STATE "state/jack.conf" // in a rig: what was set

enum stage_jackserver_realtime {
	STAGE_JACKSERVER_REALTIME_AUTO, // where it is permitted
	STAGE_JACKSERVER_REALTIME_YES,  // as auto, but louder when it is not
	STAGE_JACKSERVER_REALTIME_NO,
};

struct stage_jackserver_config {
	char driver[64]; // of JACK; "auto": a usable card, else dummy
	struct stage_wish wishes[STAGE_WISHES_MAX]; // the best first
	size_t wish_count;                          // 0: any usable card
	int64_t rate_hz;                            // wanted
	int64_t period_frames;                      // wanted
	int64_t periods;                            // in the device's buffer
	int realtime;     // enum stage_jackserver_realtime
	int64_t priority; // SCHED_FIFO, of the driver's thread
	char server[64];  // name
	int64_t ports;    // most ports there can be
	bool ends_frozen; // clients that hold the graph up
};

/** Fills in the defaults. */
void stage_jackserver_config_init(struct stage_jackserver_config *self);

/** Reads the `jack.` keys of a rig.conf; those of other daemons are not looked
 * at, any other is refused.
 *
 * Errors: "FILE:LINE:COLUMN: sentence", STAGE_NOT_FOUND, ...
 */
STAGE_NODISCARD enum stage_status stage_jackserver_config_load(
	struct stage_jackserver_config *self, const char *path,
	struct stage_err *err);

/** Reads text[len] as such a file; `name` stands for it in sentences. Pure. */
STAGE_NODISCARD enum stage_status stage_jackserver_config_parse(
	struct stage_jackserver_config *self, const char *text, size_t len,
	const char *name, struct stage_err *err);

/** What was set while it runs. */
struct stage_jackserver_set {
	struct stage_wish wishes[STAGE_WISHES_MAX];
	size_t wish_count; // 0: not set; so are zeros
	int64_t rate_hz;
	int64_t period_frames;
	int64_t periods;
};

/** Reads the overlay; what is not there is not set. Errors: as for a file. */
STAGE_NODISCARD enum stage_status stage_jackserver_set_load(
	struct stage_jackserver_set *self, const char *path,
	struct stage_err *err);

/** Saves it whole; removes the file when nothing is set. Errors: as
 * stage_atomic_save. */
STAGE_NODISCARD enum stage_status stage_jackserver_set_save(
	const struct stage_jackserver_set *self, const char *path,
	struct stage_err *err);

/** Puts what is set over settings; its wishes come before theirs. Pure. */
void stage_jackserver_set_put(const struct stage_jackserver_set *self,
	struct stage_jackserver_config *config);

/** Takes the server's name from the environment when it is there, and checks
 * what the table of keys cannot. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_jackserver_config_settle(
	struct stage_jackserver_config *self, struct stage_err *err);

/** What the command line asks for. */
struct stage_jackserver_options {
	struct stage_jackserver_config config; // settled, without what was set
	char state[STAGE_PATH_MAX]; // file of what was set; "": no rig
	bool is_check;              // -n: only check
	bool is_clean;   // --clean: only remove what dead servers left
	bool is_verbose; // -v
	bool is_help;    // -h
};

/** What the command line says, before it is put over the file's settings; NULL:
 * nothing. All borrowed from argv. */
struct stage_jackserver_words {
	const char *file;
	const char *driver;
	const char *rate;
	const char *period;
};

/** Reads a number that jack.KEY of rig.conf could be, by its limits. Errors:
 * STAGE_BAD_INPUT, with a sentence. */
STAGE_NODISCARD enum stage_status stage_jackserver_config_number(
	const char *key, const char *text, int64_t *out, struct stage_err *err);

/** Reads the words and flags of a command line. Pure. Errors: STAGE_BAD_INPUT.
 */
STAGE_NODISCARD enum stage_status stage_jackserver_words_read(int argc,
	char **argv, struct stage_jackserver_options *out,
	struct stage_jackserver_words *words, struct stage_err *err);

/** Puts words over settings. Pure. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG. */
STAGE_NODISCARD enum stage_status stage_jackserver_words_put(
	const struct stage_jackserver_words *words,
	struct stage_jackserver_config *config, struct stage_err *err);

/** Reads the command line, and rig.conf where it says or in $STAGECRAFT_RIG
 * (where it may be missing).
 *
 * Errors: STAGE_BAD_INPUT and what loading says, with a sentence.
 */
STAGE_NODISCARD enum stage_status stage_jackserver_options_parse(int argc,
	char **argv, struct stage_jackserver_options *out,
	struct stage_err *err);

/** The text of -h, with a newline at its end. */
const char *stage_jackserver_help(void);

#endif
