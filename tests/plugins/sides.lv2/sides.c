/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* LV2 plug-ins with ports beside the main ones, for the tests of racks:
 *
 *   key     stereo, with a stereo sidechain in a group of its own: puts out
 *           what comes in and twice what its sidechain hears
 *   duck    the same in mono; the sidechain is its first port, and says so by a
 *           property
 *   drums   16 outputs, each a hundredth of its number, times `level`
 *   direct  the same with 4, of which the last two are its main group
 *   spoilt  passes on to two outputs, of which one is none of the main ones; to
 *           that one NaN, while `spoilt` is 1
 *   volts   passes on what comes in, times a control voltage, and puts out
 *           twice that voltage
 *   patch   puts out a control voltage as another one, and has nothing else
 *   none    has no ports at all
 *   rate    passes on what comes in, times `part` of the sample rate, and times
 *           `plain`, which has no default; it has a port that needs no
 *           connection, of a kind that nobody knows
 *   smell   has one of that kind that needs one
 */

#include <lv2/core/lv2.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define PREFIX "http://stagecraft.example/sides#"
#define PORTS_MAX 17
#define DRUMS 16

struct plugin {
	float *ports[PORTS_MAX];
	double rate_hz;
};

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	struct plugin *self = calloc(1, sizeof(*self));

	(void)descriptor;
	(void)bundle;
	(void)features;
	if (self != NULL) {
		self->rate_hz = rate_hz;
	}
	return self;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < PORTS_MAX) {
		self->ports[port] = data;
	}
}

static void
cleanup(LV2_Handle handle)
{
	free(handle);
}

static void
add(float *out, const float *in, const float *key, uint32_t frames)
{
	for (uint32_t i = 0; i < frames; i++) {
		out[i] = in[i] + 2 * key[i];
	}
}

static void
run_key(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	add(self->ports[4], self->ports[0], self->ports[2], frames);
	add(self->ports[5], self->ports[1], self->ports[3], frames);
}

static void
run_duck(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	add(self->ports[2], self->ports[1], self->ports[0], frames);
}

static void
fill(struct plugin *self, uint32_t count, float level, uint32_t frames)
{
	for (uint32_t k = 0; k < count; k++) {
		for (uint32_t i = 0; i < frames; i++) {
			self->ports[k][i] = 0.01F * (float)(k + 1) * level;
		}
	}
}

static void
run_drums(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	fill(self, DRUMS, *self->ports[DRUMS], frames);
}

static void
run_direct(LV2_Handle handle, uint32_t frames)
{
	fill(handle, 4, 1, frames);
}

static void
run_spoilt(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i];
		self->ports[2][i] =
			*self->ports[3] > 0.5F ? NAN : self->ports[0][i];
	}
}

static void
run_volts(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i] * self->ports[2][i];
		self->ports[3][i] = 2 * self->ports[2][i];
	}
}

static void
run_patch(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i];
	}
}

static void
run_none(LV2_Handle handle, uint32_t frames)
{
	(void)handle;
	(void)frames;
}

static void
run_rate(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;
	float by = *self->ports[2] / (float)self->rate_hz * *self->ports[3];

	if (self->ports[4] != NULL) {
		abort(); // who connects it does not know what to
	}
	for (uint32_t i = 0; i < frames; i++) {
		self->ports[1][i] = self->ports[0][i] * by;
	}
}

static const LV2_Descriptor descriptors[] = {
	{PREFIX "key", instantiate, connect_port, NULL, run_key, NULL, cleanup,
		NULL},
	{PREFIX "duck", instantiate, connect_port, NULL, run_duck, NULL,
		cleanup, NULL},
	{PREFIX "drums", instantiate, connect_port, NULL, run_drums, NULL,
		cleanup, NULL},
	{PREFIX "direct", instantiate, connect_port, NULL, run_direct, NULL,
		cleanup, NULL},
	{PREFIX "spoilt", instantiate, connect_port, NULL, run_spoilt, NULL,
		cleanup, NULL},
	{PREFIX "volts", instantiate, connect_port, NULL, run_volts, NULL,
		cleanup, NULL},
	{PREFIX "patch", instantiate, connect_port, NULL, run_patch, NULL,
		cleanup, NULL},
	{PREFIX "none", instantiate, connect_port, NULL, run_none, NULL,
		cleanup, NULL},
	{PREFIX "rate", instantiate, connect_port, NULL, run_rate, NULL,
		cleanup, NULL},
	{PREFIX "smell", instantiate, connect_port, NULL, run_none, NULL,
		cleanup, NULL},
};

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	return index < sizeof(descriptors) / sizeof(descriptors[0])
		       ? &descriptors[index]
		       : NULL;
}
