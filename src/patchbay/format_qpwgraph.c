/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* qpwgraph's patchbay: <item> with <output node port> and <input node port>.
 * Nodes of PipeWire are JACK clients to us, under the names that it gives. */

#include <string.h>

#include "patchbay/format_build.h"
#include "patchbay/format_list.h"
#include "patchbay/format_xml.h"

struct qpwgraph {
	struct stage_patch_build *build;
	struct stage_err *err;
	bool is_root_seen;
	enum stage_patch_system system; // of the item
	bool is_taken;
	struct stage_patch_spot spot;
	struct stage_str from;
	struct stage_str to;
};

static enum stage_status
start_item(struct qpwgraph *self, const struct stage_patch_xml_tag *tag)
{
	const char *type = stage_patch_xml_attr(tag, "node-type");

	self->spot = tag->spot;
	stage_str_clear(&self->from);
	stage_str_clear(&self->to);
	self->is_taken = type != NULL && (strcmp(type, "pipewire") == 0 ||
						 strcmp(type, "alsa") == 0);
	if (!self->is_taken) {
		return stage_patch_build_tell(self->build, tag->spot,
			"left out, as this item is neither of PipeWire nor of "
			"ALSA");
	}
	self->system =
		strcmp(type, "alsa") == 0 ? STAGE_PATCH_ALSA : STAGE_PATCH_JACK;
	self->build->out->speaks_of[self->system] = true;
	return STAGE_OK;
}

static enum stage_status
set_name(struct stage_str *out, const struct stage_patch_xml_tag *tag)
{
	const char *node = stage_patch_xml_attr(tag, "node");
	const char *port = stage_patch_xml_attr(tag, "port");

	stage_str_clear(out);
	if (node == NULL || port == NULL) {
		return STAGE_OK; // told at the item's end
	}
	return stage_str_addf(out, "%s:%s", node, port);
}

static enum stage_status
on_start(void *user, const struct stage_patch_xml_tag *tag)
{
	struct qpwgraph *self = user;

	if (tag->depth == 1) {
		self->is_root_seen = true;
		return strcmp(tag->name, "patchbay") == 0
			       ? STAGE_OK
			       : stage_patch_build_refuse(self->err,
					 self->build->file, tag->spot,
					 "this is no file of qpwgraph, as it "
					 "begins with <%s>",
					 tag->name);
	}
	if (strcmp(tag->name, "item") == 0) {
		return start_item(self, tag);
	}
	if (strcmp(tag->parent, "item") == 0 &&
		strcmp(tag->name, "output") == 0) {
		return set_name(&self->from, tag);
	}
	if (strcmp(tag->parent, "item") == 0 &&
		strcmp(tag->name, "input") == 0) {
		return set_name(&self->to, tag);
	}
	return STAGE_OK;
}

static enum stage_status
on_end(void *user, const char *name, size_t depth, const char *text)
{
	struct qpwgraph *self = user;
	(void)depth;
	(void)text;

	if (strcmp(name, "item") != 0 || !self->is_taken) {
		return STAGE_OK;
	}
	self->is_taken = false;
	return stage_patch_build_want(self->build, self->system,
		stage_str_text(&self->from), stage_str_text(&self->to),
		self->spot, self->err);
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct qpwgraph qpwgraph = {.build = build, .err = err};
	const struct stage_patch_xml_handler handler = {
		on_start, on_end, &qpwgraph};
	enum stage_status status =
		stage_patch_xml_read(input, build, &handler, err);

	if (status == STAGE_OK && !qpwgraph.is_root_seen) {
		status = stage_patch_build_refuse(err, input->name,
			(struct stage_patch_spot){1, 1},
			"this is no file of qpwgraph: there is nothing in it");
	}
	if (status == STAGE_OK) {
		status = stage_patch_build_tell(build,
			(struct stage_patch_spot){0},
			"names are as PipeWire's own graph has them; its JACK "
			"clients may be called otherwise");
	}
	stage_str_finish(&qpwgraph.from);
	stage_str_finish(&qpwgraph.to);
	return status;
}

// qjackctl's root is called the same.
static bool
recognise(const char *bytes, size_t len)
{
	char root[16];

	return stage_patch_xml_root(bytes, len, root, sizeof(root)) &&
	       strcmp(root, "patchbay") == 0 &&
	       stage_patch_holds(bytes, len, "<items");
}

const struct stage_patch_format stage_patch_format_qpwgraph = {
	.name = "qpwgraph",
	.summary = "the patchbay of qpwgraph, as XML",
	.recognise = recognise,
	.import_list = import_list,
};
