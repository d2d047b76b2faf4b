/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#define _XOPEN_SOURCE 700 // putenv

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rig/paths.h"

#define TEXT_MAX 6000 // bytes; more than a path may have

// The environment refers to these, so that nothing is left over or leaks.
static char run_variable[TEXT_MAX + 32];
static char xdg_variable[TEXT_MAX + 32];
static char rig_variable[TEXT_MAX + 32];
static char home_variable[TEXT_MAX + 32];

static const struct {
	const char *name;
	char *text;
} variables[] = {
	{"STAGECRAFT_RUN", run_variable},
	{"XDG_RUNTIME_DIR", xdg_variable},
	{"STAGECRAFT_RIG", rig_variable},
	{"HOME", home_variable},
};

static void
set_environment(char *const *values)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(variables); i++) {
		snprintf(variables[i].text, TEXT_MAX + 32, "%s=%s",
			variables[i].name, *values != NULL ? *values : "");
		FUZZ_CHECK(putenv(variables[i].text) == 0);
		values += *values != NULL;
	}
}

// Absolute, without needless parts, on one line, with room for names below.
static void
check_rig(const char *path)
{
	FUZZ_CHECK(path[0] == '/');
	FUZZ_CHECK(strstr(path, "//") == NULL);
	FUZZ_CHECK(strstr(path, "/./") == NULL);
	FUZZ_CHECK(!stage_ends_with(path, "/."));
	FUZZ_CHECK(path[1] == '\0' || !stage_ends_with(path, "/"));
	FUZZ_CHECK(strchr(path, '\n') == NULL);
	FUZZ_CHECK(strlen(path) < STAGE_PATH_MAX - 1024);
}

// A path found once is found again.
static void
check_again(const struct stage_rig *rig)
{
	struct stage_rig again;

	FUZZ_CHECK(stage_rig_find(&again, rig->rig, NULL) == STAGE_OK);
	FUZZ_CHECK(strcmp(again.rig, rig->rig) == 0);
	FUZZ_CHECK(strcmp(again.run, rig->run) == 0);
}

static void
check_below(const struct stage_rig *rig)
{
	char name[STAGE_SERVICE_NAME_MAX + 1];
	char path[STAGE_PATH_MAX];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	stage_rig_path(rig, path, "state/crashes/%s.json", name);
	FUZZ_CHECK(stage_ends_with(path, ".json"));
	stage_rig_run_path(rig, path, "tree/%s/supervise/status", name);
	FUZZ_CHECK(stage_ends_with(path, "/supervise/status"));
}

// The input is words: four variables of the environment, and what -r says.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rig rig;
	struct fuzz_words words;
	enum stage_status status;
	const char *wanted = NULL;

	if (size > TEXT_MAX) {
		return 0;
	}
	fuzz_words_init(&words, NULL, data, size);
	set_environment(words.argv);
	wanted = words.argc > 4 ? words.argv[4] : NULL;
	status = stage_rig_find(&rig, wanted, &err);
	fuzz_check_err(status, &err);
	if (status == STAGE_OK) {
		check_rig(rig.rig);
		FUZZ_CHECK(rig.run[0] == '/');
		check_again(&rig);
		check_below(&rig);
	}
	fuzz_words_finish(&words);
	return 0;
}
