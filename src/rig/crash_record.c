/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/crash_record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "base/atomic_file.h"
#include "base/io.h"
#include "base/str.h"

#define RECORD_MAX_BYTES ((size_t)1024 * 1024)
#define TAIL_BYTES 8192 // of the log that is looked at

json_t *
stage_crash_record_parse(
	const char *name, const char *bytes, size_t len, struct stage_err *err)
{
	json_error_t error;
	json_t *json = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);

	if (json == NULL &&
		json_error_code(&error) == json_error_out_of_memory) {
		stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
		return NULL;
	}
	if (!json_is_array(json)) {
		json_decref(json);
		stage_err_set(err, STAGE_BAD_INPUT,
			"%s is no crash record: it holds no JSON array", name);
		return NULL;
	}
	return json;
}

static enum stage_status
check_record(const char *name, const char *bytes, size_t len, void *user,
	struct stage_err *err)
{
	json_t **record = user;
	struct stage_err why = STAGE_ERR_INIT;
	json_t *json = stage_crash_record_parse(name, bytes, len, &why);

	if (json == NULL) {
		return stage_err_set(err, why.status, "%s", why.text);
	}
	json_decref(*record);
	*record = json;
	return STAGE_OK;
}

// The deaths that are on disk; an unreadable record starts anew, its bytes
// stay as an older generation.
static json_t *
load_record(const char *path)
{
	struct stage_str text = {0};
	json_t *record = NULL;

	(void)!stage_atomic_load(path, RECORD_MAX_BYTES, check_record, &record,
		&text, NULL, NULL);
	stage_str_finish(&text);
	return record != NULL ? record : json_array();
}

// Both clocks tell one death from another, whatever the wall clock does.
static bool
has_death(const json_t *record, const struct stage_death *death)
{
	size_t i;
	json_t *known;

	json_array_foreach (record, i, known) {
		struct stage_death other;
		if (stage_death_from_json(known, &other) &&
			other.wall_ns == death->wall_ns &&
			other.mono_ns == death->mono_ns) {
			return true;
		}
	}
	return false;
}

static void
read_tail(const char *path, struct stage_str *out)
{
	char bytes[TAIL_BYTES];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t got;

	if (fd < 0) {
		return;
	}
	if (fstat(fd, &st) == 0) {
		off_t from =
			st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0;
		got = pread(fd, bytes, sizeof(bytes), from);
		if (got > 0) {
			(void)!stage_str_append(out, bytes, (size_t)got);
		}
	}
	close(fd);
}

// The last lines of a service's log; bytes that are no UTF-8 are left out.
static json_t *
last_lines(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];
	struct stage_str tail = {0};
	json_t *lines = json_array();
	char *save = NULL;

	stage_rig_run_path(rig, path, "log/%s/current", service);
	read_tail(path, &tail);
	for (char *line = tail.data != NULL ? strtok_r(tail.data, "\n", &save)
					    : NULL;
		line != NULL; line = strtok_r(NULL, "\n", &save)) {
		json_array_append_new(lines, json_string(line));
		if (json_array_size(lines) > STAGE_CRASH_LINES) {
			json_array_remove(lines, 0);
		}
	}
	stage_str_finish(&tail);
	return lines;
}

// How many were new to the record.
static size_t
add_deaths(const struct stage_rig *rig, const char *service,
	const struct stage_deaths *deaths, json_t *record)
{
	size_t added = 0;

	for (size_t i = 0; i < deaths->count; i++) {
		json_t *death;
		if (has_death(record, &deaths->items[i])) {
			continue;
		}
		death = stage_death_to_json(&deaths->items[i]);
		json_object_set_new(death, "lines", last_lines(rig, service));
		json_array_append_new(record, death);
		added++;
		if (json_array_size(record) > STAGE_DEATHS_KEPT) {
			json_array_remove(record, 0);
		}
	}
	return added;
}

static enum stage_status
write_record(const char *path, const json_t *record, struct stage_err *err)
{
	char *text = json_dumps(record, JSON_INDENT(1));
	enum stage_status status =
		text != NULL
			? stage_atomic_save(path, text, strlen(text), 1, err)
			: stage_err_set(err, STAGE_NO_MEMORY, "out of memory");

	free(text);
	return status;
}

enum stage_status
stage_crash_record_save(const struct stage_rig *rig, const char *service,
	const struct stage_deaths *deaths, struct stage_err *err)
{
	char directory[STAGE_PATH_MAX];
	char path[STAGE_PATH_MAX];
	enum stage_status status;
	json_t *record;

	// Where a stick was pulled, nothing is written to its mount point.
	stage_rig_path(rig, directory, "services");
	if (access(directory, F_OK) != 0) {
		return STAGE_OK;
	}
	stage_rig_path(rig, directory, "state/crashes");
	status = stage_io_make_dirs(directory, err);
	if (status == STAGE_DENIED) {
		return STAGE_OK;
	}
	if (status != STAGE_OK) {
		return status;
	}
	stage_rig_path(rig, path, "state/crashes/%s.json", service);
	record = load_record(path);
	if (add_deaths(rig, service, deaths, record) > 0) {
		status = write_record(path, record, err);
	}
	json_decref(record);
	return status == STAGE_DENIED ? STAGE_OK : status;
}

bool
stage_crash_record_has_run(const struct stage_rig *rig)
{
	char up[STAGE_PATH_MAX];

	return stage_rig_read_up(rig, up, sizeof(up)) != STAGE_OK ||
	       stage_rig_is_same(up, rig->rig);
}

json_t *
stage_crash_record_load(const struct stage_rig *rig, const char *service)
{
	char path[STAGE_PATH_MAX];
	struct stage_deaths deaths;
	json_t *record;

	stage_rig_path(rig, path, "state/crashes/%s.json", service);
	record = load_record(path);
	// What the watcher has not written yet, or could not.
	if (stage_crash_record_has_run(rig)) {
		stage_deaths_load(rig, service, &deaths);
		add_deaths(rig, service, &deaths, record);
	}
	return record;
}
