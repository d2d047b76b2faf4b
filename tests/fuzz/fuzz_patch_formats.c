/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "patchbay/format.h"
#include "patchbay/patch_text.h"

#define FILE_NAME "FILE"

static void
check_report(const struct stage_strv *report)
{
	for (size_t i = 0; i < report->count; i++) {
		FUZZ_CHECK(report->items[i][0] != '\0');
		fuzz_check_text(report->items[i], strlen(report->items[i]));
	}
}

static void
check_end(const struct stage_patch_end *end)
{
	FUZZ_CHECK(end->text != NULL && end->text[0] != '\0');
	FUZZ_CHECK(end->match == STAGE_PATCH_REGEX ||
		   (end->match == STAGE_PATCH_LITERAL &&
			   strchr(end->text, ':') != NULL));
}

static void
check_import(const struct stage_patch_import *import)
{
	FUZZ_CHECK(import->list.count <= STAGE_PATCH_IMPORT_MAX);
	FUZZ_CHECK(import->report.count <= STAGE_PATCH_REPORT_MAX + 8);
	check_report(&import->report);
	for (size_t i = 0; i < import->list.count; i++) {
		const struct stage_patch_statement *item =
			&import->list.items[i];
		check_end(&item->from);
		check_end(&item->to);
		FUZZ_CHECK(item->line > 0);
		FUZZ_CHECK(import->speaks_of[item->system]);
		FUZZ_CHECK(stage_patch_list_find(&import->list, item) == i);
	}
	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT; i++) {
		FUZZ_CHECK(import->unconnected[i].count <=
			   STAGE_PATCH_UNCONNECTED_MAX);
	}
}

// What is taken can stand in a patch file, and is the same there.
static void
check_patch(const struct stage_patch_list *list)
{
	struct stage_patch_list again = {0};
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;

	FUZZ_CHECK(stage_patch_text_format(list, &text) == STAGE_OK);
	FUZZ_CHECK(stage_patch_text_parse(stage_str_text(&text), text.len,
			   FILE_NAME, &again, &err) == STAGE_OK);
	FUZZ_CHECK(again.count == list->count);
	for (size_t i = 0; i < list->count; i++) {
		const struct stage_patch_statement *item = &again.items[i];
		FUZZ_CHECK(stage_patch_list_find(list, item) == i);
	}
	stage_patch_list_finish(&again);
	stage_str_finish(&text);
}

static void
write_list(const struct stage_patch_format *format,
	const struct stage_patch_list *list, struct stage_str *out,
	struct stage_strv *report)
{
	struct stage_err err = STAGE_ERR_INIT;

	FUZZ_CHECK(stage_patch_format_export(format, list, out, report, &err) ==
		   STAGE_OK);
	fuzz_check_err(STAGE_OK, &err);
	check_report(report);
}

static void
read_again(const struct stage_patch_format *format,
	const struct stage_str *bytes, struct stage_patch_import *out)
{
	const struct stage_patch_input input = {
		FILE_NAME, stage_str_text(bytes), bytes->len};
	struct stage_err err = STAGE_ERR_INIT;

	if (bytes->len == 0) { // of jackpatch, when there is nothing
		*out = (struct stage_patch_import){0};
		return;
	}
	if (stage_patch_format_import(format, &input, out, &err) != STAGE_OK) {
		fprintf(stderr, "%s\n", err.text);
		FUZZ_CHECK(!"what was written can be read");
	}
	check_import(out);
}

// What was read was written; a want may have been an only.
static void
check_is_in(const struct stage_patch_list *list,
	const struct stage_patch_statement *statement)
{
	struct stage_patch_statement other = *statement;

	other.policy = STAGE_PATCH_ONLY;
	FUZZ_CHECK(stage_patch_list_find(list, statement) != SIZE_MAX ||
		   stage_patch_list_find(list, &other) != SIZE_MAX);
}

static size_t
count_left(const struct stage_strv *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++) {
		count += strncmp(report->items[i], "left out, as ", 13) == 0;
	}
	return count;
}

// Only and want of the same two ports are one to those who know no only.
static size_t
count_onlys(const struct stage_patch_list *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		count += list->items[i].policy == STAGE_PATCH_ONLY;
	}
	return count;
}

// Nothing is lost silently, nothing is made up, and what came through once
// comes through again.
static void
check_written(const struct stage_patch_format *format,
	const struct stage_patch_list *list)
{
	struct stage_str bytes = {0};
	struct stage_str bytes_again = {0};
	struct stage_strv report = {0};
	struct stage_strv report_again = {0};
	struct stage_patch_import import;
	struct stage_patch_import import_again;

	write_list(format, list, &bytes, &report);
	read_again(format, &bytes, &import);
	for (size_t i = 0; i < import.list.count; i++) {
		check_is_in(list, &import.list.items[i]);
	}
	FUZZ_CHECK(
		import.list.count + count_left(&report) + count_onlys(list) >=
		list->count);
	write_list(format, &import.list, &bytes_again, &report_again);
	FUZZ_CHECK(count_left(&report_again) == 0);
	read_again(format, &bytes_again, &import_again);
	FUZZ_CHECK(import.list.count == import_again.list.count);
	for (size_t i = 0; i < import.list.count; i++) {
		FUZZ_CHECK(stage_patch_list_find(&import_again.list,
				   &import.list.items[i]) != SIZE_MAX);
	}
	stage_patch_import_finish(&import);
	stage_patch_import_finish(&import_again);
	stage_strv_finish(&report);
	stage_strv_finish(&report_again);
	stage_str_finish(&bytes);
	stage_str_finish(&bytes_again);
}

// The format of an index, or, behind the last one, what the bytes look like.
static const struct stage_patch_format *
choose(const struct stage_patch_input *input, uint8_t index)
{
	const struct stage_patch_format *format = NULL;
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;
	enum stage_status status;

	while (stage_patch_format_at(count) != NULL) {
		count++;
	}
	if (index % (count + 1) < count) {
		return stage_patch_format_at(index % (count + 1));
	}
	status = stage_patch_format_recognise(input, &format, &err);
	fuzz_check_place(status, &err, FILE_NAME);
	FUZZ_CHECK((status == STAGE_OK) == (format != NULL));
	return format;
}

// The first byte says by which format the others are read.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_patch_input input = {.name = FILE_NAME};
	const struct stage_patch_format *format;
	struct stage_patch_import import;
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	if (size == 0) {
		return 0;
	}
	input.bytes = (const char *)data + 1;
	input.len = size - 1;
	format = choose(&input, data[0]);
	if (format == NULL) {
		return 0;
	}
	status = stage_patch_format_import(format, &input, &import, &err);
	fuzz_check_place(status, &err, FILE_NAME);
	check_import(&import);
	check_patch(&import.list);
	for (size_t i = 0; status == STAGE_OK; i++) {
		const struct stage_patch_format *writer =
			stage_patch_format_at(i);
		if (writer == NULL) {
			break;
		}
		if (writer->export_list != NULL) {
			check_written(writer, &import.list);
		}
	}
	stage_patch_import_finish(&import);
	return 0;
}
