/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The rows of the table of formats, one in each format_NAME.c. */

#ifndef STAGE_PATCHBAY_FORMAT_LIST_H
#define STAGE_PATCHBAY_FORMAT_LIST_H

#include "patchbay/format.h"

extern const struct stage_patch_format stage_patch_format_aj;
extern const struct stage_patch_format stage_patch_format_carla;
extern const struct stage_patch_format stage_patch_format_jackpatch;
extern const struct stage_patch_format stage_patch_format_matchmaker;
extern const struct stage_patch_format stage_patch_format_matchmaker_regex;
extern const struct stage_patch_format stage_patch_format_plumbing;
extern const struct stage_patch_format stage_patch_format_qjackctl;
extern const struct stage_patch_format stage_patch_format_qpwgraph;
extern const struct stage_patch_format stage_patch_format_ray;

#endif
