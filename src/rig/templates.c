/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/templates.h"

#include <sys/stat.h>

#include "base/io.h"
#include "rig/paths.h"
#include "rig/run_script.h"

#define RUN_MAX_BYTES ((size_t)1024 * 1024)

bool
stage_template_is(const char *data, const char *name)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	return stage_service_name_ok(name) &&
	       stage_format(path, sizeof(path), "%s/services/%s/run", data,
		       name) == STAGE_OK &&
	       stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

enum stage_status
stage_template_names(
	const char *data, struct stage_strv *names, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv entries = {0};
	enum stage_status status =
		stage_io_join(path, sizeof(path), data, "services", err);

	if (status == STAGE_OK &&
		stage_io_list_dir(path, &entries, NULL) == STAGE_NO_MEMORY) {
		status = STAGE_NO_MEMORY;
	}
	for (size_t i = 0; i < entries.count && status == STAGE_OK; i++) {
		if (stage_template_is(data, entries.items[i])) {
			status = stage_strv_add(names, entries.items[i]);
		}
	}
	if (status == STAGE_NO_MEMORY) {
		stage_err_set(err, status, "out of memory");
	}
	stage_strv_finish(&entries);
	return status;
}

void
stage_template_describe(const char *directory, char *text, size_t size)
{
	char path[STAGE_PATH_MAX];
	struct stage_str run = {0};

	text[0] = '\0';
	if (stage_io_join(path, sizeof(path), directory, "run", NULL) ==
			STAGE_OK &&
		stage_io_read_file(path, RUN_MAX_BYTES, &run, NULL) ==
			STAGE_OK) {
		stage_run_script_describe(
			stage_str_text(&run), run.len, text, size);
	}
	stage_str_finish(&run);
}
