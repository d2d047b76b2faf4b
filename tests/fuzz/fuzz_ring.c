/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "fuzz.h"
#include "rt/ring.h"

#define QUEUE_MAX 64 // more empty messages than fit into the ring
#define RING_BYTES 128
#define PAYLOAD_MAX 256

// What must be in the ring: a plain queue of the messages' lengths and seeds.
struct model {
	struct {
		uint32_t size;
		uint32_t seed;
	} queue[QUEUE_MAX];
	size_t count;
	uint32_t used; // bytes with headers
};

static void
fill(unsigned char *payload, uint32_t seed, uint32_t size)
{
	for (uint32_t i = 0; i < size; i++) {
		payload[i] = (unsigned char)(seed * 13 + i);
	}
}

static void
do_write(struct stage_ring *ring, struct model *model, uint32_t seed,
	uint32_t size)
{
	unsigned char payload[PAYLOAD_MAX];
	uint32_t bytes = STAGE_RING_HEADER_BYTES + size;
	uint32_t free_bytes = RING_BYTES - model->used;
	enum stage_status status;

	fill(payload, seed, size);
	status = stage_ring_write(ring, seed, payload, size);
	FUZZ_CHECK(status == (bytes > RING_BYTES          ? STAGE_TOO_LONG
				     : bytes > free_bytes ? STAGE_FULL
							  : STAGE_OK));
	if (status == STAGE_OK) {
		model->queue[model->count].size = size;
		model->queue[model->count].seed = seed;
		model->count++;
		model->used += bytes;
	}
}

static void
pop(struct model *model)
{
	model->used -= STAGE_RING_HEADER_BYTES + model->queue[0].size;
	model->count--;
	memmove(model->queue, model->queue + 1,
		model->count * sizeof(model->queue[0]));
}

static void
do_read(struct stage_ring *ring, struct model *model, uint32_t size)
{
	struct stage_ring_header header = {0, 0};
	unsigned char got[PAYLOAD_MAX];
	unsigned char expected[PAYLOAD_MAX];
	enum stage_status status = stage_ring_read(ring, &header, got, size);

	if (model->count == 0) {
		FUZZ_CHECK(status == STAGE_NOT_FOUND);
		return;
	}
	FUZZ_CHECK(header.size == model->queue[0].size);
	FUZZ_CHECK(header.type == model->queue[0].seed);
	if (header.size > size) {
		FUZZ_CHECK(status == STAGE_TOO_LONG);
		return;
	}
	FUZZ_CHECK(status == STAGE_OK);
	fill(expected, header.type, header.size);
	FUZZ_CHECK(memcmp(got, expected, header.size) == 0);
	pop(model);
}

static void
do_skip(struct stage_ring *ring, struct model *model)
{
	bool is_done = stage_ring_skip(ring);

	FUZZ_CHECK(is_done == (model->count > 0));
	if (is_done) {
		pop(model);
	}
}

// Two bytes are one step: what to do, and with which size.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_ring *ring = stage_ring_create(RING_BYTES);
	struct model model = {.count = 0};

	FUZZ_CHECK(ring != NULL);
	for (size_t i = 0; i + 1 < size; i += 2) {
		switch (data[i] % 4) {
		case 0:
		case 1:
			do_write(ring, &model, (uint32_t)i, data[i + 1]);
			break;
		case 2:
			do_read(ring, &model, data[i + 1]);
			break;
		default:
			do_skip(ring, &model);
			break;
		}
		FUZZ_CHECK(stage_ring_check(ring));
		FUZZ_CHECK(stage_ring_room(ring) ==
			   (RING_BYTES - model.used > STAGE_RING_HEADER_BYTES
					   ? RING_BYTES - model.used -
						     STAGE_RING_HEADER_BYTES
					   : 0));
	}
	stage_ring_destroy(ring);
	return 0;
}
