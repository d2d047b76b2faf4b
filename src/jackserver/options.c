/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "jackserver/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/str.h"

static const char help[] =
	"usage: stagecraft-jack [OPTION]...\n"
	"\n"
	"Hosts the JACK server. Settings come from $STAGECRAFT_RIG/rig.conf\n"
	"(keys jack.driver, jack.device, jack.rate, jack.period, "
	"jack.periods,\n"
	"jack.realtime, jack.priority, jack.server, jack.ports,\n"
	"jack.end_frozen).\n"
	"\n"
	"  -c FILE     read FILE instead of the rig's rig.conf\n"
	"  -d DRIVER   use that JACK driver (auto, alsa, dummy, ...)\n"
	"  -r RATE     sample rate in Hz\n"
	"  -p PERIOD   frames of a period\n"
	"  -n          only check the settings\n"
	"  --clean     only remove what dead servers left in shared memory\n"
	"  -v          say more\n"
	"  -h          show this\n"
	"\n"
	"Exits 0 when asked to stop, 100 for wrong settings, 111 when it may\n"
	"work later.\n";

const char *
stage_jackserver_help(void)
{
	return help;
}

static const char **
option_with_value(struct stage_jackserver_words *words, char letter)
{
	switch (letter) {
	case 'c':
		return &words->file;
	case 'd':
		return &words->driver;
	case 'r':
		return &words->rate;
	case 'p':
		return &words->period;
	default:
		return NULL;
	}
}

static bool *
option_alone(struct stage_jackserver_options *out, const char *word)
{
	const struct {
		const char *word;
		bool *is_set;
	} rows[] = {
		{"-n", &out->is_check},
		{"-v", &out->is_verbose},
		{"-h", &out->is_help},
		{"--help", &out->is_help},
		{"--clean", &out->is_clean},
	};

	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		if (strcmp(word, rows[i].word) == 0) {
			return rows[i].is_set;
		}
	}
	return NULL;
}

enum stage_status
stage_jackserver_words_read(int argc, char **argv,
	struct stage_jackserver_options *out,
	struct stage_jackserver_words *words, struct stage_err *err)
{
	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		bool *is_set = option_alone(out, word);
		const char **value = NULL;
		if (is_set != NULL) {
			*is_set = true;
			continue;
		}
		if (word[0] == '-' && word[1] != '\0') {
			value = option_with_value(words, word[1]);
		}
		if (value == NULL) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"unknown argument \"%s\"; try -h", word);
		}
		if (word[2] != '\0') {
			*value = word + 2;
		} else if (i + 1 < argc) {
			*value = argv[++i];
		} else {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"option %s needs a value; try -h", word);
		}
	}
	return STAGE_OK;
}

// Only a rig has a state; a file given with -c does not change which.
static enum stage_status
find_state(struct stage_jackserver_options *out, struct stage_err *err)
{
	const char *rig = getenv("STAGECRAFT_RIG");

	if (rig == NULL || rig[0] == '\0') {
		return STAGE_OK;
	}
	return stage_io_join(out->state, sizeof(out->state), rig,
		STAGE_JACKSERVER_STATE, err);
}

static enum stage_status
load_file(struct stage_jackserver_config *config, const char *file,
	struct stage_err *err)
{
	const char *rig = getenv("STAGECRAFT_RIG");
	char path[STAGE_PATH_MAX];
	enum stage_status status;

	if (file != NULL) {
		return stage_jackserver_config_load(config, file, err);
	}
	if (rig == NULL || rig[0] == '\0') {
		return STAGE_OK;
	}
	status = stage_io_join(path, sizeof(path), rig, "rig.conf", err);
	if (status != STAGE_OK || access(path, F_OK) != 0) {
		return status;
	}
	return stage_jackserver_config_load(config, path, err);
}

static enum stage_status
read_number(const char *option, const char *text, int64_t min, int64_t max,
	int64_t *out, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	if (text != NULL) {
		status = stage_num_parse(text, min, max, out, err);
	}
	if (status != STAGE_OK) {
		stage_err_prefix(err, "option %s: ", option);
	}
	return status;
}

enum stage_status
stage_jackserver_words_put(const struct stage_jackserver_words *words,
	struct stage_jackserver_config *config, struct stage_err *err)
{
	enum stage_status status = read_number(
		"-r", words->rate, 8000, 768000, &config->rate_hz, err);

	if (status == STAGE_OK) {
		status = read_number("-p", words->period, 16, 8192,
			&config->period_frames, err);
	}
	if (status == STAGE_OK && words->driver != NULL) {
		status = stage_format(config->driver, sizeof(config->driver),
			"%s", words->driver);
		if (status != STAGE_OK) {
			stage_err_set(err, status,
				"option -d: \"%s\" is no JACK driver",
				words->driver);
		}
	}
	return status;
}

enum stage_status
stage_jackserver_options_parse(int argc, char **argv,
	struct stage_jackserver_options *out, struct stage_err *err)
{
	struct stage_jackserver_words words = {0};
	enum stage_status status;

	*out = (struct stage_jackserver_options){.is_check = false};
	stage_jackserver_config_init(&out->config);
	status = stage_jackserver_words_read(argc, argv, out, &words, err);
	if (status != STAGE_OK || out->is_help || out->is_clean) {
		return status;
	}
	status = load_file(&out->config, words.file, err);
	if (status == STAGE_OK) {
		status = stage_jackserver_words_put(&words, &out->config, err);
	}
	if (status == STAGE_OK) {
		status = find_state(out, err);
	}
	if (status == STAGE_OK) {
		status = stage_jackserver_config_settle(&out->config, err);
	}
	return status;
}
