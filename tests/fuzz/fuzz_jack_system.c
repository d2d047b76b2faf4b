/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "jackserver/cards.h"
#include "jackserver/realtime.h"

// "hw:ID" or "hw:ID,N", and the ID is that of the card.
static void
check_device(const struct stage_card *card, const char *device)
{
	const char *id = device + 3;
	size_t len = strcspn(id, ",");

	FUZZ_CHECK(strncmp(device, "hw:", 3) == 0);
	FUZZ_CHECK(len > 0 && strncmp(card->id, id, len) == 0);
	FUZZ_CHECK(strcspn(card->id, "\r\n") == len);
	if (id[len] == ',') {
		int pcm = atoi(id + len + 1);
		FUZZ_CHECK(pcm > 0 && pcm < STAGE_CARD_PCMS_MAX);
		FUZZ_CHECK(card->infos[pcm] != NULL);
		FUZZ_CHECK(strstr(card->infos[pcm], "HDMI") == NULL);
	}
	fuzz_check_text(device, strlen(device));
}

// The input is words: the id of a card, what is said of its PCMs ("" is none),
// and the last one again as /proc/PID/status.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_card card = {.id = ""};
	char device[STAGE_CARD_DEVICE_MAX];
	char tiny[6];
	struct fuzz_words words;

	fuzz_words_init(&words, NULL, data, size);
	if (words.argc > 0) {
		card.id = words.argv[0];
		FUZZ_CHECK(stage_realtime_locked_kb(
				   words.argv[words.argc - 1]) >= 0);
	}
	for (int i = 1; i < words.argc && i <= STAGE_CARD_PCMS_MAX; i++) {
		card.infos[i - 1] =
			words.argv[i][0] != '\0' ? words.argv[i] : NULL;
	}
	if (stage_card_device(&card, device, sizeof(device))) {
		check_device(&card, device);
	} else {
		FUZZ_CHECK(device[0] == '\0');
	}
	if (stage_card_device(&card, tiny, sizeof(tiny))) {
		check_device(&card, tiny);
	}
	fuzz_words_finish(&words);
	return 0;
}
