/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* jack-matchmaker's pattern files: lines in pairs, source and destination. As
 * it is called with -e or without, a bare line is a name or an expression that
 * is anchored at its start; between slashes it is always an expression. The
 * file does not say which, so there are two formats; ours say so in a comment.
 *
 * A destination may hold {NAME}, which a named group of its source fills. */

#include <string.h>

#include "base/utf8.h"
#include "patchbay/format_build.h"
#include "patchbay/format_export.h"
#include "patchbay/format_list.h"
#include "patchbay/format_regex.h"

#define EXACT_MARK "jack-matchmaker -e"

// One line of a pair.
struct line {
	const char *text; // without slashes; borrowed, not terminated
	size_t len;
	bool is_regex;
	struct stage_patch_spot spot;
};

struct matchmaker {
	struct stage_patch_build *build;
	struct stage_err *err;
	bool is_exact;
};

static bool
is_comment(const char *text, size_t len)
{
	return len == 0 || text[0] == '#';
}

static struct line
make_line(const struct matchmaker *self, const struct stage_patch_lines *lines,
	const char *text, size_t len)
{
	struct line line = {
		.text = text,
		.len = len,
		.is_regex = !self->is_exact,
		.spot = stage_patch_spot_in_line(lines->number, lines->text,
			(size_t)(text - lines->text)),
	};

	if (len > 2 && text[0] == '/' && text[len - 1] == '/') {
		line.text = text + 1;
		line.len = len - 2;
		line.is_regex = true;
	}
	return line;
}

static enum stage_status
leave(struct matchmaker *self, const struct line *line, const char *what,
	const char *fault)
{
	return stage_patch_build_tell(self->build, line->spot,
		"this pair is left out, as %s holds %s", what, fault);
}

// 1 to 9 for the group of that name, 0 when there is none.
static size_t
find_group(const struct stage_strv *groups, const char *name, size_t len)
{
	for (size_t i = 0; i < groups->count; i++) {
		if (strlen(groups->items[i]) == len &&
			memcmp(groups->items[i], name, len) == 0) {
			return i + 1;
		}
	}
	return 0;
}

// A template as an expression, with bytes 1 to 8 where groups go.
struct filled {
	struct stage_str text;
	bool has_refs;
	const char *fault;
};

static enum stage_status
fill_group(struct filled *self, const struct stage_strv *groups,
	const char *name, size_t len)
{
	size_t group = find_group(groups, name, len);
	const char byte = (char)group;

	if (len == 0 || memchr(name, '{', len) != NULL) {
		self->fault = "braces without a group's name";
		return STAGE_BAD_INPUT;
	}
	if (group == 0) {
		return STAGE_OK; // it fills in nothing, too
	}
	if (group > STAGE_PATCH_REGEX_REF_MAX) {
		self->fault = "a group behind the eighth";
		return STAGE_BAD_INPUT;
	}
	self->has_refs = true;
	return stage_str_append(&self->text, &byte, 1);
}

static enum stage_status
fill_char(struct filled *self, const struct line *line, char c)
{
	const char name[] = {c, '\0'};

	if (c >= 1 && c <= STAGE_PATCH_REGEX_REF_MAX) {
		self->fault = "a control character";
		return STAGE_BAD_INPUT;
	}
	return line->is_regex ? stage_str_append(&self->text, &c, 1)
			      : stage_patch_regex_quote(&self->text, name);
}

static enum stage_status
fill(struct filled *self, const struct line *line,
	const struct stage_strv *groups)
{
	enum stage_status status = STAGE_OK;

	for (size_t at = 0; at < line->len && status == STAGE_OK; at++) {
		const char *text = line->text + at;
		size_t left = line->len - at;
		const char *end = memchr(text, '}', left);
		bool is_double = left > 1 && text[1] == text[0];
		if (is_double && (*text == '{' || *text == '}')) {
			status = fill_char(self, line, *text);
			at++;
		} else if (*text == '{' && end != NULL) {
			status = fill_group(self, groups, text + 1,
				(size_t)(end - text) - 1);
			at += (size_t)(end - text);
		} else if (*text == '{' || *text == '}') {
			self->fault = "a single brace";
			status = STAGE_BAD_INPUT;
		} else {
			status = fill_char(self, line, *text);
		}
	}
	return status;
}

// Adds a pair whose ends are ready.
static enum stage_status
add(struct matchmaker *self, const struct line *from_line,
	struct stage_patch_regex *from, struct stage_patch_regex *to)
{
	const struct stage_patch_statement want = {
		.policy = STAGE_PATCH_WANT,
		.system = STAGE_PATCH_JACK,
		.from = {from->text.data, from->is_literal ? STAGE_PATCH_LITERAL
							   : STAGE_PATCH_REGEX},
		.to = {to->text.data, to->is_literal ? STAGE_PATCH_LITERAL
						     : STAGE_PATCH_REGEX},
	};

	return stage_patch_build_add(
		self->build, &want, from_line->spot, self->err);
}

static enum stage_status
read_name(const struct line *line, struct stage_patch_regex *out)
{
	*out = (struct stage_patch_regex){.is_literal = true};
	return stage_str_append(&out->text, line->text, line->len);
}

// Braces that no group can fill, as the source has none, are of the name.
static enum stage_status
read_to(const struct line *line, const struct stage_strv *groups,
	struct stage_patch_regex *out)
{
	struct filled filled = {0};
	bool has_groups = false;
	unsigned flags = line->is_regex ? STAGE_PATCH_REGEX_IS_PREFIX : 0;
	enum stage_status status;

	for (size_t i = 0; i < groups->count; i++) {
		has_groups = has_groups || groups->items[i][0] != '\0';
	}
	*out = (struct stage_patch_regex){0};
	if (!has_groups) {
		return line->is_regex ? stage_patch_regex_read(line->text,
						line->len, flags, out)
				      : read_name(line, out);
	}
	status = fill(&filled, line, groups);
	if (status == STAGE_OK) {
		status = stage_patch_regex_read(stage_str_text(&filled.text),
			filled.text.len, flags | STAGE_PATCH_REGEX_HAS_REFS,
			out);
	} else {
		out->fault = filled.fault;
	}
	stage_str_finish(&filled.text);
	return status;
}

static enum stage_status
pair(struct matchmaker *self, const struct line *from_line,
	const struct line *to_line)
{
	struct stage_patch_regex from = {0};
	struct stage_patch_regex to = {0};
	enum stage_status status =
		from_line->is_regex
			? stage_patch_regex_read(from_line->text,
				  from_line->len, STAGE_PATCH_REGEX_IS_PREFIX,
				  &from)
			: read_name(from_line, &from);

	if (status == STAGE_BAD_INPUT) {
		status = leave(self, from_line, "its source", from.fault);
	} else if (status == STAGE_OK) {
		status = read_to(to_line, &from.groups, &to);
		if (status == STAGE_BAD_INPUT) {
			status = leave(
				self, to_line, "its destination", to.fault);
		} else if (status == STAGE_OK) {
			status = add(self, from_line, &from, &to);
		}
	}
	stage_patch_regex_finish(&from);
	stage_patch_regex_finish(&to);
	return status;
}

// jack-matchmaker reads its file as UTF-8; what is none is no such file.
static enum stage_status
check_text(struct matchmaker *self, const struct stage_patch_lines *lines)
{
	for (size_t at = 0; at < lines->len;) {
		size_t bytes = stage_utf8_char_bytes(
			lines->text + at, lines->len - at);
		if (bytes == 0 || lines->text[at] == '\0') {
			return stage_patch_build_refuse(self->err,
				self->build->file,
				stage_patch_spot_in_line(
					lines->number, lines->text, at),
				"bytes that are no text");
		}
		at += bytes;
	}
	return STAGE_OK;
}

static enum stage_status
read_lines(struct matchmaker *self, const struct stage_patch_input *input)
{
	struct stage_patch_lines lines = {
		.rest = input->bytes, .left = input->len};
	struct line first = {0};
	bool has_first = false;
	enum stage_status status = STAGE_OK;

	while (status == STAGE_OK && stage_patch_lines_next(&lines)) {
		size_t len = lines.len;
		const char *text = stage_patch_trim(lines.text, &len);
		struct line line;
		status = check_text(self, &lines);
		if (status != STAGE_OK || is_comment(text, len)) {
			continue;
		}
		line = make_line(self, &lines, text, len);
		if (has_first) {
			status = pair(self, &first, &line);
		} else {
			first = line;
		}
		has_first = !has_first;
	}
	if (status == STAGE_OK && has_first) {
		return stage_patch_build_refuse(self->err, input->name,
			first.spot,
			"the lines are no pairs: this last one has no "
			"destination, so that one before may be missing and "
			"all "
			"behind it be wrong");
	}
	return status;
}

static enum stage_status
read_as(const struct stage_patch_input *input, struct stage_patch_build *build,
	bool is_exact, struct stage_err *err)
{
	struct matchmaker matchmaker = {build, err, is_exact};
	enum stage_status status;

	build->out->speaks_of[STAGE_PATCH_JACK] = true;
	status = stage_patch_build_tell(build, (struct stage_patch_spot){0},
		is_exact ? "read as by jack-matchmaker -e: lines without "
			   "slashes are names"
			 : "read as by jack-matchmaker without -e: all lines "
			   "are regular expressions, anchored at their start");
	return status == STAGE_OK ? read_lines(&matchmaker, input) : status;
}

static enum stage_status
import_exact(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	return read_as(input, build, true, err);
}

static enum stage_status
import_regex(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	return read_as(input, build, false, err);
}

static bool
is_text(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((unsigned char)bytes[i] < 0x20 &&
			(bytes[i] == '\0' ||
				strchr("\t\r\n", bytes[i]) == NULL)) {
			return false;
		}
	}
	return true;
}

// What no port's name looks like.
static bool
looks_like_regex(const char *text, size_t len)
{
	static const char *const parts[] = {
		".*", ".+", "\\", "(?", "[0-9]", "[^", ")?"};

	if (text[0] == '^' || text[len - 1] == '$') {
		return true;
	}
	for (size_t i = 0; i < STAGE_COUNT_OF(parts); i++) {
		if (stage_patch_holds(text, len, parts[i])) {
			return true;
		}
	}
	return false;
}

struct looks {
	size_t lines;
	size_t regexes; // bare lines that look like expressions
	bool is_marked;
	bool is_other; // some other program's
};

static void
look_at(struct looks *looks, const char *text, size_t len)
{
	if (is_comment(text, len)) {
		looks->is_marked = looks->is_marked ||
				   stage_patch_holds(text, len, EXACT_MARK);
		return;
	}
	looks->lines++;
	if (strchr("<({;", text[0]) != NULL ||
		stage_patch_holds(text, len, " -> ") ||
		stage_patch_holds(text, len, "|>")) {
		looks->is_other = true;
	}
	if (looks->lines <= 2 && memchr(text, ':', len) == NULL &&
		!looks_like_regex(text, len)) {
		looks->is_other = true;
	}
	if (!(text[0] == '/' && text[len - 1] == '/') &&
		looks_like_regex(text, len)) {
		looks->regexes++;
	}
}

static struct looks
look(const char *bytes, size_t len)
{
	struct looks looks = {.is_other = !is_text(bytes, len)};
	struct stage_patch_lines lines = {.rest = bytes, .left = len};

	while (!looks.is_other && stage_patch_lines_next(&lines)) {
		size_t text_len = lines.len;
		const char *text = stage_patch_trim(lines.text, &text_len);
		look_at(&looks, text, text_len);
	}
	return looks;
}

static bool
recognise_regex(const char *bytes, size_t len)
{
	struct looks looks = look(bytes, len);

	return !looks.is_other && !looks.is_marked && looks.regexes > 0;
}

static bool
recognise_exact(const char *bytes, size_t len)
{
	struct looks looks = look(bytes, len);

	return !looks.is_other && (looks.lines > 0 || looks.is_marked) &&
	       (looks.is_marked || looks.regexes == 0);
}

static const char *
fault(enum stage_patch_system system, const char *name, bool is_from)
{
	size_t len = strlen(name);
	const char *found = stage_patch_fault_edges(name);
	(void)system;

	if (found == NULL) {
		found = stage_patch_fault_control(name, false);
	}
	if (found == NULL) {
		found = stage_patch_fault_utf8(name);
	}
	if (found == NULL && name[0] == '#') {
		found = "a line that begins with # is a comment";
	}
	if (found == NULL && name[0] == '/' && name[len - 1] == '/') {
		found = "a line between slashes is an expression";
	}
	if (found == NULL && !is_from && strpbrk(name, "{}") != NULL) {
		found = "braces in a destination stand for groups";
	}
	return found;
}

static enum stage_status
add_pair(void *user, const struct stage_patch_statement *statement)
{
	return stage_str_addf(
		user, "\n%s\n%s\n", statement->from.text, statement->to.text);
}

static enum stage_status
export_list(struct stage_patch_writer *writer)
{
	enum stage_status status =
		stage_str_add(writer->out, "# names, byte for byte: use it "
					   "with " EXACT_MARK " -p FILE\n");

	return status == STAGE_OK
		       ? stage_patch_writer_each(writer, add_pair, writer->out)
		       : status;
}

const struct stage_patch_format stage_patch_format_matchmaker = {
	.name = "jack-matchmaker",
	.summary = "pattern files for jack-matchmaker -e",
	.recognise = recognise_exact,
	.import_list = import_exact,
	.export_list = export_list,
	.program = "jack-matchmaker",
	.carries = {[STAGE_PATCH_JACK] = true},
	.fault = fault,
};

const struct stage_patch_format stage_patch_format_matchmaker_regex = {
	.name = "jack-matchmaker-regex",
	.summary = "pattern files for jack-matchmaker without -e",
	.recognise = recognise_regex,
	.import_list = import_regex,
};
