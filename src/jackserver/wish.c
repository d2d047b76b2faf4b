/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/wish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/suggest.h"
#include "jack/names.h"

#define WORDS_MAX 8 // that name one card

static const char *const key_words[STAGE_WISH_KEY_COUNT] = {
	"serial", "path", "usb", "id", "name", "auto"};

const char *
stage_wish_key_word(enum stage_wish_key key)
{
	return key_words[key];
}

static enum stage_status
take_text(const char *word, const char *value, char *out, size_t size,
	struct stage_err *err)
{
	if (value[0] == '\0') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"nothing stands behind \"%s\"", word);
	}
	if (stage_format(out, size, "%s", value) != STAGE_OK) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "\"%s\" is too long", word);
	}
	return STAGE_OK;
}

static bool
read_hex(const char *text, size_t len, uint16_t *out)
{
	char digits[5] = "";

	if (len != 4 || strspn(text, "0123456789abcdefABCDEF") < len) {
		return false;
	}
	memcpy(digits, text, len);
	*out = (uint16_t)strtoul(digits, NULL, 16);
	return true;
}

static enum stage_status
take_usb(const char *word, const char *value, struct stage_wish *out,
	struct stage_err *err)
{
	size_t len = strcspn(value, ":");

	if (value[len] != ':' || !read_hex(value, len, &out->vid) ||
		!read_hex(
			value + len + 1, strlen(value + len + 1), &out->pid)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no USB id: write usb:VVVV:PPPP as lsusb "
			"shows it",
			word);
	}
	out->has_usb = true;
	return STAGE_OK;
}

// ID or ID,PCM. A card's number is none: it follows the order of plugging in.
static enum stage_status
take_id(const char *word, const char *value, struct stage_wish *out,
	struct stage_err *err)
{
	size_t len = strcspn(value, ",");
	int64_t pcm = -1;

	if (value[len] == ',' &&
		stage_num_parse(value + len + 1, 0, STAGE_CARD_PCMS_MAX - 1,
			&pcm, NULL) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" names no PCM of a card: behind the comma "
			"stands its number",
			word);
	}
	if (len == 0 || len >= sizeof(out->id)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no id of a card: stagecraft audio list "
			"shows them",
			word);
	}
	memcpy(out->id, value, len);
	out->id[len] = '\0';
	out->pcm = (int)pcm;
	return STAGE_OK;
}

static bool
is_hw_id(const char *word)
{
	size_t digits = strspn(word + 3, "0123456789");
	bool is_number = word[3 + digits] == '\0' || word[3 + digits] == ',';

	return stage_starts_with(word, "hw:") && !is_number &&
	       strchr(word, '=') == NULL;
}

static enum stage_status
take_word(const char *word, struct stage_wish *out, struct stage_err *err)
{
	if (stage_starts_with(word, "serial:")) {
		return take_text(
			word, word + 7, out->serial, sizeof(out->serial), err);
	}
	if (stage_starts_with(word, "path:")) {
		return take_text(
			word, word + 5, out->place, sizeof(out->place), err);
	}
	if (stage_starts_with(word, "usb:")) {
		return take_usb(word, word + 4, out, err);
	}
	if (stage_starts_with(word, "id:")) {
		return take_id(word, word + 3, out, err);
	}
	if (is_hw_id(word)) {
		return take_id(word, word + 3, out, err);
	}
	if (strcmp(word, "auto") == 0) {
		out->is_auto = true;
		return STAGE_OK;
	}
	return take_text(word, word, out->name, sizeof(out->name), err);
}

enum stage_status
stage_wish_parse(const char *const *words, size_t count, struct stage_wish *out,
	size_t *wrong, struct stage_err *err)
{
	*out = (struct stage_wish){.pcm = -1};
	for (*wrong = 0; *wrong < count; (*wrong)++) {
		const char *word = words[*wrong];
		enum stage_status status = take_word(word, out, err);
		if (status != STAGE_OK) {
			return status;
		}
		if (count > 1 && (out->is_auto || out->name[0] != '\0')) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"\"%s\" stands alone in its line: several "
				"words are the keys of one card (serial:, "
				"path:, usb:, id:)",
				word);
		}
	}
	return STAGE_OK;
}

void
stage_wish_for_card(const struct stage_sound_card *card, struct stage_wish *out)
{
	*out = (struct stage_wish){.pcm = card->pcm > 0 ? card->pcm : -1,
		.has_usb = card->is.is_usb,
		.vid = card->is.vid,
		.pid = card->is.pid};
	stage_jack_copy_text(out->serial, sizeof(out->serial), card->is.serial);
	stage_jack_copy_text(out->place, sizeof(out->place), card->is.place);
	stage_jack_copy_text(out->id, sizeof(out->id), card->is.id);
}

static bool
is_number(const char *text)
{
	size_t digits;

	text += stage_starts_with(text, "hw:") ? strlen("hw:") : 0;
	digits = strspn(text, "0123456789");
	return digits > 0 && (text[digits] == '\0' || text[digits] == ',');
}

static enum stage_status
read_words(const char *text, struct stage_wish *out, struct stage_err *err)
{
	char copy[1024];
	const char *words[WORDS_MAX];
	size_t count = 0;
	size_t wrong = 0;
	char *rest = NULL;

	if (stage_format(copy, sizeof(copy), "%s", text) != STAGE_OK) {
		return stage_err_set(err, STAGE_TOO_LONG,
			"\"%.32s...\" is too long for a sound card", text);
	}
	for (char *word = strtok_r(copy, " ", &rest);
		word != NULL && count < WORDS_MAX;
		word = strtok_r(NULL, " ", &rest)) {
		words[count] = word;
		count++;
	}
	if (count == 0) {
		return stage_err_set(
			err, STAGE_BAD_INPUT, "no sound card is named");
	}
	return stage_wish_parse(words, count, out, &wrong, err);
}

// A name of ALSA's may be anything, but hardly what is nearly an id.
static enum stage_status
check_spelling(const struct stage_cards *cards, const struct stage_wish *wish,
	struct stage_err *err)
{
	const char *typed = wish->name[0] != '\0' ? wish->name : wish->id;
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(typed);

	for (size_t i = 0; i < cards->count; i++) {
		stage_suggest_offer(&suggest, cards->cards[i].is.id);
	}
	return suggest.best == NULL
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_BAD_INPUT,
				 "there is no sound card \"%s\"; did you mean "
				 "%s? One that is away is named id:%s",
				 typed, suggest.best, typed);
}

enum stage_status
stage_wish_for_words(const struct stage_cards *cards, const char *text,
	struct stage_wish *out, struct stage_err *err)
{
	const char *id =
		stage_starts_with(text, "hw:") ? text + strlen("hw:") : text;
	enum stage_status status;

	for (size_t i = 0; i < cards->count; i++) {
		if (strcmp(cards->cards[i].is.id, id) == 0) {
			stage_wish_for_card(&cards->cards[i], out);
			return STAGE_OK;
		}
	}
	if (is_number(text)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is a card's number, which is another one when "
			"it is plugged in anew: stagecraft audio list shows "
			"its id",
			text);
	}
	status = read_words(text, out, err);
	if (status == STAGE_OK && !stage_starts_with(text, "id:") &&
		strchr(text, ' ') == NULL) {
		status = check_spelling(cards, out, err);
	}
	return status;
}

static enum stage_status
write_word(struct stage_str *out, const char *key, const char *value)
{
	char word[STAGE_SEQ_SERIAL_MAX + 16];
	enum stage_status status =
		stage_format(word, sizeof(word), "%s%s", key, value);

	if (status == STAGE_OK && out->len > 0) {
		status = stage_str_add(out, " ");
	}
	return status == STAGE_OK ? stage_conf_add_word(out, word) : status;
}

static enum stage_status
write_id(const struct stage_wish *self, struct stage_str *out)
{
	char value[STAGE_SEQ_ID_MAX + 16];

	if (self->pcm < 0) {
		return write_word(out, "id:", self->id);
	}
	snprintf(value, sizeof(value), "%s,%d", self->id, self->pcm);
	return write_word(out, "id:", value);
}

enum stage_status
stage_wish_write(const struct stage_wish *self, struct stage_str *out)
{
	struct stage_str line = {0};
	enum stage_status status = STAGE_OK;
	char ids[16];

	snprintf(ids, sizeof(ids), "%04x:%04x", self->vid, self->pid);
	if (self->is_auto) {
		status = write_word(&line, "", "auto");
	}
	if (status == STAGE_OK && self->name[0] != '\0') {
		status = write_word(&line, "", self->name);
	}
	if (status == STAGE_OK && self->serial[0] != '\0') {
		status = write_word(&line, "serial:", self->serial);
	}
	if (status == STAGE_OK && self->place[0] != '\0') {
		status = write_word(&line, "path:", self->place);
	}
	if (status == STAGE_OK && self->has_usb) {
		status = write_word(&line, "usb:", ids);
	}
	if (status == STAGE_OK && self->id[0] != '\0') {
		status = write_id(self, &line);
	}
	if (status == STAGE_OK) {
		status = stage_str_add(out, stage_str_text(&line));
	}
	stage_str_finish(&line);
	return status;
}

void
stage_wish_words(const struct stage_wish *self, char *out, size_t size)
{
	char words[STAGE_SEQ_SERIAL_MAX + 16];

	if (self->name[0] != '\0') {
		snprintf(words, sizeof(words), "%s", self->name);
	} else if (self->serial[0] != '\0') {
		snprintf(words, sizeof(words), "serial:%s", self->serial);
	} else if (self->place[0] != '\0') {
		snprintf(words, sizeof(words), "path:%s", self->place);
	} else if (self->has_usb) {
		snprintf(words, sizeof(words), "usb:%04x:%04x", self->vid,
			self->pid);
	} else if (self->id[0] != '\0') {
		stage_card_name(words, sizeof(words), self->id, self->pcm);
	} else {
		snprintf(words, sizeof(words), "auto");
	}
	stage_jack_copy_text(out, size, words);
}

static bool
agrees_in_usb(
	const struct stage_wish *wish, const struct stage_sound_card *card)
{
	return !wish->has_usb ||
	       (card->is.is_usb && card->is.vid == wish->vid &&
		       card->is.pid == wish->pid);
}

// Another device in the same socket is another device; so is one that was given
// the same id.
static bool
fits(const struct stage_wish *wish, enum stage_wish_key key,
	const struct stage_sound_card *card)
{
	switch (key) {
	case STAGE_WISH_SERIAL:
		return wish->serial[0] != '\0' &&
		       strcmp(wish->serial, card->is.serial) == 0 &&
		       agrees_in_usb(wish, card);
	case STAGE_WISH_PLACE:
		return wish->place[0] != '\0' &&
		       strcmp(wish->place, card->is.place) == 0 &&
		       agrees_in_usb(wish, card);
	case STAGE_WISH_USB:
		return wish->has_usb && agrees_in_usb(wish, card);
	case STAGE_WISH_ID:
		return wish->id[0] != '\0' &&
		       strcmp(wish->id, card->is.id) == 0 &&
		       agrees_in_usb(wish, card);
	case STAGE_WISH_NAME:
	case STAGE_WISH_AUTO:
	case STAGE_WISH_KEY_COUNT:
		break;
	}
	return false;
}

static bool
can_play(const struct stage_wish *wish, const struct stage_sound_card *card)
{
	return wish->pcm >= 0 || card->pcm >= 0;
}

// Leaves in `among` those that fit, when there are any. Returns how many.
static size_t
narrow(const struct stage_wish *wish, enum stage_wish_key key,
	const struct stage_cards *cards, bool *among)
{
	size_t count = 0;

	for (size_t i = 0; i < cards->count; i++) {
		count += among[i] && fits(wish, key, &cards->cards[i]);
	}
	for (size_t i = 0; count > 0 && i < cards->count; i++) {
		among[i] = among[i] && fits(wish, key, &cards->cards[i]);
	}
	return count;
}

static void
add(struct stage_candidates *out, const struct stage_cards *cards, size_t card,
	int pcm, size_t wish, enum stage_wish_key key, bool has_twins)
{
	const struct stage_sound_card *is = &cards->cards[card];
	struct stage_candidate *next = &out->items[out->count];

	for (size_t i = 0; i < out->count; i++) {
		if (out->items[i].card == (int)card) {
			return;
		}
	}
	*next = (struct stage_candidate){.card = (int)card,
		.number = is->is.card,
		.life = is->life,
		.wish = wish,
		.key = key,
		.has_twins = has_twins};
	stage_card_name(next->device, sizeof(next->device), is->is.id,
		pcm >= 0 ? pcm : is->pcm);
	out->count++;
}

// By place, so that they have the same order each time.
static void
add_in_order(const struct stage_wish *wish, size_t index,
	const struct stage_cards *cards, enum stage_wish_key key, bool *among,
	bool has_twins, struct stage_candidates *out)
{
	size_t best;

	do {
		best = cards->count;
		for (size_t i = 0; i < cards->count; i++) {
			if (among[i] &&
				(best == cards->count ||
					strcmp(cards->cards[i].is.place,
						cards->cards[best].is.place) <
						0)) {
				best = i;
			}
		}
		if (best < cards->count) {
			among[best] = false;
			add(out, cards, best, wish->pcm, index, key, has_twins);
		}
	} while (best < cards->count);
}

/* The strongest key that fits one card alone. Several that no key tells apart
 * are twins, each as good as the other: where the first cannot play, the next
 * one does. */
static void
match_keys(const struct stage_wish *wish, size_t index,
	const struct stage_cards *cards, struct stage_candidates *out)
{
	bool among[STAGE_CARDS_MAX];
	enum stage_wish_key found = STAGE_WISH_KEY_COUNT;
	size_t count = 0;

	for (size_t i = 0; i < cards->count; i++) {
		among[i] = can_play(wish, &cards->cards[i]);
	}
	for (int key = STAGE_WISH_SERIAL; key <= STAGE_WISH_ID && count != 1;
		key++) {
		size_t hits = narrow(wish, key, cards, among);
		if (hits > 0) {
			found = key;
			count = hits;
		}
	}
	if (count > 0) {
		add_in_order(wish, index, cards, found, among, count > 1, out);
	}
}

static void
match_auto(const struct stage_cards *cards, size_t index, bool wants_usb,
	struct stage_candidates *out)
{
	for (size_t i = 0; i < cards->count; i++) {
		const struct stage_sound_card *card = &cards->cards[i];
		if (card->is_speaker && card->is.is_usb == wants_usb) {
			add(out, cards, i, -1, index, STAGE_WISH_AUTO, false);
		}
	}
}

static void
match_name(const struct stage_wish *wish, size_t index,
	struct stage_candidates *out)
{
	struct stage_candidate *next = &out->items[out->count];

	*next = (struct stage_candidate){.card = -1,
		.number = -1,
		.wish = index,
		.key = STAGE_WISH_NAME};
	memcpy(next->device, wish->name, sizeof(wish->name));
	out->count++;
}

void
stage_wishes_match(const struct stage_wish *wishes, size_t count,
	const struct stage_cards *cards, struct stage_candidates *out)
{
	static const struct stage_wish any = {.is_auto = true};

	out->count = 0;
	if (count == 0) {
		wishes = &any;
		count = 1;
	}
	for (size_t i = 0; i < count; i++) {
		if (wishes[i].is_auto) {
			match_auto(cards, i, true, out);
			match_auto(cards, i, false, out);
		} else if (wishes[i].name[0] != '\0') {
			match_name(&wishes[i], i, out);
		} else {
			match_keys(&wishes[i], i, cards, out);
		}
	}
}
