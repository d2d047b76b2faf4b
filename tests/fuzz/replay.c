/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Feeds each file of the directories on the command line, and the empty input,
 * to a fuzz target: the corpus as a normal test, built by any compiler. */

#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "fuzz.h"

#define INPUT_MAX (16U << 20) // bytes

// A copy of the exact size, so that a sanitizer sees each byte read too many.
static void
feed(const struct stage_str *text)
{
	uint8_t *copy = malloc(text->len > 0 ? text->len : 1);

	FUZZ_CHECK(copy != NULL);
	memcpy(copy, stage_str_text(text), text->len);
	FUZZ_CHECK(LLVMFuzzerTestOneInput(copy, text->len) == 0);
	free(copy);
}

static enum stage_status
feed_file(const char *dir, const char *name, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	enum stage_status status;

	status = stage_io_join(path, sizeof(path), dir, name, err);
	if (status == STAGE_OK) {
		status = stage_io_read_file(path, INPUT_MAX, &text, err);
	}
	if (status == STAGE_OK) {
		feed(&text);
	}
	stage_str_finish(&text);
	return status;
}

static enum stage_status
feed_dir(const char *dir, size_t *count, struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status = stage_io_list_dir(dir, &names, err);

	for (size_t i = 0; i < names.count && status == STAGE_OK; i++) {
		status = feed_file(dir, names.items[i], err);
		*count += status == STAGE_OK;
	}
	stage_strv_finish(&names);
	return status;
}

int
main(int argc, char **argv)
{
	struct stage_err err = STAGE_ERR_INIT;
	size_t count = 0;

	stage_log_init("replay", STAGE_LOG_INFO);
	feed(&(const struct stage_str){0});
	for (int i = 1; i < argc; i++) {
		if (feed_dir(argv[i], &count, &err) != STAGE_OK) {
			stage_log_err("%s", err.text);
			return EXIT_FAILURE;
		}
	}
	if (count == 0) {
		stage_log_err("there is nothing to replay");
		return EXIT_FAILURE;
	}
	stage_log_info("%zu inputs replayed", count);
	return EXIT_SUCCESS;
}
