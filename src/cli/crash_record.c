/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/crash_record.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "cli/width.h"

#define FILE_MAX_BYTES (4 * 1024 * 1024)
#define SUFFIX ".json"

// Puts one in its place; of too many the oldest falls out.
static void
insert(struct stage_crashes *crashes, const struct stage_death *death,
	json_t *lines)
{
	size_t at = 0;

	while (at < crashes->count &&
		crashes->items[at].death.wall_ns > death->wall_ns) {
		at++;
	}
	if (at == STAGE_DEATHS_KEPT) {
		return;
	}
	if (at < crashes->count &&
		crashes->items[at].death.wall_ns == death->wall_ns) {
		return; // known already
	}
	if (crashes->count == STAGE_DEATHS_KEPT) {
		crashes->count--;
		json_decref(crashes->items[crashes->count].lines);
	}
	memmove(&crashes->items[at + 1], &crashes->items[at],
		(crashes->count - at) * sizeof(crashes->items[0]));
	crashes->items[at] = (struct stage_crash){
		.death = *death, .lines = json_incref(lines)};
	crashes->count++;
}

static void
load_kept(const struct stage_rig *rig, const char *service,
	struct stage_crashes *crashes, struct stage_err *warning)
{
	char path[STAGE_PATH_MAX];
	struct stage_str text = {0};
	struct stage_death death;
	enum stage_status status;
	json_error_t where;
	json_t *root;
	json_t *item;
	size_t i;

	stage_rig_path(rig, path, "state/crashes/%s" SUFFIX, service);
	status = stage_io_read_file(path, FILE_MAX_BYTES, &text, warning);
	if (status == STAGE_NOT_FOUND && warning != NULL) {
		*warning = (struct stage_err)STAGE_ERR_INIT;
	}
	if (status != STAGE_OK) {
		stage_str_finish(&text);
		return;
	}
	root = json_loadb(stage_str_text(&text), text.len,
		JSON_REJECT_DUPLICATES, &where);
	if (!json_is_array(root)) {
		stage_err_set(warning, STAGE_BAD_INPUT,
			"%s:%d:%d: this is no record of crashes: %s", path,
			root == NULL ? where.line : 1,
			root == NULL ? where.column : 1,
			root == NULL ? where.text : "it should be a list");
	}
	json_array_foreach (root, i, item) {
		json_t *lines = json_object_get(item, "lines");
		if (stage_death_from_json(item, &death)) {
			insert(crashes, &death,
				json_is_array(lines) ? lines : NULL);
		}
	}
	json_decref(root);
	stage_str_finish(&text);
}

void
stage_crashes_load(const struct stage_rig *rig, const char *service,
	struct stage_crashes *crashes, struct stage_err *warning)
{
	struct stage_deaths deaths;

	*crashes = (struct stage_crashes){0};
	load_kept(rig, service, crashes, warning);
	stage_deaths_load(rig, service, &deaths);
	for (size_t i = 0; i < deaths.count; i++) {
		insert(crashes, &deaths.items[i], NULL);
	}
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
	(void)!stage_io_list_dir(path, &found, NULL);
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
