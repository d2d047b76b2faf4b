/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/conf.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "base/suggest.h"
#include "base/utf8.h"

#define SHOWN_MAX 60 // bytes of a wrong word that a sentence repeats

struct reader {
	const struct stage_conf_table *table;
	char *target;
	bool is_storing; // false: the first pass, which only checks
	unsigned seen[STAGE_CONF_KEYS_MAX]; // the line of each key, 0: not yet
};

// For "%.*s": how much of a word to repeat in a sentence.
static int
shown(const char *word)
{
	return (int)stage_utf8_clip(word, strlen(word), SHOWN_MAX);
}

// Setters get no place in the checking pass.
static void
store(char *out, const void *value, size_t size)
{
	if (out != NULL) {
		memcpy(out, value, size);
	}
}

static enum stage_status
set_string(const struct stage_conf_key *key, const struct stage_conf_line *line,
	char *out, struct stage_err *err)
{
	size_t bytes = strlen(line->words[0]) + 1;

	if (bytes > key->size) {
		return stage_conf_fail(line, 0, err,
			"the value of \"%s\" is longer than %zu bytes",
			key->key, key->size - 1);
	}
	store(out, line->words[0], bytes);
	return STAGE_OK;
}

static enum stage_status
set_int(const struct stage_conf_key *key, const struct stage_conf_line *line,
	char *out, struct stage_err *err)
{
	int64_t value = 0;

	if (stage_num_parse(line->words[0], key->min, key->max, &value, err) !=
		STAGE_OK) {
		return stage_conf_fail_with(line, 0, err);
	}
	store(out, &value, sizeof(value));
	return STAGE_OK;
}

static enum stage_status
set_bool(const struct stage_conf_key *key, const struct stage_conf_line *line,
	char *out, struct stage_err *err)
{
	const char *word = line->words[0];
	bool value = strcmp(word, "yes") == 0;

	if (!value && strcmp(word, "no") != 0) {
		return stage_conf_fail(line, 0, err,
			"\"%.*s\" is no value for \"%s\": write yes or no",
			shown(word), word, key->key);
	}
	store(out, &value, sizeof(value));
	return STAGE_OK;
}

static enum stage_status
set_duration(const struct stage_conf_key *key,
	const struct stage_conf_line *line, char *out, struct stage_err *err)
{
	bool is_limited = key->min != 0 || key->max != 0;
	const char *word = line->words[0];
	int64_t value = 0;

	if (stage_num_parse_duration(word, &value, err) != STAGE_OK) {
		return stage_conf_fail_with(line, 0, err);
	}
	if (is_limited && (value < key->min || value > key->max)) {
		return stage_conf_fail(line, 0, err,
			"%.*s is out of range: \"%s\" is from %g to %g seconds",
			shown(word), word, key->key, (double)key->min / 1e9,
			(double)key->max / 1e9);
	}
	store(out, &value, sizeof(value));
	return STAGE_OK;
}

// Adds ", word" or " or word" to list[size]; what does not fit is left out.
static void
list_choice(char *list, size_t size, const char *const *choice, bool is_first)
{
	size_t len = strlen(list);
	const char *glue = choice[1] == NULL ? " or " : ", ";

	snprintf(list + len, size - len, "%s%s", is_first ? "" : glue, *choice);
}

static enum stage_status
refuse_choice(const struct stage_conf_key *key,
	const struct stage_conf_line *line, struct stage_err *err)
{
	const char *word = line->words[0];
	char list[STAGE_ERR_TEXT_MAX] = "";

	for (size_t i = 0; key->choices[i] != NULL; i++) {
		list_choice(list, sizeof(list), &key->choices[i], i == 0);
	}
	return stage_conf_fail(line, 0, err,
		"\"%.*s\" is no value for \"%s\": write %s", shown(word), word,
		key->key, list);
}

static enum stage_status
set_enum(const struct stage_conf_key *key, const struct stage_conf_line *line,
	char *out, struct stage_err *err)
{
	for (int i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(line->words[0], key->choices[i]) != 0) {
			continue;
		}
		store(out, &i, sizeof(i));
		return STAGE_OK;
	}
	return refuse_choice(key, line, err);
}

typedef enum stage_status (*setter)(const struct stage_conf_key *key,
	const struct stage_conf_line *line, char *out, struct stage_err *err);

// What the type of a row means. `size` is what the member must have, 0 for any.
static const struct {
	setter set;
	size_t size;
} types[] = {
	[STAGE_CONF_STRING] = {set_string, 0},
	[STAGE_CONF_INT] = {set_int, sizeof(int64_t)},
	[STAGE_CONF_BOOL] = {set_bool, sizeof(bool)},
	[STAGE_CONF_DURATION] = {set_duration, sizeof(int64_t)},
	[STAGE_CONF_ENUM] = {set_enum, sizeof(int)},
	[STAGE_CONF_CALL] = {NULL, 0},
};

static_assert(
	STAGE_COUNT_OF(types) == STAGE_CONF_TYPE_COUNT, "every type has a row");

static bool
key_is_sound(const struct stage_conf_key *key)
{
	if ((unsigned)key->type >= STAGE_CONF_TYPE_COUNT) {
		return false;
	}
	if (types[key->type].size != 0 && types[key->type].size != key->size) {
		return false;
	}
	switch (key->type) {
	case STAGE_CONF_STRING:
		return key->size > 0;
	case STAGE_CONF_ENUM:
		return key->choices != NULL;
	case STAGE_CONF_CALL:
		return key->call != NULL;
	case STAGE_CONF_INT:
	case STAGE_CONF_BOOL:
	case STAGE_CONF_DURATION:
	case STAGE_CONF_TYPE_COUNT:
		break;
	}
	return true;
}

static enum stage_status
check_table(const struct stage_conf_table *table, struct stage_err *err)
{
	if (table->count == 0 || table->count > STAGE_CONF_KEYS_MAX) {
		return stage_err_set(err, STAGE_BUG,
			"a table of %zu configuration keys cannot be",
			table->count);
	}
	for (size_t i = 0; i < table->count; i++) {
		if (!key_is_sound(&table->keys[i])) {
			return stage_err_set(err, STAGE_BUG,
				"the table row of configuration key \"%s\" "
				"cannot be",
				table->keys[i].key);
		}
	}
	return STAGE_OK;
}

static void
offer_keys(const struct stage_conf_table *table, struct stage_suggest *near)
{
	for (size_t i = 0; i < table->count; i++) {
		stage_suggest_offer(near, table->keys[i].key);
	}
}

static enum stage_status
refuse_key(const struct stage_conf_table *table,
	const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_suggest near = STAGE_SUGGEST_INIT(line->key);
	char whole[STAGE_SUGGEST_LEN_MAX + 1];

	offer_keys(table, &near);
	// Perhaps only the prefix is missing.
	if (near.best == NULL && table->prefix != NULL &&
		stage_format(whole, sizeof(whole), "%s%s", table->prefix,
			line->key) == STAGE_OK) {
		near.word = whole;
		offer_keys(table, &near);
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
read_value(struct reader *reader, const struct stage_conf_key *key,
	unsigned *seen, const struct stage_conf_line *line,
	struct stage_err *err)
{
	enum stage_status status;

	if (*seen != 0) {
		return stage_conf_fail(line, STAGE_CONF_KEY, err,
			"\"%s\" is given twice, first on line %u", key->key,
			*seen);
	}
	*seen = line->line;
	status = stage_conf_check_count(line, 1, 1, err);
	if (status != STAGE_OK) {
		return status;
	}
	return types[key->type].set(key, line,
		reader->is_storing ? reader->target + key->offset : NULL, err);
}

static bool
is_of_others(const struct stage_conf_table *table, const char *key)
{
	const char *const *other = table->other_prefixes;

	if (table->prefix == NULL || stage_starts_with(key, table->prefix)) {
		return false;
	}
	while (other != NULL && *other != NULL &&
		!stage_starts_with(key, *other)) {
		other++;
	}
	return other == NULL || *other != NULL;
}

static enum stage_status
read_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct reader *reader = user;
	const struct stage_conf_key *key = reader->table->keys;
	size_t i = 0;

	if (is_of_others(reader->table, line->key)) {
		return STAGE_OK;
	}
	while (i < reader->table->count && strcmp(key[i].key, line->key) != 0) {
		i++;
	}
	if (i == reader->table->count) {
		return refuse_key(reader->table, line, err);
	}
	if (key[i].type != STAGE_CONF_CALL) {
		return read_value(reader, &key[i], &reader->seen[i], line, err);
	}
	reader->seen[i] = line->line;
	return reader->is_storing ? key[i].call(line, reader->target, err)
				  : STAGE_OK;
}

static enum stage_status
check_required(
	const struct reader *reader, const char *name, struct stage_err *err)
{
	for (size_t i = 0; i < reader->table->count; i++) {
		const struct stage_conf_key *key = &reader->table->keys[i];
		if (key->is_required && reader->seen[i] == 0) {
			return stage_err_set(err, STAGE_BAD_INPUT,
				"%s: the key \"%s\" is missing", name,
				key->key);
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_conf_parse_keys(const char *text, size_t len, const char *name,
	const struct stage_conf_table *table, void *target,
	struct stage_err *err)
{
	struct reader checking = {.table = table, .target = target};
	struct reader storing = {
		.table = table, .target = target, .is_storing = true};
	enum stage_status status = check_table(table, err);

	if (status == STAGE_OK) {
		status = stage_conf_parse(
			text, len, name, read_line, &checking, err);
	}
	if (status == STAGE_OK) {
		status = check_required(&checking, name, err);
	}
	if (status == STAGE_OK) {
		status = stage_conf_parse(
			text, len, name, read_line, &storing, err);
	}
	return status;
}

enum stage_status
stage_conf_load_keys(const char *path, const struct stage_conf_table *table,
	void *target, struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status;

	status = stage_io_read_file(path, STAGE_CONF_FILE_MAX, &text, err);
	if (status == STAGE_OK) {
		status = stage_conf_parse_keys(stage_str_text(&text), text.len,
			path, table, target, err);
	}
	stage_str_finish(&text);
	return status;
}
