/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "rpc/verb.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "base/str.h"
#include "rpc/proto.h"

static bool
is_text(const json_t *value)
{
	return json_is_string(value);
}

static bool
is_integer(const json_t *value)
{
	return json_is_integer(value);
}

static bool
is_number(const json_t *value)
{
	return json_is_number(value);
}

static bool
is_boolean(const json_t *value)
{
	return json_is_boolean(value);
}

static bool
is_object(const json_t *value)
{
	return json_is_object(value);
}

static bool
is_texts(const json_t *value)
{
	if (!json_is_array(value)) {
		return false;
	}
	for (size_t i = 0; i < json_array_size(value); i++) {
		if (!json_is_string(json_array_get(value, i))) {
			return false;
		}
	}
	return true;
}

static bool
is_any(const json_t *value)
{
	(void)value;
	return true;
}

static const struct {
	const char *word;
	const char *phrase;
	bool (*is)(const json_t *value);
} types[] = {
	[STAGE_ARG_TEXT] = {"text", "a text", is_text},
	[STAGE_ARG_INTEGER] = {"integer", "a whole number", is_integer},
	[STAGE_ARG_NUMBER] = {"number", "a number", is_number},
	[STAGE_ARG_BOOLEAN] = {"boolean", "true or false", is_boolean},
	[STAGE_ARG_TEXTS] = {"texts", "an array of texts", is_texts},
	[STAGE_ARG_OBJECT] = {"object", "an object", is_object},
	[STAGE_ARG_ANY] = {"any", "anything", is_any},
};

static_assert(STAGE_COUNT_OF(types) == STAGE_ARG_TYPE_COUNT,
	"every argument type has a word");

const char *
stage_verb_arg_type_word(enum stage_verb_arg_type type)
{
	return (size_t)type < STAGE_COUNT_OF(types) ? types[type].word : "?";
}

enum stage_verb_arg_type
stage_verb_arg_type_from_word(const char *word)
{
	size_t i = 0;

	while (i < STAGE_COUNT_OF(types) && strcmp(types[i].word, word) != 0) {
		i++;
	}
	return (enum stage_verb_arg_type)i;
}

// What a value is, for sentences.
static const char *
phrase_of(const json_t *value)
{
	static const char *const phrases[] = {
		[JSON_OBJECT] = "an object",
		[JSON_ARRAY] = "an array",
		[JSON_STRING] = "a text",
		[JSON_INTEGER] = "a whole number",
		[JSON_REAL] = "a number with a fraction",
		[JSON_TRUE] = "true",
		[JSON_FALSE] = "false",
		[JSON_NULL] = "null",
	};
	return phrases[json_typeof(value)];
}

static size_t
count_args(const struct stage_verb *verb)
{
	size_t count = 0;

	while (verb->args != NULL && verb->args[count].name != NULL) {
		count++;
	}
	return count;
}

static const struct stage_verb_arg *
find_arg(const struct stage_verb *verb, const char *name)
{
	for (size_t i = 0; i < count_args(verb); i++) {
		if (strcmp(verb->args[i].name, name) == 0) {
			return &verb->args[i];
		}
	}
	return NULL;
}

const struct stage_verb *
stage_verbs_find(const struct stage_verb *const *verbs, const char *name)
{
	for (; verbs != NULL && *verbs != NULL; verbs++) {
		if (strcmp((*verbs)->name, name) == 0) {
			return *verbs;
		}
	}
	return NULL;
}

static enum stage_status
check_args(const struct stage_verb *verb, struct stage_err *err)
{
	bool was_optional = false;

	for (size_t i = 0; i < count_args(verb); i++) {
		const struct stage_verb_arg *arg = &verb->args[i];
		if (arg->help == NULL || arg->type >= STAGE_ARG_TYPE_COUNT ||
			find_arg(verb, arg->name) != arg) {
			return stage_err_set(err, STAGE_BUG,
				"the argument \"%s\" of verb \"%s\" lacks its "
				"help, has a wrong type or is there twice",
				arg->name, verb->name);
		}
		if (arg->need == STAGE_ARG_REQUIRED && was_optional) {
			return stage_err_set(err, STAGE_BUG,
				"the required argument \"%s\" of verb \"%s\" "
				"comes after an optional one",
				arg->name, verb->name);
		}
		was_optional = arg->need == STAGE_ARG_OPTIONAL;
	}
	return STAGE_OK;
}

enum stage_status
stage_verbs_check(const struct stage_verb *const *verbs, struct stage_err *err)
{
	for (size_t i = 0; verbs != NULL && verbs[i] != NULL; i++) {
		const struct stage_verb *verb = verbs[i];
		enum stage_status status;
		if (verb->name == NULL || verb->name[0] == '\0' ||
			verb->help == NULL || verb->handler == NULL) {
			return stage_err_set(err, STAGE_BUG,
				"verb %zu of the table lacks its name, help or "
				"handler",
				i + 1);
		}
		if (stage_verbs_find(verbs, verb->name) != verb) {
			return stage_err_set(err, STAGE_BUG,
				"there are two verbs \"%s\" in the table",
				verb->name);
		}
		if (verb->deed == STAGE_DEED_UNSAID) {
			return stage_err_set(err, STAGE_BUG,
				"verb \"%s\" does not say what it does "
				"(rpc/deed.h)",
				verb->name);
		}
		status = check_args(verb, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	return STAGE_OK;
}

// Appends a value that is made just now; NULL: it could not be made.
static bool
add(json_t *array, json_t *value)
{
	return json_array_append_new(array, value) == 0;
}

static json_t *
describe_args(const struct stage_verb *verb)
{
	json_t *args = json_array();

	for (size_t i = 0; args != NULL && i < count_args(verb); i++) {
		const struct stage_verb_arg *arg = &verb->args[i];
		if (!add(args,
			    json_pack("{s:s, s:s, s:b, s:s}", "name", arg->name,
				    "type", stage_verb_arg_type_word(arg->type),
				    "required", arg->need == STAGE_ARG_REQUIRED,
				    "help", arg->help))) {
			json_decref(args);
			args = NULL;
		}
	}
	return args;
}

json_t *
stage_verbs_describe(const struct stage_verb *const *verbs)
{
	json_t *list = json_array();

	for (; list != NULL && verbs != NULL && *verbs != NULL; verbs++) {
		json_t *args = describe_args(*verbs);
		json_t *row = NULL;
		if (args != NULL) {
			row = json_pack("{s:s, s:s, s:s, s:o}", "name",
				(*verbs)->name, "help", (*verbs)->help, "deed",
				stage_deed_word((*verbs)->deed), "args", args);
		}
		if (!add(list, row)) {
			json_decref(list);
			list = NULL;
		}
	}
	return list;
}

static enum stage_status
no_memory(const struct stage_verb *verb, struct stage_err *err)
{
	return stage_err_set(err, STAGE_NO_MEMORY,
		"unable to read the arguments of %s: out of memory",
		verb->name);
}

static enum stage_status
refuse_name(
	const struct stage_verb *verb, const char *name, struct stage_err *err)
{
	struct stage_str names = {0};
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < count_args(verb) && status == STAGE_OK; i++) {
		status = stage_str_addf(&names, "%s%s",
			i > 0 ? ", " : "its arguments are: ",
			verb->args[i].name);
	}
	status = stage_err_set(err, STAGE_BAD_INPUT,
		"%s has no argument \"%s\", %s", verb->name, name,
		names.len > 0 ? stage_str_text(&names) : "it takes none");
	stage_str_finish(&names);
	return status;
}

static enum stage_status
refuse_type(const struct stage_verb *verb, const struct stage_verb_arg *arg,
	const json_t *value, struct stage_err *err)
{
	if (arg->type == STAGE_ARG_TEXTS && json_is_array(value)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the argument \"%s\" of %s must be %s with nothing "
			"else in it",
			arg->name, verb->name, types[arg->type].phrase);
	}
	return stage_err_set(err, STAGE_BAD_INPUT,
		"the argument \"%s\" of %s must be %s, not %s", arg->name,
		verb->name, types[arg->type].phrase, phrase_of(value));
}

// Puts one given value where the handler looks for it.
static enum stage_status
bind_value(const struct stage_verb *verb, const struct stage_verb_arg *arg,
	json_t *value, json_t *args, struct stage_err *err)
{
	if (json_is_null(value)) {
		return STAGE_OK;
	}
	if (!types[arg->type].is(value)) {
		return refuse_type(verb, arg, value, err);
	}
	return json_object_set(args, arg->name, value) == 0
		       ? STAGE_OK
		       : no_memory(verb, err);
}

static enum stage_status
bind_by_name(const struct stage_verb *verb, json_t *params, json_t *args,
	struct stage_err *err)
{
	const char *name;
	json_t *value;

	json_object_foreach (params, name, value) {
		const struct stage_verb_arg *arg = find_arg(verb, name);
		enum stage_status status;
		if (arg == NULL) {
			return refuse_name(verb, name, err);
		}
		status = bind_value(verb, arg, value, args, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	return STAGE_OK;
}

static enum stage_status
bind_by_position(const struct stage_verb *verb, json_t *params, json_t *args,
	struct stage_err *err)
{
	size_t given = json_array_size(params);
	size_t known = count_args(verb);

	if (given > known && known == 0) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s takes no arguments, not %zu", verb->name, given);
	}
	if (given > known) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"%s takes %zu argument%s at most, not %zu", verb->name,
			known, known == 1 ? "" : "s", given);
	}
	for (size_t i = 0; i < given; i++) {
		enum stage_status status = bind_value(verb, &verb->args[i],
			json_array_get(params, i), args, err);
		if (status != STAGE_OK) {
			return status;
		}
	}
	return STAGE_OK;
}

static enum stage_status
check_required(const struct stage_verb *verb, const json_t *args,
	struct stage_err *err)
{
	for (size_t i = 0; i < count_args(verb); i++) {
		const struct stage_verb_arg *arg = &verb->args[i];
		if (arg->need == STAGE_ARG_REQUIRED &&
			json_object_get(args, arg->name) == NULL) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"%s needs the argument \"%s\": %s, %s",
				verb->name, arg->name, types[arg->type].phrase,
				arg->help);
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_verb_bind(const struct stage_verb *verb, json_t *params, json_t **args,
	struct stage_err *err)
{
	json_t *bound = json_object();
	enum stage_status status;

	if (bound == NULL) {
		return no_memory(verb, err);
	}
	status = json_is_array(params)
			 ? bind_by_position(verb, params, bound, err)
			 : bind_by_name(verb, params, bound, err);
	if (status == STAGE_OK) {
		status = check_required(verb, bound, err);
	}
	if (status != STAGE_OK) {
		json_decref(bound);
		return status;
	}
	*args = bound;
	return STAGE_OK;
}

static json_t *
parse_integer(const char *text)
{
	int64_t value;

	return stage_num_parse(text, INT64_MIN, INT64_MAX, &value, NULL) ==
			       STAGE_OK
		       ? json_integer(value)
		       : NULL;
}

static json_t *
parse_number(const char *text)
{
	json_t *value = parse_integer(text);
	char *end = NULL;
	double number;

	if (value != NULL || strspn(text, "+-.0123456789eE") != strlen(text)) {
		return value;
	}
	number = strtod(text, &end);
	return end != text && *end == '\0' && isfinite(number)
		       ? json_real(number)
		       : NULL;
}

static json_t *
parse_boolean(const char *text)
{
	static const char *const yes[] = {"true", "yes", "on", "1"};
	static const char *const no[] = {"false", "no", "off", "0"};

	for (size_t i = 0; i < STAGE_COUNT_OF(yes); i++) {
		if (strcmp(text, yes[i]) == 0) {
			return json_true();
		}
		if (strcmp(text, no[i]) == 0) {
			return json_false();
		}
	}
	return NULL;
}

static json_t *
parse_texts(const char *text)
{
	json_t *list = json_array();

	while (list != NULL && *text != '\0') {
		size_t len = strcspn(text, ",");
		if (!add(list, json_stringn(text, len))) {
			json_decref(list);
			return NULL;
		}
		text += len;
		text += *text == ',' ? 1 : 0;
	}
	return list;
}

static json_t *
parse_object(const char *text)
{
	json_t *value = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	if (!json_is_object(value)) {
		json_decref(value);
		return NULL;
	}
	return value;
}

static json_t *
parse_any(const char *text)
{
	json_t *value = json_loads(
		text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);

	return value != NULL ? value : stage_rpc_text(text);
}

enum stage_status
stage_verb_arg_parse(const struct stage_verb_arg *arg, const char *text,
	json_t **out, struct stage_err *err)
{
	static json_t *(*const parsers[])(const char *text) = {
		[STAGE_ARG_TEXT] = stage_rpc_text,
		[STAGE_ARG_INTEGER] = parse_integer,
		[STAGE_ARG_NUMBER] = parse_number,
		[STAGE_ARG_BOOLEAN] = parse_boolean,
		[STAGE_ARG_TEXTS] = parse_texts,
		[STAGE_ARG_OBJECT] = parse_object,
		[STAGE_ARG_ANY] = parse_any,
	};
	static_assert(STAGE_COUNT_OF(parsers) == STAGE_ARG_TYPE_COUNT,
		"every argument type has a parser");
	json_t *value = parsers[arg->type](text);

	if (value == NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"\"%s\" is not %s, which \"%s\" must be", text,
			types[arg->type].phrase, arg->name);
	}
	*out = value;
	return STAGE_OK;
}

const char *
stage_args_text(const json_t *args, const char *name, const char *fallback)
{
	const json_t *value = json_object_get(args, name);

	return value != NULL ? json_string_value(value) : fallback;
}

int64_t
stage_args_integer(const json_t *args, const char *name, int64_t fallback)
{
	const json_t *value = json_object_get(args, name);

	return value != NULL ? json_integer_value(value) : fallback;
}

double
stage_args_number(const json_t *args, const char *name, double fallback)
{
	const json_t *value = json_object_get(args, name);

	return value != NULL ? json_number_value(value) : fallback;
}

bool
stage_args_boolean(const json_t *args, const char *name, bool fallback)
{
	const json_t *value = json_object_get(args, name);

	return value != NULL ? json_is_true(value) : fallback;
}
