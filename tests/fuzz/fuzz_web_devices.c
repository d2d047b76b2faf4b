/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "web/device.h"

// What was read is written so that it is read as the same again.
static void
check_again(const struct stage_web_devices *devices)
{
	static struct stage_web_devices again;
	struct stage_str text = {0};

	if (stage_web_devices_write(devices, &text) == STAGE_OK) {
		FUZZ_CHECK(stage_web_devices_parse(&again, text.data, text.len,
				   "f", NULL) == STAGE_OK);
		FUZZ_CHECK(again.count == devices->count);
		for (size_t i = 0; i < again.count; i++) {
			FUZZ_CHECK(memcmp(again.items[i].hash,
					   devices->items[i].hash,
					   STAGE_WEB_HASH_BYTES) == 0);
			FUZZ_CHECK(strcmp(again.items[i].name,
					   devices->items[i].name) == 0);
		}
	}
	stage_str_finish(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct stage_web_devices devices;
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_web_devices_parse(&devices, text, size, "f", &err);

	FUZZ_CHECK(devices.count <= STAGE_WEB_DEVICES_MAX);
	if (status == STAGE_OK) {
		check_again(&devices);
	} else {
		FUZZ_CHECK(err.text[0] != '\0' && devices.count == 0);
	}
	free(text);
	return 0;
}
