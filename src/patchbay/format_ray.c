/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* RaySession's ray-jackpatch, and its twin for ALSA: <connection from to>, and
 * <graph>, the ports that were there when it was saved. */

#include <string.h>

#include "base/map.h"
#include "patchbay/format_build.h"
#include "patchbay/format_list.h"
#include "patchbay/format_xml.h"

struct ray {
	struct stage_patch_build *build;
	struct stage_err *err;
	enum stage_patch_system system;
	bool is_root_seen;
	struct stage_str group;      // the client, in <graph>
	struct stage_map *connected; // names that connections hold
	struct stage_strv present;   // ports of <graph>
	size_t nsm_names;
};

static enum stage_status
start_root(struct ray *self, const struct stage_patch_xml_tag *tag)
{
	if (strcmp(tag->name, "RAY-JACKPATCH") == 0) {
		self->system = STAGE_PATCH_JACK;
	} else if (strcmp(tag->name, "RAY-ALSAPATCH") == 0) {
		self->system = STAGE_PATCH_ALSA;
	} else {
		return stage_patch_build_refuse(self->err, self->build->file,
			tag->spot,
			"this is no file of ray-jackpatch, as it begins with "
			"<%s>",
			tag->name);
	}
	self->is_root_seen = true;
	self->build->out->speaks_of[self->system] = true;
	return STAGE_OK;
}

static enum stage_status
start_connection(struct ray *self, const struct stage_patch_xml_tag *tag)
{
	const char *from = stage_patch_xml_attr(tag, "from");
	const char *to = stage_patch_xml_attr(tag, "to");

	if (from == NULL || to == NULL) {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this connection has no source or no "
			"destination");
	}
	if (stage_patch_xml_attr(tag, "nsm_client_from") != NULL ||
		stage_patch_xml_attr(tag, "nsm_client_to") != NULL) {
		self->nsm_names++;
	}
	if (stage_map_put(self->connected, from, self) != STAGE_OK ||
		stage_map_put(self->connected, to, self) != STAGE_OK) {
		return STAGE_NO_MEMORY;
	}
	return stage_patch_build_want(
		self->build, self->system, from, to, tag->spot, self->err);
}

static enum stage_status
start_port(struct ray *self, const struct stage_patch_xml_tag *tag)
{
	const char *name = stage_patch_xml_attr(tag, "name");
	struct stage_str full = {0};
	enum stage_status status;

	if (name == NULL || self->group.len == 0 ||
		self->present.count >= STAGE_PATCH_UNCONNECTED_MAX) {
		return STAGE_OK; // information only
	}
	status = stage_str_addf(&full, "%s:%s", self->group.data, name);
	if (status == STAGE_OK) {
		status = stage_strv_add(&self->present, full.data);
	}
	stage_str_finish(&full);
	return status;
}

static enum stage_status
on_start(void *user, const struct stage_patch_xml_tag *tag)
{
	struct ray *self = user;
	const char *name = stage_patch_xml_attr(tag, "name");

	if (tag->depth == 1) {
		return start_root(self, tag);
	}
	if (strcmp(tag->name, "connection") == 0) {
		return start_connection(self, tag);
	}
	if (strcmp(tag->name, "group") == 0) {
		stage_str_clear(&self->group);
		return name != NULL ? stage_str_add(&self->group, name)
				    : STAGE_OK;
	}
	if (strcmp(tag->name, "in_port") == 0 ||
		strcmp(tag->name, "out_port") == 0) {
		return start_port(self, tag);
	}
	return STAGE_OK;
}

static enum stage_status
on_end(void *user, const char *name, size_t depth, const char *text)
{
	(void)user;
	(void)name;
	(void)depth;
	(void)text;
	return STAGE_OK;
}

static enum stage_status
tell(struct ray *self)
{
	enum stage_status status = STAGE_OK;

	for (size_t i = 0; i < self->present.count && status == STAGE_OK; i++) {
		const char *name = self->present.items[i];
		if (!stage_map_has(self->connected, name)) {
			status = stage_patch_build_unconnected(
				self->build, self->system, name);
		}
	}
	if (status == STAGE_OK && self->nsm_names > 0) {
		status = stage_patch_build_tell(self->build,
			(struct stage_patch_spot){0},
			"%zu connection%s of NSM clients, whose names hold an "
			"id of the session",
			self->nsm_names,
			self->nsm_names == 1 ? " is" : "s are");
	}
	return status;
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct ray ray = {.build = build,
		.err = err,
		.connected = stage_map_create(NULL)};
	const struct stage_patch_xml_handler handler = {on_start, on_end, &ray};
	enum stage_status status = STAGE_NO_MEMORY;

	if (ray.connected != NULL) {
		status = stage_patch_xml_read(input, build, &handler, err);
	}
	if (status == STAGE_OK && !ray.is_root_seen) {
		status = stage_patch_build_refuse(err, input->name,
			(struct stage_patch_spot){1, 1},
			"this is no file of ray-jackpatch: there is nothing "
			"in it");
	}
	if (status == STAGE_OK) {
		status = tell(&ray);
	}
	stage_map_destroy(ray.connected);
	stage_strv_finish(&ray.present);
	stage_str_finish(&ray.group);
	return status;
}

static bool
recognise(const char *bytes, size_t len)
{
	char root[32];

	return stage_patch_xml_root(bytes, len, root, sizeof(root)) &&
	       (strcmp(root, "RAY-JACKPATCH") == 0 ||
		       strcmp(root, "RAY-ALSAPATCH") == 0);
}

const struct stage_patch_format stage_patch_format_ray = {
	.name = "ray-jackpatch",
	.summary = "connections of RaySession's ray-jackpatch, as XML",
	.recognise = recognise,
	.import_list = import_list,
};
