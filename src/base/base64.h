/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Bytes as text and back, by base 64 (RFC 4648, section 4): for JSON, which
 * can carry nothing but UTF-8.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_BASE_BASE64_H
#define STAGE_BASE_BASE64_H

#include <stddef.h>

#include "base/attr.h"
#include "base/str.h"

/** Appends bytes[len] as text, padded, in one line. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_base64_encode(
	struct stage_str *out, const void *bytes, size_t len);

/** Appends the bytes that a text stands for.
 *
 * Errors: STAGE_BAD_INPUT for another character than the alphabet's, padding
 * that is missing or elsewhere than at the end, and bits that are left over;
 * STAGE_NO_MEMORY. out is then unchanged.
 */
STAGE_NODISCARD enum stage_status stage_base64_decode(
	struct stage_str *out, const char *text, size_t len);

#endif
