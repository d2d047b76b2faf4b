/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What the files carxp_*.c share. */

#ifndef STAGE_RACK_CARXP_PRIVATE_H
#define STAGE_RACK_CARXP_PRIVATE_H

#include "rack/builtin.h"
#include "rack/carxp_plan.h"

/** One plan in the making. The first failure stays, and ends all that follows.
 */
struct stage_carxp_making {
	const struct stage_carxp *project;
	const struct stage_carxp_facts *facts;
	struct stage_carxp_plan *plan;
	struct stage_strv racks;        // names that are taken
	struct stage_strv slots;        // likewise, in the rack that is made
	struct stage_carxp_names names; // that this project's racks have
	bool is_given; // the name of the only rack, which stays as it is
	size_t made;   // racks
	size_t known;  // of them, those that are services already
	char first_known[STAGE_RACK_ID_MAX];
	char rack[STAGE_RACK_ID_MAX];
	unsigned number; // of the next slot
	bool is_apart;   // the rack is one plug-in, with ports for all it has
	enum stage_status status;
};

/** Appends formatted text. */
void stage_carxp_put(struct stage_carxp_making *self, struct stage_str *to,
	const char *format, ...) STAGE_PRINTF(3, 4);

/** Appends a word of a configuration file. */
void stage_carxp_word(struct stage_carxp_making *self, struct stage_str *to,
	const char *word);

/** A new file of the plan; NULL after a failure. Ownership: borrowed, until the
 * next one. */
struct stage_str *stage_carxp_file(
	struct stage_carxp_making *self, const char *name);

#define STAGE_CARXP_SLOT_STEP 10 // between the numbers of slots

/** Makes a name for a service (taken is racks) or for a slot (slots) of any
 * text: plain letters, and no other's. */
void stage_carxp_make_name(struct stage_carxp_making *self,
	struct stage_strv *taken, const char *text,
	char out[STAGE_RACK_ID_MAX]);

/** What the plug-in is called, or a word for it. */
const char *stage_carxp_plugin_name(const struct stage_carxp_plugin *plugin);

/** The built-in that does what a plug-in of Carla's own does; NULL: none. */
const char *stage_carxp_internal_uri(const struct stage_carxp_plugin *plugin);

/** Whether the plug-in is of a kind that a rack plays. */
bool stage_carxp_can_carry(const struct stage_carxp_plugin *plugin);

/** Tells why it is not. */
void stage_carxp_tell_refused(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin);

/** Writes the slots of a plug-in into the rack that is made. `known` is NULL
 * where it is not installed, and why says why. */
void stage_carxp_put_plugin(struct stage_carxp_making *self,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known, const char *why);

/** Takes a name for the rack that is made. False when it is another one's,
 * which is told: its line is to be a comment. what: of it has the name. */
bool stage_carxp_claim(struct stage_carxp_making *self,
	enum stage_carxp_name kind, const char *what, const char *name);

/** True when a name of JACK's is a port of this plug-in, as in "NAME:in" or
 * "CLIENT:NAME:in"; *port is the port's own part then. */
bool stage_carxp_is_port(const struct stage_carxp_plugin *plugin,
	const char *name, const char **port);

#define STAGE_CARXP_SIDECHAIN "sidechain" // ports that are no main ones
#define STAGE_CARXP_OUTS "more"

/** Whether an audio port of a plug-in is none of in_1 ..., out_1 ...; number:
 * of main ones, from 1. */
bool stage_carxp_is_side(const struct stage_rack_port *port, unsigned number);

/** Writes the aliases of a rack that is this one plug-in, or, for NULL, all of
 * them in a row. `known` is the plug-in, or NULL. */
void stage_carxp_aliases(struct stage_carxp_making *self, struct stage_str *to,
	const struct stage_carxp_plugin *plugin,
	const struct stage_rack_plugin *known);

/** Whether the connections name a port for MIDI of the plug-in. */
bool stage_carxp_has_midi(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin);

/** How many ports of one way for sound the connections name. */
size_t stage_carxp_named_ports(const struct stage_carxp *project,
	const struct stage_carxp_plugin *plugin, bool is_source);

/** Writes what the plug-in remembers, as a slot's checkpoint. */
void stage_carxp_state(struct stage_carxp_making *self, const char *slot,
	const struct stage_carxp_plugin *plugin, double wet);

#endif
