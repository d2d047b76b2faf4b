/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Where our programs and data are installed, found from the running program
 * itself, so that a tree may be moved or staged. Thread: any. */

#ifndef STAGE_RIG_INSTALL_H
#define STAGE_RIG_INSTALL_H

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"

/** The directory of our programs into out[STAGE_PATH_MAX].
 * Errors: STAGE_UNSUPPORTED where the system does not tell. */
STAGE_NODISCARD enum stage_status stage_install_bin(
	char *out, struct stage_err *err);

/** The directory share/stagecraft beside it into out[STAGE_PATH_MAX]. Errors:
 * as above; STAGE_NOT_FOUND when it is not there. */
STAGE_NODISCARD enum stage_status stage_install_data(
	char *out, struct stage_err *err);

#endif
