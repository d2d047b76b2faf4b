/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_midi.h"

#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/str.h"

#define FIRST 3 // word behind "cue WHEN midi KIND"
#define DATA_MAX 127
#define BANK_MAX 16383
#define CHANNELS 16
#define CUE_MAX 20  // bytes of a cue's number
#define MSC_ALL 127 // devices

enum {
	NOTE_OFF = 0x80,
	NOTE_ON = 0x90,
	CONTROL = 0xb0,
	PROGRAM = 0xc0,
	SYSEX = 0xf0,
	SYSEX_END = 0xf7,
	REAL_TIME = 0x7f, // universal
	SHOW_CONTROL = 0x02,
	BANK_COARSE = 0,
	BANK_FINE = 32,
};

struct word {
	const char *name;
	uint8_t value;
};

static const struct word formats[] = {
	{"lighting", 0x01},
	{"sound", 0x10},
	{"machinery", 0x20},
	{"video", 0x30},
	{"projection", 0x40},
	{"process", 0x50},
	{"pyro", 0x60},
	{"all", 0x7f},
};

static const struct word commands[] = {
	{"go", 0x01},
	{"stop", 0x02},
	{"resume", 0x03},
	{"load", 0x05},
	{"all_off", 0x08},
	{"restore", 0x09},
	{"reset", 0x0a},
	{"go_off", 0x0b},
};

static void
put(struct stage_show_cue *cue, int byte)
{
	cue->bytes[cue->len++] = (uint8_t)byte;
}

static enum stage_status
number(const struct stage_conf_line *line, size_t at, int64_t min, int64_t max,
	int *out, struct stage_err *err)
{
	int64_t value = 0;

	if (at >= line->count) {
		return stage_conf_fail(line, at, err,
			"a number is missing here, from %d to %d", (int)min,
			(int)max);
	}
	if (stage_num_parse(line->words[at], min, max, &value, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	*out = (int)value;
	return STAGE_OK;
}

static enum stage_status
channel_and_data(const struct stage_conf_line *line, size_t count, int out[3],
	struct stage_err *err)
{
	enum stage_status status =
		number(line, FIRST, 1, CHANNELS, &out[0], err);

	out[0]--;
	for (size_t i = 1; i <= count && status == STAGE_OK; i++) {
		status = number(line, FIRST + i, 0, DATA_MAX, &out[i], err);
	}
	return status;
}

static void
put_control(struct stage_show_cue *cue, int channel, int control, int value)
{
	put(cue, CONTROL | channel);
	put(cue, control);
	put(cue, value);
}

// CHANNEL PROGRAM [BANK]
static enum stage_status
take_pc(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int data[3] = {0};
	int bank = 0;
	enum stage_status status = channel_and_data(line, 1, data, err);

	if (status == STAGE_OK && line->count > FIRST + 2) {
		status = number(line, FIRST + 2, 0, BANK_MAX, &bank, err);
		put_control(cue, data[0], BANK_COARSE, bank >> 7);
		put_control(cue, data[0], BANK_FINE, bank & DATA_MAX);
	}
	put(cue, PROGRAM | data[0]);
	put(cue, data[1]);
	return status;
}

// CHANNEL NUMBER VALUE
static enum stage_status
take_cc(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int data[3] = {0};
	enum stage_status status = channel_and_data(line, 2, data, err);

	put_control(cue, data[0] & 15, data[1], data[2]);
	return status;
}

// CHANNEL KEY VELOCITY; a velocity of 0 ends the note
static enum stage_status
take_note(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int data[3] = {0};
	enum stage_status status = channel_and_data(line, 2, data, err);

	put(cue, (data[2] > 0 ? NOTE_ON : NOTE_OFF) | (data[0] & 15));
	put(cue, data[1]);
	put(cue, data[2]);
	return status;
}

static enum stage_status
put_word(struct stage_show_cue *cue, const struct stage_conf_line *line,
	size_t at, const struct word *words, size_t count,
	struct stage_err *err)
{
	struct stage_str list = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; at < line->count && i < count; i++) {
		if (strcmp(words[i].name, line->words[at]) == 0) {
			put(cue, words[i].value);
			return STAGE_OK;
		}
	}
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = stage_str_addf(
			&list, i > 0 ? ", %s" : "%s", words[i].name);
	}
	status = stage_conf_fail(
		line, at, err, "here stands one of %s", stage_str_text(&list));
	stage_str_finish(&list);
	return status;
}

// The number of a cue or a list, such as "12.5", as it is.
static enum stage_status
put_cue(struct stage_show_cue *cue, const struct stage_conf_line *line,
	size_t at, struct stage_err *err)
{
	const char *text = line->words[at];
	size_t len = strlen(text);

	if (len == 0 || len > CUE_MAX || strspn(text, "0123456789.") != len) {
		return stage_conf_fail(line, at, err,
			"\"%.40s\" is no number of a cue such as 12.5", text);
	}
	memcpy(cue->bytes + cue->len, text, len);
	cue->len += len;
	return STAGE_OK;
}

// DEVICE FORMAT COMMAND [CUE [LIST]]
static enum stage_status
take_msc(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int device = MSC_ALL;
	enum stage_status status = STAGE_OK;

	if (line->count <= FIRST || strcmp(line->words[FIRST], "all") != 0) {
		status = number(line, FIRST, 0, MSC_ALL, &device, err);
	}
	put(cue, SYSEX);
	put(cue, REAL_TIME);
	put(cue, device);
	put(cue, SHOW_CONTROL);
	if (status == STAGE_OK) {
		status = put_word(cue, line, FIRST + 1, formats,
			STAGE_COUNT_OF(formats), err);
	}
	if (status == STAGE_OK) {
		status = put_word(cue, line, FIRST + 2, commands,
			STAGE_COUNT_OF(commands), err);
	}
	for (size_t i = FIRST + 3; i < line->count && status == STAGE_OK; i++) {
		if (i > FIRST + 3) {
			put(cue, 0);
		}
		status = put_cue(cue, line, i, err);
	}
	put(cue, SYSEX_END);
	return status;
}

static const struct {
	const char *name;
	enum stage_status (*take)(struct stage_show_cue *cue,
		const struct stage_conf_line *line, struct stage_err *err);
	size_t words; // with all there may be
	const char *form;
} kinds[] = {
	{"pc", take_pc, 3, "CHANNEL PROGRAM [BANK]"},
	{"cc", take_cc, 3, "CHANNEL NUMBER VALUE"},
	{"note", take_note, 3, "CHANNEL KEY VELOCITY"},
	{"msc", take_msc, 5, "DEVICE FORMAT COMMAND [CUE [LIST]]"},
};

enum stage_status
stage_show_cue_take_midi(struct stage_show_cue *cue,
	const struct stage_conf_line *line, struct stage_err *err)
{
	const char *word = line->words[FIRST - 1];

	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		if (strcmp(kinds[i].name, word) != 0) {
			continue;
		}
		return line->count <= FIRST + kinds[i].words
			       ? kinds[i].take(cue, line, err)
			       : stage_conf_fail(line, FIRST + kinds[i].words,
					 err, "write midi %s %s", word,
					 kinds[i].form);
	}
	return stage_conf_fail(line, FIRST - 1, err,
		"\"%s\" is neither pc, cc, note nor msc", word);
}

#define STATUS 0xf0      // the bits that tell a kind of message
#define CONTROL 0xb0     // control change
#define PROGRAM 0xc0     // program change
#define MSC_COMMAND_AT 5 // RP-002: F0 7F DEVICE 02 FORMAT COMMAND ... F7
#define MSC_GO 1
#define MSC_BARE 7 // bytes of a message that names no cue

bool
stage_show_cue_midi_is_state(const uint8_t *bytes, size_t len)
{
	if (len > MSC_BARE && bytes[0] == SYSEX) {
		return bytes[MSC_COMMAND_AT] == MSC_GO;
	}
	for (size_t i = 0; i < len; i++) {
		unsigned kind = bytes[i] & STATUS;

		if (bytes[i] >= 0x80 && kind != CONTROL && kind != PROGRAM) {
			return false;
		}
	}
	return true;
}
