/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/* Messages to a plug-in: patch:Set of a parameter that is a file. */

#include <lv2/atom/forge.h>
#include <lv2/patch/patch.h>
#include <string.h>

#include "base/io.h"
#include "base/log.h"
#include "rack/instance.h"

bool
stage_rack_instance_takes_asks(const struct stage_rack_instance *self)
{
	for (uint32_t i = 0; i < self->socket_count; i++) {
		const struct stage_rack_port *port = self->sockets[i].port;
		if (port->kind == STAGE_RACK_EVENTS_IN && port->takes_patch) {
			return true;
		}
	}
	return false;
}

enum stage_status
stage_rack_instance_ask(struct stage_rack_instance *self, const char *parameter,
	const char *path)
{
	struct stage_urids *urids = self->host->urids;
	_Alignas(8) unsigned char bytes[STAGE_RACK_ASK_BYTES];
	LV2_Atom_Forge_Frame frame;
	LV2_Atom_Forge forge;
	LV2_Atom *atom = (LV2_Atom *)(void *)bytes;

	if (self->asks == NULL) {
		return STAGE_UNSUPPORTED;
	}
	lv2_atom_forge_init(&forge, stage_urids_map_feature(urids));
	lv2_atom_forge_set_buffer(&forge, bytes, sizeof(bytes));
	lv2_atom_forge_object(
		&forge, &frame, 0, stage_urids_map(urids, LV2_PATCH__Set));
	lv2_atom_forge_key(&forge, stage_urids_map(urids, LV2_PATCH__property));
	lv2_atom_forge_urid(&forge, stage_urids_map(urids, parameter));
	lv2_atom_forge_key(&forge, stage_urids_map(urids, LV2_PATCH__value));
	if (lv2_atom_forge_path(&forge, path, (uint32_t)strlen(path)) == 0) {
		return STAGE_TOO_LONG;
	}
	lv2_atom_forge_pop(&forge, &frame);
	return stage_ring_write(
		self->asks, 0, atom, (uint32_t)sizeof(*atom) + atom->size);
}

static enum stage_status
ask_file(struct stage_rack_instance *self, const char *directory,
	const struct stage_rack_file *file)
{
	char path[STAGE_PATH_MAX];
	enum stage_status status =
		stage_io_join(path, sizeof(path), directory, file->path, NULL);

	return status == STAGE_OK
		       ? stage_rack_instance_ask(self, file->parameter, path)
		       : status;
}

bool
stage_rack_instance_ask_files(struct stage_rack_instance *self,
	const char *directory, const struct stage_rack_files *wanted,
	const struct stage_rack_files *before)
{
	bool has_asked = false;

	for (size_t i = 0; i < wanted->count; i++) {
		const struct stage_rack_file *file = &wanted->items[i];
		const char *known =
			stage_rack_files_get(before, file->parameter);
		enum stage_status status;
		if (known != NULL && strcmp(known, file->path) == 0) {
			continue;
		}
		has_asked = true;
		status = ask_file(self, directory, file);
		if (status != STAGE_OK) {
			stage_log_warn("%s: unable to have its plug-in take "
				       "%s: %s",
				self->features.slot, file->path,
				stage_strerror(status));
		}
	}
	return has_asked;
}
