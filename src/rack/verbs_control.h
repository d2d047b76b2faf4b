/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The verbs of a rack for controllers, snapshots and presets. Thread: the
 * loop's. */

#ifndef STAGE_RACK_VERBS_CONTROL_H
#define STAGE_RACK_VERBS_CONTROL_H

#include "rpc/verb.h"

extern const struct stage_verb stage_rack_verb_map;
extern const struct stage_verb stage_rack_verb_learn;
extern const struct stage_verb stage_rack_verb_snapshot;
extern const struct stage_verb stage_rack_verb_preset;

#endif
