/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "base/utf8.h"
#include "check.h"
#include "fuzz.h"
#include "rig/death.h"
#include "rig/mark.h"
#include "rig/run_file.h"

#define SERVICE "x"

static const char *const names[] = {
	"process", "ready", "wait", "hold", "asked", "deaths"};

static void
check_words(const char *words)
{
	size_t len = strlen(words);

	FUZZ_CHECK(len < STAGE_MARK_WORDS_MAX);
	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(words + at, len - at);
		FUZZ_CHECK(bytes > 0 && (unsigned char)words[at] >= 0x20);
		at += bytes;
	}
}

static void
check_marks(const struct stage_rig *rig)
{
	struct stage_process process;
	struct stage_wait wait;
	struct stage_hold hold;
	struct stage_deaths deaths;
	char text[STAGE_MARK_WORDS_MAX];

	if (stage_mark_get_process(
		    rig, SERVICE, STAGE_MARK_PROCESS, &process)) {
		FUZZ_CHECK(process.id.pid > 0);
	}
	if (stage_mark_get_wait(rig, SERVICE, &wait)) {
		check_words(wait.text);
	}
	if (stage_mark_get_hold(rig, SERVICE, &hold)) {
		FUZZ_CHECK(hold.level > 0);
		check_words(hold.text);
	}
	if (stage_mark_get_text(rig, SERVICE, STAGE_MARK_ASKED, text)) {
		check_words(text);
	}
	(void)stage_mark_is_ready(rig, SERVICE);
	stage_deaths_load(rig, SERVICE, &deaths);
	FUZZ_CHECK(deaths.count <= STAGE_DEATHS_KEPT);
	if (deaths.count > 0) {
		char words[STAGE_DEATH_WORDS_MAX];
		stage_death_words(&deaths.items[deaths.count - 1], words);
		(void)stage_deaths_hold(&deaths, NULL, &hold);
	}
}

// Every mark of a service holds the same bytes.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stage_rig rig = {.rig = "/nowhere"};
	char path[STAGE_PATH_MAX];
	char dir[FUZZ_DIR_MAX];

	fuzz_dir_make(dir);
	memcpy(rig.run, dir, sizeof(dir));
	FUZZ_CHECK(stage_mark_prepare(&rig, SERVICE, NULL) == STAGE_OK);
	for (size_t i = 0; i < STAGE_COUNT_OF(names); i++) {
		stage_rig_run_path(&rig, path, "svc/" SERVICE "/%s", names[i]);
		FUZZ_CHECK(stage_run_file_replace(path, data, size, 0644) ==
			   STAGE_OK);
	}
	check_marks(&rig);
	fuzz_dir_remove(dir);
	return 0;
}
