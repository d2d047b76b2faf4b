/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What an OSC message asks of a rack. Messages come in, requests go out: no
 * sockets, no rack.
 *
 *     /fx/hall/size  f 0.5        sets a value; /fx/hall/size/part f 0..1 a
 * part /fx/hall/size               asks for it; so with /part /fx/hall/bypass
 * i 1        (or T, F) /fx/hall/preset  s "Small room" /fx/gain  f -3 of the
 * rack itself; /fx/mute i 1 /fx/snapshot  s chorus f 2  in two seconds
 *     /fx/panic   /fx/save
 *     /fx/subscribe  i 50         all changes, every 50 ms at most
 *     /fx/unsubscribe
 *
 * Thread: any but the real-time one.
 */

#ifndef STAGE_RACK_OSC_H
#define STAGE_RACK_OSC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"
#include "osc/message.h"
#include "rack/config.h"

#define STAGE_RACK_OSC_ADDRESS_MAX 512 // bytes with the zero
#define STAGE_RACK_OSC_BYTES_MAX 65536 // of a packet

enum stage_rack_osc_kind {
	STAGE_RACK_OSC_SET,
	STAGE_RACK_OSC_GET,
	STAGE_RACK_OSC_BYPASS,
	STAGE_RACK_OSC_PRESET,
	STAGE_RACK_OSC_SNAPSHOT,
	STAGE_RACK_OSC_PANIC,
	STAGE_RACK_OSC_SAVE,
	STAGE_RACK_OSC_SUBSCRIBE,
	STAGE_RACK_OSC_UNSUBSCRIBE,
};

struct stage_rack_osc_request {
	enum stage_rack_osc_kind kind;
	char address[STAGE_RACK_OSC_ADDRESS_MAX]; // as it came
	char slot[STAGE_RACK_ID_MAX];             // "": the rack itself
	char symbol[STAGE_RACK_SYMBOL_MAX];
	bool is_part; // the value is a part of the way, 0 to 1
	double value; // SET, BYPASS: 0 or 1, SUBSCRIBE: ms, SNAPSHOT: s
	char text[STAGE_RACK_ID_MAX * 2]; // PRESET, SNAPSHOT
};

/** Takes one request, or the reason why a message of that address is none;
 * exactly one of both. Both are borrowed for the call. */
typedef void stage_rack_osc_handler(void *user,
	const struct stage_rack_osc_request *request, const char *address,
	const struct stage_err *why);

/** Gives a message to the handler if it is for the rack of that name. */
void stage_rack_osc_take(const struct stage_osc_message *message,
	const char *name, stage_rack_osc_handler *handler, void *user);

/** Does so with all messages of a packet; bundles are taken apart, at once,
 * whatever their time. What is no OSC is dropped: false then, and nothing was
 * handled behind it. */
bool stage_rack_osc_read(const void *bytes, size_t len, const char *name,
	stage_rack_osc_handler *handler, void *user);

/** Appends a message ADDRESS f VALUE; ADDRESS s TEXT s TEXT. Errors:
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_rack_osc_write_number(
	struct stage_str *out, const char *address, float value);
STAGE_NODISCARD enum stage_status stage_rack_osc_write_texts(
	struct stage_str *out, const char *address, const char *first,
	const char *second);

#endif
