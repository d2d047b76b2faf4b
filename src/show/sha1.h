/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** SHA-1 (RFC 3174), which the greeting of a WebSocket wants (RFC 6455, section
 * 4.1). It keeps no secret and proves nothing, and is for nothing else.
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_SHOW_SHA1_H
#define STAGE_SHOW_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define STAGE_SHOW_SHA1_BYTES 20

/** Writes the sum of bytes[len]. */
void stage_show_sha1(
	const void *bytes, size_t len, uint8_t out[STAGE_SHOW_SHA1_BYTES]);

#endif
