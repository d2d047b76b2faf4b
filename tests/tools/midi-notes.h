/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* What jack-midi and seq-midi play: notes that can be told apart, and dumps.
 * Tests know both by heart. */

#ifndef MIDI_NOTES_H
#define MIDI_NOTES_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NOTE_BYTES 3
#define HEX_MAX 256 // bytes that a line may have

static inline void
midi_note(unsigned long number, uint8_t note[NOTE_BYTES])
{
	note[0] = 0x90;
	note[1] = (uint8_t)(number / 127 % 128);
	note[2] = (uint8_t)(1 + number % 127);
}

// Owned by the caller; NULL when there is no such dump.
static inline uint8_t *
midi_dump(size_t size)
{
	uint8_t *dump = size < 2 ? NULL : malloc(size);

	for (size_t i = 0; dump != NULL && i < size; i++) {
		dump[i] = (uint8_t)(i * 7 % 128);
	}
	if (dump != NULL) {
		dump[0] = 0xf0;
		dump[size - 1] = 0xf7;
	}
	return dump;
}

// "90 3c 40", which is cut into words; returns how many bytes that are.
static inline size_t
midi_from_hex(char *text, uint8_t bytes[HEX_MAX])
{
	size_t count = 0;

	for (char *word = strtok(text, " "); word != NULL && count < HEX_MAX;
		word = strtok(NULL, " ")) {
		bytes[count++] = (uint8_t)strtoul(word, NULL, 16);
	}
	return count;
}

#endif
