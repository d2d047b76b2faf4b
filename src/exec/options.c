/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "exec/options.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "chain/limits_text.h"

typedef enum stage_status (*take)(struct stage_exec_options *options,
	const char *value, struct stage_err *err);

static enum stage_status
no_memory(enum stage_status status, struct stage_err *err)
{
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s",
					    stage_strerror(status));
}

static enum stage_status
take_wait(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	return stage_needs_add(&options->needs, value, err);
}

static enum stage_status
take_timeout(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	return stage_num_parse_duration(value, &options->timeout_ns, err);
}

static enum stage_status
take_bound(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	if (strcmp(value, "jack") != 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"a program can only be bound to jack, not to \"%s\"",
			value);
	}
	options->needs.is_bound = true;
	return stage_needs_add(&options->needs, "jack", err);
}

static enum stage_status
take_ready(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	return stage_needs_set_ready(&options->needs, value, err);
}

static enum stage_status
take_stop(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	return stage_needs_set_stop(&options->needs, value, err);
}

static enum stage_status
take_scheduling(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	struct stage_scheduling checked;

	options->scheduling = value;
	return stage_scheduling_parse(value, &checked, err);
}

static enum stage_status
take_nice(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	options->has_nice = true;
	return stage_num_parse(value, -20, 19, &options->nice, err);
}

static enum stage_status
take_limit(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	struct stage_limit checked;
	enum stage_status status = stage_limit_parse(value, &checked, err);

	return status == STAGE_OK
		       ? no_memory(stage_strv_add(&options->limits, value), err)
		       : status;
}

static enum stage_status
take_env_dir(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	return no_memory(stage_strv_add(&options->env_dirs, value), err);
}

static enum stage_status
take_variable(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	if (strchr(value, '=') == NULL || value[0] == '=') {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" sets no variable: write NAME=VALUE", value);
	}
	return no_memory(stage_strv_add(&options->variables, value), err);
}

static enum stage_status
take_cpus(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	struct stage_cpus checked;

	options->cpus = value;
	return stage_cpus_parse(value, &checked, err);
}

static enum stage_status
take_user(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	(void)err;
	options->user = value;
	return STAGE_OK;
}

static enum stage_status
take_directory(struct stage_exec_options *options, const char *value,
	struct stage_err *err)
{
	(void)err;
	options->directory = value;
	return STAGE_OK;
}

static const struct {
	char letter;
	const char *argument;
	const char *help;
	take take;
} table[] = {
	{'w', "CONDITION",
		"wait for jack, port:CLIENT:PORT, alsa, service:NAME, "
		"net:INTERFACE or file:PATH; may be given again",
		take_wait},
	{'t', "DURATION", "give up waiting after this long (250ms, 10s, 2min)",
		take_timeout},
	{'b', "jack",
		"stay as the parent, and end the program when the audio server "
		"goes; start it again when that is back",
		take_bound},
	{'r', "SIGN",
		"stay as the parent, and say that the service is ready by "
		"jack, port:CLIENT:PORT, notify, file:PATH or check",
		take_ready},
	{'k', "SIGNAL",
		"stay as the parent, and end the program by TERM, INT, HUP, "
		"QUIT, USR1, USR2 or KILL, whatever ends us",
		take_stop},
	{'p', "POLICY", "scheduling: fifo:1 to fifo:99, rr:1 to rr:99, other",
		take_scheduling},
	{'n', "NICE", "niceness, -20 to 19", take_nice},
	{'l', "NAME=VALUE",
		"limit: rtprio memlock nofile core as nproc stack cpu rttime, "
		"a number or unlimited; may be given again",
		take_limit},
	{'c', "LIST", "bind to these CPUs, for example 2-3", take_cpus},
	{'e', "DIR", "environment from a directory, one file a variable",
		take_env_dir},
	{'E', "NAME=VALUE", "set one variable; may be given again",
		take_variable},
	{'u', "USER[:GROUP]", "become this user", take_user},
	{'C', "DIR", "change into this directory", take_directory},
};

static enum stage_status
take_option(struct stage_exec_options *options, const char *word, char **argv,
	int *at, struct stage_err *err)
{
	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		const char *value = word + 2;
		if (word[1] != table[i].letter) {
			continue;
		}
		if (value[0] == '\0') {
			(*at)++;
			value = argv[*at];
		}
		if (value == NULL) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"-%c needs a value: %s", table[i].letter,
				table[i].argument);
		}
		return table[i].take(options, value, err);
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"unknown option %s; see stagecraft-exec -h", word);
}

enum stage_status
stage_exec_options_parse(struct stage_exec_options *options, int argc,
	char **argv, struct stage_err *err)
{
	int at = 1;

	for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
		enum stage_status status;
		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		if (strcmp(argv[at], "-h") == 0 ||
			strcmp(argv[at], "--help") == 0) {
			options->wants_help = true;
			return STAGE_OK;
		}
		status = take_option(options, argv[at], argv, &at, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	if (at >= argc) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"there is no program to start: stagecraft-exec "
			"[OPTIONS] PROGRAM [ARGUMENTS]");
	}
	options->argv = argv + at;
	return STAGE_OK;
}

void
stage_exec_options_help(void)
{
	printf("stagecraft-exec [OPTIONS] PROGRAM [ARGUMENTS]\n\n"
	       "Waits for what the program needs, sets limits and environment, "
	       "and becomes it.\n\nOptions:\n");
	for (size_t i = 0; i < STAGE_COUNT_OF(table); i++) {
		printf("  -%c %-13s %s\n", table[i].letter, table[i].argument,
			table[i].help);
	}
	printf("  -h %-13s show this\n", "");
}

void
stage_exec_options_finish(struct stage_exec_options *options)
{
	stage_needs_finish(&options->needs);
	stage_strv_finish(&options->limits);
	stage_strv_finish(&options->env_dirs);
	stage_strv_finish(&options->variables);
}
