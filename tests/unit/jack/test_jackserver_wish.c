/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "jackserver/wish.h"

#define WORDS_MAX 4

static struct stage_cards cards;

// Reads "A B" as a line; the sentence for one that is wrong.
static enum stage_status
parse(const char *line, struct stage_wish *out, struct stage_err *err)
{
	char copy[512];
	const char *words[WORDS_MAX];
	size_t count = 0;
	size_t wrong;

	strcpy(copy, line);
	for (char *word = strtok(copy, " "); word != NULL;
		word = strtok(NULL, " ")) {
		words[count] = word;
		count++;
	}
	return stage_wish_parse(words, count, out, &wrong, err);
}

static void
good_lines_are_written_as_they_were(void **state)
{
	static const char *const lines[] = {
		"auto",
		"serial:00123",
		"path:0000:00:14.0-1.2",
		"usb:1235:8210",
		"id:PCH",
		"id:PCH,2",
		"serial:a path:0000:00:14.0-1.2 usb:0abc:8210 id:USB",
		"default",
		"plughw:CARD=USB,DEV=0",
		"hw:CARD=USB",
		"hw:0",
		"hw:1,2",
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(lines); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_wish wish;
		struct stage_str text = {0};
		assert_int_equal(parse(lines[i], &wish, &err), STAGE_OK);
		assert_int_equal(stage_wish_write(&wish, &text), STAGE_OK);
		assert_string_equal(stage_str_text(&text), lines[i]);
		stage_str_finish(&text);
	}
}

static void
a_name_of_hw_is_an_id(void **state)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_wish wish;
	char words[64];
	(void)state;

	assert_int_equal(parse("hw:PCH,2", &wish, &err), STAGE_OK);
	assert_string_equal(wish.id, "PCH");
	assert_int_equal(wish.pcm, 2);
	stage_wish_words(&wish, words, sizeof(words));
	assert_string_equal(words, "hw:PCH,2");
	// not so a number: it says nothing about the card
	assert_int_equal(parse("hw:0", &wish, &err), STAGE_OK);
	assert_string_equal(wish.id, "");
	assert_string_equal(wish.name, "hw:0");
}

static void
bad_lines_are_refused(void **state)
{
	static const struct {
		const char *line;
		const char *sentence;
	} cases[] = {
		{"serial:", "nothing stands behind \"serial:\""},
		{"path:", "nothing stands behind \"path:\""},
		{"id:", "\"id:\" is no id of a card: stagecraft audio list "
			"shows them"},
		{"id:a,x", "\"id:a,x\" names no PCM of a card: behind the "
			   "comma stands its number"},
		{"usb:1235", "\"usb:1235\" is no USB id: write usb:VVVV:PPPP "
			     "as lsusb shows it"},
		{"usb:1235:821x", "\"usb:1235:821x\" is no USB id: write "
				  "usb:VVVV:PPPP as lsusb shows it"},
		{"usb:12:8210", "\"usb:12:8210\" is no USB id: write "
				"usb:VVVV:PPPP as lsusb shows it"},
		{"auto id:PCH",
			"\"auto\" stands alone in its line: several words are "
			"the keys of one card (serial:, path:, usb:, id:)"},
		{"id:PCH default",
			"\"default\" stands alone in its line: several words "
			"are the keys of one card (serial:, path:, usb:, "
			"id:)"},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		struct stage_err err = STAGE_ERR_INIT;
		struct stage_wish wish;
		assert_int_equal(
			parse(cases[i].line, &wish, &err), STAGE_BAD_INPUT);
		assert_string_equal(err.text, cases[i].sentence);
	}
}

static struct stage_sound_card *
add(const char *id, const char *serial, const char *place, uint16_t vid)
{
	struct stage_sound_card *card = &cards.cards[cards.count];

	*card = (struct stage_sound_card){.is = {.card = (int)cards.count,
						  .is_usb = vid != 0,
						  .vid = vid,
						  .pid = 1},
		.is_speaker = true,
		.life = 100 + cards.count};
	strcpy(card->is.id, id);
	strcpy(card->is.serial, serial);
	strcpy(card->is.place, place);
	cards.count++;
	return card;
}

static const struct stage_candidates *
match(const char *line)
{
	static struct stage_candidates found;
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_wish wish;

	assert_int_equal(parse(line, &wish, &err), STAGE_OK);
	stage_wishes_match(&wish, 1, &cards, &found);
	return &found;
}

static void
assert_match(const char *line, const char *device, enum stage_wish_key key,
	bool has_twins)
{
	const struct stage_candidates *found = match(line);

	assert_int_equal(found->count, has_twins ? 2 : 1);
	assert_string_equal(found->items[0].device, device);
	assert_int_equal(found->items[0].key, key);
	assert_int_equal(found->items[0].has_twins, has_twins);
}

static void
the_strongest_key_that_fits_one_alone(void **state)
{
	(void)state;

	cards.count = 0;
	add("PCH", "", "0000:00:1b.0", 0);
	add("Audio", "1", "usb-1.1", 0x1235);
	add("Audio_1", "2", "usb-1.2", 0x1235);
	add("Twin", "same", "usb-2.2", 0x0582);
	add("Twin_1", "same", "usb-2.1", 0x0582);
	assert_match("serial:2", "hw:Audio_1", STAGE_WISH_SERIAL, false);
	assert_match("serial:2 path:usb-1.1", "hw:Audio_1", STAGE_WISH_SERIAL,
		false);
	assert_match("path:0000:00:1b.0", "hw:PCH", STAGE_WISH_PLACE, false);
	assert_match("id:PCH", "hw:PCH", STAGE_WISH_ID, false);
	// twins, told apart by their sockets, or not at all
	assert_match(
		"serial:same path:usb-2.2", "hw:Twin", STAGE_WISH_PLACE, false);
	assert_match("serial:same", "hw:Twin_1", STAGE_WISH_SERIAL, true);
	assert_match(
		"serial:same path:usb-9", "hw:Twin_1", STAGE_WISH_SERIAL, true);
	assert_match("usb:1235:0001", "hw:Audio", STAGE_WISH_USB, true);
	// another one of its kind, where it was
	assert_match("serial:3 path:usb-1.2 usb:1235:0001", "hw:Audio_1",
		STAGE_WISH_PLACE, false);
	// another device, where it was: that is not it
	assert_int_equal(match("path:usb-1.1 usb:0582:0001")->count, 2);
	assert_match("serial:x path:usb-1.1 usb:0582:0001", "hw:Twin_1",
		STAGE_WISH_USB, true);
	assert_int_equal(match("path:usb-1.1 usb:9999:0001")->count, 0);
	assert_int_equal(match("id:Audio usb:9999:0001")->count, 0);
	assert_int_equal(match("serial:3")->count, 0);
}

// Where one of them is in use or broken, the other one plays.
static void
twins_stand_in_for_each_other(void **state)
{
	const struct stage_candidates *found;
	(void)state;

	cards.count = 0;
	add("C", "", "usb-3", 0x1235);
	add("PCH", "", "0000:00:1b.0", 0);
	add("A", "", "usb-1", 0x1235);
	add("B", "", "usb-2", 0x1235);
	found = match("usb:1235:0001");
	assert_int_equal(found->count, 3);
	assert_string_equal(found->items[0].device, "hw:A");
	assert_string_equal(found->items[1].device, "hw:B");
	assert_string_equal(found->items[2].device, "hw:C");
	assert_true(found->items[2].has_twins);
}

static enum stage_status
typed(const char *text, struct stage_wish *out, struct stage_err *err)
{
	*err = (struct stage_err)STAGE_ERR_INIT;
	return stage_wish_for_words(&cards, text, out, err);
}

static void
a_card_that_is_there_is_kept_with_all_its_keys(void **state)
{
	static const char *const texts[] = {"USB", "hw:USB"};
	struct stage_wish wish;
	struct stage_err err;
	(void)state;

	cards.count = 0;
	add("USB", "0042", "usb-1", 0x1235);
	for (size_t i = 0; i < STAGE_COUNT_OF(texts); i++) {
		assert_int_equal(typed(texts[i], &wish, &err), STAGE_OK);
		assert_string_equal(wish.serial, "0042");
		assert_string_equal(wish.place, "usb-1");
		assert_true(wish.has_usb);
	}
	assert_int_equal(typed("id:US", &wish, &err), STAGE_OK); // it is away
	assert_string_equal(wish.id, "US");
	assert_int_equal(typed("serial:7 id:US", &wish, &err), STAGE_OK);
	assert_int_equal(typed("plughw:CARD=USB", &wish, &err), STAGE_OK);
	assert_string_equal(wish.name, "plughw:CARD=USB");
	assert_int_equal(typed("auto", &wish, &err), STAGE_OK);
	assert_true(wish.is_auto);
}

static void
what_is_typed_wrong_is_told_in_a_sentence(void **state)
{
	static const struct {
		const char *text, *sentence;
	} rows[] = {
		{"Speakr", "there is no sound card \"Speakr\"; did you mean "
			   "Speaker? One that is away is named id:Speakr"},
		{"hw:Speakr", "there is no sound card \"Speakr\"; did you mean "
			      "Speaker? One that is away is named id:Speakr"},
		{"0", "\"0\" is a card's number"},
		{"12", "\"12\" is a card's number"},
		{"hw:0", "\"hw:0\" is a card's number"},
		{"hw:1,0", "\"hw:1,0\" is a card's number"},
		{"", "no sound card is named"},
		{"  ", "no sound card is named"},
		{"usb:12", "\"usb:12\" is no USB id"},
		{"auto Speaker", "\"auto\" stands alone"},
	};
	char text[1100];
	struct stage_wish wish;
	struct stage_err err;
	(void)state;

	cards.count = 0;
	add("Speaker", "", "usb-1", 0x1235);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		assert_int_equal(
			typed(rows[i].text, &wish, &err), STAGE_BAD_INPUT);
		assert_ptr_equal(strstr(err.text, rows[i].sentence), err.text);
	}
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(typed(text, &wish, &err), STAGE_TOO_LONG);
	assert_true(strlen(err.text) < 100);
}

static void
screens_and_loopbacks_only_by_name(void **state)
{
	struct stage_sound_card *card;
	(void)state;

	cards.count = 0;
	card = add("HDMI", "", "0000:01:00.1", 0);
	card->is_speaker = false;
	card->pcm = 3;
	add("Mic", "", "usb-1", 0x1235)->pcm = -1;
	cards.cards[1].is_speaker = false;
	assert_int_equal(match("auto")->count, 0);
	assert_match("id:HDMI", "hw:HDMI,3", STAGE_WISH_ID, false);
	assert_match("id:HDMI,7", "hw:HDMI,7", STAGE_WISH_ID, false);
	assert_int_equal(match("id:Mic")->count, 0); // does not play
}

static void
each_card_once_and_usb_first(void **state)
{
	struct stage_candidates found;
	struct stage_wish wishes[3];
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	cards.count = 0;
	add("PCH", "", "0000:00:1b.0", 0);
	add("A", "1", "usb-1", 0x1235);
	add("B", "2", "usb-2", 0x1235);
	assert_int_equal(parse("id:B", &wishes[0], &err), STAGE_OK);
	assert_int_equal(parse("default", &wishes[1], &err), STAGE_OK);
	assert_int_equal(parse("auto", &wishes[2], &err), STAGE_OK);
	stage_wishes_match(wishes, 3, &cards, &found);
	assert_int_equal(found.count, 4);
	assert_string_equal(found.items[0].device, "hw:B");
	assert_string_equal(found.items[1].device, "default");
	assert_int_equal(found.items[1].card, -1);
	assert_string_equal(found.items[2].device, "hw:A");
	assert_string_equal(found.items[3].device, "hw:PCH");
	assert_int_equal(found.items[3].wish, 2);
	assert_int_equal(found.items[2].life, 101);
	stage_wishes_match(NULL, 0, &cards, &found);
	assert_int_equal(found.count, 3);
	assert_string_equal(found.items[0].device, "hw:A");
}

static void
a_card_becomes_a_wish_for_it(void **state)
{
	struct stage_wish wish;
	struct stage_str text = {0};
	(void)state;

	cards.count = 0;
	add("Audio", "a 1", "usb-1.1", 0x1235)->pcm = 1;
	stage_wish_for_card(&cards.cards[0], &wish);
	assert_int_equal(stage_wish_write(&wish, &text), STAGE_OK);
	assert_string_equal(stage_str_text(&text),
		"\"serial:a 1\" path:usb-1.1 usb:1235:0001 id:Audio,1");
	stage_str_finish(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_lines_are_written_as_they_were),
		cmocka_unit_test(a_name_of_hw_is_an_id),
		cmocka_unit_test(bad_lines_are_refused),
		cmocka_unit_test(the_strongest_key_that_fits_one_alone),
		cmocka_unit_test(twins_stand_in_for_each_other),
		cmocka_unit_test(
			a_card_that_is_there_is_kept_with_all_its_keys),
		cmocka_unit_test(what_is_typed_wrong_is_told_in_a_sentence),
		cmocka_unit_test(screens_and_loopbacks_only_by_name),
		cmocka_unit_test(each_card_once_and_usb_first),
		cmocka_unit_test(a_card_becomes_a_wish_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
