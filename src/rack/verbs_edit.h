/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The verbs of a rack that change what the user has written: see edit.h.
 * Thread: the loop's. */

#ifndef STAGE_RACK_VERBS_EDIT_H
#define STAGE_RACK_VERBS_EDIT_H

#include "rpc/verb.h"

extern const struct stage_verb stage_rack_verb_add;
extern const struct stage_verb stage_rack_verb_remove;
extern const struct stage_verb stage_rack_verb_move;
extern const struct stage_verb stage_rack_verb_commit;

#endif
