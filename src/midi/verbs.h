/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the bridge can be asked to do over its socket; the handlers' ctx is the
 * daemon.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_MIDI_VERBS_H
#define STAGE_MIDI_VERBS_H

#include "rpc/verb.h"

/** Ended by NULL. */
extern const struct stage_verb *const stage_midi_verbs[];

#endif
