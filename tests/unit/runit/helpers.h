/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the tests of src/runit share: a temporary directory, files in it, a
 * loop that runs until something is true, and processes that are ended by
 * number.
 *
 * Everything that fails fails the cmocka test. */

#ifndef STAGE_TESTS_RUNIT_HELPERS_H
#define STAGE_TESTS_RUNIT_HELPERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "base/attr.h"

#define DEADLINE_MS 20000 // of everything that is waited for

/** A service that stays up until it is told to end. */
#define RUN_STAYS "#!/bin/sh\nexec tail -f /dev/null\n"

struct world {
	uv_loop_t loop;
	char dir[128]; // the temporary directory
};

void world_init(struct world *world);

/** Runs the loop dry, which closes what was destroyed, and removes the
 * directory. Fails when a handle was left open. */
void world_finish(struct world *world);

/** DIR/NAME in a buffer that the next 16 calls leave alone. */
const char *in_world(const struct world *world, const char *format, ...)
	STAGE_PRINTF(2, 3);

void write_file(const char *path, const char *text, mode_t mode);
void make_dir(const char *path);
void remove_all(const char *path);
void make_link(const char *target, const char *path);
void move(const char *from, const char *to);

/** Makes the directory PATH with an executable `run`. */
void make_service(const char *path, const char *run);

/** Runs the loop until is_true(data), asking after each turn and every 2 ms;
 * false when that took DEADLINE_MS. */
bool run_until(struct world *world, bool (*is_true)(void *data), void *data);

/** Runs the loop until it has nothing to do for ms milliseconds at a stretch,
 * for tests that nothing happens. */
void run_quietly(struct world *world, unsigned ms);

/** Starts a program of the system, whose complaints nobody hears; it dies with
 * us. Null-terminated arguments. */
pid_t start(const char *const *argv);

/** Sends a signal to one of our children and waits for its end. */
void end(pid_t pid, int signal_number);

/** Makes us the parent of orphans, so that end_orphans can wait for them. */
void adopt_orphans(void);

/** Waits until we have no children at all. */
void end_orphans(void);

/** runsv on a directory, waiting until it is there. */
pid_t start_runsv(struct world *world, const char *service_dir);

/** Ends a runsv with its service. */
void end_runsv(pid_t pid);

#endif
