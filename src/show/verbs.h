/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The verbs of show.sock, and its state; ctx is the daemon. */

#ifndef STAGE_SHOW_VERBS_H
#define STAGE_SHOW_VERBS_H

#include "rpc/verb.h"

extern const struct stage_verb *const stage_show_verbs[];

/** All there is to see. Ownership: the caller's. NULL: out of memory. */
json_t *stage_show_state(void *ctx);

#endif
