/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a user writes of a rack: the file `rack`, and a file NN-NAME.slot for
 * each plug-in. Pure.
 *
 *     # rack                         # 10-reverb.slot
 *     client  "GLOBAL FX"            plugin  http://calf.sourceforge.net/...
 *     in      2                      set     decay_time 1.5
 *     out     2                      wet     0.3
 *                                    file    http://example.org/ir hall.wav
 *
 * A slip in `rack` is an error: nothing can play under the wrong name. One in a
 * slot file is an error, too, and what to do about it is the caller's.
 *
 * Numbers are read as they are in C's own locale, whatever a plug-in has set.
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_CONFIG_H
#define STAGE_RACK_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "jack/names.h"
#include "rack/files.h"
#include "rack/map.h"
#include "rack/portline.h"
#include "rack/sideline.h"

#define STAGE_RACK_ID_MAX 64    // bytes with the zero, as all here
#define STAGE_RACK_FILE_MAX 256 // the name of a slot file
#define STAGE_RACK_SYMBOL_MAX 128
#define STAGE_RACK_URI_MAX 512
#define STAGE_RACK_CHANNELS_MAX 32
#define STAGE_RACK_SETTINGS_MAX 2048 // in one slot file
#define STAGE_RACK_OWN_MAPS_MAX 128  // in the file `rack`
#define STAGE_RACK_GAIN_MIN_DB (-120)
#define STAGE_RACK_GAIN_MAX_DB 24

#define STAGE_RACK_HOLD_FOREVER INT64_MAX

struct stage_rack_config {
	char client[STAGE_JACK_OWN_NAME_MAX]; // in JACK; "": the service's
	int64_t ins;                          // 0 for instruments
	int64_t outs;                         // never fewer than ins
	bool has_midi;                        // midi_in and midi_out
	double gain_db;                       // of the outputs
	int64_t fade_ns;                      // of all that comes and goes
	int64_t hold_ns;     // notes, when nobody is connected any more
	int64_t patience_ns; // with plug-ins that do not come back
	char osc_address[STAGE_RACK_ID_MAX]; // where OSC is heard
	int64_t osc_port;                    // 0: nowhere
	struct stage_rack_port_lines ports;
	struct stage_rack_map maps[STAGE_RACK_OWN_MAPS_MAX]; // of the rack
	size_t map_count;
};

/** Where something stands in a file. */
struct stage_rack_place {
	unsigned line;   // 0: nowhere
	unsigned column; // in characters
};

/** A value that the user wants: of a control port of the plug-in, or one that
 * each slot has (extra.h), whose symbol begins with a colon. */
struct stage_rack_setting {
	char symbol[STAGE_RACK_SYMBOL_MAX];
	float value;
	struct stage_rack_place place;
};

/** What is to be done with a value when others are remembered. */
enum stage_rack_recall_kind {
	STAGE_RACK_RECALL_ALL,
	STAGE_RACK_RECALL_KEEP,  // snapshots leave it alone
	STAGE_RACK_RECALL_RESET, // a rack that starts has what the file says
};

struct stage_rack_recall_line {
	char symbol[STAGE_RACK_SYMBOL_MAX];
	enum stage_rack_recall_kind kind;
	struct stage_rack_place place;
};

struct stage_rack_slot_config {
	char file[STAGE_RACK_FILE_MAX];  // its name
	char id[STAGE_RACK_ID_MAX];      // of that
	char plugin[STAGE_RACK_URI_MAX]; // its URI
	struct stage_rack_place plugin_place;
	char label[STAGE_RACK_ID_MAX];   // "name"; "": none
	char preset[STAGE_RACK_URI_MAX]; // its name or URI; "": none
	struct stage_rack_place preset_place;
	bool is_bypassed;
	float wet;                           // 0 to 1
	struct stage_rack_setting *settings; // [count], owned
	size_t count;
	struct stage_rack_files files; // paths from the rack's directory
	struct stage_rack_maps maps;   // what MIDI controls of it
	struct stage_rack_recall_line *recalls; // [recall_count], owned
	size_t recall_count;
	struct stage_rack_side_line sides[STAGE_RACK_SIDE_KIND_COUNT];
	char fault[STAGE_ERR_TEXT_MAX]; // why it passes through; "": it runs
};

/** Reads text[len], the file `rack` called name in sentences. Errors:
 * STAGE_BAD_INPUT, STAGE_TOO_LONG, with the place; out is then untouched. */
STAGE_NODISCARD enum stage_status stage_rack_config_parse(const char *text,
	size_t len, const char *name, struct stage_rack_config *out,
	struct stage_err *err);

/** Reads text[len], a slot file. `out` is zeroed first; free it with
 * stage_rack_slot_config_finish, also after an error.
 *
 * Errors: STAGE_BAD_INPUT, STAGE_TOO_LONG, with the place; STAGE_NO_MEMORY.
 * out->fault is not set.
 */
STAGE_NODISCARD enum stage_status stage_rack_slot_config_parse(const char *text,
	size_t len, const char *name, struct stage_rack_slot_config *out,
	struct stage_err *err);

/** Frees what is in it. NULL and zeroed memory are fine. */
void stage_rack_slot_config_finish(struct stage_rack_slot_config *self);

/** Adds a value of the preset that the file names, unless the file sets it.
 * Errors: STAGE_FULL, STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_slot_config_add(
	struct stage_rack_slot_config *self, const char *symbol, float value);

/** The value that the file sets, or NULL. Ownership: borrowed. */
const float *stage_rack_slot_config_get(
	const struct stage_rack_slot_config *self, const char *symbol);

/** What the file says of recalling a value; "wet" and "bypass" are some. */
enum stage_rack_recall_kind stage_rack_slot_config_recall(
	const struct stage_rack_slot_config *self, const char *symbol);

/** The identity of a slot file: "10-reverb.slot" is "reverb". Empty in `id` for
 * the name of a file that is no slot. False then. */
bool stage_rack_slot_id(const char *file, char id[STAGE_RACK_ID_MAX]);

/** Whether an identity ends in a dot and digits: older checkpoints of another
 * slot are called so. */
bool stage_rack_slot_id_is_taken(const char *id);

/** Reads a number in [min, max], whole text. Errors: STAGE_BAD_INPUT. */
STAGE_NODISCARD enum stage_status stage_rack_number(const char *text,
	double min, double max, double *out, struct stage_err *err);

#endif
