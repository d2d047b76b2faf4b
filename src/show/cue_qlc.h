/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What is said to QLC+ over its WebSocket /qlcplusWS, and what it answers:
 *
 *     > QLC+API|getFunctionsList
 *     < QLC+API|getFunctionsList|0|Blue wash|1|Red
 *     > QLC+API|setFunctionStatus|0|1
 *
 * As webaccess.cpp of QLC+ 4.12 to 5.x has it. The last one has no answer, and
 * may be said again: a function that runs goes on. Pure.
 *
 * Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_CUE_QLC_H
#define STAGE_SHOW_CUE_QLC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

#define STAGE_SHOW_QLC_PATH "/qlcplusWS"
#define STAGE_SHOW_QLC_PORT 9999
#define STAGE_SHOW_QLC_ASK "QLC+API|getFunctionsList"

/** Its functions; zeroed: none. */
struct stage_show_qlc {
	struct stage_strv ids;   // as it numbers them
	struct stage_strv names; // of the same count
};

/** Takes a message of QLC+. Errors: STAGE_NOT_FOUND when it is no list of
 * functions; STAGE_NO_MEMORY, there are then none. */
STAGE_NODISCARD enum stage_status stage_show_qlc_take(
	struct stage_show_qlc *self, const char *text, size_t len);

/** The id of the first function of that name; NULL: there is none. Ownership:
 * borrowed until the next take. */
const char *stage_show_qlc_find(
	const struct stage_show_qlc *self, const char *name);

/** Appends what starts or stops a function. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_qlc_set(
	struct stage_str *out, const char *id, bool is_on);

/** Frees what is in it. NULL is fine. */
void stage_show_qlc_finish(struct stage_show_qlc *self);

#endif
