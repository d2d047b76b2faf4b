/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The closed set of results that every fallible function returns.
 *
 * Thread: any. Nothing here allocates.
 */

#ifndef STAGE_BASE_STATUS_H
#define STAGE_BASE_STATUS_H

#include "base/attr.h"

enum stage_status {
	STAGE_OK = 0,       // done
	STAGE_NO_MEMORY,    // an allocation failed; nothing was changed
	STAGE_NOT_FOUND,    // the named thing is not there
	STAGE_EXISTS,       // the named thing is there already
	STAGE_BUSY,         // somebody else holds it; trying later may work
	STAGE_DENIED,       // not permitted
	STAGE_FULL,         // no space: disk, queue, table
	STAGE_IO,           // the system could not read or write
	STAGE_BAD_INPUT,    // bytes from outside are not what they should be
	STAGE_TOO_LONG,     // longer than the documented limit
	STAGE_TIMEOUT,      // the deadline passed
	STAGE_GONE,         // the peer, process or server has ended
	STAGE_UNSUPPORTED,  // this build or this system cannot do it
	STAGE_BUG,          // a promise between our own functions was broken
	STAGE_STATUS_COUNT, // how many there are; never returned
};

/** Says a status in a few lower-case words ("no such thing").
 *
 * Ownership: the text is static. Never NULL, for any value.
 */
const char *stage_strerror(enum stage_status status);

/** Turns an errno value into a status. The only place where that happens.
 *
 * 0 gives STAGE_OK; a value without a row in the table gives STAGE_IO.
 */
enum stage_status stage_status_from_errno(int errnum);

#endif
