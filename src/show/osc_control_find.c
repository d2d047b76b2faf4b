/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/osc_control_find.h"

#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "osc/write.h"
#include "show/osc_control_values.h"

#define PART_MAX 64 // bytes with the zero
#define NUMBER_MAX 999999
#define NUMBERS_LEN_MAX 24 // of a pattern of numbers

// Addresses, taken apart.

static bool
split(const char *address, struct stage_show_osc_finding *out)
{
	char *at = out->text;

	if (stage_format(out->text, sizeof(out->text), "%s", address) !=
		STAGE_OK) {
		return false;
	}
	while (at != NULL) {
		*at++ = '\0';
		if (out->part_count == STAGE_SHOW_PARTS_MAX) {
			return false;
		}
		out->parts[out->part_count++] = at;
		at = strchr(at, '/');
		if (strlen(out->parts[out->part_count - 1]) -
				(at != NULL ? strlen(at) : 0) >=
			PART_MAX) {
			return false;
		}
	}
	return true;
}

static bool
is_pattern(const char *text)
{
	return strpbrk(text, "*?[{") != NULL;
}

// What there is. In a path "#" is the number of a song, "@" its id, "%" two
// parts that name one, cue/NUMBER or cue_id/ID, and "+" any part.

struct row {
	const char *path;
	enum stage_show_osc_kind kind;
	enum stage_show_osc_rule rule;
	enum stage_show_act act;
};

#define ACT(path, act)                                                         \
	{                                                                      \
		path, STAGE_SHOW_OSC_ACT, STAGE_SHOW_RULE_BUTTON, act          \
	}
#define CHOICE(path, act)                                                      \
	{                                                                      \
		path, STAGE_SHOW_OSC_ACT, STAGE_SHOW_RULE_NUMBER, act          \
	}
#define ASK(path)                                                              \
	{                                                                      \
		path, STAGE_SHOW_OSC_ASK, STAGE_SHOW_RULE_TEXT,                \
			STAGE_SHOW_ACT_COUNT                                   \
	}
#define TELL(path, kind, rule)                                                 \
	{                                                                      \
		path, kind, rule, STAGE_SHOW_ACT_COUNT                         \
	}

static const struct row rows[] = {
	ACT("go", STAGE_SHOW_ACT_GO),
	ACT("go/#", STAGE_SHOW_ACT_PLAY),
	CHOICE("select", STAGE_SHOW_ACT_SELECT),
	ACT("select/#", STAGE_SHOW_ACT_SELECT),
	ACT("select/next", STAGE_SHOW_ACT_SELECT_NEXT),
	ACT("select/previous", STAGE_SHOW_ACT_SELECT_PREVIOUS),
	ACT("select_id/@", STAGE_SHOW_ACT_SELECT),
	CHOICE("playhead", STAGE_SHOW_ACT_SELECT),
	ACT("playhead/#", STAGE_SHOW_ACT_SELECT),
	ACT("playhead/next", STAGE_SHOW_ACT_SELECT_NEXT),
	ACT("playhead/previous", STAGE_SHOW_ACT_SELECT_PREVIOUS),
	ACT("playheadId/@", STAGE_SHOW_ACT_SELECT),
	ACT("playheadID/@", STAGE_SHOW_ACT_SELECT),
	ACT("stop", STAGE_SHOW_ACT_STOP),
	ACT("pause", STAGE_SHOW_ACT_PAUSE),
	ACT("resume", STAGE_SHOW_ACT_RESUME),
	ACT("reset", STAGE_SHOW_ACT_RESET),
	ACT("save", STAGE_SHOW_ACT_SAVE),
	ACT("panic", STAGE_SHOW_ACT_PANIC),
	{"panicInTime", STAGE_SHOW_OSC_ACT, STAGE_SHOW_RULE_NONE,
		STAGE_SHOW_ACT_PANIC},
	ACT("%/go", STAGE_SHOW_ACT_PLAY),
	ACT("%/start", STAGE_SHOW_ACT_PLAY),
	ACT("%/load", STAGE_SHOW_ACT_SELECT),
	ACT("%/stop", STAGE_SHOW_ACT_STOP),
	ACT("%/pause", STAGE_SHOW_ACT_PAUSE),
	ACT("%/resume", STAGE_SHOW_ACT_RESUME),
	ACT("%/togglePause", STAGE_SHOW_ACT_COUNT),
	ACT("%/panic", STAGE_SHOW_ACT_PANIC),
	{"%/panicInTime", STAGE_SHOW_OSC_ACT, STAGE_SHOW_RULE_NONE,
		STAGE_SHOW_ACT_PANIC},
	TELL("connect", STAGE_SHOW_OSC_CONNECT, STAGE_SHOW_RULE_TEXT),
	TELL("disconnect", STAGE_SHOW_OSC_LEAVE, STAGE_SHOW_RULE_NONE),
	TELL("forgetMeNot", STAGE_SHOW_OSC_THUMP, STAGE_SHOW_RULE_NONE),
	TELL("thump", STAGE_SHOW_OSC_THUMP, STAGE_SHOW_RULE_NONE),
	TELL("updates", STAGE_SHOW_OSC_UPDATES, STAGE_SHOW_RULE_SWITCH),
	TELL("alwaysReply", STAGE_SHOW_OSC_ALWAYS, STAGE_SHOW_RULE_SWITCH),
	TELL("udpReplyPort", STAGE_SHOW_OSC_REPLY_TO, STAGE_SHOW_RULE_PORT),
	ASK("version"),
	ASK("workspaces"),
	ASK("cueLists"),
	ASK("cueLists/+"),
	ASK("cueLists/+/+"),
	ASK("selectedCues"),
	ASK("selectedCues/+"),
	ASK("selectedCues/+/+"),
	ASK("runningCues"),
	ASK("runningCues/+"),
	ASK("runningCues/+/+"),
	ASK("runningOrPausedCues"),
	ASK("runningOrPausedCues/+"),
	ASK("runningOrPausedCues/+/+"),
	ASK("playheadId"),
	ASK("playheadID"),
	ASK("currentCueList"),
	ASK("currentCueListID"),
	ASK("showMode"),
	ASK("auditionWindow"),
	ASK("alwaysAudition"),
	ASK("auditionMonitors"),
	ASK("overrideWindow"),
	ASK("liveFadePreview"),
	ASK("overrides/+"),
	ASK("settings/general/minGoTime"),
	ASK("doubleGoWindowRemaining"),
	ASK("%/+"),
	ASK("%/children/+"),
	ASK("%/children/+/+"),
	ACT("stagecraft/go", STAGE_SHOW_ACT_GO),
	ACT("stagecraft/go/#", STAGE_SHOW_ACT_PLAY),
	CHOICE("stagecraft/play", STAGE_SHOW_ACT_PLAY),
	ACT("stagecraft/play/#", STAGE_SHOW_ACT_PLAY),
	ACT("stagecraft/next", STAGE_SHOW_ACT_NEXT),
	ACT("stagecraft/previous", STAGE_SHOW_ACT_PREVIOUS),
	CHOICE("stagecraft/select", STAGE_SHOW_ACT_SELECT),
	ACT("stagecraft/select/#", STAGE_SHOW_ACT_SELECT),
	ACT("stagecraft/select/next", STAGE_SHOW_ACT_SELECT_NEXT),
	ACT("stagecraft/select/previous", STAGE_SHOW_ACT_SELECT_PREVIOUS),
	ACT("stagecraft/stop", STAGE_SHOW_ACT_STOP),
	ACT("stagecraft/pause", STAGE_SHOW_ACT_PAUSE),
	ACT("stagecraft/resume", STAGE_SHOW_ACT_RESUME),
	ACT("stagecraft/reset", STAGE_SHOW_ACT_RESET),
	ACT("stagecraft/save", STAGE_SHOW_ACT_SAVE),
	ACT("stagecraft/panic", STAGE_SHOW_ACT_PANIC),
	ACT("stagecraft/tap", STAGE_SHOW_ACT_TAP),
	TELL("stagecraft/connect", STAGE_SHOW_OSC_CONNECT,
		STAGE_SHOW_RULE_TEXT),
	TELL("stagecraft/subscribe", STAGE_SHOW_OSC_HEAR,
		STAGE_SHOW_RULE_SWITCH),
	TELL("stagecraft/unsubscribe", STAGE_SHOW_OSC_LEAVE,
		STAGE_SHOW_RULE_NONE),
	TELL("stagecraft/refresh", STAGE_SHOW_OSC_REFRESH,
		STAGE_SHOW_RULE_NONE),
};

static bool
is_part(const struct stage_show_osc_finding *self, size_t at, const char *text)
{
	return at < self->part_count &&
	       stage_osc_matches(self->parts[at], text);
}

// Where a part of a path ends.
static size_t
part_len(const char *path)
{
	return strcspn(path, "/");
}

// The address that a pattern means.
static void
compose(const struct stage_show_osc_finding *self, const char *path,
	size_t number, struct stage_str *out)
{
	enum stage_status status = STAGE_OK;
	size_t at = self->first;

	while (*path != '\0' && status == STAGE_OK) {
		size_t len = part_len(path);
		if (*path == '%') {
			status = stage_str_addf(out, "/cue/%zu", number);
			at++;
		} else if (*path == '#') {
			status = stage_str_addf(out, "/%zu", number);
		} else if (*path == '+') {
			status = stage_str_addf(out, "/%s", self->parts[at]);
		} else {
			status = stage_str_addf(out, "/%.*s", (int)len, path);
		}
		at++;
		path += len + (path[len] == '/');
	}
}

static void
add(struct stage_show_osc_finding *self, const struct row *row,
	enum stage_show_osc_target target, size_t number)
{
	struct stage_str address = {0};
	struct stage_show_osc_meaning *meaning;

	if (self->count == STAGE_SHOW_OSC_MEANS_MAX) {
		return;
	}
	meaning = &self->means[self->count++];
	memset(meaning, 0, sizeof(*meaning));
	meaning->path = row->path;
	meaning->kind = row->kind;
	meaning->rule = row->rule;
	meaning->act = row->act;
	meaning->target = target;
	meaning->number = number;
	if (self->is_pattern) {
		compose(self, row->path, number, &address);
	} else {
		(void)!stage_str_add(&address, self->whole);
	}
	(void)!stage_format(meaning->address, sizeof(meaning->address), "%s",
		stage_str_text(&address));
	stage_str_finish(&address);
}

// Does the rest of a path, from a part on, fit?
static bool
fits(const struct stage_show_osc_finding *self, size_t at, const char *path)
{
	char part[PART_MAX];

	while (*path != '\0') {
		size_t len = part_len(path);
		if (at == self->part_count) {
			return false;
		}
		memcpy(part, path, len);
		part[len] = '\0';
		// A part that may be any is found by no pattern: there would
		// be no end of what it means.
		if (strcmp(part, "+") == 0 ? is_pattern(self->parts[at]) ||
						     self->parts[at][0] == '\0'
					   : !is_part(self, at, part)) {
			return false;
		}
		at++;
		path += len + (path[len] == '/');
	}
	return at == self->part_count;
}

// Which songs a pattern means, looked for once a message: a list may be long.
static void
match_numbers(struct stage_show_osc_finding *self, size_t at)
{
	const char *part = self->parts[at];

	if (self->numbers_of == at) {
		return;
	}
	self->numbers_of = at;
	self->number_count = 0;
	for (size_t i = 1; i <= self->sight->list->songs &&
			   self->number_count < STAGE_SHOW_OSC_MEANS_MAX &&
			   strlen(part) <= NUMBERS_LEN_MAX;
		i++) {
		char text[PART_MAX];
		(void)!stage_format(text, sizeof(text), "%zu", i);
		if (stage_osc_matches(part, text)) {
			self->numbers[self->number_count++] = i;
		}
	}
}

// "#": each number that the part may be.
static void
add_numbers(
	struct stage_show_osc_finding *self, const struct row *row, size_t at)
{
	const char *part = self->parts[at];
	int64_t number;

	if (!is_pattern(part)) {
		if (stage_num_parse(part, 1, NUMBER_MAX, &number, NULL) ==
			STAGE_OK) {
			add(self, row, STAGE_SHOW_OF_SONG, (size_t)number);
		}
		return;
	}
	match_numbers(self, at);
	for (size_t i = 0; i < self->number_count; i++) {
		add(self, row, STAGE_SHOW_OF_SONG, self->numbers[i]);
	}
}

static void
add_id(struct stage_show_osc_finding *self, const struct row *row, size_t at)
{
	char own[STAGE_SHOW_CUE_ID_MAX];
	const char *part = self->parts[at];

	stage_show_osc_list_id(self->sight, own);
	if (strcmp(part, own) == 0) {
		if (row->kind == STAGE_SHOW_OSC_ASK) {
			add(self, row, STAGE_SHOW_OF_LIST, 0);
		}
	} else if (stage_show_osc_song_of_id(self->sight, part) > 0) {
		add(self, row, STAGE_SHOW_OF_SONG,
			stage_show_osc_song_of_id(self->sight, part));
	}
}

// "%", whose first part is `at`.
static void
add_cues(struct stage_show_osc_finding *self, const struct row *row, size_t at)
{
	const struct stage_show_place *place = self->sight->place;
	const struct {
		const char *word;
		size_t number;
	} words[] = {
		{"selected", place->selected.number},
		{"playhead", place->selected.number},
		{"active", place->playing.number},
	};

	if (is_part(self, at, "cue_id")) {
		add_id(self, row, at + 1);
	}
	if (!is_part(self, at, "cue")) {
		return;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(words); i++) {
		if (strcmp(self->parts[at + 1], words[i].word) == 0) {
			add(self, row, STAGE_SHOW_OF_SONG, words[i].number);
			self->means[self->count - 1].is_of_selection = i < 2;
			return;
		}
	}
	add_numbers(self, row, at + 1);
}

static void
try_row(struct stage_show_osc_finding *self, const struct row *row)
{
	size_t at = self->first;
	size_t last = self->part_count - 1;
	size_t len = strlen(row->path);
	size_t before = self->count;

	if (row->path[0] == '%') {
		if (self->part_count - at > 2 &&
			fits(self, at + 2, row->path + 2)) {
			add_cues(self, row, at);
		}
		for (size_t i = before; i < self->count; i++) {
			self->means[i].word = self->parts[at + 2];
		}
		return;
	}
	if (row->path[len - 1] == '#' || row->path[len - 1] == '@') {
		char head[PART_MAX];
		bool is_id = row->path[len - 1] == '@';
		memcpy(head, row->path, len - 2);
		head[len - 2] = '\0';
		self->part_count--;
		if (last > at && fits(self, at, head)) {
			self->part_count++;
			if (is_id) {
				add_id(self, row, last);
			} else {
				add_numbers(self, row, last);
			}
			return;
		}
		self->part_count++;
		return;
	}
	if (fits(self, at, row->path)) {
		add(self, row, STAGE_SHOW_OF_SHOW, 0);
		self->means[self->count - 1].word = row->path;
	}
}

// "/workspace/ID" before all else, by its id or its name.
static bool
enter_workspace(struct stage_show_osc_finding *self)
{
	char own[STAGE_SHOW_CUE_ID_MAX];
	const char *id = self->parts[1];

	if (strcmp(self->parts[0], "workspace") != 0 || self->part_count < 3) {
		return true;
	}
	stage_show_osc_workspace_id(self->sight, own);
	self->first = 2;
	self->is_of_workspace = true;
	return strcmp(id, own) == 0 || strcmp(id, self->sight->name) == 0;
}

// "/cue_id/LIST" before what the list does.
static void
try_list(struct stage_show_osc_finding *self)
{
	char own[STAGE_SHOW_CUE_ID_MAX];
	size_t at = self->first;

	stage_show_osc_list_id(self->sight, own);
	if (self->part_count < at + 3 ||
		strcmp(self->parts[at], "cue_id") != 0 ||
		strcmp(self->parts[at + 1], own) != 0) {
		return;
	}
	self->first += 2;
	for (size_t i = 0; i < STAGE_COUNT_OF(rows) && self->count == 0; i++) {
		if (rows[i].kind == STAGE_SHOW_OSC_ACT &&
			strncmp(rows[i].path, "stagecraft/", 11) != 0) {
			try_row(self, &rows[i]);
		}
	}
	self->first = at;
}

static void
try_values(struct stage_show_osc_finding *self)
{
	static const struct row value = {"", STAGE_SHOW_OSC_VALUE,
		STAGE_SHOW_RULE_NONE, STAGE_SHOW_ACT_COUNT};

	for (size_t i = 0; i < STAGE_SHOW_VALUE_COUNT; i++) {
		const char *address = stage_show_value_address(i);
		size_t at = self->first;
		if (self->count < STAGE_SHOW_OSC_MEANS_MAX &&
			fits(self, at, address + 1)) {
			struct stage_show_osc_meaning *meaning =
				&self->means[self->count];
			add(self, &value, STAGE_SHOW_OF_SHOW, 0);
			meaning->word = address;
			(void)!stage_format(meaning->address,
				sizeof(meaning->address), "%s", address);
		}
	}
}

static void
find(struct stage_show_osc_finding *self)
{
	try_list(self);
	for (size_t i = 0; i < STAGE_COUNT_OF(rows); i++) {
		// A verb of a cue is no value of it.
		bool is_rest = strchr(rows[i].path, '+') != NULL;
		if (self->count > 0 && (!self->is_pattern || is_rest)) {
			continue;
		}
		try_row(self, &rows[i]);
	}
	if (self->count > 0 && !self->is_pattern) {
		return;
	}
	try_values(self);
}

void
stage_show_osc_find(struct stage_show_osc_finding *out, const char *address,
	const struct stage_show_sight *sight)
{
	memset(out, 0, sizeof(*out));
	out->whole = address;
	out->sight = sight;
	out->is_pattern = is_pattern(address);
	if (!split(address, out)) {
		out->trouble = "there is no such address";
	} else if (!enter_workspace(out)) {
		out->trouble = "there is no such workspace";
	} else {
		find(out);
		out->trouble =
			out->count > 0 ? NULL : "there is no such address";
	}
}
