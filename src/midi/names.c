/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/names.h"

#include <stdio.h>
#include <string.h>

// Not isalnum: a2jmidid's answer for bytes above 127 is the C locale's.
static const char kept[] = "abcdefghijklmnopqrstuvwxyz"
			   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			   "0123456789/_:()[]-";

static char
map(char c)
{
	if (c != '\0' && strchr(kept, c) == NULL) {
		return ' ';
	}
	return c;
}

void
stage_midi_map_text(char *text)
{
	for (; *text != '\0'; text++) {
		*text = map(*text);
	}
}

bool
stage_midi_maps_same(const char *a, const char *b)
{
	while (*a != '\0' && map(*a) == map(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

void
stage_midi_device_name(
	const struct stage_midi_name *name, char *out, size_t size)
{
	char suffix[16] = "";

	if (name->ordinal > 1) {
		snprintf(suffix, sizeof(suffix), " #%u", name->ordinal);
	}
	snprintf(out, size, "%s", name->device);
	stage_midi_map_text(out);
	if (strlen(out) + strlen(suffix) < size) {
		memcpy(out + strlen(out), suffix, strlen(suffix) + 1);
	}
}

void
stage_midi_port_name(const struct stage_midi_name *name,
	enum stage_midi_direction direction, char *out)
{
	char device[STAGE_MIDI_NAME_MAX + 16];
	char port[STAGE_MIDI_NAME_MAX];
	char twin[16] = "";

	stage_midi_device_name(name, device, sizeof(device));
	snprintf(port, sizeof(port), "%s", name->port);
	stage_midi_map_text(port);
	if (name->twin > 1) {
		snprintf(twin, sizeof(twin), " (%u)", name->twin);
	}
	snprintf(out, STAGE_MIDI_PORT_NAME_MAX, "%s (%s): %s%s", device,
		stage_midi_direction_word(direction), port, twin);
}

const char *
stage_midi_direction_word(enum stage_midi_direction direction)
{
	return direction == STAGE_MIDI_CAPTURE ? "capture" : "playback";
}
