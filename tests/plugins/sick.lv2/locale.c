/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* An LV2 plug-in that gives its host the user's way to write numbers, as those
 * with windows do. It passes on what comes in, and is none where the user's
 * numbers have no comma: a test would try nothing then. */

#include <locale.h>
#include <lv2/core/lv2.h>
#include <stdlib.h>
#include <string.h>

#define PORTS 3 // in, out, now

struct plugin {
	float *ports[PORTS];
};

static LV2_Handle
instantiate(const LV2_Descriptor *descriptor, double rate_hz,
	const char *bundle, const LV2_Feature *const *features)
{
	const char *name = setlocale(LC_NUMERIC, "");

	(void)descriptor;
	(void)rate_hz;
	(void)bundle;
	(void)features;
	return name != NULL && strcmp(name, "comma") == 0
		       ? calloc(1, sizeof(struct plugin))
		       : NULL;
}

static void
connect_port(LV2_Handle handle, uint32_t port, void *data)
{
	struct plugin *self = handle;

	if (port < PORTS) {
		self->ports[port] = data;
	}
}

static void
run(LV2_Handle handle, uint32_t frames)
{
	struct plugin *self = handle;

	memcpy(self->ports[1], self->ports[0], frames * sizeof(float));
}

LV2_SYMBOL_EXPORT const LV2_Descriptor *
lv2_descriptor(uint32_t index)
{
	static const LV2_Descriptor descriptor = {
		.URI = "http://stagecraft.example/test#locale",
		.instantiate = instantiate,
		.connect_port = connect_port,
		.run = run,
		.cleanup = free,
	};

	return index == 0 ? &descriptor : NULL;
}
