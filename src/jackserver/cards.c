/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/cards.h"

#include <string.h>

#include "base/io.h"
#include "base/str.h"

#define CARDS_MAX 32 // as many as the kernel has
#define PCMS_MAX 16  // looked at, a card
#define FILE_MAX_BYTES 65536

// Reads dir/cardN/rest. Returns false when it is not there.
static bool
read_part(const char *dir, int card, const char *rest, struct stage_str *out)
{
	char path[STAGE_PATH_MAX];

	stage_str_clear(out);
	return stage_format(path, sizeof(path), "%s/card%d/%s", dir, card,
		       rest) == STAGE_OK &&
	       stage_io_read_file(path, FILE_MAX_BYTES, out, NULL) == STAGE_OK;
}

static void
cut_line(struct stage_str *text)
{
	if (text->data != NULL) {
		text->data[strcspn(text->data, "\r\n")] = '\0';
	}
}

// The first playback PCM of a card that is no HDMI output, -1 for none.
static int
find_pcm(const char *dir, int card, struct stage_str *scratch)
{
	for (int pcm = 0; pcm < PCMS_MAX; pcm++) {
		char rest[32];
		if (stage_format(rest, sizeof(rest), "pcm%dp/info", pcm) ==
				STAGE_OK &&
			read_part(dir, card, rest, scratch) &&
			strstr(stage_str_text(scratch), "HDMI") == NULL &&
			strstr(stage_str_text(scratch), "DisplayPort") ==
				NULL) {
			return pcm;
		}
	}
	return -1;
}

static bool
is_wanted(const char *id)
{
	return id[0] != '\0' && !stage_starts_with(id, "Loopback") &&
	       !stage_starts_with(id, "HDMI");
}

enum stage_status
stage_cards_choose(
	const char *dir, char *device, size_t size, struct stage_err *err)
{
	enum stage_status status = STAGE_NOT_FOUND;
	struct stage_str id = {0};
	struct stage_str scratch = {0};

	for (int card = 0; card < CARDS_MAX && status != STAGE_OK; card++) {
		int pcm;
		if (!read_part(dir, card, "id", &id)) {
			continue;
		}
		cut_line(&id);
		if (!is_wanted(stage_str_text(&id))) {
			continue;
		}
		pcm = find_pcm(dir, card, &scratch);
		if (pcm == 0) {
			status = stage_format(
				device, size, "hw:%s", stage_str_text(&id));
		} else if (pcm > 0) {
			status = stage_format(device, size, "hw:%s,%d",
				stage_str_text(&id), pcm);
		}
	}
	stage_str_finish(&id);
	stage_str_finish(&scratch);
	if (status != STAGE_OK) {
		return stage_err_set(err, STAGE_NOT_FOUND,
			"%s lists no sound card that plays, other than HDMI "
			"and loopbacks",
			dir);
	}
	return STAGE_OK;
}
