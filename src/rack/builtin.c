/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rack/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"

#define GAIN_MAX 4
#define LEVEL_MIN_DB (-120)
#define LEVEL_MAX_DB 24
#define SWITCH_MS 20 // for a gain from 0 to 1

static const struct stage_rack_builtin_value transpose_values[] = {
	{"octaves", 0, -8, 8},
	{"semitones", 0, -12, 12},
};

static const struct stage_rack_builtin_value channel_values[] = {
	{"channel", 1, 1, 16},
};

// In the order in which stage_rack_builtin_filter knows them.
static const struct stage_rack_builtin_value filter_values[] = {
	{"channel_1", 1, 0, 1},
	{"channel_2", 1, 0, 1},
	{"channel_3", 1, 0, 1},
	{"channel_4", 1, 0, 1},
	{"channel_5", 1, 0, 1},
	{"channel_6", 1, 0, 1},
	{"channel_7", 1, 0, 1},
	{"channel_8", 1, 0, 1},
	{"channel_9", 1, 0, 1},
	{"channel_10", 1, 0, 1},
	{"channel_11", 1, 0, 1},
	{"channel_12", 1, 0, 1},
	{"channel_13", 1, 0, 1},
	{"channel_14", 1, 0, 1},
	{"channel_15", 1, 0, 1},
	{"channel_16", 1, 0, 1},
	{"notes", 1, 0, 1},
	{"aftertouch", 1, 0, 1},
	{"controls", 1, 0, 1},
	{"programs", 1, 0, 1},
	{"pressure", 1, 0, 1},
	{"bend", 1, 0, 1},
};

static const struct stage_rack_builtin_value velocity_values[] = {
	{"gain", 1, 0, GAIN_MAX},
	{"notes", 1, 0, 1},
	{"aftertouch", 1, 0, 1},
	{"controls", 0, 0, 1},
};

static const struct stage_rack_builtin_value mono_values[] = {
	{"gain", 1, 0, GAIN_MAX},
};

static const struct stage_rack_builtin_value stereo_values[] = {
	{"gain", 1, 0, GAIN_MAX},
	{"left", 1, 0, 1},
	{"right", 1, 0, 1},
};

// Of a send, dB.
static const struct stage_rack_builtin_value level_values[] = {
	{"level", 0, LEVEL_MIN_DB, LEVEL_MAX_DB},
};

static const struct stage_rack_builtin_value return_values[] = {
	{"level", 0, LEVEL_MIN_DB, LEVEL_MAX_DB},
	{"wait", 0, 0, 1}, // 1: the sound waits for what was sent
};

_Static_assert(STAGE_COUNT_OF(filter_values) == STAGE_RACK_BUILTIN_VALUES_MAX,
	"this is the one with most");

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct stage_rack_builtin_run *self = calloc(1, sizeof(*self));

	(void)descriptor;
	(void)bundle;
	(void)features;
	if (self != NULL) {
		self->gains[0] = self->gains[1] = -1; // not known yet
		self->step = (float)(1000 / (SWITCH_MS * rate_hz));
	}
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct stage_rack_builtin_run *self = handle;

	if (port < STAGE_COUNT_OF(self->ports)) {
		self->ports[port] = data;
	}
}

static void
cleanup(LV2_Handle handle)
{
	free(handle);
}

#define DESCRIPTOR(name, function)                                             \
	static const LV2_Descriptor name##_descriptor = {                      \
		.URI = STAGE_RACK_BUILTIN_PREFIX,                              \
		.instantiate = instantiate,                                    \
		.connect_port = connect_port,                                  \
		.run = (function),                                             \
		.cleanup = cleanup,                                            \
	}

DESCRIPTOR(through, stage_rack_builtin_through);
DESCRIPTOR(transpose, stage_rack_builtin_transpose);
DESCRIPTOR(channel, stage_rack_builtin_channel);
DESCRIPTOR(filter, stage_rack_builtin_filter);
DESCRIPTOR(velocity, stage_rack_builtin_velocity);
DESCRIPTOR(mono, stage_rack_builtin_mono);
DESCRIPTOR(stereo, stage_rack_builtin_stereo);
DESCRIPTOR(level, stage_rack_builtin_level);
DESCRIPTOR(back, stage_rack_builtin_return);

static const struct stage_rack_builtin all[] = {
	{"builtin:midi-through", "MIDI through", NULL, 0,
		STAGE_RACK_BUILTIN_MIDI, &through_descriptor},
	{"builtin:midi-transpose", "MIDI transpose", transpose_values,
		STAGE_COUNT_OF(transpose_values), STAGE_RACK_BUILTIN_MIDI,
		&transpose_descriptor},
	{"builtin:midi-channel", "MIDI channel", channel_values,
		STAGE_COUNT_OF(channel_values), STAGE_RACK_BUILTIN_MIDI,
		&channel_descriptor},
	{"builtin:midi-filter", "MIDI filter", filter_values,
		STAGE_COUNT_OF(filter_values), STAGE_RACK_BUILTIN_MIDI,
		&filter_descriptor},
	{"builtin:midi-gain", "MIDI gain", velocity_values,
		STAGE_COUNT_OF(velocity_values), STAGE_RACK_BUILTIN_MIDI,
		&velocity_descriptor},
	{"builtin:gain", "Gain", mono_values, STAGE_COUNT_OF(mono_values),
		STAGE_RACK_BUILTIN_MONO, &mono_descriptor},
	{"builtin:stereo-gain", "Stereo gain", stereo_values,
		STAGE_COUNT_OF(stereo_values), STAGE_RACK_BUILTIN_STEREO,
		&stereo_descriptor},
	{"builtin:send", "Send", level_values, STAGE_COUNT_OF(level_values),
		STAGE_RACK_BUILTIN_SEND, &level_descriptor},
	{"builtin:return", "Return", return_values,
		STAGE_COUNT_OF(return_values), STAGE_RACK_BUILTIN_RETURN,
		&back_descriptor},
};

const struct stage_rack_builtin *
stage_rack_builtin_find(const char *uri)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(all); i++) {
		if (strcmp(all[i].uri, uri) == 0) {
			return &all[i];
		}
	}
	return NULL;
}

const struct stage_rack_builtin *
stage_rack_builtin_at(size_t index)
{
	return index < STAGE_COUNT_OF(all) ? &all[index] : NULL;
}

uint32_t
stage_rack_builtin_ports(const struct stage_rack_builtin *self)
{
	return self->way == STAGE_RACK_BUILTIN_STEREO ? 4 : 2;
}
