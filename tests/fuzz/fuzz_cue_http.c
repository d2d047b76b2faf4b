/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "fuzz.h"
#include "show/cue_http.h"

struct result {
	enum stage_status status;
	int code;
	bool is_whole;
};

static void
run(const char *data, size_t size, size_t chunk, struct result *result)
{
	struct stage_show_http http = {0};
	struct stage_err err = STAGE_ERR_INIT;

	result->status = STAGE_OK;
	for (size_t fed = 0; fed < size && result->status == STAGE_OK;) {
		size_t now = chunk < size - fed ? chunk : size - fed;
		size_t used = 0;
		result->status = stage_show_http_feed(
			&http, data + fed, now, &used, &err);
		FUZZ_CHECK(used <= now);
		FUZZ_CHECK(used == now || http.code == 101 ||
			   result->status != STAGE_OK);
		FUZZ_CHECK(http.head.len <= STAGE_SHOW_HTTP_HEAD_MAX);
		FUZZ_CHECK(http.code == 0 ||
			   (http.code >= 100 && http.code < 600));
		fed += now;
		if (http.code == 101) {
			break;
		}
	}
	FUZZ_CHECK((result->status == STAGE_OK) == (err.text[0] == '\0'));
	result->code = http.code;
	result->is_whole = http.is_whole;
	if (http.code != 0) {
		(void)stage_show_http_has(&http, "Upgrade", "websocket", true);
		(void)stage_show_http_has(&http, "Upgrade", "websocket", false);
	}
	stage_show_http_finish(&http);
}

// It makes no difference how much arrives at a time: the first byte.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole;
	struct result parts;

	if (size < 2) {
		return 0;
	}
	run((const char *)data + 1, size - 1, size, &whole);
	run((const char *)data + 1, size - 1, data[0] % 16 + 1U, &parts);
	FUZZ_CHECK(whole.status == parts.status);
	FUZZ_CHECK(whole.code == parts.code);
	FUZZ_CHECK(whole.is_whole == parts.is_whole);
	return 0;
}
