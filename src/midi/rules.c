/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "midi/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/str.h"
#include "base/suggest.h"
#include "jack/names.h"
#include "midi/bytes.h"

#define THROUGH "Midi Through*"

enum verb {
	VERB_IGNORE,
	VERB_BRIDGE,
	VERB_LABEL,
	VERB_FILTER,
	VERB_PASS,
	VERB_LATENCY,
	VERB_NOTE0,
	VERB_PACE,
	VERB_PIN,
	VERB_PIPEWIRE,
	VERB_COUNT,
};

struct rule {
	enum verb verb;
	char pattern[STAGE_MIDI_PATTERN_MAX];
	char text[STAGE_MIDI_LABEL_MAX]; // of a label
	int64_t value;                   // classes, yes or no, bytes
};

struct stage_midi_rules {
	struct rule rules[STAGE_MIDI_RULES_MAX];
	size_t count;
};

static const struct {
	const char *word;
	size_t min, max; // values, the pattern being one
} verbs[VERB_COUNT] = {
	[VERB_IGNORE] = {"ignore", 1, 1},
	[VERB_BRIDGE] = {"bridge", 1, 1},
	[VERB_LABEL] = {"label", 2, 2},
	[VERB_FILTER] = {"filter", 2, 24},
	[VERB_PASS] = {"pass", 2, 24},
	[VERB_LATENCY] = {"latency", 2, 2},
	[VERB_NOTE0] = {"note0", 2, 2},
	[VERB_PACE] = {"pace", 2, 2},
	[VERB_PIN] = {"pin", 1, 1},
	[VERB_PIPEWIRE] = {"pipewire", 1, 1},
};

struct word {
	const char *word;
	int64_t value;
};

static const struct word classes[] = {
	{"clock", STAGE_MIDI_CLASS_CLOCK},
	{"sensing", STAGE_MIDI_CLASS_SENSING},
	{"sysex", STAGE_MIDI_CLASS_SYSEX},
	{"program", STAGE_MIDI_CLASS_PROGRAM},
	{"pressure", STAGE_MIDI_CLASS_PRESSURE},
	{"all", STAGE_MIDI_CLASS_ALL},
	{NULL, 0},
};
static const struct word latencies[] = {
	{"period", false}, {"asap", true}, {NULL, 0}};
static const struct word note0s[] = {{"off", false}, {"pass", true}, {NULL, 0}};
static const struct word answers[] = {{"no", false}, {"yes", true}, {NULL, 0}};
static const struct word paces[] = {{"din", STAGE_MIDI_PACE_DIN},
	{"usb", STAGE_MIDI_PACE_USB}, {"none", 0}, {NULL, 0}};

struct stage_midi_rules *
stage_midi_rules_create(void)
{
	return calloc(1, sizeof(struct stage_midi_rules));
}

void
stage_midi_rules_destroy(struct stage_midi_rules *self)
{
	free(self);
}

// "a, b or c" of a table, to say what there is.
static void
list_words(const struct word *table, char *out, size_t size)
{
	size_t len = 0;

	out[0] = '\0';
	for (size_t i = 0; table[i].word != NULL && len < size; i++) {
		len += (size_t)snprintf(out + len, size - len, "%s%s",
			i > 0 ? ", " : "", table[i].word);
	}
}

// more: what there is besides the words of the table.
static enum stage_status
read_word_or(const struct stage_conf_line *line, size_t at,
	const struct word *table, const char *more, int64_t *out,
	struct stage_err *err)
{
	char known[128];

	for (size_t i = 0; table[i].word != NULL; i++) {
		if (strcmp(line->words[at], table[i].word) == 0) {
			*out = table[i].value;
			return STAGE_OK;
		}
	}
	list_words(table, known, sizeof(known));
	return stage_conf_fail(line, at, err, "\"%s\" is none of %s%s",
		line->words[at], known, more);
}

static enum stage_status
read_word(const struct stage_conf_line *line, size_t at,
	const struct word *table, int64_t *out, struct stage_err *err)
{
	return read_word_or(line, at, table, "", out, err);
}

// Bits of "ch10" or "ch2-16"; 0 for anything else.
static int64_t
read_channels(const char *word)
{
	int64_t first = 0;
	int64_t last = 0;
	char text[3] = "";
	const char *dash = strchr(word, '-');
	size_t len = dash != NULL ? (size_t)(dash - word) : strlen(word);

	if (!stage_starts_with(word, "ch") || len < 3 ||
		len - 2 >= sizeof(text)) {
		return 0;
	}
	memcpy(text, word + 2, len - 2);
	if (stage_num_parse(text, 1, 16, &first, NULL) != STAGE_OK ||
		(dash != NULL && stage_num_parse(dash + 1, first, 16, &last,
					 NULL) != STAGE_OK)) {
		return 0;
	}
	last = dash != NULL ? last : first;
	return ((INT64_C(1) << last) - (INT64_C(1) << (first - 1))) *
	       STAGE_MIDI_CLASS_CHANNEL;
}

static enum stage_status
read_classes(const struct stage_conf_line *line, struct rule *rule,
	struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 1; i < line->count && status == STAGE_OK; i++) {
		int64_t value = read_channels(line->words[i]);
		if (value == 0) {
			status = read_word_or(
				line, i, classes, ", ch1 to ch16", &value, err);
		}
		rule->value |= value;
	}
	return status;
}

static enum stage_status
read_pace(const struct stage_conf_line *line, struct rule *rule,
	struct stage_err *err)
{
	const char *word = line->words[1];

	if (word[0] < '0' || word[0] > '9') {
		return read_word(line, 1, paces, &rule->value, err);
	}
	return stage_num_parse(word, 31, 100000000, &rule->value, err) ==
			       STAGE_OK
		       ? STAGE_OK
		       : stage_conf_fail_with(line, 1, err);
}

static enum stage_status
read_label(const struct stage_conf_line *line, struct rule *rule,
	struct stage_err *err)
{
	if (stage_format(rule->text, sizeof(rule->text), "%s",
		    line->words[1]) != STAGE_OK) {
		return stage_conf_fail(line, 1, err,
			"a label has at most %d bytes",
			STAGE_MIDI_LABEL_MAX - 1);
	}
	return STAGE_OK;
}

static enum stage_status
read_values(const struct stage_conf_line *line, struct rule *rule,
	struct stage_err *err)
{
	switch (rule->verb) {
	case VERB_LABEL:
		return read_label(line, rule, err);
	case VERB_FILTER:
	case VERB_PASS:
		return read_classes(line, rule, err);
	case VERB_LATENCY:
		return read_word(line, 1, latencies, &rule->value, err);
	case VERB_NOTE0:
		return read_word(line, 1, note0s, &rule->value, err);
	case VERB_PACE:
		return read_pace(line, rule, err);
	case VERB_PIPEWIRE:
		return read_word(line, 0, answers, &rule->value, err);
	case VERB_IGNORE:
	case VERB_BRIDGE:
	case VERB_PIN:
	case VERB_COUNT:
		break;
	}
	return STAGE_OK;
}

static enum stage_status
refuse_key(const struct stage_conf_line *line, struct stage_err *err)
{
	struct stage_suggest suggest = STAGE_SUGGEST_INIT(line->key);

	for (int i = 0; i < VERB_COUNT; i++) {
		stage_suggest_offer(&suggest, verbs[i].word);
	}
	return stage_conf_fail(line, STAGE_CONF_KEY, err,
		"unknown word \"%s\"%s%s%s", line->key,
		suggest.best != NULL ? "; did you mean " : "",
		suggest.best != NULL ? suggest.best : "",
		suggest.best != NULL ? "?" : "");
}

static enum stage_status
read_line(const struct stage_conf_line *line, void *user, struct stage_err *err)
{
	struct stage_midi_rules *self = user;
	struct rule rule = {.value = 0};
	int verb = 0;
	enum stage_status status;

	while (verb < VERB_COUNT && strcmp(verbs[verb].word, line->key) != 0) {
		verb++;
	}
	if (verb == VERB_COUNT) {
		return refuse_key(line, err);
	}
	rule.verb = (enum verb)verb;
	status = stage_conf_check_count(
		line, verbs[verb].min, verbs[verb].max, err);
	if (status == STAGE_OK &&
		stage_format(rule.pattern, sizeof(rule.pattern), "%s",
			line->words[0]) != STAGE_OK) {
		status = stage_conf_fail(
			line, 0, err, "this pattern is too long");
	}
	if (status == STAGE_OK && self->count == STAGE_MIDI_RULES_MAX) {
		status = stage_conf_fail(line, STAGE_CONF_KEY, err,
			"there are more than %d lines", STAGE_MIDI_RULES_MAX);
	}
	if (status == STAGE_OK) {
		status = read_values(line, &rule, err);
	}
	if (status == STAGE_OK) {
		self->rules[self->count++] = rule;
	}
	return status;
}

static enum stage_status
finish(struct stage_midi_rules *rules, enum stage_status status,
	struct stage_midi_rules **out)
{
	if (status != STAGE_OK) {
		stage_midi_rules_destroy(rules);
		return status;
	}
	*out = rules;
	return STAGE_OK;
}

enum stage_status
stage_midi_rules_parse(const char *text, size_t len, const char *name,
	struct stage_midi_rules **out, struct stage_err *err)
{
	struct stage_midi_rules *rules = stage_midi_rules_create();

	if (rules == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	return finish(rules,
		stage_conf_parse(text, len, name, read_line, rules, err), out);
}

enum stage_status
stage_midi_rules_load(
	const char *path, struct stage_midi_rules **out, struct stage_err *err)
{
	struct stage_midi_rules *rules = stage_midi_rules_create();
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status;

	if (rules == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	status = stage_conf_load(path, read_line, rules, &why);
	if (status == STAGE_NOT_FOUND) {
		status = STAGE_OK;
	} else if (status != STAGE_OK) {
		stage_err_set(err, status, "%s", why.text);
	}
	return finish(rules, status, out);
}

// "Keystation 61" and "Keystation 61: Keystation 61 MIDI 1".
static bool
fits_name(const struct rule *rule, const struct stage_midi_endpoint *endpoint,
	const struct stage_midi_name *name)
{
	char device[STAGE_MIDI_PORT_NAME_MAX];
	char port[2 * STAGE_MIDI_PORT_NAME_MAX];

	stage_midi_device_name(name, device, sizeof(device));
	snprintf(port, sizeof(port), "%s: %s", device, endpoint->port_name);
	return stage_jack_glob(rule->pattern, device) ||
	       stage_jack_glob(rule->pattern, port);
}

// Without a number a name means all twins: who ignores a device does not know
// how many there are. A label is for one.
static bool
fits(const struct rule *rule, const struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	bool does_fit = fits_name(rule, endpoint, &name);

	name.ordinal = 1;
	return does_fit ||
	       (rule->verb != VERB_LABEL && fits_name(rule, endpoint, &name));
}

static void
apply(const struct rule *rule, struct stage_midi_treatment *out)
{
	switch (rule->verb) {
	case VERB_IGNORE:
	case VERB_BRIDGE:
		out->is_ignored = rule->verb == VERB_IGNORE;
		break;
	case VERB_LABEL:
		out->label = rule->text;
		break;
	case VERB_FILTER:
		out->filter |= (unsigned)rule->value;
		break;
	case VERB_PASS:
		out->filter &= ~(unsigned)rule->value;
		break;
	case VERB_LATENCY:
		out->is_asap = rule->value != 0;
		break;
	case VERB_NOTE0:
		out->passes_note0 = rule->value != 0;
		break;
	case VERB_PACE:
		out->pace = rule->value;
		break;
	case VERB_PIN:
		out->is_pinned = true;
		break;
	case VERB_PIPEWIRE:
	case VERB_COUNT:
		break;
	}
}

static int64_t
usual_pace(enum stage_midi_kind kind)
{
	if (kind == STAGE_MIDI_USB) {
		return STAGE_MIDI_PACE_USB;
	}
	return kind == STAGE_MIDI_CARD ? STAGE_MIDI_PACE_DIN : 0;
}

struct stage_midi_treatment
stage_midi_rules_treat(const struct stage_midi_rules *self,
	const struct stage_midi_endpoint *endpoint)
{
	struct stage_midi_treatment out = {
		.filter = STAGE_MIDI_CLASS_SENSING,
		.pace = usual_pace(endpoint->identity.kind),
	};
	const struct stage_midi_name name = stage_midi_endpoint_name(endpoint);
	char device[STAGE_MIDI_PORT_NAME_MAX];

	stage_midi_device_name(&name, device, sizeof(device));
	out.is_ignored = endpoint->identity.kind == STAGE_MIDI_SOFTWARE &&
			 stage_jack_glob(THROUGH, device);
	for (size_t i = 0; i < self->count; i++) {
		if (fits(&self->rules[i], endpoint)) {
			apply(&self->rules[i], &out);
		}
	}
	return out;
}

bool
stage_midi_rules_pipewire(const struct stage_midi_rules *self)
{
	bool is_wanted = false;

	for (size_t i = 0; i < self->count; i++) {
		if (self->rules[i].verb == VERB_PIPEWIRE) {
			is_wanted = self->rules[i].value != 0;
		}
	}
	return is_wanted;
}

static unsigned
kind_of(const uint8_t *bytes, size_t len)
{
	uint8_t status = len > 0 ? bytes[0] : 0;

	if (status == STAGE_MIDI_SYSEX || status < 0x80 ||
		status == STAGE_MIDI_SYSEX_END) {
		return STAGE_MIDI_CLASS_SYSEX;
	}
	if (status == STAGE_MIDI_SENSING) {
		return STAGE_MIDI_CLASS_SENSING;
	}
	if (status >= 0xf8 || status == 0xf1 || status == 0xf2) {
		return status == 0xff ? 0 : STAGE_MIDI_CLASS_CLOCK;
	}
	if ((status & 0xf0) == 0xc0 ||
		((status & 0xf0) == 0xb0 && len > 1 &&
			(bytes[1] == 0 || bytes[1] == 32))) {
		return STAGE_MIDI_CLASS_PROGRAM;
	}
	return (status & 0xf0) == 0xd0 || (status & 0xf0) == 0xa0
		       ? STAGE_MIDI_CLASS_PRESSURE
		       : 0;
}

unsigned
stage_midi_class_of(const uint8_t *bytes, size_t len)
{
	uint8_t status = len > 0 ? bytes[0] : 0;
	unsigned channel = status >= 0x80 && status < STAGE_MIDI_SYSEX
				   ? (unsigned)STAGE_MIDI_CLASS_CHANNEL
					     << (status & 0x0f)
				   : 0;

	return kind_of(bytes, len) | channel;
}
