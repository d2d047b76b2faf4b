/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/songconf_client.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/conf.h"
#include "base/num.h"

#define BOM "\xef\xbb\xbf"
#define RESTARTS_MAX 1000
#define DEADLINE_MIN_NS (100 * STAGE_NS_PER_MS)
#define DEADLINE_MAX_NS (600 * STAGE_NS_PER_S)

#define DEFAULTS                                                               \
	{                                                                      \
		.restarts = STAGE_SHOW_RESTARTS,                               \
		.deadlines_ns = {STAGE_SHOW_UNSAID, STAGE_SHOW_UNSAID,         \
			STAGE_SHOW_UNSAID, STAGE_SHOW_UNSAID},                 \
	}

static const struct stage_show_client_conf defaults = DEFAULTS;

const struct stage_show_client_conf *
stage_show_client_conf_default(void)
{
	return &defaults;
}

void
stage_show_client_conf_init(struct stage_show_client_conf *self, const char *id)
{
	*self = defaults;
	snprintf(self->id, sizeof(self->id), "%s", id);
}

// One setting; its value is word `at`.
typedef enum stage_status taker(struct stage_show_client_conf *client,
	int which, const struct stage_conf_line *line, size_t at,
	struct stage_err *err);

static enum stage_status
read_bool(const struct stage_conf_line *line, size_t at, bool *out,
	struct stage_err *err)
{
	*out = strcmp(line->words[at], "yes") == 0;
	return *out || strcmp(line->words[at], "no") == 0
		       ? STAGE_OK
		       : stage_conf_fail(line, at, err,
				 "\"%s\" is neither yes nor no",
				 line->words[at]);
}

static enum stage_status
take_autostart(struct stage_show_client_conf *client, int which,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	bool is_started = true;
	enum stage_status status = read_bool(line, at, &is_started, err);
	(void)which;

	client->is_manual = !is_started;
	return status;
}

static enum stage_status
take_alone(struct stage_show_client_conf *client, int which,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	(void)which;
	return read_bool(line, at, &client->is_alone, err);
}

static enum stage_status
take_restart(struct stage_show_client_conf *client, int which,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	const char *word = line->words[at];
	int64_t times = 0;
	(void)which;

	if (strcmp(word, "always") == 0) {
		times = STAGE_SHOW_RESTART_ALWAYS;
	} else if (strcmp(word, "never") != 0 &&
		   stage_num_parse(word, 0, RESTARTS_MAX, &times, NULL) !=
			   STAGE_OK) {
		return stage_conf_fail(line, at, err,
			"\"%s\" is neither never, always nor how often", word);
	}
	client->restarts = (int)times;
	return STAGE_OK;
}

static enum stage_status
take_deadline(struct stage_show_client_conf *client, int which,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	int64_t ns = 0;

	if (stage_num_parse_duration(line->words[at], &ns, err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	if (ns < DEADLINE_MIN_NS || ns > DEADLINE_MAX_NS) {
		return stage_conf_fail(line, at, err,
			"%s is not from 100ms to 10min", line->words[at]);
	}
	client->deadlines_ns[which] = ns;
	return STAGE_OK;
}

static enum stage_status
take_signal(struct stage_show_client_conf *client, int which,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = {
		{"none", 0},
		{"HUP", SIGHUP},
		{"USR1", SIGUSR1},
		{"USR2", SIGUSR2},
		{"INT", SIGINT},
		{"QUIT", SIGQUIT},
		{"CONT", SIGCONT},
	};
	(void)which;

	for (size_t i = 0; i < STAGE_COUNT_OF(signals); i++) {
		if (strcmp(signals[i].name, line->words[at]) == 0) {
			client->signal = signals[i].number;
			return STAGE_OK;
		}
	}
	return stage_conf_fail(line, at, err,
		"\"%s\" is neither none, HUP, USR1, USR2, INT, QUIT nor CONT",
		line->words[at]);
}

static const struct {
	const char *name;
	taker *take;
	int which;
} settings[] = {
	{"autostart", take_autostart, 0},
	{"restart", take_restart, 0},
	{"alone", take_alone, 0},
	{"announce", take_deadline, STAGE_SHOW_DEADLINE_ANNOUNCE},
	{"open", take_deadline, STAGE_SHOW_DEADLINE_OPEN},
	{"save", take_deadline, STAGE_SHOW_DEADLINE_SAVE},
	{"quit", take_deadline, STAGE_SHOW_DEADLINE_QUIT},
	{"signal", take_signal, 0},
};

static enum stage_status
take_setting(struct stage_show_client_conf *client,
	const struct stage_conf_line *line, size_t at, struct stage_err *err)
{
	size_t i = 0;

	while (i < STAGE_COUNT_OF(settings) &&
		strcmp(settings[i].name, line->words[at]) != 0) {
		i++;
	}
	if (i == STAGE_COUNT_OF(settings)) {
		return stage_conf_fail(line, at, err,
			"\"%s\" is no setting of a client: these are "
			"autostart, restart, alone, announce, open, save, quit "
			"and signal",
			line->words[at]);
	}
	if (at + 1 == line->count) {
		return stage_conf_fail(line, at + 1, err,
			"\"%s\" needs a value", settings[i].name);
	}
	if ((client->seen & 1U << i) != 0) {
		return stage_conf_fail(line, at, err,
			"\"%s\" of %s is given already", settings[i].name,
			client->id);
	}
	client->seen |= 1U << i;
	return settings[i].take(client, settings[i].which, line, at + 1, err);
}

enum stage_status
stage_show_client_conf_take(struct stage_show_client_conf *self,
	const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_show_client_conf fresh = *self;
	enum stage_status status =
		stage_conf_check_count(line, 3, STAGE_CONF_WORDS_MAX, err);

	for (size_t at = 1; at < line->count && status == STAGE_OK; at += 2) {
		status = take_setting(&fresh, line, at, err);
	}
	if (status == STAGE_OK) {
		*self = fresh;
	}
	return status;
}

/* Renaming, in the text: what is not the id of a client line stays as it is. */

// Finds the next word of a line, text up to `end`; false at its end. A quote at
// its start and end is not of it: ids need none, but may have them.
static bool
next_word(const char **at, const char *end, const char **word, size_t *len)
{
	const char *start = *at;

	while (start < end && (*start == ' ' || *start == '\t')) {
		start++;
	}
	*at = start;
	while (*at < end && **at != ' ' && **at != '\t') {
		++*at;
	}
	*word = start;
	*len = (size_t)(*at - start);
	if (*len >= 2 && start[0] == '"' && start[*len - 1] == '"') {
		++*word;
		*len -= 2;
	}
	return *at > start;
}

static bool
is_word(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && memcmp(word, text, len) == 0;
}

// Where `id` stands in a line, or NULL.
static const char *
find_id(const char *line, const char *end, const char *id)
{
	const char *word;
	size_t len;

	if (!next_word(&line, end, &word, &len) ||
		!is_word(word, len, "client") ||
		!next_word(&line, end, &word, &len) ||
		!is_word(word, len, id)) {
		return NULL;
	}
	return word;
}

static enum stage_status
rename_in_line(const char *line, const char *end, const char *id,
	const char *fresh, struct stage_str *out)
{
	const char *stop = end;
	const char *at;
	enum stage_status status;

	while (stop > line && (stop[-1] == '\n' || stop[-1] == '\r')) {
		stop--;
	}
	at = find_id(line, stop, id);
	if (at == NULL) {
		return stage_str_append(out, line, (size_t)(end - line));
	}
	status = stage_str_append(out, line, (size_t)(at - line));
	if (status == STAGE_OK) {
		status = stage_str_add(out, fresh);
	}
	at += strlen(id);
	return status == STAGE_OK
		       ? stage_str_append(out, at, (size_t)(end - at))
		       : status;
}

enum stage_status
stage_show_song_conf_rename_client(const char *text, size_t len, const char *id,
	const char *fresh, struct stage_str *out)
{
	const char *end = text + len;
	size_t before = out->len;
	enum stage_status status = STAGE_OK;

	if (len >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0) {
		status = stage_str_add(out, BOM);
		text += strlen(BOM);
	}
	while (text < end && status == STAGE_OK) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		stop = stop != NULL ? stop + 1 : end;
		status = rename_in_line(text, stop, id, fresh, out);
		text = stop;
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, before);
	}
	return status;
}
