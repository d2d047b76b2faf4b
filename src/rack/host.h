/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The LV2 plug-ins of this machine, and what a rack offers to each.
 *
 * Thread: the loop's.
 */

#ifndef STAGE_RACK_HOST_H
#define STAGE_RACK_HOST_H

#include <lilv/lilv.h>
#include <lv2/options/options.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/io.h"
#include "rack/config.h"
#include "rack/lines.h"
#include "rack/midi.h"
#include "rack/places.h"
#include "rack/urids.h"
#include "rack/wire.h"

#define STAGE_RACK_EVENTS_BYTES_MAX (64U << 20) // of one port

enum stage_rack_port_kind {
	STAGE_RACK_AUDIO_IN,
	STAGE_RACK_AUDIO_OUT,
	STAGE_RACK_CONTROL_IN,
	STAGE_RACK_CONTROL_OUT,
	STAGE_RACK_EVENTS_IN,
	STAGE_RACK_EVENTS_OUT,
	STAGE_RACK_CV, // its default, or what nobody hears
	STAGE_RACK_UNCONNECTED,
};

enum stage_rack_port_role {
	STAGE_RACK_ROLE_NONE,
	STAGE_RACK_ROLE_LATENCY,
	STAGE_RACK_ROLE_ENABLED, // the host's, always on: bypass is ours
	STAGE_RACK_ROLE_FREEWHEELING,
};

struct stage_rack_port {
	enum stage_rack_port_kind kind;
	enum stage_rack_port_role role;
	char symbol[STAGE_RACK_SYMBOL_MAX];
	float value, min, max; // by default; of a control, or CV
	bool is_rate_scaled;   // these are parts of the sample rate
	bool is_toggled;       // it has two states
	bool is_whole;         // it has whole numbers
	bool may_ramp;         // it may move in small steps
	bool is_side;          // of sound: none of the main ones (portgroup.h)
	bool is_midi;          // of events, as the next two
	bool takes_time;       // time:Position
	bool takes_patch;      // patch:Set
	uint32_t bytes;        // of events: room for them
};

/** A plug-in, as it describes itself. */
struct stage_rack_plugin {
	char uri[STAGE_RACK_URI_MAX];
	char name[STAGE_RACK_URI_MAX];
	const LilvPlugin *lilv;
	const struct stage_rack_builtin *builtin; // instead of lilv's
	struct stage_rack_port *ports; // [port_count], by LV2's index
	uint32_t port_count;
};

struct stage_rack_host {
	LilvWorld *world;
	struct stage_urids *urids;
	struct stage_rack_urids numbers;
	int32_t block_min, block_max, block_nominal; // frames
	int32_t sequence_bytes;
	float rate_hz;
	struct stage_rack_wire *wire;   // borrowed
	struct stage_rack_lines lines;  // what plug-ins say
	LV2_Options_Option options[6];  // of these; the last one is empty
	char files[STAGE_PATH_MAX];     // where plug-ins may keep files
	char directory[STAGE_PATH_MAX]; // what the user writes; "": nothing
};

/** Finds out which plug-ins there are, and has those with windows make them on
 * no screen, instead of ending us. Ownership: the caller calls
 * stage_rack_host_finish; the wire is borrowed, and NULL where
 * nothing is to play. Errors: STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_host_init(
	struct stage_rack_host *self, const char *files,
	struct stage_rack_wire *wire, struct stage_err *err);

/** Its own places, for paths that plug-ins remember. Ownership: borrowed. */
struct stage_rack_own_places stage_rack_host_places(
	const struct stage_rack_host *self);
void stage_rack_host_finish(struct stage_rack_host *self);

/** Says what the plug-ins of the next instances are told. */
void stage_rack_host_set_rate(
	struct stage_rack_host *self, uint32_t rate_hz, uint32_t period_frames);

/** Reads what a plug-in says of itself. Ownership: *out is to be destroyed, not
 * after the host. Errors: STAGE_NOT_FOUND; STAGE_UNSUPPORTED when it needs
 * what no rack has; STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_plugin_create(
	struct stage_rack_host *host, const char *uri,
	struct stage_rack_plugin **out, struct stage_err *err);
void stage_rack_plugin_destroy(struct stage_rack_plugin *self);

/** How many ports there are of a kind. */
uint32_t stage_rack_plugin_count(
	const struct stage_rack_plugin *self, enum stage_rack_port_kind kind);

/** The same without those that are none of the main ones. */
uint32_t stage_rack_plugin_count_main(
	const struct stage_rack_plugin *self, enum stage_rack_port_kind kind);

/** Whether a port is a value for a person to set; that of a symbol, or NULL. */
bool stage_rack_port_is_value(const struct stage_rack_port *port);
const struct stage_rack_port *stage_rack_plugin_value(
	const struct stage_rack_plugin *self, const char *symbol);

#endif
