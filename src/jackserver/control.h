/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The JACK server in this process, through libjackserver's control API.
 *
 * Every function may block for seconds; a server whose clients are sick may
 * block for ever in stop. One server a process.
 *
 * Thread: one, and not the loop's; the four readers at the end
 * any, while the server runs.
 */

#ifndef STAGE_JACKSERVER_CONTROL_H
#define STAGE_JACKSERVER_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "jackserver/chooser.h"

struct stage_control;

/** Says whether libjackserver is JACK2's. PipeWire's answers every call with
 * success and does nothing. Errors: STAGE_UNSUPPORTED, with a sentence. */
STAGE_NODISCARD enum stage_status stage_control_check_library(
	struct stage_err *err);

/** Says whether JACK has a (master) driver of that name. Errors:
 * STAGE_BAD_INPUT, with the names that there are. */
STAGE_NODISCARD enum stage_status stage_control_check_driver(
	const char *driver, struct stage_err *err);

/** Called on a thread of JACK's, in which nothing may be asked of it, when a
 * client has come or gone. */
struct stage_control_listener {
	void (*client)(void *user, const char *name, bool is_there);
	void *user;
};

/** Starts the server, and returns when a client can really open: a client in
 * this process has seen a cycle, and the server's socket is answered.
 *
 * Errors: STAGE_BAD_INPUT for a driver that is not there or a setting that it
 * does not take, STAGE_IO when the server or its device do not open,
 * STAGE_TIMEOUT when no cycle runs; each with a sentence. Nothing of it is left
 * then.
 */
STAGE_NODISCARD enum stage_status stage_control_start(
	const struct stage_control_want *want,
	const struct stage_control_listener *listener,
	struct stage_control **out, struct stage_control_have *have,
	struct stage_err *err);

/** Has the running server play with another driver or device; its clients live
 * on and are told of another rate or period. The ports of the old one go, with
 * what was connected to them, and those of the new one come.
 *
 * Errors: STAGE_BAD_INPUT, with nothing changed; any other, and the server can
 * neither go on nor be stopped: end the process.
 */
STAGE_NODISCARD enum stage_status stage_control_switch(
	struct stage_control *self, const struct stage_control_want *want,
	struct stage_control_have *have, struct stage_err *err);

/** The process of a client; 0: there is none of that name. */
int stage_control_client_pid(const char *name);

/** Stops and closes. Clients are told. NULL is fine. */
void stage_control_stop(struct stage_control *self);

/** Xruns since the start. */
uint64_t stage_control_xruns(const struct stage_control *self);

/** How much of a period the graph takes, in percent. */
float stage_control_load(const struct stage_control *self);

/** How long ago the last cycle began; -1 when JACK does not know. */
int64_t stage_control_silence_ns(const struct stage_control *self);

/** A count that only stands still when no cycle runs. */
uint32_t stage_control_frames(const struct stage_control *self);

#endif
