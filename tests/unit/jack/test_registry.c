/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/attr.h"
#include "fake_registry.h"
#include "jack/registry.h"

static unsigned char bytes[FAKE_REGISTRY_BYTES];
static struct stage_jack_registry registry;

static enum stage_status
parse(struct stage_err *err)
{
	return stage_jack_registry_parse(bytes, sizeof(bytes), &registry, err);
}

static void
an_empty_one_is_empty(void **state)
{
	(void)state;

	fake_registry_init(bytes);
	assert_int_equal(parse(NULL), STAGE_OK);
	assert_int_equal(registry.slot_count, 0);
	assert_int_equal(registry.segment_count, 0);
}

static void
slots_and_entries_are_listed(void **state)
{
	(void)state;

	fake_registry_init(bytes);
	fake_registry_set_slot(bytes, 0, 123, "jack-1000:default:");
	fake_registry_set_slot(bytes, 7, 4000000, "jack-0:a b:c:");
	fake_registry_set_entry(bytes, 0, 123, 107341340, "/jack-1000-0");
	fake_registry_set_entry(bytes, 255, 9, 1, "/jack-0-255");
	assert_int_equal(parse(NULL), STAGE_OK);
	assert_int_equal(registry.slot_count, 2);
	assert_int_equal(registry.slots[0].index, 0);
	assert_int_equal(registry.slots[0].pid, 123);
	assert_true(registry.slots[0].is_named);
	assert_int_equal(registry.slots[0].uid, 1000);
	assert_string_equal(registry.slots[0].name, "default");
	assert_int_equal(registry.slots[1].index, 7);
	assert_int_equal(registry.slots[1].uid, 0);
	assert_string_equal(registry.slots[1].name, "a b:c");
	assert_int_equal(registry.segment_count, 2);
	assert_int_equal(registry.segments[0].size, 107341340);
	assert_int_equal(registry.segments[0].uid, 1000);
	assert_int_equal(registry.segments[1].index, 255);
	assert_int_equal(registry.segments[1].allocator, 9);
	assert_string_equal(registry.segments[1].id, "/jack-0-255");
}

static void
senseless_names_are_not_believed(void **state)
{
	static const char *const names[] = {"", "jack-", "jack-:x:", "jack-1",
		"jack-1:", "jack-1::", "jack-1:x", "jack-x:y:", "jack--1:x:",
		"jack-99999999999:x:", "other-1:x:", ":"};
	static const char *const ids[] = {"", "/", "/jack-", "/jack-1",
		"/jack-1-", "/jack-1-x", "/jack-1-2x", "/jack--2", "jack-1-2",
		"/jack-1-2/../x", "/jack-99999999999-1", "/../etc/passwd"};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		fake_registry_init(bytes);
		fake_registry_set_slot(bytes, 1, 5, names[i]);
		assert_int_equal(parse(NULL), STAGE_OK);
		assert_int_equal(registry.slot_count, 1);
		assert_false(registry.slots[0].is_named);
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(ids); i++) {
		fake_registry_init(bytes);
		fake_registry_set_entry(bytes, 1, 5, 6, ids[i]);
		assert_int_equal(parse(NULL), STAGE_OK);
		assert_int_equal(registry.segment_count, 1);
		assert_false(registry.segments[0].is_named);
	}
}

static void
names_without_an_end_are_cut(void **state)
{
	(void)state;

	fake_registry_init(bytes);
	fake_registry_set_slot(bytes, 2, 5, "jack-1:");
	memset(bytes + 24 + 2 * 264 + 4 + 7, 'x', 250);
	fake_registry_set_entry(bytes, 3, 5, 5, "/jack-1-");
	memset(bytes + 2136 + 3 * 268 + 12 + 8, '1', 247);
	assert_int_equal(parse(NULL), STAGE_OK);
	assert_false(registry.slots[0].is_named);
	assert_false(registry.segments[0].is_named);
	assert_int_equal(strlen(registry.segments[0].id), 255);
}

static void
wrong_headers_are_refused(void **state)
{
	static const struct {
		size_t offset;
		const char *word;
	} cases[] = {{0, "magic"}, {8, "type"}, {12, "size"},
		{16, "header length"}, {20, "entry length"}};
	struct stage_err err = STAGE_ERR_INIT;
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		fake_registry_init(bytes);
		fake_registry_set_slot(bytes, 0, 1, "jack-1:x:");
		fake_registry_poke(bytes, cases[i].offset, 0xfffffff0);
		assert_int_equal(parse(&err), STAGE_BAD_INPUT);
		assert_non_null(strstr(err.text, cases[i].word));
		assert_int_equal(registry.slot_count, 0);
	}
	fake_registry_init(bytes);
	for (size_t len = 0; len < sizeof(bytes); len += 97) {
		assert_int_equal(
			stage_jack_registry_parse(bytes, len, &registry, &err),
			STAGE_BAD_INPUT);
	}
	assert_non_null(strstr(err.text, "70744"));
}

static void
any_bytes_are_survived(void **state)
{
	(void)state;

	srand(1);
	for (int round = 0; round < 200; round++) {
		fake_registry_init(bytes);
		for (size_t i = round % 2 == 0 ? 0 : 24; i < sizeof(bytes);
			i += 1 + (size_t)(rand() % 50)) {
			bytes[i] = (unsigned char)rand();
		}
		if (parse(NULL) == STAGE_OK) {
			assert_in_range(registry.slot_count, 0, 8);
			assert_in_range(registry.segment_count, 0, 256);
		}
	}
}

static void
ranges_free_what_they_should(void **state)
{
	struct stage_jack_range range;
	uint16_t index = 0;
	(void)state;

	fake_registry_init(bytes);
	for (size_t i = 0; i < 8; i++) {
		fake_registry_set_slot(bytes, i, 1, "jack-1:x:");
	}
	for (size_t i = 0; i < 256; i++) {
		fake_registry_set_entry(bytes, i, 1, 1, "/jack-1-1");
	}
	range = stage_jack_registry_slot(3);
	memset(bytes + range.offset, 0, range.len);
	range = stage_jack_registry_segment(255);
	memset(bytes + range.offset, 0, range.len);
	assert_int_equal(range.offset + range.len, sizeof(bytes));
	assert_int_equal(parse(NULL), STAGE_OK);
	assert_int_equal(registry.slot_count, 7);
	assert_int_equal(registry.slots[3].index, 4);
	assert_int_equal(registry.segment_count, 255);
	memcpy(&index, bytes + 2136 + 255 * 268, sizeof(index));
	assert_int_equal(index, 255);
}

static void
files_are_told_apart(void **state)
{
	static const struct {
		const char *name;
		enum stage_jack_file kind;
	} cases[] = {
		{"jack-shm-registry", STAGE_JACK_FILE_REGISTRY},
		{"jack-7-0", STAGE_JACK_FILE_SEGMENT},
		{"jack-7-255", STAGE_JACK_FILE_SEGMENT},
		{"jack-77-0", STAGE_JACK_FILE_OTHER},
		{"jack-7-", STAGE_JACK_FILE_OTHER},
		{"jack-7-x", STAGE_JACK_FILE_OTHER},
		{"jack-7", STAGE_JACK_FILE_OTHER},
		{"jack--0", STAGE_JACK_FILE_OTHER},
		{"jack_db-7", STAGE_JACK_FILE_DATABASE},
		{"jack_db-77", STAGE_JACK_FILE_OTHER},
		{"jack_db-7x", STAGE_JACK_FILE_OTHER},
		{"jack_sem.7_default_system", STAGE_JACK_FILE_SEMAPHORE},
		{"sem.jack_sem.7_default_x", STAGE_JACK_FILE_SEMAPHORE},
		{"jack_default_7_0", STAGE_JACK_FILE_SOCKET},
		{"jack_default_0", STAGE_JACK_FILE_SOCKET},
		{"jack_0", STAGE_JACK_FILE_OTHER},
		{"jack_x_", STAGE_JACK_FILE_OTHER},
		{"jack_x_y", STAGE_JACK_FILE_OTHER},
		{"jack", STAGE_JACK_FILE_OTHER},
		{"", STAGE_JACK_FILE_OTHER},
		{"pulse-shm-1", STAGE_JACK_FILE_OTHER},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		if (stage_jack_file_kind(cases[i].name, 7) != cases[i].kind) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void
semaphores_belong_to_servers(void **state)
{
	static const struct {
		const char *name;
		const char *server;
		bool belongs;
	} cases[] = {
		{"jack_sem.7_default_system", "default", true},
		{"sem.jack_sem.7_default_system", "default", true},
		{"jack_sem.default_system", "default", true},
		{"jack_sem.8_default_system", "default", false},
		{"jack_sem.7_defaults_system", "default", false},
		{"jack_sem.7_foo_bar_x", "foo", true},
		{"jack_sem.7_foo_bar_x", "foo_bar", true},
		{"jack_sem.7_default", "default", false},
		{"jack_sem.", "default", false},
		{"jack_default_7_0", "default", false},
	};
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(cases); i++) {
		if (stage_jack_semaphore_is_of(cases[i].name, 7,
			    cases[i].server) != cases[i].belongs) {
			fail_msg("%s", cases[i].name);
		}
	}
}

static void
sockets_have_names_both_ways(void **state)
{
	char out[32];
	char tiny[4];
	(void)state;

	assert_int_equal(
		stage_jack_socket_name(out, sizeof(out), "default", 7, false),
		STAGE_OK);
	assert_string_equal(out, "jack_default_7_0");
	assert_int_equal(
		stage_jack_socket_name(out, sizeof(out), "a/b\\c", 7, true),
		STAGE_OK);
	assert_string_equal(out, "jack_a_b_c_0");
	assert_int_equal(
		stage_jack_socket_name(tiny, sizeof(tiny), "x", 7, false),
		STAGE_TOO_LONG);
	assert_int_equal(stage_jack_socket_server(
				 "jack_default_7_0", 7, out, sizeof(out)),
		STAGE_OK);
	assert_string_equal(out, "default");
	assert_int_equal(stage_jack_socket_server(
				 "jack_default_8_0", 7, out, sizeof(out)),
		STAGE_OK);
	assert_string_equal(out, "default_8");
	assert_int_equal(
		stage_jack_socket_server("jack_7_0", 7, out, sizeof(out)),
		STAGE_OK);
	assert_string_equal(out, "7");
	assert_int_equal(stage_jack_socket_server("pulse", 7, out, sizeof(out)),
		STAGE_BAD_INPUT);
	assert_int_equal(stage_jack_socket_server(
				 "jack_default_7_0", 7, tiny, sizeof(tiny)),
		STAGE_TOO_LONG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_one_is_empty),
		cmocka_unit_test(slots_and_entries_are_listed),
		cmocka_unit_test(senseless_names_are_not_believed),
		cmocka_unit_test(names_without_an_end_are_cut),
		cmocka_unit_test(wrong_headers_are_refused),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(ranges_free_what_they_should),
		cmocka_unit_test(files_are_told_apart),
		cmocka_unit_test(semaphores_belong_to_servers),
		cmocka_unit_test(sockets_have_names_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
