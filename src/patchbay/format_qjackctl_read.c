/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Reading: first all sockets and cables, which name sockets, are collected;
 * then plugs are joined by index. */

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "patchbay/format_qjackctl.h"
#include "patchbay/format_regex.h"
#include "patchbay/format_xml.h"

#define PAIRS_MAX 200000 // of plugs that are looked at

const char *const stage_qjackctl_type_names[STAGE_QJACKCTL_TYPE_COUNT] = {
	"jack-audio", "jack-midi", "alsa-midi", ""};

struct socket {
	char *client;  // owned, an expression
	char *forward; // owned; another input socket's name, or NULL
	enum stage_qjackctl_type type;
	bool is_input;
	bool is_exclusive;
	struct stage_strv plugs; // expressions
	struct stage_patch_spot spot;
};

struct cable {
	char *output; // owned names of sockets
	char *input;
	enum stage_qjackctl_type type;
	struct stage_patch_spot spot;
};

struct reader {
	struct stage_patch_build *build;
	struct stage_err *err;
	bool is_root_seen;
	struct stage_map *sockets; // "KIND TYPE NAME" -> struct socket, owned
	struct socket *socket;     // the one that is being read, or NULL
	struct cable *cables;      // owned array
	size_t cable_count;
	size_t cable_cap;
	size_t slots;
	size_t pairs;
};

static void
destroy_socket(void *item)
{
	struct socket *self = item;

	free(self->client);
	free(self->forward);
	stage_strv_finish(&self->plugs);
	free(self);
}

static enum stage_qjackctl_type
read_type(const char *text)
{
	if (text == NULL) {
		return STAGE_QJACKCTL_ANY;
	}
	if (strcmp(text, "audio") == 0) { // files of old
		return STAGE_QJACKCTL_AUDIO;
	}
	if (strcmp(text, "midi") == 0) {
		return STAGE_QJACKCTL_ALSA;
	}
	for (int i = 0; i < STAGE_QJACKCTL_ANY; i++) {
		if (strcmp(text, stage_qjackctl_type_names[i]) == 0) {
			return (enum stage_qjackctl_type)i;
		}
	}
	return STAGE_QJACKCTL_ANY;
}

static enum stage_status
make_key(struct stage_str *out, bool is_input, enum stage_qjackctl_type type,
	const char *name)
{
	return stage_str_addf(
		out, "%s %d %s", is_input ? "in" : "out", (int)type, name);
}

static bool
is_on(const char *text)
{
	return text != NULL &&
	       (strcmp(text, "on") == 0 || strcmp(text, "yes") == 0 ||
		       strcmp(text, "1") == 0);
}

static struct socket *
make_socket(const struct stage_patch_xml_tag *tag, const char *client)
{
	const char *forward = stage_patch_xml_attr(tag, "forward");
	struct socket *self = calloc(1, sizeof(*self));

	if (self == NULL) {
		return NULL;
	}
	self->spot = tag->spot;
	self->type = read_type(stage_patch_xml_attr(tag, "type"));
	self->is_exclusive = is_on(stage_patch_xml_attr(tag, "exclusive"));
	self->is_input = strcmp(tag->parent, "input-sockets") == 0;
	self->client = strdup(client);
	if (self->client != NULL && forward != NULL && forward[0] != '\0') {
		self->forward = strdup(forward);
	}
	if (self->client == NULL || (forward != NULL && forward[0] != '\0' &&
					    self->forward == NULL)) {
		destroy_socket(self);
		return NULL;
	}
	return self;
}

static enum stage_status
start_socket(struct reader *self, const struct stage_patch_xml_tag *tag)
{
	const char *name = stage_patch_xml_attr(tag, "name");
	const char *client = stage_patch_xml_attr(tag, "client");
	struct stage_str key = {0};
	struct socket *socket;
	enum stage_status status;

	if (name == NULL || client == NULL) {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this socket has no name or no client");
	}
	socket = make_socket(tag, client);
	if (socket == NULL) {
		return STAGE_NO_MEMORY;
	}
	status = make_key(&key, socket->is_input, socket->type, name);
	if (status == STAGE_OK && stage_map_has(self->sockets, key.data)) {
		status = stage_patch_build_tell(self->build, tag->spot,
			"left out, as there is a socket \"%.200s\" already",
			name);
		destroy_socket(socket);
		socket = NULL;
	} else if (status == STAGE_OK) {
		status = stage_map_put(self->sockets, key.data, socket);
	}
	stage_str_finish(&key);
	if (status != STAGE_OK && socket != NULL) {
		destroy_socket(socket);
		return status;
	}
	self->socket = socket;
	return status;
}

static bool
grow_cables(struct reader *self)
{
	size_t cap = self->cable_cap == 0 ? 16 : self->cable_cap * 2;
	struct cable *grown;

	if (self->cable_count < self->cable_cap) {
		return true;
	}
	grown = realloc(self->cables, cap * sizeof(*grown));
	if (grown == NULL) {
		return false;
	}
	self->cables = grown;
	self->cable_cap = cap;
	return true;
}

static enum stage_status
start_cable(struct reader *self, const struct stage_patch_xml_tag *tag)
{
	const char *output = stage_patch_xml_attr(tag, "output");
	const char *input = stage_patch_xml_attr(tag, "input");
	struct cable *cable;

	if (output == NULL || input == NULL) {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this cable has no output or no input");
	}
	if (!grow_cables(self)) {
		return STAGE_NO_MEMORY;
	}
	cable = &self->cables[self->cable_count];
	cable->spot = tag->spot;
	cable->type = read_type(stage_patch_xml_attr(tag, "type"));
	cable->output = strdup(output);
	cable->input = strdup(input);
	self->cable_count++;
	return cable->output != NULL && cable->input != NULL ? STAGE_OK
							     : STAGE_NO_MEMORY;
}

static enum stage_status
on_start(void *user, const struct stage_patch_xml_tag *tag)
{
	struct reader *self = user;

	if (tag->depth == 1) {
		self->is_root_seen = true;
		return strcmp(tag->name, "patchbay") == 0
			       ? STAGE_OK
			       : stage_patch_build_refuse(self->err,
					 self->build->file, tag->spot,
					 "this is no patchbay of qjackctl, as "
					 "it begins with <%s>",
					 tag->name);
	}
	if (strcmp(tag->name, "socket") == 0) {
		return start_socket(self, tag);
	}
	if (strcmp(tag->name, "cable") == 0) {
		return start_cable(self, tag);
	}
	self->slots += strcmp(tag->name, "slot") == 0;
	return STAGE_OK;
}

static enum stage_status
on_end(void *user, const char *name, size_t depth, const char *text)
{
	struct reader *self = user;
	(void)depth;

	if (strcmp(name, "socket") == 0) {
		self->socket = NULL;
	} else if (strcmp(name, "plug") == 0 && self->socket != NULL) {
		return stage_strv_add(&self->socket->plugs, text);
	}
	return STAGE_OK;
}

static enum stage_status
find_socket(const struct reader *self, bool is_input,
	enum stage_qjackctl_type type, const char *name, struct socket **out)
{
	bool is_any = type == STAGE_QJACKCTL_ANY;
	enum stage_status status = STAGE_OK;

	*out = NULL;
	for (int i = is_any ? 0 : (int)type;
		i <= (int)type && *out == NULL && status == STAGE_OK; i++) {
		struct stage_str key = {0};
		status = make_key(
			&key, is_input, (enum stage_qjackctl_type)i, name);
		if (status == STAGE_OK) {
			*out = stage_map_get(self->sockets, key.data);
		}
		stage_str_finish(&key);
	}
	return status;
}

static enum stage_status
add_part(struct stage_str *out, const struct stage_patch_regex *part,
	bool is_literal)
{
	if (is_literal) {
		return stage_str_add(out, part->text.data);
	}
	if (part->is_literal) {
		return stage_patch_regex_quote(out, part->text.data);
	}
	return stage_str_addf(
		out, part->has_choice ? "(%s)" : "%s", part->text.data);
}

// One end: the client's expression and the plug's, with a colon between.
static enum stage_status
make_end(const char *client, const char *plug, struct stage_str *text,
	struct stage_patch_end *out, const char **fault)
{
	struct stage_patch_regex left = {0};
	struct stage_patch_regex right = {0};
	enum stage_status status =
		stage_patch_regex_read(client, strlen(client), 0, &left);
	bool is_literal;

	*fault = left.fault;
	if (status == STAGE_OK) {
		status = stage_patch_regex_read(plug, strlen(plug), 0, &right);
		*fault = right.fault;
	}
	if (status == STAGE_OK) {
		is_literal = left.is_literal && right.is_literal;
		out->match =
			is_literal ? STAGE_PATCH_LITERAL : STAGE_PATCH_REGEX;
		status = add_part(text, &left, is_literal);
		if (status == STAGE_OK) {
			status = stage_str_add(text, ":");
		}
		if (status == STAGE_OK) {
			status = add_part(text, &right, is_literal);
		}
		out->text = text->data;
	}
	stage_patch_regex_finish(&left);
	stage_patch_regex_finish(&right);
	return status;
}

static enum stage_status
join_plugs(struct reader *self, enum stage_patch_policy policy,
	const struct socket *from, const struct socket *to, size_t index,
	struct stage_patch_spot spot)
{
	struct stage_patch_statement statement = {
		.policy = policy,
		.system = from->type == STAGE_QJACKCTL_ALSA ? STAGE_PATCH_ALSA
							    : STAGE_PATCH_JACK,
	};
	struct stage_str from_text = {0};
	struct stage_str to_text = {0};
	const char *fault = NULL;
	enum stage_status status = make_end(from->client,
		from->plugs.items[index], &from_text, &statement.from, &fault);

	if (status == STAGE_OK) {
		status = make_end(to->client, to->plugs.items[index], &to_text,
			&statement.to, &fault);
	}
	if (status == STAGE_BAD_INPUT) {
		status = stage_patch_build_tell(self->build, spot,
			"plug %zu of this is left out, as it holds %s",
			index + 1, fault);
	} else if (status == STAGE_OK) {
		status = stage_patch_build_add(
			self->build, &statement, spot, self->err);
	}
	stage_str_finish(&from_text);
	stage_str_finish(&to_text);
	return status;
}

static enum stage_status
join(struct reader *self, enum stage_patch_policy policy,
	const struct socket *from, const struct socket *to,
	struct stage_patch_spot spot)
{
	size_t count = from->plugs.count < to->plugs.count ? from->plugs.count
							   : to->plugs.count;
	enum stage_status status = STAGE_OK;

	if (from->plugs.count != to->plugs.count) {
		status = stage_patch_build_tell(self->build, spot,
			"%zu plugs meet %zu; those beyond the fewer are not "
			"connected",
			from->plugs.count, to->plugs.count);
	}
	self->pairs += count;
	if (self->pairs > PAIRS_MAX) {
		return stage_err_set(self->err, STAGE_TOO_LONG,
			"%s:%u:%u: there are more than %d pairs of plugs",
			self->build->file, spot.line, spot.column, PAIRS_MAX);
	}
	for (size_t i = 0; i < count && status == STAGE_OK; i++) {
		status = join_plugs(self, policy, from, to, i, spot);
	}
	return status;
}

static enum stage_status
join_cable(struct reader *self, const struct cable *cable)
{
	struct socket *from = NULL;
	struct socket *to = NULL;
	enum stage_status status =
		find_socket(self, false, cable->type, cable->output, &from);

	if (status == STAGE_OK) {
		status =
			find_socket(self, true, cable->type, cable->input, &to);
	}
	if (status != STAGE_OK) {
		return status;
	}
	if (from == NULL || to == NULL ||
		(from->type == STAGE_QJACKCTL_ALSA) !=
			(to->type == STAGE_QJACKCTL_ALSA)) {
		return stage_patch_build_tell(self->build, cable->spot,
			"left out, as there are no two sockets for this cable");
	}
	return join(self,
		to->is_exclusive ? STAGE_PATCH_ONLY : STAGE_PATCH_WANT, from,
		to, cable->spot);
}

// "forward": what feeds that other input feeds this one as well.
static enum stage_status
join_forward(struct reader *self, const struct socket *socket)
{
	struct socket *from = NULL;
	enum stage_status status;

	if (socket->forward == NULL || !socket->is_input) {
		return STAGE_OK;
	}
	status = find_socket(self, true, socket->type, socket->forward, &from);
	if (status != STAGE_OK) {
		return status;
	}
	if (from == NULL) {
		return stage_patch_build_tell(self->build, socket->spot,
			"there is no input socket \"%.200s\" to forward from",
			socket->forward);
	}
	return join(self, STAGE_PATCH_ALSO, from, socket, socket->spot);
}

static enum stage_status
look_at_socket(struct reader *self, const struct socket *socket)
{
	enum stage_status status = STAGE_OK;

	if (socket->is_exclusive && !socket->is_input) {
		status = stage_patch_build_tell(self->build, socket->spot,
			"that this output is exclusive is not taken over; an "
			"exclusive input is");
	}
	self->build->out->speaks_of[socket->type == STAGE_QJACKCTL_ALSA
					    ? STAGE_PATCH_ALSA
					    : STAGE_PATCH_JACK] = true;
	return status == STAGE_OK ? join_forward(self, socket) : status;
}

static enum stage_status
join_all(struct reader *self)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->cable_count && status == STAGE_OK; i++) {
		status = join_cable(self, &self->cables[i]);
	}
	for (const struct stage_map_item *item = stage_map_first(self->sockets);
		item != NULL && status == STAGE_OK;
		item = stage_map_next(item)) {
		status = look_at_socket(self, stage_map_item_value(item));
	}
	if (status == STAGE_OK && self->slots > 0) {
		status = stage_patch_build_tell(self->build,
			(struct stage_patch_spot){0},
			"left out, as qjackctl itself does nothing with them: "
			"%zu slot%s",
			self->slots, self->slots == 1 ? "" : "s");
	}
	return status;
}

static void
finish(struct reader *self)
{
	for (size_t i = 0; i < self->cable_count; i++) {
		free(self->cables[i].output);
		free(self->cables[i].input);
	}
	free(self->cables);
	stage_map_destroy(self->sockets);
}

enum stage_status
stage_qjackctl_import(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct reader reader = {
		.build = build,
		.err = err,
		.sockets = stage_map_create(destroy_socket),
	};
	const struct stage_patch_xml_handler handler = {
		on_start, on_end, &reader};
	enum stage_status status = STAGE_NO_MEMORY;

	if (reader.sockets != NULL) {
		status = stage_patch_xml_read(input, build, &handler, err);
	}
	if (status == STAGE_OK && !reader.is_root_seen) {
		status = stage_patch_build_refuse(err, input->name,
			(struct stage_patch_spot){1, 1},
			"this is no patchbay of qjackctl: there is nothing in "
			"it");
	}
	if (status == STAGE_OK) {
		status = join_all(&reader);
	}
	finish(&reader);
	return status;
}
