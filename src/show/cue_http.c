/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "show/cue_http.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"

#define HTTP_PORT 80
#define END "\r\n\r\n" // of a head
#define END_LEN 4
#define VERSION "HTTP/1."
#define VERSION_LEN 8 // with the digit
#define CODE_AT 9
#define SWITCHING 101

enum stage_status
stage_show_http_add_host(struct stage_str *out, const char *host, uint16_t port)
{
	bool is_bracketed = strchr(host, ':') != NULL;
	enum stage_status status =
		stage_str_addf(out, is_bracketed ? "[%s]" : "%s", host);

	return status == STAGE_OK && port != HTTP_PORT
		       ? stage_str_addf(out, ":%u", port)
		       : status;
}

static bool
is_json(const char *body)
{
	json_t *value = json_loads(body, JSON_DECODE_ANY, NULL);
	bool is_value = value != NULL;

	json_decref(value);
	return is_value;
}

enum stage_status
stage_show_http_post(struct stage_str *out, const char *host, uint16_t port,
	const char *path, const char *body)
{
	const char *type = "";
	size_t len = out->len;
	enum stage_status status =
		stage_str_addf(out, "POST %s HTTP/1.1\r\nHost: ", path);

	if (body[0] != '\0') {
		type = is_json(body)
			       ? "Content-Type: application/json\r\n"
			       : "Content-Type: text/plain; charset=utf-8\r\n";
	}
	if (status == STAGE_OK) {
		status = stage_show_http_add_host(out, host, port);
	}
	if (status == STAGE_OK) {
		status = stage_str_addf(out,
			"\r\nUser-Agent: stagecraft\r\nAccept: */*\r\n"
			"Connection: close\r\n%sContent-Length: %zu\r\n\r\n%s",
			type, strlen(body), body);
	}
	if (status != STAGE_OK) {
		stage_str_cut(out, len);
	}
	return status;
}

// The head.

// "HTTP/1.1 200 OK"; the reason may be missing (RFC 9112, section 4).
static int
read_code(const struct stage_str *head)
{
	char digits[4];
	int64_t code;

	if (head->len < CODE_AT + 4 ||
		memcmp(head->data, VERSION, strlen(VERSION)) != 0 ||
		head->data[VERSION_LEN] != ' ' ||
		strchr(" \r", head->data[CODE_AT + 3]) == NULL) {
		return 0;
	}
	memcpy(digits, head->data + CODE_AT, 3);
	digits[3] = '\0';
	return stage_num_parse(digits, 100, 599, &code, NULL) == STAGE_OK
		       ? (int)code
		       : 0;
}

// The value of the field that begins at a line, without blanks around it; NULL
// where it is another one.
static const char *
field_value(const char *line, const char *end, const char *field, size_t *len)
{
	size_t name = strlen(field);

	if ((size_t)(end - line) <= name || line[name] != ':' ||
		strncasecmp(line, field, name) != 0) {
		return NULL;
	}
	line += name + 1;
	while (line < end && (*line == ' ' || *line == '\t')) {
		line++;
	}
	while (end > line && (end[-1] == ' ' || end[-1] == '\t')) {
		end--;
	}
	*len = (size_t)(end - line);
	return line;
}

// The end of a line; the head has one for each.
static const char *
line_end(const char *line)
{
	return strstr(line, "\r\n");
}

static const char *
find_field(const struct stage_show_http *self, const char *field, size_t *len)
{
	const char *line = stage_str_text(&self->head);
	const char *end = line_end(line);
	const char *value = NULL;

	while (end != NULL && value == NULL) {
		value = field_value(line, end, field, len);
		line = end + 2;
		end = line_end(line);
	}
	return value;
}

static bool
has_word(const char *list, size_t len, const char *word)
{
	const char *end = list + len;
	const char *value = list;

	while (value < end) {
		size_t part = strcspn(value, ",\r");
		const char *behind = value + part;

		while (part > 0 && strchr(" \t", value[part - 1]) != NULL) {
			part--;
		}
		if (part == strlen(word) &&
			strncasecmp(value, word, part) == 0) {
			return true;
		}
		value = behind < end ? behind + 1 : end;
		while (value < end && strchr(" \t", *value) != NULL) {
			value++;
		}
	}
	return false;
}

bool
stage_show_http_has(const struct stage_show_http *self, const char *field,
	const char *value, bool is_list)
{
	size_t len = 0;
	const char *found = find_field(self, field, &len);

	if (found == NULL) {
		return false;
	}
	if (is_list) {
		return has_word(found, len, value);
	}
	return len == strlen(value) && memcmp(found, value, len) == 0;
}

static enum stage_status
read_length(struct stage_show_http *self, struct stage_err *err)
{
	char digits[24];
	size_t len = 0;
	int64_t length = 0;
	const char *value = find_field(self, "Content-Length", &len);

	// A body in chunks ends with its connection, as we asked for.
	if (value == NULL ||
		find_field(self, "Transfer-Encoding", &len) != NULL) {
		return STAGE_OK;
	}
	if (len == 0 || len >= sizeof(digits)) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the answer has a length that is no number");
	}
	memcpy(digits, value, len);
	digits[len] = '\0';
	if (stage_num_parse(digits, 0, INT64_MAX, &length, NULL) != STAGE_OK) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"the answer has a length that is no number");
	}
	self->has_length = true;
	self->length = (uint64_t)length;
	return STAGE_OK;
}

// The head is there. One of 1xx is followed by another one.
static enum stage_status
take_head(struct stage_show_http *self, struct stage_err *err)
{
	int code = read_code(&self->head);

	if (code == 0 ||
		memchr(self->head.data, '\0', self->head.len) != NULL) {
		return stage_err_set(err, STAGE_BAD_INPUT,
			"what answers does not speak HTTP");
	}
	if (code < 200 && code != SWITCHING) {
		stage_str_clear(&self->head);
		return STAGE_OK;
	}
	self->code = code;
	self->is_whole = code == SWITCHING || code == 204 || code == 304;
	return self->is_whole ? STAGE_OK : read_length(self, err);
}

// Adds bytes to the head until that ends; its end may be in two parts.
static enum stage_status
feed_head(struct stage_show_http *self, const char *bytes, size_t len,
	size_t *used, struct stage_err *err)
{
	for (*used = 0; *used < len && self->code == 0;) {
		size_t before = self->head.len;
		char byte = bytes[(*used)++];

		if (before == STAGE_SHOW_HTTP_HEAD_MAX) {
			return stage_err_set(err, STAGE_TOO_LONG,
				"the head of the answer has no end");
		}
		if (stage_str_append(&self->head, &byte, 1) != STAGE_OK) {
			return stage_err_set(
				err, STAGE_NO_MEMORY, "out of memory");
		}
		if (before >= END_LEN - 1 && byte == '\n' &&
			memcmp(self->head.data + before - (END_LEN - 1), END,
				END_LEN) == 0) {
			enum stage_status status = take_head(self, err);

			if (status != STAGE_OK) {
				return status;
			}
		}
	}
	return STAGE_OK;
}

enum stage_status
stage_show_http_feed(struct stage_show_http *self, const char *bytes,
	size_t len, size_t *used, struct stage_err *err)
{
	enum stage_status status = STAGE_OK;

	*used = 0;
	if (self->code == 0) {
		status = feed_head(self, bytes, len, used, err);
	}
	if (status != STAGE_OK || self->code == 0 || self->code == SWITCHING) {
		return status;
	}
	self->got += len - *used;
	*used = len;
	if (self->got >= STAGE_SHOW_HTTP_BODY_MAX ||
		(self->has_length && self->got >= self->length)) {
		self->is_whole = true;
	}
	return STAGE_OK;
}

void
stage_show_http_finish(struct stage_show_http *self)
{
	if (self != NULL) {
		stage_str_finish(&self->head);
		*self = (struct stage_show_http){0};
	}
}
