/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The marks that a chain leaves about its service (rig/mark.h). Without a
 * service there is nobody to tell, and nothing is done. What cannot be written
 * is warned of: a service plays on without its marks. Thread: main. */

#ifndef STAGE_CHAIN_CHAIN_MARK_H
#define STAGE_CHAIN_CHAIN_MARK_H

#include <stdint.h>

#include "chain/chain.h"

/** Says what is missing ("jack, alsa"). The moment since when stays that of the
 * first call; a mark that says the same already is not written again. */
void stage_chain_mark_waiting(
	const struct stage_chain_config *config, const char *missing);
void stage_chain_clear_waiting(const struct stage_chain_config *config);

/** Says that this process' program is ready; only with marks_ready. */
void stage_chain_mark_ready(const struct stage_chain_config *config);
void stage_chain_clear_ready(const struct stage_chain_config *config);

/** Adds to the service's deaths that its program was ended with the server, of
 * which runsv does not know. started_ns: monotonic. */
void stage_chain_record_lost(
	const struct stage_chain_config *config, int64_t started_ns);

#endif
