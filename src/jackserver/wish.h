/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** A sound card that is wished for: one line `jack.device` of rig.conf. It
 *names a device by what stays when it is plugged in elsewhere, later, or beside
 * another; never by the card's number.
 *
 *	serial:00123          the serial number of a USB device
 *	path:0000:00:14.0-1.2 where it is plugged in
 *	usb:1235:8210         maker and product of a USB device
 *	id:PCH, hw:PCH,2      the card's id, and which of its PCMs
 *	auto                  any that plays, but screens and loopbacks
 *	NAME                  anything else: a name that ALSA's own files give
 *
 * A line may have several of the keys, of one device: the first that fits one
 * card alone decides.
 *
 * Thread: any. Pure.
 */

#ifndef STAGE_JACKSERVER_WISH_H
#define STAGE_JACKSERVER_WISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "jackserver/cards.h"

#define STAGE_WISHES_MAX 16
#define STAGE_WISH_NAME_MAX 128

struct stage_wish {
	bool is_auto;
	char name[STAGE_WISH_NAME_MAX]; // of ALSA; "": keys, or auto
	char serial[STAGE_SEQ_SERIAL_MAX];
	char place[STAGE_SEQ_PLACE_MAX];
	char id[STAGE_SEQ_ID_MAX];
	bool has_usb; // vid and pid are wanted
	uint16_t vid, pid;
	int pcm; // of the card; -1: the one to play on
};

/** Reads the words of a line. Errors: STAGE_BAD_INPUT, *wrong then is the index
 * of the word. */
STAGE_NODISCARD enum stage_status stage_wish_parse(const char *const *words,
	size_t count, struct stage_wish *out, size_t *wrong,
	struct stage_err *err);

/** The wish for a card, with all the keys that it has. */
void stage_wish_for_card(
	const struct stage_sound_card *card, struct stage_wish *out);

/** The wish for what a user has typed: the id of a card that is there, keys, or
 * a name of ALSA's. Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG, with a sentence,
 * for a card's number, too, and for what is nearly an id. */
STAGE_NODISCARD enum stage_status stage_wish_for_words(
	const struct stage_cards *cards, const char *text,
	struct stage_wish *out, struct stage_err *err);

/** Appends the wish as its words, as a line of rig.conf has them behind the
 * key. Errors: STAGE_NO_MEMORY, STAGE_BAD_INPUT when no file can hold it. */
STAGE_NODISCARD enum stage_status stage_wish_write(
	const struct stage_wish *self, struct stage_str *out);

/** Writes what to call it in a sentence: its strongest key, or its name. */
void stage_wish_words(const struct stage_wish *self, char *out, size_t size);

/** What a card was found by. */
enum stage_wish_key {
	STAGE_WISH_SERIAL,
	STAGE_WISH_PLACE,
	STAGE_WISH_USB,
	STAGE_WISH_ID,
	STAGE_WISH_NAME,
	STAGE_WISH_AUTO,
	STAGE_WISH_KEY_COUNT,
};

/** "serial", "path", "usb", "id", "name", "auto". */
const char *stage_wish_key_word(enum stage_wish_key key);

/** A device that a wish leads to, now. */
struct stage_candidate {
	char device[STAGE_WISH_NAME_MAX]; // for ALSA
	int card;                         // index; -1: what ALSA's files say
	int number;                       // the kernel's; -1 likewise
	uint64_t life;                    // of the card
	size_t wish;                      // index; 0 without wishes
	enum stage_wish_key key;
	bool has_twins; // it is one of several that fit, by their places
};

#define STAGE_CANDIDATES_MAX (STAGE_CARDS_MAX + STAGE_WISHES_MAX)

struct stage_candidates {
	struct stage_candidate items[STAGE_CANDIDATES_MAX];
	size_t count;
};

/** Lists what the wishes lead to, the best first, each card once. No wishes are
 * as `auto`, which takes USB cards before others: who plugs in an interface
 * means to play through it. */
void stage_wishes_match(const struct stage_wish *wishes, size_t count,
	const struct stage_cards *cards, struct stage_candidates *out);

#endif
