/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Who may do what: the roles of devices, and the role that each deed takes.
 *
 * A viewer sees everything and changes nothing. A performer plays the show:
 * songs, panic, and the knobs of racks. An admin may do all there is. What a
 * verb does it says itself (rpc/deed.h); what does not say is an admin's.
 *
 * A device is locked or not, whatever its role: locked, it can play the show,
 * and nothing that a wet finger would be sorry for.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_WEB_RIGHTS_H
#define STAGE_WEB_RIGHTS_H

#include <jansson.h>
#include <stdbool.h>

#include "rpc/deed.h"

enum stage_web_role {
	STAGE_WEB_NOBODY, // a device that is not paired
	STAGE_WEB_VIEWER,
	STAGE_WEB_PERFORMER,
	STAGE_WEB_ADMIN,
	STAGE_WEB_ROLE_COUNT,
};

/** A role as a word ("viewer"), and back; STAGE_WEB_NOBODY for a word that is
 * none of the other three. */
const char *stage_web_role_word(enum stage_web_role role);
enum stage_web_role stage_web_role_from_word(const char *word);

/** What a verb does, as its daemon describes it: verbs as stage_verbs_describe
 * makes them. One that is not there does not say. */
enum stage_deed stage_web_deed_of(const json_t *verbs, const char *verb);

/** The least role that may do it. */
enum stage_web_role stage_web_role_for(enum stage_deed deed);

/** True where a locked device may not do it. */
bool stage_web_is_lockable(enum stage_deed deed);

#endif
