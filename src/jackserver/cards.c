/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/cards.h"

#include <string.h>

#include "base/io.h"
#include "base/str.h"

#define CARDS_MAX 32 // as many as the kernel has
#define FILE_MAX_BYTES 65536

// What the kernel lets an id be made of.
#define ID_CHARACTERS                                                          \
	"abcdefghijklmnopqrstuvwxyz"                                           \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"                                           \
	"0123456789_-"

static bool
is_wanted(const char *id, size_t len)
{
	return len > 0 &&
	       (id[len] == '\0' || id[len] == '\r' || id[len] == '\n') &&
	       !stage_starts_with(id, "Loopback") &&
	       !stage_starts_with(id, "HDMI");
}

// The first playback PCM that is no HDMI output, STAGE_CARD_PCMS_MAX for none.
static int
find_pcm(const struct stage_card *card)
{
	int pcm = 0;

	while (pcm < STAGE_CARD_PCMS_MAX &&
		(card->infos[pcm] == NULL ||
			strstr(card->infos[pcm], "HDMI") != NULL ||
			strstr(card->infos[pcm], "DisplayPort") != NULL)) {
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

enum stage_status
stage_cards_choose(
	const char *dir, char *device, size_t size, struct stage_err *err)
{
	for (int card = 0; card < CARDS_MAX; card++) {
		if (take_card(dir, card, device, size)) {
			return STAGE_OK;
		}
	}
	return stage_err_set(err, STAGE_NOT_FOUND,
		"%s lists no sound card that plays, other than HDMI and "
		"loopbacks",
		dir);
}
