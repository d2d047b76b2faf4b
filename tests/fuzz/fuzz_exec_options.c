/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "base/clock.h"
#include "chain/limits_text.h"
#include "check.h"
#include "exec/options.h"
#include "fuzz.h"

// What was taken is in order, so that it fails for no reason that could have
// been told before waiting.
static void
check_lists(const struct stage_exec_options *options)
{
	struct stage_limit limit;

	for (size_t i = 0; i < options->limits.count; i++) {
		FUZZ_CHECK(stage_limit_parse(options->limits.items[i], &limit,
				   NULL) == STAGE_OK);
	}
	for (size_t i = 0; i < options->variables.count; i++) {
		const char *text = options->variables.items[i];
		FUZZ_CHECK(strchr(text, '=') > text);
	}
	for (size_t i = 0; i < options->needs.count; i++) {
		FUZZ_CHECK(
			options->needs.items[i].kind < STAGE_NEED_KIND_COUNT);
	}
	FUZZ_CHECK(!options->needs.is_bound || options->needs.count > 0);
}

static void
check_words(const struct stage_exec_options *options)
{
	struct stage_scheduling scheduling;
	struct stage_cpus cpus;
	size_t count = 0;

	if (options->scheduling != NULL) {
		FUZZ_CHECK(stage_scheduling_parse(options->scheduling,
				   &scheduling, NULL) == STAGE_OK);
		FUZZ_CHECK(
			scheduling.priority >= 0 && scheduling.priority <= 99);
	}
	if (options->cpus != NULL) {
		FUZZ_CHECK(stage_cpus_parse(options->cpus, &cpus, NULL) ==
			   STAGE_OK);
		for (size_t i = 0; i < STAGE_CPUS_MAX; i++) {
			count += cpus.has[i];
		}
		FUZZ_CHECK(count > 0);
	}
	FUZZ_CHECK(options->nice >= -20 && options->nice <= 19);
	FUZZ_CHECK(options->timeout_ns >= 0 &&
		   options->timeout_ns <= 366 * 86400 * STAGE_NS_PER_S);
}

static void
check_word(const char *word)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_limit limit = {.resource = -7};
	struct stage_scheduling scheduling = {.policy = -7};
	struct stage_cpus cpus = {.has = {false}};
	enum stage_status status = stage_limit_parse(word, &limit, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK((status == STAGE_OK) == (limit.resource != -7));
	err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_scheduling_parse(word, &scheduling, &err);
	fuzz_check_err(status, &err);
	FUZZ_CHECK((status == STAGE_OK) == (scheduling.policy != -7));
	err = (struct stage_err)STAGE_ERR_INIT;
	status = stage_cpus_parse(word, &cpus, &err);
	fuzz_check_err(status, &err);
}

// The input is the words behind the program's name, and each alone.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_exec_options options = {0};
	struct fuzz_words words;
	enum stage_status status;

	fuzz_words_init(&words, "stagecraft-exec", data, size);
	status = stage_exec_options_parse(
		&options, words.argc, words.argv, &err);
	fuzz_check_err(status, &err);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT);
	if (status == STAGE_OK) {
		FUZZ_CHECK(options.wants_help ||
			   (options.argv > words.argv &&
				   options.argv < words.argv + words.argc &&
				   options.argv[0] != NULL));
		check_lists(&options);
		check_words(&options);
	}
	for (int i = 1; i < words.argc; i++) {
		check_word(words.argv[i]);
	}
	stage_exec_options_finish(&options);
	fuzz_words_finish(&words);
	return 0;
}
