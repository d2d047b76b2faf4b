/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Keeps what the audio thread uses in memory. Thread: the loop's. */

#ifndef STAGE_RACK_MEMORY_LOCK_H
#define STAGE_RACK_MEMORY_LOCK_H

/** Has all that this process has and will have stay in memory, from when it is
 * first used. The limit (ulimit -l) is raised as far as is permitted. Where it
 * does not allow all of it nothing is locked, for a plug-in would then be
 * refused memory; that is said, once. */
void stage_rack_memory_lock(void);

#endif
