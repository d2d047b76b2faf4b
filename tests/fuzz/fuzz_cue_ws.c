/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "fuzz.h"
#include "show/cue_qlc.h"
#include "show/cue_ws.h"

static const uint8_t nonce[] = "the sample nonce"; // RFC 6455, section 1.3
static const char agreed[] =
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
	"Connection: Upgrade\r\n"
	"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

struct result {
	struct stage_str bytes; // kinds, lengths and texts
	enum stage_status status;
};

static void
take(struct result *result, enum stage_show_ws_kind kind, const char *text,
	size_t len)
{
	struct stage_show_qlc qlc = {{0}, {0}};
	enum stage_status status = stage_show_qlc_take(&qlc, text, len);

	FUZZ_CHECK(status == STAGE_OK || status == STAGE_NOT_FOUND);
	FUZZ_CHECK(qlc.ids.count == qlc.names.count);
	for (size_t i = 0; i < qlc.names.count; i++) {
		FUZZ_CHECK(
			stage_show_qlc_find(&qlc, qlc.names.items[i]) != NULL);
	}
	stage_show_qlc_finish(&qlc);
	FUZZ_CHECK(stage_str_addf(&result->bytes, "%d %zu ", kind, len) ==
		   STAGE_OK);
	FUZZ_CHECK(stage_str_append(&result->bytes, text, len) == STAGE_OK);
}

static void
run(const char *data, size_t size, bool is_greeted, size_t chunk,
	struct result *result)
{
	struct stage_show_ws ws = {.at = 0};
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_str hello = {0};
	enum stage_show_ws_kind kind;
	const char *text;
	size_t len;

	FUZZ_CHECK(stage_show_ws_hello(&ws, "h", 1, "/", nonce, &hello) ==
		   STAGE_OK);
	stage_str_finish(&hello);
	if (is_greeted) {
		FUZZ_CHECK(stage_show_ws_feed(&ws, agreed, strlen(agreed)) ==
			   STAGE_OK);
	}
	result->status = STAGE_NOT_FOUND;
	for (size_t fed = 0; fed < size && result->status == STAGE_NOT_FOUND;) {
		size_t now = chunk < size - fed ? chunk : size - fed;
		FUZZ_CHECK(
			stage_show_ws_feed(&ws, data + fed, now) == STAGE_OK);
		fed += now;
		while ((result->status = stage_show_ws_next(
				&ws, &kind, &text, &len, &err)) == STAGE_OK) {
			FUZZ_CHECK(len <= STAGE_SHOW_WS_MAX);
			take(result, kind, text, len);
		}
	}
	FUZZ_CHECK(
		(result->status == STAGE_NOT_FOUND) == (err.text[0] == '\0'));
	stage_show_ws_finish(&ws);
}

// The first byte is how much arrives at a time, and whether the greeting is
// over; the first makes no difference.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole = {0};
	struct result parts = {0};
	const char *bytes = (const char *)data + 1;
	bool is_greeted;

	if (size < 2) {
		return 0;
	}
	is_greeted = (data[0] & 0x80) == 0;
	run(bytes, size - 1, is_greeted, size, &whole);
	run(bytes, size - 1, is_greeted, data[0] % 16 + 1U, &parts);
	FUZZ_CHECK(whole.status == parts.status);
	FUZZ_CHECK(whole.bytes.len == parts.bytes.len);
	FUZZ_CHECK(whole.bytes.len == 0 ||
		   memcmp(whole.bytes.data, parts.bytes.data,
			   whole.bytes.len) == 0);
	stage_str_finish(&whole.bytes);
	stage_str_finish(&parts.bytes);
	return 0;
}
