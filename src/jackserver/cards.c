/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/cards.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/str.h"
#include "jack/names.h"

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

// The length of an id of the kernel's, 0 for what is none.
static size_t
id_len(const char *id)
{
	size_t len = strspn(id, ID_CHARACTERS);
	bool is_whole = id[len] == '\0' || id[len] == '\r' || id[len] == '\n';

	return is_whole ? len : 0;
}

int
stage_card_pcm(const struct stage_card *card)
{
	int first = -1;

	for (int pcm = STAGE_CARD_PCMS_MAX - 1; pcm >= 0; pcm--) {
		first = card->infos[pcm] != NULL ? pcm : first;
	}
	for (int pcm = 0; pcm < STAGE_CARD_PCMS_MAX; pcm++) {
		if (card->infos[pcm] != NULL &&
			!is_no_speaker(card->infos[pcm])) {
			return pcm;
		}
	}
	return first;
}

static bool
is_speaker(const struct stage_card *card)
{
	int pcm = stage_card_pcm(card);

	return id_len(card->id) > 0 && !is_no_speaker(card->id) && pcm >= 0 &&
	       !is_no_speaker(card->infos[pcm]);
}

void
stage_card_name(char *device, size_t size, const char *id, int pcm)
{
	enum stage_status status =
		pcm <= 0 ? stage_format(device, size, "hw:%s", id)
			 : stage_format(device, size, "hw:%s,%d", id, pcm);

	if (status != STAGE_OK) {
		device[0] = '\0';
	}
}

bool
stage_card_device(const struct stage_card *card, char *device, size_t size)
{
	char id[STAGE_SEQ_ID_MAX];

	device[0] = '\0';
	if (!is_speaker(card) ||
		stage_format(id, sizeof(id), "%.*s", (int)id_len(card->id),
			card->id) != STAGE_OK) {
		return false;
	}
	stage_card_name(device, size, id, stage_card_pcm(card));
	return device[0] != '\0';
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
has_part(const char *dir, int card, const char *rest)
{
	struct stage_str text = {0};
	bool is_there = read_part(dir, card, rest, &text) != NULL;

	stage_str_finish(&text);
	return is_there;
}

static void
look_at_pcms(const char *proc, const char *id, struct stage_sound_card *out)
{
	struct stage_card card = {.id = id};
	struct stage_str infos[STAGE_CARD_PCMS_MAX] = {{0}};
	char rest[32];

	for (int pcm = 0; pcm < STAGE_CARD_PCMS_MAX; pcm++) {
		snprintf(rest, sizeof(rest), "pcm%dp/info", pcm);
		card.infos[pcm] =
			read_part(proc, out->is.card, rest, &infos[pcm]);
		snprintf(rest, sizeof(rest), "pcm%dc/info", pcm);
		out->is_recorder =
			out->is_recorder || has_part(proc, out->is.card, rest);
	}
	out->pcm = stage_card_pcm(&card);
	out->is_speaker = is_speaker(&card);
	for (int pcm = 0; pcm < STAGE_CARD_PCMS_MAX; pcm++) {
		stage_str_finish(&infos[pcm]);
	}
}

// The kernel's USB audio driver, and no other, says so in /proc/asound, too.
static void
look_at_usbid(const char *proc, struct stage_seq_device *out)
{
	struct stage_str text = {0};
	const char *ids = read_part(proc, out->card, "usbid", &text);
	unsigned long vid = ids != NULL ? strtoul(ids, NULL, 16) : 0;

	if (ids != NULL && strchr(ids, ':') != NULL) {
		out->is_usb = true;
		out->vid = (uint16_t)vid;
		out->pid = (uint16_t)strtoul(strchr(ids, ':') + 1, NULL, 16);
	}
	stage_str_finish(&text);
}

// /sys gives each directory a number of its own, and never the same again.
static uint64_t
read_life(const char *sys, int number)
{
	char path[STAGE_PATH_MAX];
	struct stat info;

	return stage_format(path, sizeof(path), "%s/class/sound/card%d", sys,
		       number) == STAGE_OK &&
			       stat(path, &info) == 0
		       ? (uint64_t)info.st_ino
		       : 0;
}

static bool
look_at_card(const char *proc, const char *sys, int number,
	struct stage_sound_card *out)
{
	struct stage_str text = {0};
	const char *id = read_part(proc, number, "id", &text);
	size_t len = id != NULL ? id_len(id) : 0;

	*out = (struct stage_sound_card){.pcm = -1};
	if (stage_seq_device_read(sys, number, &out->is, NULL) != STAGE_OK) {
		out->is = (struct stage_seq_device){.card = number};
		look_at_usbid(proc, &out->is);
	}
	if (len > 0 && len < sizeof(out->is.id)) {
		memcpy(out->is.id, id, len);
		out->is.id[len] = '\0';
		out->life = read_life(sys, number);
		look_at_pcms(proc, id, out);
	}
	stage_str_finish(&text);
	return len > 0 && len < sizeof(out->is.id);
}

// " 0 [PCH            ]: HDA-Intel - HDA Intel PCH"
static void
take_title(const char *line, struct stage_cards *out)
{
	const char *dash = strstr(line, "]: ");
	char *end;
	long number = strtol(line, &end, 10);

	dash = dash != NULL ? strstr(dash, " - ") : NULL;
	if (dash == NULL || end == line) {
		return;
	}
	for (size_t i = 0; i < out->count; i++) {
		if (out->cards[i].is.card == number) {
			stage_jack_copy_text(out->cards[i].title,
				sizeof(out->cards[i].title), dash + 3);
		}
	}
}

static void
add_titles(const char *proc, struct stage_cards *out)
{
	struct stage_str text = {0};
	char path[STAGE_PATH_MAX];
	char *rest = NULL;

	if (stage_format(path, sizeof(path), "%s/cards", proc) != STAGE_OK ||
		stage_io_read_file(path, FILE_MAX_BYTES, &text, NULL) !=
			STAGE_OK ||
		text.len == 0) {
		stage_str_finish(&text);
		return;
	}
	for (char *line = strtok_r(text.data, "\n", &rest); line != NULL;
		line = strtok_r(NULL, "\n", &rest)) {
		take_title(line, out);
	}
	stage_str_finish(&text);
}

void
stage_cards_list(const char *proc, const char *sys, struct stage_cards *out)
{
	out->count = 0;
	for (int number = 0; number < STAGE_CARDS_MAX; number++) {
		if (look_at_card(proc, sys, number, &out->cards[out->count])) {
			out->count++;
		}
	}
	add_titles(proc, out);
}
