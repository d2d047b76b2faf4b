/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "osc/frames.h"

// What came out of a stream: packets with their sizes before them, then how it
// ended.
struct result {
	struct stage_str bytes;
	enum stage_status status;
};

static void
keep(struct result *result, const void *packet, size_t len)
{
	FUZZ_CHECK(stage_str_append(&result->bytes, &len, sizeof(len)) ==
		   STAGE_OK);
	FUZZ_CHECK(stage_str_append(&result->bytes, packet, len) == STAGE_OK);
}

// What is written of a packet gives that packet.
static void
check_written(enum stage_osc_framing framing, size_t max_bytes,
	const void *packet, size_t len)
{
	struct stage_osc_frames frames = {.max_bytes = max_bytes};
	struct stage_str out = {0};
	const void *again;
	size_t again_len;

	FUZZ_CHECK(
		stage_osc_frames_write(&out, framing, packet, len) == STAGE_OK);
	FUZZ_CHECK(
		stage_osc_frames_feed(&frames, out.data, out.len) == STAGE_OK);
	FUZZ_CHECK(
		stage_osc_frames_next(&frames, &again, &again_len) == STAGE_OK);
	FUZZ_CHECK(frames.framing == framing);
	FUZZ_CHECK(again_len == len && memcmp(again, packet, len) == 0);
	FUZZ_CHECK(stage_osc_frames_next(&frames, &again, &again_len) ==
		   STAGE_NOT_FOUND);
	stage_osc_frames_finish(&frames);
	stage_str_finish(&out);
}

static void
run(const uint8_t *data, size_t size, size_t max_bytes, size_t chunk,
	struct result *result)
{
	struct stage_osc_frames frames = {.max_bytes = max_bytes};
	const void *packet;
	size_t len;

	result->status = STAGE_NOT_FOUND;
	for (size_t fed = 0; fed < size && result->status == STAGE_NOT_FOUND;) {
		size_t now = chunk < size - fed ? chunk : size - fed;
		FUZZ_CHECK(stage_osc_frames_feed(&frames, data + fed, now) ==
			   STAGE_OK);
		fed += now;
		while ((result->status = stage_osc_frames_next(
				&frames, &packet, &len)) == STAGE_OK) {
			FUZZ_CHECK(len > 0 && len <= max_bytes);
			keep(result, packet, len);
			check_written(frames.framing, max_bytes, packet, len);
		}
		FUZZ_CHECK(result->status == STAGE_NOT_FOUND ||
			   result->status == STAGE_TOO_LONG ||
			   result->status == STAGE_BAD_INPUT);
		FUZZ_CHECK(
			result->status != STAGE_NOT_FOUND ||
			frames.bytes.len + frames.packet.len <= max_bytes + 4);
	}
	stage_osc_frames_finish(&frames);
}

// The first two bytes are the longest packet and how much arrives at a time; it
// makes no difference.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole = {0};
	struct result parts = {0};

	if (size < 3) {
		return 0;
	}
	run(data + 2, size - 2, data[0] + 1U, size, &whole);
	run(data + 2, size - 2, data[0] + 1U, data[1] % 16 + 1U, &parts);
	FUZZ_CHECK(whole.status == parts.status);
	FUZZ_CHECK(whole.bytes.len == parts.bytes.len);
	FUZZ_CHECK(whole.bytes.len == 0 ||
		   memcmp(whole.bytes.data, parts.bytes.data,
			   whole.bytes.len) == 0);
	stage_str_finish(&whole.bytes);
	stage_str_finish(&parts.bytes);
	return 0;
}
