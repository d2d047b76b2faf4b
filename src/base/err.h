/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** An error that a person has to read: a status and one full sentence.
 *
 * Functions take `struct stage_err *err` as their last parameter where a person
 * needs to know what is wrong, where and what to do. They leave it untouched on
 * success and fill it on failure; callers may pass NULL. A place in a file is
 * written into the sentence as "file:line:column: ".
 *
 * Thread: any, one object by one thread at a time. Nothing here allocates.
 */

#ifndef STAGE_BASE_ERR_H
#define STAGE_BASE_ERR_H

#include <stdarg.h>

#include "base/attr.h"
#include "base/status.h"

#define STAGE_ERR_TEXT_MAX 512 // bytes with the terminating zero

struct stage_err {
	enum stage_status status;
	char text[STAGE_ERR_TEXT_MAX]; // one sentence, no newline, no full stop
};

#define STAGE_ERR_INIT                                                         \
	{                                                                      \
		.status = STAGE_OK, .text = ""                                 \
	}

/** Fills err and returns status, so that a caller can return the call itself.
 *
 * The sentence is cut at STAGE_ERR_TEXT_MAX - 1 bytes, never inside a UTF-8
 * character; control characters become spaces. err may be NULL; arguments may
 * point into err->text.
 */
enum stage_status stage_err_set(struct stage_err *err, enum stage_status status,
	const char *format, ...) STAGE_PRINTF(3, 4);

/** As stage_err_set, with ": " and what errnum means behind the sentence, and
 * the status that belongs to errnum. A sentence that is too long loses its own
 * end, never the reason. */
enum stage_status stage_err_set_errno(struct stage_err *err, int errnum,
	const char *format, ...) STAGE_PRINTF(3, 4);

/** Puts a prefix such as "rig.conf:3:7: " before the sentence in err. */
void stage_err_prefix(struct stage_err *err, const char *format, ...)
	STAGE_PRINTF(2, 3);

#endif
