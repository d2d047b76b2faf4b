/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rig/needs.h"

#include <assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/io.h"
#include "jack/names.h"
#include "rig/paths.h"

#define BOUND "bound"

struct word {
	const char *text; // ends with ':' when an argument follows
	bool is_outside;
};

static const struct word need_words[] = {
	[STAGE_NEED_JACK] = {"jack", false},
	[STAGE_NEED_PORT] = {"port:", false},
	[STAGE_NEED_ALSA] = {"alsa", true},
	[STAGE_NEED_SERVICE] = {"service:", false},
	[STAGE_NEED_NET] = {"net:", true},
	[STAGE_NEED_FILE] = {"file:", true},
};

static const struct word ready_words[] = {
	[STAGE_READY_STARTED] = {"started", false},
	[STAGE_READY_JACK] = {"jack", false},
	[STAGE_READY_PORT] = {"port:", false},
	[STAGE_READY_NOTIFY] = {"notify", false},
	[STAGE_READY_FILE] = {"file:", false},
	[STAGE_READY_CHECK] = {"check", false},
};

static const struct {
	const char *name;
	int signum;
} stop_words[] = {
	{"TERM", SIGTERM},
	{"INT", SIGINT},
	{"HUP", SIGHUP},
	{"QUIT", SIGQUIT},
	{"USR1", SIGUSR1},
	{"USR2", SIGUSR2},
	{"KILL", SIGKILL},
};

static_assert(STAGE_COUNT_OF(need_words) == STAGE_NEED_KIND_COUNT,
	"every need has a word");
static_assert(STAGE_COUNT_OF(ready_words) == STAGE_READY_KIND_COUNT,
	"every readiness has a word");

// Finds the row for "word" or "word:argument"; -1 when there is none.
static int
find_word(const struct word *words, size_t count, const char *text,
	const char **argument)
{
	for (size_t i = 0; i < count; i++) {
		const char *word = words[i].text;
		bool takes_argument = stage_ends_with(word, ":");
		if (takes_argument && stage_starts_with(text, word) &&
			text[strlen(word)] != '\0') {
			*argument = text + strlen(word);
			return (int)i;
		}
		if (!takes_argument && strcmp(text, word) == 0) {
			*argument = "";
			return (int)i;
		}
	}
	return -1;
}

static enum stage_status
check_port(const char *pattern, struct stage_err *err)
{
	struct stage_jack_pattern parsed;

	if (strcmp(pattern, "*") != 0 && strchr(pattern, ':') == NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"port:%s\" lacks the port's own name: write "
			"port:CLIENT:PORT, for example port:%s:*",
			pattern, pattern);
	}
	return stage_jack_pattern_parse(pattern, &parsed, err) == STAGE_OK
		       ? STAGE_OK
		       : STAGE_BAD_INPUT;
}

// What nothing can ever match would be waited for without end.
static enum stage_status
check_argument(
	enum stage_need_kind kind, const char *argument, struct stage_err *err)
{
	if (kind == STAGE_NEED_PORT) {
		return check_port(argument, err);
	}
	if (kind == STAGE_NEED_SERVICE) {
		return stage_service_name_check(argument, err);
	}
	return STAGE_OK;
}

static enum stage_status
no_memory(struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

static bool
has_need(const struct stage_needs *needs, int kind, const char *argument)
{
	for (size_t i = 0; i < needs->count; i++) {
		if ((int)needs->items[i].kind == kind &&
			strcmp(needs->items[i].argument, argument) == 0) {
			return true;
		}
	}
	return false;
}

enum stage_status
stage_needs_add(
	struct stage_needs *needs, const char *text, struct stage_err *err)
{
	const char *argument = "";
	struct stage_need *items;
	char *copy;
	int kind = find_word(
		need_words, STAGE_COUNT_OF(need_words), text, &argument);

	if (kind < 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is nothing that can be waited for: write jack, "
			"port:CLIENT:PORT, alsa, service:NAME, net:INTERFACE "
			"or file:PATH",
			text);
	}
	if (check_argument((enum stage_need_kind)kind, argument, err) !=
		STAGE_OK) {
		return STAGE_BAD_INPUT;
	}
	if (has_need(needs, kind, argument)) {
		return STAGE_OK;
	}
	copy = strdup(argument);
	items = copy != NULL ? realloc(needs->items,
				       (needs->count + 1) * sizeof(*items))
			     : NULL;
	if (items == NULL) {
		free(copy);
		return no_memory(err);
	}
	needs->items = items;
	items[needs->count].kind = (enum stage_need_kind)kind;
	items[needs->count].argument = copy;
	needs->count++;
	return STAGE_OK;
}

enum stage_status
stage_needs_set_ready(
	struct stage_needs *needs, const char *text, struct stage_err *err)
{
	const char *argument = "";
	char *copy = NULL;
	int kind = find_word(
		ready_words, STAGE_COUNT_OF(ready_words), text, &argument);

	if (kind < 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is no sign of readiness: write jack, "
			"port:CLIENT:PORT, notify, file:PATH, check or started",
			text);
	}
	if (kind == STAGE_READY_PORT && check_port(argument, err) != STAGE_OK) {
		return STAGE_BAD_INPUT;
	}
	if (argument[0] != '\0') {
		copy = strdup(argument);
		if (copy == NULL) {
			return no_memory(err);
		}
	}
	free(needs->ready_argument);
	needs->ready_argument = copy;
	needs->ready = (enum stage_ready_kind)kind;
	return STAGE_OK;
}

enum stage_status
stage_needs_set_stop(
	struct stage_needs *needs, const char *text, struct stage_err *err)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(stop_words); i++) {
		if (strcmp(stop_words[i].name, text) == 0) {
			needs->stop_signal = stop_words[i].signum;
			return STAGE_OK;
		}
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"\"%s\" is no signal that a program is ended by: write TERM, "
		"INT, HUP, QUIT, USR1, USR2 or KILL",
		text);
}

// A name with blanks may be written without quotes.
static enum stage_status
join_words(
	const struct stage_conf_line *line, size_t count, struct stage_str *out)
{
	enum stage_status status = stage_str_add(out, line->key);

	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = stage_str_addf(out, " %s", line->words[i]);
	}
	return status;
}

static enum stage_status
take_need(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_needs *needs = user;
	struct stage_str text = {0};
	bool is_bound = strcmp(line->key, "jack") == 0 && line->count == 1 &&
			strcmp(line->words[0], BOUND) == 0;
	enum stage_status status =
		join_words(line, is_bound ? 0 : line->count, &text);

	if (status != STAGE_OK) {
		return no_memory(err);
	}
	status = stage_needs_add(needs, text.data, err);
	needs->is_bound = needs->is_bound || is_bound;
	stage_str_finish(&text);
	return status == STAGE_BAD_INPUT
		       ? stage_conf_fail_with(line, STAGE_CONF_KEY, err)
		       : status;
}

static enum stage_status
take_ready(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status = join_words(line, line->count, &text);

	if (status != STAGE_OK) {
		return no_memory(err);
	}
	status = stage_needs_set_ready(user, text.data, err);
	stage_str_finish(&text);
	return status == STAGE_BAD_INPUT
		       ? stage_conf_fail_with(line, STAGE_CONF_KEY, err)
		       : status;
}

static enum stage_status
take_provided(
	const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_needs *needs = user;
	enum stage_status status = stage_conf_check_count(line, 0, 0, err);

	if (status == STAGE_OK &&
		stage_strv_add(&needs->provides, line->key) != STAGE_OK) {
		return no_memory(err);
	}
	return status;
}

static enum stage_status
take_stop(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	enum stage_status status = stage_conf_check_count(line, 0, 0, err);

	if (status != STAGE_OK) {
		return status;
	}
	return stage_needs_set_stop(user, line->key, err) == STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, STAGE_CONF_KEY, err);
}

static const struct {
	const char *name;
	stage_conf_handler handler;
} files[] = {
	[STAGE_NEEDS_FILE_PROVIDES] = {"provides", take_provided},
	[STAGE_NEEDS_FILE_NEEDS] = {"needs", take_need},
	[STAGE_NEEDS_FILE_READY] = {"ready", take_ready},
	[STAGE_NEEDS_FILE_STOP] = {"stop", take_stop},
};

static_assert(STAGE_COUNT_OF(files) == STAGE_NEEDS_FILE_COUNT,
	"every file has a name and a handler");

enum stage_status
stage_needs_parse(struct stage_needs *needs, enum stage_needs_file file,
	const char *text, size_t len, struct stage_err *err)
{
	return stage_conf_parse(
		text, len, files[file].name, files[file].handler, needs, err);
}

static enum stage_status
load_one(struct stage_needs *needs, const char *directory,
	enum stage_needs_file file, struct stage_err *err)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status = stage_io_join(
		path, sizeof(path), directory, files[file].name, err);

	if (status != STAGE_OK || access(path, F_OK) != 0) {
		return status;
	}
	return stage_conf_load(path, files[file].handler, needs, err);
}

static bool
has_check(const char *directory)
{
	char check[STAGE_PATH_MAX];
	struct stat st;

	return stage_io_join(check, sizeof(check), directory, "check", NULL) ==
		       STAGE_OK &&
	       stat(check, &st) == 0 && S_ISREG(st.st_mode) &&
	       access(check, X_OK) == 0;
}

enum stage_status
stage_needs_load(
	struct stage_needs *needs, const char *directory, struct stage_err *err)
{
	enum stage_status first = STAGE_OK;

	if (has_check(directory)) {
		needs->ready = STAGE_READY_CHECK;
	}
	for (int i = 0; i < STAGE_NEEDS_FILE_COUNT; i++) {
		enum stage_status status =
			load_one(needs, directory, (enum stage_needs_file)i,
				first == STAGE_OK ? err : NULL);
		first = first == STAGE_OK ? status : first;
	}
	return first;
}

void
stage_need_text(const struct stage_need *need, char *text, size_t size)
{
	snprintf(text, size, "%s%s", need_words[need->kind].text,
		need->argument);
}

bool
stage_needs_use_jack(const struct stage_needs *needs)
{
	if (needs->is_bound || needs->ready == STAGE_READY_JACK ||
		needs->ready == STAGE_READY_PORT) {
		return true;
	}
	for (size_t i = 0; i < needs->count; i++) {
		if (needs->items[i].kind == STAGE_NEED_JACK ||
			needs->items[i].kind == STAGE_NEED_PORT) {
			return true;
		}
	}
	return false;
}

bool
stage_need_is_outside(const char *line)
{
	const char *argument;
	int kind = find_word(
		need_words, STAGE_COUNT_OF(need_words), line, &argument);

	return kind >= 0 && need_words[kind].is_outside;
}

void
stage_needs_finish(struct stage_needs *needs)
{
	if (needs == NULL) {
		return;
	}
	for (size_t i = 0; i < needs->count; i++) {
		free(needs->items[i].argument);
	}
	free(needs->items);
	free(needs->ready_argument);
	stage_strv_finish(&needs->provides);
	*needs = (struct stage_needs){0};
}
