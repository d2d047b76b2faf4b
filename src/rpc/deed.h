/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a verb does, as far as it matters who may: each says so where it is
 * written, and `verbs` tells it, so that what stands between a network and a
 * daemon need not know the daemon.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_RPC_DEED_H
#define STAGE_RPC_DEED_H

enum stage_deed {
	STAGE_DEED_UNSAID,  // it does not say; taken for STAGE_DEED_CHANGES
	STAGE_DEED_LOOKS,   // changes nothing
	STAGE_DEED_PLAYS,   // the show: what is done on stage, at any time
	STAGE_DEED_TURNS,   // a knob: heard, and turned back as easily
	STAGE_DEED_CHANGES, // anything else
	STAGE_DEED_LISTENS, // is of the connection that it comes by, alone
	STAGE_DEED_COUNT,
};

/** A deed as a word ("looks"), and back; STAGE_DEED_UNSAID ("") for NULL and
 * for a word that is none. */
const char *stage_deed_word(enum stage_deed deed);
enum stage_deed stage_deed_from_word(const char *word);

#endif
