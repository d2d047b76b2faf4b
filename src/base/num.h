/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads numbers strictly: the whole text, in range, or an error. Thread: any.
 */

#ifndef STAGE_BASE_NUM_H
#define STAGE_BASE_NUM_H

#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** Reads a decimal integer in [min, max]; signs only where min is below 0.
 *
 * Errors: STAGE_BAD_INPUT with a sentence that names the text and the range;
 * `out` is then untouched.
 */
STAGE_NODISCARD enum stage_status stage_num_parse(const char *text, int64_t min,
	int64_t max, int64_t *out, struct stage_err *err);

/** Reads a number such as "120", "-0.5" or "97.25" in [min, max], in any
 * locale; digits behind the first fifteen do not count. Errors:
 * STAGE_BAD_INPUT; out is then untouched. */
STAGE_NODISCARD enum stage_status stage_num_parse_decimal(const char *text,
	double min, double max, double *out, struct stage_err *err);

/** Reads a duration such as "250ms", "10s", "5min", "1.5h" or "1.5" (seconds)
 * into nanoseconds, 0 to 366 days, exactly and in any locale. Errors:
 * STAGE_BAD_INPUT; out_ns is then untouched. */
STAGE_NODISCARD enum stage_status stage_num_parse_duration(
	const char *text, int64_t *out_ns, struct stage_err *err);

#endif
