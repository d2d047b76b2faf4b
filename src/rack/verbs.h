/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a rack can be asked. Thread: the loop's. */

#ifndef STAGE_RACK_VERBS_H
#define STAGE_RACK_VERBS_H

#include "rpc/verb.h"

/** Ended by NULL; their ctx is the stage_rack_daemon. */
extern const struct stage_verb *const stage_rack_verbs[];

#endif
