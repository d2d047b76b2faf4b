/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Picks a sound card from /proc/asound: the first with playback that is
 * neither HDMI nor a loopback.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_JACKSERVER_CARDS_H
#define STAGE_JACKSERVER_CARDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_CARDS_DIR "/proc/asound"
#define STAGE_CARD_DEVICE_MAX 64

#define STAGE_CARD_PCMS_MAX 16 // looked at

/** What /proc/asound says of one card, as the files are. */
struct stage_card {
	const char *id;
	const char *infos[STAGE_CARD_PCMS_MAX]; // of playback; NULL: none
};

/** Writes the device of a card that plays, and is neither HDMI nor a loopback:
 * "hw:ID", or "hw:ID,N" for another than its first PCM. False, with
 * device[size]
 * "", for any other card. Pure. */
bool stage_card_device(
	const struct stage_card *card, char *device, size_t size);

/** Writes the ALSA device, "hw:ID" or "hw:ID,N", into device[size].
 *
 * Errors: STAGE_NOT_FOUND when there is none, with a sentence that says what
 * was looked at.
 */
STAGE_NODISCARD enum stage_status stage_cards_choose(
	const char *dir, char *device, size_t size, struct stage_err *err);

#endif
