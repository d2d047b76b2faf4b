/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/codec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"

static void
check(const snd_seq_event_t *event, const char *messages, size_t len)
{
	struct stage_midi_decoded out;
	uint8_t all[16];
	size_t at = 0;

	stage_midi_decode(event, false, &out);
	for (size_t i = 0; i < out.count; i++) {
		memcpy(all + at, out.messages[i], out.lens[i]);
		at += out.lens[i];
	}
	assert_int_equal(at, len);
	assert_memory_equal(all, messages, len);
}

#define CHECK(event, text) check(event, text, sizeof(text) - 1)

static void
wide_events_are_split(void **state)
{
	snd_seq_event_t event = {.type = SND_SEQ_EVENT_NONREGPARAM};
	(void)state;

	event.data.control = (snd_seq_ev_ctrl_t){
		.channel = 1, .param = 0x12c, .value = 0x1234};
	CHECK(&event, "\xb1\x63\x02\xb1\x62\x2c\xb1\x06\x24\xb1\x26\x34");
	event.type = SND_SEQ_EVENT_REGPARAM;
	CHECK(&event, "\xb1\x65\x02\xb1\x64\x2c\xb1\x06\x24\xb1\x26\x34");
	event.type = SND_SEQ_EVENT_CONTROL14;
	event.data.control.param = 7;
	event.data.control.value = 0x1f40;
	CHECK(&event, "\xb1\x07\x3e\xb1\x27\x40");
	event.data.control.param = 64;
	event.data.control.value = 127;
	CHECK(&event, "\xb1\x40\x7f");
}

static void
note_ons_without_velocity_are_offs_unless_passed(void **state)
{
	snd_seq_event_t event = {.type = SND_SEQ_EVENT_NOTEON};
	struct stage_midi_decoded out;
	(void)state;

	event.data.note = (snd_seq_ev_note_t){.channel = 2, .note = 60};
	CHECK(&event, "\x82\x3c\x40");
	stage_midi_decode(&event, true, &out);
	assert_int_equal(out.messages[0][0], 0x92);
	assert_int_equal(out.messages[0][2], 0);
}

// Every message that there is goes through both and is the same.
static void
all_messages_survive_both_ways(void **state)
{
	size_t count = 0;
	(void)state;

	for (unsigned status = 0x80; status < 0x100; status++) {
		const uint8_t bytes[3] = {(uint8_t)status, 0x15, 0x6a};
		snd_seq_event_t event;
		memset(&event, 0, sizeof(event));
		for (size_t len = 1; len <= 3; len++) {
			struct stage_midi_decoded out;
			if (!stage_midi_encode(bytes, len, &event)) {
				continue;
			}
			count++;
			stage_midi_decode(&event, false, &out);
			assert_int_equal(out.count, 1);
			assert_int_equal(out.lens[0], len);
			assert_memory_equal(out.messages[0], bytes, len);
		}
	}
	assert_int_equal(count, 7 * 16 + 3 + 7);
}

static void
what_is_no_message_is_refused(void **state)
{
	static const uint8_t bytes[] = {0x90, 0x3c, 0x80, 0x40};
	snd_seq_event_t event = {.type = SND_SEQ_EVENT_PORT_START};
	struct stage_midi_decoded out;
	(void)state;

	assert_false(stage_midi_encode(bytes, 0, &event));
	assert_false(stage_midi_encode(bytes, 2, &event));
	assert_false(stage_midi_encode(bytes, 3, &event));
	assert_false(stage_midi_encode(bytes, 4, &event));
	assert_false(stage_midi_encode(bytes + 1, 1, &event));
	stage_midi_decode(&event, false, &out);
	assert_int_equal(out.count, 0);
}

static void
bends_have_their_middle(void **state)
{
	const uint8_t bytes[] = {0xe0, 0x00, 0x40};
	snd_seq_event_t event = {.type = 0};
	(void)state;

	assert_true(stage_midi_encode(bytes, 3, &event));
	assert_int_equal(event.data.control.value, 0);
	CHECK(&event, "\xe0\x00\x40");
	event.data.control.value = -8192;
	CHECK(&event, "\xe0\x00\x00");
	event.data.control.value = 8191;
	CHECK(&event, "\xe0\x7f\x7f");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wide_events_are_split),
		cmocka_unit_test(
			note_ons_without_velocity_are_offs_unless_passed),
		cmocka_unit_test(all_messages_survive_both_ways),
		cmocka_unit_test(what_is_no_message_is_refused),
		cmocka_unit_test(bends_have_their_middle),
	};

	return cmocka_run_group_tests_name("midi/codec", tests, NULL, NULL);
}
