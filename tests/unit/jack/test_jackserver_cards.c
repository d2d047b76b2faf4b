/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <sys/stat.h>

#include <cmocka.h>

#include "base/io.h"
#include "jackserver/cards.h"
#include "jackserver/threads.h"
#include "jackserver/wish.h"
#include "scratch.h"
#include "seq/holder.h"

static struct scratch scratch;

static int
setup(void **state)
{
	(void)state;
	scratch_init(&scratch);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	scratch_finish(&scratch);
	return 0;
}

// A card as /proc/asound shows it. pcm < 0: one that only records.
static void
add_card(int number, const char *id, int pcm, const char *pcm_name)
{
	char path[128];
	char text[128];

	snprintf(path, sizeof(path), "card%d", number);
	mkdir(scratch_path(&scratch, path), 0700);
	snprintf(path, sizeof(path), "card%d/id", number);
	snprintf(text, sizeof(text), "%s\n", id);
	scratch_write(&scratch, path, text);
	snprintf(path, sizeof(path), "card%d/pcm%d%c", number,
		pcm < 0 ? 0 : pcm, pcm < 0 ? 'c' : 'p');
	mkdir(scratch_path(&scratch, path), 0700);
	snprintf(path, sizeof(path), "card%d/pcm%d%c/info", number,
		pcm < 0 ? 0 : pcm, pcm < 0 ? 'c' : 'p');
	snprintf(text, sizeof(text), "card: %d\nname: %s\nsubdevices: 1\n",
		number, pcm_name);
	scratch_write(&scratch, path, text);
}

static void
add_usb_card(int number, const char *id, int pcm)
{
	char path[128];

	add_card(number, id, pcm, "USB Audio");
	snprintf(path, sizeof(path), "card%d/usbid", number);
	scratch_write(&scratch, path, "1235:8210\n");
}

static void
assert_cards(const char *joined)
{
	struct stage_cards cards;
	struct stage_candidates candidates;
	char got[STAGE_CARDS_MAX * (STAGE_CARD_DEVICE_MAX + 1)] = "";

	stage_cards_list(scratch.dir, "/nonexistent", &cards);
	stage_wishes_match(NULL, 0, &cards, &candidates);
	for (size_t i = 0; i < candidates.count; i++) {
		strcat(got, i > 0 ? " " : "");
		strcat(got, candidates.items[i].device);
	}
	assert_string_equal(got, joined);
}

static void
no_cards(void **state)
{
	(void)state;

	assert_cards("");
	add_card(0, "Loopback", 0, "Loopback PCM");
	add_card(1, "NVidia", 3, "HDMI 0");
	add_card(2, "HDMI", 0, "something");
	add_usb_card(3, "Webcam", -1);
	add_card(4, "", 0, "nameless");
	add_card(5, "Screen", 0, "DisplayPort 1");
	add_card(6, "a,b", 0, "no id of the kernel's");
	add_card(7, "a\033b", 0, "no id of the kernel's");
	add_card(8, "vc4hdmi0", 0, "MAI PCM i2s-hifi-0"); // a Raspberry Pi's
	add_card(9, "hat", 0, "Hdmi out");
	add_card(10, "other", 0, "loopback PCM");
	assert_cards("");
}

static void
the_usable_cards(void **state)
{
	(void)state;

	add_card(0, "HDMI", 3, "HDMI 0");
	add_card(1, "PCH", 0, "ALC295 Analog");
	add_card(2, "Headphones", 0, "bcm2835 Headphones");
	assert_cards("hw:PCH hw:Headphones");
	add_usb_card(3, "Webcam", -1);
	add_usb_card(4, "USB", 0);
	add_usb_card(5, "Pro", 1);
	assert_cards("hw:USB hw:Pro,1 hw:PCH hw:Headphones");
	add_card(0, "HDMI", 0, "analog");
	add_usb_card(6, "More", 0);
	assert_cards("hw:USB hw:Pro,1 hw:More hw:PCH hw:Headphones");
}

static void
a_device_that_is_too_long(void **state)
{
	const struct stage_card card = {.id = "PCH\n", .infos = {"analog"}};
	char device[7];
	(void)state;

	assert_true(stage_card_device(&card, device, sizeof(device)));
	assert_string_equal(device, "hw:PCH");
	assert_false(stage_card_device(&card, device, sizeof(device) - 1));
	assert_string_equal(device, "");
}

static void
a_card_whose_first_output_is_hdmi(void **state)
{
	(void)state;

	add_card(0, "PCH", 0, "HDMI 0");
	mkdir(scratch_path(&scratch, "card0/pcm2p"), 0700);
	scratch_write(&scratch, "card0/pcm2p/info", "name: ALC295 Alt\n");
	assert_cards("hw:PCH,2");
}

static void
what_is_told_of_a_card(void **state)
{
	struct stage_cards cards;
	(void)state;

	scratch_write(&scratch, "cards",
		" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n"
		"                      HDA Intel PCH at 0xf7f10000 irq 31\n"
		" 3 [USB            ]: USB-Audio - Scarlett 2i2 USB\n"
		"                      Focusrite at usb-0000:00:14.0-1.2\n");
	add_card(0, "PCH", 0, "ALC295 Analog");
	add_usb_card(3, "USB", 0);
	add_card(5, "Mic", -1, "USB Audio");
	stage_cards_list(scratch.dir, "/nonexistent", &cards);
	assert_int_equal(cards.count, 3);
	assert_string_equal(cards.cards[0].title, "HDA Intel PCH");
	assert_string_equal(cards.cards[1].title, "Scarlett 2i2 USB");
	assert_int_equal(cards.cards[1].is.card, 3);
	assert_true(cards.cards[1].is.is_usb);
	assert_int_equal(cards.cards[1].is.vid, 0x1235);
	assert_int_equal(cards.cards[1].is.pid, 0x8210);
	assert_false(cards.cards[1].is_recorder);
	assert_int_equal(cards.cards[2].pcm, -1);
	assert_true(cards.cards[2].is_recorder);
	assert_false(cards.cards[2].is_speaker);
	assert_string_equal(cards.cards[2].title, "");
}

static void
write_in(const char *dir, const char *name, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(stage_io_make_dirs(scratch_path(&scratch, dir), NULL),
		STAGE_OK);
	scratch_write(&scratch, path, text);
}

static void
who_holds_a_card(void **state)
{
	struct stage_holder holder;
	(void)state;

	write_in("asound/card1/pcm0p/sub0", "status", "closed\n");
	write_in("asound/card1/pcm0c/sub0", "status", "closed\n");
	write_in("asound/card2/pcm0p/sub0", "status",
		"state: RUNNING\nowner_pid   : 77\n");
	assert_false(stage_holder_find(scratch.dir, 0, &holder));
	assert_false(stage_holder_find(scratch.dir, 1, &holder));
	// a process that is gone, or of which nothing may be known
	assert_true(stage_holder_find(scratch.dir, 2, &holder));
	assert_int_equal(holder.pid, 77);
	assert_string_equal(holder.program, "");
	// what opened it is a thread of a process
	write_in("asound/card1/pcm0c/sub0", "status",
		"state: RUNNING\nowner_pid   : 4712\ntrigger_time: 1\n");
	write_in("4712", "status", "Name:\tplayer\nTgid:\t4711\n");
	write_in("4711", "comm", "media player\n");
	assert_true(stage_holder_find(scratch.dir, 1, &holder));
	assert_int_equal(holder.pid, 4711);
	assert_string_equal(holder.program, "media player");
}

static void
whether_threads_go_on(void **state)
{
	struct stage_threads before;
	struct stage_threads after;
	(void)state;

	stage_threads_look(scratch.dir, 4711, &before);
	assert_int_equal(before.count, 0);
	assert_false(stage_threads_stood(&before, &before));
	write_in("4711/task/2000000001", "status",
		"Name:\ta\nvoluntary_ctxt_switches:\t10\n"
		"nonvoluntary_ctxt_switches:\t3\n");
	write_in("4711/task/2000000002", "status",
		"Name:\ta\nvoluntary_ctxt_switches:\t5\n"
		"nonvoluntary_ctxt_switches:\t4\n");
	stage_threads_look(scratch.dir, 4711, &before);
	assert_int_equal(before.count, 2);
	assert_int_equal(before.waited, 15);
	write_in("4711/task/2000000002", "status",
		"Name:\ta\nvoluntary_ctxt_switches:\t5\n"
		"nonvoluntary_ctxt_switches:\t400\n"); // it only ran
	stage_threads_look(scratch.dir, 4711, &after);
	assert_true(stage_threads_stood(&before, &after));
	write_in("4711/task/2000000002", "status",
		"Name:\ta\nvoluntary_ctxt_switches:\t6\n"
		"nonvoluntary_ctxt_switches:\t400\n");
	stage_threads_look(scratch.dir, 4711, &after);
	assert_false(stage_threads_stood(&before, &after));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(no_cards),
		TEST(the_usable_cards),
		TEST(a_device_that_is_too_long),
		TEST(a_card_whose_first_output_is_hdmi),
		TEST(what_is_told_of_a_card),
		TEST(who_holds_a_card),
		TEST(whether_threads_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
