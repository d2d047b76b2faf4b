/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "web/body.h"

enum stage_status
stage_web_body_read(
	const char *text, size_t len, json_t **out, struct stage_err *err)
{
	json_error_t error;
	json_t *root = len == 0 ? json_object()
				: json_loadb(text, len, JSON_REJECT_DUPLICATES,
					  &error);

	if (json_is_object(root)) {
		*out = root;
		return STAGE_OK;
	}
	if (len == 0) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	stage_err_set(err, STAGE_BAD_INPUT, "the body is no JSON object%s%s",
		root == NULL ? ": " : "", root == NULL ? error.text : "");
	json_decref(root);
	return STAGE_BAD_INPUT;
}
