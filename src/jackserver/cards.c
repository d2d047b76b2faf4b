/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/cards.h"

#include <string.h>
#include <strings.h>

#include "base/io.h"
#include "base/str.h"

#define NUMBERS_MAX 32 // as many cards as the kernel has
#define FILE_MAX_BYTES 65536

// What the kernel lets an id be made of.
#define ID_CHARACTERS                                                          \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                           \
	"0123456789_-"

// In any case: a Raspberry Pi calls its screens vc4hdmi0 and vc4hdmi1.
static bool
has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	while (*text != '\0' && strncasecmp(text, word, len) != 0) {
		text++;
	}
	return *text != '\0';
}

// A screen, or what only leads back into the computer.
static bool
is_no_speaker(const char *text)
{
	return has_word(text, "hdmi") || has_word(text, "displayport") ||
	       has_word(text, "loopback");
}

static bool
is_wanted(const char *id, size_t len)
{
	return len > 0 &&
	       (id[len] == '\0' || id[len] == '\r' || id[len] == '\n') &&
	       !is_no_speaker(id);
}

// The first playback PCM that may be heard, STAGE_CARD_PCMS_MAX for none.
static int
find_pcm(const struct stage_card *card)
{
	int pcm = 0;

	while (pcm < STAGE_CARD_PCMS_MAX &&
		(card->infos[pcm] == NULL || is_no_speaker(card->infos[pcm]))) {
		pcm++;
	}
	return pcm;
}

bool
stage_card_device(const struct stage_card *card, char *device, size_t size)
{
	size_t len = strspn(card->id, ID_CHARACTERS);
	int pcm = find_pcm(card);

	device[0] = '\0';
	if (!is_wanted(card->id, len) || pcm == STAGE_CARD_PCMS_MAX) {
		return false;
	}
	return (pcm == 0 ? stage_format(
				   device, size, "hw:%.*s", (int)len, card->id)
			 : stage_format(device, size, "hw:%.*s,%d", (int)len,
				   card->id, pcm)) == STAGE_OK;
}

// Reads dir/cardN/rest. Gives NULL when it is not there.
static const char *
read_part(const char *dir, int card, const char *rest, struct stage_str *out)
{
	char path[STAGE_PATH_MAX];

	return stage_format(path, sizeof(path), "%s/card%d/%s", dir, card,
		       rest) == STAGE_OK &&
			       stage_io_read_file(path, FILE_MAX_BYTES, out,
				       NULL) == STAGE_OK
		       ? stage_str_text(out)
		       : NULL;
}

static bool
take_card(const char *dir, int number, char *device, size_t size)
{
	struct stage_card card = {.id = NULL};
	struct stage_str id = {0};
	struct stage_str infos[STAGE_CARD_PCMS_MAX] = {{0}};
	bool is_good = false;

	card.id = read_part(dir, number, "id", &id);
	for (int pcm = 0; card.id != NULL && pcm < STAGE_CARD_PCMS_MAX; pcm++) {
		char rest[32];
		if (stage_format(rest, sizeof(rest), "pcm%dp/info", pcm) ==
			STAGE_OK) {
			card.infos[pcm] =
				read_part(dir, number, rest, &infos[pcm]);
		}
	}
	is_good = card.id != NULL && stage_card_device(&card, device, size);
	stage_str_finish(&id);
	for (int pcm = 0; pcm < STAGE_CARD_PCMS_MAX; pcm++) {
		stage_str_finish(&infos[pcm]);
	}
	return is_good;
}

// The kernel's USB audio driver, and no other, says which device it is.
static bool
is_usb(const char *dir, int number)
{
	struct stage_str id = {0};
	bool is_there = read_part(dir, number, "usbid", &id) != NULL;

	stage_str_finish(&id);
	return is_there;
}

static void
add_cards(const char *dir, bool wants_usb, struct stage_cards *out)
{
	for (int number = 0;
		number < NUMBERS_MAX && out->count < STAGE_CARDS_MAX;
		number++) {
		if (is_usb(dir, number) == wants_usb &&
			take_card(dir, number, out->devices[out->count],
				sizeof(out->devices[0]))) {
			out->count++;
		}
	}
}

void
stage_cards_list(const char *dir, struct stage_cards *out)
{
	out->count = 0;
	add_cards(dir, true, out);
	add_cards(dir, false, out);
}
