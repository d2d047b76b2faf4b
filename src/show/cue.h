/* SPDX-FileCopyrightText: 2026 The Stagecraft authors
 * SPDX-License-Identifier: GPL-2.0-or-later */

/** What a song tells others: the cue lines of song.conf.
 *
 *     cue go     osc udp 10.0.0.5:8000 /eos/cue/1/5/fire
 *     cue ready  osc slip desk.local:53000 /level 7 0.5 "a text" true
 *     cue load   midi pc 1 12            # channel, program; and a bank
 *     cue go     midi cc 1 7 127
 *     cue go     midi note 10 36 100
 *     cue leave  midi msc 1 lighting go 12.5 1
 *     cue go     http http://10.0.0.7:8080/api/go "{\"a\": 1}"
 *     cue ready  qlc "Blue wash" on
 *     cue go     once osc udp 10.0.0.9:9000 /confetti
 *
 * A cue says when, to whom, and what; and, where that is not as its kind has
 * it, whether it may be sent again. All of it is checked when it is read;
 * only whether somebody is there shows later.
 *
 * Pure. Thread: any, one object by one thread at a time.
 */

#ifndef STAGE_SHOW_CUE_H
#define STAGE_SHOW_CUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

struct stage_conf_line;

#define STAGE_SHOW_CUE_BYTES_MAX 64 // of MIDI
#define STAGE_SHOW_CUE_ARGS_MAX 32  // of OSC

enum stage_show_when {
	STAGE_SHOW_ON_LOAD,  // it is to play, and programs are to be started
	STAGE_SHOW_ON_READY, // they are ready
	STAGE_SHOW_ON_GO,    // it is the song that plays
	STAGE_SHOW_ON_LEAVE, // it does not play any more
	STAGE_SHOW_WHEN_COUNT,
};

enum stage_show_cue_kind {
	STAGE_SHOW_CUE_OSC,
	STAGE_SHOW_CUE_MIDI,
	STAGE_SHOW_CUE_HTTP, // a POST
	STAGE_SHOW_CUE_QLC,  // a function of QLC+
	STAGE_SHOW_CUE_KIND_COUNT,
};

enum stage_show_transport {
	STAGE_SHOW_UDP,
	STAGE_SHOW_TCP,  // each packet behind its size, as in OSC 1.0
	STAGE_SHOW_SLIP, // TCP, each packet between two ENDs, as in OSC 1.1
	STAGE_SHOW_TRANSPORT_COUNT,
};

/** Whether it is sent again, while its song plays, to who may have missed it.
 */
enum stage_show_repeat {
	STAGE_SHOW_REPEAT_BY_KIND,
	STAGE_SHOW_REPEAT_STATE, // it says how things are to be: whenever in
				 // doubt
	STAGE_SHOW_REPEAT_ONCE,  // at its moment or never
	STAGE_SHOW_REPEAT_COUNT,
};

/** An argument of an OSC message. */
struct stage_show_arg {
	char type;      // i, f, s, T or F
	int32_t number; // i
	double value;   // f
	char *text;     // s; owned
};

/** One cue. Ownership: of the song's configuration. */
struct stage_show_cue {
	enum stage_show_when when;
	enum stage_show_repeat repeat;
	enum stage_show_cue_kind kind;
	enum stage_show_transport transport; // OSC
	char *host;    // OSC, HTTP: a name or an address, IPv6 without brackets
	uint16_t port; // OSC, HTTP
	char *target;  // OSC: the address; HTTP: path and query; QLC: the name
	char *body;    // HTTP; may be ""
	bool is_on;    // QLC: whether it is started or stopped
	struct stage_show_arg *args; // OSC, [arg_count]
	size_t arg_count;
	uint8_t bytes[STAGE_SHOW_CUE_BYTES_MAX]; // MIDI: whole messages, one
						 // behind the other
	size_t len;                              // of bytes
	unsigned line;                           // in the file, from 1
};

/** Reads the words of a cue line. Ownership: the caller calls
 * stage_show_cue_finish. Errors: STAGE_BAD_INPUT with the place, and
 * STAGE_NO_MEMORY; out is then empty. */
STAGE_NODISCARD enum stage_status stage_show_cue_take(
	struct stage_show_cue *out, const struct stage_conf_line *line,
	struct stage_err *err);

/** Reads HOST:PORT, which word `at` of a line begins with: text[len]. Of a port
 * that is left out *port stays; 0 is none.
 *
 * Ownership: *host is the caller's. Errors: STAGE_BAD_INPUT with the place,
 * STAGE_NO_MEMORY. */
STAGE_NODISCARD enum stage_status stage_show_cue_take_place(
	const struct stage_conf_line *line, size_t at, const char *text,
	size_t len, char **host, uint16_t *port, struct stage_err *err);

/** True for a cue that says how things are to be, and that may be sent any
 * number of times: a function of QLC+, a program change, a control change, a
 * numbered cue of MIDI Show Control, and what is said to be so. */
bool stage_show_cue_is_state(const struct stage_show_cue *self);

/** Frees what is in it. Zeroed memory is fine. */
void stage_show_cue_finish(struct stage_show_cue *self);

/** The word that a file has for it: "load", "ready", "go", "leave". */
const char *stage_show_when_name(enum stage_show_when when);

#endif
