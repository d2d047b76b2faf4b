/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/pedals.h"

#include <stdio.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"

#define DEVICE_MAX 0x7e
#define NUMBER_MAX 127
#define PROGRAM_MAX 2097151 // with a bank of two bytes
#define SONG_MAX 100000
#define SOUND_FIRST 0x10
#define SOUND_LAST 0x1f
#define ALL_TYPES 0x7f

struct reading {
	struct stage_show_pedals *pedals;
};

static void
set_formats(struct stage_show_pedals *self, unsigned first, unsigned last)
{
	for (unsigned i = first; i <= last; i++) {
		self->formats[i] = true;
	}
}

void
stage_show_pedals_init(struct stage_show_pedals *self)
{
	memset(self, 0, sizeof(*self));
	self->program_channel = STAGE_SHOW_CHANNEL_ANY;
	self->msc_device = STAGE_SHOW_MSC_ALL;
	set_formats(self, SOUND_FIRST, SOUND_LAST);
	set_formats(self, ALL_TYPES, ALL_TYPES);
}

// Words.

static enum stage_status
take_number(const struct stage_conf_line *line, size_t at, int64_t min,
	int64_t max, int64_t *out, struct stage_err *err)
{
	return stage_num_parse(line->words[at], min, max, out, err) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, at, err);
}

// A channel, any, or, where it may be so, off.
static enum stage_status
take_channel(const struct stage_conf_line *line, size_t at, bool may_be_off,
	uint8_t *out, struct stage_err *err)
{
	int64_t channel = 0;
	enum stage_status status;

	if (strcmp(line->words[at], "any") == 0) {
		*out = STAGE_SHOW_CHANNEL_ANY;
		return STAGE_OK;
	}
	if (may_be_off && strcmp(line->words[at], "off") == 0) {
		*out = STAGE_SHOW_CHANNEL_OFF;
		return STAGE_OK;
	}
	status = take_number(line, at, 1, STAGE_SHOW_CHANNELS, &channel, err);
	*out = (uint8_t)channel;
	return status;
}

static const struct {
	const char *word;
	enum stage_show_midi_kind kind;
	int64_t max;
} kinds[] = {
	{"note", STAGE_SHOW_MIDI_NOTE, NUMBER_MAX},
	{"cc", STAGE_SHOW_MIDI_CC, NUMBER_MAX},
	{"program", STAGE_SHOW_MIDI_PROGRAM, PROGRAM_MAX},
};

static enum stage_status
take_kind(struct stage_show_pedal *pedal, const struct stage_conf_line *line,
	struct stage_err *err)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		int64_t number = 0;
		enum stage_status status;

		if (strcmp(kinds[i].word, line->words[0]) != 0) {
			continue;
		}
		pedal->kind = kinds[i].kind;
		status = take_number(line, 2, 0, kinds[i].max, &number, err);
		pedal->number = (uint32_t)number;
		return status;
	}
	return stage_conf_fail(line, 0, err,
		"\"%s\" is neither note, cc nor program", line->words[0]);
}

static bool
takes_number(enum stage_show_act act)
{
	return act == STAGE_SHOW_ACT_PLAY || act == STAGE_SHOW_ACT_SELECT;
}

static enum stage_status
take_act(struct stage_show_pedal *pedal, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int64_t number = 0;
	enum stage_status status;

	pedal->act = stage_show_act_from_word(line->words[3]);
	if (pedal->act == STAGE_SHOW_ACT_COUNT) {
		return stage_conf_fail(line, 3, err,
			"\"%s\" is nothing that a pedal may ask",
			line->words[3]);
	}
	if (!takes_number(pedal->act)) {
		return stage_conf_check_count(line, 4, 4, err);
	}
	status = stage_conf_check_count(line, 5, 5, err);
	if (status == STAGE_OK) {
		status = take_number(line, 4, 1, SONG_MAX, &number, err);
	}
	pedal->act_number = (long)number;
	return status;
}

static enum stage_status
read_pedal(struct stage_show_pedal *out, const struct stage_conf_line *line,
	struct stage_err *err)
{
	enum stage_status status = stage_conf_check_count(line, 4, 5, err);

	memset(out, 0, sizeof(*out));
	if (status == STAGE_OK) {
		status = take_kind(out, line, err);
	}
	if (status == STAGE_OK) {
		status = take_channel(line, 1, false, &out->channel, err);
	}
	return status == STAGE_OK ? take_act(out, line, err) : status;
}

// Lines.

static enum stage_status
take_map(struct reading *reading, const struct stage_conf_line *line,
	struct stage_err *err)
{
	struct stage_show_pedals *self = reading->pedals;
	struct stage_show_pedal pedal;
	enum stage_status status = read_pedal(&pedal, line, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (self->count == STAGE_SHOW_PEDALS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d lines map something",
			STAGE_SHOW_PEDALS_MAX);
	}
	self->items[self->count] = pedal;
	self->count++;
	return STAGE_OK;
}

static enum stage_status
take_program(struct reading *reading, const struct stage_conf_line *line,
	struct stage_err *err)
{
	enum stage_status status = stage_conf_check_count(line, 1, 1, err);

	return status == STAGE_OK
		       ? take_channel(line, 0, true,
				 &reading->pedals->program_channel, err)
		       : status;
}

// Each with the special ones below it, as RP-002 numbers them.
static const struct {
	const char *word;
	unsigned first, last;
} formats[] = {
	{"lighting", 0x01, 0x0f},
	{"sound", SOUND_FIRST, SOUND_LAST},
	{"machinery", 0x20, 0x2f},
	{"video", 0x30, 0x3f},
	{"projection", 0x40, 0x4f},
	{"process", 0x50, 0x5f},
	{"pyro", 0x60, 0x6f},
	{"all", ALL_TYPES, ALL_TYPES},
};

static enum stage_status
take_format(struct stage_show_pedals *self, const struct stage_conf_line *line,
	size_t at, struct stage_err *err)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(formats); i++) {
		if (strcmp(formats[i].word, line->words[at]) == 0) {
			set_formats(self, formats[i].first, formats[i].last);
			return STAGE_OK;
		}
	}
	return stage_conf_fail(line, at, err,
		"\"%s\" is no format: these are lighting, sound, machinery, "
		"video, projection, process, pyro and all",
		line->words[at]);
}

static enum stage_status
take_msc(struct reading *reading, const struct stage_conf_line *line,
	struct stage_err *err)
{
	struct stage_show_pedals fresh = *reading->pedals;
	int64_t device = STAGE_SHOW_MSC_ALL;
	enum stage_status status = stage_conf_check_count(
		line, 1, 1 + STAGE_COUNT_OF(formats), err);

	if (status == STAGE_OK && strcmp(line->words[0], "off") == 0) {
		device = STAGE_SHOW_DEVICE_OFF;
	} else if (status == STAGE_OK && strcmp(line->words[0], "any") != 0) {
		status = take_number(line, 0, 0, DEVICE_MAX, &device, err);
	}
	if (line->count > 1) {
		memset(fresh.formats, 0, sizeof(fresh.formats));
		set_formats(&fresh, ALL_TYPES, ALL_TYPES);
	}
	for (size_t i = 1; i < line->count && status == STAGE_OK; i++) {
		status = take_format(&fresh, line, i, err);
	}
	if (status == STAGE_OK) {
		fresh.msc_device = (uint8_t)device;
		*reading->pedals = fresh;
	}
	return status;
}

static enum stage_status
read_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	if (strcmp(line->key, "map") == 0) {
		return take_map(user, line, err);
	}
	if (strcmp(line->key, "program") == 0) {
		return take_program(user, line, err);
	}
	if (strcmp(line->key, "msc") == 0) {
		return take_msc(user, line, err);
	}
	return stage_conf_fail(line, STAGE_CONF_KEY, err,
		"a line begins with map, program or msc");
}

static bool
complain(const struct stage_err *why, void *user)
{
	struct reading *reading = user;

	(void)!stage_strv_add(&reading->pedals->complaints, why->text);
	return true;
}

enum stage_status
stage_show_pedals_parse(struct stage_show_pedals *out, const char *text,
	size_t len, const char *name)
{
	struct reading reading = {.pedals = out};
	const struct stage_conf_lenience lenience = {complain, &reading};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	stage_show_pedals_init(out);
	status = stage_conf_parse_all(
		text, len, name, read_line, &reading, &lenience, &err);
	if (status == STAGE_NO_MEMORY) {
		stage_show_pedals_finish(out);
		return status;
	}
	if (status != STAGE_OK) {
		complain(&err, &reading);
	}
	return STAGE_OK;
}

void
stage_show_pedals_finish(struct stage_show_pedals *self)
{
	if (self != NULL) {
		stage_strv_finish(&self->complaints);
		stage_show_pedals_init(self);
	}
}

// What is meant.

static bool
is_of(const struct stage_show_pedal *pedal,
	const struct stage_show_midi_said *said)
{
	return pedal->kind == said->kind && pedal->number == said->number &&
	       (pedal->channel == STAGE_SHOW_CHANNEL_ANY ||
		       pedal->channel == said->channel + 1);
}

static void
find_mapped(const struct stage_show_pedals *self,
	const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out)
{
	for (size_t i = self->count; i > 0 && !out->has_act; i--) {
		const struct stage_show_pedal *pedal = &self->items[i - 1];
		if (is_of(pedal, said)) {
			out->has_act = true;
			out->act = pedal->act;
			out->number = pedal->act_number;
		}
	}
}

static void
find_program(const struct stage_show_pedals *self,
	const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out)
{
	if (self->program_channel == STAGE_SHOW_CHANNEL_ANY ||
		self->program_channel == said->channel + 1) {
		out->is_song = true;
		out->program = said->number;
	} else {
		out->why = "programs of this channel are no songs";
	}
}

/* What a command does without a cue, and with one. */
static const struct {
	enum stage_show_msc command;
	enum stage_show_act plain, numbered;
} msc_acts[] = {
	{STAGE_SHOW_MSC_GO, STAGE_SHOW_ACT_GO, STAGE_SHOW_ACT_PLAY},
	{STAGE_SHOW_MSC_STOP, STAGE_SHOW_ACT_STOP, STAGE_SHOW_ACT_STOP},
	{STAGE_SHOW_MSC_RESUME, STAGE_SHOW_ACT_RESUME, STAGE_SHOW_ACT_RESUME},
	{STAGE_SHOW_MSC_LOAD, STAGE_SHOW_ACT_COUNT, STAGE_SHOW_ACT_SELECT},
	{STAGE_SHOW_MSC_ALL_OFF, STAGE_SHOW_ACT_PANIC, STAGE_SHOW_ACT_PANIC},
	{STAGE_SHOW_MSC_RESTORE, STAGE_SHOW_ACT_RESUME, STAGE_SHOW_ACT_RESUME},
	{STAGE_SHOW_MSC_RESET, STAGE_SHOW_ACT_RESET, STAGE_SHOW_ACT_RESET},
	{STAGE_SHOW_MSC_STANDBY_NEXT, STAGE_SHOW_ACT_SELECT_NEXT,
		STAGE_SHOW_ACT_SELECT_NEXT},
	{STAGE_SHOW_MSC_STANDBY_PREVIOUS, STAGE_SHOW_ACT_SELECT_PREVIOUS,
		STAGE_SHOW_ACT_SELECT_PREVIOUS},
	{STAGE_SHOW_MSC_NEXT, STAGE_SHOW_ACT_NEXT, STAGE_SHOW_ACT_NEXT},
	{STAGE_SHOW_MSC_PREVIOUS, STAGE_SHOW_ACT_PREVIOUS,
		STAGE_SHOW_ACT_PREVIOUS},
};

static void
find_msc_act(const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(msc_acts); i++) {
		enum stage_show_act act = said->number > 0
						  ? msc_acts[i].numbered
						  : msc_acts[i].plain;
		if (msc_acts[i].command != said->command ||
			act == STAGE_SHOW_ACT_COUNT) {
			continue;
		}
		out->has_act = true;
		out->act = act;
		out->number = takes_number(act) ? (long)said->number : 0;
	}
	out->why = "nothing of this command";
}

static void
find_msc(const struct stage_show_pedals *self,
	const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out)
{
	if (self->msc_device == STAGE_SHOW_DEVICE_OFF ||
		(self->msc_device != STAGE_SHOW_MSC_ALL &&
			said->device != self->msc_device &&
			said->device != STAGE_SHOW_MSC_ALL)) {
		out->why = "it is for another device";
	} else if (!self->formats[said->format & 0x7f]) {
		out->why = "it is of another format";
	} else if (said->has_part) {
		out->why = "a song has a whole number";
	} else {
		find_msc_act(said, out);
	}
}

void
stage_show_pedals_find(const struct stage_show_pedals *self,
	const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *out)
{
	memset(out, 0, sizeof(*out));
	out->why = "it asks nothing";
	switch (said->kind) {
	case STAGE_SHOW_MIDI_NOTE:
	case STAGE_SHOW_MIDI_CC:
	case STAGE_SHOW_MIDI_PROGRAM:
		out->why = "not mapped";
		find_mapped(self, said, out);
		if (!out->has_act && said->kind == STAGE_SHOW_MIDI_PROGRAM) {
			find_program(self, said, out);
		}
		break;
	case STAGE_SHOW_MIDI_MSC:
		find_msc(self, said, out);
		break;
	case STAGE_SHOW_MIDI_RELEASE:
		out->why = "a release";
		break;
	case STAGE_SHOW_MIDI_BANK:
		out->why = "for the program that comes";
		break;
	case STAGE_SHOW_MIDI_OTHER:
	case STAGE_SHOW_MIDI_MOVE:
	case STAGE_SHOW_MIDI_KIND_COUNT:
		break;
	}
}

// Learning.

bool
stage_show_pedals_can_learn(const struct stage_show_midi_said *said)
{
	return said->kind == STAGE_SHOW_MIDI_NOTE ||
	       said->kind == STAGE_SHOW_MIDI_CC ||
	       said->kind == STAGE_SHOW_MIDI_PROGRAM;
}

// Which lines are to go.
struct dropping {
	const struct stage_show_pedal *pedal; // like this one in kind, or
	enum stage_show_act act;              // COUNT: any
	long number;
	bool is_found;
};

static enum stage_status
look_at_line(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct dropping *dropping = user;
	const struct stage_show_pedal *like = dropping->pedal;
	struct stage_show_pedal pedal;

	if (strcmp(line->key, "map") != 0 ||
		read_pedal(&pedal, line, err) != STAGE_OK) {
		return STAGE_OK;
	}
	if (like != NULL) {
		dropping->is_found = pedal.kind == like->kind &&
				     pedal.channel == like->channel &&
				     pedal.number == like->number;
	} else {
		dropping->is_found = pedal.act == dropping->act &&
				     pedal.act_number == dropping->number;
	}
	return STAGE_OK;
}

// Appends what is to stay.
static enum stage_status
drop_lines(const char *text, size_t len, struct dropping *dropping,
	size_t *count, struct stage_str *out)
{
	const char *end = text + len;
	enum stage_status status = STAGE_OK;

	*count = 0;
	while (text < end && status == STAGE_OK) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		stop = stop != NULL ? stop + 1 : end;
		dropping->is_found = false;
		(void)!stage_conf_parse(text, (size_t)(stop - text), "",
			look_at_line, dropping, NULL);
		if (dropping->is_found) {
			(*count)++;
		} else {
			status = stage_str_append(
				out, text, (size_t)(stop - text));
		}
		text = stop;
	}
	return status;
}

static enum stage_status
add_line(struct stage_str *out, const struct stage_show_pedal *pedal)
{
	const char *word = "";
	char channel[8] = "any";
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < STAGE_COUNT_OF(kinds); i++) {
		word = kinds[i].kind == pedal->kind ? kinds[i].word : word;
	}
	if (pedal->channel != STAGE_SHOW_CHANNEL_ANY) {
		snprintf(channel, sizeof(channel), "%u", pedal->channel);
	}
	if (out->len > 0 && out->data[out->len - 1] != '\n') {
		status = stage_str_add(out, "\n");
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out, "map %s %s %u %s", word, channel,
			pedal->number, stage_show_act_word(pedal->act));
	}
	if (status == STAGE_OK && pedal->act_number > 0) {
		status = stage_str_addf(out, " %ld", pedal->act_number);
	}
	return status == STAGE_OK ? stage_str_add(out, "\n") : status;
}

enum stage_status
stage_show_pedals_learn(const char *text, size_t len,
	const struct stage_show_midi_said *said, enum stage_show_act act,
	long number, struct stage_str *out)
{
	const struct stage_show_pedal pedal = {
		.kind = said->kind,
		.channel = (uint8_t)(said->channel + 1),
		.number = said->number,
		.act = act,
		.act_number = takes_number(act) ? number : 0,
	};
	struct dropping dropping = {.pedal = &pedal};
	size_t before = out->len;
	size_t count = 0;
	enum stage_status status =
		drop_lines(text, len, &dropping, &count, out);

	if (status == STAGE_OK) {
		status = add_line(out, &pedal);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}

enum stage_status
stage_show_pedals_forget(const char *text, size_t len, enum stage_show_act act,
	long number, size_t *count, struct stage_str *out)
{
	struct dropping dropping = {
		.act = act, .number = takes_number(act) ? number : 0};
	size_t before = out->len;
	enum stage_status status = drop_lines(text, len, &dropping, count, out);

	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}
