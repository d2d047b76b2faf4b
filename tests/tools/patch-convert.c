/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Reads a file of another program and writes it as one of another one.
 *
 *   patch-convert FORMAT FILE    prints it in that format; FORMAT "hex" prints
 *                                "FROM TO", as hexadecimal digits, for each
 *                                JACK connection. The reports go to stderr
 *
 * Exits 0, 100 when the file cannot be read.
 */

#include <stdio.h>
#include <string.h>

#include "base/exits.h"
#include "base/io.h"
#include "patchbay/format.h"

static void
print_report(const struct stage_strv *report)
{
	for (size_t i = 0; i < report->count; i++) {
		fprintf(stderr, "%s\n", report->items[i]);
	}
}

static void
print_hex(const char *name, char end)
{
	for (; *name != '\0'; name++) {
		printf("%02x", (unsigned)(unsigned char)*name);
	}
	putchar(end);
}

static void
print_edges(const struct stage_patch_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].system == STAGE_PATCH_JACK) {
			print_hex(list->items[i].from.text, ' ');
			print_hex(list->items[i].to.text, '\n');
		}
	}
}

static enum stage_status
write_as(const char *name, const struct stage_patch_list *list,
	struct stage_err *err)
{
	const struct stage_patch_format *format = NULL;
	struct stage_str out = {0};
	struct stage_strv report = {0};
	enum stage_status status;

	if (strcmp(name, "hex") == 0) {
		print_edges(list);
		return STAGE_OK;
	}
	status = stage_patch_format_find(name, &format, err);
	if (status == STAGE_OK) {
		status = stage_patch_format_export(
			format, list, &out, &report, err);
	}
	if (status == STAGE_OK) {
		fwrite(out.data, 1, out.len, stdout);
	}
	print_report(&report);
	stage_str_finish(&out);
	stage_strv_finish(&report);
	return status;
}

static enum stage_status
convert(const char *name, const char *path, struct stage_err *err)
{
	const struct stage_patch_format *format = NULL;
	struct stage_patch_input input = {.name = path};
	struct stage_patch_import import;
	struct stage_str bytes = {0};
	enum stage_status status =
		stage_io_read_file(path, STAGE_PATCH_FILE_MAX, &bytes, err);

	if (status == STAGE_OK) {
		input.bytes = stage_str_text(&bytes);
		input.len = bytes.len;
		status = stage_patch_format_recognise(&input, &format, err);
	}
	if (status == STAGE_OK) {
		status =
			stage_patch_format_import(format, &input, &import, err);
	}
	if (status == STAGE_OK) {
		print_report(&import.report);
		status = write_as(name, &import.list, err);
		stage_patch_import_finish(&import);
	}
	stage_str_finish(&bytes);
	return status;
}

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;

	if (argc != 3) {
		fprintf(stderr, "usage: patch-convert FORMAT FILE\n");
		return STAGE_EXIT_PERMANENT;
	}
	if (convert(argv[1], argv[2], &err) != STAGE_OK) {
		fprintf(stderr, "patch-convert: error: %s\n", err.text);
		return STAGE_EXIT_PERMANENT;
	}
	return STAGE_EXIT_OK;
}
