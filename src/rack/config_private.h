/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What config.c, of the file `rack`, and config_slot.c, of slot files, share.
 */

#ifndef STAGE_RACK_CONFIG_PRIVATE_H
#define STAGE_RACK_CONFIG_PRIVATE_H

#include "base/conf.h"
#include "rack/config.h"

/** Reads the word at that place of a line as a number in [min, max]. Errors:
 * STAGE_BAD_INPUT, with the place. */
STAGE_NODISCARD enum stage_status stage_rack_config_number(
	const struct stage_conf_line *line, size_t at, double min, double max,
	double *out, struct stage_err *err);

#endif
