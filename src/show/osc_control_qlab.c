/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_qlab.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "osc/write.h"
#include "rpc/proto.h"
#include "show/osc_control_cues.h"

#define KEYS_MAX 100 // that are asked for at once
#define KEYS_BYTES_MAX 16384

// "cueLists/uniqueIDs/shallow": what is behind the first word. False: it is
// not that.
static bool
read_detail(const char *rest, unsigned *out)
{
	*out = 0;
	if (strncmp(rest, "/uniqueIDs", 10) == 0) {
		*out |= STAGE_SHOW_CUE_IDS;
		rest += 10;
	}
	if (strcmp(rest, "/shallow") == 0) {
		*out |= STAGE_SHOW_CUE_SHALLOW;
		rest += 8;
	}
	return *rest == '\0';
}

// Answers.

static json_t *
answer_keys(const struct stage_show_cue_view *cue, const char *text)
{
	json_t *wanted = strlen(text) <= KEYS_BYTES_MAX
				 ? json_loads(text, 0, NULL)
				 : NULL;
	json_t *object = json_is_array(wanted) ? json_object() : NULL;

	for (size_t i = 0; i < json_array_size(wanted) && i < KEYS_MAX; i++) {
		const char *key = json_string_value(json_array_get(wanted, i));
		json_t *value =
			key != NULL ? stage_show_cue_value(cue, key) : NULL;
		if (value != NULL) {
			(void)json_object_set_new(object, key, value);
		}
	}
	json_decref(wanted);
	return object;
}

static const char *
behind(const char *text, const char *start)
{
	size_t len = strlen(start);

	return strncmp(text, start, len) == 0 ? text + len : NULL;
}

// The part of the address from the last `word` on.
static const char *
tail_of(const struct stage_show_osc_request *request, const char *word)
{
	const char *found = NULL;

	for (const char *at = strstr(request->address, word); at != NULL;
		at = strstr(at + 1, word)) {
		found = at;
	}
	return found != NULL ? found + strlen(word) : "";
}

static json_t *
answer_cue(const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request)
{
	struct stage_show_cue_view cue = {sight, NULL, 0};
	unsigned detail;

	if (request->target == STAGE_SHOW_OF_SONG) {
		cue.number = (size_t)request->number;
		cue.line = stage_show_setlist_song(sight->list, cue.number);
		if (cue.line == NULL) {
			return NULL;
		}
	}
	if (strcmp(request->word, "valuesForKeys") == 0) {
		return answer_keys(&cue, request->text);
	}
	if (strcmp(request->word, "children") == 0) {
		return read_detail(tail_of(request, "/children"), &detail)
			       ? stage_show_cue_children(&cue, detail)
			       : NULL;
	}
	return request->has_args ? NULL
				 : stage_show_cue_value(&cue, request->word);
}

static json_t *
answer_workspaces(const struct stage_show_sight *sight)
{
	char id[STAGE_SHOW_CUE_ID_MAX];

	stage_show_osc_workspace_id(sight, id);
	return json_pack("[{s:s, s:o, s:b, s:s, s:i, s:i}]", "uniqueID", id,
		"displayName", stage_rpc_text(sight->name), "hasPasscode",
		(int)sight->needs_passcode, "version", STAGE_SHOW_QLAB_VERSION,
		"port", sight->port, "udpReplyPort", 53001);
}

static json_t *
answer_lists(const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request)
{
	static const char *const words[] = {"/cueLists", "/selectedCues",
		"/runningCues", "/runningOrPausedCues"};
	unsigned detail;

	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (behind(request->word, words[i] + 1) == NULL ||
			!read_detail(tail_of(request, words[i]), &detail)) {
			continue;
		}
		if (i == 0) {
			return stage_show_cue_lists(sight, detail);
		}
		return stage_show_cue_list_song(sight,
			i == 1 ? sight->place->selected.number
			: i == 2 && sight->is_paused
				? 0
				: sight->place->playing.number,
			detail);
	}
	return NULL;
}

static json_t *
answer_show(const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request)
{
	const struct stage_show_cue_view list = {sight, NULL, 0};
	const char *word = request->word;
	json_t *lists = answer_lists(sight, request);

	if (lists != NULL) {
		return lists;
	}
	if (strcmp(word, "version") == 0) {
		return json_string(STAGE_SHOW_QLAB_VERSION);
	}
	if (strcmp(word, "workspaces") == 0) {
		return answer_workspaces(sight);
	}
	if (behind(word, "playhead") != NULL) {
		return stage_show_cue_value(&list, word);
	}
	if (behind(word, "currentCueList") != NULL) {
		return stage_show_cue_value(&list, "uniqueID");
	}
	if (strcmp(word, "settings/general/minGoTime") == 0) {
		return json_real(sight->guard_s);
	}
	if (strcmp(word, "doubleGoWindowRemaining") == 0) {
		return json_real(sight->guard_left_s);
	}
	if (strcmp(word, "showMode") == 0) {
		return request->has_args ? NULL : json_boolean(!sight->is_edit);
	}
	return json_integer(0); // what QLab has and we have not: off
}

enum stage_status
stage_show_qlab_answer(const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request, json_t **data,
	struct stage_err *err)
{
	*data = request->target == STAGE_SHOW_OF_SHOW
			? answer_show(sight, request)
			: answer_cue(sight, request);
	if (*data != NULL) {
		return STAGE_OK;
	}
	return request->has_args && strcmp(request->word, "valuesForKeys") != 0
		       ? stage_err_set(err, STAGE_BAD_INPUT,
				 "that cannot be changed from here")
		       : stage_err_set(err, STAGE_NOT_FOUND,
				 "there is no such thing now");
}

// Replies.

static void
reply_address(const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request, char *out, size_t size)
{
	char id[STAGE_SHOW_CUE_ID_MAX] = "";

	// Its readers take the cue from the address of the reply.
	if (request->word != NULL && request->target == STAGE_SHOW_OF_SONG &&
		strcmp(request->word, "parent") == 0) {
		stage_show_osc_song_id(sight, (size_t)request->number, id);
	}
	(void)!(id[0] != '\0'
			? stage_format(out, size, "/reply/cue_id/%s/parent", id)
			: stage_format(
				  out, size, "/reply%s", request->address));
}

static bool
is_of_program(const struct stage_show_osc_request *request)
{
	return !request->is_of_workspace && request->word != NULL &&
	       (strcmp(request->word, "version") == 0 ||
		       strcmp(request->word, "workspaces") == 0);
}

enum stage_status
stage_show_qlab_reply(struct stage_str *out,
	const struct stage_show_sight *sight,
	const struct stage_show_osc_request *request, const char *status,
	json_t *data, const char *why)
{
	char address[STAGE_SHOW_ADDRESS_MAX + STAGE_SHOW_CUE_ID_MAX];
	char id[STAGE_SHOW_CUE_ID_MAX];
	json_t *reply = json_object();
	char *text;
	enum stage_status result = STAGE_NO_MEMORY;

	reply_address(sight, request, address, sizeof(address));
	stage_show_osc_workspace_id(sight, id);
	if (!is_of_program(request)) {
		(void)json_object_set_new(
			reply, "workspace_id", json_string(id));
	}
	(void)json_object_set_new(
		reply, "address", stage_rpc_text(request->address));
	(void)json_object_set_new(reply, "status", json_string(status));
	if (data != NULL) {
		(void)json_object_set_new(reply, "data", data);
	}
	if (why != NULL) {
		(void)json_object_set_new(reply, "error", stage_rpc_text(why));
	}
	text = json_dumps(reply, JSON_COMPACT);
	if (text != NULL) {
		result = stage_osc_write(out, address, "s", text);
	}
	free(text);
	json_decref(reply);
	return result;
}

// Updates.

static uint64_t
hash_list(const struct stage_show_setlist *list)
{
	static const struct stage_hash_key key = {.words = {1, 2}};
	uint64_t sum = list->songs;

	for (size_t i = 0; i < list->count; i++) {
		const struct stage_show_set_line *line = &list->lines[i];
		if (stage_show_cue_is_song(line)) {
			const char *name = line->name != NULL ? line->name : "";
			uint64_t hash = stage_hash(&key, name, strlen(name));
			sum = (sum ^ hash ^ (uint64_t)line->is_skipped) *
			      1099511628211U;
		}
	}
	return sum;
}

void
stage_show_qlab_mark(
	struct stage_show_qlab_marks *out, const struct stage_show_sight *sight)
{
	stage_show_osc_list_id(sight, out->list);
	stage_show_osc_song_id(
		sight, sight->place->selected.number, out->selected);
	stage_show_osc_song_id(
		sight, sight->place->playing.number, out->playing);
	out->content = hash_list(sight->list);
	out->is_edit = sight->is_edit;
	out->is_paused = sight->is_paused;
}

struct updating {
	const char *workspace;
	void (*give)(void *user, const void *bytes, size_t len);
	void *user;
};

// argument: NULL for none.
static void
tell(const struct updating *self, const char *what, const char *id,
	const char *argument)
{
	struct stage_str bytes = {0};
	char rest[STAGE_SHOW_ADDRESS_MAX];
	char address[STAGE_SHOW_ADDRESS_MAX];
	enum stage_status status;

	(void)!stage_format(rest, sizeof(rest), "%s%s%s", what,
		id != NULL ? id : "",
		argument != NULL ? "/playbackPosition" : "");
	(void)!stage_format(address, sizeof(address), "/update/workspace/%s%s",
		self->workspace, rest);
	status = argument != NULL && argument[0] != '\0'
			 ? stage_osc_write(&bytes, address, "s", argument)
			 : stage_osc_write(&bytes, address, "");
	if (status == STAGE_OK) {
		self->give(self->user, bytes.data, bytes.len);
	}
	stage_str_finish(&bytes);
}

void
stage_show_qlab_updates(const struct stage_show_sight *sight,
	const struct stage_show_qlab_marks *now,
	const struct stage_show_qlab_marks *before,
	void (*give)(void *user, const void *bytes, size_t len), void *user)
{
	char workspace[STAGE_SHOW_CUE_ID_MAX];
	const struct updating self = {workspace, give, user};
	bool is_other_list = strcmp(now->list, before->list) != 0 ||
			     now->content != before->content;
	bool is_other_song = strcmp(now->playing, before->playing) != 0;

	stage_show_osc_workspace_id(sight, workspace);
	if (is_other_list || now->is_edit != before->is_edit) {
		tell(&self, "", NULL, NULL);
	}
	if (is_other_list) {
		tell(&self, "/cue_id/", now->list, NULL);
	}
	if (is_other_song && before->playing[0] != '\0') {
		tell(&self, "/cue_id/", before->playing, NULL);
	}
	if ((is_other_song || now->is_paused != before->is_paused) &&
		now->playing[0] != '\0') {
		tell(&self, "/cue_id/", now->playing, NULL);
	}
	if (is_other_list || strcmp(now->selected, before->selected) != 0) {
		tell(&self, "/cueList/", now->list, now->selected);
	}
}

enum stage_status
stage_show_qlab_farewell(
	struct stage_str *out, const struct stage_show_sight *sight)
{
	char address[STAGE_SHOW_ADDRESS_MAX];
	char id[STAGE_SHOW_CUE_ID_MAX];

	stage_show_osc_workspace_id(sight, id);
	(void)!stage_format(address, sizeof(address),
		"/update/workspace/%s/disconnect", id);
	return stage_osc_write(out, address, "");
}
