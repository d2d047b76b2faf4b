/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <stdbool.h>
#include <string.h>

#include "fuzz.h"
#include "rpc/frame.h"

// The stream as a whole, for comparison: the next line begins at `at`.
struct stream {
	const uint8_t *data;
	size_t size;
	size_t at;
	size_t max_bytes;
};

// A line must be the next one of the stream, and zero-terminated.
static void
check_line(struct stream *stream, const char *line, size_t len)
{
	const uint8_t *start = stream->data + stream->at;
	const uint8_t *newline = memchr(start, '\n', stream->size - stream->at);

	FUZZ_CHECK(newline != NULL && (size_t)(newline - start) == len);
	FUZZ_CHECK(len <= stream->max_bytes);
	FUZZ_CHECK(memcmp(line, start, len) == 0 && line[len] == '\0');
	stream->at += len + 1;
}

// Takes all lines that are whole. False when the stream is lost.
static bool
drain(struct stage_rpc_frame *frame, struct stream *stream, size_t fed)
{
	const char *line;
	size_t len;
	enum stage_status status;

	while ((status = stage_rpc_frame_next(frame, &line, &len)) ==
		STAGE_OK) {
		check_line(stream, line, len);
		FUZZ_CHECK(stream->at <= fed);
	}
	if (status == STAGE_NOT_FOUND) {
		FUZZ_CHECK(memchr(stream->data + stream->at, '\n',
				   fed - stream->at) == NULL);
		FUZZ_CHECK(fed - stream->at <= stream->max_bytes);
		FUZZ_CHECK(frame->bytes.len == fed - stream->at);
		return true;
	}
	FUZZ_CHECK(status == STAGE_TOO_LONG);
	FUZZ_CHECK(fed - stream->at > stream->max_bytes);
	FUZZ_CHECK(memchr(stream->data + stream->at, '\n',
			   stream->max_bytes + 1) == NULL);
	return false;
}

// The first two bytes are the longest line and how much arrives at a time.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_rpc_frame frame = {0};
	struct stream stream = {0};
	size_t chunk;
	bool is_well = true;

	if (size < 2) {
		return 0;
	}
	stream = (struct stream){data + 2, size - 2, 0, data[0]};
	frame.max_bytes = stream.max_bytes;
	chunk = data[1] % 64 + 1U;
	for (size_t fed = 0; fed < stream.size && is_well;) {
		size_t len =
			chunk < stream.size - fed ? chunk : stream.size - fed;
		FUZZ_CHECK(stage_rpc_frame_feed(
				   &frame, stream.data + fed, len) == STAGE_OK);
		fed += len;
		is_well = drain(&frame, &stream, fed);
		FUZZ_CHECK(!is_well ||
			   frame.bytes.len <= stream.max_bytes + chunk);
	}
	stage_rpc_frame_finish(&frame);
	return 0;
}
