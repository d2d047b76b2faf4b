/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/pulse.h"

#include <stdio.h>
#include <string.h>

#define MILLION 1000000

void
stage_show_pulse_init(
	struct stage_show_pulse *self, struct stage_show_jack *jack)
{
	memset(self, 0, sizeof(*self));
	self->jack = jack;
	self->tempo = (struct stage_show_tempo){
		STAGE_SHOW_BPM_DEFAULT * MILLION, 4, 4};
	self->by = STAGE_SHOW_TIMEBASE_OURS;
}

static void
tell(struct stage_show_pulse *self, enum stage_show_tempo_at at)
{
	stage_show_jack_tempo(self->jack, &self->tempo, at,
		self->by == STAGE_SHOW_TIMEBASE_OURS);
}

// A song without a tempo goes on with that of the one before, in four.
static void
take_conf(
	struct stage_show_pulse *self, const struct stage_show_song_conf *conf)
{
	if (conf->tempo_bpm > 0) {
		self->tempo.micro_bpm =
			(uint32_t)(conf->tempo_bpm * MILLION + 0.5);
	}
	self->tempo.beats = conf->beats > 0 ? (uint16_t)conf->beats : 4;
	self->tempo.beat_type =
		conf->beat_type > 0 ? (uint16_t)conf->beat_type : 4;
}

void
stage_show_pulse_song(struct stage_show_pulse *self,
	const struct stage_show_song_conf *conf, bool is_old)
{
	self->taps.count = 0;
	self->by = conf != NULL ? conf->timebase : STAGE_SHOW_TIMEBASE_OURS;
	if (conf != NULL && !is_old) {
		take_conf(self, conf);
	}
	tell(self, STAGE_SHOW_TEMPO_SONG);
	if (!is_old && self->by != STAGE_SHOW_TIMEBASE_NONE) {
		stage_show_jack_locate(self->jack);
	}
}

void
stage_show_pulse_tap(struct stage_show_pulse *self, int64_t at_ns)
{
	if (stage_show_tap(&self->taps, at_ns, &self->tempo.micro_bpm)) {
		tell(self, STAGE_SHOW_TEMPO_NOW);
	}
}

void
stage_show_pulse_roll(
	struct stage_show_pulse *self, enum stage_show_rolling rolling)
{
	stage_show_jack_roll(self->jack, rolling == STAGE_SHOW_ROLLING_RESUME);
	if (rolling == STAGE_SHOW_ROLLING_STOP) {
		stage_show_jack_locate(self->jack);
	}
}

void
stage_show_pulse_set(struct stage_show_pulse *self,
	const struct stage_show_tempo *tempo, enum stage_show_tempo_at at)
{
	if (tempo->micro_bpm > 0) {
		self->tempo.micro_bpm = tempo->micro_bpm;
	}
	if (tempo->beats > 0) {
		self->tempo.beats = tempo->beats;
		self->tempo.beat_type = tempo->beat_type;
	}
	self->taps.count = 0;
	tell(self, at);
}

static const char *
word_of(enum stage_show_timebase_by by)
{
	static const char *const words[STAGE_SHOW_TIMEBASE_COUNT] = {
		[STAGE_SHOW_TIMEBASE_OURS] = "ours",
		[STAGE_SHOW_TIMEBASE_CLIENT] = "client",
		[STAGE_SHOW_TIMEBASE_NONE] = "none",
	};

	return words[by];
}

json_t *
stage_show_pulse_view(const struct stage_show_pulse *self)
{
	struct stage_show_jack_view view;

	stage_show_jack_view(self->jack, &view);
	return json_pack("{s:f, s:i, s:i, s:s, s:b, s:b}", "bpm",
		(double)self->tempo.micro_bpm / MILLION, "beats",
		self->tempo.beats, "beat_type", self->tempo.beat_type,
		"timebase", word_of(self->by), "master", (int)view.is_master,
		"rolling", (int)view.is_rolling);
}

json_t *
stage_show_pulse_write(const struct stage_show_pulse *self)
{
	return json_pack("{s:I, s:i, s:i}", "micro_bpm",
		(json_int_t)self->tempo.micro_bpm, "beats", self->tempo.beats,
		"beat_type", self->tempo.beat_type);
}

static bool
read_number(const json_t *journal, const char *key, json_int_t min,
	json_int_t max, json_int_t *out)
{
	*out = json_integer_value(json_object_get(journal, key));
	return *out >= min && *out <= max;
}

void
stage_show_pulse_read(struct stage_show_pulse *self, const json_t *journal)
{
	json_int_t bpm;
	json_int_t beats;
	json_int_t type;

	if (read_number(journal, "micro_bpm",
		    (json_int_t)STAGE_SHOW_BPM_MIN * MILLION,
		    (json_int_t)STAGE_SHOW_BPM_MAX * MILLION, &bpm) &&
		read_number(
			journal, "beats", 1, STAGE_SHOW_BEATS_MAX, &beats) &&
		read_number(
			journal, "beat_type", 1, STAGE_SHOW_BEATS_MAX, &type)) {
		self->tempo = (struct stage_show_tempo){
			(uint32_t)bpm, (uint16_t)beats, (uint16_t)type};
	}
}
