/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the tests of the rig, of chains and of the watcher share: a rig and its
 * run directory in a temporary directory, services in it, and a runsv that is
 * only played. Whatever fails fails the cmocka test. */

#ifndef STAGE_TESTS_RIG_WORLD_H
#define STAGE_TESTS_RIG_WORLD_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/attr.h"
#include "rig/paths.h"
#include "runit/status.h"
#include "scratch.h"

#define WORLD_DEADLINE_MS 20000 // of everything that is waited for
#define WORLD_PLAYED_MAX 64

struct world {
	struct scratch scratch;
	struct stage_rig rig; // DIR/rig, with services/, and DIR/run
	int fds[WORLD_PLAYED_MAX];
	size_t fd_count;
};

void world_init(struct world *self);
void world_finish(struct world *self);

/** For cmocka: setup and teardown of one on the heap. */
int world_setup(void **state);
int world_teardown(void **state);

/** Formats DIR/path in a buffer that the next 8 calls leave alone. */
const char *world_path(const struct world *self, const char *format, ...)
	STAGE_PRINTF(2, 3);

/** Writes a file below DIR, making the directories that it needs. */
void world_write(const struct world *self, const char *path, mode_t mode,
	const char *text);

/** True when the file holds exactly that. */
bool world_holds(const struct world *self, const char *path, const char *text);
bool world_has(const struct world *self, const char *path);

/** Says in run/rig that this rig is meant to be up. */
void world_is_up(const struct world *self);

/** Makes rig/services/NAME with a run. */
void world_service(const struct world *self, const char *name);

/** Plays a runsv of run/tree/NAME: its pipes have a reader until world_finish,
 * and its status says this. */
void world_supervise(struct world *self, const char *name,
	const struct stage_runit_status *status);

/** Replaces the status alone. */
void world_set_status(const struct world *self, const char *name,
	const struct stage_runit_status *status);

/** What was sent to the played runsv since the last call, into text[size]. */
void world_read_control(
	const struct world *self, const char *name, char *text, size_t size);

/** Starts a real runsv on run/tree/NAME with this `run`, and waits until it is
 * there. End it with world_end_runsv, which ends its
 * service too. */
pid_t world_start_runsv(
	const struct world *self, const char *name, const char *run);
void world_end_runsv(pid_t pid);

/** Waits until is_true(user), asking every 2 ms; fails at the deadline. */
void world_wait(bool (*is_true)(void *user), void *user);

/** Waits until that path below DIR is there, or is gone. */
void world_await(const struct world *self, const char *path, bool is_there);

/** Starts a child of ours that waits for the end of a pipe; *fd ends it by
 * close. It dies with us. */
pid_t world_start_child(int *fd);

/** Ends that child and reaps it. */
void world_end_child(pid_t pid, int fd);

/** A pid that no process has. */
pid_t world_dead_pid(void);

#endif
