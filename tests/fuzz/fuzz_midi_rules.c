/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "check.h"
#include "fuzz.h"
#include "midi/rules.h"

#define ALL (STAGE_MIDI_CLASS_ALL | 0xffffU * STAGE_MIDI_CLASS_CHANNEL)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stage_midi_endpoint endpoint = {
		.identity = {.kind = STAGE_MIDI_SOFTWARE, .name = "K"},
		.ordinal = 2,
		.port_name = "P"};
	struct stage_midi_rules *rules = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	char *text = fuzz_copy(data, size);
	enum stage_status status =
		stage_midi_rules_parse(text, size, "f", &rules, &err);

	fuzz_check_place(status, &err, "f");
	FUZZ_CHECK((status == STAGE_OK) == (rules != NULL));
	if (rules != NULL) {
		struct stage_midi_treatment treatment =
			stage_midi_rules_treat(rules, &endpoint);
		FUZZ_CHECK((treatment.filter & ~ALL) == 0);
		FUZZ_CHECK(treatment.pace >= 0);
		if (treatment.label != NULL) {
			fuzz_check_text(treatment.label, 0);
		}
		stage_midi_rules_destroy(rules);
	}
	free(text);
	return 0;
}
