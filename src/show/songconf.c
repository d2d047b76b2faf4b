/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/songconf.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/num.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "show/songconf_client.h"

#define TEMPO_MIN 10
#define TEMPO_MAX 1000 // bpm
#define BEATS_MAX 64
#define TAIL_MAX_NS (600 * STAGE_NS_PER_S)
#define NOTES_MAX 65536 // bytes
#define PROGRAM_MAX 127
#define SHOWN_MAX 60 // bytes of a wrong word that a sentence repeats
#define STEP 8       // what an array grows by

// One file on its way.
struct reading {
	struct stage_show_song_conf *conf;
	unsigned seen[16]; // the line of each key that may stand once
};

// For "%.*s": how much of a word to repeat in a sentence.
static int
shown(const char *word)
{
	return (int)stage_utf8_clip(word, strlen(word), SHOWN_MAX);
}

typedef enum stage_status taker(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err);

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

// Room for one more item of an array.
static bool
grow(void **items, size_t count, size_t size)
{
	void *more;

	if (count % STEP != 0) {
		return true;
	}
	more = realloc(*items, (count + STEP) * size);
	if (more != NULL) {
		*items = more;
	}
	return more != NULL;
}

static enum stage_status
take_title(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	const char *title = line->words[0];

	if (title[0] == '\0' || strpbrk(title, "\n\t") != NULL) {
		return stage_conf_fail(
			line, 0, err, "a title is one line of text");
	}
	return stage_format(conf->title, sizeof(conf->title), "%s", title) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail(line, 0, err,
				 "a title has %d bytes at most",
				 STAGE_SHOW_TITLE_MAX - 1);
}

static enum stage_status
take_tempo(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	return stage_num_parse_decimal(line->words[0], TEMPO_MIN, TEMPO_MAX,
		       &conf->tempo_bpm, err) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, 0, err);
}

bool
stage_show_metre_parse(const char *text, int64_t *beats, int64_t *type)
{
	char part[8];
	size_t len = strcspn(text, "/");

	if (text[len] == '\0' || len >= sizeof(part)) {
		return false;
	}
	memcpy(part, text, len);
	part[len] = '\0';
	return stage_num_parse(part, 1, BEATS_MAX, beats, NULL) == STAGE_OK &&
	       stage_num_parse(text + len + 1, 1, BEATS_MAX, type, NULL) ==
		       STAGE_OK &&
	       (*type & (*type - 1)) == 0;
}

static enum stage_status
take_metre(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	int64_t beats;
	int64_t type;

	if (!stage_show_metre_parse(line->words[0], &beats, &type)) {
		return stage_conf_fail(line, 0, err,
			"\"%.*s\" is no metre such as 4/4 or 7/8",
			shown(line->words[0]), line->words[0]);
	}
	conf->beats = beats;
	conf->beat_type = type;
	return STAGE_OK;
}

static enum stage_status
take_tail(struct stage_show_song_conf *conf, const struct stage_conf_line *line,
	struct stage_err *err)
{
	int64_t ns = 0;

	if (stage_num_parse_duration(line->words[0], &ns, err) != STAGE_OK) {
		return stage_conf_fail_with(line, 0, err);
	}
	if (ns > TAIL_MAX_NS) {
		return stage_conf_fail(
			line, 0, err, "a tail has ten minutes at most");
	}
	conf->tail_ns = ns;
	return STAGE_OK;
}

// A file in the song's directory.
static enum stage_status
read_file_name(const struct stage_conf_line *line, size_t at,
	char out[STAGE_SHOW_NAME_MAX + 1], struct stage_err *err)
{
	if (stage_show_song_name_check(line->words[at], NULL) != STAGE_OK) {
		return stage_conf_fail(line, at, err,
			"\"%.*s\" is no file in the song's directory",
			shown(line->words[at]), line->words[at]);
	}
	return stage_format(
		out, STAGE_SHOW_NAME_MAX + 1, "%s", line->words[at]);
}

static enum stage_status
take_notes_file(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	if (strcmp(line->words[0], "file") != 0) {
		return stage_conf_fail(line, 1, err,
			"one value too many: put notes in quotes, or write "
			"notes file FILE");
	}
	if (conf->notes_file[0] != '\0') {
		return stage_conf_fail(
			line, 1, err, "a file of notes is given already");
	}
	return read_file_name(line, 1, conf->notes_file, err);
}

static enum stage_status
take_notes(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	const char *text = line->words[0];

	if (line->count > 1) {
		return take_notes_file(conf, line, err);
	}
	if (conf->notes.len + strlen(text) > NOTES_MAX) {
		return stage_conf_fail(line, 0, err,
			"notes have %d bytes at most: write notes file FILE",
			NOTES_MAX);
	}
	return stage_str_addf(&conf->notes, "%s\n", text) == STAGE_OK
		       ? STAGE_OK
		       : no_memory(err);
}

static enum stage_status
take_lyrics(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	return read_file_name(line, 0, conf->lyrics_file, err);
}

static enum stage_status
take_save(struct stage_show_song_conf *conf, const struct stage_conf_line *line,
	struct stage_err *err)
{
	static const char *const words[] = {
		[STAGE_SHOW_SAVE_DEFAULT] = "default",
		[STAGE_SHOW_SAVE_SHOW] = "show",
		[STAGE_SHOW_SAVE_EDIT] = "edit",
	};

	for (int i = 0; i < STAGE_SHOW_SAVE_COUNT; i++) {
		if (strcmp(words[i], line->words[0]) == 0) {
			conf->save = (enum stage_show_save)i;
			return STAGE_OK;
		}
	}
	return stage_conf_fail(line, 0, err,
		"\"%.*s\" is neither show, edit nor default",
		shown(line->words[0]), line->words[0]);
}

static enum stage_status
take_timebase(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	static const char *const words[] = {
		[STAGE_SHOW_TIMEBASE_OURS] = "ours",
		[STAGE_SHOW_TIMEBASE_CLIENT] = "client",
		[STAGE_SHOW_TIMEBASE_NONE] = "none",
	};

	for (int i = 0; i < STAGE_SHOW_TIMEBASE_COUNT; i++) {
		if (strcmp(words[i], line->words[0]) == 0) {
			conf->timebase = (enum stage_show_timebase_by)i;
			return STAGE_OK;
		}
	}
	return stage_conf_fail(line, 0, err,
		"\"%.*s\" is neither ours, client nor none",
		shown(line->words[0]), line->words[0]);
}

static enum stage_status
take_program(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	return stage_num_parse(line->words[0], 0, PROGRAM_MAX, &conf->program,
		       err) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, 0, err);
}

// The line of a client; NULL where it cannot have one any more.
static struct stage_show_client_conf *
client_of(struct stage_show_song_conf *conf, const char *id)
{
	void *items = conf->clients;

	for (size_t i = 0; i < conf->client_count; i++) {
		if (strcmp(conf->clients[i].id, id) == 0) {
			return &conf->clients[i];
		}
	}
	if (!grow(&items, conf->client_count, sizeof(*conf->clients))) {
		return NULL;
	}
	conf->clients = items;
	stage_show_client_conf_init(&conf->clients[conf->client_count], id);
	return &conf->clients[conf->client_count++];
}

static enum stage_status
take_client(struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_show_client_conf *client;

	if (!stage_show_id_ok(line->words[0])) {
		return stage_conf_fail(line, 0, err,
			"\"%.*s\" cannot be the id of a client",
			shown(line->words[0]), line->words[0]);
	}
	if (conf->client_count == STAGE_SHOW_CONF_CLIENTS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d clients are described",
			STAGE_SHOW_CONF_CLIENTS_MAX);
	}
	client = client_of(conf, line->words[0]);
	return client != NULL ? stage_show_client_conf_take(client, line, err)
			      : no_memory(err);
}

static void
finish_run(struct stage_show_run *run)
{
	for (char **word = run->argv; word != NULL && *word != NULL; word++) {
		free(*word);
	}
	free(run->argv);
}

// The words behind the name.
static bool
fill_run(struct stage_show_run *run, const struct stage_conf_line *line)
{
	run->argv = calloc(line->count, sizeof(*run->argv));
	if (run->argv == NULL) {
		return false;
	}
	for (size_t i = 1; i < line->count; i++) {
		run->argv[i - 1] = strdup(line->words[i]);
		if (run->argv[i - 1] == NULL) {
			return false;
		}
	}
	return stage_format(run->name, sizeof(run->name), "%s",
		       line->words[0]) == STAGE_OK;
}

static enum stage_status
check_run(const struct stage_show_song_conf *conf,
	const struct stage_conf_line *line, struct stage_err *err)
{
	const char *name = line->words[0];

	if (!stage_show_id_ok(name)) {
		return stage_conf_fail(line, 0, err,
			"\"%.*s\" cannot be the name of a program: it is of "
			"letters, digits, _ and -",
			shown(name), name);
	}
	if (line->words[1][0] == '\0') {
		return stage_conf_fail(line, 1, err, "this is no command");
	}
	for (size_t i = 0; i < conf->run_count; i++) {
		if (strcmp(conf->runs[i].name, name) == 0) {
			return stage_conf_fail(line, 0, err,
				"%s is run already, by line %u", name,
				conf->runs[i].line);
		}
	}
	if (conf->run_count == STAGE_SHOW_RUNS_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d programs are run", STAGE_SHOW_RUNS_MAX);
	}
	return STAGE_OK;
}

static enum stage_status
take_run(struct stage_show_song_conf *conf, const struct stage_conf_line *line,
	struct stage_err *err)
{
	struct stage_show_run run = {.line = line->line};
	void *items = conf->runs;
	enum stage_status status = check_run(conf, line, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (!grow(&items, conf->run_count, sizeof(run))) {
		return no_memory(err);
	}
	conf->runs = items;
	if (!fill_run(&run, line)) {
		finish_run(&run);
		return no_memory(err);
	}
	conf->runs[conf->run_count++] = run;
	return STAGE_OK;
}

static enum stage_status
take_cue(struct stage_show_song_conf *conf, const struct stage_conf_line *line,
	struct stage_err *err)
{
	void *items = conf->cues;
	enum stage_status status;

	if (conf->cue_count == STAGE_SHOW_CUES_MAX) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"more than %d cues are given", STAGE_SHOW_CUES_MAX);
	}
	if (!grow(&items, conf->cue_count, sizeof(*conf->cues))) {
		return no_memory(err);
	}
	conf->cues = items;
	status = stage_show_cue_take(&conf->cues[conf->cue_count], line, err);
	conf->cue_count += status == STAGE_OK ? 1 : 0;
	return status;
}

// How many values a key has, and whether it may be repeated.
static const struct {
	const char *name;
	taker *take;
	size_t min, max;
	bool is_repeated;
} keys[] = {
	{"title", take_title, 1, 1, false},
	{"tempo", take_tempo, 1, 1, false},
	{"metre", take_metre, 1, 1, false},
	{"tail", take_tail, 1, 1, false},
	{"notes", take_notes, 1, 2, true},
	{"lyrics", take_lyrics, 1, 1, false},
	{"save", take_save, 1, 1, false},
	{"program", take_program, 1, 1, false},
	{"timebase", take_timebase, 1, 1, false},
	{"client", take_client, 1, STAGE_CONF_WORDS_MAX, true},
	{"run", take_run, 2, STAGE_CONF_WORDS_MAX, true},
	{"cue", take_cue, 1, STAGE_CONF_WORDS_MAX, true},
};

static enum stage_status
refuse_key(const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_suggest near = STAGE_SUGGEST_INIT(line->key);

	for (size_t i = 0; i < STAGE_COUNT_OF(keys); i++) {
		stage_suggest_offer(&near, keys[i].name);
	}
	if (near.best == NULL) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"unknown key \"%.*s\"", shown(line->key), line->key);
	}
	return stage_conf_fail(line, STAGE_CONF_KEY, err,
		"unknown key \"%.*s\"; did you mean \"%s\"?", shown(line->key),
		line->key, near.best);
}

static enum stage_status
read_key(struct reading *reading, size_t key,
	const struct stage_conf_line *line, struct stage_err *err)
{
	unsigned *seen = &reading->seen[key];
	enum stage_status status =
		stage_conf_check_count(line, keys[key].min, keys[key].max, err);

	if (status != STAGE_OK) {
		return status;
	}
	if (*seen != 0 && !keys[key].is_repeated) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"\"%s\" is given twice, first on line %u", line->key,
			*seen);
	}
	status = keys[key].take(reading->conf, line, err);
	*seen = status == STAGE_OK ? line->line : *seen;
	return status;
}

static enum stage_status
read_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	size_t key = 0;

	while (key < STAGE_COUNT_OF(keys) &&
		strcmp(keys[key].name, line->key) != 0) {
		key++;
	}
	return key < STAGE_COUNT_OF(keys) ? read_key(user, key, line, err)
					  : refuse_key(line, err);
}

// What there is no memory for is counted.
void
stage_show_song_conf_complain(
	struct stage_show_song_conf *self, const char *sentence)
{
	self->complaint_count++;
	if (self->complaints.count < STAGE_SHOW_COMPLAINTS_MAX) {
		(void)!stage_strv_add(&self->complaints, sentence);
	}
}

static bool
complain(const struct stage_err *why, void *user)
{
	stage_show_song_conf_complain(user, why->text);
	return true;
}

void
stage_show_song_conf_init(struct stage_show_song_conf *out)
{
	*out = (struct stage_show_song_conf){
		.tail_ns = STAGE_SHOW_UNSAID, .program = STAGE_SHOW_UNSAID};
}

enum stage_status
stage_show_song_conf_parse(struct stage_show_song_conf *out, const char *text,
	size_t len, const char *name)
{
	struct reading reading = {.conf = out};
	struct stage_conf_lenience lenience = {complain, out};
	struct stage_err err = STAGE_ERR_INIT;
	enum stage_status status;

	stage_show_song_conf_init(out);
	status = stage_conf_parse_all(
		text, len, name, read_line, &reading, &lenience, &err);
	if (status == STAGE_NO_MEMORY) {
		stage_show_song_conf_finish(out);
		return status;
	}
	if (status != STAGE_OK) {
		stage_show_song_conf_complain(out, err.text);
	}
	return STAGE_OK;
}

void
stage_show_song_conf_finish(struct stage_show_song_conf *self)
{
	if (self == NULL) {
		return;
	}
	for (size_t i = 0; i < self->run_count; i++) {
		finish_run(&self->runs[i]);
	}
	for (size_t i = 0; i < self->cue_count; i++) {
		stage_show_cue_finish(&self->cues[i]);
	}
	free(self->runs);
	free(self->cues);
	free(self->clients);
	stage_str_finish(&self->notes);
	stage_strv_finish(&self->complaints);
	stage_show_song_conf_init(self);
}

const struct stage_show_client_conf *
stage_show_song_conf_client(
	const struct stage_show_song_conf *self, const char *id)
{
	for (size_t i = 0; i < self->client_count; i++) {
		if (strcmp(self->clients[i].id, id) == 0) {
			return &self->clients[i];
		}
	}
	return stage_show_client_conf_default();
}

bool
stage_show_is_chordpro(const char *file)
{
	static const char *const suffixes[] = {
		".cho", ".crd", ".chopro", ".chord", ".chordpro", ".pro"};

	for (size_t i = 0; i < STAGE_COUNT_OF(suffixes); i++) {
		if (stage_ends_with(file, suffixes[i])) {
			return true;
		}
	}
	return false;
}
