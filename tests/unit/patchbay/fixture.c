/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"

#define FIXTURE_MAX (1U << 20) // bytes

void
fixture_load(const char *name, struct stage_str *out)
{
	char path[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;

	*out = (struct stage_str){0};
	assert_int_equal(
		stage_io_join(path, sizeof(path), FIXTURES, name, &err),
		STAGE_OK);
	if (stage_io_read_file(path, FIXTURE_MAX, out, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

// What was read stands in a patch file afterwards.
static void
survives_as_patch_file(const struct stage_patch_list *list)
{
	struct stage_str text = {0};
	struct stage_patch_list back = {0};
	struct stage_err err = STAGE_ERR_INIT;

	assert_int_equal(stage_patch_text_format(list, &text), STAGE_OK);
	if (stage_patch_text_parse(stage_str_text(&text), text.len, "PATCH",
		    &back, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	fixture_same(list, &back);
	stage_patch_list_finish(&back);
	stage_str_finish(&text);
}

void
fixture_import(
	const char *name, const char *format, struct stage_patch_import *out)
{
	struct stage_str bytes;
	struct stage_patch_input input = {.name = "FILE"};
	const struct stage_patch_format *found = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	fixture_load(name, &bytes);
	input.bytes = bytes.data;
	input.len = bytes.len;
	if (stage_patch_format_recognise(&input, &found, &err) != STAGE_OK) {
		fail_msg("%s: %s", name, err.text);
	}
	assert_string_equal(found->name, format);
	fixture_read(format, &bytes, out);
	survives_as_patch_file(&out->list);
	stage_str_finish(&bytes);
}

static const struct stage_patch_format *
find(const char *format)
{
	const struct stage_patch_format *found = NULL;
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_patch_format_find(format, &found, &err) != STAGE_OK) {
		fail_msg("%s", err.text);
	}
	return found;
}

void
fixture_read(const char *format, const struct stage_str *bytes,
	struct stage_patch_import *out)
{
	const struct stage_patch_input input = {
		"FILE", stage_str_text(bytes), bytes->len};
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_patch_format_import(find(format), &input, out, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
}

void
fixture_write(const char *format, const struct stage_patch_list *list,
	struct stage_str *out, struct stage_strv *report)
{
	struct stage_strv unread = {0};
	struct stage_err err = STAGE_ERR_INIT;

	*out = (struct stage_str){0};
	if (report == NULL) {
		report = &unread;
	} else {
		*report = unread;
	}
	if (stage_patch_format_export(find(format), list, out, report, &err) !=
		STAGE_OK) {
		fail_msg("%s", err.text);
	}
	stage_strv_finish(&unread);
}

void
fixture_has(const struct stage_patch_list *list, enum stage_patch_policy policy,
	enum stage_patch_system system, const char *from, const char *to)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct stage_patch_statement *item = &list->items[i];
		if (item->policy == policy && item->system == system &&
			strcmp(item->from.text, from) == 0 &&
			strcmp(item->to.text, to) == 0) {
			return;
		}
	}
	for (size_t i = 0; i < list->count; i++) {
		print_message("there is: %s -> %s\n", list->items[i].from.text,
			list->items[i].to.text);
	}
	fail_msg("there is no %s %s -> %s", stage_patch_policy_name(policy),
		from, to);
}

void
fixture_same(const struct stage_patch_list *a, const struct stage_patch_list *b)
{
	assert_int_equal(a->count, b->count);
	for (size_t i = 0; i < a->count; i++) {
		if (stage_patch_list_find(b, &a->items[i]) == SIZE_MAX) {
			fail_msg("only one list has %s -> %s",
				a->items[i].from.text, a->items[i].to.text);
		}
	}
}

size_t
fixture_told(const struct stage_strv *report, const char *text)
{
	size_t told = 0;

	for (size_t i = 0; i < report->count; i++) {
		told += strstr(report->items[i], text) != NULL;
	}
	return told;
}
