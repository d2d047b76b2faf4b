/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rack/config.h"

// The same bytes as a slot file and as the file of a rack.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_rack_slot_config slot;
	struct stage_rack_config rack;
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_rack_slot_config_parse(text, size, "f", &slot, &err);

	fuzz_check_place(status, &err, "f");
	if (status == STAGE_OK) {
		fuzz_check_text(slot.plugin, strlen(slot.plugin));
		FUZZ_CHECK(slot.plugin[0] != '\0');
		FUZZ_CHECK(slot.wet >= 0 && slot.wet <= 1);
		FUZZ_CHECK(slot.count <= STAGE_RACK_SETTINGS_MAX);
		for (size_t i = 0; i < slot.count; i++) {
			FUZZ_CHECK(isfinite(slot.settings[i].value));
			FUZZ_CHECK(stage_rack_slot_config_get(
					   &slot, slot.settings[i].symbol) ==
				   &slot.settings[i].value);
		}
	}
	stage_rack_slot_config_finish(&slot);
	err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_rack_config_parse(text, size, "f", &rack, &err);
	fuzz_check_place(status, &err, "f");
	if (status == STAGE_OK) {
		FUZZ_CHECK(rack.ins >= 0 && rack.outs >= rack.ins);
		FUZZ_CHECK(rack.outs <= STAGE_RACK_CHANNELS_MAX);
		FUZZ_CHECK(isfinite(rack.gain_db));
	}
	free(text);
	return 0;
}
