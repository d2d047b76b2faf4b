/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include <string.h>

#include "check.h"
#include "fuzz.h"
#include "rpc/verb.h"

static enum stage_status
handle(void *ctx, struct stage_rpc_call *call, json_t *args, json_t **result,
	struct stage_err *err)
{
	(void)ctx;
	(void)call;
	(void)args;
	(void)result;
	(void)err;
	return STAGE_OK;
}

// One argument of each type.
static const struct stage_verb_arg args[] = {
	{"text", STAGE_ARG_TEXT, STAGE_ARG_REQUIRED, "the service"},
	{"integer", STAGE_ARG_INTEGER, STAGE_ARG_OPTIONAL, "how many"},
	{"number", STAGE_ARG_NUMBER, STAGE_ARG_OPTIONAL, "how loud"},
	{"boolean", STAGE_ARG_BOOLEAN, STAGE_ARG_OPTIONAL, "even if in use"},
	{"texts", STAGE_ARG_TEXTS, STAGE_ARG_OPTIONAL, "some"},
	{"object", STAGE_ARG_OBJECT, STAGE_ARG_OPTIONAL, "settings"},
	{"any", STAGE_ARG_ANY, STAGE_ARG_OPTIONAL, "anything"},
	STAGE_ARGS_END,
};
static const struct stage_verb verb = {.name = "set",
	.args = args,
	.help = "Sets",
	.deed = STAGE_DEED_CHANGES,
	.handler = handle};

static bool
is_of_type(const json_t *value, enum stage_verb_arg_type type)
{
	switch (type) {
	case STAGE_ARG_TEXT:
		return json_is_string(value);
	case STAGE_ARG_INTEGER:
		return json_is_integer(value);
	case STAGE_ARG_NUMBER:
		return json_is_number(value);
	case STAGE_ARG_BOOLEAN:
		return json_is_boolean(value);
	case STAGE_ARG_TEXTS:
		return json_is_array(value);
	case STAGE_ARG_OBJECT:
		return json_is_object(value);
	case STAGE_ARG_ANY:
	case STAGE_ARG_TYPE_COUNT:
		break;
	}
	return !json_is_null(value);
}

// A handler gets what it declared and nothing else.
static void
check_bound(json_t *bound)
{
	size_t known = 0;

	FUZZ_CHECK(json_is_object(bound));
	for (size_t i = 0; args[i].name != NULL; i++) {
		const json_t *value = json_object_get(bound, args[i].name);
		FUZZ_CHECK(value != NULL || args[i].need == STAGE_ARG_OPTIONAL);
		if (value != NULL) {
			FUZZ_CHECK(is_of_type(value, args[i].type));
			known++;
		}
	}
	FUZZ_CHECK(json_object_size(bound) == known);
	FUZZ_CHECK(stage_args_text(bound, "text", NULL) != NULL);
	(void)stage_args_integer(bound, "integer", 0);
	(void)stage_args_number(bound, "number", 0);
	(void)stage_args_boolean(bound, "boolean", false);
}

static void
check_params(json_t *params)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *bound = NULL;
	enum stage_status status = stage_verb_bind(&verb, params, &bound, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK(status == STAGE_OK || status == STAGE_BAD_INPUT);
	FUZZ_CHECK((status == STAGE_OK) == (bound != NULL));
	if (status == STAGE_OK) {
		check_bound(bound);
	}
	json_decref(bound);
}

// A word of a command line or form.
static void
check_word(const struct stage_verb_arg *arg, const char *word)
{
	struct stage_err err = STAGE_ERR_INIT;
	json_t *value = NULL;
	enum stage_status status =
		stage_verb_arg_parse(arg, word, &value, &err);

	fuzz_check_err(status, &err);
	FUZZ_CHECK((status == STAGE_OK) == (value != NULL));
	FUZZ_CHECK(value == NULL || is_of_type(value, arg->type) ||
		   (arg->type == STAGE_ARG_ANY && json_is_null(value)));
	json_decref(value);
}

// The input is the parameters as JSON, and a word.
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *params = json_loadb(
		(const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
	char *word = fuzz_copy(data, size);

	if (params != NULL) {
		check_params(params);
		json_decref(params);
	}
	check_params(NULL);
	for (size_t i = 0; args[i].name != NULL; i++) {
		check_word(&args[i], word);
	}
	free(word);
	return 0;
}
