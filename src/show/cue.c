/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "base/num.h"
#include "base/str.h"
#include "show/cue_midi.h"

#define HOST_MAX 253 // bytes, as in the DNS
#define PORT_MAX 65535
#define HTTP "http://"
#define HTTP_PORT 80
#define OSC_SPECIAL "#*,?[]{}" // what no address of a method holds
#define FLOAT_MAX 3.4e38
#define HEAD 2 // words before those of a kind: when, and the kind

static const char *const whens[] = {
	[STAGE_SHOW_ON_LOAD] = "load",
	[STAGE_SHOW_ON_READY] = "ready",
	[STAGE_SHOW_ON_GO] = "go",
	[STAGE_SHOW_ON_LEAVE] = "leave",
};

static_assert(STAGE_COUNT_OF(whens) == STAGE_SHOW_WHEN_COUNT,
	"every moment has a word");

static const char *const transports[] = {
	[STAGE_SHOW_UDP] = "udp",
	[STAGE_SHOW_TCP] = "tcp",
	[STAGE_SHOW_SLIP] = "slip",
};

static_assert(STAGE_COUNT_OF(transports) == STAGE_SHOW_TRANSPORT_COUNT,
	"every transport has a word");

static const char *const repeats[] = {
	[STAGE_SHOW_REPEAT_BY_KIND] = "",
	[STAGE_SHOW_REPEAT_STATE] = "state",
	[STAGE_SHOW_REPEAT_ONCE] = "once",
};

static_assert(STAGE_COUNT_OF(repeats) == STAGE_SHOW_REPEAT_COUNT,
	"every way to repeat has a word");

const char *
stage_show_when_name(enum stage_show_when when)
{
	return whens[when];
}

bool
stage_show_cue_is_state(const struct stage_show_cue *self)
{
	if (self->repeat != STAGE_SHOW_REPEAT_BY_KIND) {
		return self->repeat == STAGE_SHOW_REPEAT_STATE;
	}
	return self->kind == STAGE_SHOW_CUE_QLC ||
	       (self->kind == STAGE_SHOW_CUE_MIDI &&
		       stage_show_cue_midi_is_state(self->bytes, self->len));
}

void
stage_show_cue_finish(struct stage_show_cue *self)
{
	for (size_t i = 0; i < self->arg_count; i++) {
		free(self->args[i].text);
	}
	free(self->args);
	free(self->host);
	free(self->target);
	free(self->body);
	*self = (struct stage_show_cue){0};
}

static enum stage_status
copy(char **out, const char *text, size_t len, struct stage_err *err)
{
	*out = strndup(text, len);
	return *out != NULL
		       ? STAGE_OK
		       : stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
}

// The index of a word in a table, or `count`.
static size_t
find_word(const char *const *words, size_t count, const char *word)
{
	size_t i = 0;

	while (i < count && strcmp(words[i], word) != 0) {
		i++;
	}
	return i;
}

// True for printing ASCII without blanks.
static bool
is_ascii(const char *text)
{
	while (*text > ' ' && *text < 0x7f) {
		text++;
	}
	return *text == '\0';
}

// Parts HOST:PORT or [HOST]:PORT in place; *port is NULL where there is none.
// False for what is neither.
static bool
part_place(char *text, char **host, char **port)
{
	bool is_bracketed = text[0] == '[';
	char *end = text + strcspn(text, is_bracketed ? "]" : ":");

	*host = text + is_bracketed;
	*port = NULL;
	if (is_bracketed) {
		if (*end == '\0') {
			return false;
		}
		*end++ = '\0';
	}
	if (*end == ':') {
		*end = '\0';
		*port = end + 1;
	} else if (*end != '\0') {
		return false;
	}
	return (*host)[0] != '\0' && is_ascii(*host) &&
	       strpbrk(*host, "/@[]") == NULL;
}

enum stage_status
stage_show_cue_take_place(const struct stage_conf_line *line, size_t at,
	const char *text, size_t len, char **host_out, uint16_t *port_out,
	struct stage_err *err)
{
	char place[HOST_MAX + sizeof("[]:65535")];
	char *host = NULL;
	char *port = NULL;
	int64_t number = *port_out;

	if (len >= sizeof(place)) {
		return stage_conf_fail(line, at, err, "this is too long");
	}
	memcpy(place, text, len);
	place[len] = '\0';
	if (!part_place(place, &host, &port) || (port == NULL && number == 0)) {
		return stage_conf_fail(line, at, err,
			"\"%s\" is no HOST:PORT such as 192.168.1.20:8000",
			line->words[at]);
	}
	if (port != NULL &&
		stage_num_parse(port, 1, PORT_MAX, &number, err) != STAGE_OK) {
		return stage_conf_fail_with(line, at, err);
	}
	*port_out = (uint16_t)number;
	return copy(host_out, host, strlen(host), err);
}

static enum stage_status
read_place(struct stage_show_cue *cue, const struct stage_conf_line *line,
	size_t at, const char *text, size_t len, struct stage_err *err)
{
	return stage_show_cue_take_place(
		line, at, text, len, &cue->host, &cue->port, err);
}

// OSC.

// What an argument is: said by "i:", "f:" or "s:" before it, or seen.
static char
type_of(const char **text)
{
	int64_t whole;
	double value;

	if (**text != '\0' && strchr("ifs", **text) != NULL &&
		(*text)[1] == ':') {
		*text += 2;
		return (*text)[-2];
	}
	if (strcmp(*text, "true") == 0 || strcmp(*text, "false") == 0) {
		return **text == 't' ? 'T' : 'F';
	}
	if (stage_num_parse(*text, INT32_MIN, INT32_MAX, &whole, NULL) ==
		STAGE_OK) {
		return 'i';
	}
	return stage_num_parse_decimal(
		       *text, -FLOAT_MAX, FLOAT_MAX, &value, NULL) == STAGE_OK
		       ? 'f'
		       : 's';
}

static enum stage_status
read_arg(struct stage_show_arg *arg, const struct stage_conf_line *line,
	size_t at, struct stage_err *err)
{
	const char *text = line->words[at];
	enum stage_status status = STAGE_OK;
	int64_t whole = 0;

	arg->type = type_of(&text);
	if (arg->type == 'i') {
		status = stage_num_parse(
			text, INT32_MIN, INT32_MAX, &whole, err);
		arg->number = (int32_t)whole;
	} else if (arg->type == 'f') {
		status = stage_num_parse_decimal(
			text, -FLOAT_MAX, FLOAT_MAX, &arg->value, err);
	} else if (arg->type == 's') {
		return copy(&arg->text, text, strlen(text), err);
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_conf_fail_with(line, at, err);
}

static enum stage_status
read_args(struct stage_show_cue *cue, const struct stage_conf_line *line,
	size_t at, struct stage_err *err)
{
	size_t count = line->count - at;
	enum stage_status status = STAGE_OK;

	if (count > STAGE_SHOW_CUE_ARGS_MAX) {
		return stage_conf_fail(line, at + STAGE_SHOW_CUE_ARGS_MAX, err,
			"a message has %d arguments at most",
			STAGE_SHOW_CUE_ARGS_MAX);
	}
	if (count == 0) {
		return STAGE_OK;
	}
	cue->args = calloc(count, sizeof(*cue->args));
	if (cue->args == NULL) {
		return stage_err_set(err, STAGE_NO_MEMORY, "out of memory");
	}
	cue->arg_count = count;
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = read_arg(&cue->args[i], line, at + i, err);
	}
	return status;
}

static enum stage_status
take_osc(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	size_t transport = find_word(
		transports, STAGE_COUNT_OF(transports), line->words[HEAD]);
	const char *place = line->words[HEAD + 1];
	const char *address = line->words[HEAD + 2];
	enum stage_status status;

	if (transport == STAGE_COUNT_OF(transports)) {
		return stage_conf_fail(line, HEAD, err,
			"\"%s\" is neither udp, tcp nor slip",
			line->words[HEAD]);
	}
	cue->transport = (enum stage_show_transport)transport;
	status = read_place(cue, line, HEAD + 1, place, strlen(place), err);
	if (status == STAGE_OK &&
		(address[0] != '/' || !is_ascii(address) ||
			strpbrk(address, OSC_SPECIAL) != NULL)) {
		return stage_conf_fail(line, HEAD + 2, err,
			"\"%s\" is no OSC address such as /eos/fire", address);
	}
	if (status == STAGE_OK) {
		status = copy(&cue->target, address, strlen(address), err);
	}
	return status == STAGE_OK ? read_args(cue, line, HEAD + 3, err)
				  : status;
}

// HTTP.

static enum stage_status
take_http(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	const char *url = line->words[HEAD];
	const char *body = line->count > HEAD + 1 ? line->words[HEAD + 1] : "";
	const char *path;
	enum stage_status status;

	if (!stage_starts_with(url, HTTP) || !is_ascii(url) ||
		strchr(url, '#') != NULL) {
		return stage_conf_fail(line, HEAD, err,
			"\"%s\" is no URL such as http://192.168.1.20/go", url);
	}
	url += strlen(HTTP);
	path = url + strcspn(url, "/?");
	if (*path == '?') {
		return stage_conf_fail(line, HEAD, err,
			"there is no slash between the host and the ?");
	}
	cue->port = HTTP_PORT;
	status = read_place(cue, line, HEAD, url, (size_t)(path - url), err);
	if (status == STAGE_OK) {
		path = *path != '\0' ? path : "/";
		status = copy(&cue->target, path, strlen(path), err);
	}
	return status == STAGE_OK ? copy(&cue->body, body, strlen(body), err)
				  : status;
}

// QLC+.

static enum stage_status
take_qlc(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	const char *name = line->words[HEAD];
	const char *word =
		line->count > HEAD + 1 ? line->words[HEAD + 1] : "on";

	cue->is_on = strcmp(word, "on") == 0;
	if (!cue->is_on && strcmp(word, "off") != 0) {
		return stage_conf_fail(line, HEAD + 1, err,
			"\"%s\" is neither on nor off", word);
	}
	if (name[0] == '\0' || strpbrk(name, "|\n\t") != NULL) {
		return stage_conf_fail(line, HEAD, err,
			"\"%s\" cannot be the name of a function of QLC+",
			name);
	}
	return copy(&cue->target, name, strlen(name), err);
}

// All of them.

typedef enum stage_status taker(struct stage_show_cue *cue,
	const struct stage_conf_line *line, struct stage_err *err);

static const struct {
	const char *name;
	taker *take;
	size_t min, max; // words
	const char *form;
} kinds[] = {
	[STAGE_SHOW_CUE_OSC] = {"osc", take_osc, 3, STAGE_CONF_WORDS_MAX,
		"osc udp HOST:PORT /ADDRESS [VALUE]..."},
	[STAGE_SHOW_CUE_MIDI] = {"midi", stage_show_cue_take_midi, 1,
		STAGE_CONF_WORDS_MAX, "midi pc, cc, note or msc, and numbers"},
	[STAGE_SHOW_CUE_HTTP] = {"http", take_http, 1, 2, "http URL [BODY]"},
	[STAGE_SHOW_CUE_QLC] = {"qlc", take_qlc, 1, 2, "qlc FUNCTION [on|off]"},
};

static_assert(STAGE_COUNT_OF(kinds) == STAGE_SHOW_CUE_KIND_COUNT,
	"every kind has a row");

static enum stage_status
take_kind(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	size_t kind = 0;
	size_t words = line->count - HEAD;

	while (kind < STAGE_COUNT_OF(kinds) &&
		strcmp(kinds[kind].name, line->words[1]) != 0) {
		kind++;
	}
	if (kind == STAGE_COUNT_OF(kinds)) {
		return stage_conf_fail(line, 1, err,
			"\"%s\" is neither osc, midi, http nor qlc",
			line->words[1]);
	}
	if (words < kinds[kind].min || words > kinds[kind].max) {
		return stage_conf_fail(line,
			words < kinds[kind].min ? line->count
						: HEAD + kinds[kind].max,
			err, "write cue %s %s", whens[cue->when],
			kinds[kind].form);
	}
	cue->kind = (enum stage_show_cue_kind)kind;
	return kinds[kind].take(cue, line, err);
}

// The word for how it repeats may be left out, and the line then is as if there
// was none such.
static enum stage_status
take_repeat(struct stage_show_cue *cue, const struct stage_conf_line *line,
	struct stage_err *err)
{
	struct stage_conf_line rest = *line;
	size_t repeat =
		find_word(repeats, STAGE_COUNT_OF(repeats), line->words[1]);

	if (repeat == STAGE_SHOW_REPEAT_BY_KIND ||
		repeat == STAGE_COUNT_OF(repeats)) {
		return take_kind(cue, line, err);
	}
	cue->repeat = (enum stage_show_repeat)repeat;
	rest.words++;
	rest.columns++;
	rest.count--;
	return rest.count < HEAD ? stage_conf_fail(&rest, rest.count, err,
					   "what is to be sent is missing")
				 : take_kind(cue, &rest, err);
}

enum stage_status
stage_show_cue_take(struct stage_show_cue *out,
	const struct stage_conf_line *line, struct stage_err *err)
{
	enum stage_status status =
		stage_conf_check_count(line, HEAD, STAGE_CONF_WORDS_MAX, err);
	size_t when;

	*out = (struct stage_show_cue){.line = line->line};
	if (status != STAGE_OK) {
		return status;
	}
	when = find_word(whens, STAGE_COUNT_OF(whens), line->words[0]);
	if (when == STAGE_COUNT_OF(whens)) {
		return stage_conf_fail(line, 0, err,
			"\"%s\" is neither load, ready, go nor leave",
			line->words[0]);
	}
	out->when = (enum stage_show_when)when;
	status = take_repeat(out, line, err);
	if (status != STAGE_OK) {
		stage_show_cue_finish(out);
	}
	return status;
}
