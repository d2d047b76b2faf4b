/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

#include "patchbay/format_aj.h"

#include <stdlib.h>
#include <string.h>

#include "jack/names.h"
#include "patchbay/format_list.h"
#include "patchbay/format_xml.h"

struct aj {
	struct stage_patch_build *build;
	struct stage_err *err;
	bool is_root_seen;
	enum stage_patch_system system; // of the section
	struct stage_str client;        // "" when it is not to be taken
	struct stage_str port;          // full name; "" likewise
	size_t client_ports;
	size_t port_connections;
	struct stage_map *clients; // how often each came, "jack NAME"
	struct stage_strv empty;   // clients without ports
	size_t system_connections; // from or to the kernel's own client
	bool is_merged;
};

static enum stage_status
set(struct stage_str *out, const char *text)
{
	stage_str_clear(out);
	return stage_str_add(out, text);
}

static enum stage_status
start_section(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	self->is_root_seen = true;
	if (strcmp(tag->name, "aj-snapshot") == 0) {
		return STAGE_OK;
	}
	self->system = strcmp(tag->name, "alsa") == 0 ? STAGE_PATCH_ALSA
						      : STAGE_PATCH_JACK;
	self->build->out->speaks_of[self->system] = true;
	return STAGE_OK;
}

// Counts how often a client comes. JACK lists ports, not clients, so there one
// often comes again; in ALSA it is two devices of one name.
static enum stage_status
count_client(struct aj *self, const char *name, struct stage_patch_spot spot)
{
	struct stage_str key = {0};
	enum stage_status status = stage_str_addf(
		&key, "%s %s", stage_patch_system_name(self->system), name);
	bool came = false;

	if (status == STAGE_OK) {
		came = stage_map_has(self->clients, key.data);
		status = stage_map_put(self->clients, key.data, self);
	}
	stage_str_finish(&key);
	if (status != STAGE_OK || !came) {
		return status;
	}
	if (self->system == STAGE_PATCH_JACK) {
		self->is_merged = true;
		return STAGE_OK;
	}
	return stage_patch_build_tell(self->build, spot,
		"warning: there are several ALSA clients \"%s\"; the format "
		"cannot tell them apart, so their connections were merged",
		name);
}

static enum stage_status
start_client(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	const char *name = stage_patch_xml_attr(tag, "name");
	enum stage_status status;

	self->client_ports = 0;
	stage_str_clear(&self->client);
	stage_str_clear(&self->port);
	if (name == NULL || name[0] == '\0') {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this client has no name");
	}
	status = count_client(self, name, tag->spot);
	return status == STAGE_OK ? set(&self->client, name) : status;
}

// "CLIENT:7" from a number as it stands in the file; "" and told when it is
// none.
static enum stage_status
alsa_name(struct aj *self, const char *client, const char *id,
	struct stage_patch_spot spot, struct stage_str *out)
{
	long number = -1;

	stage_str_clear(out);
	if (id != NULL && stage_patch_alsa_is_number(id)) {
		number = strtol(id, NULL, 10);
	}
	if (number < 0 || number > STAGE_AJ_PORT_ID_MAX) {
		return stage_patch_build_tell(self->build, spot,
			"left out, as a port of \"%.100s\" has no number from "
			"0 to %d",
			client, STAGE_AJ_PORT_ID_MAX);
	}
	return stage_str_addf(out, "%s:%ld", client, number);
}

static enum stage_status
start_port(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	const char *client = stage_str_text(&self->client);
	const char *name = stage_patch_xml_attr(tag, "name");

	self->client_ports++;
	self->port_connections = 0;
	stage_str_clear(&self->port);
	if (client[0] == '\0') {
		return STAGE_OK; // told already
	}
	if (self->system == STAGE_PATCH_ALSA) {
		return alsa_name(self, client, stage_patch_xml_attr(tag, "id"),
			tag->spot, &self->port);
	}
	if (name == NULL || name[0] == '\0') {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as a port of \"%.100s\" has no name",
			client);
	}
	return stage_str_addf(&self->port, "%s:%s", client, name);
}

bool
stage_aj_is_kernel(const char *alsa_name)
{
	return stage_starts_with(alsa_name, "System:");
}

static enum stage_status
alsa_connection(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	const char *client = stage_patch_xml_attr(tag, "client");
	const char *from = stage_str_text(&self->port);
	struct stage_str to = {0};
	enum stage_status status;

	if (client == NULL || client[0] == '\0') {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this connection names no client");
	}
	status = alsa_name(self, client, stage_patch_xml_attr(tag, "port"),
		tag->spot, &to);
	if (status == STAGE_OK && to.len > 0) {
		if (stage_aj_is_kernel(from) || stage_aj_is_kernel(to.data)) {
			self->system_connections++;
		} else {
			status = stage_patch_build_want(self->build,
				STAGE_PATCH_ALSA, from, to.data, tag->spot,
				self->err);
		}
	}
	stage_str_finish(&to);
	return status;
}

static enum stage_status
start_connection(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	const char *port = stage_patch_xml_attr(tag, "port");

	self->port_connections++;
	if (self->port.len == 0) {
		return STAGE_OK; // told already
	}
	if (self->system == STAGE_PATCH_ALSA) {
		return alsa_connection(self, tag);
	}
	if (port == NULL) {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this connection names no port");
	}
	return stage_patch_build_want(self->build, STAGE_PATCH_JACK,
		self->port.data, port, tag->spot, self->err);
}

static enum stage_status
refuse_root(struct aj *self, const struct stage_patch_xml_tag *tag)
{
	return stage_patch_build_refuse(self->err, self->build->file, tag->spot,
		"this is no file of aj-snapshot, as it begins with <%s>",
		tag->name);
}

// Where each element may stand, and what it does there.
static const struct {
	const char *name;
	const char *parent;
	enum stage_status (*start)(
		struct aj *self, const struct stage_patch_xml_tag *tag);
} places[] = {
	{"aj-snapshot", "", start_section},
	{"alsa", "", start_section},
	{"jack", "", start_section},
	{"alsa", "aj-snapshot", start_section},
	{"jack", "aj-snapshot", start_section},
	{"client", "alsa", start_client},
	{"client", "jack", start_client},
	{"port", "client", start_port},
	{"connection", "port", start_connection},
};

static enum stage_status
on_start(void *user, const struct stage_patch_xml_tag *tag)
{
	struct aj *self = user;

	for (size_t i = 0; i < STAGE_COUNT_OF(places); i++) {
		if (strcmp(places[i].name, tag->name) == 0 &&
			strcmp(places[i].parent, tag->parent) == 0) {
			return places[i].start(self, tag);
		}
	}
	if (tag->depth == 1) {
		return refuse_root(self, tag);
	}
	return stage_patch_build_tell(self->build, tag->spot,
		"<%s> is not known there and was skipped", tag->name);
}

static enum stage_status
end_client(struct aj *self)
{
	enum stage_status status = STAGE_OK;

	if (self->client.len > 0 && self->client_ports == 0) {
		status = stage_strv_add(&self->empty, self->client.data);
	}
	stage_str_clear(&self->client);
	return status;
}

static enum stage_status
end_port(struct aj *self)
{
	enum stage_status status = STAGE_OK;

	if (self->port.len > 0 && self->port_connections == 0 &&
		!(self->system == STAGE_PATCH_ALSA &&
			stage_aj_is_kernel(self->port.data))) {
		status = stage_patch_build_unconnected(
			self->build, self->system, self->port.data);
	}
	stage_str_clear(&self->port);
	return status;
}

static enum stage_status
on_end(void *user, const char *name, size_t depth, const char *text)
{
	struct aj *self = user;
	(void)depth;
	(void)text;

	if (strcmp(name, "client") == 0) {
		return end_client(self);
	}
	return strcmp(name, "port") == 0 ? end_port(self) : STAGE_OK;
}

// "a", "b" and 3 more
static enum stage_status
tell_empty(struct aj *self)
{
	struct stage_str names = {0};
	enum stage_status status = STAGE_OK;
	size_t shown = self->empty.count < 8 ? self->empty.count : 8;

	for (size_t i = 0; i < shown && status == STAGE_OK; i++) {
		status = stage_str_addf(&names, "%s\"%.40s\"",
			i > 0 ? ", " : "", self->empty.items[i]);
	}
	if (status == STAGE_OK && shown < self->empty.count) {
		status = stage_str_addf(
			&names, " and %zu more", self->empty.count - shown);
	}
	if (status == STAGE_OK && shown > 0) {
		status = stage_patch_build_tell(self->build,
			(struct stage_patch_spot){0},
			"left out, as they have no ports: %s", names.data);
	}
	stage_str_finish(&names);
	return status;
}

static enum stage_status
tell_sections(struct aj *self)
{
	const bool *speaks_of = self->build->out->speaks_of;
	enum stage_status status = STAGE_OK;

	for (int i = 0; i < STAGE_PATCH_SYSTEM_COUNT && status == STAGE_OK;
		i++) {
		if (!speaks_of[i]) {
			status = stage_patch_build_tell(self->build,
				(struct stage_patch_spot){0},
				"this file says nothing about %s connections",
				i == STAGE_PATCH_JACK ? "JACK" : "ALSA");
		}
	}
	return status;
}

static enum stage_status
tell_rest(struct aj *self)
{
	const struct stage_patch_spot nowhere = {0};
	enum stage_status status = tell_sections(self);

	if (status == STAGE_OK) {
		status = tell_empty(self);
	}
	if (status == STAGE_OK && self->is_merged) {
		status = stage_patch_build_tell(self->build, nowhere,
			"clients that came several times were merged");
	}
	if (status == STAGE_OK && self->system_connections > 0) {
		status = stage_patch_build_tell(self->build, nowhere,
			"left out, as the ALSA client \"System\" is the "
			"kernel's own: %zu connection%s",
			self->system_connections,
			self->system_connections == 1 ? "" : "s");
	}
	return status;
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct aj aj = {
		.build = build, .err = err, .clients = stage_map_create(NULL)};
	const struct stage_patch_xml_handler handler = {on_start, on_end, &aj};
	enum stage_status status = STAGE_NO_MEMORY;

	if (aj.clients != NULL) {
		status = stage_patch_xml_read(input, build, &handler, err);
	}
	if (status == STAGE_OK && !aj.is_root_seen) {
		status = stage_patch_build_refuse(err, input->name,
			(struct stage_patch_spot){1, 1},
			"this is no file of aj-snapshot: there is nothing in "
			"it");
	}
	if (status == STAGE_OK) {
		status = tell_rest(&aj);
	}
	stage_map_destroy(aj.clients);
	stage_str_finish(&aj.client);
	stage_str_finish(&aj.port);
	stage_strv_finish(&aj.empty);
	return status;
}

static bool
recognise(const char *bytes, size_t len)
{
	char root[sizeof("aj-snapshot")];

	return stage_patch_xml_root(bytes, len, root, sizeof(root)) &&
	       (strcmp(root, "aj-snapshot") == 0 || strcmp(root, "alsa") == 0 ||
		       strcmp(root, "jack") == 0);
}

const struct stage_patch_format stage_patch_format_aj = {
	.name = "aj-snapshot",
	.summary = "snapshots of aj-snapshot, JACK and ALSA, as XML",
	.recognise = recognise,
	.import_list = import_list,
	.export_list = stage_aj_export,
	.program = "aj-snapshot",
	.carries = {true, true},
	.counts_alsa = true,
	.fault = stage_aj_fault,
};
