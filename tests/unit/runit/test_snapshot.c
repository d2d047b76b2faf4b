/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "runit/snapshot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"
#include "failing_alloc.h"

/* A snapshot is spelled "NAME=INO.BIRTH.STAMP" for each entry, with a blank in
 * between; in front of it r for has_run, s for is_service, u for is_unusable
 * and a colon. "rs:a=1.0.7" */
static enum stage_status
spell(struct stage_runit_snapshot *self, const char *text)
{
	enum stage_status status = STAGE_OK;

	while (*text != '\0' && status == STAGE_OK) {
		struct stage_runit_entry entry = {.dev = 1};
		char flags[8] = "";
		char name[32] = "";
		unsigned ino;
		unsigned birth;
		unsigned stamp;
		int len = 0;
		if (*text == ':') {
			text++;
		} else {
			sscanf(text, "%7[^:]:%n", flags, &len);
			text += len;
		}
		assert_int_equal(sscanf(text, "%31[^=]=%u.%u.%u%n", name, &ino,
					 &birth, &stamp, &len),
			4);
		text += len;
		text += *text == ' ';
		entry.has_run = strchr(flags, 'r') != NULL;
		entry.is_service = strchr(flags, 's') != NULL;
		entry.is_unusable = strchr(flags, 'u') != NULL;
		entry.ino = ino;
		entry.birth_ns = birth;
		entry.stamp = stamp;
		status = stage_runit_snapshot_add(self, name, &entry);
	}
	stage_runit_snapshot_sort(self);
	return status;
}

struct change_row {
	const char *before;
	const char *after;
	const char *changes;
	const char *services; // after
};

static const struct change_row change_rows[] = {
	{"", "", "", ""},
	{"", "r:a=1.0.1", "added a ", "a"},
	{"", ":a=1.0.1", "", ""},
	{":a=1.0.1", ":a=1.0.2", "", ""},
	{":a=1.0.1", "r:a=1.0.2", "added a ", "a"},
	{":a=1.0.1", "", "", ""},
	{"rs:a=1.0.1", "", "removed a ", ""},
	{"rs:a=1.0.1", "r:a=1.0.1", "", "a"},
	{"rs:a=1.0.1", "r:a=1.0.2", "touched a ", "a"},
	{"rs:a=1.0.1", "r:a=2.0.1", "replaced a ", "a"},
	{"rs:a=1.0.1", "r:a=2.0.2", "replaced a ", "a"},
	// the number was used again
	{"rs:a=1.5.1", "r:a=1.6.2", "replaced a ", "a"},
	{"rs:a=1.5.1", "r:a=1.0.2", "touched a ", "a"},
	{"rs:a=1.0.1", "r:a=1.6.1", "", "a"},
	// an editor renames run and writes it again
	{"rs:a=1.0.1", ":a=1.0.2", "touched a ", "a"},
	{"s:a=1.0.2", "r:a=1.0.3", "touched a ", "a"},
	{"s:a=1.0.2", ":a=1.0.2", "", "a"},
	{"s:a=1.0.2", "", "removed a ", ""},
	// removed, and copied anew by cp -r
	{"rs:a=1.0.1", ":a=2.0.2", "removed a ", ""},
	{":a=2.0.2", "r:a=2.0.3", "added a ", "a"},
	{":a=2.0.2", "r:a=3.0.3", "added a ", "a"},
	// names that runit cannot take
	{"", "ru:a=1.0.1", "unusable a ", ""},
	{"u:a=1.0.1", "ru:a=1.0.2", "", ""},
	{"u:a=1.0.1", "ru:a=2.0.2", "", ""},
	{"u:a=1.0.1", "", "", ""},
	// several at once, by name
	{"rs:b=2.0.1 rs:d=4.0.1", "r:a=1.0.1 r:c=3.0.1 r:e=5.0.1",
		"added a removed b added c removed d added e ", "ace"},
	{"rs:a=1.0.1 rs:b=2.0.1", "r:b=1.0.1", "removed a replaced b ", "b"},
	{"rs:b=2.0.1 rs:a=1.0.1", "r:b=2.0.1 r:a=1.0.1", "", "ab"},
};

static void
spell_changes(struct stage_str *out, const struct stage_runit_changes *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		assert_int_equal(
			stage_str_addf(out, "%s %s ",
				stage_runit_change_word(changes->items[i].kind),
				changes->items[i].name),
			STAGE_OK);
	}
}

static void
spell_services(struct stage_str *out, const struct stage_runit_snapshot *self)
{
	for (size_t i = 0; i < self->count; i++) {
		assert_int_equal(
			stage_str_add(out, self->items[i].is_service
						   ? self->items[i].name
						   : ""),
			STAGE_OK);
	}
}

static void
expect_changes(const struct change_row *row)
{
	struct stage_runit_snapshot before = {0};
	struct stage_runit_snapshot after = {0};
	struct stage_runit_changes changes = {0};
	struct stage_str text = {0};
	struct stage_str services = {0};

	print_message("# %s => %s\n", row->before, row->after);
	assert_int_equal(spell(&before, row->before), STAGE_OK);
	assert_int_equal(spell(&after, row->after), STAGE_OK);
	assert_int_equal(
		stage_runit_snapshot_diff(&before, &after, &changes), STAGE_OK);
	spell_changes(&text, &changes);
	spell_services(&services, &after);
	assert_string_equal(stage_str_text(&text), row->changes);
	assert_string_equal(stage_str_text(&services), row->services);
	stage_str_finish(&services);
	stage_str_finish(&text);
	stage_runit_changes_finish(&changes);
	stage_runit_snapshot_finish(&after);
	stage_runit_snapshot_finish(&before);
}

static void
changes_are_found(void **state)
{
	(void)state;

	for (size_t i = 0; i < STAGE_COUNT_OF(change_rows); i++) {
		expect_changes(&change_rows[i]);
	}
}

static void
entries_are_found_by_name(void **state)
{
	struct stage_runit_snapshot snapshot = {0};
	(void)state;

	assert_null(stage_runit_snapshot_find(&snapshot, "a"));
	for (int i = 99; i >= 0; i--) {
		struct stage_runit_entry entry = {.ino = (uint64_t)i};
		char name[8];
		snprintf(name, sizeof(name), "%02d", i);
		assert_int_equal(
			stage_runit_snapshot_add(&snapshot, name, &entry),
			STAGE_OK);
	}
	stage_runit_snapshot_sort(&snapshot);
	assert_string_equal(snapshot.items[0].name, "00");
	assert_int_equal(stage_runit_snapshot_find(&snapshot, "42")->ino, 42);
	assert_null(stage_runit_snapshot_find(&snapshot, "4"));
	stage_runit_snapshot_finish(&snapshot);
	assert_int_equal(snapshot.count, 0);
	stage_runit_snapshot_finish(NULL);
	stage_runit_changes_finish(NULL);
}

static void
every_change_has_a_word(void **state)
{
	(void)state;
	for (int i = 0; i < STAGE_RUNIT_CHANGE_KIND_COUNT; i++) {
		assert_true(strlen(stage_runit_change_word(
				    (enum stage_runit_change_kind)i)) > 0);
	}
	assert_string_equal(
		stage_runit_change_word(STAGE_RUNIT_CHANGE_KIND_COUNT),
		"unknown");
}

static enum stage_status
compare_two(void *user)
{
	struct stage_runit_snapshot before = {0};
	struct stage_runit_snapshot after = {0};
	struct stage_runit_changes changes = {0};
	enum stage_status status = spell(&before, "rs:a=1.0.1 rs:b=1.0.1");
	(void)user;

	if (status == STAGE_OK) {
		status = spell(&after, "r:b=2.0.1 r:c=1.0.1");
	}
	if (status == STAGE_OK) {
		status = stage_runit_snapshot_diff(&before, &after, &changes);
	}
	stage_runit_changes_finish(&changes);
	stage_runit_snapshot_finish(&after);
	stage_runit_snapshot_finish(&before);
	return status;
}

static void
each_allocation_may_fail(void **state)
{
	(void)state;
	assert_int_equal(failing_alloc_sweep(compare_two, NULL), 7);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_found),
		cmocka_unit_test(entries_are_found_by_name),
		cmocka_unit_test(every_change_has_a_word),
		cmocka_unit_test(each_allocation_may_fail),
	};

	return cmocka_run_group_tests_name("runit/snapshot", tests, NULL, NULL);
}
