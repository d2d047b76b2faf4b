/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/learned.h"
#include "rack/scene.h"

static void
check_scene(const char *text, size_t size)
{
	struct stage_rack_scene scene;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_rack_scene_parse(text, size, "f", &scene, &err);

	fuzz_check_place(status, &err, "f");
	for (size_t i = 0; i < scene.slot_count; i++) {
		FUZZ_CHECK(scene.slots[i].first_value +
				   scene.slots[i].value_count <=
			   scene.value_count);
		FUZZ_CHECK(scene.slots[i].wet >= 0 && scene.slots[i].wet <= 1);
	}
	for (size_t i = 0; i < scene.value_count; i++) {
		FUZZ_CHECK(isfinite(scene.values[i].value));
	}
	stage_rack_scene_finish(&scene);
}

// What was learned is written as lines that are read as the same.
static void
check_learned(const char *text, size_t size)
{
	struct stage_rack_learned *learned = calloc(1, sizeof(*learned));
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status =
		stage_rack_learned_parse(learned, text, size, "f", &err);

	fuzz_check_place(status, &err, "f");
	for (size_t i = 0; i < learned->count; i++) {
		const struct stage_rack_map *map = &learned->items[i].map;
		FUZZ_CHECK(map->kind < STAGE_RACK_MAP_KIND_COUNT);
		FUZZ_CHECK(map->channel <= 16);
		FUZZ_CHECK(map->target[0] != '\0');
		FUZZ_CHECK(isfinite(map->min) && isfinite(map->max));
	}
	free(learned);
}

// The same bytes as a snapshot and as what a rack has learned.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);

	check_scene(text, size);
	check_learned(text, size);
	free(text);
	return 0;
}
