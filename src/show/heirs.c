/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/heirs.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"

#define CHILDREN_MAX 65536
#define PATH_BYTES 300
#define TASKS "/proc/self/task"

pid_t
stage_show_launch_of(pid_t pid)
{
	static const char prefix[] = STAGE_SHOW_LAUNCH_VAR "=";
	struct stage_str text = {0};
	pid_t launched = 0;

	if (pid > 1) {
		(void)!stage_proc_environment(pid, &text); // then it is empty
	}
	for (size_t at = 0; at < text.len;
		at += strlen(text.data + at) + 1) { // it ends with a zero
		if (stage_starts_with(text.data + at, prefix)) {
			launched = (pid_t)strtol(
				text.data + at + sizeof(prefix) - 1, NULL, 10);
		}
	}
	stage_str_finish(&text);
	return launched;
}

static bool
find_among(const char *pids, pid_t launched, struct stage_proc_id *out)
{
	char *end = NULL;

	for (pid_t pid = (pid_t)strtol(pids, &end, 10); end != pids;
		pid = (pid_t)strtol(pids, &end, 10)) {
		if (pid != launched && stage_show_launch_of(pid) == launched &&
			stage_proc_identify(pid, out) == STAGE_OK) {
			return true;
		}
		pids = end;
	}
	return false;
}

static bool
find_in_task(const char *task, pid_t launched, struct stage_proc_id *out)
{
	struct stage_str text = {0};
	char path[PATH_BYTES];
	bool is_found = stage_format(path, sizeof(path), TASKS "/%s/children",
				task) == STAGE_OK &&
			stage_io_read_file(path, CHILDREN_MAX, &text, NULL) ==
				STAGE_OK &&
			find_among(stage_str_text(&text), launched, out);

	stage_str_finish(&text);
	return is_found;
}

// Orphans come to any thread of ours.
bool
stage_show_heir_find(pid_t launched, struct stage_proc_id *out)
{
	DIR *tasks = opendir(TASKS);
	struct dirent *entry;
	bool is_found = false;

	while (tasks != NULL && !is_found && (entry = readdir(tasks)) != NULL) {
		is_found = entry->d_name[0] != '.' &&
			   find_in_task(entry->d_name, launched, out);
	}
	if (tasks != NULL) {
		closedir(tasks);
	}
	return is_found;
}
