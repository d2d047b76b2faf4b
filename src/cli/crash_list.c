/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/crash_list.h"

#include <string.h>

#include "base/io.h"
#include "cli/width.h"
#include "rig/crash_record.h"

#define SUFFIX ".json"

void
stage_crashes_take(const json_t *record, struct stage_crashes *crashes)
{
	*crashes = (struct stage_crashes){0};
	for (size_t i = json_array_size(record);
		i > 0 && crashes->count < STAGE_DEATHS_KEPT; i--) {
		json_t *item = json_array_get(record, i - 1);
		json_t *lines = json_object_get(item, "lines");
		struct stage_crash *crash = &crashes->items[crashes->count];
		if (stage_death_from_json(item, &crash->death)) {
			crash->lines = json_is_array(lines) ? json_incref(lines)
							    : NULL;
			crashes->count++;
		}
	}
}

enum stage_status
stage_crashes_load(const struct stage_rig *rig, const char *service,
	struct stage_crashes *crashes)
{
	json_t *record = stage_crash_record_load(rig, service);

	*crashes = (struct stage_crashes){0};
	if (record == NULL) {
		return STAGE_NO_MEMORY;
	}
	stage_crashes_take(record, crashes);
	json_decref(record);
	return STAGE_OK;
}

static json_t *
crash_to_json(const struct stage_crash *crash)
{
	char words[STAGE_DEATH_WORDS_MAX];
	json_t *object = stage_death_to_json(&crash->death);

	stage_death_words(&crash->death, words);
	if (json_object_set_new(object, "words", json_string(words)) != 0 ||
		json_object_set_new(object, "lines",
			crash->lines != NULL ? json_incref(crash->lines)
					     : json_array()) != 0) {
		json_decref(object);
		return NULL;
	}
	return object;
}

json_t *
stage_crashes_to_json(const char *service, const struct stage_crashes *crashes)
{
	struct stage_str name = {0};
	json_t *deaths = json_array();
	json_t *object = NULL;

	for (size_t i = 0; deaths != NULL && i < crashes->count; i++) {
		if (json_array_append_new(
			    deaths, crash_to_json(&crashes->items[i])) != 0) {
			json_decref(deaths);
			deaths = NULL;
		}
	}
	if (deaths != NULL && stage_width_clean(&name, service,
				      strlen(service)) == STAGE_OK) {
		object = json_pack("{s:s, s:O}", "name", stage_str_text(&name),
			"deaths", deaths);
	}
	json_decref(deaths);
	stage_str_finish(&name);
	return object;
}

static enum stage_status
add_once(struct stage_strv *names, const char *name)
{
	if (!stage_service_name_ok(name) &&
		strcmp(name, STAGE_WATCH_SERVICE) != 0) {
		return STAGE_OK;
	}
	return stage_strv_has(names, name) ? STAGE_OK
					   : stage_strv_add(names, name);
}

enum stage_status
stage_crashes_names(const struct stage_rig *rig, struct stage_strv *names,
	struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	struct stage_strv found = {0};
	enum stage_status status = STAGE_OK;

	stage_rig_run_path(rig, path, "svc");
	if (stage_crash_record_has_run(rig)) {
		(void)!stage_io_list_dir(path, &found, NULL);
	}
	for (size_t i = 0; i < found.count && status == STAGE_OK; i++) {
		status = add_once(names, found.items[i]);
	}
	stage_strv_finish(&found);
	stage_rig_path(rig, path, "state/crashes");
	(void)!stage_io_list_dir(path, &found, NULL);
	for (size_t i = 0; i < found.count && status == STAGE_OK; i++) {
		char *name = found.items[i];
		if (stage_ends_with(name, SUFFIX)) {
			name[strlen(name) - strlen(SUFFIX)] = '\0';
			status = add_once(names, name);
		}
	}
	stage_strv_finish(&found);
	stage_strv_sort(names);
	return status == STAGE_OK ? status
				  : stage_err_set(err, status, "out of memory");
}

void
stage_crashes_finish(struct stage_crashes *crashes)
{
	if (crashes == NULL) {
		return;
	}
	for (size_t i = 0; i < crashes->count; i++) {
		json_decref(crashes->items[i].lines);
	}
	crashes->count = 0;
}
