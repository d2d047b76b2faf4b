/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Picks sound cards from /proc/asound: those with playback that are neither
 * screens (HDMI, DisplayPort) nor loopbacks, USB ones first.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_CARDS_H
#define STAGE_JACKSERVER_CARDS_H

#include <stdbool.h>
#include <stddef.h>

#define STAGE_CARDS_DIR "/proc/asound"
#define STAGE_CARD_DEVICE_MAX 64
#define STAGE_CARDS_MAX 4 // that are listed

#define STAGE_CARD_PCMS_MAX 16 // looked at

/** What /proc/asound says of one card, as the files are. */
struct stage_card {
	const char *id;
	const char *infos[STAGE_CARD_PCMS_MAX]; // of playback; NULL: none
};

/** Writes the device of a card that plays, and is neither a screen nor a
 * loopback:
 * "hw:ID", or "hw:ID,N" for another than its first PCM. False, with
 * device[size]
 * "", for any other card. Pure. */
bool stage_card_device(
	const struct stage_card *card, char *device, size_t size);

struct stage_cards {
	char devices[STAGE_CARDS_MAX][STAGE_CARD_DEVICE_MAX];
	size_t count;
};

/** Lists the ALSA devices, "hw:ID" or "hw:ID,N", the best first: who plugs in a
 * USB interface means to play through it. None when there are none. */
void stage_cards_list(const char *dir, struct stage_cards *out);

#endif
