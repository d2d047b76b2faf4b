/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* The connections that a Carla project keeps: <ExternalPatchbay> with full JACK
 * names. Those inside the rack, <Patchbay>, are Carla's own. */

#include <string.h>

#include "patchbay/format_build.h"
#include "patchbay/format_export.h"
#include "patchbay/format_list.h"
#include "patchbay/format_xml.h"

struct carla {
	struct stage_patch_build *build;
	struct stage_err *err;
	bool is_root_seen;
	bool has_inner;        // connections inside the rack
	size_t external_depth; // of <ExternalPatchbay>, 0 outside
	struct stage_patch_spot spot;
	struct stage_str from;
	struct stage_str to;
};

static enum stage_status
on_start(void *user, const struct stage_patch_xml_tag *tag)
{
	struct carla *self = user;

	if (tag->depth == 1) {
		if (!stage_starts_with(tag->name, "CARLA-")) {
			return stage_patch_build_refuse(self->err,
				self->build->file, tag->spot,
				"this is no file of Carla, as it begins with "
				"<%s>",
				tag->name);
		}
		self->is_root_seen = true;
	} else if (tag->depth == 2) {
		bool is_outer = strcmp(tag->name, "ExternalPatchbay") == 0;
		self->external_depth = is_outer ? tag->depth : 0;
		self->build->out->speaks_of[STAGE_PATCH_JACK] |= is_outer;
		self->has_inner |= strcmp(tag->name, "Patchbay") == 0;
	} else if (strcmp(tag->name, "Connection") == 0) {
		self->spot = tag->spot;
		stage_str_clear(&self->from);
		stage_str_clear(&self->to);
	}
	return STAGE_OK;
}

// A name as Carla writes it stands between its tags with nothing else; who
// breaks the line there means no part of the name.
static enum stage_status
set_name(struct stage_str *out, const char *text)
{
	static const char blanks[] = " \t\r\n";
	size_t len = strlen(text);

	stage_str_clear(out);
	if (strpbrk(text, "\r\n") != NULL) {
		size_t skipped = strspn(text, blanks);
		text += skipped;
		len -= skipped;
		while (len > 0 && strchr(blanks, text[len - 1]) != NULL) {
			len--;
		}
	}
	return stage_str_append(out, text, len);
}

static enum stage_status
end_connection(struct carla *self)
{
	if (self->from.len == 0 || self->to.len == 0) {
		return stage_patch_build_tell(self->build, self->spot,
			"left out, as this connection has no source or no "
			"target");
	}
	return stage_patch_build_want(self->build, STAGE_PATCH_JACK,
		self->from.data, self->to.data, self->spot, self->err);
}

static enum stage_status
on_end(void *user, const char *name, size_t depth, const char *text)
{
	struct carla *self = user;

	if (self->external_depth == 0) {
		return STAGE_OK;
	}
	if (depth == self->external_depth) {
		self->external_depth = 0;
	} else if (depth == self->external_depth + 1 &&
		   strcmp(name, "Connection") == 0) {
		return end_connection(self);
	} else if (depth == self->external_depth + 2 &&
		   strcmp(name, "Source") == 0) {
		return set_name(&self->from, text);
	} else if (depth == self->external_depth + 2 &&
		   strcmp(name, "Target") == 0) {
		return set_name(&self->to, text);
	}
	return STAGE_OK;
}

static enum stage_status
tell(struct carla *self)
{
	const struct stage_patch_spot nowhere = {0};
	enum stage_status status = STAGE_OK;

	if (self->has_inner) {
		status = stage_patch_build_tell(self->build, nowhere,
			"left out, as they are inside of Carla: the "
			"connections between its plugins");
	}
	if (status == STAGE_OK &&
		!self->build->out->speaks_of[STAGE_PATCH_JACK]) {
		status = stage_patch_build_tell(self->build, nowhere,
			"this file says nothing about JACK connections");
	}
	return status;
}

static enum stage_status
import_list(const struct stage_patch_input *input,
	struct stage_patch_build *build, struct stage_err *err)
{
	struct carla carla = {.build = build, .err = err};
	const struct stage_patch_xml_handler handler = {
		on_start, on_end, &carla};
	enum stage_status status =
		stage_patch_xml_read(input, build, &handler, err);

	if (status == STAGE_OK && !carla.is_root_seen) {
		status = stage_patch_build_refuse(err, input->name,
			(struct stage_patch_spot){1, 1},
			"this is no file of Carla: there is nothing in it");
	}
	if (status == STAGE_OK) {
		status = tell(&carla);
	}
	stage_str_finish(&carla.from);
	stage_str_finish(&carla.to);
	return status;
}

static bool
recognise(const char *bytes, size_t len)
{
	char root[64];

	return stage_patch_xml_root(bytes, len, root, sizeof(root)) &&
	       stage_starts_with(root, "CARLA-");
}

// Carla takes blanks off both ends of a name when it reads.
static const char *
fault(enum stage_patch_system system, const char *name, bool is_from)
{
	const char *found = stage_patch_fault_edges(name);
	(void)system;
	(void)is_from;

	if (found == NULL) {
		found = stage_patch_fault_control(name, false);
	}
	return found == NULL ? stage_patch_fault_utf8(name) : found;
}

static enum stage_status
add_name(struct stage_str *out, const char *tag, const char *name)
{
	enum stage_status status = stage_str_addf(out, "   <%s>", tag);

	if (status == STAGE_OK) {
		status = stage_patch_xml_add(out, name);
	}
	return status == STAGE_OK ? stage_str_addf(out, "</%s>\n", tag)
				  : status;
}

static enum stage_status
add_connection(void *user, const struct stage_patch_statement *statement)
{
	struct stage_str *out = user;
	enum stage_status status = stage_str_add(out, "  <Connection>\n");

	if (status == STAGE_OK) {
		status = add_name(out, "Source", statement->from.text);
	}
	if (status == STAGE_OK) {
		status = add_name(out, "Target", statement->to.text);
	}
	return status == STAGE_OK ? stage_str_add(out, "  </Connection>\n")
				  : status;
}

static enum stage_status
export_list(struct stage_patch_writer *writer)
{
	enum stage_status status = stage_str_add(writer->out,
		"<?xml version='1.0' encoding='UTF-8'?>\n"
		"<!DOCTYPE CARLA-PROJECT>\n"
		"<CARLA-PROJECT VERSION='2.0'>\n"
		" <ExternalPatchbay>\n");

	if (status == STAGE_OK) {
		status = stage_patch_writer_each(
			writer, add_connection, writer->out);
	}
	return status == STAGE_OK
		       ? stage_str_add(writer->out, " </ExternalPatchbay>\n"
						    "</CARLA-PROJECT>\n")
		       : status;
}

const struct stage_patch_format stage_patch_format_carla = {
	.name = "carla",
	.summary = "the external patchbay of a Carla project",
	.recognise = recognise,
	.import_list = import_list,
	.export_list = export_list,
	.program = "Carla",
	.carries = {[STAGE_PATCH_JACK] = true},
	.fault = fault,
};
