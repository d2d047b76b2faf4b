/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "base/conf.h"

#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/str.h"
#include "base/utf8.h"

#define BOM "\xef\xbb\xbf"

// One line on its way from bytes to words.
struct scan {
	const char *at;  // the next byte
	const char *end; // of the line
	unsigned column; // of *at
	char *out;       // where the next byte of a word goes
	char *words[1 + STAGE_CONF_WORDS_MAX]; // key first
	unsigned columns[1 + STAGE_CONF_WORDS_MAX];
	size_t count; // of words, key and all
	struct stage_conf_line line;
	struct stage_err *err;
	// Escapes only shrink; each word adds a zero where a blank was.
	char text[STAGE_CONF_LINE_MAX + 1];
};

static enum stage_status
fail_at(const struct stage_conf_line *line, unsigned column,
	enum stage_status status, struct stage_err *err, const char *sentence)
{
	return stage_err_set(err, status, "%s:%u:%u: %s", line->file,
		line->line, column, sentence);
}

static enum stage_status
refuse(const struct scan *scan, const char *sentence)
{
	return fail_at(&scan->line, scan->column, STAGE_BAD_INPUT, scan->err,
		sentence);
}

static bool
at_blank(const struct scan *scan)
{
	return scan->at == scan->end || *scan->at == ' ' || *scan->at == '\t';
}

// Moves over one character of the line without copying it.
static enum stage_status
step(struct scan *scan)
{
	unsigned char byte = (unsigned char)*scan->at;
	size_t bytes =
		stage_utf8_char_bytes(scan->at, (size_t)(scan->end - scan->at));
	char sentence[64];

	if (bytes == 0) {
		return refuse(scan, "this is not UTF-8 text");
	}
	if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
		snprintf(sentence, sizeof(sentence),
			"control character 0x%02x is not allowed here", byte);
		return refuse(scan, sentence);
	}
	scan->at += bytes;
	scan->column++;
	return STAGE_OK;
}

// Moves over one character and appends it to the word.
static enum stage_status
copy(struct scan *scan)
{
	const char *from = scan->at;
	enum stage_status status = step(scan);

	if (status == STAGE_OK) {
		memcpy(scan->out, from, (size_t)(scan->at - from));
		scan->out += scan->at - from;
	}
	return status;
}

static enum stage_status
scan_escape(struct scan *scan)
{
	static const char names[] = "\"\\nt";
	static const char values[] = "\"\\\n\t";
	const char *name;

	if (scan->at + 1 == scan->end) {
		return refuse(scan, "nothing follows this backslash");
	}
	name = memchr(names, scan->at[1], sizeof(names) - 1);
	if (name == NULL) {
		return refuse(scan, "the only escapes are \\\" \\\\ \\n \\t; "
				    "write \\\\ for a backslash");
	}
	*scan->out++ = values[name - names];
	scan->at += 2;
	scan->column += 2;
	return STAGE_OK;
}

static enum stage_status
scan_quoted(struct scan *scan)
{
	unsigned opened = scan->column;
	enum stage_status status = step(scan);

	while (status == STAGE_OK && scan->at != scan->end &&
		*scan->at != '"') {
		status = *scan->at == '\\' ? scan_escape(scan) : copy(scan);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (scan->at == scan->end) {
		scan->column = opened;
		return refuse(scan, "this quote is never closed");
	}
	status = step(scan);
	if (status == STAGE_OK && !at_blank(scan)) {
		return refuse(
			scan, "a blank is missing after the closing quote");
	}
	return status;
}

static enum stage_status
scan_bare(struct scan *scan)
{
	enum stage_status status = STAGE_OK;

	while (status == STAGE_OK && !at_blank(scan)) {
		if (*scan->at == '"') {
			return refuse(scan,
				"a quote inside a word: put the whole word in "
				"quotes and write \\\" for this one");
		}
		status = copy(scan);
	}
	return status;
}

static enum stage_status
scan_word(struct scan *scan)
{
	enum stage_status status;

	if (scan->count == STAGE_COUNT_OF(scan->words)) {
		return fail_at(&scan->line, scan->column, STAGE_TOO_LONG,
			scan->err, "too many values on one line");
	}
	scan->words[scan->count] = scan->out;
	scan->columns[scan->count] = scan->column;
	status = *scan->at == '"' ? scan_quoted(scan) : scan_bare(scan);
	if (status == STAGE_OK) {
		*scan->out++ = '\0';
		scan->count++;
		scan->line.end_column = scan->column;
	}
	return status;
}

// The text of a comment must be clean too: a half-written file shows there.
static enum stage_status
scan_comment(struct scan *scan)
{
	enum stage_status status = STAGE_OK;

	while (status == STAGE_OK && scan->at != scan->end) {
		status = step(scan);
	}
	return status;
}

static enum stage_status
scan_line(struct scan *scan)
{
	enum stage_status status = STAGE_OK;

	while (status == STAGE_OK && scan->at != scan->end) {
		if (at_blank(scan)) {
			status = step(scan);
		} else if (*scan->at == '#') {
			status = scan_comment(scan);
		} else {
			status = scan_word(scan);
		}
	}
	return status;
}

// A handler may fail without a sentence; nobody should have to read nothing.
static enum stage_status
call_handler(const struct stage_conf_line *line, stage_conf_handler handler,
	void *user, struct stage_err *err)
{
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = handler(line, user, &why);

	if (status == STAGE_OK) {
		return STAGE_OK;
	}
	if (why.text[0] == '\0') {
		return fail_at(line, line->key_column, status, err,
			stage_strerror(status));
	}
	return stage_err_set(err, status, "%s", why.text);
}

static enum stage_status
parse_line(struct scan *scan, const char *at, size_t len,
	stage_conf_handler handler, void *user)
{
	struct stage_conf_line *line = &scan->line;
	enum stage_status status;

	if (len > STAGE_CONF_LINE_MAX) {
		return fail_at(line, 1, STAGE_TOO_LONG, scan->err,
			"this line is longer than 4096 bytes");
	}
	scan->at = at;
	scan->end = at + len;
	scan->column = 1;
	scan->out = scan->text;
	scan->count = 0;
	status = scan_line(scan);
	if (status != STAGE_OK || scan->count == 0) {
		return status;
	}
	if (scan->words[0][0] == '\0') {
		return fail_at(line, scan->columns[0], STAGE_BAD_INPUT,
			scan->err, "the key is empty");
	}
	line->key = scan->words[0];
	line->key_column = scan->columns[0];
	line->words = (const char *const *)scan->words + 1;
	line->columns = scan->columns + 1;
	line->count = scan->count - 1;
	return call_handler(line, handler, user, scan->err);
}

enum stage_status
stage_conf_parse(const char *text, size_t len, const char *name,
	stage_conf_handler handler, void *user, struct stage_err *err)
{
	return stage_conf_parse_long(
		text, len, STAGE_CONF_FILE_MAX, name, handler, user, err);
}

// Takes the next line off *text, which goes on to `end`; *len is without its
// end.
static const char *
take_line(const char **text, const char *end, size_t *len)
{
	const char *line = *text;
	const char *stop = memchr(line, '\n', (size_t)(end - line));

	*text = stop != NULL ? stop + 1 : end;
	stop = stop != NULL ? stop : end;
	if (stop != line && stop != end && stop[-1] == '\r') {
		stop--;
	}
	*len = (size_t)(stop - line);
	return line;
}

// True when the reading goes on behind a line that was refused.
static bool
goes_on(const struct stage_conf_lenience *lenience, enum stage_status status,
	const struct stage_err *why)
{
	return lenience != NULL && status != STAGE_NO_MEMORY &&
	       lenience->complain(why, lenience->user);
}

static enum stage_status
parse_lines(const char *text, size_t len, struct scan *scan,
	stage_conf_handler handler, void *user,
	const struct stage_conf_lenience *lenience)
{
	const char *end = len > 0 ? text + len : text;
	struct stage_err *err = scan->err;
	struct stage_err why = STAGE_ERR_INIT;
	enum stage_status status = STAGE_OK;

	scan->err = &why;
	while (status == STAGE_OK && text != end) {
		size_t bytes;
		const char *line = take_line(&text, end, &bytes);
		scan->line.line++;
		status = parse_line(scan, line, bytes, handler, user);
		if (status != STAGE_OK && goes_on(lenience, status, &why)) {
			status = STAGE_OK;
		}
	}
	return status == STAGE_OK ? STAGE_OK
				  : stage_err_set(err, status, "%s", why.text);
}

static enum stage_status
parse(const char *text, size_t len, size_t max, struct scan *scan,
	stage_conf_handler handler, void *user,
	const struct stage_conf_lenience *lenience)
{
	if (len > max) {
		return stage_err_set(scan->err, STAGE_TOO_LONG,
			"%s: more than %zu bytes are no configuration file",
			scan->line.file, max);
	}
	if (len >= strlen(BOM) && memcmp(text, BOM, strlen(BOM)) == 0) {
		text += strlen(BOM);
		len -= strlen(BOM);
	}
	return parse_lines(text, len, scan, handler, user, lenience);
}

enum stage_status
stage_conf_parse_long(const char *text, size_t len, size_t max,
	const char *name, stage_conf_handler handler, void *user,
	struct stage_err *err)
{
	struct scan scan = {.line.file = name, .err = err};

	return parse(text, len, max, &scan, handler, user, NULL);
}

enum stage_status
stage_conf_parse_all(const char *text, size_t len, const char *name,
	stage_conf_handler handler, void *user,
	const struct stage_conf_lenience *lenience, struct stage_err *err)
{
	struct scan scan = {.line.file = name, .err = err};

	return parse(
		text, len, STAGE_CONF_FILE_MAX, &scan, handler, user, lenience);
}

enum stage_status
stage_conf_load(const char *path, stage_conf_handler handler, void *user,
	struct stage_err *err)
{
	struct stage_str text = {0};
	enum stage_status status;

	status = stage_io_read_file(path, STAGE_CONF_FILE_MAX, &text, err);
	if (status == STAGE_OK) {
		status = stage_conf_parse(stage_str_text(&text), text.len, path,
			handler, user, err);
	}
	stage_str_finish(&text);
	return status;
}

// What an escape writes for a character, or NULL when it stands for itself.
static const char *
escape_of(char c)
{
	return c == '"'    ? "\\\""
	       : c == '\\' ? "\\\\"
	       : c == '\n' ? "\\n"
	       : c == '\t' ? "\\t"
			   : NULL;
}

// True when a file can hold the text; *is_bare: without quotes.
static bool
is_writable(const char *word, bool *is_bare)
{
	size_t len = strlen(word);

	*is_bare = len > 0 && word[0] != '#' &&
		   strncmp(word, BOM, strlen(BOM)) != 0;
	for (size_t at = 0; at < len;) {
		size_t bytes = stage_utf8_char_bytes(word + at, len - at);
		unsigned char byte = (unsigned char)word[at];
		bool is_blank = byte == ' ' || byte == '\t' || byte == '\n';
		if (bytes == 0 || byte == 0x7f || (byte < 0x20 && !is_blank)) {
			return false;
		}
		*is_bare = *is_bare && !is_blank && byte != '"';
		at += bytes;
	}
	return true;
}

static enum stage_status
add_quoted(struct stage_str *out, const char *word)
{
	enum stage_status status = stage_str_add(out, "\"");

	for (; *word != '\0' && status == STAGE_OK; word++) {
		const char *escape = escape_of(*word);
		status = escape != NULL ? stage_str_add(out, escape)
					: stage_str_append(out, word, 1);
	}
	return status == STAGE_OK ? stage_str_add(out, "\"") : status;
}

enum stage_status
stage_conf_add_word(struct stage_str *out, const char *word)
{
	bool is_bare;

	if (!is_writable(word, &is_bare)) {
		return STAGE_BAD_INPUT;
	}
	return is_bare ? stage_str_add(out, word) : add_quoted(out, word);
}

static unsigned
column_of(const struct stage_conf_line *line, size_t word)
{
	if (word == STAGE_CONF_KEY) {
		return line->key_column;
	}
	return word < line->count ? line->columns[word] : line->end_column;
}

enum stage_status
stage_conf_fail(const struct stage_conf_line *line, size_t word,
	struct stage_err *err, const char *format, ...)
{
	char sentence[STAGE_ERR_TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	return fail_at(
		line, column_of(line, word), STAGE_BAD_INPUT, err, sentence);
}

enum stage_status
stage_conf_fail_with(
	const struct stage_conf_line *line, size_t word, struct stage_err *err)
{
	if (err == NULL) {
		return STAGE_BAD_INPUT;
	}
	stage_err_prefix(err, "%s:%u:%u: ", line->file, line->line,
		column_of(line, word));
	return err->status;
}

enum stage_status
stage_conf_check_count(const struct stage_conf_line *line, size_t min,
	size_t max, struct stage_err *err)
{
	if (line->count < min) {
		return stage_conf_fail(line, line->count, err,
			line->count == 0 ? "\"%s\" needs a value"
					 : "\"%s\" needs one more value",
			line->key);
	}
	if (line->count > max) {
		return stage_conf_fail(line, max, err,
			max == 0 ? "\"%s\" takes no value"
				 : "one value too many for \"%s\": put a value "
				   "that has blanks in quotes",
			line->key);
	}
	return STAGE_OK;
}

enum stage_status
stage_conf_each(const struct stage_conf_line *line,
	enum stage_status (*take)(void *user,
		const struct stage_conf_line *line, size_t at,
		struct stage_err *err),
	void *user, struct stage_err *err)
{
	enum stage_status status =
		stage_conf_check_count(line, 1, STAGE_CONF_WORDS_MAX, err);

	for (size_t i = 0; i < line->count && status == STAGE_OK; i++) {
		status = take(user, line, i, err);
	}
	return status;
}
