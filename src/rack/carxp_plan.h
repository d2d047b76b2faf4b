/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What racks a project of Carla becomes: their files, and what is to be told.
 * Pure.
 *
 * Carla can be one client of JACK, whose plug-ins stand one behind the other,
 * or give each plug-in ports of its own, which is a setting of the user's and
 * not in the file. Where the project's connections name ports of plug-ins, each
 * plug-in becomes a rack of its own, side by side; otherwise all are one rack.
 * The ports of a rack have those names as aliases, so that what connects them
 * goes on doing so.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_CARXP_PLAN_H
#define STAGE_RACK_CARXP_PLAN_H

#include "base/str.h"
#include "rack/carxp.h"
#include "rack/carxp_names.h"
#include "rack/host.h"

#define STAGE_CARXP_PORT_NAME_MAX 128

enum stage_carxp_way {
	STAGE_CARXP_BY_NAMES, // as the connections tell
	STAGE_CARXP_APART,
	STAGE_CARXP_SERIES,
};

/** What is known of the plug-ins of this machine. */
struct stage_carxp_facts {
	/** The plug-in of a URI, or NULL; why says why not. Ownership:
	 * borrowed, until the next call. */
	const struct stage_rack_plugin *(*find)(
		void *user, const char *uri, struct stage_err *why);

	/** What a person calls a port. */
	void (*port_name)(void *user, const struct stage_rack_plugin *plugin,
		uint32_t index, char out[STAGE_CARXP_PORT_NAME_MAX]);

	/** Whether a file is there. */
	bool (*has_file)(void *user, const char *path);
	void *user;

	/** What the racks and services that are there are called. */
	const struct stage_carxp_names *there; // NULL: there are none
};

struct stage_carxp_file {
	char *path; // "RACK/rack", "RACK/10-NAME.slot", "RACK/state/NAME"
	struct stage_str text;
};

struct stage_carxp_plan {
	struct stage_carxp_file *files; // [count], a rack's own one first
	size_t count;
	struct stage_str came;    // lines, of what came over
	struct stage_str missing; // of what is not installed
	struct stage_str clashes; // of names that somebody else has
	struct stage_str left;    // of what cannot be carried
};

/** Makes the plan; name is the rack's, where there is only one. What is named
 * after plug-ins gets names that are free; a line for JACK that would give a
 * rack a name that is not becomes a comment, and is told. Ownership: *out is to
 * be finished after a success only. Errors: STAGE_NO_MEMORY; STAGE_NOT_FOUND
 * when there is nothing for a rack in it; STAGE_EXISTS when all of it is there
 * already. */
STAGE_NODISCARD enum stage_status stage_carxp_plan_make(
	const struct stage_carxp *project, const char *name,
	enum stage_carxp_way way, const struct stage_carxp_facts *facts,
	struct stage_carxp_plan *out, struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_carxp_plan_finish(struct stage_carxp_plan *self);

#endif
