/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/bytes.h"

#include <stdbool.h>
#include <string.h>

#include "base/base64.h"
#include "base/utf8.h"

static bool
is_utf8(const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t count = stage_utf8_char_bytes(bytes + at, len - at);
		if (count == 0) {
			return false;
		}
		at += count;
	}
	return true;
}

enum stage_status
stage_rpc_bytes_put(json_t *object, const char *bytes, size_t len)
{
	struct stage_str coded = {0};
	const char *key = "text";
	json_t *value = NULL;

	if (is_utf8(bytes, len)) {
		value = json_stringn(bytes, len);
	} else if (stage_base64_encode(&coded, bytes, len) == STAGE_OK) {
		key = "base64";
		value = json_stringn(stage_str_text(&coded), coded.len);
	}
	stage_str_finish(&coded);
	return json_object_set_new(object, key, value) == 0 ? STAGE_OK
							    : STAGE_NO_MEMORY;
}

enum stage_status
stage_rpc_bytes_take(const json_t *object, struct stage_str *out)
{
	const json_t *text = json_object_get(object, "text");
	const json_t *coded = json_object_get(object, "base64");

	if (json_is_string(text)) {
		return stage_str_append(
			out, json_string_value(text), json_string_length(text));
	}
	return json_is_string(coded)
		       ? stage_base64_decode(out, json_string_value(coded),
				 json_string_length(coded))
		       : STAGE_BAD_INPUT;
}
