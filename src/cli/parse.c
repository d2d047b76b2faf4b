/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "cli/parse.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"

struct reader {
	struct stage_cli *cli;
	int argc;
	char **argv;
	int at;
	const char *rig;
	bool wants_help;
	bool only_operands; // "--" was seen
};

const struct stage_cli_verb *
stage_cli_find_verb(const struct stage_cli_verb *group, const char *name,
	struct stage_err *err)
{
	const struct stage_cli_verb *const *verbs =
		group != NULL ? group->verbs : stage_cli_verbs;
	size_t skip = group != NULL ? strlen(group->name) + 1 : 0;
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(name);

	for (size_t i = 0; verbs[i] != NULL; i++) {
		if (strcmp(verbs[i]->name + skip, name) == 0) {
			return verbs[i];
		}
		stage_suggest_offer(&suggest, verbs[i]->name + skip);
	}
	if (suggest.best != NULL) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"there is no verb \"%s\"; did you mean %s?", name,
			suggest.best);
	} else {
		stage_err_set(err, STAGE_BAD_INPUT,
			"there is no verb \"%s\"; stagecraft help%s%s lists "
			"them",
			name, group != NULL ? " " : "",
			group != NULL ? group->name : "");
	}
	return NULL;
}

// Takes the value of an option: what follows "=", or the next word.
static const char *
take_value(struct reader *reader, const char *attached)
{
	if (attached != NULL) {
		return attached;
	}
	if (reader->at + 1 < reader->argc) {
		reader->at++;
		return reader->argv[reader->at];
	}
	return NULL;
}

static bool
is_named(const char *word, const char *name, char letter, const char **value)
{
	size_t len = strlen(name);

	*value = NULL;
	if (letter != 0 && word[0] == '-' && word[1] == letter) {
		*value = word[2] != '\0' ? word + 2 : NULL;
		return true;
	}
	if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, name, len) != 0) {
		return false;
	}
	if (word[2 + len] == '=') {
		*value = word + 3 + len;
		return true;
	}
	return word[2 + len] == '\0';
}

static bool
take_verb_option(struct reader *reader, const char *word, struct stage_err *err)
{
	const struct stage_cli_verb *verb = reader->cli->verb;
	const char *value;

	for (size_t i = 0; verb != NULL && verb->options != NULL &&
			   verb->options[i].name != NULL;
		i++) {
		const struct stage_cli_option *option = &verb->options[i];
		if (!is_named(word, option->name, option->letter, &value)) {
			continue;
		}
		if (option->argument == NULL) {
			reader->cli->values[i] = "";
			if (value != NULL) {
				stage_err_set(err, STAGE_BAD_INPUT,
					"--%s takes no value", option->name);
			}
			return true;
		}
		reader->cli->values[i] = take_value(reader, value);
		if (reader->cli->values[i] == NULL) {
			stage_err_set(err, STAGE_BAD_INPUT,
				"--%s needs a value: %s", option->name,
				option->argument);
		}
		return true;
	}
	return false;
}

static void
take_option(struct reader *reader, struct stage_err *err)
{
	const char *word = reader->argv[reader->at];
	const char *value;

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
		reader->wants_help = true;
	} else if (is_named(word, "rig", 'r', &value)) {
		reader->rig = take_value(reader, value);
		if (reader->rig == NULL || reader->rig[0] == '\0') {
			stage_err_set(err, STAGE_BAD_INPUT,
				"-r needs the directory of a rig");
		}
	} else if (!take_verb_option(reader, word, err)) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"unknown option %s; see stagecraft %s --help", word,
			reader->cli->verb != NULL ? reader->cli->verb->name
						  : "help");
	}
}

static void
take_operand(struct reader *reader, char *word, struct stage_err *err)
{
	struct stage_cli *cli = reader->cli;

	if (cli->verb == NULL || cli->verb->verbs != NULL) {
		cli->verb = stage_cli_find_verb(cli->verb, word, err);
		return;
	}
	// Operands move down over the options that stood between them.
	cli->operands[cli->operand_count] = word;
	cli->operand_count++;
}

static void
check_count(const struct stage_cli *cli, struct stage_err *err)
{
	const struct stage_cli_verb *verb = cli->verb;

	if (cli->operand_count < verb->min_operands) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"%s is not told enough: stagecraft %s %s", verb->name,
			verb->name, verb->operands);
	} else if (verb->max_operands >= 0 &&
		   cli->operand_count > verb->max_operands) {
		stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is one word too many: stagecraft %s %s",
			cli->operands[verb->max_operands], verb->name,
			verb->operands);
	}
}

static bool
environment_names_rig(void)
{
	const char *rig = getenv("STAGECRAFT_RIG");

	return rig != NULL && rig[0] != '\0';
}

// Neither "-" nor a number below zero is one.
static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] != '\0' &&
	       (word[1] < '0' || word[1] > '9') && word[1] != '.';
}

enum stage_cli_outcome
stage_cli_parse(
	struct stage_cli *cli, int argc, char **argv, struct stage_err *err)
{
	struct reader reader = {.cli = cli, .argc = argc, .argv = argv};

	cli->operands = argv;
	for (reader.at = 1; reader.at < argc && err->status == STAGE_OK;
		reader.at++) {
		char *word = argv[reader.at];
		if (!reader.only_operands && strcmp(word, "--") == 0) {
			reader.only_operands = true;
		} else if (!reader.only_operands && is_option(word)) {
			take_option(&reader, err);
		} else {
			take_operand(&reader, word, err);
		}
	}
	if (err->status != STAGE_OK) {
		return STAGE_CLI_WRONG;
	}
	if (reader.wants_help || cli->verb == NULL ||
		cli->verb->verbs != NULL) {
		return STAGE_CLI_HELP;
	}
	check_count(cli, err);
	cli->names_rig = reader.rig != NULL || environment_names_rig();
	if (err->status == STAGE_OK &&
		stage_rig_find(&cli->rig, reader.rig, err) == STAGE_OK) {
		return STAGE_CLI_RUN;
	}
	return STAGE_CLI_WRONG;
}
