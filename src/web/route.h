/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a request is about, by its method and path.
 *
 *     POST /api/AREA/VERB      a verb of a daemon; racks: /api/rack/NAME/VERB
 *     GET  /api/AREA/state     the state of a daemon
 *     GET  /api/state          what all daemons say of themselves
 *     GET  /api/events         changes as they come (Server-Sent Events)
 *     GET  /api/openapi.json   this, for programs
 *     GET  /api/me             who the device is
 *     POST /api/pair           a device is paired; /api/unpair, /api/lock,
 *                              /api/unlock
 *     POST /api/go[/N]         short for controllers with buttons; next,
 *                              previous, panic, stop, select/N
 *     GET  anything else       a file of the page
 *
 * Pure: paths are looked at as bytes; no file is opened by them. Thread: any.
 */

#ifndef STAGE_WEB_ROUTE_H
#define STAGE_WEB_ROUTE_H

#include "base/attr.h"
#include "base/status.h"

#define STAGE_WEB_AREA_MAX 160 // bytes with the zero; "rack-" and a service
#define STAGE_WEB_VERB_MAX 64  // likewise

enum stage_web_target {
	STAGE_WEB_TO_FILE,
	STAGE_WEB_TO_VERB,
	STAGE_WEB_TO_STATE, // of an area, or of all ("")
	STAGE_WEB_TO_EVENTS,
	STAGE_WEB_TO_OPENAPI,
	STAGE_WEB_TO_ME,
	STAGE_WEB_TO_PAIR,
	STAGE_WEB_TO_UNPAIR,
	STAGE_WEB_TO_LOCK,
	STAGE_WEB_TO_UNLOCK,
};

struct stage_web_route {
	enum stage_web_target target;
	char area[STAGE_WEB_AREA_MAX]; // "show", "rack-NAME" ...; or ""
	char verb[STAGE_WEB_VERB_MAX]; // of a verb
	const char *argument;          // of a short path's verb; NULL: none
	const char *text;              // its value; NULL: it is the number
	long number;                   // of /api/go/N; or -1
};

/** Reads them. path is without its query.
 *
 * Errors: STAGE_NOT_FOUND for a path below /api/ that is nothing;
 * STAGE_UNSUPPORTED for a method that the path does not have, GET of a verb
 * first of all: GET changes nothing.
 */
STAGE_NODISCARD enum stage_status stage_web_route_read(
	struct stage_web_route *out, const char *method, const char *path);

/** An area as rights.h has it: "rack" for each rack. */
const char *stage_web_route_kind(const char *area);

#endif
