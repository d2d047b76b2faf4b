/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** Reads a project of Carla, a .carxp file: its plug-ins in their order, and
 * what is connected outside of it. Pure.
 *
 * XML with limits: no declarations of entities, STAGE_CARXP_DEPTH_MAX elements
 * deep, STAGE_CARXP_BYTES_MAX long. What is not known is passed over.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_CARXP_H
#define STAGE_RACK_CARXP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

#define STAGE_CARXP_BYTES_MAX (16U << 20)
#define STAGE_CARXP_DEPTH_MAX 16
#define STAGE_CARXP_PLUGINS_MAX 64
#define STAGE_CARXP_ITEMS_MAX 4096 // parameters, data, connections: of each

struct stage_carxp_parameter {
	int64_t index;
	char *name; // as all here: owned, NULL when it is not there
	char *symbol;
	double value;    // NAN when it has none
	int64_t control; // MIDI; -1: none
	int64_t channel; // 1 to 16
	double min, max; // of what the control sets; max is NAN without any
};

/** A property of an LV2 plug-in's state, or a note of Carla's own. */
struct stage_carxp_custom {
	char *type;
	char *key;
	char *value;
};

struct stage_carxp_plugin {
	char *type; // LV2, INTERNAL, VST2 ...
	char *name;
	char *uri;   // of LV2
	char *label; // of INTERNAL and most others
	char *binary;
	char *chunk;
	bool is_off;
	double dry_wet, volume, balance_left, balance_right, panning;
	int64_t options;                          // bits; -1: it says nothing
	struct stage_carxp_parameter *parameters; // [parameter_count]
	size_t parameter_count;
	struct stage_carxp_custom *customs; // [custom_count]
	size_t custom_count;
};

struct stage_carxp_connection {
	char *source;
	char *target;
};

struct stage_carxp {
	struct stage_carxp_plugin *plugins; // [plugin_count]
	size_t plugin_count;
	struct stage_carxp_connection *connections; // of the external patchbay
	size_t connection_count;
	size_t inner_count; // connections inside of Carla
	double bpm;         // 0: it says nothing
	bool is_stereo;     // ForceStereo
};

/** Reads text[len], called name in sentences. Ownership: *out is to be finished
 * after a success only. Errors: STAGE_BAD_INPUT with "NAME:LINE:COLUMN: ";
 * STAGE_TOO_LONG; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_carxp_parse(const char *text,
	size_t len, const char *name, struct stage_carxp *out,
	struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_carxp_finish(struct stage_carxp *self);

#endif
