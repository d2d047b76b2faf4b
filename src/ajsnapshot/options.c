/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "ajsnapshot/options.h"

#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "base/utf8.h"

struct parser {
	struct stage_aj_options *options;
	char **argv;
	int argc;
	int at;          // the word that is read
	bool has_remove; // -x, whatever it will mean
	bool has_poll;
	struct stage_err *err;
};

typedef enum stage_status (*take)(struct parser *self, const char *value);

static enum stage_status
no_memory(enum stage_status status, struct stage_err *err)
{
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s",
					    stage_strerror(status));
}

static enum stage_status
take_alsa(struct parser *self, const char *value)
{
	(void)value;
	self->options->has_alsa = true;
	return STAGE_OK;
}

static enum stage_status
take_jack(struct parser *self, const char *value)
{
	(void)value;
	self->options->has_jack = true;
	return STAGE_OK;
}

static enum stage_status
take_restore(struct parser *self, const char *value)
{
	(void)value;
	self->options->action = STAGE_AJ_RESTORE;
	return STAGE_OK;
}

static enum stage_status
take_daemon(struct parser *self, const char *value)
{
	(void)value;
	self->options->action = STAGE_AJ_DAEMON;
	return STAGE_OK;
}

static enum stage_status
take_remove(struct parser *self, const char *value)
{
	(void)value;
	self->has_remove = true;
	return STAGE_OK;
}

static enum stage_status
take_force(struct parser *self, const char *value)
{
	(void)value;
	self->options->forces = true;
	return STAGE_OK;
}

static enum stage_status
take_quiet(struct parser *self, const char *value)
{
	(void)value;
	self->options->is_quiet = true;
	return STAGE_OK;
}

static enum stage_status
take_help(struct parser *self, const char *value)
{
	(void)value;
	self->options->wants_help = true;
	return STAGE_OK;
}

static enum stage_status
take_ignore(struct parser *self, const char *value)
{
	return no_memory(
		stage_strv_add(&self->options->ignored, value), self->err);
}

static enum stage_status
take_poll(struct parser *self, const char *value)
{
	int64_t interval_ms;
	enum stage_status status =
		stage_num_parse(value, 0, INT32_MAX, &interval_ms, self->err);

	self->has_poll = true;
	if (status != STAGE_OK) {
		stage_err_prefix(self->err, "-p: ");
	}
	return status;
}

static const struct option {
	char letter;
	const char *name;
	const char *argument; // NULL: it has none
	const char *help;
	take take;
} table[] = {
	{'a', "alsa", NULL, "only connections of ALSA", take_alsa},
	{'j', "jack", NULL, "only connections of JACK, audio and MIDI",
		take_jack},
	{'r', "restore", NULL, "make the connections in FILE", take_restore},
	{'d', "daemon", NULL, "keep them made until this program is ended",
		take_daemon},
	{'x', "remove", NULL,
		"first remove those that are not in FILE; without FILE, remove "
		"all",
		take_remove},
	{'f', "force", NULL, "replace FILE without asking", take_force},
	{'i', "ignore", "CLIENT",
		"leave a client as it is; a pattern, may be given again",
		take_ignore},
	{'p', "poll", "MILLISECONDS",
		"is taken, and means nothing: nothing is polled for",
		take_poll},
	{'q', "quiet", NULL, "tell only errors", take_quiet},
	{'h', "help", NULL, "show this", take_help},
};

// word[len] is the option as it was written; value may be NULL.
static enum stage_status
take_option(struct parser *self, const struct option *option, const char *word,
	size_t len, const char *value)
{
	if (option->argument != NULL && value == NULL) {
		self->at++;
		value = self->at < self->argc ? self->argv[self->at] : NULL;
	}
	if (option->argument != NULL && value == NULL) {
		return stage_err_set(self->err, STAGE_BAD_INPUT,
			"%.*s needs a value: %s", (int)len, word,
			option->argument);
	}
	return option->take(self, value);
}

static const struct option *
find_letter(char letter)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		if (table[i].letter == letter) {
			return &table[i];
		}
	}
	return NULL;
}

static enum stage_status
no_letter(struct parser *self, const char *at)
{
	size_t bytes = stage_utf8_char_bytes(at, strlen(at));

	return stage_err_set(self->err, STAGE_BAD_INPUT,
		"there is no option -%.*s; -h shows those there are",
		bytes == 0 ? 1 : (int)bytes, at);
}

// "-dxi NAME", "-iNAME"
static enum stage_status
read_letters(struct parser *self, const char *word)
{
	enum stage_status status = STAGE_OK;

	for (const char *at = word + 1;
		*at != '\0' && status == STAGE_OK && !self->options->wants_help;
		at++) {
		const struct option *option = find_letter(*at);
		const char dashed[] = {'-', *at, '\0'};
		if (option == NULL) {
			return no_letter(self, at);
		}
		if (option->argument != NULL) {
			return take_option(self, option, dashed, 2,
				at[1] == '\0' ? NULL : at + 1);
		}
		status = take_option(self, option, dashed, 2, NULL);
	}
	return status;
}

// The option that name[len] is, or the only one that it begins; NULL with the
// error set when there is none.
static const struct option *
find_name(struct parser *self, const char *name, size_t len)
{
	const struct option *found = NULL;

	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		if (strncmp(table[i].name, name, len) != 0) {
			continue;
		}
		if (found != NULL) { // none of the names begins another one
			stage_err_set(self->err, STAGE_BAD_INPUT,
				"--%.*s may be --%s or --%s", (int)len, name,
				found->name, table[i].name);
			return NULL;
		}
		found = &table[i];
	}
	if (found == NULL) {
		stage_err_set(self->err, STAGE_BAD_INPUT,
			"there is no option --%.*s; -h shows those there are",
			(int)len, name);
	}
	return found;
}

// "--ignore NAME", "--ignore=NAME", "--ign=NAME"
static enum stage_status
read_name(struct parser *self, const char *word)
{
	const char *name = word + 2;
	size_t len = strcspn(name, "=");
	const char *value = name[len] == '=' ? name + len + 1 : NULL;
	const struct option *option = find_name(self, name, len);

	if (option == NULL) {
		return STAGE_BAD_INPUT;
	}
	if (value != NULL && option->argument == NULL) {
		return stage_err_set(self->err, STAGE_BAD_INPUT,
			"--%s takes no value, so not \"%s\"", option->name,
			value);
	}
	return take_option(self, option, word, len + 2, value);
}

static enum stage_status
take_file(struct parser *self, const char *word)
{
	if (self->options->file != NULL) {
		return stage_err_set(self->err, STAGE_BAD_INPUT,
			"there can be one file, not \"%s\" and \"%s\"",
			self->options->file, word);
	}
	if (word[0] == '\0') {
		return stage_err_set(
			self->err, STAGE_BAD_INPUT, "the file's name is empty");
	}
	self->options->file = word;
	return STAGE_OK;
}

static enum stage_status
read_words(struct parser *self)
{
	bool is_ended = false;
	enum stage_status status = STAGE_OK;

	for (; self->at < self->argc && status == STAGE_OK &&
		!self->options->wants_help;
		self->at++) {
		const char *word = self->argv[self->at];
		if (is_ended || word[0] != '-' || word[1] == '\0') {
			status = take_file(self, word);
		} else if (strcmp(word, "--") == 0) {
			is_ended = true;
		} else if (word[1] == '-') {
			status = read_name(self, word);
		} else {
			status = read_letters(self, word);
		}
	}
	return status;
}

static enum stage_status
remark(struct parser *self, bool is_so, const char *sentence)
{
	return is_so ? no_memory(stage_strv_add(
					 &self->options->remarks, sentence),
			       self->err)
		     : STAGE_OK;
}

// What the options mean together.
static enum stage_status
settle(struct parser *self)
{
	struct stage_aj_options *options = self->options;
	enum stage_status status;

	if (options->file == NULL && !self->has_remove) {
		return stage_err_set(self->err, STAGE_BAD_INPUT,
			"no file is named; without one, only -x is possible, "
			"which removes all connections");
	}
	if (options->file == NULL) {
		options->action = STAGE_AJ_REMOVE;
	}
	if (!options->has_jack && !options->has_alsa) {
		options->has_jack = true;
		options->has_alsa = true;
	}
	options->removes_first =
		self->has_remove && (options->action == STAGE_AJ_RESTORE ||
					    options->action == STAGE_AJ_DAEMON);
	status = remark(self,
		self->has_remove && options->action == STAGE_AJ_STORE,
		"-x means nothing where connections are stored: none is "
		"removed");
	return status == STAGE_OK
		       ? remark(self, self->has_poll,
				 "-p means nothing here: connections are made "
				 "as soon as both ports are there")
		       : status;
}

enum stage_status
stage_aj_options_parse(struct stage_aj_options *self, int argc, char **argv,
	struct stage_err *err)
{
	struct parser parser = {
		.options = self,
		.argv = argv,
		.argc = argc,
		.at = 1,
		.err = err,
	};
	enum stage_status status;

	*self = (struct stage_aj_options){0};
	status = read_words(&parser);
	return status == STAGE_OK && !self->wants_help ? settle(&parser)
						       : status;
}

void
stage_aj_options_finish(struct stage_aj_options *self)
{
	stage_strv_finish(&self->ignored);
	stage_strv_finish(&self->remarks);
}

bool
stage_aj_options_ignores(
	const struct stage_aj_options *self, const char *client)
{
	for (size_t i = 0; i < self->ignored.count; i++) {
		if (fnmatch(self->ignored.items[i], client, 0) == 0) {
			return true;
		}
	}
	return false;
}

void
stage_aj_options_help(void)
{
	printf("aj-snapshot [OPTIONS] [FILE]\n\n"
	       "Stores the connections that there are in FILE, or, with -r or "
	       "-d, makes those in it.\n\nOptions:\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		const struct option *option = &table[i];
		int width = 24 - (int)strlen(option->name);
		printf("  -%c, --%s%s%-*s %s\n", option->letter, option->name,
			option->argument != NULL ? "=" : " ", width,
			option->argument != NULL ? option->argument : "",
			option->help);
	}
}
