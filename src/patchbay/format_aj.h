/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** aj-snapshot's XML, of all its versions: <aj-snapshot> around <alsa> and
 * <jack>, or (up to 0.9.6) these two as roots. For format_aj.c, which reads it,
 * and its writer. Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_AJ_H
#define STAGE_PATCHBAY_FORMAT_AJ_H

#include "patchbay/format_build.h"
#include "patchbay/format_export.h"

#define STAGE_AJ_PORT_ID_MAX 255 // a client of ALSA's has no more ports

/** Whether that is a port of the kernel's own client, by its full name. */
bool stage_aj_is_kernel(const char *alsa_name);

/** Writes a file, as the table of formats wants it. */
STAGE_NODISCARD enum stage_status stage_aj_export(
	struct stage_patch_writer *writer);

/** Why a name cannot be written, as the table of formats wants it: what mxml
 * reads back as it was, and what aj-snapshot finds again, can be. */
const char *stage_aj_fault(
	enum stage_patch_system system, const char *name, bool is_from);

#endif
