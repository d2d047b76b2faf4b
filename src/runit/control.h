/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Tells runsv what to do, and asks whether it is there, without `sv`.
 *
 * A service directory holds the named pipes supervise/control and supervise/ok;
 * runsv is their reader. Both functions open without waiting, never block and
 * never raise SIGPIPE. Thread: any but the real-time one. Nothing here
 * allocates.
 */

#ifndef STAGE_RUNIT_CONTROL_H
#define STAGE_RUNIT_CONTROL_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"

/** What runsv understands: up, down, once, pause, continue, hup, alarm,
 * interrupt, quit, usr1, usr2, term, kill, exit. */
#define STAGE_RUNIT_LETTERS "udopchaiq12tkx"
#define STAGE_RUNIT_LETTERS_MAX 16 // letters in one call

/** Sends one or more letters in one write; runsv obeys them in order.
 *
 * It obeys later: at once when idle, after up to a second when a service that
 * died young is being held back, after `finish` while that runs.
 *
 * Errors: STAGE_BAD_INPUT for none or unknown letters or when the pipe is
 * something else, STAGE_TOO_LONG, STAGE_NOT_FOUND when the service was never
 * supervised or is not there, STAGE_GONE when its runsv has ended, STAGE_BUSY
 * when the pipe is full, STAGE_DENIED.
 */
STAGE_NODISCARD enum stage_status stage_runit_control(
	const char *service_dir, const char *letters, struct stage_err *err);

/** True when a runsv has this directory in its care now.
 *
 * Errors (no such service, never supervised, not permitted) give false.
 */
bool stage_runit_is_supervised(const char *service_dir);

/** Opens the writing end of the control pipe, which shows an error to poll(2)
 * once runsv has ended; nothing needs to be written.
 *
 * Unlike the reader of supervise/ok, that of supervise/control is there before
 * runsv writes its first status. Ownership: the caller closes out_fd, which is
 * non-blocking and closed by exec. Errors: as stage_runit_control.
 */
STAGE_NODISCARD enum stage_status stage_runit_control_open(
	const char *service_dir, int *out_fd, struct stage_err *err);

#endif
