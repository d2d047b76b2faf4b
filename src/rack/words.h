/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a plug-in says of its controls, for people: names, units, and the words
 * for some of their values.
 *
 * Thread: the loop's, as all of lilv.
 */

#ifndef STAGE_RACK_WORDS_H
#define STAGE_RACK_WORDS_H

#include <jansson.h>

#include "rack/host.h"

/** Adds to a value what is said of the port `index`: "name"; "unit", as "dB",
 * where it has one; "points", [{label, value}], where some values have words,
 * by value; and, where it is so, "toggled", "integer", and "enumeration" (only
 * the points make sense). What is no UTF-8, or finds no memory, is left out. */
void stage_rack_words_add(json_t *value, const struct stage_rack_host *host,
	const struct stage_rack_plugin *plugin, uint32_t index);

#endif
