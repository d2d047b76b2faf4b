/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/midi.h"

#include <stdio.h>
#include <string.h>

#include "base/attr.h"

#define SYSEX 0xf0
#define SYSEX_END 0xf7
#define BANK_HIGH 0
#define BANK_LOW 32
#define PRESSED 64 // and above, of a controller
#define CUE_DIGITS_MAX 6

// MSC: F0 7F DEVICE 02 FORMAT COMMAND DATA... F7
#define MSC_HEAD 6
#define MSC_REAL_TIME 0x7f
#define MSC_SHOW_CONTROL 0x02
#define MSC_TIME_BYTES 5 // of a timed go, before its cue

static size_t
system_length(const uint8_t *bytes, size_t len)
{
	size_t i = 1;

	switch (bytes[0]) {
	case SYSEX:
		while (i < len && bytes[i] < 0x80) {
			i++;
		}
		return i < len && bytes[i] == SYSEX_END ? i + 1 : 0;
	case 0xf1:
	case 0xf3:
		return 2;
	case 0xf2:
		return 3;
	case 0xf4:
	case 0xf5:
	case SYSEX_END:
		return 0;
	default:
		return 1;
	}
}

size_t
stage_show_midi_length(const uint8_t *bytes, size_t len)
{
	size_t size;

	if (len == 0 || bytes[0] < 0x80) {
		return 0;
	}
	if (bytes[0] >= SYSEX) {
		size = system_length(bytes, len);
	} else {
		size = (bytes[0] & 0xe0) == 0xc0 ? 2 : 3;
	}
	if (size > len) {
		return 0;
	}
	for (size_t i = 1; i < size && bytes[0] != SYSEX; i++) {
		if (bytes[i] >= 0x80) {
			return 0;
		}
	}
	return size;
}

// MIDI Show Control.

static const struct {
	enum stage_show_msc command;
	uint8_t byte;
	uint8_t skip; // bytes before the cue
	bool has_cue;
} commands[] = {
	{STAGE_SHOW_MSC_GO, 0x01, 0, true},
	{STAGE_SHOW_MSC_STOP, 0x02, 0, false},
	{STAGE_SHOW_MSC_RESUME, 0x03, 0, false},
	{STAGE_SHOW_MSC_GO, 0x04, MSC_TIME_BYTES, true}, // timed go
	{STAGE_SHOW_MSC_LOAD, 0x05, 0, true},
	{STAGE_SHOW_MSC_ALL_OFF, 0x08, 0, false},
	{STAGE_SHOW_MSC_RESTORE, 0x09, 0, false},
	{STAGE_SHOW_MSC_RESET, 0x0a, 0, false},
	{STAGE_SHOW_MSC_GO, 0x10, 0, true}, // go/jam clock
	{STAGE_SHOW_MSC_STANDBY_NEXT, 0x11, 0, false},
	{STAGE_SHOW_MSC_STANDBY_PREVIOUS, 0x12, 0, false},
	{STAGE_SHOW_MSC_NEXT, 0x13, 0, false},
	{STAGE_SHOW_MSC_PREVIOUS, 0x14, 0, false},
};

const char *
stage_show_msc_word(enum stage_show_msc command)
{
	static const char *const words[STAGE_SHOW_MSC_COUNT] = {"?", "go",
		"stop", "resume", "load", "all_off", "restore", "reset",
		"standby+", "standby-", "sequence+", "sequence-"};

	return (unsigned)command < STAGE_SHOW_MSC_COUNT ? words[command] : "?";
}

/* A cue is digits with points among them, up to a zero byte or the end; what
 * stands behind the zero, list and path, is not ours. "12" and "12.0" are 12.
 */
static void
take_cue(const uint8_t *bytes, size_t len, struct stage_show_midi_said *out)
{
	size_t i = 0;

	for (; i < len && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
		if (i >= CUE_DIGITS_MAX) {
			out->has_part = true;
			return;
		}
		out->number = out->number * 10 + (uint32_t)(bytes[i] - '0');
	}
	for (; i < len && (bytes[i] == '.' || bytes[i] == '0'); i++) {
		continue;
	}
	out->has_part =
		(i < len && bytes[i] != 0) || (i > 0 && out->number == 0);
}

static void
take_msc(const uint8_t *bytes, size_t len, struct stage_show_midi_said *out)
{
	out->kind = STAGE_SHOW_MIDI_MSC;
	out->device = bytes[2];
	out->format = bytes[4];
	for (size_t i = 0; i < STAGE_COUNT_OF(commands); i++) {
		size_t at = MSC_HEAD + commands[i].skip;
		if (commands[i].byte != bytes[5]) {
			continue;
		}
		out->command = commands[i].command;
		if (commands[i].has_cue && at < len - 1) {
			take_cue(bytes + at, len - 1 - at, out);
		}
	}
}

static bool
is_msc(const uint8_t *bytes, size_t len)
{
	return len > MSC_HEAD && bytes[0] == SYSEX &&
	       bytes[1] == MSC_REAL_TIME && bytes[3] == MSC_SHOW_CONTROL &&
	       bytes[len - 1] == SYSEX_END;
}

// Channel messages.

static void
take_controller(
	struct stage_show_midi_ear *self, struct stage_show_midi_said *out)
{
	uint8_t *last = &self->controllers[out->channel][out->number];
	uint8_t before = *last;
	bool was_pressed = before > PRESSED;
	bool is_pressed = out->value >= PRESSED;

	*last = (uint8_t)(out->value + 1);
	out->kind = STAGE_SHOW_MIDI_MOVE;
	if (is_pressed && (!was_pressed || before == *last)) {
		out->kind = STAGE_SHOW_MIDI_CC;
	} else if (!is_pressed && was_pressed) {
		out->kind = STAGE_SHOW_MIDI_RELEASE;
	}
	if (out->number == BANK_HIGH) {
		out->kind = STAGE_SHOW_MIDI_BANK;
		self->banks[out->channel].high = out->value;
	} else if (out->number == BANK_LOW) {
		out->kind = STAGE_SHOW_MIDI_BANK;
		self->banks[out->channel].low = out->value;
		self->banks[out->channel].has_low = true;
	}
}

static uint32_t
bank_of(const struct stage_show_midi_ear *self, uint8_t channel)
{
	uint32_t bank = self->banks[channel].high;

	return self->banks[channel].has_low
		       ? bank * 128 + self->banks[channel].low
		       : bank;
}

void
stage_show_midi_understand(struct stage_show_midi_ear *self,
	const uint8_t *bytes, size_t len, struct stage_show_midi_said *out)
{
	memset(out, 0, sizeof(*out));
	if (len == 0 || stage_show_midi_length(bytes, len) != len) {
		return;
	}
	if (is_msc(bytes, len)) {
		take_msc(bytes, len, out);
		return;
	}
	if (bytes[0] >= SYSEX) {
		return;
	}
	out->channel = bytes[0] & 0x0f;
	out->number = bytes[1];
	out->value = len > 2 ? bytes[2] : 0;
	switch (bytes[0] & 0xf0) {
	case 0x80:
		out->kind = STAGE_SHOW_MIDI_RELEASE;
		break;
	case 0x90:
		out->kind = out->value > 0 ? STAGE_SHOW_MIDI_NOTE
					   : STAGE_SHOW_MIDI_RELEASE;
		break;
	case 0xb0:
		take_controller(self, out);
		break;
	case 0xc0:
		out->kind = STAGE_SHOW_MIDI_PROGRAM;
		out->number += 128 * bank_of(self, out->channel);
		break;
	default:
		break;
	}
}

// For people.

static void
write_bytes(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < len && used + 4 < size; i++) {
		used += (size_t)snprintf(out + used, size - used, "%s%02X",
			i > 0 ? " " : "", bytes[i]);
	}
}

static void
write_channel(const uint8_t *bytes, size_t len, char *out, size_t size)
{
	static const char *const words[] = {"note off", "note", "key pressure",
		"cc", "program", "pressure", "bend"};
	const char *word = words[(bytes[0] >> 4) - 8];
	unsigned channel = (bytes[0] & 0x0fU) + 1;

	if (len > 2) {
		snprintf(out, size, "%s %u %u %u", word, channel, bytes[1],
			bytes[2]);
	} else {
		snprintf(out, size, "%s %u %u", word, channel, bytes[1]);
	}
}

void
stage_show_midi_write(const struct stage_show_midi_said *said,
	const uint8_t *bytes, size_t len, char *out, size_t size)
{
	char device[8] = "all";
	char number[16] = "";

	if (said->kind == STAGE_SHOW_MIDI_MSC &&
		said->command != STAGE_SHOW_MSC_OTHER && !said->has_part) {
		if (said->device != STAGE_SHOW_MSC_ALL) {
			snprintf(device, sizeof(device), "%u", said->device);
		}
		if (said->number > 0) {
			snprintf(number, sizeof(number), " %u", said->number);
		}
		snprintf(out, size, "msc %s %s%s", device,
			stage_show_msc_word(said->command), number);
	} else if (said->kind == STAGE_SHOW_MIDI_PROGRAM) {
		snprintf(out, size, "program %u %u", said->channel + 1U,
			said->number);
	} else if (len > 1 && len <= 3 && bytes[0] < SYSEX &&
		   bytes[0] >= 0x80) {
		write_channel(bytes, len, out, size);
	} else {
		write_bytes(bytes, len, out, size);
	}
}
