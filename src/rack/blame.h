/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Whose plug-in a thread is in, so that the one that ends the process is known
 * to the next one.
 *
 * Each thread says so before it calls into a plug-in and takes it back behind.
 * A fatal signal writes the time into the page of that slot, and then ends the
 * process as it would have. A thread that a plug-in has started blames nobody.
 */

#ifndef STAGE_RACK_BLAME_H
#define STAGE_RACK_BLAME_H

#include "rack/page.h"
#include "rt/rt.h"

/** Says in whose plug-in this thread is from now on; NULL: in none. Returns
 * what was said before. Thread: any, the real-time one too. */
STAGE_RT struct stage_rack_page_bytes *stage_rack_blame(
	struct stage_rack_page_bytes *page);

/** Writes down that a slot ended the process now; NULL: nobody did. Safe in a
 * signal's handler. */
STAGE_RT void stage_rack_blame_note(struct stage_rack_page_bytes *page);

/** Has fatal signals noted. Call it once, before plug-ins are loaded. */
void stage_rack_blame_watch(void);

#endif
