/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "check.h"
#include "fuzz.h"
#include "patchbay/settings.h"

static void
write_file(const char *dir, const uint8_t *data, size_t size)
{
	char path[STAGE_PATH_MAX];
	int fd;

	FUZZ_CHECK(stage_format(path, sizeof(path), "%s/settings", dir) ==
		   STAGE_OK);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	FUZZ_CHECK(fd >= 0);
	FUZZ_CHECK(
		stage_io_write_all(fd, (const char *)data, size) == STAGE_OK);
	close(fd);
}

static void
check_values(const struct stage_patch_settings *settings)
{
	FUZZ_CHECK((unsigned)settings->mode < STAGE_PATCH_MODE_COUNT);
	FUZZ_CHECK((unsigned)settings->unlocked < STAGE_PATCH_MODE_COUNT);
	FUZZ_CHECK(settings->unlocked != STAGE_PATCH_MODE_LOCK);
	FUZZ_CHECK(strnlen(settings->song, sizeof(settings->song)) <
		   sizeof(settings->song));
	FUZZ_CHECK(strnlen(settings->set, sizeof(settings->set)) <
		   sizeof(settings->set));
}

static bool
is_same(const struct stage_patch_settings *a,
	const struct stage_patch_settings *b)
{
	return a->mode == b->mode && a->unlocked == b->unlocked &&
	       strcmp(a->song, b->song) == 0 && strcmp(a->set, b->set) == 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct stage_patch_settings first =
		stage_patch_settings_default();
	struct stage_patch_settings settings;
	struct stage_patch_settings back;
	struct stage_err err = STAGE_ERR_INIT;
	char dir[FUZZ_DIR_MAX];
	enum stage_status status;

	fuzz_dir_make(dir);
	write_file(dir, data, size);
	status = stage_patch_settings_load(dir, &settings, NULL, &err);
	fuzz_check_err(status, &err);
	check_values(&settings);
	FUZZ_CHECK(status == STAGE_OK || is_same(&settings, &first));
	FUZZ_CHECK(stage_patch_settings_save(dir, &settings, NULL) == STAGE_OK);
	FUZZ_CHECK(
		stage_patch_settings_load(dir, &back, NULL, NULL) == STAGE_OK);
	FUZZ_CHECK(is_same(&settings, &back));
	fuzz_dir_remove(dir);
	return 0;
}
