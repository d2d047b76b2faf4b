/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A QR code on a terminal, for phones.
 *
 * Thread: main.
 */

#ifndef STAGE_CLI_QR_H
#define STAGE_CLI_QR_H

#include "base/attr.h"
#include "base/str.h"

/** Appends a text as a QR code of half blocks, dark on light, four modules of
 * margin around it as ISO/IEC 18004 asks for. Errors: STAGE_UNSUPPORTED in a
 * build without libqrencode, STAGE_TOO_LONG, STAGE_NO_MEMORY; out is then
 * unchanged. */
STAGE_NODISCARD enum stage_status stage_qr_add(
	struct stage_str *out, const char *text);

#endif
