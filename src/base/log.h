/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Log lines on standard error, one line each, in the form
 * "prog: error: unable to VERB OBJECT: REASON".
 *
 * There is no time stamp (svlogd adds it), no colour and no file. Every line is
 * one write(2), so that lines of several processes never mix; a full pipe drops
 * the line instead of blocking when the descriptor is non-blocking.
 * Control characters other than the tab become spaces.
 * errno is preserved. Libraries below a daemon do not log; they return errors.
 *
 * Thread: any but the real-time one, which uses rt/rtlog.h.
 */

#ifndef STAGE_BASE_LOG_H
#define STAGE_BASE_LOG_H

#include "base/attr.h"
#include "base/err.h"

enum stage_log_level {
	STAGE_LOG_ERROR,
	STAGE_LOG_WARNING,
	STAGE_LOG_INFO,
	STAGE_LOG_DEBUG,
	STAGE_LOG_LEVEL_COUNT,
};

/** Sets the program name before each line and the most talkative level shown.
 *
 * Call once, first thing in main. Ownership: prog is borrowed for ever.
 */
void stage_log_init(const char *prog, enum stage_log_level level);

/** The name given to stage_log_init, "stagecraft" before that. */
const char *stage_log_prog(void);

void stage_log_err(const char *format, ...) STAGE_PRINTF(1, 2);
void stage_log_warn(const char *format, ...) STAGE_PRINTF(1, 2);
void stage_log_info(const char *format, ...) STAGE_PRINTF(1, 2);
void stage_log_debug(const char *format, ...) STAGE_PRINTF(1, 2);

/** As stage_log_err and stage_log_warn, with ": " and what errno means. */
void stage_log_err_errno(const char *format, ...) STAGE_PRINTF(1, 2);
void stage_log_warn_errno(const char *format, ...) STAGE_PRINTF(1, 2);

#endif
