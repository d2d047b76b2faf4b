/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A file's bytes in a result: as the member "text" where they are UTF-8, as
 * JSON must be, else as "base64".
 *
 * Pure. Thread: any.
 */

#ifndef STAGE_RPC_BYTES_H
#define STAGE_RPC_BYTES_H

#include <jansson.h>

#include "base/attr.h"
#include "base/str.h"

/** Puts bytes[len] into an object. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rpc_bytes_put(
	json_t *object, const char *bytes, size_t len);

/** Appends the bytes that an object has to `out`. Errors: STAGE_BAD_INPUT when
 * it has none, STAGE_NO_MEMORY; out is then unchanged. */
STAGE_NODISCARD enum stage_status stage_rpc_bytes_take(
	const json_t *object, struct stage_str *out);

#endif
