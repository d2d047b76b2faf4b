/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "show/pedals.h"

// What a message says, and what is written of it, whatever its bytes are.
static void
check_message(
	const uint8_t *bytes, size_t len, struct stage_show_midi_said *said)
{
	static struct stage_show_midi_ear ear;
	char text[64];
	size_t size = stage_show_midi_length(bytes, len);

	FUZZ_CHECK(size <= len);
	stage_show_midi_understand(&ear, bytes, len, said);
	FUZZ_CHECK((unsigned)said->kind < STAGE_SHOW_MIDI_KIND_COUNT);
	FUZZ_CHECK(said->channel < STAGE_SHOW_CHANNELS);
	FUZZ_CHECK(size == len || said->kind == STAGE_SHOW_MIDI_OTHER);
	stage_show_midi_write(said, bytes, len, text, sizeof(text));
	fuzz_check_text(text, strlen(text));
}

static void
check_wish(const struct stage_show_pedals *pedals,
	const struct stage_show_midi_said *said)
{
	struct stage_show_pedal_wish wish;

	stage_show_pedals_find(pedals, said, &wish);
	FUZZ_CHECK(wish.has_act || wish.is_song || wish.why[0] != '\0');
	FUZZ_CHECK(!wish.has_act || (unsigned)wish.act < STAGE_SHOW_ACT_COUNT);
}

// What is learned is what is meant afterwards.
static void
check_learned(const struct stage_str *learned,
	const struct stage_show_midi_said *said)
{
	struct stage_show_pedals pedals;
	struct stage_show_pedal_wish wish;

	FUZZ_CHECK(stage_show_pedals_parse(&pedals, stage_str_text(learned),
			   learned->len, "f") == STAGE_OK);
	if (pedals.complaints.count == 0) {
		stage_show_pedals_find(&pedals, said, &wish);
		FUZZ_CHECK(wish.has_act && wish.act == STAGE_SHOW_ACT_PLAY);
		FUZZ_CHECK(wish.number == 7);
	}
	stage_show_pedals_finish(&pedals);
}

// And it can be forgotten.
static void
check_learning(
	const char *text, size_t len, const struct stage_show_midi_said *said)
{
	struct stage_str learned = {0};
	struct stage_str forgotten = {0};
	size_t count = 0;

	FUZZ_CHECK(stage_show_pedals_learn(text, len, said, STAGE_SHOW_ACT_PLAY,
			   7, &learned) == STAGE_OK);
	check_learned(&learned, said);
	FUZZ_CHECK(stage_show_pedals_forget(stage_str_text(&learned),
			   learned.len, STAGE_SHOW_ACT_PLAY, 7, &count,
			   &forgotten) == STAGE_OK);
	FUZZ_CHECK(count > 0 && forgotten.len < learned.len);
	stage_str_finish(&learned);
	stage_str_finish(&forgotten);
}

/* A file, and behind its first zero byte a message. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_show_midi_said said;
	struct stage_show_pedals pedals;
	char *text = fuzz_copy(data, size);
	size_t len = strlen(text) < size ? strlen(text) : size;
	const uint8_t *bytes = (const uint8_t *)text + len;
	size_t rest = size - len;

	if (rest > 0) {
		bytes++;
		rest--;
	}
	FUZZ_CHECK(
		stage_show_pedals_parse(&pedals, text, len, "f") == STAGE_OK);
	FUZZ_CHECK(pedals.count <= STAGE_SHOW_PEDALS_MAX);
	check_message(bytes, rest, &said);
	check_wish(&pedals, &said);
	if (stage_show_pedals_can_learn(&said)) {
		check_learning(text, len, &said);
	}
	stage_show_pedals_finish(&pedals);
	free(text);
	return 0;
}
