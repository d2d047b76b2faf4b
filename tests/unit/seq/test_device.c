/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "seq/device.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "base/str.h"
#include "scratch.h"

#define FORMAT(out, ...)                                                       \
	assert_int_equal(stage_format(out, sizeof(out), __VA_ARGS__), STAGE_OK)

#define BUS "devices/pci0000:00/0000:00:14.0/usb"

// A tree of the form of /sys.
struct world {
	struct scratch scratch;
};

static int
set_up(void **state)
{
	static struct world world;

	scratch_init(&world.scratch);
	*state = &world;
	return 0;
}

static int
tear_down(void **state)
{
	struct world *world = *state;

	scratch_finish(&world->scratch);
	return 0;
}

static void
make_dir(struct world *world, const char *dir)
{
	assert_int_equal(
		stage_io_make_dirs(scratch_path(&world->scratch, dir), NULL),
		STAGE_OK);
}

static void
write_file(struct world *world, const char *dir, const char *name,
	const char *text)
{
	char path[STAGE_PATH_MAX];

	make_dir(world, dir);
	FORMAT(path, "%s/%s", dir, name);
	scratch_write(&world->scratch, path, text);
}

// class/sound/cardN, as a link to a directory below the device, has a link to
// the device.
static void
add_card(struct world *world, int card, const char *id, const char *device)
{
	char dir[STAGE_PATH_MAX];
	char to[STAGE_PATH_MAX];
	char from[64];

	FORMAT(dir, "%s/sound/card%d", device, card);
	write_file(world, dir, "id", id);
	FORMAT(to, "%s/midiC%dD0", dir, card);
	make_dir(world, to);
	make_dir(world, "class/sound");
	FORMAT(to, "../../%s", dir);
	FORMAT(from, "class/sound/card%d", card);
	assert_int_equal(symlink(to, scratch_path(&world->scratch, from)), 0);
	FORMAT(to, "%s/device", dir);
	assert_int_equal(
		symlink("../..", scratch_path(&world->scratch, to)), 0);
}

// A keyboard at `ports` ("1-1.2"), which begin with the number of the bus.
static void
add_usb_card(
	struct world *world, int card, const char *ports, const char *serial)
{
	char dir[STAGE_PATH_MAX];
	char interface[STAGE_PATH_MAX + 64];

	FORMAT(dir, BUS "%c/%c-1/%s", ports[0], ports[0], ports);
	write_file(world, dir, "idVendor", "1d6b\n");
	write_file(world, dir, "idProduct", "0104\n");
	if (serial != NULL) {
		write_file(world, dir, "serial", serial);
	}
	FORMAT(interface, "%s/%s:1.0", dir, ports);
	add_card(world, card, "K61\n", interface);
}

static struct stage_seq_device
read_card(struct world *world, int card)
{
	struct stage_seq_device device;
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_seq_device_read(world->scratch.dir, card, &device, &err),
		STAGE_OK);
	assert_string_equal(err.text, "");
	assert_int_equal(device.card, card);
	return device;
}

static void
a_usb_device_is_known_by_serial_place_and_kind(void **state)
{
	struct stage_seq_device device;

	add_usb_card(*state, 3, "1-1.2", "SN0001\n");
	device = read_card(*state, 3);
	assert_true(device.is_usb);
	assert_int_equal(device.vid, 0x1d6b);
	assert_int_equal(device.pid, 0x0104);
	assert_string_equal(device.serial, "SN0001");
	assert_string_equal(device.place, "0000:00:14.0-1.2");
	assert_string_equal(device.id, "K61");
	assert_int_equal(device.midi_count, 1);
}

static void
the_place_does_not_follow_the_number_of_the_bus(void **state)
{
	add_usb_card(*state, 0, "1-1.2", NULL);
	add_usb_card(*state, 1, "7-1.2", NULL);
	assert_string_equal(read_card(*state, 0).place, "0000:00:14.0-1.2");
	assert_string_equal(read_card(*state, 1).place, "0000:00:14.0-1.2");
	assert_string_equal(read_card(*state, 0).serial, "");
}

static void
other_cards_are_known_by_their_place(void **state)
{
	struct stage_seq_device device;

	add_card(*state, 0, "VirMIDI\n", "devices/platform/snd_virmidi.0");
	device = read_card(*state, 0);
	assert_false(device.is_usb);
	assert_string_equal(device.serial, "");
	assert_string_equal(device.place, "snd_virmidi.0");
	assert_string_equal(device.id, "VirMIDI");
}

static void
a_card_without_a_device_has_its_id(void **state)
{
	write_file(*state, "class/sound/card5", "id", "Odd\n");
	assert_string_equal(read_card(*state, 5).id, "Odd");
	assert_string_equal(read_card(*state, 5).place, "");
	assert_int_equal(read_card(*state, 5).midi_count, 0);
}

static void
a_card_that_is_not_there_is_not_found(void **state)
{
	struct world *world = *state;
	struct stage_seq_device device = {.card = 77};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(
		stage_seq_device_read(world->scratch.dir, 1, &device, &err),
		STAGE_NOT_FOUND);
	assert_string_equal(err.text, "there is no sound card 1");
	assert_int_equal(device.card, 77);
}

static void
ids_that_are_none_make_no_usb_device(void **state)
{
	static const char *const wrong[] = {"", "1d6", "1d6bc", "wxyz", "-1d6"};

	for (size_t i = 0; i < STAGE_COUNT_OF(wrong); i++) {
		char device[64];
		FORMAT(device, "devices/odd.%zu", i);
		write_file(*state, device, "idVendor", wrong[i]);
		write_file(*state, device, "idProduct", "0104\n");
		add_card(*state, (int)i, "X\n", device);
		assert_false(read_card(*state, (int)i).is_usb);
	}
}

static void
serials_become_plain_text(void **state)
{
	static const struct {
		const char *serial, *text;
	} rows[] = {
		{"  A B \n", "A B"},
		{"a\x01z\n", "a?z"},
		{"\xff\xfe\n", "??"},
		{"\xc3\xa4\n", "\xc3\xa4"},
		{"\n", ""},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		char ports[16];
		FORMAT(ports, "%zu-1", i + 1);
		add_usb_card(*state, (int)i, ports, rows[i].serial);
		assert_string_equal(
			read_card(*state, (int)i).serial, rows[i].text);
	}
}

static void
a_serial_that_is_too_long_is_none(void **state)
{
	char serial[STAGE_SEQ_SERIAL_MAX + 1];

	memset(serial, 'x', sizeof(serial) - 1);
	serial[sizeof(serial) - 1] = '\0';
	add_usb_card(*state, 0, "1-1", serial);
	assert_string_equal(read_card(*state, 0).serial, "");
	serial[sizeof(serial) - 2] = '\0';
	add_usb_card(*state, 1, "2-1", serial);
	assert_string_equal(read_card(*state, 1).serial, serial);
}

static void
a_tree_with_too_long_a_path_is_said(void **state)
{
	char sys[STAGE_PATH_MAX];
	struct stage_seq_device device;
	struct stage_err err = STAGE_ERR_INIT;

	(void)state;
	memset(sys, 'x', sizeof(sys) - 1);
	sys[sizeof(sys) - 1] = '\0';
	assert_int_equal(
		stage_seq_device_read(sys, 0, &device, &err), STAGE_TOO_LONG);
	assert_string_not_equal(err.text, "");
}

#define TEST(function)                                                         \
	cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_usb_device_is_known_by_serial_place_and_kind),
		TEST(the_place_does_not_follow_the_number_of_the_bus),
		TEST(other_cards_are_known_by_their_place),
		TEST(a_card_without_a_device_has_its_id),
		TEST(a_card_that_is_not_there_is_not_found),
		TEST(ids_that_are_none_make_no_usb_device),
		TEST(serials_become_plain_text),
		TEST(a_serial_that_is_too_long_is_none),
		TEST(a_tree_with_too_long_a_path_is_said),
	};

	return cmocka_run_group_tests_name("seq/device", tests, NULL, NULL);
}
