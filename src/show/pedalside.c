/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/pedalside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/log.h"
#include "rig/path_watch.h"
#include "rpc/proto.h"
#include "show/daemon_private.h"
#include "show/heard.h"
#include "show/pedals.h"
#include "show/program.h"
#include "show/saver.h"

#define LEARN_NS (30 * STAGE_NS_PER_S)

struct stage_show_pedalside {
	uv_loop_t *loop;
	struct stage_show_daemon *daemon;
	char path[STAGE_PATH_MAX];
	struct stage_path_watch *watch;
	struct stage_show_saver *saver;
	struct stage_str text; // of the file, as it was read or is written
	struct stage_show_pedals pedals;
	struct stage_show_midi_ear ear;
	struct stage_show_heard heard;
	struct stage_show_program_search *search; // NULL: none
	int64_t now_ns;
	int64_t learn_until_ns; // 0: nothing is learned
	enum stage_show_act learn_act;
	long learn_number;
};

// The file.

static void
take_text(struct stage_show_pedalside *self)
{
	struct stage_show_pedals fresh;

	if (stage_show_pedals_parse(&fresh, stage_str_text(&self->text),
		    self->text.len, self->path) != STAGE_OK) {
		stage_log_warn("%s is not read: out of memory", self->path);
		return;
	}
	stage_show_pedals_finish(&self->pedals);
	self->pedals = fresh;
	for (size_t i = 0; i < fresh.complaints.count; i++) {
		stage_log_warn("%s", fresh.complaints.items[i]);
	}
	self->daemon->has_news = true;
}

static void
on_changed(void *user)
{
	struct stage_show_pedalside *self = user;
	struct stage_str text = {0};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status = stage_io_read_file(
		self->path, STAGE_CONF_FILE_MAX, &text, &err);

	if (status != STAGE_OK && status != STAGE_NOT_FOUND) {
		stage_log_warn("%s; what it said before holds", err.text);
		stage_str_finish(&text);
		return;
	}
	if (text.len == self->text.len &&
		memcmp(stage_str_text(&text), stage_str_text(&self->text),
			text.len) == 0) {
		stage_str_finish(&text);
		return;
	}
	stage_str_finish(&self->text);
	self->text = text;
	take_text(self);
}

// Takes over a text, and has it written.
static void
replace_text(struct stage_show_pedalside *self, struct stage_str *text)
{
	stage_str_finish(&self->text);
	self->text = *text;
	*text = (struct stage_str){0};
	take_text(self);
	stage_show_saver_put(self->saver, strdup(stage_str_text(&self->text)));
}

// Songs by their program.

static void
on_found(void *user, const char *song, size_t number)
{
	struct stage_show_pedalside *self = user;
	static const struct stage_show_asker nobody;

	self->search = NULL;
	if (number > 0) {
		stage_show_remote_do(self->daemon, STAGE_SHOW_ACT_PLAY,
			(long)number, nobody);
	} else if (song != NULL) {
		stage_show_engine_open(self->daemon->engine, song,
			STAGE_SHOW_SAVE_BY_MODE, nobody);
	} else {
		stage_show_daemon_tell(self->daemon, STAGE_SHOW_TOLD_REFUSED,
			"no song has that program", 0);
	}
}

static void
search(struct stage_show_pedalside *self, uint32_t program)
{
	struct stage_err err = STAGE_ERR_INIT;

	stage_show_program_drop(self->search); // the latest one wins
	self->search = NULL;
	if (stage_show_program_find(self->loop, &self->daemon->store,
		    stage_show_conductor_list(self->daemon->conductor), program,
		    on_found, self, &self->search, &err) != STAGE_OK) {
		stage_log_warn("program %u: %s", program, err.text);
	}
}

// What comes.

static void
describe(enum stage_show_act act, long number, char *out, size_t size)
{
	if (number > 0) {
		snprintf(out, size, "%s %ld", stage_show_act_word(act), number);
	} else {
		snprintf(out, size, "%s", stage_show_act_word(act));
	}
}

static bool
is_learning(const struct stage_show_pedalside *self)
{
	return self->learn_until_ns > stage_clock_now_ns();
}

static void
learn(struct stage_show_pedalside *self,
	const struct stage_show_midi_said *said, char *did, size_t size)
{
	struct stage_str text = {0};
	char act[64];

	describe(self->learn_act, self->learn_number, act, sizeof(act));
	self->learn_until_ns = 0;
	if (stage_show_pedals_learn(stage_str_text(&self->text), self->text.len,
		    said, self->learn_act, self->learn_number,
		    &text) != STAGE_OK) {
		snprintf(did, size, "not learned: out of memory");
		return;
	}
	replace_text(self, &text);
	snprintf(did, size, "learned: %s", act);
}

static void
act(struct stage_show_pedalside *self, const struct stage_show_midi_said *said,
	struct stage_show_pedal_wish *wish, char *did, size_t size)
{
	stage_show_pedals_find(&self->pedals, said, wish);
	if (wish->has_act) {
		describe(wish->act, wish->number, did, size);
	} else if (wish->is_song) {
		snprintf(did, size, "the song of program %u", wish->program);
	} else {
		snprintf(did, size, "nothing: %s", wish->why);
	}
}

void
stage_show_pedalside_hear(struct stage_show_pedalside *self,
	const uint8_t *bytes, size_t len, int64_t at_ns)
{
	static const struct stage_show_asker nobody;
	struct stage_show_midi_said said;
	struct stage_show_pedal_wish wish = {0};
	char text[STAGE_SHOW_HEARD_TEXT_MAX];
	char did[STAGE_SHOW_HEARD_DID_MAX] = "";

	stage_show_midi_understand(&self->ear, bytes, len, &said);
	stage_show_midi_write(&said, bytes, len, text, sizeof(text));
	if (is_learning(self) && stage_show_pedals_can_learn(&said)) {
		learn(self, &said, did, sizeof(did));
	} else {
		act(self, &said, &wish, did, sizeof(did));
	}
	stage_show_heard_note(&self->heard, at_ns, bytes, len, text, did);
	if (wish.is_song) {
		search(self, wish.program);
	} else if (wish.has_act) {
		self->now_ns = at_ns;
		stage_show_remote_do(
			self->daemon, wish.act, wish.number, nobody);
		self->now_ns = 0;
	}
}

int64_t
stage_show_pedalside_now_ns(const struct stage_show_pedalside *self)
{
	return self->now_ns;
}

// What is asked.

static enum stage_status
check(enum stage_show_act act, long number, struct stage_err *err)
{
	bool takes = act == STAGE_SHOW_ACT_PLAY || act == STAGE_SHOW_ACT_SELECT;

	if (takes && number < 1) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s needs the number of a song",
			stage_show_act_word(act));
	}
	if (!takes && number != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT, "%s takes no number",
			stage_show_act_word(act));
	}
	return STAGE_OK;
}

enum stage_status
stage_show_pedalside_learn(struct stage_show_pedalside *self,
	enum stage_show_act act, long number, struct stage_err *err)
{
	enum stage_status status = check(act, number, err);

	if (status == STAGE_OK) {
		self->learn_act = act;
		self->learn_number = number;
		self->learn_until_ns = stage_clock_now_ns() + LEARN_NS;
		self->daemon->has_news = true;
	}
	return status;
}

void
stage_show_pedalside_stop_learning(struct stage_show_pedalside *self)
{
	self->learn_until_ns = 0;
	self->daemon->has_news = true;
}

enum stage_status
stage_show_pedalside_forget(struct stage_show_pedalside *self,
	enum stage_show_act act, long number, size_t *count,
	struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = check(act, number, err);

	if (status == STAGE_OK &&
		stage_show_pedals_forget(stage_str_text(&self->text),
			self->text.len, act, number, count,
			&text) != STAGE_OK) {
		status = stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	if (status == STAGE_OK && *count == 0) {
		status = stage_err_set(err, STAGE_NOT_FOUND,
			"nothing in %s is mapped to that", self->path);
	}
	if (status == STAGE_OK) {
		replace_text(self, &text);
	}
	stage_str_finish(&text);
	return status;
}

static json_t *
view_heard(const struct stage_show_heard *heard)
{
	const struct stage_show_heard_item *item;
	json_t *list = json_array();
	int64_t now_ns = stage_clock_now_ns();

	for (size_t i = 0; (item = stage_show_heard_get(heard, i)) != NULL;
		i++) {
		(void)json_array_append_new(
			list, json_pack("{s:s, s:s, s:I, s:I}", "text",
				      item->text, "did", item->did, "count",
				      (json_int_t)item->count, "ago_ms",
				      (json_int_t)((now_ns - item->at_ns) /
						   STAGE_NS_PER_MS)));
	}
	return list;
}

json_t *
stage_show_pedalside_view(const struct stage_show_pedalside *self)
{
	json_t *complaints = json_array();
	char learning[64] = "";

	for (size_t i = 0; i < self->pedals.complaints.count; i++) {
		(void)json_array_append_new(complaints,
			stage_rpc_text(self->pedals.complaints.items[i]));
	}
	if (is_learning(self)) {
		describe(self->learn_act, self->learn_number, learning,
			sizeof(learning));
	}
	return json_pack("{s:o, s:I, s:I, s:o, s:s}", "heard",
		view_heard(&self->heard), "all", (json_int_t)self->heard.all,
		"maps", (json_int_t)self->pedals.count, "complaints",
		complaints, "learning", learning);
}

// Its life.

enum stage_status
stage_show_pedalside_create(uv_loop_t *loop, const char *path,
	struct stage_show_daemon *daemon, struct stage_show_pedalside **out,
	struct stage_err *err)
{
	struct stage_show_pedalside *self = calloc(1, sizeof(*self));
	enum stage_status status;

	if (self == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	self->loop = loop;
	self->daemon = daemon;
	stage_show_pedals_init(&self->pedals);
	status = stage_format(self->path, sizeof(self->path), "%s", path);
	if (status == STAGE_OK) {
		status = stage_show_saver_create(loop, path,
			"what was learned is forgotten with the next start",
			&self->saver, err);
	}
	if (status == STAGE_OK) {
		status = stage_path_watch_create(
			&self->watch, loop, path, on_changed, self, err);
	}
	if (status != STAGE_OK) {
		stage_show_pedalside_destroy(self);
		return status;
	}
	*out = self;
	return STAGE_OK;
}

void
stage_show_pedalside_destroy(struct stage_show_pedalside *self)
{
	if (self != NULL) {
		stage_show_program_drop(self->search);
		stage_path_watch_destroy(self->watch);
		stage_show_saver_destroy(self->saver);
		stage_show_pedals_finish(&self->pedals);
		stage_str_finish(&self->text);
		free(self);
	}
}
