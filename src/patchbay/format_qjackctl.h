/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Sockets of a qjackctl patchbay: a client and its plugs, all of them regular
 * expressions. For format_qjackctl.c and its reader. Thread: any.
 */

#ifndef STAGE_PATCHBAY_FORMAT_QJACKCTL_H
#define STAGE_PATCHBAY_FORMAT_QJACKCTL_H

#include <stdbool.h>

#include "patchbay/format.h"
#include "patchbay/format_build.h"

enum stage_qjackctl_type {
	STAGE_QJACKCTL_AUDIO,
	STAGE_QJACKCTL_MIDI,
	STAGE_QJACKCTL_ALSA,
	STAGE_QJACKCTL_ANY, // of a cable that does not say
	STAGE_QJACKCTL_TYPE_COUNT,
};

/** As it stands in files. */
extern const char *const stage_qjackctl_type_names[STAGE_QJACKCTL_TYPE_COUNT];

/** Reads a file, as the table of formats wants it. */
STAGE_NODISCARD enum stage_status stage_qjackctl_import(
	const struct stage_patch_input *input, struct stage_patch_build *build,
	struct stage_err *err);

#endif
