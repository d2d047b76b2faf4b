/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which names in a services directory are services.
 *
 * Thread: any. Nothing here allocates.
 */

#ifndef STAGE_RUNIT_NAME_H
#define STAGE_RUNIT_NAME_H

#define STAGE_RUNIT_NAME_MAX 200             // bytes of a service's name
#define STAGE_RUNIT_DISABLED_END ".DISABLED" // what the user appends

enum stage_runit_name_kind {
	STAGE_RUNIT_NAME_SERVICE,  // blanks and UTF-8 are welcome
	STAGE_RUNIT_NAME_HIDDEN,   // empty or begins with a dot
	STAGE_RUNIT_NAME_DISABLED, // ends with .DISABLED
	STAGE_RUNIT_NAME_UNUSABLE, // runit, a log line or JSON cannot hold it
	STAGE_RUNIT_NAME_KIND_COUNT,
};

/** Judges a name, not whether there is a directory. */
enum stage_runit_name_kind stage_runit_name_judge(const char *name);

/** Why a name is not that of a service, to be put behind "NAME: ": one clause
 * without a full stop; "" for a service. Ownership: the text is static. */
const char *stage_runit_name_fault(const char *name);

#endif
