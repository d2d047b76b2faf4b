/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Which sound cards the kernel has, what they are called for ALSA, and which
 * device each of them is: from /proc/asound and /sys.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_CARDS_H
#define STAGE_JACKSERVER_CARDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "seq/device.h"

#define STAGE_CARDS_DIR "/proc/asound"
#define STAGE_CARD_DEVICE_MAX 64
#define STAGE_CARD_TITLE_MAX 96
#define STAGE_CARDS_MAX 32 // as many as the kernel has

#define STAGE_CARD_PCMS_MAX 16 // looked at

/** What /proc/asound says of one card, as the files are. */
struct stage_card {
	const char *id;
	const char *infos[STAGE_CARD_PCMS_MAX]; // of playback; NULL: none
};

/** The first playback PCM that is no screen, else the first of all; -1 when the
 * card does not play. Pure. */
int stage_card_pcm(const struct stage_card *card);

/** Writes the device of a card that plays, and is neither a screen nor a
 * loopback: "hw:ID", or "hw:ID,N" for another than its first PCM. False, with
 * device[size] "", for any other card. Pure. */
bool stage_card_device(
	const struct stage_card *card, char *device, size_t size);

/** Writes what ALSA calls a PCM of a card, "hw:ID" or "hw:ID,N". Pure. */
void stage_card_name(char *device, size_t size, const char *id, int pcm);

struct stage_sound_card {
	struct stage_seq_device is;       // its number, id and stable keys
	char title[STAGE_CARD_TITLE_MAX]; // for people; or ""
	int pcm;          // the one to play on; -1: it does not play
	bool is_recorder; // it records
	bool is_speaker;  // it plays, and may be taken without being named
	uint64_t life;    // another one when it is plugged in anew
};

struct stage_cards {
	struct stage_sound_card cards[STAGE_CARDS_MAX]; // by number
	size_t count;
};

/** Lists the cards. proc: STAGE_CARDS_DIR; sys: STAGE_SEQ_SYS_DIR, without
 * which only the id and the USB ids are known. */
void stage_cards_list(
	const char *proc, const char *sys, struct stage_cards *out);

#endif
