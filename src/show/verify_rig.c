/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/verify_rig.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/search_path.h"
#include "rpc/client.h"
#include "rpc/proto.h"
#include "show/sets.h"
#include "show/verify.h"

#define PATIENCE_NS (5 * STAGE_NS_PER_S) // of each answer
#define PATCH_MAX 1048576                // bytes

struct rig {
	const struct stage_show_verify_rig *what;
	struct stage_rpc_client *patchbay; // NULL: it does not answer
	json_t *songs;
	json_t *faults; // of the rig
	json_int_t count;
};

static void
find_fault(
	struct rig *rig, const char *what, const char *name, const char *text)
{
	struct stage_err err = STAGE_ERR_INIT;

	(void)stage_err_set(&err, STAGE_OK, "%s%s: %s", what, name, text);
	(void)json_array_append_new(rig->faults, stage_rpc_text(err.text));
	rig->count++;
}

// What there is.

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, X_OK) == 0;
}

static bool
has_program(void *user, const char *directory, const char *program)
{
	const char *at = getenv("PATH");
	char path[STAGE_PATH_MAX];

	(void)user;
	if (strchr(program, '/') != NULL) {
		return program[0] == '/'
			       ? is_program(program)
			       : stage_io_join(path, sizeof(path), directory,
					 program, NULL) == STAGE_OK &&
					 is_program(path);
	}
	while (stage_search_path_next(&at, program, path, sizeof(path))) {
		if (is_program(path)) {
			return true;
		}
	}
	return false;
}

static bool
has_file(void *user, const char *directory, const char *file)
{
	char path[STAGE_PATH_MAX];
	struct stat st;

	(void)user;
	return stage_io_join(path, sizeof(path), directory, file, NULL) ==
		       STAGE_OK &&
	       stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(path, R_OK) == 0;
}

static enum stage_status
lacks(void *user, const char *patch, struct stage_strv *ports,
	struct stage_err *err)
{
	struct rig *rig = user;
	json_t *answer = NULL;
	const json_t *names;
	enum stage_status status;

	if (rig->patchbay == NULL) {
		return STAGE_OK; // it has been told
	}
	status = stage_rpc_client_call(rig->patchbay, "missing",
		json_pack("{s:o}", "patch", stage_rpc_text(patch)), PATIENCE_NS,
		&answer, err);
	names = json_object_get(answer, "names");
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(
			json_object_get(json_array_get(names, i), "name"));

		if (name != NULL) {
			(void)!stage_strv_add(ports, name);
		}
	}
	json_decref(answer);
	return status;
}

static const struct stage_show_verify_ops ops = {
	.has_program = has_program,
	.has_file = has_file,
	.lacks = lacks,
};

// Songs.

static void
read_patch(const char *directory, struct stage_str *out)
{
	char path[STAGE_PATH_MAX];

	if (stage_io_join(path, sizeof(path), directory, STAGE_SHOW_PATCH_FILE,
		    NULL) == STAGE_OK) {
		(void)!stage_io_read_file(path, PATCH_MAX, out, NULL);
	}
}

static enum stage_status
look_at(struct rig *rig, const char *name, struct stage_strv *faults)
{
	const struct stage_show_store *store = rig->what->store;
	struct stage_show_session session;
	struct stage_show_song_conf conf;
	struct stage_str patch = {0};
	struct stage_err err = STAGE_ERR_INIT;
	char path[STAGE_PATH_MAX];
	struct stage_show_verify_song song = {path, &session, &conf, NULL};
	enum stage_status status;

	if (stage_show_store_path(store, name, path, &err) != STAGE_OK ||
		stage_show_store_load(store, name, &session, &conf, &err) !=
			STAGE_OK) {
		return stage_strv_add(faults, err.text);
	}
	read_patch(path, &patch);
	song.patch = patch.len > 0 ? patch.data : NULL;
	status = stage_show_verify(&song, &ops, rig, faults);
	stage_str_finish(&patch);
	stage_show_session_finish(&session);
	stage_show_song_conf_finish(&conf);
	return status;
}

static enum stage_status
add_song(struct rig *rig, const struct stage_show_set_line *line)
{
	struct stage_strv faults = {0};
	json_t *list = json_array();
	enum stage_status status = STAGE_OK;

	if (line->kind == STAGE_SHOW_SET_SONG) {
		status = look_at(rig, line->name, &faults);
	} else {
		status =
			stage_strv_add(&faults, "no song can have such a name");
	}
	for (size_t i = 0; i < faults.count; i++) {
		(void)json_array_append_new(
			list, stage_rpc_text(faults.items[i]));
	}
	// What is skipped holds nobody up.
	rig->count += line->is_skipped ? 0 : (json_int_t)faults.count;
	stage_strv_finish(&faults);
	(void)json_array_append_new(rig->songs,
		json_pack("{s:I, s:o, s:b, s:o}", "number",
			(json_int_t)line->number, "name",
			stage_rpc_text(line->kind == STAGE_SHOW_SET_SONG
					       ? line->name
					       : line->text),
			"skip", (int)line->is_skipped, "faults", list));
	return status;
}

static enum stage_status
load(const struct stage_show_verify_rig *what, struct stage_show_setlist *out,
	struct stage_err *err)
{
	struct stage_strv names = {0};
	enum stage_status status;

	if (what->set != NULL) {
		return stage_show_set_load(what->store, what->set, out, err);
	}
	*out = (struct stage_show_setlist){0};
	status = stage_show_store_list(what->store, &names, NULL, err);
	if (status == STAGE_OK) {
		status = stage_show_setlist_of(out, &names, err);
	}
	stage_strv_finish(&names);
	return status;
}

// Racks.

static void
look_at_slots(struct rig *rig, const char *rack, const json_t *state)
{
	const json_t *slots = json_object_get(state, "slots");

	for (size_t i = 0; i < json_array_size(slots); i++) {
		const char *fault = json_string_value(
			json_object_get(json_array_get(slots, i), "fault"));

		if (fault != NULL && fault[0] != '\0') {
			find_fault(rig, "rack ", rack, fault);
		}
	}
}

static void
look_at_rack(struct rig *rig, const char *rack)
{
	char path[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;
	struct stage_rpc_client *client = NULL;
	json_t *answer = NULL;

	if (stage_format(path, sizeof(path), "%s/rack-%s.sock",
		    rig->what->run_dir, rack) == STAGE_OK) {
		client = stage_rpc_client_reach(path, PATIENCE_NS,
			"it does not run, so that nobody knows of its "
			"plug-ins",
			&err);
	}
	if (client == NULL || stage_rpc_client_call(client, "state", NULL,
				      PATIENCE_NS, &answer, &err) != STAGE_OK) {
		find_fault(rig, "rack ", rack, err.text);
	} else {
		look_at_slots(rig, rack, json_object_get(answer, "state"));
	}
	json_decref(answer);
	stage_rpc_client_destroy(client);
}

static void
look_at_racks(struct rig *rig)
{
	struct stage_strv names = {0};
	char path[STAGE_PATH_MAX];

	(void)!stage_io_list_dir(rig->what->services, &names, NULL);
	stage_strv_sort(&names);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = names.items[i];

		if (stage_format(path, sizeof(path), "%s/%s/rack",
			    rig->what->services, name) == STAGE_OK &&
			access(path, F_OK) == 0 &&
			!stage_ends_with(name, ".DISABLED")) {
			look_at_rack(rig, name);
		}
	}
	stage_strv_finish(&names);
}

static void
find_patchbay(struct rig *rig)
{
	char path[STAGE_PATH_MAX];
	struct stage_err err = STAGE_ERR_INIT;

	if (stage_format(path, sizeof(path), "%s/patchbay.sock",
		    rig->what->run_dir) == STAGE_OK) {
		rig->patchbay = stage_rpc_client_reach(path, PATIENCE_NS,
			"it does not run, so that nobody knows of ports", &err);
	}
	if (rig->patchbay == NULL) {
		find_fault(rig, "the patchbay", "", err.text);
	}
}

enum stage_status
stage_show_verify_rig(const struct stage_show_verify_rig *what, json_t **report,
	struct stage_err *err)
{
	struct rig rig = {what, NULL, json_array(), json_array(), 0};
	struct stage_show_setlist list;
	enum stage_status status = load(what, &list, err);

	if (status == STAGE_OK) {
		find_patchbay(&rig);
		look_at_racks(&rig);
	}
	for (size_t i = 0; i < list.count && status == STAGE_OK; i++) {
		if (list.lines[i].number > 0) {
			status = add_song(&rig, &list.lines[i]);
		}
	}
	stage_rpc_client_destroy(rig.patchbay);
	stage_show_setlist_finish(&list);
	if (status == STAGE_NO_MEMORY) {
		(void)stage_err_set(err, status, "out of memory");
	}
	*report = json_pack("{s:s?, s:o, s:o, s:I}", "set", what->set, "songs",
		rig.songs, "rig", rig.faults, "faults", rig.count);
	return status;
}
