/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Says in `stagecraft status` what is not well about this service.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RIG_NOTE_H
#define STAGE_RIG_NOTE_H

/** Sets STAGE_MARK_NOTE of the service that this process is by $STAGECRAFT_RUN
 * and $STAGECRAFT_SERVICE, or clears it for ""; without these it does nothing.
 */
void stage_note_set(const char *words);

#endif
