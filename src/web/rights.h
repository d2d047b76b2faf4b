/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who may do what: the roles of devices, and what each verb asks for.
 *
 * A viewer sees everything and changes nothing. A performer plays the show:
 * songs, panic, and the knobs of racks. An admin may do all there is. What is
 * not in the table is an admin's.
 *
 * A device is locked or not, whatever its role: locked, it can play the show,
 * and nothing that a wet finger would be sorry for.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WEB_RIGHTS_H
#define STAGE_WEB_RIGHTS_H

#include <stdbool.h>

enum stage_web_role {
	STAGE_WEB_NOBODY, // a device that is not paired
	STAGE_WEB_VIEWER,
	STAGE_WEB_PERFORMER,
	STAGE_WEB_ADMIN,
	STAGE_WEB_ROLE_COUNT,
};

/** What a verb does, as far as rights go. */
enum stage_web_deed {
	STAGE_WEB_LOOKS,   // changes nothing
	STAGE_WEB_PLAYS,   // the show; also by a locked device
	STAGE_WEB_TURNS,   // a knob: a performer's, unless locked
	STAGE_WEB_CHANGES, // anything else: an admin's, unless locked
};

/** A role as a word ("viewer"), and back; STAGE_WEB_NOBODY for a word that is
 * none of the other three. */
const char *stage_web_role_word(enum stage_web_role role);
enum stage_web_role stage_web_role_from_word(const char *word);

/** What a verb of a daemon does. area is "show", "rig", "patchbay", "midi",
 * "jack", "web", or "rack" for each rack. */
enum stage_web_deed stage_web_deed_of(const char *area, const char *verb);

/** The least role that may do it. */
enum stage_web_role stage_web_role_for(enum stage_web_deed deed);

/** True where a locked device may not do it. */
bool stage_web_is_lockable(enum stage_web_deed deed);

#endif
