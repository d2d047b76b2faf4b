/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** The patchbay as JSON, for whoever asks over the socket.
 *
 * Names of ports are texts as in a patch file (docs/internals/patchbay.md): as
 * they are where that is possible, else in quotes with escapes; so any bytes
 * can be told, and what was told can be given back.
 *
 * Pure. Thread: any. Functions that return a json_t give a new reference, or
 * NULL when out of memory.
 */

#ifndef STAGE_PATCHBAY_VIEW_H
#define STAGE_PATCHBAY_VIEW_H

#include <jansson.h>

#include "patchbay/engine.h"
#include "patchbay/statement.h"

/** How a wanted or existing connection is. */
enum stage_patch_view_state {
	STAGE_VIEW_CONNECTED,
	STAGE_VIEW_MISSING,   // an end is not there
	STAGE_VIEW_AMBIGUOUS, // two ports answer to a name
	STAGE_VIEW_OVERRULED, // a forbid or a higher layer says otherwise
	STAGE_VIEW_UNFIT,     // the ports cannot be connected at all
	STAGE_VIEW_OFF,       // by its mode
	STAGE_VIEW_UNDER_WAY,
	STAGE_VIEW_DOUBTED,   // removed just now; whose hand?
	STAGE_VIEW_WITHHELD,  // removed together with many others
	STAGE_VIEW_CONTESTED, // somebody keeps removing it, or it is cut
	STAGE_VIEW_REFUSED,   // by the server
	STAGE_VIEW_SILENCED,  // until a panic is over
	STAGE_VIEW_STATE_COUNT,
};

/** How a wish of the engine's desired state is now. */
enum stage_patch_view_state stage_patch_view_state(
	const struct stage_engine *engine, const struct stage_wish *wish);

/** A state in one lower-case word. Never NULL. */
const char *stage_patch_view_state_name(enum stage_patch_view_state state);

/** A port's name. */
json_t *stage_patch_view_name(enum stage_patch_system system, const char *name);

/** A file's name: as it is, or in quotes with escapes when it is no UTF-8. */
json_t *stage_patch_view_file(const char *name);

/** The clients of a mode line, as they stand in it. */
json_t *stage_patch_view_clients(const char *clients);

/** {from, to, system, state, [missing], policy, layer, file, line, since} */
json_t *stage_patch_view_wish(
	const struct stage_engine *engine, const struct stage_wish *wish);

/** All connections that are wanted or there: wishes between names, then those
 * that rules have made or nobody wants, then what rules want and cannot have at
 * the moment. An array. */
json_t *stage_patch_view_connections(const struct stage_engine *engine);

/** A statement as a line of a patch file. */
json_t *stage_patch_view_line(const struct stage_patch_statement *statement);

/** {text, policy, file, line} of a statement in a file. */
json_t *stage_patch_view_statement(
	const char *file, const struct stage_patch_statement *statement);

/** All statements and mode lines of a list as lines, an array of texts. */
json_t *stage_patch_view_lines(const struct stage_patch_list *list);

/** Texts that are UTF-8, an array. */
json_t *stage_patch_view_texts(const struct stage_strv *texts);

/** {what, from, to} */
json_t *stage_patch_view_event(const char *what, enum stage_patch_system system,
	const char *from, const char *to);

/** Puts policy, layer, file, line and since into an object. */
void stage_patch_view_reason(json_t *object, const struct stage_reason *reason);

#endif
