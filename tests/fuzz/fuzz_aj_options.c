/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "ajsnapshot/options.h"
#include "check.h"
#include "fuzz.h"

static bool
is_word(const struct fuzz_words *words, const char *text)
{
	for (int i = 1; i < words->argc; i++) {
		if (words->argv[i] == text) {
			return true;
		}
	}
	return false;
}

// Whatever is asked for can be done.
static void
check_options(
	const struct stage_aj_options *options, const struct fuzz_words *words)
{
	FUZZ_CHECK(options->action < STAGE_AJ_ACTION_COUNT);
	FUZZ_CHECK(options->has_jack || options->has_alsa);
	FUZZ_CHECK((options->file == NULL) ==
		   (options->action == STAGE_AJ_REMOVE));
	FUZZ_CHECK(options->file == NULL ||
		   (is_word(words, options->file) && options->file[0] != '\0'));
	FUZZ_CHECK(!options->removes_first ||
		   options->action == STAGE_AJ_RESTORE ||
		   options->action == STAGE_AJ_DAEMON);
	FUZZ_CHECK(options->ignored.count < (size_t)words->argc);
	FUZZ_CHECK(options->remarks.count <= 2);
	for (size_t i = 0; i < options->ignored.count; i++) {
		FUZZ_CHECK(options->ignored.items[i] != NULL);
	}
}

// The input is the words behind the program's name.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_aj_options options;
	struct fuzz_words words;
	enum stage_status status;

	fuzz_words_init(&words, "aj-snapshot", data, size);
	status = stage_aj_options_parse(&options, words.argc, words.argv, &err);
	fuzz_check_err(status, &err);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT);
	if (status == STAGE_OK && !options.wants_help) {
		check_options(&options, &words);
	}
	stage_aj_options_finish(&options);
	fuzz_words_finish(&words);
	return 0;
}
