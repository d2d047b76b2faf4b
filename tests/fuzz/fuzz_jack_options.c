/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // putenv

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "jackserver/config.h"

#define TEXT_MAX 4096

static char server_variable[TEXT_MAX + 32];

// What JACK is given is within what it takes, and can be told as JSON.
static void
check_config(const struct stage_jackserver_config *config)
{
	FUZZ_CHECK(config->rate_hz >= 8000 && config->rate_hz <= 768000);
	FUZZ_CHECK(
		config->period_frames >= 16 && config->period_frames <= 8192);
	FUZZ_CHECK(config->periods >= 2 && config->periods <= 32);
	FUZZ_CHECK(config->priority >= 1 && config->priority <= 95);
	FUZZ_CHECK(config->driver[0] != '\0' && config->server[0] != '\0');
	fuzz_check_text(config->server, strlen(config->server));
	FUZZ_CHECK(strpbrk(config->server, "/\\:") == NULL);
}

// The input is JACK_DEFAULT_SERVER and the words behind the program's name. No
// file is read.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_jackserver_options options = {.is_check = false};
	struct stage_jackserver_words given = {0};
	struct stage_err err = STAGE_ERR_INIT;
	struct fuzz_words words;
	enum stage_status status;

	if (size > TEXT_MAX) {
		return 0;
	}
	fuzz_words_init(&words, NULL, data, size);
	snprintf(server_variable, sizeof(server_variable),
		"JACK_DEFAULT_SERVER=%s", words.argc > 0 ? words.argv[0] : "");
	FUZZ_CHECK(putenv(server_variable) == 0);
	stage_jackserver_config_init(&options.config);
	status = stage_jackserver_words_read(
		words.argc, words.argv, &options, &given, &err);
	if (status == STAGE_OK) {
		status = stage_jackserver_words_put(
			&given, &options.config, &err);
	}
	if (status == STAGE_OK) {
		status = stage_jackserver_config_settle(&options.config, &err);
	}
	fuzz_check_err(status, &err);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT ||
		   status == STAGE_TOO_LONG);
	if (status == STAGE_OK) {
		check_config(&options.config);
	}
	fuzz_words_finish(&words);
	return 0;
}
